/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is done beside the shells, however they are looked at.
 *
 * A look without a place for lines of hosts gets all at once, at the end.
 */
#include "cmd/shells_internal.h"

#include "base/gettext.h"
#include "cmd/shelljob.h"

#include "base/banned.h"

#define HELD_MAX ((size_t)64 << 10) /* bytes of lines for a look without */

static void hold_line(struct shells *s, size_t rank, const char *line, size_t n)
{
	if (s->held.len + n > HELD_MAX) {
		s->nheld_out++;
		return;
	}
	(void)strbuf_addf(&s->held, "%s: ", s->labels[rank]);
	(void)strbuf_add(&s->held, line, n);
	(void)strbuf_addch(&s->held, '\n');
}

static void tell_held(struct shells *s)
{
	if (s->nheld_out)
		(void)strbuf_addf(&s->held,
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

	if (s->look->flush)
		s->look->flush(s->look_arg);
	tell_held(s);
	shells_say(s, "%s%s\n", s->held.buf ? s->held.buf : "", text);
	strbuf_release(&s->held);
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

	strbuf_init(&s->held, 2 * HELD_MAX);
	s->beside = shelljob_new(&conf);
}

void shells_job_free(struct shells *s)
{
	shelljob_free(s->beside);
	strbuf_release(&s->held);
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
