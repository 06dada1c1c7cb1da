/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The libssh driver against a server that does what sshd does not: a child
 * process that speaks through libssh's server side, blocking, for one
 * connection and one command.
 */
#include "ssh/driver.h"

#include "lib/test.h"

#include <dlfcn.h>
#include <libssh/libssh.h>
#include <libssh/server.h>
#include <openssl/evp.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/ssh_client.h"

/* ---- the server ---- */

typedef void oddity_fn(ssh_session s, ssh_channel ch);

struct oddity {
	bool no_channel, no_exec, close_first;
	bool crowd;	/* the first answer to tcpip-forward is not alone */
	bool narrow;	/* no packet may have data in it */
	bool second;	/* the act is that of the second command */
	bool tardy;	/* the first channel is answered when one more comes */
	bool unwilling; /* and refused then */
	oddity_fn *act; /* once the command is accepted */
};

static ssh_channel first; /* the channel before that one's, in the server */

/* ---- packets that libssh does not make, with AES-GCM ---- */

#define OPEN_CONFIRMATION 91
#define AT_PACKET	  14 /* behind the length of the padding and the type */

typedef int update_fn(EVP_CIPHER_CTX *ctx, unsigned char *out, int *out_n,
		      const unsigned char *in, int n);

static const struct oddity *forging; /* in the server */

static update_fn *real(const char *name)
{
	update_fn *fn;

	*(void **)&fn = dlsym(RTLD_NEXT, name);
	assert_non_null(fn);
	return fn;
}

static bool is_confirmation(const unsigned char *packet, int n)
{
	return packet && n >= AT_PACKET + 4 && packet[1] == OPEN_CONFIRMATION;
}

/* libssh calls this instead of libcrypto's. */
int EVP_EncryptUpdate(EVP_CIPHER_CTX *ctx, unsigned char *out, int *outl,
		      const unsigned char *in, int inl)
{
	static const unsigned char ten[4] = { 0, 0, 0, 10 };
	unsigned char packet[256];

	if (out && forging && forging->narrow && is_confirmation(in, inl) &&
	    inl <= (int)sizeof(packet)) {
		memcpy(packet, in, (size_t)inl);
		memcpy(packet + AT_PACKET, ten, sizeof(ten));
		in = packet;
	}
	return real("EVP_EncryptUpdate")(ctx, out, outl, in, inl);
}

/* ---- what it does ---- */

static void say(ssh_channel ch, const char *what, int rc)
{
	char line[64];
	int n = snprintf(line, sizeof(line), "%s %s\n", what,
			 rc == SSH_OK ? "accepted" : "refused");

	ssh_channel_write(ch, line, (uint32_t)n);
}

/* Open every kind of channel to the client. */
static void offer_channels(ssh_session s, ssh_channel ch)
{
	say(ch, "forwarded-tcpip",
	    ssh_channel_open_reverse_forward(ssh_channel_new(s), "h", 22, "h",
					     1));
	say(ch, "x11", ssh_channel_open_x11(ssh_channel_new(s), "h", 1));
	say(ch, "auth-agent", ssh_channel_open_auth_agent(ssh_channel_new(s)));
	say(ch, "session", ssh_channel_open_session(ssh_channel_new(s)));
	say(ch, "direct-tcpip",
	    ssh_channel_open_forward(ssh_channel_new(s), "h", 22, "h", 1));
}

/* A tcpip-forward was granted, for port 4711 of "h", and so was an agent. */
static void offer_asked_for(ssh_session s, ssh_channel ch)
{
	static const struct {
		const char *host;
		int port;
	} ports[] = { { "h", 4712 },
		      { "H", 4711 },
		      { "", 4711 },
		      { "h", 0 },
		      { "h", 4711 } };
	char what[32];

	for (size_t i = 0; i < COUNT(ports); i++) {
		(void)snprintf(what, sizeof(what), "%s %d", ports[i].host,
			       ports[i].port);
		say(ch, what,
		    ssh_channel_open_reverse_forward(ssh_channel_new(s),
						     ports[i].host,
						     ports[i].port, "o", 1));
	}
	for (int i = 0; i < 3; i++)
		say(ch, "agent",
		    ssh_channel_open_auth_agent(ssh_channel_new(s)));
	say(ch, "x11", ssh_channel_open_x11(ssh_channel_new(s), "h", 1));
}

