/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The options of a host as ssh -G shows them.
 */
#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "conf/sshopt_row.h"
#include "base/banned.h"

typedef void dump_fn(const struct sshopt *row, const char *name,
		     const struct ssh_opts *o, FILE *out);

static void dump_choice(const struct sshopt *row, const char *name,
			const struct ssh_opts *o, FILE *out)
{
	const int *value = sshopt_value(o, row->field);
	const struct sshopt_choice *c = row->choices;

	while (c->word && c->value != *value)
		c++;
	(void)fprintf(out, "%s %s\n", name, c->word ? c->word : "UNKNOWN");
}

static void dump_number(const struct sshopt *row, const char *name,
			const struct ssh_opts *o, FILE *out)
{
	const int *value = sshopt_value(o, row->field);

	(void)fprintf(out, "%s %d\n", name, *value);
}

static void dump_span(const struct sshopt *row, const char *name,
		      const struct ssh_opts *o, FILE *out)
{
	const int *value = sshopt_value(o, row->field);

	if (*value < 0)
		(void)fprintf(out, "%s none\n", name);
	else
		(void)fprintf(out, "%s %d\n", name, *value);
}

static void dump_escape(const struct sshopt *row, const char *name,
			const struct ssh_opts *o, FILE *out)
{
	const int *value = sshopt_value(o, row->field);

	if (*value == SSHOPT_ESCAPE_NONE)
		(void)fprintf(out, "%s none\n", name);
	else if (*value < ' ')
		(void)fprintf(out, "%s \\^%c\n", name, *value + 64);
	else if (*value == '\\')
		(void)fprintf(out, "%s \\\\\n", name);
	else
		(void)fprintf(out, "%s %c\n", name, *value);
}

static void dump_text(const struct sshopt *row, const char *name,
		      const struct ssh_opts *o, FILE *out)
{
	char *const *value = sshopt_value(o, row->field);

	if (*value)
		(void)fprintf(out, "%s %s\n", name, *value);
}

static void dump_mask(const struct sshopt *row, const char *name,
		      const struct ssh_opts *o, FILE *out)
{
	const int *value = sshopt_value(o, row->field);

	(void)fprintf(out, "%s 0%o\n", name, (unsigned int)*value);
}

static void dump_persist(const struct sshopt *row, const char *name,
			 const struct ssh_opts *o, FILE *out)
{
	const int *persist = sshopt_value(o, row->field);
	const int *seconds = sshopt_value(o, row->other);

	if (*persist && *seconds)
		(void)fprintf(out, "%s %d\n", name, *seconds);
	else
		(void)fprintf(out, "%s %s\n", name, *persist ? "yes" : "no");
}

static void dump_addkeys(const struct sshopt *row, const char *name,
			 const struct ssh_opts *o, FILE *out)
{
	static const char *const words[] = {
		[ASK_NO] = "false",
		[ASK_YES] = "true",
		[ASK_ASK] = "ask",
		[ASK_CONFIRM] = "confirm",
	};
	const int *value = sshopt_value(o, row->field);
	const int *seconds = sshopt_value(o, row->other);

	(void)fprintf(out, "%s", name);
	if (*value != ASK_YES || !*seconds)
		(void)fprintf(out, " %s", words[*value]);
	if (*seconds)
		(void)fprintf(out, " %d", *seconds);
	(void)fputc('\n', out);
}

static void dump_one_qos(int value, FILE *out)
{
	const char *name = sshopt_qos_name(value);

	if (name)
		(void)fprintf(out, " %s", name);
	else
		(void)fprintf(out, " 0x%02x", (unsigned int)value);
}

static void dump_qos(const struct sshopt *row, const char *name,
		     const struct ssh_opts *o, FILE *out)
{
	const int *interactive = sshopt_value(o, row->field);
	const int *bulk = sshopt_value(o, row->other);

	(void)fprintf(out, "%s", name);
	dump_one_qos(*interactive, out);
	dump_one_qos(*bulk, out);
	(void)fputc('\n', out);
}

