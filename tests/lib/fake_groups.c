/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/fake_groups.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

static const char *find(const struct fake_pair *pairs, const char *key)
{
	for (const struct fake_pair *p = pairs; p && p->key; p++)
		if (!strcmp(p->key, key))
			return p->value;
	return NULL;
}

static const char *get_env(void *arg, const char *name)
{
	const struct fake_groups *fake = arg;

	return find(fake->vars, name);
}

static int read_file(void *arg, const char *path, size_t max,
		     struct strbuf *out, struct err *err)
{
	struct fake_groups *fake = arg;
	const char *text = find(fake->files, path);

	fake->reads++;
	if (!text)
		return 0;
	if (!strcmp(text, "!")) {
		err_set(err, ERR_CONFIG, "cannot read '%s'", path);
		return 2;
	}
	if (strlen(text) > max)
		return err_set(err, ERR_CONFIG, "too long");
	(void)strbuf_addstr(out, text);
	return 1;
}

static int list_folder(void *arg, const char *path, struct strvec *out,
		       struct err *err)
{
	const struct fake_groups *fake = arg;
	size_t len = strlen(path);
	int any = 0;

	(void)err;
	for (const struct fake_pair *p = fake->files; p && p->key; p++) {
		if (strncmp(p->key, path, len) != 0 || p->key[len] != '/' ||
		    strchr(p->key + len + 1, '/'))
			continue;
		strvec_push(out, p->key + len + 1);
		any = 1;
	}
	return any;
}

static int run(void *arg, const char *const *argv, struct strbuf *out,
	       struct err *err)
{
	struct fake_groups *fake = arg;
	struct strvec words = { 0 };
	const char *output;

	for (size_t i = 0; argv[i]; i++)
		strvec_push(&words, argv[i]);
	free(fake->last_run);
	fake->last_run = strvec_join(&words, "|");
	strvec_release(&words);
	fake->runs++;
	output = find(fake->commands, fake->last_run);
	if (!output)
		return err_set(err, ERR_LOCAL, "no command '%s'",
			       fake->last_run);
	if (*output == '!')
		return output[1] - '0';
	(void)strbuf_addstr(out, output);
	return 0;
}

static int trust(void *arg, const char *path, struct err *err)
{
	const struct fake_groups *fake = arg;

	if (fake->distrusted && !strcmp(fake->distrusted, path))
		return err_set(err, ERR_CONFIG, "'%s' is not trusted", path);
	return 0;
}

static int netgroup(void *arg, const char *name, struct strvec *out,
		    struct err *err)
{
	const struct fake_groups *fake = arg;
	const char *hosts = find(fake->netgroups, name);

	(void)err;
	if (hosts)
		strvec_split(out, hosts, " ");
	return hosts != NULL;
}

struct groups *fake_groups_new(struct fake_groups *fake)
{
	const struct groups_env env = {
		.home = fake->home,
		.getenv = get_env,
		.read = read_file,
		.folder = list_folder,
		.run = run,
		.trust = trust,
		.netgroup = netgroup,
		.arg = fake,
	};

	return groups_new(&env);
}

void fake_groups_free(struct fake_groups *fake, struct groups *g)
{
	groups_free(g);
	free(fake->last_run);
	fake->last_run = NULL;
	fake->reads = fake->runs = 0;
}

char *fake_groups_ask(struct groups *g, const char *source, const char *group)
{
	struct strbuf out = STRBUF_INIT(STRBUF_MAX_TEXT);
	struct strvec names = { 0 };
	struct err err = { 0 };
	char *joined;
	int rc = group ? groups_map(g, source, group, &out, &err)
		       : groups_names(g, source, &names, &err);

	if (!rc && !group && names.n) {
		joined = strvec_join(&names, " ");
		(void)strbuf_addstr(&out, joined);
		free(joined);
	}
	if (rc) {
		strbuf_reset(&out);
		(void)strbuf_addf(&out, "error: %s", err.msg);
	}
	strvec_release(&names);
	err_release(&err);
	return strbuf_detach(&out, NULL);
}
