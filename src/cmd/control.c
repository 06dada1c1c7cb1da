/* SPDX-License-Identifier: Apache-2.0 */
/*
 * -O: what a master is told, and what comes of it, in ssh's words.
 */
#include "cmd/control.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/list.h"
#include "base/log.h"
#include "base/text.h"
#include "cmd/cmd.h"
#include "io/ctlsock.h"
#include "ssh/muxclient.h"
#include "ssh/muxforward.h"

#include "base/banned.h"

#define REASON_MAX 256

enum what {
	WHAT_CHECK,
	WHAT_EXIT,
	WHAT_STOP,
	WHAT_FORWARD,
	WHAT_CANCEL,
};

static const struct word {
	const char *word;
	enum what what;
	enum mux_kind kind;  /* of the request */
	const char *done;    /* said then */
	const char *refused; /* what was, in "refused %s request" */
} words[] = {
	/* clang-format off */
	{ "check",   WHAT_CHECK,   MUX_ALIVE_CHECK,   NULL,                           NULL },
	{ "exit",    WHAT_EXIT,    MUX_TERMINATE,     "Exit request sent.",           "termination" },
	{ "stop",    WHAT_STOP,    MUX_STOP,          "Stop listening request sent.", "stop listening" },
	{ "forward", WHAT_FORWARD, MUX_OPEN_FORWARD,  NULL,                           "forwarding" },
	{ "cancel",  WHAT_CANCEL,  MUX_CLOSE_FORWARD, NULL,                           "forwarding" },
	/* clang-format on */
};

struct control {
	struct loop *loop;
	struct muxclient *client;
	const struct word *word;
	const char *name;	 /* in front of what is said; or NULL */
	struct muxforwards asks; /* of either kind */
	bool failed;		 /* a forward was */
	bool over;
	int code;
	struct err err;
};

static const struct word *find(const char *word)
{
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (!strcmp(words[i].word, word))
			return &words[i];
	return NULL;
}

int control_find(const char *word, struct err *err)
{
	if (find(word))
		return 0;
	if (!strcmp(word, "proxy"))
		return err_set(
			err, ERR_USAGE,
			_("rsh has no part in the proxy mode of a master; use ssh -O proxy"));
	return err_set(err, ERR_USAGE, "Invalid multiplex command.");
}

/* ---- paths ---- */

static int by_path(const void *a, const void *b)
{
	const struct target *const *s = a;
	const struct target *const *t = b;

	return strcmp((*s)->opts->control_path, (*t)->opts->control_path);
}

static bool same_text(const char *a, const char *b)
{
	return !strcmp(a ? a : "", b ? b : "");
}

/* Neighbours with one path are one host. */
static int check_neighbours(const struct target *s, const struct target *t,
			    struct err *err)
{
	if (strcmp(s->opts->control_path, t->opts->control_path) != 0 ||
	    (same_text(s->host, t->host) && same_text(s->user, t->user) &&
	     s->port == t->port))
		return 0;
	return err_set(
		err, ERR_CONFIG,
		_("%s and %s have one ControlPath, '%s'; put '%%C' or '%%h' into it"),
		s->name, t->name, t->opts->control_path);
}

int control_check_paths(const struct plan *plan, struct err *err)
{
	const struct target **v = xcalloc(plan->targets.n, sizeof(*v));
	size_t n = 0;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < plan->targets.n; i++) {
		const struct target *t = &plan->targets.v[i];

		if (!t->opts || !t->opts->control_path)
			continue;
		rc = ctlsock_check(t->opts->control_path, err);
		if (rc)
			err_prefix(err, "%s: ", t->name);
		v[n++] = t;
	}
	qsort(v, n, sizeof(*v), by_path);
	for (size_t i = 1; rc == 0 && i < n; i++)
		rc = check_neighbours(v[i - 1], v[i], err);
	free(v);
	return rc;
}

/* ---- what comes of it ---- */

static void say(const struct control *c, const char *text)
{
	if (log_enabled(LOG_FATAL))
		(void)fprintf(stderr, "%s%s%s\r\n", c->name ? c->name : "",
			      c->name ? ": " : "", text);
}

static void end(struct control *c, int code)
{
	c->over = true;
	c->code = code;
	loop_stop(c->loop);
}

static void ask_next(struct control *c);

static void all_asked(struct control *c)
{
	if (c->word->done)
		say(c, c->word->done);
	if (c->failed && c->word->what == WHAT_FORWARD) {
		err_set(&c->err, ERR_CHANNEL, "master forward request failed");
		end(c, EXIT_CODE_USAGE);
		return;
	}
	if (c->failed)
		log_error("master cancel forward request failed");
	end(c, 0);
}