static void give_no_status(ssh_session s, ssh_channel ch)
{
	(void)s;
	(void)ch;
}

static void give_two_statuses(ssh_session s, ssh_channel ch)
{
	(void)s;
	ssh_channel_request_send_exit_status(ch, 3);
	ssh_channel_request_send_exit_status(ch, 0);
}

static void give_a_wide_status(ssh_session s, ssh_channel ch)
{
	(void)s;
	ssh_channel_request_send_exit_status(ch, -2);
}

static void give_a_strange_signal(ssh_session s, ssh_channel ch)
{
	(void)s;
	ssh_channel_request_send_exit_signal(ch, "\033[2J", 1, "x", "");
}

static void hang_up(ssh_session s, ssh_channel ch)
{
	int fd = dup(ssh_get_fd(s));
	char c;

	ssh_channel_read(ch, &c, 1, 0);
	ssh_channel_write(ch, "half", 4);
	ssh_set_fd_towrite(s);
	ssh_disconnect(s);
	shutdown(fd, SHUT_WR);
	/* An end with input unread would be a reset. */
	while (read(fd, &c, 1) > 0)
		;
	_exit(0);
}

/* The word of libssh's that holds what the client has room for. */
static void forget_the_window(ssh_channel ch)
{
	uint32_t *words = (uint32_t *)(void *)ch;

	for (size_t i = 0; words && i < 32; i++) {
		const uint32_t was = words[i];

		words[i] = was ^ 1;
		if (ssh_channel_window_size(ch) == words[i]) {
			words[i] = UINT32_MAX;
			return;
		}
		words[i] = was;
	}
	_exit(1);
}

static void heed_no_window(ssh_session s, ssh_channel ch)
{
	static char much[1 << 20];

	(void)s;
	forget_the_window(ch);
	for (int i = 0; i < 16; i++)
		if (ssh_channel_write(ch, much, sizeof(much)) < 0)
			return;
}

/* libssh reads 4096 bytes at once: two such reads, and a part of a third. */
#define PADDED 1000
#define PADS   9

/*
 * The second channel's line makes its owner pause; what comes behind it in the
 * same read is for the first.
 */
static void end_the_first_behind_a_pause(ssh_session s, ssh_channel ch)
{
	static char pad[PADDED];
	char go;

	ssh_channel_read(ch, &go, 1, 0);
	memset(pad, 'x', sizeof(pad) - 1);
	for (int i = 0; i < PADS; i++)
		ssh_send_ignore(s, pad);
	ssh_channel_write(ch, "pause", 5);
	ssh_channel_write(first, "last", 4);
	ssh_channel_close(first);
	ssh_channel_write(ch, "after", 5);
}

static void wait_for_first_to_close(ssh_session s, ssh_channel ch)
{
	(void)s;
	while (first && !ssh_channel_is_closed(first))
		if (ssh_channel_poll_timeout(ch, 1000, 0) < 0)
			_exit(1);
	ssh_channel_write(ch, "closed", 6);
}

static void grant_port(const struct oddity *odd, ssh_session s, ssh_message m)
{
	static uint16_t port = 4711;

	/* Not while the client is still in the call that asks. */
	if (odd->crowd && port == 4711)
		usleep(50000);
	ssh_message_global_request_reply_success(m, port);
	if (odd->crowd && port == 4711)
		ssh_send_ignore(s, "and more");
	port++;
}

static void serve_message(const struct oddity *odd, ssh_session s,
			  ssh_message m, ssh_channel *ch)
{
	switch (ssh_message_type(m)) {
	case SSH_REQUEST_AUTH:
		ssh_message_auth_reply_success(m, 0);
		return;
	case SSH_REQUEST_CHANNEL_OPEN:
		if (!odd->no_channel) {
			first = *ch;
			*ch = ssh_message_channel_request_open_reply_accept(m);
			return;
		}
		break;
	case SSH_REQUEST_CHANNEL:
		if (odd->close_first) {
			ssh_channel_close(*ch);
			return;
		}
		if (!odd->no_exec &&
		    ssh_message_subtype(m) == SSH_CHANNEL_REQUEST_EXEC) {
			ssh_message_channel_request_reply_success(m);
			if (odd->second && !first) {
				ssh_channel_write_stderr(*ch, "begun", 5);
				return;
			}
			odd->act(s, *ch);
			ssh_channel_close(*ch);
			return;
		}
		break;
	case SSH_REQUEST_GLOBAL:
		grant_port(odd, s, m);
		return;
	default:
		break;
	}
	ssh_message_reply_default(m);
}

