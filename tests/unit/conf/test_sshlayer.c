/* SPDX-License-Identifier: Apache-2.0 */
/* Layers of conf/sshconf.h: lines between the command line and the files. */
#include "conf/sshconf.h"

#include "lib/test.h"

static const char files[] = "Host web*\n"
			    "  User file\n"
			    "  Port 1\n"
			    "  IdentityFile /file\n"
			    "  ProxyJump hop\n"
			    "Match user layer\n"
			    "  ConnectTimeout 5\n"
			    "Host *\n"
			    "  ServerAliveInterval 7\n";

static int read_string(void *arg, const char *path, size_t max, bool check_perm,
		       struct strbuf *out, struct err *err)
{
	(void)arg;
	(void)max;
	(void)check_perm;
	(void)err;
	if (strcmp(path, "/f") != 0)
		return 0;
	strbuf_addstr(out, files);
	return 1;
}

static struct sshconf *load(const struct strvec *options)
{
	static const struct sshconf_env env = { .home = "/h",
						.local_user = "ann",
						.local_host = "desk" };
	static const struct source source = { .read = read_string };
	const struct sshconf_override over = { .options = options,
					       .compression = -1,
					       .batch_mode = -1 };
	struct err err = { 0 };
	struct sshconf *conf =
		sshconf_load("/f", &over, &env, &source, NULL, NULL, &err);

	if (!conf)
		fail_msg("%s", err.msg);
	return conf;
}

static unsigned int add(struct sshconf *conf, const char *a, const char *b)
{
	const struct sshconf_line lines[] = { { a, "y:3" }, { b, "VAR" } };
	unsigned int layer = 0;

	assert_int_equal(
		sshconf_add_layer(conf, lines, b ? 2 : 1, &layer, NULL), 0);
	return layer;
}

static void a_layer_stands_between_command_line_and_files(void **state)
{
	struct strvec options = { 0 };
	struct sshconf *conf;
	const struct ssh_opts *o;
	unsigned int one, two;

	(void)state;
	strvec_push(&options, "Port=9");
	conf = load(&options);
	one = add(conf, "User=\"layer\"", "Port=\"4\"");
	two = add(conf, "ProxyJump=none", "IdentityFile=\"/a b\"");
	assert_int_equal(one, 1);
	assert_int_equal(two, 2);

	o = sshconf_resolve(conf, "web1", NULL, 0, NULL);
	assert_string_equal(o->user, "file");
	assert_int_equal(o->port, 9);
	assert_string_equal(o->proxy_jump, "hop");

	sshconf_set_layer(conf, one);
	o = sshconf_resolve(conf, "web1", NULL, 0, NULL);
	assert_string_equal(o->user, "layer");
	assert_int_equal(o->port, 9);
	/* What it says counts for Match, too. */
	assert_int_equal(o->connect_timeout, 5);
	assert_int_equal(o->server_alive_interval, 7);
	o = sshconf_resolve(conf, "db1", NULL, 0, NULL);
	assert_string_equal(o->user, "layer");
	o = sshconf_resolve(conf, "db1", "dest", 3, NULL);
	assert_string_equal(o->user, "dest");
	assert_int_equal(o->port, 3);

	sshconf_set_layer(conf, two);
	o = sshconf_resolve(conf, "web1", NULL, 0, NULL);
	assert_null(o->proxy_jump);
	assert_string_equal(o->identity_files.v[0], "/a b");
	assert_string_equal(o->identity_files.v[1], "/file");

	sshconf_set_layer(conf, 0);
	o = sshconf_resolve(conf, "db1", NULL, 0, NULL);
	assert_string_equal(o->user, "ann");
	sshconf_free(conf);
	strvec_release(&options);
}

static void hosts_of_one_layer_share_their_options(void **state)
{
	struct sshconf *conf = load(NULL);
	unsigned int layer = add(conf, "User=\"u\"", NULL);
	const struct ssh_opts *a, *b;

	(void)state;
	sshconf_set_layer(conf, layer);
	a = sshconf_resolve(conf, "n1", NULL, 0, NULL);
	b = sshconf_resolve(conf, "n2", NULL, 0, NULL);
	assert_ptr_equal(a, b);
	sshconf_set_layer(conf, 0);
	assert_ptr_not_equal(a, sshconf_resolve(conf, "n1", NULL, 0, NULL));
	sshconf_free(conf);
}

static void a_bad_line_is_told_with_its_place(void **state)
{
	const struct sshconf_line line = { "Port=\"x y z\"", "y:3" };
	struct sshconf *conf = load(NULL);
	unsigned int layer = 77;
	struct err err = { 0 };

	(void)state;
	assert_int_equal(sshconf_add_layer(conf, &line, 1, &layer, &err), -1);
	assert_int_equal(strncmp(err.msg, "y:3: ", 5), 0);
	assert_int_equal(layer, 77);
	assert_int_equal(add(conf, "Port=\"5\"", NULL), 1);
	err_release(&err);
	sshconf_free(conf);
}

static void note(void *arg, const struct sshopt *row, const char *where)
{
	strbuf_addf(arg, "%s (%s)\n", sshopt_name(row), where);
}

static void origins_are_told_in_the_order_in_which_they_win(void **state)
{
	struct strbuf sb = STRBUF_INIT(10000);
	struct strvec options = { 0 };
	struct sshconf *conf;

	(void)state;
	strvec_push(&options, "Compression=yes");
	conf = load(&options);
	sshconf_set_layer(conf, add(conf, "User=\"u\"", "Port=\"4\""));
	assert_int_equal(
		sshconf_origins(conf, "web1", NULL, 0, note, &sb, NULL), 0);
	assert_string_equal(sb.buf, "Compression (command line)\n"
				    "User (y:3)\n"
				    "Port (VAR)\n"
				    "User (/f line 2)\n"
				    "Port (/f line 3)\n"
				    "IdentityFile (/f line 4)\n"
				    "ProxyJump (/f line 5)\n"
				    "ServerAliveInterval (/f line 9)\n");
	strbuf_release(&sb);
	strvec_release(&options);
	sshconf_free(conf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_layer_stands_between_command_line_and_files),
		cmocka_unit_test(hosts_of_one_layer_share_their_options),
		cmocka_unit_test(a_bad_line_is_told_with_its_place),
		cmocka_unit_test(
			origins_are_told_in_the_order_in_which_they_win),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
