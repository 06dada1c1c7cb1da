/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is done beside the shells, however they are looked at.
 *
 * A look without a place for lines of hosts gets all at once, at the end.
 */
#include "cmd/shells_internal.h"

#include <string.h>

#include "base/gettext.h"
#include "cmd/shelljob.h"
#include "ui/joiner.h"

#include "base/banned.h"

#define HELD_MAX ((size_t)64 << 10) /* bytes of lines for a look without */

/* What add_held() makes. */
struct held {
	struct shells *s;
	struct strbuf text;
};

static void hold_line(struct shells *s, size_t rank, const char *line, size_t n)
{
	if (joiner_total(s->joiner) + n > HELD_MAX)
		s->nheld_out++;
	else
		joiner_add(s->joiner, rank, line, n);
}

static void add_held(void *arg, const size_t *ranks, size_t n,
		     const char *lines, size_t len)
{
	struct held *h = arg;
	struct strbuf name = STRBUF_INIT(STRBUF_MAX_TEXT);
	const char *end = lines + len;

	targets_fold(&h->s->conf.plan->targets, ranks, n, &name);
	while (lines < end) {
		const char *lf = memchr(lines, '\n', (size_t)(end - lines));

		(void)strbuf_addf(&h->text, "%s: ", name.buf);
		(void)strbuf_add(&h->text, lines, (size_t)(lf + 1 - lines));
		lines = lf + 1;
	}
	strbuf_release(&name);
}

static void tell_held(struct shells *s, struct held *h)
{
	joiner_flush(s->joiner, add_held, h);
	if (s->nheld_out)
		(void)strbuf_addf(&h->text,
				  ngettext("%zu more line was left out\n",
					   "%zu more lines were left out\n",
					   s->nheld_out),
				  s->nheld_out);
	s->nheld_out = 0;
}

static void take_line(void *arg, size_t rank, const char *line, size_t n)
{
	struct shells *s = arg;

	if (s->look->line)
		s->look->line(s->look_arg, rank, line, n);
	else
		hold_line(s, rank, line, n);
}

static enum flow flow_of(void *arg, const struct target *t)
{
	struct shells *s = arg;

	return s->look->flow ? s->look->flow(s->look_arg, t) : FLOW_GO;
}

/* Behind what hosts have sent before. */
static void say(void *arg, const char *text)
{
	struct shells *s = arg;
	struct held h = { s, STRBUF_INIT(STRBUF_MAX_TEXT) };

	if (s->look->flush)
		s->look->flush(s->look_arg);
	tell_held(s, &h);
	(void)strbuf_addf(&h.text, "%s\n", text);
	shells_say(s, "%s", h.text.buf);
	strbuf_release(&h.text);
}

static void changed(void *arg)
{
	struct shells *s = arg;

	if (s->look->changed)
		s->look->changed(s->look_arg);
}

void shells_job_new(struct shells *s)
{
	const struct shelljob_conf conf = {
		.loop = s->conf.loop,
		.job = s->conf.job,
		.plan = s->conf.plan,
		.set = &s->set,
		.line = take_line,
		.flow = flow_of,
		.say = say,
		.changed = changed,
		.arg = s,
	};

	s->joiner = joiner_new(s->set.n);
	s->beside = shelljob_new(&conf);
}

void shells_job_free(struct shells *s)
{
	shelljob_free(s->beside);
	joiner_free(s->joiner);
}

void shells_stop(struct shells *s)
{
	if (shelljob_runs(s->beside))
		shelljob_stop(s->beside);
	else
		shells_say(s, "%s\n", _("nothing runs beside the shells"));
}

void shells_copy(struct shells *s, bool put, const char *words)
{
	struct err err = { 0 };

	if (shelljob_copy(s->beside, put, words, &err))
		shells_say(s, "%s\n", err.msg);
	err_release(&err);
}

void shells_run(struct shells *s, const char *command)
{
	struct err err = { 0 };

	if (shelljob_run(s->beside, command, &err))
		shells_say(s, "%s\n", err.msg);
	err_release(&err);
}