static void serve_messages(const struct oddity *odd, ssh_session s)
{
	ssh_message held = NULL, m;
	ssh_channel ch = NULL;
	unsigned int opened = 0;

	while ((m = ssh_message_get(s))) {
		opened += ssh_message_type(m) == SSH_REQUEST_CHANNEL_OPEN;
		if (odd->tardy && opened == 1 && !held) {
			held = m;
			continue;
		}
		if (held && odd->unwilling)
			ssh_message_reply_default(held);
		else if (held)
			serve_message(odd, s, held, &ch);
		ssh_message_free(held);
		held = NULL;
		serve_message(odd, s, m, &ch);
		ssh_message_free(m);
	}
}

static void serve(int fd, const struct oddity *odd)
{
	ssh_bind b = ssh_bind_new();
	ssh_session s = ssh_new();
	ssh_key key = NULL;
	bool no = false;

	forging = odd;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	alarm(60);
	ssh_pki_generate(SSH_KEYTYPE_ED25519, 0, &key);
	ssh_bind_options_set(b, SSH_BIND_OPTIONS_PROCESS_CONFIG, &no);
	ssh_bind_options_set(b, SSH_BIND_OPTIONS_IMPORT_KEY, key);
	if (ssh_bind_accept_fd(b, s, fd) || ssh_handle_key_exchange(s))
		_exit(1);
	serve_messages(odd, s);
	_exit(0);
}

/* ---- the client ---- */

#define PUMP_UNTIL(c, what)                                                    \
	do {                                                                   \
		while (true) {                                                 \
			assert_int_equal(client_pump(c), DRV_AGAIN);           \
			if (what)                                              \
				break;                                         \
			wait_wake(c);                                          \
		}                                                              \
	} while (0)

struct pair {
	pid_t pid;
	struct client c;
};

static void pair_start(struct pair *p, const struct oddity *odd)
{
	static const struct auth_try none = { .kind = AUTH_NONE };
	static char gcm[] = "aes256-gcm@openssh.com";
	enum auth_answer answer = AUTH_DENIED;
	unsigned int methods;
	int sv[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sv),
			 0);
	p->pid = fork();
	assert_true(p->pid >= 0);
	if (p->pid == 0) {
		close(sv[0]);
		serve(sv[1], odd);
	}
	close(sv[1]);
	client_init(&p->c, &driver_libssh, NULL);
	p->c.params.user = "me";
	if (odd->narrow)
		p->c.opts.ciphers = gcm;
	client_dial(&p->c, sv[0]);
	assert_int_equal(client_handshake(&p->c), DRV_OK);
	assert_int_equal(client_auth(&p->c, &none, &answer, &methods), DRV_OK);
	assert_int_equal(answer, AUTH_SUCCESS);
}

static void pair_stop(struct pair *p)
{
	client_release(&p->c);
	assert_int_equal(waitpid(p->pid, NULL, 0), p->pid);
}

static void offered_channels_are_refused(void **state)
{
	static const struct oddity odd = { .act = offer_channels };
	struct pair p;

	(void)state;
	pair_start(&p, &odd);
	client_open(&p.c);
	client_exec(&p.c, "x");
	client_finish(&p.c);
	assert_string_equal(p.c.out.buf, "forwarded-tcpip refused\n"
					 "x11 refused\n"
					 "auth-agent refused\n"
					 "session refused\n"
					 "direct-tcpip refused\n");
	pair_stop(&p);
}

/* What it was asked for, and not more of it. */
struct ear {
	struct drv_listener l;
	struct client *c;
	struct drv_channel *ch;
	unsigned int opened;
};

static size_t take(void *arg, const void *buf, size_t n)
{
	(void)arg;
	(void)buf;
	return n;
}

static void not_told(void *arg)
{
	(void)arg;
}

