/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which modules there are, and which of them are on.
 *
 * pdsh goes by what is installed: a site has the module for groups that it
 * uses.  Here all are, so genders has -g where there is a genders file, or the
 * command line speaks of one; else dshgroup and machines have its letters.
 */
#include "cmd/pdsh_modules.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/gettext.h"
#include "conf/gendersource.h"

#include "base/banned.h"

const struct pdsh_module pdsh_module_table[] = {
	/* clang-format off */
	{ "rcmd", "exec", "run the command here, once for each host", "", true, NULL },
	{ "rcmd", "ssh", "log in by SSH, with a client of its own", "", false, NULL },
	{ "misc", "slurm", "hosts of jobs and partitions, told by Slurm's commands", "jPC", false, NULL },
	{ "misc", "genders", "hosts by attributes, out of a genders file", "gXFiaA", false, N_("run on the hosts of a query; with -w: only on those of them") },
	{ "misc", "dshgroup", "hosts out of the files of groups of dsh", "gX", false, N_("target hosts in dsh groups") },
	{ "misc", "machines", "all hosts, out of the file /etc/machines", "a", false, NULL },
	{ "misc", "netgroup", "hosts of netgroups", "gX", false, N_("run on the hosts of netgroups") },
	{ 0 },
	/* clang-format on */
};

static bool is_there(const char *path)
{
	return path && !access(path, F_OK);
}

static bool speaks_of_genders(const struct pdsh *p)
{
	return p->genders_file || p->all || p->altnames ||
	       getenv("PDSH_GENDERS_DIR");
}

static bool genders_first(const struct pdsh *p)
{
	return speaks_of_genders(p) ||
	       is_there(GENDERS_FOLDER_DEFAULT "/" GENDERS_FILE_DEFAULT);
}

static bool conflicts(const struct pdsh_active *a, const struct pdsh_module *m)
{
	for (const char *l = m->letters; *l; l++)
		if (pdsh_modules_owner(a, *l))
			return true;
	return false;
}

static void append(const struct pdsh_module **list, const struct pdsh_module *m)
{
	size_t n = 0;

	while (list[n])
		n++;
	list[n] = m;
}

static bool is_in(const struct pdsh_module *const *list,
		  const struct pdsh_module *m)
{
	while (*list && *list != m)
		list++;
	return *list != NULL;
}

static void turn_on(const struct pdsh *p, struct pdsh_active *a,
		    const struct pdsh_module *m)
{
	if ((m->dsh_only && p->kind != PDSH_DSH) || is_in(a->on, m))
		return;
	append(conflicts(a, m) ? a->off : a->on, m);
}

static const struct pdsh_module *find_misc(const char *name)
{
	const struct pdsh_module *m = pdsh_module_table;

	while (m->name &&
	       (strcmp(m->type, "misc") != 0 || strcmp(m->name, name) != 0))
		m++;
	return m->name ? m : NULL;
}

void pdsh_modules_find(const struct pdsh *p, struct pdsh_active *out)
{
	const struct pdsh_module *genders = find_misc("genders");
	struct strvec named = { 0 };

	*out = (struct pdsh_active){ 0 };
	strvec_split(&named, p->modules ? p->modules : "", ",");
	for (size_t i = 0; i < named.n; i++) {
		const struct pdsh_module *m = find_misc(named.v[i]);

		if (m)
			turn_on(p, out, m);
	}
	strvec_release(&named);
	for (const struct pdsh_module *m = pdsh_module_table; m->name; m++)
		if (m != genders || genders_first(p))
			turn_on(p, out, m);
	turn_on(p, out, genders);
	/* Tried twice: it was off both times. */
	for (size_t i = 0; out->off[i]; i++)
		if (is_in(out->off + i + 1, out->off[i]))
			for (size_t j = i; out->off[j]; j++)
				out->off[j] = out->off[j + 1];
}

const struct pdsh_module *pdsh_modules_of(const struct pdsh_active *a,
					  char letter)
{
	for (size_t i = 0; a->on[i]; i++)
		if (strchr(a->on[i]->letters, letter))
			return a->on[i];
	return NULL;
}

const char *pdsh_modules_owner(const struct pdsh_active *a, char letter)
{
	const struct pdsh_module *m = pdsh_modules_of(a, letter);

	return m ? m->name : NULL;
}
