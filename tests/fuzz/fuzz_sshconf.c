/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bytes are an ssh_config file; Include finds the same file again.  What
 * loads resolves without harm, equal hosts get equal options, and a dump of
 * them is text.  A name server says what the bytes happen to be.
 */
#include "conf/sshconf.h"

#include "base/alloc.h"
#include "fuzz/fuzz.h"

struct bytes {
	const uint8_t *p;
	size_t n;
	unsigned int reads; /* Include could go on for long */
	char *line;	    /* the last one */
};

static int read_bytes(void *arg, const char *path, size_t max, bool check_perm,
		      struct strbuf *out, struct err *err)
{
	struct bytes *b = arg;

	(void)path;
	(void)check_perm;
	(void)err;
	(void)max;
	if (++b->reads > 20)
		return 0;
	return strbuf_add(out, b->p, b->n) ? -1 : 1;
}

static int glob_once(void *arg, const char *pattern, struct strvec *paths,
		     struct err *err)
{
	(void)arg;
	(void)err;
	strvec_push(paths, pattern);
	return 0;
}

static const char *get_env(void *arg, const char *name)
{
	(void)arg;
	return *name == 'N' ? NULL : "%h${X}";
}

/* As the bytes have it; the name in full, if there is one, is a line. */
static enum sshconf_name look_up(void *arg, const char *name, int family,
				 const char **cname)
{
	struct bytes *b = arg;
	size_t at = b->n ? ((size_t)(unsigned char)*name + strlen(name) +
			    (size_t)(unsigned int)family) %
				    b->n
			 : 0;

	if (b->n && b->p[at] % 2)
		*cname = b->line;
	return b->n ? (enum sshconf_name)(b->p[at] / 2 %
					  (SSHCONF_NAME_LATE + 1))
		    : SSHCONF_NAME_ABSENT;
}

static void use(struct sshconf *conf, const char *host)
{
	struct err err = { 0 };
	const struct ssh_opts *o = sshconf_resolve(conf, host, NULL, 0, &err);
	char *text = NULL;
	size_t n;
	FILE *f;

	assert(!o == (err.code == ERR_CONFIG || err.code == ERR_LOCAL));
	assert(!(err.code == ERR_LOCAL) ==
	       !sshconf_is_open(conf, host, NULL, 0));
	assert(o == sshconf_resolve(conf, host, NULL, 0, &err));
	if (o) {
		f = open_memstream(&text, &n);
		assert(f);
		sshopt_dump(o, "h", f);
		assert(fclose(f) == 0 && n > 0);
	}
	free(text);
	err_release(&err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes bytes = { data, size < 4096 ? size : 4096, 0, NULL };
	const struct source source = { read_bytes, glob_once, &bytes };
	const struct sshconf_env env = { .home = "/h",
					 .local_user = "u",
					 .local_host = "l.example",
					 .getenv = get_env };
	struct err err = { 0 };
	struct sshconf *conf =
		sshconf_load("f", NULL, &env, &source, NULL, NULL, &err);

	assert(!conf == (err.code == ERR_CONFIG));
	while (size && data[size - 1] != '\n')
		size--;
	bytes.line = xmemdup(data + size, bytes.n > size ? bytes.n - size : 0);
	if (conf) {
		use(conf, "web1");
		sshconf_set_names(conf, look_up, &bytes);
		use(conf, "web1");
		use(conf, "127.1");
		use(conf, "%h");
	}
	sshconf_free(conf);
	err_release(&err);
	free(bytes.line);
	return 0;
}