static const struct drv_channel_events ear_events = {
	.take = take,
	.eof = not_told,
	.closed = not_told,
};

static void opened(struct drv_listener *l, struct drv_channel *ch)
{
	struct ear *e = container_of(l, struct ear, l);

	assert_true(e->opened < e->l.most);
	e->opened++;
	e->ch = ch;
	e->c->drv->chan_adopt(ch, &ear_events, e);
}

static void ear_init(struct ear *e, struct client *c, const char *address,
		     uint16_t port)
{
	*e = (struct ear){ .l = { .address = address,
				  .port = port,
				  .most = 1,
				  .opened = opened },
			   .c = c };
}

static void listen_for(struct ear *e)
{
	struct client *c = e->c;
	enum drv_rc rc;

	while ((rc = c->drv->listen(c->conn, &e->l, &c->err)) == DRV_AGAIN)
		wait_wake(c);
	assert_int_equal(rc, DRV_OK);
}

static void only_what_was_asked_for_is_accepted(void **state)
{
	static const struct oddity odd = { .act = offer_asked_for };
	struct ear port, agent;
	struct pair p;

	(void)state;
	pair_start(&p, &odd);
	ear_init(&port, &p.c, "h", 4711);
	listen_for(&port);
	ear_init(&agent, &p.c, NULL, 0);
	client_open(&p.c);
	p.c.drv->chan_agent(p.c.chan, &agent.l);
	client_exec(&p.c, "x");
	client_finish(&p.c);
	assert_string_equal(p.c.out.buf, "h 4712 refused\n"
					 "H 4711 refused\n"
					 " 4711 refused\n"
					 "h 0 refused\n"
					 "h 4711 accepted\n"
					 "agent accepted\n"
					 "agent refused\n"
					 "agent refused\n"
					 "x11 refused\n");
	assert_int_equal(port.opened, 1);
	assert_int_equal(agent.opened, 1);
	p.c.drv->chan_free(port.ch);
	p.c.drv->forget(p.c.conn, &port.l);
	p.c.drv->forget(p.c.conn, &agent.l);
	/* Forgotten before its channel. */
	p.c.drv->chan_free(agent.ch);
	pair_stop(&p);
}

/* Until it is told that the connection is over. */
static void pump_to_the_end(struct client *c)
{
	enum drv_rc rc;

	while ((rc = client_pump(c)) == DRV_AGAIN)
		wait_wake(c);
	assert_int_equal(rc, DRV_ERROR);
	assert_int_equal(c->err.code, ERR_PROTOCOL);
}

/* libssh would write for ever. */
static void packets_without_room_are_the_end(void **state)
{
	static const struct oddity odd = { .narrow = true,
					   .act = give_no_status };
	struct pair p;

	(void)state;
	pair_start(&p, &odd);
	client_open(&p.c);
	assert_int_equal(p.c.drv->chan_write(p.c.chan, "x", 1), -1);
	assert_int_equal(p.c.drv->chan_write(p.c.chan, "x", 1), -1);
	pump_to_the_end(&p.c);
	assert_string_equal(p.c.err.msg,
			    "the server lets no packet have data in it");
	pair_stop(&p);
}

static void wait_for_bytes(int fd, int least)
{
	int n = 0;

	for (int i = 0; n < least; i++) {
		assert_true(i < 20000);
		assert_int_equal(ioctl(fd, FIONREAD, &n), 0);
		usleep(1000);
	}
}

/* libssh reads the port from the last packet that came, whatever that is. */
static void a_port_that_is_not_sure_is_asked_for_anew(void **state)
{
	static const struct oddity odd = { .crowd = true };
	struct pair p;
	struct ear e;

	(void)state;
	pair_start(&p, &odd);
	ear_init(&e, &p.c, "h", 0);
	assert_int_equal(p.c.drv->listen(p.c.conn, &e.l, &p.c.err), DRV_AGAIN);
	/* Two packets, none of which is shorter. */
	wait_for_bytes(p.c.params.fd, 64);
	listen_for(&e);
	assert_int_equal(e.l.port, 4712);
	p.c.drv->forget(p.c.conn, &e.l);
	pair_stop(&p);
}

