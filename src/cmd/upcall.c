/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A command whose output is waited for.
 */
#include "cmd/upcall.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/list.h"
#include "base/text.h"
#include "io/child.h"
#include "io/loop.h"
#include "io/timer.h"

#include "base/banned.h"

struct upcall {
	struct child child;
	struct watch output;
	struct timer limit;
	struct strbuf *out;
	int status; /* as from waitpid(2) */
	bool ended;
	bool late;
	bool full;
	int failure; /* errno of reading */
};

/* Its end, which stops the loop, comes soon. */
static void give_up(struct upcall *u)
{
	if (watch_active(&u->output))
		watch_stop(&u->output);
	child_kill(&u->child, SIGKILL);
}

/* Read what is there; false once there will be no more. */
static bool drain(struct upcall *u)
{
	char buf[16384];

	for (;;) {
		ssize_t n = read(u->child.out, buf, sizeof(buf));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN)
			return true;
		if (n < 0)
			u->failure = errno;
		if (n <= 0)
			return false;
		if (strbuf_add(u->out, buf, (size_t)n)) {
			u->full = true;
			return false;
		}
	}
}

static void on_output(struct watch *w, unsigned int events)
{
	struct upcall *u = container_of(w, struct upcall, output);

	(void)events;
	if (drain(u))
		return;
	if (u->full || u->failure)
		give_up(u);
	else
		watch_stop(w);
}

static void on_end(struct child *c, int status)
{
	struct upcall *u = container_of(c, struct upcall, child);

	u->ended = true;
	u->status = status;
	loop_stop(c->loop);
}

static void on_limit(struct timer *t)
{
	struct upcall *u = container_of(t, struct upcall, limit);

	u->late = true;
	give_up(u);
}

static int outcome(const struct upcall *u, const char *name, uint64_t max_ms,
		   struct err *err)
{
	if (u->late) {
		struct strbuf span = STRBUF_INIT(STRBUF_MAX_TEXT);

		text_span(&span, max_ms);
		err_set(err, ERR_LOCAL, _("'%s' took longer than %s"), name,
			span.buf);
		strbuf_release(&span);
		return -1;
	}
	if (u->full)
		return err_set(err, ERR_LOCAL,
			       _("'%s' wrote more than %zu bytes"), name,
			       u->out->max);
	if (u->failure)
		return err_set(err, ERR_LOCAL,
			       _("cannot read the output of '%s': %s"), name,
			       strerror(u->failure));
	if (WIFEXITED(u->status))
		return WEXITSTATUS(u->status);
	return err_set(err, ERR_LOCAL, _("'%s' was ended by signal %d"), name,
		       WTERMSIG(u->status));
}

static int run(struct loop *loop, struct upcall *u, uint64_t max_ms,
	       const char *name, struct err *err)
{
	int rc;

	timer_start(loop, &u->limit, max_ms, on_limit);
	rc = watch_start(loop, &u->output, u->child.out, WATCH_IN, on_output,
			 err);
	if (!rc)
		rc = loop_run(loop, err);
	/* What it wrote last may be told after its end. */
	if (!rc && u->ended && watch_active(&u->output))
		(void)drain(u);
	if (watch_active(&u->output))
		watch_stop(&u->output);
	timer_stop(loop, &u->limit);
	return rc ? -1 : outcome(u, name, max_ms, err);
}

int upcall_run(const char *const *argv, uint64_t max_ms, struct strbuf *out,
	       struct err *err)
{
	struct upcall u = { .out = out };
	struct strvec words = { 0 };
	struct child_spec spec = {
		.file = argv[0],
		.in = CHILD_NULL,
		.out = CHILD_PIPE,
		.err = CHILD_INHERIT,
	};
	struct loop *loop = loop_new(err);
	int rc = -1;

	for (size_t i = 0; argv[i]; i++)
		strvec_push(&words, argv[i]);
	spec.argv = words.v;
	if (loop && !child_spawn(loop, &u.child, &spec, on_end, err)) {
		rc = run(loop, &u, max_ms, argv[0], err);
		child_release(&u.child);
	}
	loop_free(loop);
	strvec_release(&words);
	return rc;
}
