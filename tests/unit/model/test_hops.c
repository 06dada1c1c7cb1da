/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Jump hosts from the words of ProxyJump, as tables over ssh_config texts.
 */
#include "model/hops.h"

#include "lib/test.h"

#include <string.h>

#include "base/alloc.h"

static const char config[] = "Host web*\n"
			     "  ProxyJump gate\n"
			     "Host gate\n"
			     "  HostName 192.0.2.1\n"
			     "  Port 2222\n"
			     "  User keeper\n"
			     "Host far\n"
			     "  ProxyJump web9\n"
			     "Host loop1\n"
			     "  ProxyJump loop2\n"
			     "Host loop2\n"
			     "  ProxyJump loop1\n"
			     "Host self\n"
			     "  ProxyJump self\n"
			     "Host none\n"
			     "  ProxyJump none\n";

static int read_config(void *arg, const char *path, size_t max, bool check_perm,
		       struct strbuf *out, struct err *err)
{
	(void)arg;
	(void)max;
	(void)check_perm;
	(void)err;
	if (strcmp(path, "/c") != 0)
		return 0;
	(void)strbuf_addstr(out, config);
	return 1;
}

static struct sshconf *load(void *arg, struct err *err)
{
	const struct source source = { .read = read_config };
	const struct sshconf_env env = { .home = "/home/me",
					 .local_user = "me",
					 .local_host = "here" };
	const struct sshconf_override over = { .compression = -1,
					       .batch_mode = -1 };
	int *loads = arg;

	++*loads;
	return sshconf_load("/c", &over, &env, &source, NULL, NULL, err);
}

struct fixture {
	int loads;
	struct sshconf *conf;
	struct hops *hops;
	struct targets ts;
};

static void open_fixture(struct fixture *f)
{
	const struct hops_env env = { .load = load,
				      .arg = &f->loads,
				      .user = "me" };
	int unused = 0;

	*f = (struct fixture){ 0 };
	f->conf = load(&unused, NULL);
	assert_non_null(f->conf);
	f->hops = hops_new(&env);
}

static void close_fixture(struct fixture *f)
{
	targets_release(&f->ts);
	hops_free(f->hops);
	sshconf_free(f->conf);
}

/* The chain that leads to `name`, the first hop first, or why there is none. */
static void check(struct fixture *f, const char *name, const char *identity,
		  const char *expected)
{
	struct strbuf got = STRBUF_INIT(4096);
	struct err err = { 0 };
	struct target *t;

	assert_int_equal(targets_add(&f->ts, name, f->conf, &err), 0);
	t = &f->ts.v[f->ts.n - 1];
	if (t->opts->proxy_jump && hops_find(f->hops, t, identity, &err))
		(void)strbuf_addstr(&got, err.msg);
	for (const struct target *hop = err.msg ? NULL : t->via; hop;
	     hop = hop->via) {
		char *rest = xstrdup(got.buf ? got.buf : "");

		strbuf_reset(&got);
		(void)strbuf_addf(&got, "%s@%s:%u%s%s", hop->user, hop->host,
				  hop->port, *rest ? " " : "", rest);
		free(rest);
	}
	assert_string_equal(got.buf ? got.buf : "", expected);
	err_release(&err);
	strbuf_release(&got);
}

static void chains(void **state)
{
	static const struct {
		const char *name, *chain;
	} rows[] = {
		{ "plain", "" },
		{ "none", "" },
		{ "web1", "keeper@192.0.2.1:2222" },
		{ "far", "keeper@192.0.2.1:2222 me@web9:22" },
		{ "loop1",
		  "loop1: /c line 10: jump host loop2: jump host loop1: jump host loop2: the jump hosts lead in a loop" },
		{ "self",
		  "self: /c line 14: jump host self: jump host self: the jump hosts lead in a loop" },
	};
	struct fixture f;

	(void)state;
	open_fixture(&f);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		check(&f, rows[i].name, NULL, rows[i].chain);
	assert_int_equal(f.loads, 1);
	close_fixture(&f);
}