static void refusals_are_of_the_channel(void **state)
{
	static const struct {
		struct oddity odd;
		const char *msg;
	} cases[] = {
		{ { .no_channel = true },
		  "the server opens no channel for a command" },
		{ { .no_exec = true },
		  "the server refused to run the command" },
		{ { .close_first = true },
		  "the server closed the channel instead of an answer" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		enum drv_rc rc;
		struct pair p;

		pair_start(&p, &cases[i].odd);
		rc = client_try_open(&p.c);
		if (rc == DRV_OK)
			rc = client_try_exec(&p.c, "x");
		ROW(rc == DRV_ERROR, cases[i].msg);
		ROW(p.c.err.code == ERR_CHANNEL, cases[i].msg);
		assert_string_equal(p.c.err.msg, cases[i].msg);
		/* The connection is as good as before. */
		ROW(client_pump(&p.c) == DRV_AGAIN, cases[i].msg);
		pair_stop(&p);
	}
}

static void ends_are_told_as_they_come(void **state)
{
	static const struct {
		const char *name;
		struct oddity odd;
		const char *events;
		uint32_t status;
		const char *signame;
	} cases[] = {
		/* clang-format off */
		{ "no status",     { .act = give_no_status },        "ec", 0, "" },
		{ "two statuses",  { .act = give_two_statuses },     "xec", 3, "" },
		{ "wide status",   { .act = give_a_wide_status },    "xec", 0xfffffffe, "" },
		{ "strange signal", { .act = give_a_strange_signal }, "sec", 0, "\033[2J" },
		/* clang-format on */
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct pair p;

		pair_start(&p, &cases[i].odd);
		client_open(&p.c);
		client_exec(&p.c, "x");
		client_finish(&p.c);
		ROW(client_heard(&p.c, cases[i].events), cases[i].name);
		ROW(p.c.status == cases[i].status, cases[i].name);
		ROW(!strcmp(p.c.signame, cases[i].signame), cases[i].name);
		pair_stop(&p);
	}
}

static void a_disconnect_in_the_middle_is_a_loss(void **state)
{
	static const struct oddity odd = { .act = hang_up };
	enum drv_rc rc;
	struct pair p;

	(void)state;
	pair_start(&p, &odd);
	client_open(&p.c);
	client_exec(&p.c, "x");
	client_write(&p.c, "x", 1);
	while ((rc = client_pump(&p.c)) == DRV_AGAIN)
		wait_wake(&p.c);
	assert_int_equal(rc, DRV_ERROR);
	assert_int_equal(p.c.err.code, ERR_LOST);
	/* libssh forgets the reason when it has something to send by then. */
	if (strcmp(p.c.err.msg, "connection closed by remote host") != 0)
		assert_string_equal(p.c.err.msg,
				    "disconnected by remote host: Bye Bye");
	assert_string_equal(p.c.out.buf, "half");
	pair_stop(&p);
}

static size_t take_nothing(void *arg, const void *buf, size_t n)
{
	(void)arg;
	(void)buf;
	(void)n;
	return 0;
}

static void more_than_the_window_ends_the_connection(void **state)
{
	static const struct oddity odd = { .act = heed_no_window };
	static const struct drv_channel_events full = {
		.take = take_nothing,
		.eof = not_told,
		.closed = not_told,
	};
	enum drv_rc rc;
	struct pair p;

	(void)state;
	pair_start(&p, &odd);
	p.c.chan = p.c.drv->chan_new(p.c.conn, &full, NULL);
	while ((rc = p.c.drv->chan_open_session(p.c.chan, &p.c.err)) ==
	       DRV_AGAIN)
		wait_wake(&p.c);
	assert_int_equal(rc, DRV_OK);
	client_exec(&p.c, "x");
	while ((rc = client_pump(&p.c)) == DRV_AGAIN)
		wait_wake(&p.c);
	assert_int_equal(rc, DRV_ERROR);
	assert_int_equal(p.c.err.code, ERR_PROTOCOL);
	pair_stop(&p);
}

/* An owner that takes nothing until it is told to, and then all. */
struct slow {
	struct strbuf got;
	bool takes, asked, closed;
};

static size_t take_slowly(void *arg, const void *buf, size_t n)
{
	struct slow *s = arg;

	s->asked = true;
	if (!s->takes)
		return 0;
	assert_int_equal(strbuf_add(&s->got, buf, n), 0);
	return n;
}

static void closed_slowly(void *arg)
{
	struct slow *s = arg;

	s->closed = true;
}

/*
 * What comes for a channel while another's owner has paused the connection, in
 * the middle of the look at what was left of the first, is told before its
 * close.
 */
static void what_comes_behind_a_pause_is_not_lost(void **state)
{
	static const struct oddity odd = {
		.second = true, .act = end_the_first_behind_a_pause
	};
	static const struct drv_channel_events slow_events = {
		.take = take_slowly,
		.take_err = take_slowly,
		.eof = not_told,
		.closed = closed_slowly,
	};
	struct slow slow = { 0 };
	struct drv_channel *ch;
	struct pair p;
	int fd;

	(void)state;
	strbuf_init(&slow.got, 64);
	pair_start(&p, &odd);
	fd = p.c.params.fd;
	p.c.chan = ch = p.c.drv->chan_new(p.c.conn, &slow_events, &slow);
	while (p.c.drv->chan_open_session(ch, &p.c.err) == DRV_AGAIN)
		wait_wake(&p.c);
	client_exec(&p.c, "x");
	PUMP_UNTIL(&p.c, slow.asked);
	client_open(&p.c);
	client_exec(&p.c, "x");
	p.c.pause_at = 1;
	client_write(&p.c, "x", 1);
	wait_for_bytes(fd, PADS * PADDED + 100);
	slow.takes = true;
	p.c.drv->chan_more(ch);
	PUMP_UNTIL(&p.c, p.c.out.len);
	assert_string_equal(p.c.out.buf, "pause");
	assert_false(slow.closed);
	p.c.pause_at = 0;
	p.c.drv->pause(p.c.conn, false);
	PUMP_UNTIL(&p.c, slow.closed);
	assert_string_equal(slow.got.buf, "begunlast");
	PUMP_UNTIL(&p.c, p.c.out.len == 10);
	p.c.drv->chan_free(ch);
	strbuf_release(&slow.got);
	pair_stop(&p);
}

/* What the server opens when nobody wants it any more is closed there. */
static void a_channel_left_before_the_answer_is_closed(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		const struct oddity odd = { .tardy = true,
					    .unwilling = i == 1,
					    .act = wait_for_first_to_close };
		struct pair p;

		pair_start(&p, &odd);
		p.c.chan = p.c.drv->chan_new(p.c.conn, &ear_events, NULL);
		ROW(p.c.drv->chan_open_session(p.c.chan, &p.c.err) == DRV_AGAIN,
		    "it is not answered");
		p.c.drv->chan_free(p.c.chan);
		client_open(&p.c);
		client_exec(&p.c, "x");
		client_finish(&p.c);
		assert_string_equal(p.c.out.buf, "closed");
		pair_stop(&p);
	}
}

