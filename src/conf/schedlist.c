/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lists of schedulers: where they stand, and how they are written.
 */
#include "conf/schedlist.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/text.h"
#include "conf/groupfile.h"
#include "conf/groups.h"
#include "conf/hostlist.h"
#include "base/banned.h"

#define NAME_CHARS                                                             \
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-"

/* A list that is made. */
struct list {
	struct strbuf *out;
	char *last; /* what was added last */
	bool any;
};

/*
 * Only what a name of a host is made of: what comes from the environment can
 * name no file, group or user.
 */
static int check_name(const char *name, const char *allowed, struct err *err)
{
	char *vis;

	if (*name && *name != '-' && !name[strspn(name, allowed)])
		return 0;
	vis = text_vis_dup(name, strlen(name), 256);
	err_set(err, ERR_CONFIG, _("bad host name '%s'"), vis);
	free(vis);
	return -1;
}

static int add(struct list *l, const char *name, struct err *err)
{
	if (check_name(name, NAME_CHARS, err))
		return -1;
	if (l->last && !strcmp(l->last, name))
		return 0;
	free(l->last);
	l->last = xstrdup(name);
	(void)strbuf_addf(l->out, "%s%s", l->any ? "," : "", name);
	l->any = true;
	return 0;
}

/* Slurm's numbers have the width of the first, as ours when it begins with a
   zero; it writes no other. */
static int parse_folded(struct list *l, const char *text, struct err *err)
{
	if (check_name(text, NAME_CHARS "[],", err) ||
	    groupfile_check(text, err))
		return -1;
	(void)strbuf_addstr(l->out, text);
	return 0;
}

static int parse_words(struct list *l, const char *text, struct err *err)
{
	struct strvec words = { 0 };
	int rc = 0;

	strvec_split(&words, text, " \t\n\r");
	for (size_t i = 0; !rc && i < words.n; i++)
		rc = add(l, words.v[i], err);
	strvec_release(&words);
	return rc;
}

static int parse_pairs(struct list *l, const char *text, struct err *err)
{
	struct strvec words = { 0 };
	uint64_t slots;
	int rc = 0;

	strvec_split(&words, text, " \t\n\r");
	if (words.n % 2)
		rc = err_set(err, ERR_CONFIG,
			     _("expected hosts, each with a number"));
	for (size_t i = 0; !rc && i < words.n; i += 2)
		rc = parse_uint(words.v[i + 1], 0, UINT32_MAX, &slots)
			     ? err_set(err, ERR_CONFIG,
				       _("expected a number after each host"))
			     : add(l, words.v[i], err);
	strvec_release(&words);
	return rc;
}

/* "n1", "n1:4", "n1 slots=4 max_slots=8", "n1 4 all.q@n1 <NULL>" */
static int parse_lines(struct list *l, const char *text, struct err *err)
{
	size_t number = 1;

	for (const char *line = text; *line; number++) {
		size_t len = strcspn(line, "\n");
		size_t lead = strspn(line, " \t\r");
		size_t n = lead < len ? strcspn(line + lead, " \t\r\n:#") : 0;
		char *name = xmemdup(line + (n ? lead : 0), n);
		bool skip = lead >= len || line[lead] == '#';
		int rc = skip ? 0 : add(l, name, err);

		free(name);
		if (rc) {
			err_prefix(err, _("line %zu: "), number);
			return -1;
		}
		line += len + (line[len] == '\n');
	}
	return 0;
}

static int (*const parsers[])(struct list *l, const char *text,
			      struct err *err) = {
	[SCHEDLIST_FOLDED] = parse_folded,
	[SCHEDLIST_WORDS] = parse_words,
	[SCHEDLIST_PAIRS] = parse_pairs,
	[SCHEDLIST_LINES] = parse_lines,
};

int schedlist_parse(enum schedlist_form form, const char *text,
		    struct strbuf *out, struct err *err)
{
	struct list l = { .out = out };
	int rc = parsers[form](&l, text, err);

	free(l.last);
	if (!rc && out->full)
		rc = err_set(err, ERR_CONFIG, _("longer than %zu bytes"),
			     out->max);
	return rc;
}

/* Where a scheduler tells, the first that is set. */
struct place {
	const char *source;
	const char *variable;
	bool is_file; /* the variable names it */
	enum schedlist_form form;
};

