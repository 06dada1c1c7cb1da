/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files from a host as archives: between its commands and what unpacks them.
 */
#include "op/op_unpack.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "op/copy_exec.h"
#include "op/shellglob.h"
#include "op/unpack.h"

#include "base/banned.h"

/* A host's sshd gives the shell one word of all, which may not be longer. */
#define COMMAND_MAX ((size_t)120 << 10)

struct op_unpack {
	struct copy_exec x;
	struct unpack *unpack;
};

static struct op_unpack *unpack_of(struct copy_exec *x)
{
	return container_of(x, struct op_unpack, x);
}

static void on_bytes(struct copy_exec *x, const char *p, size_t n)
{
	struct op_unpack *o = unpack_of(x);

	if (o->unpack)
		(void)unpack_take(o->unpack, p, n, &x->broken);
}

/* NOLINTNEXTLINE(readability-non-const-parameter): another way changes it */
static void greeted(struct copy_exec *x, char *line, const char *rest, size_t n)
{
	struct op_unpack *o = unpack_of(x);

	(void)line;
	o->unpack = unpack_new(&x->copy, x->greeting.key);
	on_bytes(x, rest, n);
}

static void go_on(struct copy_exec *x)
{
	struct op_unpack *o = unpack_of(x);
	char *said;

	(void)channel_widen(&x->ch);
	if (!unpack_is_over(o->unpack))
		return;
	said = greeting_reason(&x->greeting);
	unpack_end(o->unpack, said);
	free(said);
	x->over = true;
	x->placed.all = true;
}

static void closed(struct copy_exec *x)
{
	char *said = greeting_reason(&x->greeting);
	struct err err = { 0 };

	if (x->ch.got_status && !x->greeting.is_over) {
		err_set(&err, ERR_CHANNEL,
			_("the host has no shell that could do it: %s"), said);
		copy_exec_fail(x, &err);
		err_release(&err);
	} else {
		copy_exec_cut(x);
	}
	free(said);
}

static void discard(struct copy_exec *x)
{
	struct op_unpack *o = unpack_of(x);

	unpack_free(o->unpack);
	o->unpack = NULL;
}

static void free_unpack(struct copy_exec *x)
{
	free(unpack_of(x));
}

static const struct copy_exec_how unpack_how = {
	.greeted = greeted,
	.data = on_bytes,
	.go_on = go_on,
	.closed = closed,
	.discard = discard,
	.free = free_unpack,
	.shows_errors = true,
};

/* The words behind the variables are the sources, each with its pattern. */
static char *commands(const struct op_unpack *o)
{
	const struct copy_spec *spec = copy_exec_spec(&o->x);
	const struct greeting_var vars[] = {
		{ "y", o->x.greeting.key },
		{ "l", spec->keep_links ? "1" : "" },
		{ "w", spec->recursive ? "1" : "" },
		{ "q", UNPACK_LINKS },
	};

	struct strvec words = { 0 };
	char *command;

	for (size_t i = 0; i < spec->sources.n; i++) {
		char *pattern = shellglob(spec->sources.v[i]);

		strvec_push(&words, spec->sources.v[i]);
		strvec_push_take(&words, pattern ? pattern : xstrdup(""));
	}
	command = greeting_command_with(vars, sizeof(vars) / sizeof(vars[0]),
					UNPACK_SCRIPT, &words);
	strvec_release(&words);
	return command;
}

struct op *op_unpack_new(struct session *s, const struct copy_spec *spec,
			 size_t rank, uint64_t limit_ms)
{
	struct op_unpack *o = xcalloc(1, sizeof(*o));
	char *command;

	copy_exec_init(&o->x, &unpack_how, s, spec, rank);
	command = commands(o);
	if (strlen(command) > COMMAND_MAX)
		err_set(&o->x.broken, ERR_COPY, "%s",
			_("the sources are too long for one command"));
	copy_exec_start(&o->x, command, limit_ms);
	return &o->x.op;
}