static void a_connection_may_end_before_the_answer(void **state)
{
	static const struct oddity odd = { .tardy = true };
	const struct drv_direct to = { .host = "h", .port = 1 };
	struct drv_refused why;
	struct pair p;

	(void)state;
	pair_start(&p, &odd);
	p.c.chan = p.c.drv->chan_new(p.c.conn, &ear_events, NULL);
	assert_int_equal(
		p.c.drv->chan_open_direct(p.c.chan, &to, &why, &p.c.err),
		DRV_AGAIN);
	p.c.drv->chan_free(p.c.chan);
	p.c.chan = NULL;
	assert_int_equal(client_pump(&p.c), DRV_AGAIN);
	pair_stop(&p);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(offered_channels_are_refused),
		cmocka_unit_test(only_what_was_asked_for_is_accepted),
		cmocka_unit_test(packets_without_room_are_the_end),
		cmocka_unit_test(a_port_that_is_not_sure_is_asked_for_anew),
		cmocka_unit_test(refusals_are_of_the_channel),
		cmocka_unit_test(ends_are_told_as_they_come),
		cmocka_unit_test(a_disconnect_in_the_middle_is_a_loss),
		cmocka_unit_test(more_than_the_window_ends_the_connection),
		cmocka_unit_test(what_comes_behind_a_pause_is_not_lost),
		cmocka_unit_test(a_channel_left_before_the_answer_is_closed),
		cmocka_unit_test(a_connection_may_end_before_the_answer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
