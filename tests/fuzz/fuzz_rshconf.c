/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rsh's own configuration: what is taken can be listed, and makes lines that
 * ssh_config(5) takes; else there is a sentence with a place.
 */
#include "conf/rshconf.h"

#include <string.h>

#include "conf/sshconf.h"
#include "fuzz/fuzz.h"

#define MAX_LIST ((size_t)1 << 20)

static const char *get(void *arg, const char *name)
{
	(void)arg;
	return strcmp(name, "USER") == 0 ? "alice" : NULL;
}

/* Lines that no text may have got out of. */
static void check_lines(const struct rshconf *conf, const struct rshcluster *c,
			const struct rshnode *node)
{
	struct rshlines lines = { 0 };

	rshconf_lines(conf, c, node, &lines);
	for (size_t i = 0; i < lines.n; i++) {
		assert(!strpbrk(lines.v[i].text, "\r\n"));
		assert(strchr(lines.v[i].text, '='));
	}
	rshlines_release(&lines);
}

static void check_cluster(struct rshconf *conf, struct rshcluster *c)
{
	struct strbuf list = STRBUF_INIT(MAX_LIST);
	struct err err = { 0 };
	int rc = rshconf_map(conf, c->name, &list, &err);

	assert(rc == 1 || (rc == -1 && err.msg[0]));
	for (size_t i = 0; i < c->nnodes; i++) {
		assert(c->nodes[i].hosts);
		check_lines(conf, c, &c->nodes[i]);
	}
	strbuf_release(&list);
	err_release(&err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rshconf *conf = rshconf_new(get, NULL);
	struct err err = { 0 };
	const struct rshgroup *g;
	struct rshcluster *c;

	if (rshconf_add(conf, "in", (const char *)data, size, &err)) {
		assert(err.code == ERR_CONFIG);
		assert(strncmp(err.msg, "in:", 3) == 0);
	}
	for (size_t i = 0; (c = rshconf_cluster_at(conf, i)); i++)
		if (err.code == ERR_NONE)
			check_cluster(conf, c);
	for (size_t i = 0; (g = rshconf_group_at(conf, i)); i++)
		assert(g->hosts || g->missing.why);
	check_lines(conf, NULL, NULL);
	err_release(&err);
	rshconf_free(conf);
	return 0;
}
