/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A command that knows host keys.
 *
 * Notes: how many run at once is bounded by how many hosts are connecting at
 * once; each has one at a time.
 */
#include "ssh/khcommand.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/list.h"
#include "conf/digest.h"
#include "conf/fingerprint.h"
#include "conf/percent.h"
#include "io/child.h"
#include "model/result.h"
#include "ssh/chatter.h"

#include "base/banned.h"

#define ARG_BYTES ((size_t)128 << 10) /* what Linux takes as one word */
#define READ_SIZE 16384

static const struct {
	const char *word;
	const char *file;
} reasons[] = {
	[KHCOMMAND_ORDER] = { "ORDER", KHCOMMAND_ORDER_FILE },
	[KHCOMMAND_HOSTNAME] = { "HOSTNAME", KHCOMMAND_HOSTNAME_FILE },
	[KHCOMMAND_ADDRESS] = { "ADDRESS", KHCOMMAND_ADDRESS_FILE },
};

#define NREASONS (sizeof(reasons) / sizeof(reasons[0]))

struct khcommand {
	struct loop *loop;
	const struct target *target;
	void (*wake)(void *arg);
	void *arg;
	struct knownhosts *known;
	struct child child;
	struct watch out;
	struct chatter chatter;
	struct strbuf text; /* what it wrote so far */
	int status;	    /* as from waitpid(2), once ended */
	enum khcommand_why why;
	bool share_output;
	bool running, ended;
	bool done[NREASONS];
};

static void close_output(struct khcommand *c)
{
	watch_stop(&c->out);
	if (c->child.out >= 0)
		close(c->child.out);
	c->child.out = -1;
}

static bool is_over(const struct khcommand *c)
{
	return c->text.full || (c->ended && c->child.out < 0);
}

static void readable(struct watch *w, unsigned int events)
{
	struct khcommand *c = container_of(w, struct khcommand, out);
	char buf[READ_SIZE];
	ssize_t n = read(c->child.out, buf, sizeof(buf));

	(void)events;
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0 || strbuf_add(&c->text, buf, (size_t)n))
		close_output(c);
	if (is_over(c))
		c->wake(c->arg);
}

static void ended(struct child *child, int status)
{
	struct khcommand *c = container_of(child, struct khcommand, child);

	c->ended = true;
	c->status = status;
	chatter_drain(&c->chatter);
	if (is_over(c))
		c->wake(c->arg);
}

/* The words of the command for this run; -1 with `err`. */
static int make_argv(const struct khcommand *c, const char *name,
		     const struct kh_key *key, struct strvec *argv,
		     struct err *err)
{
	const struct ssh_opts *o = c->target->opts;
	struct strbuf print = STRBUF_INIT(256);
	struct strbuf blob = STRBUF_INIT(ARG_BYTES);
	struct percent_token tokens[] = {
		{ 'H', name },	 { 'I', reasons[c->why].word },
		{ 't', "NONE" }, { 'f', "NONE" },
		{ 'K', "NONE" }, { 0 },
	};
	int rc = 0;

	if (key) {
		kh_fingerprint(key, (enum fingerprint_hash)o->fingerprint_hash,
			       &print);
		base64_encode(key->blob, key->len, &blob);
		tokens[2].text = key->type;
		tokens[3].text = print.buf;
		tokens[4].text = blob.buf;
	}
	for (size_t i = 0; !rc && i < o->known_hosts_argv.n; i++) {
		struct strbuf word = STRBUF_INIT(ARG_BYTES);

		if (i)
			rc = percent_expand(o->known_hosts_argv.v[i], tokens,
					    &word, err);
		else /* its name stands for itself, as with ssh */
			(void)strbuf_addstr(&word, o->known_hosts_argv.v[0]);
		strvec_push(argv, word.buf ? word.buf : "");
		strbuf_release(&word);
	}
	strbuf_release(&print);
	strbuf_release(&blob);
	return rc;
}

