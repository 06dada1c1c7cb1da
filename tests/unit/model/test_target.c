/* SPDX-License-Identifier: Apache-2.0 */
#include "model/target.h"

#include "lib/test.h"

static int read_config(void *arg, const char *path, size_t max, bool check_perm,
		       struct strbuf *out, struct err *err)
{
	(void)path;
	(void)max;
	(void)check_perm;
	(void)err;
	strbuf_addstr(out, arg);
	return 1;
}

static struct sshconf *config(void)
{
	static char text[] = "Host db*\n"
			     "  HostName %h.example.org\n"
			     "  User admin\n"
			     "  Port 2222\n"
			     "Host bad\n"
			     "  IdentityFile %z\n";
	const struct source source = { read_config, NULL, text };
	const struct sshconf_env env = { .home = "/home/ann",
					 .local_user = "ann",
					 .local_host = "desk" };
	struct err err = { 0 };
	struct sshconf *conf =
		sshconf_load("f", NULL, &env, &source, NULL, NULL, &err);

	assert_non_null(conf);
	return conf;
}

static void a_target_is_resolved(void **state)
{
	static const struct {
		const char *name, *alias, *host, *user, *own_user;
		int port;
	} rows[] = {
		/* clang-format off */
		{ "db1", "db1", "db1.example.org", "admin", NULL, 2222 },
		{ "bob@db2:23", "db2", "db2.example.org", "bob", "bob", 23 },
		{ "web", "web", "web", "ann", NULL, 22 },
		{ "WEB", "WEB", "web", "ann", NULL, 22 },
		{ "bob@[::1]:23", "::1", "::1", "bob", "bob", 23 },
		{ "ssh://bob@web:24", "web", "web", "bob", "bob", 24 },
		/* clang-format on */
	};
	struct sshconf *conf = config();
	struct targets ts = { 0 };
	struct err err = { 0 };

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct target *t;

		assert_int_equal(targets_add(&ts, rows[i].name, conf, &err), 0);
		t = &ts.v[i];
		assert_string_equal(t->name, rows[i].name);
		assert_string_equal(t->alias, rows[i].alias);
		assert_string_equal(t->label, rows[i].alias);
		assert_string_equal(t->host, rows[i].host);
		assert_string_equal(t->user, rows[i].user);
		if (rows[i].own_user)
			assert_string_equal(t->own_user, rows[i].own_user);
		else
			assert_null(t->own_user);
		assert_int_equal(t->port, rows[i].port);
		assert_int_equal(t->rank, i);
	}
	targets_release(&ts);
	sshconf_free(conf);
}

static void bad_names_add_nothing(void **state)
{
	/* A name and what of it the message shows. */
	static const char *const names[][2] = {
		{ "-oProxyCommand=x", "-oProxyCommand=x" },
		{ "", "''" },
		{ "a b", "a b" },
		{ "x;y", "x;y" },
		{ "u$@h", "'u$'" },
		{ "bad", "bad: IdentityFile '%z'" },
	};
	struct sshconf *conf = config();
	struct targets ts = { 0 };

	(void)state;
	for (size_t i = 0; i < COUNT(names); i++) {
		struct err err = { 0 };

		ROW(targets_add(&ts, names[i][0], conf, &err) == -1,
		    names[i][0]);
		assert_int_equal(err.code, ERR_CONFIG);
		ROW(strstr(err.msg, names[i][1]), err.msg);
		err_release(&err);
	}
	assert_int_equal(ts.n, 0);
	targets_release(&ts);
	targets_release(NULL);
	sshconf_free(conf);
}

static void without_a_configuration_the_name_is_all(void **state)
{
	struct targets ts = { 0 };
	struct err err = { 0 };

	(void)state;
	assert_int_equal(targets_add(&ts, "bob@db1:7", NULL, &err), 0);
	assert_int_equal(targets_add(&ts, "db2", NULL, &err), 0);
	assert_null(ts.v[0].opts);
	assert_string_equal(ts.v[0].host, "db1");
	assert_string_equal(ts.v[0].user, "bob");
	assert_int_equal(ts.v[0].port, 7);
	assert_string_equal(ts.v[1].host, "db2");
	assert_null(ts.v[1].user);
	assert_int_equal(ts.v[1].port, 0);
	targets_release(&ts);
}

static void of_a_plain_name_the_layer_says_who_logs_in(void **state)
{
	static const struct sshconf_line line = { "User=layer", "f:1" };
	struct sshconf *conf = config();
	struct targets ts = { 0 };
	struct target_ask ask = { .name = "bob@db1:7" };

	(void)state;
	assert_int_equal(sshconf_add_layer(conf, &line, 1, &ask.layer, NULL),
			 0);
	assert_int_equal(targets_add_ask(&ts, &ask, conf, NULL), 0);
	ask.plain = true;
	assert_int_equal(targets_add_ask(&ts, &ask, conf, NULL), 0);
	/* Without one it is nobody's. */
	assert_int_equal(targets_add(&ts, "db1", conf, NULL), 0);
	assert_string_equal(ts.v[0].user, "bob");
	assert_int_equal(ts.v[0].port, 7);
	assert_string_equal(ts.v[1].user, "layer");
	assert_int_equal(ts.v[1].port, ts.v[2].port);
	assert_string_not_equal(ts.v[2].user, "layer");
	assert_true(ts.v[1].command_ms == UINT64_MAX);
	targets_release(&ts);
	sshconf_free(conf);
}