static void ask_next(struct control *c)
{
	struct err err = { 0 };

	if (c->asks.next == c->asks.n) {
		all_asked(c);
		return;
	}
	if (muxclient_ask(c->client, &c->asks.v[c->asks.next++], NULL, 0,
			  &err)) {
		err_move(&c->err, &err);
		end(c, EXIT_CODE_USAGE);
	}
}

static void on_ready(void *arg)
{
	struct control *c = arg;
	char *text;

	if (c->word->what != WHAT_CHECK) {
		ask_next(c);
		return;
	}
	text = xasprintf("Master running (pid=%u)",
			 (unsigned int)muxclient_pid(c->client));
	say(c, text);
	free(text);
	end(c, 0);
}

static void refused(struct control *c, const struct mux_msg *m)
{
	char *why = text_vis_dup(m->reason, strlen(m->reason), REASON_MAX);
	const char *what = c->word->refused;
	bool forwards =
		c->word->what == WHAT_FORWARD || c->word->what == WHAT_CANCEL;
	char *text =
		m->kind == MUX_DENIED
			? xasprintf("Master refused %s request: %s", what, why)
			: xasprintf("%s request failed: %s", what, why);

	if (forwards) {
		log_error("%s", text);
		c->failed = true;
		ask_next(c);
	} else {
		err_set(&c->err, ERR_CHANNEL, "%s", text);
		end(c, EXIT_CODE_USAGE);
	}
	free(text);
	free(why);
}

static void on_heard(void *arg, const struct mux_msg *m)
{
	struct control *c = arg;

	if (c->over || m->id != muxclient_last_id(c->client))
		return;
	if (m->kind == MUX_DENIED || m->kind == MUX_FAILURE) {
		refused(c, m);
		return;
	}
	if (m->kind == MUX_REMOTE_PORT && c->word->what == WHAT_FORWARD)
		(void)printf("%u\n", m->number);
	ask_next(c);
}

/* A master that ends at once has no time to say so. */
static void on_ended(void *arg, enum muxclient_end how, const struct err *why)
{
	struct control *c = arg;

	if (c->over)
		return;
	if (c->word->what == WHAT_EXIT && c->asks.next &&
	    (how == MUXCLIENT_LOST || how == MUXCLIENT_UNREAD)) {
		all_asked(c);
		return;
	}
	err_copy(&c->err, why);
	end(c, EXIT_CODE_USAGE);
}

static const struct muxclient_events events = {
	.ready = on_ready,
	.heard = on_heard,
	.ended = on_ended,
};

/* ---- what is asked ---- */

static int make_asks(struct control *c, const struct ssh_opts *o,
		     struct err *err)
{
	if (c->word->what == WHAT_CHECK)
		return 0;
	if (c->word->what == WHAT_FORWARD || c->word->what == WHAT_CANCEL)
		return muxforwards_init(&c->asks, o, c->word->kind, err);
	c->asks.v = xcalloc(1, sizeof(*c->asks.v));
	c->asks.v[c->asks.n++].kind = c->word->kind;
	return 0;
}

static int tell_one(struct loop *loop, const struct target *t,
		    const struct word *word, bool one, struct err *err)
{
	struct control c = { .loop = loop,
			     .word = word,
			     .name = one ? NULL : t->name,
			     .code = EXIT_CODE_USAGE };

	if (!t->opts || !t->opts->control_path) {
		err_set(err, ERR_CONFIG,
			"No ControlPath specified for \"-O\" command");
		return -1;
	}
	if (make_asks(&c, t->opts, err) == 0) {
		c.client =
			muxclient_new(loop, t->opts->control_path, &events, &c);
		(void)loop_run(loop, &c.err);
		muxclient_free(c.client);
		if (c.err.code != ERR_NONE)
			err_move(err, &c.err);
	}
	muxforwards_release(&c.asks);
	err_release(&c.err);
	return err->code == ERR_NONE ? c.code : -1;
}

/* Of many hosts each is told, whatever became of the one before. */
int control_run(const struct plan *plan, const char *word, bool one,
		struct err *err)
{
	const struct word *w = find(word);
	struct loop *loop = w ? loop_new(err) : NULL;
	int code = 0;

	for (size_t i = 0; loop && i < plan->targets.n; i++) {
		const struct target *t = &plan->targets.v[i];
		struct err why = { 0 };
		int rc = tell_one(loop, t, w, one, &why);

		if (rc < 0 && one)
			err_move(err, &why);
		else if (rc < 0)
			log_error("%s: %s", t->name, why.msg);
		if (rc < 0)
			code = one ? -1 : EXIT_CODE_USAGE;
		err_release(&why);
	}
	loop_free(loop);
	return loop ? code : -1;
}