static int spawn(struct khcommand *c, const char *name,
		 const struct kh_key *key, struct err *err)
{
	struct strvec argv = { 0 };
	struct child_spec spec = {
		.in = CHILD_NULL,
		.out = CHILD_PIPE,
		.err = c->share_output ? CHILD_INHERIT : CHILD_PIPE,
		.own_session = true,
	};
	int rc = make_argv(c, name, key, &argv, err);

	/* A name without a slash would be looked up in PATH. */
	if (!rc && (!argv.v || !argv.n || *argv.v[0] != '/')) {
		err_set(err, ERR_HOSTKEY, _("it has no full path"));
		rc = -1;
	}
	spec.argv = argv.v;
	spec.file = rc ? NULL : argv.v[0];
	if (!rc)
		rc = child_spawn(c->loop, &c->child, &spec, ended, err);
	strvec_release(&argv);
	return rc;
}

static void stop(struct khcommand *c)
{
	close_output(c);
	chatter_stop(&c->chatter);
	child_end(&c->child);
	strbuf_release(&c->text);
	c->running = false;
}

static int start(struct khcommand *c, const char *name,
		 const struct kh_key *key, struct err *err)
{
	c->ended = false;
	c->child.out = -1;
	strbuf_init(&c->text, KHCOMMAND_MAX);
	c->running = true;
	if (spawn(c, name, key, err))
		return -1;
	if (watch_start(c->loop, &c->out, c->child.out, WATCH_IN, readable,
			err))
		return -1;
	return chatter_start(&c->chatter, c->loop, c->target->label,
			     &c->child.err, err);
}

/* What is wrong with the run that is over; -1 with `err`. */
static int judge(const struct khcommand *c, struct err *err)
{
	if (c->text.full)
		return err_set(err, ERR_HOSTKEY,
			       _("it has written more than %zu bytes"),
			       KHCOMMAND_MAX);
	if (WIFSIGNALED(c->status))
		return err_set(err, ERR_HOSTKEY, _("it was ended by signal %s"),
			       signal_name_of(WTERMSIG(c->status)));
	if (WEXITSTATUS(c->status))
		return err_set(err, ERR_HOSTKEY, _("it ended with status %d"),
			       WEXITSTATUS(c->status));
	return 0;
}

static enum khcommand_rc fail(struct khcommand *c, const struct err *why,
			      struct err *err)
{
	(void)err_set(
		err, ERR_HOSTKEY,
		_("host key verification failed: KnownHostsCommand (%s): %s"),
		reasons[c->why].word, why->msg);
	stop(c);
	return KHCOMMAND_ERROR;
}

enum khcommand_rc khcommand_run(struct khcommand *c, enum khcommand_why why,
				const char *name, const struct kh_key *key,
				struct err *err)
{
	struct err problem = { 0 };
	enum khcommand_rc rc = KHCOMMAND_WAIT;

	if (c->done[why])
		return KHCOMMAND_DONE;
	assert(!c->running || c->why == why);
	c->why = why;
	if (!c->running) {
		if (start(c, name, key, &problem))
			rc = fail(c, &problem, err);
	} else if (is_over(c)) {
		if (judge(c, &problem)) {
			rc = fail(c, &problem, err);
		} else {
			knownhosts_add(c->known, reasons[why].file,
				       c->text.len ? c->text.buf : "",
				       c->text.len, NULL);
			c->done[why] = true;
			stop(c);
			rc = KHCOMMAND_DONE;
		}
	}
	err_release(&problem);
	return rc;
}

struct khcommand *khcommand_new(struct loop *loop, const struct target *target,
				bool share_output, void (*wake)(void *arg),
				void *arg)
{
	struct khcommand *c = xcalloc(1, sizeof(*c));

	c->loop = loop;
	c->target = target;
	c->share_output = share_output;
	c->wake = wake;
	c->arg = arg;
	c->child.out = -1;
	c->known = knownhosts_new();
	return c;
}

bool khcommand_running(const struct khcommand *c)
{
	return c && c->running;
}

struct knownhosts *khcommand_known(struct khcommand *c)
{
	return c ? c->known : NULL;
}

void khcommand_free(struct khcommand *c)
{
	if (!c)
		return;
	stop(c);
	knownhosts_free(c->known);
	free(c);
}
