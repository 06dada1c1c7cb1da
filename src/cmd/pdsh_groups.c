/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hosts by group, attribute, job and partition.
 *
 * With genders, groups select hosts where nothing else does, and else are a
 * filter; then names are the alternate ones unless -i says otherwise, and
 * with a filter the other way round.
 */
#include "cmd/pdsh_groups.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/log.h"
#include "cmd/groupenv.h"
#include "cmd/pdsh_modules.h"
#include "conf/dshgroup.h"
#include "conf/genders.h"
#include "conf/gendersource.h"

#include "base/banned.h"

#define ATTR_SKIP "pdsh_all_skip"
#define ATTR_TYPE "pdsh_rcmd_type"
#define LIST_MAX  ((size_t)64 << 20) /* bytes of a list of hosts */

struct pdsh_groups {
	const struct pdsh *p;
	struct pdsh_active modules;
	struct groups *all;
	struct genders *genders; /* NULL: none, or not read yet */
	bool genders_read;
	bool filled; /* the hosts are out of groups */
};

static bool has_module(const struct pdsh_groups *g, const char *name)
{
	for (size_t i = 0; g->modules.on[i]; i++)
		if (!strcmp(g->modules.on[i]->name, name))
			return true;
	return false;
}

/* The letters that were typed. */
static void typed(const struct pdsh *p, char letters[16])
{
	const struct {
		char letter;
		bool typed;
	} all[] = {
		{ 'g', p->groups.n },	     { 'X', p->group_excludes.n },
		{ 'F', p->genders_file },    { 'i', p->altnames },
		{ 'a', p->all_but_skipped }, { 'A', p->all },
		{ 'j', p->jobs.n },	     { 'P', p->partitions.n },
		{ 'C', p->features.n },
	};
	size_t n = 0;

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (all[i].typed &&
		    !(all[i].letter == 'F' && !p->genders_file_typed))
			letters[n++] = all[i].letter;
	letters[n] = '\0';
}

static int check_letters(const struct pdsh_groups *g, struct err *err)
{
	char letters[16];

	typed(g->p, letters);
	for (const char *l = letters; *l; l++)
		if (!pdsh_modules_owner(&g->modules, *l))
			return err_set(
				err, ERR_USAGE,
				_("option -%c is of the module genders, which conflicts with what -M or PDSH_MISC_MODULES names"),
				*l);
	if (g->p->up)
		return err_set(
			err, ERR_USAGE,
			_("option -v needs the module nodeupdown, which there is not; hosts that are down fail alone"));
	return 0;
}

struct pdsh_groups *pdsh_groups_new(const struct pdsh *p, struct err *err)
{
	struct pdsh_groups *g = xcalloc(1, sizeof(*g));

	g->p = p;
	pdsh_modules_find(p, &g->modules);
	if (check_letters(g, err)) {
		free(g);
		return NULL;
	}
	g->all = groupenv_new();
	return g;
}

void pdsh_groups_free(struct pdsh_groups *g)
{
	if (!g)
		return;
	genders_free(g->genders);
	groups_free(g->all);
	free(g);
}

/* A path that begins with a dot. */
static bool is_from_here(const char *path)
{
	return path && *path == '.';
}

static char *genders_file(const struct pdsh *p)
{
	char cwd[PATH_MAX];

	if (!is_from_here(p->genders_file) || !getcwd(cwd, sizeof(cwd)))
		return p->genders_file ? xstrdup(p->genders_file) : NULL;
	return xasprintf("%s/%s", cwd, p->genders_file);
}

/* A file that is not there is an error only where an option asks for it. */
static int read_genders(struct pdsh_groups *g, struct err *err)
{
	const struct pdsh *p = g->p;
	bool asked = p->groups.n || p->group_excludes.n || p->all ||
		     p->all_but_skipped || p->altnames || p->genders_file_typed;
	char *file, *path;
	int rc;

	if (g->genders_read)
		return 0;
	g->genders_read = true;
	file = genders_file(p);
	rc = genders_load(g->all, file, &g->genders, err);
	if (!rc && asked) {
		path = genders_path(g->all, file);
		rc = err_set(err, ERR_CONFIG, "%s: error opening genders file",
			     is_from_here(p->genders_file) ? p->genders_file
							   : path);
		free(path);
	}
	free(file);
	return rc < 0 ? -1 : 0;
}