static const struct place places[] = {
	/* clang-format off */
	{ "slurm", "SLURM_JOB_NODELIST",             false, SCHEDLIST_FOLDED },
	{ "slurm", "SLURM_NODELIST",                 false, SCHEDLIST_FOLDED },
	{ "pbs",   "PBS_NODEFILE",                   true,  SCHEDLIST_LINES  },
	{ "lsf",   "LSB_DJOB_HOSTFILE",              true,  SCHEDLIST_LINES  },
	{ "lsf",   "LSB_MCPU_HOSTS",                 false, SCHEDLIST_PAIRS  },
	{ "lsf",   "LSB_HOSTS",                      false, SCHEDLIST_WORDS  },
	{ "sge",   "PE_HOSTFILE",                    true,  SCHEDLIST_LINES  },
	{ "pmi",   "I_MPI_HYDRA_HOST_FILE",          true,  SCHEDLIST_LINES  },
	{ "pmi",   "HYDRA_HOST_FILE",                true,  SCHEDLIST_LINES  },
	{ "pmi",   "PRTE_MCA_prte_default_hostfile", true,  SCHEDLIST_LINES  },
	{ "pmi",   "OMPI_MCA_orte_default_hostfile", true,  SCHEDLIST_LINES  },
	/* clang-format on */
};

#define NPLACES (sizeof(places) / sizeof(places[0]))

struct sched {
	struct groups *groups;
	const char *source;
};

static int no_groups(void *arg, const char *group, struct strbuf *out,
		     struct err *err)
{
	(void)arg;
	(void)group;
	(void)out;
	(void)err;
	return 0;
}

/* `value` is the list itself or names the file it stands in. */
static int read_place(const struct sched *s, const struct place *p,
		      const char *value, struct strbuf *out, struct err *err)
{
	const struct strbuf *file;
	char *vis;
	int rc;

	if (!p->is_file) {
		if (schedlist_parse(p->form, value, out, err) == 0)
			return 1;
		err_prefix(err, "%s: ", p->variable);
		return -1;
	}
	rc = groups_read(s->groups, value, &file, err);
	if (rc < 0)
		return -1;
	vis = text_vis_dup(value, strlen(value), PATH_MAX);
	if (!rc) {
		rc = err_set(err, ERR_CONFIG,
			     _("%s names '%s', which is no file"), p->variable,
			     vis);
	} else if (strlen(file->buf) != file->len) {
		rc = err_set(err, ERR_CONFIG, _("%s: a NUL is in it"), vis);
	} else {
		rc = schedlist_parse(p->form, file->buf, out, err);
		if (rc)
			err_prefix(err, "%s: ", vis);
	}
	free(vis);
	return rc ? -1 : 1;
}

static int all_hosts(void *arg, struct strbuf *out, struct err *err)
{
	const struct sched *s = arg;
	struct strbuf unset = STRBUF_INIT(STRBUF_MAX_TEXT);

	for (size_t i = 0; i < NPLACES; i++) {
		const struct place *p = &places[i];
		const char *value;

		if (strcmp(p->source, s->source) != 0)
			continue;
		value = groups_getenv(s->groups, p->variable);
		if (value) {
			strbuf_release(&unset);
			return read_place(s, p, value, out, err);
		}
		(void)strbuf_addf(&unset, "%s%s", unset.len ? ", " : "",
				  p->variable);
	}
	err_set(err, ERR_CONFIG, _("not set: %s"), unset.buf);
	strbuf_release(&unset);
	return -1;
}

static int all_machines(void *arg, struct strbuf *out, struct err *err)
{
	const struct sched *s = arg;
	const struct groupfile gf = { .groups = s->groups };
	int rc = groupfile_read(&gf, SCHEDLIST_MACHINES, out, err);

	return rc ? rc
		  : err_set(err, ERR_CONFIG, _("there is no file '%s'"),
			    SCHEDLIST_MACHINES);
}

static const struct group_source_ops sched_ops = {
	.map = no_groups,
	.all = all_hosts,
	.order = GROUP_ORDER_NAMED,
	.free = free,
};

static const struct group_source_ops machines_ops = {
	.map = no_groups,
	.all = all_machines,
	.order = GROUP_ORDER_NAMED,
	.free = free,
};

static void add_source(struct groups *g, const char *name,
		       const struct group_source_ops *ops)
{
	struct sched *s = xcalloc(1, sizeof(*s));

	s->groups = g;
	s->source = name;
	groups_add_as(g, name, ops->order, ops, s);
}

void schedlist_add(struct groups *g)
{
	for (size_t i = 0; i < NPLACES; i++)
		if (!i || strcmp(places[i - 1].source, places[i].source) != 0)
			add_source(g, places[i].source, &sched_ops);
	add_source(g, "machines", &machines_ops);
}
