/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A groups.conf and, after a line "?", a YAML file of groups.  A command that
 * runs was asked for with a name that is safe, and its answer is the input.
 */
#include "conf/csgroups.h"

#include "base/alloc.h"
#include "conf/groups.h"
#include "conf/hostlist.h"
#include "fuzz/fuzz.h"

struct input {
	char *conf;
	const char *yaml;
};

static const char *get_env(void *arg, const char *name)
{
	(void)arg;
	return strcmp(name, "CLUSTERSHELL_CFGDIR") != 0 ? NULL : "/c";
}

static int read_file(void *arg, const char *path, size_t max,
		     struct strbuf *out, struct err *err)
{
	const struct input *in = arg;
	const char *text = NULL;

	if (!strcmp(path, "/c/groups.conf") || !strcmp(path, "/c/a.conf"))
		text = in->conf;
	if (!strcmp(path, "/c/a.yaml"))
		text = in->yaml;
	if (!text)
		return 0;
	if (strlen(text) > max)
		return err_set(err, ERR_CONFIG, "too long");
	(void)strbuf_addstr(out, text);
	return 1;
}

static int folder(void *arg, const char *path, struct strvec *out,
		  struct err *err)
{
	(void)arg;
	(void)err;
	if (strcmp(path, "/c") != 0)
		return 0;
	strvec_push(out, "a.conf");
	strvec_push(out, "a.yaml");
	return 1;
}

static int run(void *arg, const char *const *argv, struct strbuf *out,
	       struct err *err)
{
	const struct input *in = arg;

	(void)err;
	assert(!strcmp(argv[0], "/bin/sh") && !strcmp(argv[4], "/c"));
	(void)strbuf_addstr(out, in->yaml);
	return 0;
}

static void ask(struct groups *g, const char *list)
{
	const struct hostlist_source source = { .group = groups_map,
						.groups = groups_names,
						.arg = g };
	struct hostlist *hl = hostlist_new();
	struct err err = { 0 };

	if (hostlist_parse(hl, list, &source, &err))
		assert(err.code == ERR_CONFIG && err.msg[0]);
	err_release(&err);
	hostlist_free(hl);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { .conf = xmemdup(data, size), .yaml = "" };
	const struct groups_env env = { .getenv = get_env,
					.read = read_file,
					.folder = folder,
					.run = run,
					.arg = &in };
	struct groups *g = groups_new(&env);
	char *cut = strstr(in.conf, "\n?\n");

	if (cut) {
		*cut = '\0';
		in.yaml = cut + 3;
	}
	csgroups_add(g);
	ask(g, "@a");
	ask(g, "@*");
	ask(g, "@a:a,@@,@@a");
	groups_free(g);
	free(in.conf);
	return 0;
}
