/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A file of hosts that may include itself under two names, and a machine that
 * has it as a group of dsh too.
 */
#include "conf/groupfile.h"

#include "conf/dshgroup.h"
#include "conf/hostlist.h"
#include "fuzz/fuzz.h"

struct input {
	const uint8_t *data;
	size_t size;
};

static int read_itself(void *arg, const char *path, size_t max,
		       struct strbuf *out, struct err *err)
{
	const struct input *in = arg;

	(void)err;
	if (strcmp(path, "/d/self") != 0 && strcmp(path, "/d/other") != 0)
		return 0;
	if (in->size > max)
		return err_set(err, ERR_CONFIG, "too long");
	(void)strbuf_add(out, in->data, in->size);
	return 1;
}

static const char *get_env(void *arg, const char *name)
{
	(void)arg;
	return strcmp(name, "DSHGROUP_PATH") != 0 ? NULL : "/d";
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, size };
	const struct groups_env env = { .getenv = get_env,
					.read = read_itself,
					.arg = &in };
	struct groups *g = groups_new(&env);
	const struct groupfile gf = { .groups = g };
	struct hostlist_source source = { .group = groups_map,
					  .groups = groups_names,
					  .arg = g };
	struct strbuf out = STRBUF_INIT(1 << 20);
	struct hostlist *hl = hostlist_new();
	struct err err = { 0 };

	if (groupfile_read(&gf, "/d/self", &out, &err) < 0)
		assert(err.code == ERR_CONFIG && err.msg[0]);
	dshgroup_add(g);
	if (hostlist_parse(hl, "@self", &source, &err))
		assert(err.code == ERR_CONFIG && err.msg[0]);
	err_release(&err);
	hostlist_free(hl);
	groups_free(g);
	strbuf_release(&out);
	return 0;
}
