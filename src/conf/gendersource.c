/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Genders as a source of groups.
 */
#include "conf/gendersource.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "conf/genders.h"
#include "conf/groups.h"
#include "base/banned.h"

struct source {
	struct groups *groups;
	bool loaded;
	struct genders *genders; /* NULL: there is no file */
};

char *genders_path(const struct groups *g, const char *file)
{
	const char *folder = groups_getenv(g, "PDSH_GENDERS_DIR");

	if (!file)
		file = groups_getenv(g, "PDSH_GENDERS_FILE");
	if (!file)
		file = GENDERS_FILE_DEFAULT;
	if (*file == '/')
		return xstrdup(file);
	return xasprintf("%s/%s", folder ? folder : GENDERS_FOLDER_DEFAULT,
			 file);
}

int genders_load(struct groups *g, const char *file, struct genders **out,
		 struct err *err)
{
	char *path = genders_path(g, file);
	const struct strbuf *text;
	int rc = groups_read(g, path, &text, err);

	*out = NULL;
	if (rc > 0) {
		*out = genders_parse(path, text->buf, text->len, err);
		rc = *out ? 1 : -1;
	}
	free(path);
	return rc;
}

static int load(struct source *s, struct err *err)
{
	if (s->loaded)
		return 0;
	if (genders_load(s->groups, NULL, &s->genders, err) < 0)
		return -1;
	s->loaded = true;
	return 0;
}

static void join(const struct strvec *nodes, struct strbuf *out)
{
	for (size_t i = 0; i < nodes->n; i++) {
		if (i)
			(void)strbuf_addch(out, ',');
		(void)strbuf_addstr(out, nodes->v[i]);
	}
}

/* A query of more than one attribute, which may well stand for no node. */
static bool is_compound(const char *query)
{
	return strpbrk(query, "~()") || strstr(query, "||") ||
	       strstr(query, "&&") || strstr(query, "--");
}

static int map(void *arg, const char *group, struct strbuf *out,
	       struct err *err)
{
	struct source *s = arg;
	bool compound = is_compound(group);
	struct strvec nodes = { 0 };
	bool known;
	int rc;

	if (load(s, err))
		return -1;
	if (!s->genders)
		return 0;
	/* What cannot be an attribute may be known to another source. */
	rc = genders_query(s->genders, group, &nodes, &known,
			   compound ? err : NULL);
	if (!rc) {
		join(&nodes, out);
		rc = known && (nodes.n || compound);
	} else if (!compound) {
		rc = 0;
	}
	strvec_release(&nodes);
	return rc;
}

static int list(void *arg, struct strvec *out, struct err *err)
{
	struct source *s = arg;

	if (load(s, err))
		return -1;
	for (size_t i = 0; s->genders && i < genders_nattrs(s->genders); i++)
		strvec_push(out, genders_attr(s->genders, i));
	return 0;
}

static int all(void *arg, struct strbuf *out, struct err *err)
{
	struct source *s = arg;
	struct strvec nodes = { 0 };
	int rc = load(s, err);

	if (!rc && s->genders)
		rc = genders_query(s->genders, "", &nodes, NULL, err);
	join(&nodes, out);
	if (!rc)
		rc = nodes.n != 0;
	strvec_release(&nodes);
	return rc;
}

static void release(void *arg)
{
	struct source *s = arg;

	genders_free(s->genders);
	free(s);
}

static const struct group_source_ops genders_ops = {
	.name = "genders",
	.map = map,
	.list = list,
	.all = all,
	.order = GROUP_ORDER_GENDERS,
	.free = release,
};

void gendersource_add(struct groups *g)
{
	struct source *s = xcalloc(1, sizeof(*s));

	s->groups = g;
	groups_add(g, &genders_ops, s);
}