static void labels_are_short_but_differ(void **state)
{
	static const struct {
		const char *names, *plain, *shortened;
	} rows[] = {
		{ "", "", "" },
		{ "a.x b.x c", "a.x b.x c", "a b c" },
		{ "a.x a.y b.x", "a.x a.y b.x", "a.x a.y b" },
		{ "a.x a", "a.x a", "a.x a" },
		{ "u@a v@a b", "u@a v@a b", "u@a v@a b" },
		{ "u@a.x:1 b.x:2", "a.x b.x", "a b" },
		{ "a.x:1 a.x:2 a.y", "a.x:1 a.x:2 a.y", "a.x:1 a.x:2 a.y" },
		{ "10.0.0.1 10.0.0.2", "10.0.0.1 10.0.0.2",
		  "10.0.0.1 10.0.0.2" },
		{ "[fe80::1.2.3.4]:22 ::1", "fe80::1.2.3.4 ::1",
		  "fe80::1.2.3.4 ::1" },
		{ "a a b", "a a b", "a a b" },
		{ "ssh://a.x a.x", "ssh://a.x a.x", "ssh://a.x a.x" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		for (int shorten = 0; shorten < 2; shorten++) {
			struct strvec names = { 0 }, labels = { 0 };
			struct targets ts = { 0 };
			char *got;

			strvec_split(&names, rows[i].names, " ");
			for (size_t j = 0; j < names.n; j++)
				assert_int_equal(targets_add(&ts, names.v[j],
							     NULL, NULL),
						 0);
			targets_label(&ts, shorten ? LABEL_SHORT : LABEL_WHOLE);
			for (size_t j = 0; j < ts.n; j++)
				strvec_push(&labels, ts.v[j].label);
			got = strvec_join(&labels, " ");
			assert_string_equal(got, shorten ? rows[i].shortened
							 : rows[i].plain);
			free(got);
			strvec_release(&names);
			strvec_release(&labels);
			targets_release(&ts);
		}
	}
}

static void one_domain_is_cut_and_several_are_kept(void **state)
{
	static const struct {
		const char *names, *labels;
	} rows[] = {
		{ "a.x b.x", "a b" },
		{ "a.x b", "a b" },
		{ "a.x b.y", "a.x b.y" },
		{ "a.x a", "a.x a" },
		{ "a.x a.x", "a a" },
		{ "a.x a.x a", "a.x a.x a" },
		{ "a a.x b a.x", "a a.x b a.x" },
		{ "u@a u@a b", "a a b" },
		{ "1a.x b.x", "1a.x b" },
		{ "10.0.0.1 10.0.0.2", "10.0.0.1 10.0.0.2" },
		{ "10.0.0.1 a.x", "10.0.0.1 a.x" },
		{ "::1 a.x", "::1 a" },
		{ "u@a.x v@a.x", "u@a.x v@a.x" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct strvec names = { 0 }, labels = { 0 };
		struct targets ts = { 0 };
		char *got;

		strvec_split(&names, rows[i].names, " ");
		for (size_t j = 0; j < names.n; j++)
			assert_int_equal(
				targets_add(&ts, names.v[j], NULL, NULL), 0);
		targets_label(&ts, LABEL_ONE_DOMAIN);
		for (size_t j = 0; j < ts.n; j++)
			strvec_push(&labels, ts.v[j].label);
		got = strvec_join(&labels, " ");
		assert_string_equal(got, rows[i].labels);
		free(got);
		strvec_release(&names);
		strvec_release(&labels);
		targets_release(&ts);
	}
}

static void tokens_stand_for_parts_of_a_target(void **state)
{
	struct ssh_opts opts = { 0 };
	char alias[] = "web", host[] = "web.x", user[] = "ann", key[] = "k";
	struct target t = {
		.alias = alias, .host = host, .port = 22, .opts = &opts
	};
	struct strbuf sb = STRBUF_INIT(STRBUF_MAX_TEXT);
	struct err err = { 0 };

	(void)state;
	assert_int_equal(target_expand(&t, "ProxyCommand", "%h %k %n %p [%r]",
				       &sb, &err),
			 0);
	assert_string_equal(sb.buf, "web.x web web 22 []");
	strbuf_reset(&sb);
	t.user = user;
	opts.host_key_alias = key;
	assert_int_equal(target_expand(&t, "ProxyJump", "%r@%k", &sb, &err), 0);
	assert_string_equal(sb.buf, "ann@k");
	assert_int_equal(target_expand(&t, "ProxyJump", "%q", &sb, &err), -1);
	assert_int_equal(strncmp(err.msg, "ProxyJump: ", 11), 0);
	err_release(&err);
	strbuf_release(&sb);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_target_is_resolved),
		cmocka_unit_test(bad_names_add_nothing),
		cmocka_unit_test(without_a_configuration_the_name_is_all),
		cmocka_unit_test(of_a_plain_name_the_layer_says_who_logs_in),
		cmocka_unit_test(labels_are_short_but_differ),
		cmocka_unit_test(one_domain_is_cut_and_several_are_kept),
		cmocka_unit_test(tokens_stand_for_parts_of_a_target),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
