/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who gets the line that is typed: the prompt.
 */
#include "cmd/shells_internal.h"

#include <string.h>

#include "base/gettext.h"

#include "base/banned.h"

/* The first one that gets what is typed, else the first of all. */
static const struct target *leader(const struct shells *s)
{
	for (size_t i = 0; i < s->set.n; i++)
		if (shellset_takes(&s->set, i))
			return &s->conf.plan->targets.v[i];
	return s->conf.plan->targets.v;
}

/* "{node}" and its kin; an unknown word stays as it is. */
static void expand(const struct shells *s, const char *format,
		   const struct shellset_count *count, struct strbuf *out)
{
	const char *user = leader(s)->user;
	const char *dir = s->shell->conf.work_dir;

	while (*format) {
		if (!strncmp(format, "{node}", 6)) {
			shells_add_chosen(s, out);
			format += 6;
		} else if (!strncmp(format, "{host}", 6)) {
			(void)strbuf_addstr(out, leader(s)->alias);
			format += 6;
		} else if (!strncmp(format, "{user}", 6)) {
			(void)strbuf_addstr(out, user ? user : "");
			format += 6;
		} else if (!strncmp(format, "{pwd}", 5)) {
			(void)strbuf_addstr(out, dir ? dir : "~");
			format += 5;
		} else if (!strncmp(format, "{active}", 8)) {
			(void)strbuf_addf(out, "%zu", count->takes);
			format += 8;
		} else if (!strncmp(format, "{total}", 7)) {
			(void)strbuf_addf(out, "%zu", count->total);
			format += 7;
		} else {
			(void)strbuf_addch(out, *format++);
		}
	}
}

void shells_prompt(const struct shells *s, struct strbuf *out)
{
	struct shellset_count count;

	shellset_count(&s->set, &count);
	if (s->shell->conf.prompt)
		expand(s, s->shell->conf.prompt, &count, out);
	else if (count.asks)
		(void)strbuf_addf(out, _("rsh[%zu/%zu, password: %zu]> "),
				  count.takes, count.total, count.asks);
	else
		(void)strbuf_addf(out, "rsh[%zu/%zu]> ", count.takes,
				  count.total);
}

/* "~/" is the shell's to read. */
bool shells_dir_line(const struct shells *s, struct strbuf *out)
{
	const char *dir = s->shell->conf.work_dir;
	bool home = dir && !strncmp(dir, "~/", 2);

	if (dir)
		(void)strbuf_addf(out, home ? "cd ~/'%s'" : "cd '%s'",
				  home ? dir + 2 : dir);
	return dir;
}