/* Lists of hosts */

/* The file of a group of dsh, and what it includes. */
static char *find_dsh_group(void *arg, const char *name)
{
	const char *home = getenv("HOME");
	const char *path = getenv("DSHGROUP_PATH");
	struct strvec folders = { 0 };
	char *found = NULL;

	(void)arg;
	if (home && *home)
		strvec_push_take(&folders, xasprintf("%s/.dsh/group", home));
	strvec_split(&folders, path ? path : DSHGROUP_PATH_DEFAULT, ":");
	for (size_t i = 0; i < folders.n && !found; i++) {
		found = xasprintf("%s/%s", folders.v[i], name);
		if (access(found, R_OK)) {
			free(found);
			found = NULL;
		}
	}
	strvec_release(&folders);
	return found;
}

static struct pdshlist *new_list(void)
{
	static const struct pdshlist_env env = {
		.read = pdsh_read_file,
		.warn = pdsh_warn,
		.find = find_dsh_group,
		.rcmds = pdsh_rcmds,
	};

	return pdshlist_new(&env);
}

static int add_dsh_group(struct pdshlist *to, const char *name, struct err *err)
{
	char *path = find_dsh_group(NULL, name);
	int rc = pdshlist_file(to, path ? path : name, err);

	free(path);
	return rc;
}

static int add_query(struct pdsh_groups *g, struct pdshlist *to,
		     const char *query, struct err *err)
{
	struct strvec nodes = { 0 };
	int rc;

	if (!g->genders)
		return 0;
	rc = genders_query(g->genders, query, &nodes, NULL, err);
	for (size_t i = 0; !rc && i < nodes.n; i++)
		rc = pdshlist_add(to, nodes.v[i], err);
	strvec_release(&nodes);
	return rc;
}

static int add_group(struct pdsh_groups *g, struct pdshlist *to,
		     const char *source, const char *name, struct err *err)
{
	struct strbuf text = STRBUF_INIT(LIST_MAX);
	int rc = groups_map(g->all, source, name, &text, err);

	if (!rc)
		rc = pdshlist_add(to, text.buf, err);
	strbuf_release(&text);
	return rc;
}

/* A group, as the module that has -g knows it. */
static int add_named(struct pdsh_groups *g, struct pdshlist *to,
		     const char *name, struct err *err)
{
	const char *owner = pdsh_modules_owner(&g->modules, 'g');

	if (!strcmp(owner, "genders"))
		return add_query(g, to, name, err);
	if (!strcmp(owner, "netgroup"))
		return add_group(g, to, owner, name, err);
	return add_dsh_group(to, name, err);
}

/* Add the hosts of groups with commas between. */
static int add_groups(struct pdsh_groups *g, struct pdshlist *to,
		      const struct strvec *groups, struct err *err)
{
	struct strvec names = { 0 };
	int rc = has_module(g, "genders") ? read_genders(g, err) : 0;

	for (size_t i = 0; i < groups->n; i++)
		strvec_split(&names, groups->v[i], ",");
	for (size_t i = 0; i < names.n && !rc; i++)
		rc = add_named(g, to, names.v[i], err);
	strvec_release(&names);
	return rc;
}

/* The same as a list of its own, sorted, each once; NULL with err. */
static struct pdshlist *
list_groups(struct pdsh_groups *g, const struct strvec *groups, struct err *err)
{
	struct pdshlist *l = new_list();

	if (!add_groups(g, l, groups, err) && !pdshlist_finish(l, err)) {
		pdshlist_unique(l);
		return l;
	}
	pdshlist_free(l);
	return NULL;
}

/* Genders */

static int fill_all(struct pdsh_groups *g, struct pdshlist *to, struct err *err)
{
	if (read_genders(g, err))
		return -1;
	for (size_t i = 0; g->genders && i < genders_count(g->genders); i++)
		if (pdshlist_add(to, genders_node(g->genders, i), err))
			return -1;
	return 0;
}

