/* SPDX-License-Identifier: Apache-2.0 */
/* Tables of host lists and what they stand for. */
#ifndef RSH_UNIT_CONF_HOSTLIST_ROWS_H
#define RSH_UNIT_CONF_HOSTLIST_ROWS_H

#include "conf/hostlist.h"

#include "lib/test.h"

/* Files for the tests: a name and what is in it. */
struct file {
	const char *path;
	const char *text;
};

static inline int read_table(void *arg, const char *path, size_t max,
			     struct strbuf *out, struct err *err)
{
	for (const struct file *f = arg; f->path; f++)
		if (!strcmp(f->path, path) && strlen(f->text) <= max)
			return strbuf_addstr(out, f->text);
	return err_set(err, ERR_CONFIG, "cannot read '%s'", path);
}

/* The names with blanks between, or the message. */
static inline char *parsed(const char *text,
			   const struct hostlist_source *source)
{
	struct strbuf sb = STRBUF_INIT(STRBUF_MAX_TEXT);
	struct hostlist *hl = hostlist_new();
	struct err err = { 0 };

	if (hostlist_parse(hl, text, source, &err)) {
		assert_int_equal(err.code, ERR_CONFIG);
		assert_int_equal(hostlist_count(hl), 0);
		strbuf_addstr(&sb, err.msg);
	}
	for (size_t i = 0; i < hostlist_count(hl); i++)
		strbuf_addf(&sb, "%s%s", i ? " " : "", hostlist_get(hl, i));
	err_release(&err);
	hostlist_free(hl);
	return strbuf_detach(&sb, NULL);
}

struct row {
	const char *text;
	const char *want;
};

static inline void check_rows(const struct row *table, size_t n,
			      const struct hostlist_source *source)
{
	for (size_t i = 0; i < n; i++) {
		char *got = parsed(table[i].text, source);

		if (strcmp(got, table[i].want) != 0)
			fail_msg("'%s': got '%s', want '%s'", table[i].text,
				 got, table[i].want);
		free(got);
	}
}

#endif /* RSH_UNIT_CONF_HOSTLIST_ROWS_H */