static void dump_tunnel(const struct sshopt *row, const char *name,
			const struct ssh_opts *o, FILE *out)
{
	const int *ends[] = { sshopt_value(o, row->field),
			      sshopt_value(o, row->other) };

	(void)fprintf(out, "%s", name);
	for (size_t i = 0; i < 2; i++) {
		if (*ends[i] == SSHOPT_TUNNEL_ANY)
			(void)fprintf(out, "%sany", i ? ":" : " ");
		else
			(void)fprintf(out, "%s%d", i ? ":" : " ", *ends[i]);
	}
	(void)fputc('\n', out);
}

static void dump_line(const struct sshopt *row, const char *name,
		      const struct ssh_opts *o, FILE *out)
{
	const struct strvec *list = sshopt_value(o, row->field);

	if (!list->n && row->hide_default)
		return;
	(void)fprintf(out, "%s", name);
	for (size_t i = 0; i < list->n; i++)
		(void)fprintf(out, " %s", list->v[i]);
	(void)fprintf(out, "%s\n", list->n ? "" : " none");
}

static void dump_lines(const struct sshopt *row, const char *name,
		       const struct ssh_opts *o, FILE *out)
{
	const struct strvec *list = sshopt_value(o, row->field);

	for (size_t i = 0; i < list->n; i++)
		(void)fprintf(out, "%s %s\n", name, list->v[i]);
}

static void dump_rekey(const struct sshopt *row, const char *name,
		       const struct ssh_opts *o, FILE *out)
{
	const uint64_t *bytes = sshopt_value(o, row->field);
	const uint64_t *seconds = sshopt_value(o, row->other);

	(void)fprintf(out, "%s %" PRIu64 " %" PRIu64 "\n", name, *bytes,
		      *seconds);
}

static dump_fn *const dumps[KIND_COUNT] = {
	/* clang-format off */
	[KIND_CHOICE] = dump_choice,
	[KIND_NUMBER] = dump_number,
	[KIND_PORT] = dump_number,
	[KIND_SPAN] = dump_span,
	[KIND_ESCAPE] = dump_escape,
	[KIND_MASK] = dump_mask,
	[KIND_PERSIST] = dump_persist,
	[KIND_ADDKEYS] = dump_addkeys,
	[KIND_QOS] = dump_qos,
	[KIND_TUNNEL] = dump_tunnel,
	[KIND_STRING] = dump_text,
	[KIND_AGENT] = dump_text,
	[KIND_OBSCURE] = dump_text,
	[KIND_REFUSE] = dump_text,
	[KIND_COMMAND] = dump_text,
	[KIND_JUMP] = dump_text,
	[KIND_ALGOS] = dump_text,
	[KIND_FILES] = dump_line,
	[KIND_DOMAINS] = dump_line,
	[KIND_CNAMES] = dump_line,
	[KIND_OPENS] = dump_line,
	[KIND_TIMEOUTS] = dump_line,
	[KIND_APPEND] = dump_lines,
	[KIND_FORWARD] = dump_lines,
	[KIND_SENDENV] = dump_lines,
	[KIND_SETENV] = dump_lines,
	[KIND_REKEY] = dump_rekey,
	/* clang-format on */
};

static void dump_row(const struct sshopt *row, const struct ssh_opts *o,
		     FILE *out)
{
	char *name = xstrdup(row->shown ? row->shown : row->name);

	for (char *p = name; !row->shown && *p; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p | 0x20);
	dumps[row->kind](row, name, o, out);
	free(name);
}

void sshopt_dump(const struct ssh_opts *o, const char *host, FILE *out)
{
	(void)fprintf(out, "host %s\n", host);
	for (size_t i = 0; sshopt_dump_order[i]; i++) {
		const struct sshopt *row = sshopt_find(sshopt_dump_order[i]);

		assert(row && dumps[row->kind]);
		if (row->field == offsetof(struct ssh_opts, hostname) &&
		    !o->hostname)
			(void)fprintf(out, "hostname %s\n", host);
		else
			dump_row(row, o, out);
	}
}
