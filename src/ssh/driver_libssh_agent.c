/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The libssh driver: one try with a key of the agent.
 *
 * libssh talks to an agent with blocking reads and writes.  So it is given a
 * socket whose other end is ours and holds the answers already.  It asks two
 * things, for the keys and for a signature, and what is signed is the same
 * each time in one session:
 *
 *   1. It finds one key, offers it to the server, and if that is taken asks
 *      for a signature: at the end of what we put in.  It fails, harmlessly,
 *      and leaves the question for the signature with us.
 *   2. The real agent is asked, over the loop.
 *   3. libssh finds the key and the signature, and starts again.
 *
 * A second offer is the price: one round trip.  libssh 0.10 also loses the
 * list of step 1, some 300 bytes, at step 3.
 */
#include "ssh/driver_libssh.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/be32.h"
#include "base/log.h"
#include "ssh/agent.h"

#include "base/banned.h"

enum {
	REQUEST_IDENTITIES = 11,
	IDENTITIES_ANSWER = 12,
	SIGN_REQUEST = 13,
	SIGN_RESPONSE = 14,
};

/* More than this is no key and no signature. */
#define MESSAGE_MAX ((size_t)64 << 10)

struct agent_try {
	struct drv_conn *c;
	struct agent_req req;
	int ours, theirs; /* -1: none */
	enum {
		TRY_OFFER,
		TRY_ASKED,
		TRY_SIGNED,
		TRY_FAILED,
	} state;
	unsigned char *signature; /* the agent's reply with its length word */
	size_t signature_len;
};

static void drop_sockets(struct agent_try *t)
{
	/* libssh would close the number again when the session ends. */
	if (t->theirs >= 0) {
		close(t->theirs);
		ssh_set_agent_socket(t->c->s, SSH_INVALID_SOCKET);
	}
	if (t->ours >= 0)
		close(t->ours);
	t->ours = t->theirs = -1;
}

/* The sockets are empty and hold more than we ever write: all or nothing. */
static int put_in(int fd, const void *buf, size_t n)
{
	return send(fd, buf, n, MSG_NOSIGNAL | MSG_DONTWAIT) == (ssize_t)n ? 0
									   : -1;
}

/* "Here is one key, without a comment." */
static int put_key(int fd, const struct auth_try *try)
{
	size_t n = 1 + 4 + 4 + try->blob_len + 4;
	unsigned char *msg;
	int rc;

	if (try->blob_len > MESSAGE_MAX)
		return -1;
	msg = xcalloc(1, 4 + n);
	be32_put(msg, (uint32_t)n);
	msg[4] = IDENTITIES_ANSWER;
	be32_put(msg + 5, 1);
	be32_put(msg + 9, (uint32_t)try->blob_len);
	memcpy(msg + 13, try->blob, try->blob_len);
	rc = put_in(fd, msg, 4 + n);
	free(msg);
	return rc;
}

/* A fresh pair with the answers in it and, after them, the end. */
static int prepare(struct agent_try *t, const struct auth_try *try)
{
	int sv[2];

	drop_sockets(t);
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sv))
		return -1;
	t->ours = sv[0];
	t->theirs = sv[1];
	if (put_key(t->ours, try) ||
	    (t->signature && put_in(t->ours, t->signature, t->signature_len)) ||
	    shutdown(t->ours, SHUT_WR))
		return -1;
	return ssh_set_agent_socket(t->c->s, t->theirs) == SSH_OK ? 0 : -1;
}

static void on_reply(struct agent_req *r, const void *reply, size_t n,
		     const struct err *err)
{
	struct agent_try *t = container_of(r, struct agent_try, req);
	struct drv_conn *c = t->c;

	if (reply && n > 0 && n <= MESSAGE_MAX &&
	    *(const unsigned char *)reply == SIGN_RESPONSE) {
		t->signature = xmalloc(4 + n);
		t->signature_len = 4 + n;
		be32_put(t->signature, (uint32_t)n);
		memcpy(t->signature + 4, reply, n);
		t->state = TRY_SIGNED;
	} else {
		log_verbose("the agent does not sign: %s",
			    reply ? "refused" : err->msg);
		t->state = TRY_FAILED;
	}
	conn_wake(c); /* may free c */
}