/* What stands under both names of a host is the host. */
static void add_other_names(struct pdsh_groups *g, struct pdshlist *l)
{
	size_t n = pdshlist_count(l);

	for (size_t i = 0; g->genders && i < n; i++) {
		const char *other =
			genders_swap(g->genders, pdshlist_get(l, i)->name);

		if (other)
			(void)pdshlist_add(l, other, NULL);
	}
}

static int leave_out(struct pdsh_groups *g, struct pdshlist *l,
		     const struct strvec *groups, struct err *err)
{
	struct pdshlist *out;

	if (!groups->n)
		return 0;
	out = list_groups(g, groups, err);
	if (!out)
		return -1;
	add_other_names(g, out);
	pdshlist_drop(l, out);
	pdshlist_free(out);
	return 0;
}

static int keep(struct pdsh_groups *g, struct pdshlist *l, struct err *err)
{
	struct pdshlist *in = list_groups(g, &g->p->groups, err);

	if (!in)
		return -1;
	add_other_names(g, in);
	pdshlist_keep(l, in);
	pdshlist_unique(l);
	pdshlist_free(in);
	return 0;
}

static void swap_names(struct pdsh_groups *g, struct pdshlist *l)
{
	for (size_t i = 0; g->genders && i < pdshlist_count(l); i++) {
		struct pdsh_host *h = pdshlist_get(l, i);
		const char *other = genders_swap(g->genders, h->name);

		if (!other)
			continue;
		free(h->name);
		h->name = xstrdup(other);
	}
}

/* "[user@][type]" of a host, where nobody else has said it. */
static int obey_type(struct pdsh_groups *g, struct pdshlist *l,
		     struct pdsh_host *h, struct err *err)
{
	struct strbuf value = STRBUF_INIT(GROUPS_MAX_NAME);
	const char *node = genders_swap(g->genders, h->name);
	bool has = false;
	char *at, *type;
	int rc = 0;

	if (!genders_value(g->genders, h->name, ATTR_TYPE, &value, &has) &&
	    node)
		(void)genders_value(g->genders, node, ATTR_TYPE, &value, &has);
	if (!has || h->user || h->rcmd)
		goto out;
	type = value.buf;
	at = strchr(value.buf, '@');
	if (at) {
		*at = '\0';
		type = at + 1;
		pdshlist_set_user(l, h, value.buf);
	}
	if (*type && !g->p->rcmd_typed)
		rc = pdshlist_set_rcmd(l, h, type, err);
out:
	strbuf_release(&value);
	return rc;
}

static int filter_genders(struct pdsh_groups *g, struct pdshlist *l,
			  struct err *err)
{
	const struct pdsh *p = g->p;
	struct strvec skip = { 0 };
	int rc = read_genders(g, err);

	if (!rc && p->groups.n && !g->filled)
		rc = keep(g, l, err);
	if (!rc && p->all_but_skipped) {
		strvec_push(&skip, ATTR_SKIP);
		rc = leave_out(g, l, &skip, err);
		strvec_release(&skip);
	}
	if (!rc)
		rc = leave_out(g, l, &p->group_excludes, err);
	if (rc || !g->genders)
		return rc;
	if (g->filled != (p->altnames != 0))
		swap_names(g, l);
	for (size_t i = 0; i < pdshlist_count(l) && !rc; i++)
		rc = obey_type(g, l, pdshlist_get(l, i), err);
	return rc;
}

/* Slurm */

static int check_job(const char *job, struct err *err)
{
	if (*job && job[strspn(job, "0123456789_")] == '\0')
		return 0;
	return err_set(err, ERR_USAGE,
		       "invalid setting \"%s\" for -j or SLURM_JOBID", job);
}

static int add_job(struct pdsh_groups *g, struct pdshlist *to, const char *job,
		   struct err *err)
{
	if (!strcmp(job, "all"))
		return add_group(g, to, "slurmjob", "*", err);
	if (check_job(job, err))
		return -1;
	return add_group(g, to, "slurmjob", job, err);
}

/* As pdsh: told, and the others count. */
static int add_partition(struct pdsh_groups *g, struct pdshlist *to,
			 const char *name, struct err *err)
{
	if (add_group(g, to, "slurmpart", name, err)) {
		log_warn("Warning - partition %s not found: %s", name,
			 err->msg);
		err_release(err);
	}
	return 0;
}

