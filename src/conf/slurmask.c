/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Asking Slurm's commands.
 */
#include "conf/slurmask.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/text.h"
#include "conf/groups.h"
#include "conf/schedlist.h"
#include "base/banned.h"

#define WORDS_MAX 8u

/* One source: how groups, names and all are asked for; "?" is the name. */
struct question {
	const char *source;
	const char *map[WORDS_MAX];
	const char *list[WORDS_MAX];
	const char *all[WORDS_MAX];
	bool features; /* each line of an answer is "FEATURES NODES" */
};

static const struct question questions[] = {
	{
		.source = "slurmjob",
		.map = { "squeue", "-h", "-j", "?", "-o", "%N" },
		.list = { "squeue", "-h", "-t", "R", "-o", "%i" },
		.all = { "squeue", "-h", "-t", "R", "-o", "%N" },
	},
	{
		.source = "slurmpart",
		.map = { "sinfo", "-h", "-p", "?", "-o", "%N" },
		.list = { "sinfo", "-h", "-o", "%R" },
		.all = { "sinfo", "-h", "-o", "%N" },
	},
	{
		.source = "slurmfeature",
		.map = { "sinfo", "-h", "-o", "%f %N" },
		.list = { "sinfo", "-h", "-o", "%f" },
		.all = { "sinfo", "-h", "-o", "%N" },
		.features = true,
	},
};

struct slurm {
	struct groups *groups;
	const struct question *q;
};

static bool is_safe(const char *name)
{
	for (const char *p = name; *p; p++)
		if (!(*p >= '0' && *p <= '9') && !(*p >= 'a' && *p <= 'z') &&
		    !(*p >= 'A' && *p <= 'Z') && !strchr("._-+", *p))
			return false;
	return *name && *name != '-';
}

/* Run `words`, with `name` where the "?" stands. */
static int ask(const struct slurm *s, const char *const *words,
	       const char *name, struct strbuf *out, struct err *err)
{
	const struct groups_env *env = groups_env(s->groups);
	const char *argv[WORDS_MAX + 1] = { NULL };
	int status;

	for (size_t i = 0; words[i]; i++)
		argv[i] = strcmp(words[i], "?") != 0 ? words[i] : name;
	if (!env->run)
		return err_set(err, ERR_CONFIG, _("'%s' is not run here"),
			       argv[0]);
	status = env->run(env->arg, argv, out, err);
	if (status > 0)
		err_set(err, ERR_CONFIG, _("'%s' ended with status %d"),
			argv[0], status);
	if (!status && strlen(out->buf) != out->len)
		return err_set(err, ERR_CONFIG, _("'%s' wrote a NUL"), argv[0]);
	return status ? -1 : 0;
}

static bool has_feature(const char *features, const char *name)
{
	size_t len = strlen(name);

	for (const char *p = features; *p; p += *p == ',') {
		size_t n = strcspn(p, ",");

		if (n == len && !strncmp(p, name, len))
			return true;
		p += n;
	}
	return false;
}

/* One line of an answer, which is cut.  `name` NULL: all nodes. */
static int add_line(const struct slurm *s, char *line, const char *name,
		    struct strbuf *out, struct err *err)
{
	char *nodes = line;

	if (s->q->features && name) {
		nodes = strchr(line, ' ');
		if (!nodes)
			return 0;
		*nodes++ = '\0';
		if (!has_feature(line, name))
			return 0;
	}
	/* A job that waits has none; "(null)" is Slurm's word for nothing. */
	nodes += strspn(nodes, " ");
	nodes[strcspn(nodes, " \r")] = '\0';
	if (!*nodes || *nodes == '(')
		return 0;
	if (out->len)
		(void)strbuf_addch(out, ',');
	return schedlist_parse(SCHEDLIST_FOLDED, nodes, out, err);
}

static int nodes(const struct slurm *s, const char *const *words,
		 const char *name, struct strbuf *out, struct err *err)
{
	struct strbuf answer = STRBUF_INIT(GROUPS_MAX_ANSWER);
	struct strvec lines = { 0 };
	int rc = ask(s, words, name, &answer, err);

	if (!rc)
		strvec_split(&lines, answer.buf, "\n");
	for (size_t i = 0; !rc && i < lines.n; i++) {
		rc = add_line(s, lines.v[i], name, out, err);
		if (rc)
			err_prefix(err, _("the answer of '%s': "), words[0]);
	}
	strvec_release(&lines);
	strbuf_release(&answer);
	return rc ? -1 : out->len != 0;
}

static int map(void *arg, const char *group, struct strbuf *out,
	       struct err *err)
{
	const struct slurm *s = arg;

	return is_safe(group) ? nodes(s, s->q->map, group, out, err) : 0;
}

static int all(void *arg, struct strbuf *out, struct err *err)
{
	const struct slurm *s = arg;

	return nodes(s, s->q->all, NULL, out, err);
}

/* Partitions and features come once for each state their nodes are in. */
static int list(void *arg, struct strvec *out, struct err *err)
{
	const struct slurm *s = arg;
	struct strbuf answer = STRBUF_INIT(GROUPS_MAX_ANSWER);
	struct strvec words = { 0 };
	int rc = ask(s, s->q->list, NULL, &answer, err);

	if (!rc)
		strvec_split(&words, answer.buf,
			     s->q->features ? ", \r\n" : " \r\n");
	for (size_t i = 0; i < words.n && out->n <= GROUPS_MAX_NAMES; i++)
		if (is_safe(words.v[i]))
			strvec_push(out, words.v[i]);
	strvec_release(&words);
	strbuf_release(&answer);
	return rc;
}

static const struct group_source_ops slurm_ops = {
	.map = map,
	.list = list,
	.all = all,
	.order = GROUP_ORDER_NAMED,
	.free = free,
};

void slurmask_add(struct groups *g)
{
	for (size_t i = 0; i < sizeof(questions) / sizeof(questions[0]); i++) {
		struct slurm *s = xcalloc(1, sizeof(*s));

		s->groups = g;
		s->q = &questions[i];
		groups_add_as(g, s->q->source, slurm_ops.order, &slurm_ops, s);
	}
}