/*
 * Ask the agent for the signature that libssh asks for in `msg`: the type, the
 * key, what is to be signed, flags.  libssh names the certificate as the key;
 * an agent that holds the key alone is asked for that one, whose signature is
 * the same.
 */
static int pass_on(struct agent_try *t, const struct auth_try *try,
		   const unsigned char *msg, size_t n)
{
	const size_t head = 1 + 4;
	size_t key_len = n > head ? be32_get(msg + 1) : 0;
	unsigned char *mine;
	size_t rest;

	if (!try->signer) {
		agent_send(t->c->agent, &t->req, msg, n, on_reply);
		return 0;
	}
	if (n < head || key_len > n - head)
		return -1;
	rest = n - head - key_len;
	if (try->signer_len > MESSAGE_MAX - head - rest)
		return -1;
	mine = xmalloc(head + try->signer_len + rest);
	mine[0] = SIGN_REQUEST;
	be32_put(mine + 1, (uint32_t)try->signer_len);
	memcpy(mine + head, try->signer, try->signer_len);
	memcpy(mine + head + try->signer_len, msg + head + key_len, rest);
	agent_send(t->c->agent, &t->req, mine, head + try->signer_len + rest,
		   on_reply);
	free(mine);
	return 0;
}

/*
 * What libssh wrote: the question for keys, then the one for a signature.
 * Pass the second on; -1 when there is none.
 */
static int ask_agent(struct agent_try *t, const struct auth_try *try)
{
	unsigned char *buf = xmalloc(MESSAGE_MAX);
	ssize_t got = recv(t->ours, buf, MESSAGE_MAX, MSG_DONTWAIT);
	size_t n = got > 0 ? (size_t)got : 0;
	const size_t first = 4 + 1;
	int ret = -1;

	if (n > first + 4 && be32_get(buf) == 1 &&
	    buf[4] == REQUEST_IDENTITIES && buf[first + 4] == SIGN_REQUEST &&
	    be32_get(buf + first) == n - first - 4)
		ret = pass_on(t, try, buf + first + 4, n - first - 4);
	if (!ret)
		t->state = TRY_ASKED;
	free(buf);
	return ret;
}

static struct agent_try *try_new(struct drv_conn *c)
{
	struct agent_try *t = xcalloc(1, sizeof(*t));

	t->c = c;
	t->ours = t->theirs = -1;
	return t;
}

int agent_try_step(struct drv_conn *c, const struct auth_try *try)
{
	struct agent_try *t = c->agent_try;
	int rc;

	if (!c->agent)
		return SSH_AUTH_DENIED;
	if (!t) {
		t = c->agent_try = try_new(c);
		if (prepare(t, try))
			return SSH_AUTH_DENIED;
	}
	if (t->state == TRY_ASKED)
		return SSH_AUTH_AGAIN;
	if (t->state == TRY_FAILED)
		return SSH_AUTH_DENIED;
	if (t->state == TRY_SIGNED && t->signature && t->ours < 0 &&
	    prepare(t, try))
		return SSH_AUTH_DENIED;
	rc = ssh_userauth_agent(c->s, c->user);
	if (rc != SSH_AUTH_ERROR || t->state != TRY_OFFER || conn_dead(c))
		return rc;
	rc = ask_agent(t, try);
	drop_sockets(t);
	return rc ? SSH_AUTH_DENIED : SSH_AUTH_AGAIN;
}

void agent_try_end(struct drv_conn *c)
{
	struct agent_try *t = c->agent_try;

	if (!t)
		return;
	if (t->state == TRY_ASKED)
		agent_cancel(c->agent, &t->req);
	drop_sockets(t);
	free(t->signature);
	free(t);
	c->agent_try = NULL;
}