static void check_list(const char *list, const char *expected)
{
	struct strbuf line = STRBUF_INIT(4096);
	struct err err = { 0 };
	struct strbuf got = STRBUF_INIT(4096);
	struct fixture f;
	struct target_ask ask = { .name = "target" };
	struct sshconf_line own = { .where = "test" };

	open_fixture(&f);
	(void)strbuf_addf(&line, "ProxyJump=%s", list);
	own.text = line.buf;
	assert_int_equal(sshconf_add_layer(f.conf, &own, 1, &ask.layer, NULL),
			 0);
	assert_int_equal(targets_add_ask(&f.ts, &ask, f.conf, NULL), 0);
	if (hops_find(f.hops, f.ts.v, NULL, &err))
		(void)strbuf_addstr(&got, err.msg);
	for (const struct target *hop = f.ts.v->via; hop && !err.msg;
	     hop = hop->via)
		(void)strbuf_addf(&got, "%s@%s:%u ", hop->user, hop->host,
				  hop->port);
	assert_string_equal(got.buf, expected);
	err_release(&err);
	strbuf_release(&got);
	strbuf_release(&line);
	close_fixture(&f);
}

/* The last of a list comes first here: it is nearest to the target. */
static void lists(void **state)
{
	static const struct {
		const char *list, *chain;
	} rows[] = {
		/* clang-format off */
		{ "a", "me@a:22 " },
		{ "u@a:7", "u@a:7 " },
		{ "a,b,c", "me@c:22 me@b:22 me@a:22 " },
		/* the first one's own counts, the others' do not */
		{ "web1,b", "me@b:22 me@web1:22 keeper@192.0.2.1:2222 " },
		{ "b,web1", "me@web1:22 me@b:22 " },
		{ "x@gate,[2001:db8::1]:9", "me@2001:db8::1:9 x@192.0.2.1:2222 " },
		{ "a%p", "me@a22:22 " },
		{ "a%z", "target: test: ProxyJump: unknown token '%z'" },
		{ "target", "target: test: it is its own jump host" },
		{ "a,b,c,d,e,f,g,h,i,j", "me@j:22 me@i:22 me@h:22 me@g:22 me@f:22 me@e:22 me@d:22 me@c:22 me@b:22 me@a:22 " },
		/* clang-format on */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		check_list(rows[i].list, rows[i].chain);
}

static void too_many(void **state)
{
	struct strbuf list = STRBUF_INIT(4096);
	struct err err = { 0 };
	struct fixture f;
	struct target_ask ask = { .name = "target" };
	struct sshconf_line line = { .where = "test" };

	(void)state;
	open_fixture(&f);
	(void)strbuf_addstr(&list, "ProxyJump=a0");
	for (int i = 1; i <= HOPS_MAX; i++)
		(void)strbuf_addf(&list, ",a%d", i);
	line.text = list.buf;
	assert_int_equal(sshconf_add_layer(f.conf, &line, 1, &ask.layer, NULL),
			 0);
	assert_int_equal(targets_add_ask(&f.ts, &ask, f.conf, NULL), 0);
	assert_int_equal(hops_find(f.hops, f.ts.v, NULL, &err), -1);
	assert_non_null(strstr(err.msg, "more than 10 jump hosts in a chain"));
	err_release(&err);
	strbuf_release(&list);
	close_fixture(&f);
}

/* Two that are the same are one; another key makes another. */
static void shared(void **state)
{
	struct fixture f;
	size_t n = 0;

	(void)state;
	open_fixture(&f);
	check(&f, "web1", NULL, "keeper@192.0.2.1:2222");
	check(&f, "web2", NULL, "keeper@192.0.2.1:2222");
	check(&f, "web3", "/k", "keeper@192.0.2.1:2222");
	assert_ptr_equal(f.ts.v[0].via, f.ts.v[1].via);
	assert_ptr_not_equal(f.ts.v[0].via, f.ts.v[2].via);
	assert_string_equal(f.ts.v[2].via->opts->identity_files.v[0], "/k");
	while (hops_get(f.hops, n))
		n++;
	assert_int_equal(n, 2);
	close_fixture(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(chains),
		cmocka_unit_test(lists),
		cmocka_unit_test(too_many),
		cmocka_unit_test(shared),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