static int add_feature(struct pdsh_groups *g, struct pdshlist *to,
		       const char *name, struct err *err)
{
	return add_group(g, to, "slurmfeature", name, err);
}

typedef int add_fn(struct pdsh_groups *g, struct pdshlist *to, const char *name,
		   struct err *err);

/* Hosts of names with commas between, each once; NULL with err. */
static struct pdshlist *list_slurm(struct pdsh_groups *g, add_fn *add,
				   const struct strvec *args, struct err *err)
{
	struct pdshlist *l = new_list();
	struct strvec names = { 0 };
	int rc = 0;

	for (size_t i = 0; i < args->n; i++)
		strvec_split(&names, args->v[i], ",");
	for (size_t i = 0; i < names.n && !rc; i++)
		rc = add(g, l, names.v[i], err);
	strvec_release(&names);
	if (!rc && !pdshlist_finish(l, err)) {
		pdshlist_unique(l);
		return l;
	}
	pdshlist_free(l);
	return NULL;
}

static int fill_slurm(struct pdsh_groups *g, struct pdshlist *l, add_fn *add,
		      const struct strvec *args, struct err *err)
{
	struct pdshlist *more;

	if (!args->n)
		return 0;
	more = list_slurm(g, add, args, err);
	if (!more)
		return -1;
	pdshlist_move(l, more);
	pdshlist_free(more);
	return 0;
}

static int filter_slurm(struct pdsh_groups *g, struct pdshlist *l,
			struct err *err)
{
	struct pdshlist *in;

	if (!g->p->features.n)
		return 0;
	in = list_slurm(g, add_feature, &g->p->features, err);
	if (!in)
		return -1;
	pdshlist_keep(l, in);
	pdshlist_free(in);
	return 0;
}

static int fill_own_job(struct pdsh_groups *g, struct pdshlist *l,
			struct err *err)
{
	const char *job = getenv("SLURM_JOBID");
	struct strvec jobs = { 0 };
	int rc;

	if (!job || !*job || pdshlist_any(l) || !has_module(g, "slurm"))
		return 0;
	strvec_push(&jobs, job);
	rc = fill_slurm(g, l, add_job, &jobs, err);
	strvec_release(&jobs);
	return rc;
}

/* All of them */

static int fill_groups(struct pdsh_groups *g, struct pdshlist *l,
		       struct err *err)
{
	const struct pdsh *p = g->p;
	bool genders = has_module(g, "genders");
	bool all = p->all || p->all_but_skipped;
	struct pdshlist *more;
	int rc;

	if (genders && all && p->groups.n)
		return err_set(err, ERR_USAGE,
			       "Do not specify -A or -a with -g");
	if (!all && !p->groups.n)
		return 0;
	if (pdshlist_any(l) && genders)
		return 0; /* a filter */
	if (pdshlist_any(l))
		return err_set(err, ERR_USAGE, "Do not specify both -w and %s",
			       all ? "-a" : "-g");
	more = new_list();
	if (genders && all)
		rc = fill_all(g, more, err);
	else
		rc = all ? add_group(g, more, "machines", "*", err)
			 : add_groups(g, more, &p->groups, err);
	if (!rc)
		rc = pdshlist_finish(more, err);
	if (!rc) {
		pdshlist_unique(more);
		pdshlist_move(l, more);
		g->filled = true;
	}
	pdshlist_free(more);
	return rc;
}

int pdsh_groups_fill(struct pdsh_groups *g, struct pdshlist *l, struct err *err)
{
	if (fill_slurm(g, l, add_partition, &g->p->partitions, err) ||
	    fill_slurm(g, l, add_job, &g->p->jobs, err) ||
	    fill_groups(g, l, err))
		return -1;
	return fill_own_job(g, l, err);
}

int pdsh_groups_filter(struct pdsh_groups *g, struct pdshlist *l,
		       struct err *err)
{
	if (filter_slurm(g, l, err))
		return -1;
	if (has_module(g, "genders"))
		return filter_genders(g, l, err);
	return leave_out(g, l, &g->p->group_excludes, err);
}
