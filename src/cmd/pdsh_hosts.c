/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which hosts pdsh runs on: lists, files, groups, and what is left out.
 */
#include "cmd/pdsh.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "cmd/hostfile.h"
#include "cmd/pdsh_groups.h"

#include "base/banned.h"

/* As pdsh words it: the file, and why not. */
int pdsh_read_file(void *arg, const char *path, size_t max, struct strbuf *out,
		   struct err *err)
{
	int saved;

	(void)arg;
	errno = 0;
	if (!hostfile_source.read(NULL, path, max, out, err))
		return 0;
	saved = errno;
	return saved ? err_set(err, ERR_CONFIG, "%s: %s", path, strerror(saved))
		     : -1;
}

void pdsh_warn(void *arg, const char *text)
{
	(void)arg;
	log_warn("%s", text);
}

static const struct pdshlist_env env = {
	.read = pdsh_read_file,
	.warn = pdsh_warn,
	.rcmds = pdsh_rcmds,
};

static int read_lists(const struct pdsh *p, struct pdsh_groups *g,
		      struct pdshlist *l, struct err *err)
{
	const char *wcoll = getenv("WCOLL");

	for (size_t i = 0; i < p->targets.n; i++)
		if (pdshlist_add(l, p->targets.v[i], err))
			return -1;
	for (size_t i = 0; i < p->excludes.n; i++)
		if (pdshlist_exclude(l, p->excludes.v[i], err))
			return -1;
	if (pdsh_groups_fill(g, l, err))
		return -1;
	if (!pdshlist_any(l) && wcoll && pdshlist_file(l, wcoll, err))
		return -1;
	return 0;
}

struct pdshlist *pdsh_hosts(const struct pdsh *p, struct err *err)
{
	struct pdsh_groups *g = pdsh_groups_new(p, err);
	struct pdshlist *l = pdshlist_new(&env);
	int rc = -1;

	if (g && !read_lists(p, g, l, err) && !pdshlist_finish(l, err))
		rc = pdsh_groups_filter(g, l, err);
	pdsh_groups_free(g);
	if (!rc)
		return l;
	pdshlist_free(l);
	return NULL;
}
