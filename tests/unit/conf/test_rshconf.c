/* SPDX-License-Identifier: Apache-2.0 */
#include "conf/rshconf.h"

#include "lib/test.h"

#include "base/alloc.h"
#include "base/list.h"
#include "conf/sshopt.h"
#include "conf/yaml.h"

static const char *get(void *arg, const char *name)
{
	(void)arg;
	if (strcmp(name, "USER") == 0)
		return "alice";
	if (strcmp(name, "PORT") == 0)
		return "2022";
	return NULL;
}

static struct rshconf *load(const char *text)
{
	struct rshconf *conf = rshconf_new(get, NULL);
	struct err err = { 0 };

	if (rshconf_add(conf, "f", text, strlen(text), &err))
		fail_msg("'%s': %s", text, err.msg);
	return conf;
}

/* bssh's keys as they are, in a text of our own. */
static const char bssh_like[] = "defaults:\n"
				"  user: admin\n"
				"  port: 22\n"
				"  ssh_key: ~/.ssh/id_rsa\n"
				"  parallel: 10\n"
				"  timeout: 300\n"
				"  jump_host: bastion.example.com\n"
				"  server_alive_interval: 30\n"
				"  server_alive_count_max: 3\n"
				"interactive:\n"
				"  default_mode: multiplex\n"
				"  prompt_format: \"[{node}] $ \"\n"
				"  history_file: ~/.history\n"
				"  show_timestamps: false\n"
				"  work_dir: /home/admin\n"
				"  broadcast_prefix: \"!all \"\n"
				"  node_switch_prefix: \"!\"\n"
				"  colors:\n"
				"    node1: red\n"
				"    node2: blue\n"
				"  keybindings:\n"
				"    switch_node: \"Ctrl+N\"\n"
				"    broadcast_toggle: \"Ctrl+B\"\n"
				"    quit: \"Ctrl+Q\"\n"
				"    clear_screen: \"Ctrl+L\"\n"
				"clusters:\n"
				"  local:\n"
				"    nodes:\n"
				"      - localhost\n"
				"    user: ${USER}\n"
				"  web:\n"
				"    nodes:\n"
				"      - web1.example.com\n"
				"      - user@web2.example.com:2222\n"
				"      - host: web3.example.com\n"
				"        port: 2200\n"
				"        user: deploy\n"
				"        jump_host: hop:2222\n"
				"      - host: web4.example.com\n"
				"        jump_host: \"\"\n"
				"      - host: web5.example.com\n"
				"        jump_host:\n"
				"          host: gw.example.com\n"
				"          user: gw\n"
				"          port: 2222\n"
				"          ssh_key: ~/.ssh/gw\n"
				"      - host: web6.example.com\n"
				"        jump_host:\n"
				"          ssh_config_host: bastion\n"
				"      - host: web7.example.com\n"
				"        jump_host: \"@zone\"\n"
				"    ssh_key: ~/.ssh/web\n"
				"    timeout: 600\n"
				"    parallel: 4\n"
				"    server_alive_interval: 0\n"
				"    jump_host: \"\"\n"
				"    interactive:\n"
				"      default_mode: single_node\n"
				"      prompt_format: \"web> \"\n"
				"      work_dir: /srv\n"
				"  secure:\n"
				"    nodes: [ { host: t.internal } ]\n"
				"    jump_host: ${FIRST_HOP},${SECOND_HOP}\n";

/* The lines of a host as "Line (where)|..."; of no cluster: NULL. */
static char *lines_of(struct rshconf *conf, const char *host)
{
	struct strbuf sb = STRBUF_INIT(10000);
	const struct rshcluster *c;
	const struct rshnode *node;
	struct rshlines lines = { 0 };

	(void)rshconf_owner(conf, host, &c, &node);
	rshconf_lines(conf, c, node, &lines);
	for (size_t i = 0; i < lines.n; i++) {
		strbuf_addf(&sb, "%s%s (", i ? "|" : "", lines.v[i].text);
		rshplace_show(&lines.v[i].place, &sb);
		strbuf_addch(&sb, ')');
	}
	rshlines_release(&lines);
	return strbuf_detach(&sb, NULL);
}

static void check_lines(struct rshconf *conf, const char *host,
			const char *want)
{
	char *got = lines_of(conf, host);

	if (strcmp(got, want) != 0)
		fail_msg("'%s': got '%s', want '%s'", host, got, want);
	free(got);
}

static char *list_of(struct rshconf *conf, const char *name)
{
	struct strbuf sb = STRBUF_INIT(1 << 20);
	struct err err = { 0 };

	switch (rshconf_map(conf, name, &sb, &err)) {
	case 1:
		break;
	case 0:
		strbuf_addstr(&sb, "none");
		break;
	default:
		strbuf_reset(&sb);
		strbuf_addf(&sb, "error: %s", err.msg);
		err_release(&err);
	}
	return strbuf_detach(&sb, NULL);
}

static void check_list(struct rshconf *conf, const char *name, const char *want)
{
	char *got = list_of(conf, name);

	if (strcmp(got, want) != 0)
		fail_msg("'%s': got '%s', want '%s'", name, got, want);
	free(got);
}

static void a_file_of_bssh_is_taken_as_it_is(void **state)
{
	struct rshconf *conf = load(bssh_like);
	const struct rshcluster *web = rshconf_cluster(conf, "web");

	(void)state;
	check_list(conf, "local", "localhost");
	check_list(conf, "web",
		   "web1.example.com,user@web2.example.com:2222,"
		   "web3.example.com,web4.example.com,web5.example.com,"
		   "web6.example.com,web7.example.com");
	check_list(conf, "secure",
		   "error: f:63:16: the variable 'FIRST_HOP' is not set; set "
		   "it, or write ${FIRST_HOP:-text}");
	check_lines(conf, "localhost",
		    "User=\"alice\" (f:30)|Port=\"22\" (f:3)|"
		    "IdentityFile=\"~/.ssh/id_rsa\" (f:4)|"
		    "ProxyJump=bastion.example.com (f:7)|"
		    "ServerAliveInterval=\"30\" (f:8)|"
		    "ServerAliveCountMax=\"3\" (f:9)");
	check_lines(conf, "web3.example.com",
		    "User=\"deploy\" (f:37)|Port=\"2200\" (f:36)|"
		    "IdentityFile=\"~/.ssh/web\" (f:52)|"
		    "ProxyJump=hop:2222 (f:38)|"
		    "ServerAliveInterval=\"0\" (f:55)|"
		    "ServerAliveCountMax=\"3\" (f:9)");
	assert_string_equal(
		rshvalues_get(&web->nodes[3].own, "jump_host")->text, "");
	assert_string_equal(
		rshvalues_get(&web->nodes[4].own, "jump_host")->text,
		"gw@gw.example.com:2222");
	assert_string_equal(
		rshvalues_get(&web->nodes[4].own, "jump_host")->jump_key,
		"~/.ssh/gw");
	assert_string_equal(
		rshvalues_get(&web->nodes[5].own, "jump_host")->text,
		"bastion");
	assert_string_equal(
		rshvalues_get(&web->nodes[6].own, "jump_host")->text, "zone");
	assert_int_equal(rshconf_get(conf, web, NULL, "timeout")->number,
			 600000);
	assert_int_equal(rshconf_get(conf, web, NULL, "parallel")->number, 4);
	assert_string_equal(
		rshvalues_get(&web->interactive, "prompt_format")->text,
		"web> ");
	assert_int_equal(rshconf_interactive(conf)->n, 13);
	rshconf_free(conf);
}

/* Each key at each level, with a value, with 0, with nothing. */
static void node_outranks_cluster_outranks_defaults(void **state)
{
	static const struct {
		const char *key, *line;
		const char *value[3]; /* defaults, cluster, node */
		const char *want;
	} rows[] = {
		/* clang-format off */
		{ "user", "User", { "a", NULL, NULL }, "User=\"a\" (f:2)" },
		{ "user", "User", { "a", "b", NULL }, "User=\"b\" (f:6)" },
		{ "user", "User", { "a", "b", "c" }, "User=\"c\" (f:9)" },
		{ "user", "User", { NULL, NULL, "c" }, "User=\"c\" (f:9)" },
		{ "user", "User", { "a", NULL, "c" }, "User=\"c\" (f:9)" },
		{ "user", "User", { "a", "''", NULL }, "" },
		{ "user", "User", { "a", "b", "''" }, "" },
		{ "user", "User", { "a", "''", "c" }, "User=\"c\" (f:9)" },
		{ "user", "User", { "a", "null", NULL }, "User=\"a\" (f:2)" },
		{ "user", "User", { "a", "~", "" }, "User=\"a\" (f:2)" },
		{ "port", "Port", { "1", NULL, NULL }, "Port=\"1\" (f:2)" },
		{ "port", "Port", { "1", "2", NULL }, "Port=\"2\" (f:6)" },
		{ "port", "Port", { "1", "2", "3" }, "Port=\"3\" (f:9)" },
		{ "port", "Port", { "1", "2", "${PORT}" }, "Port=\"2022\" (f:9)" },
		{ "ssh_key", "IdentityFile", { "/a", NULL, NULL }, "IdentityFile=\"/a\" (f:2)" },
		{ "ssh_key", "IdentityFile", { "/a", "/b c", NULL }, "IdentityFile=\"/b c\" (f:6)" },
		{ "ssh_key", "IdentityFile", { "/a", "/b", "'/c\"\\'" }, "IdentityFile=\"/c\\\"\\\\\" (f:9)" },
		{ "ssh_key", "IdentityFile", { "/a", "''", NULL }, "" },
		{ "jump_host", "ProxyJump", { "a", NULL, NULL }, "ProxyJump=a (f:2)" },
		{ "jump_host", "ProxyJump", { "a", "b:1", NULL }, "ProxyJump=b:1 (f:6)" },
		{ "jump_host", "ProxyJump", { "a", "b", "u@c" }, "ProxyJump=u@c (f:9)" },
		{ "jump_host", "ProxyJump", { "a", "''", NULL }, "ProxyJump=none (f:6)" },
		{ "jump_host", "ProxyJump", { "a", "b", "''" }, "ProxyJump=none (f:9)" },
		{ "jump_host", "ProxyJump", { "a", "''", "'@c,@d'" }, "ProxyJump=c,d (f:9)" },
		{ "jump_host", "ProxyJump", { NULL, NULL, "{ host: '::1', port: 22 }" }, "ProxyJump=[::1]:22 (f:9)" },
		{ "server_alive_interval", "x", { "9", NULL, NULL }, "ServerAliveInterval=\"9\" (f:2)" },
		{ "server_alive_interval", "x", { "9", "0", NULL }, "ServerAliveInterval=\"0\" (f:6)" },
		{ "server_alive_interval", "x", { "9", "8", "0" }, "ServerAliveInterval=\"0\" (f:9)" },
		{ "server_alive_count_max", "x", { "9", "8", "0" }, "ServerAliveCountMax=\"0\" (f:9)" },
		{ "server_alive_count_max", "x", { "9", "0", "7" }, "ServerAliveCountMax=\"7\" (f:9)" },
		/* clang-format on */
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *const *v = rows[i].value;
		char *text = xasprintf(
			"defaults:\n  %s%s: %s\n"
			"clusters:\n  c:\n    nodes:\n"
			"# 6\n    # 7\n      - host: n\n        %s%s: %s\n"
			"    %s%s: %s\n",
			v[0] ? "" : "#", rows[i].key, v[0] ? v[0] : "",
			v[2] ? "" : "#", rows[i].key, v[2] ? v[2] : "",
			v[1] ? "" : "#", rows[i].key, v[1] ? v[1] : "");
		struct rshconf *conf = load(text);
		char *want = xstrdup(rows[i].want), *six = strstr(want, "f:6");

		/* The cluster's line stands behind its nodes. */
		if (six) {
			free(want);
			want = xasprintf("%.*s(f:10)",
					 (int)(strrchr(rows[i].want, '(') -
					       rows[i].want),
					 rows[i].want);
		}
		check_list(conf, "c", "n");
		check_lines(conf, "n", want);
		free(want);
		free(text);
		rshconf_free(conf);
	}
}

static void what_is_wrong_is_told_with_its_place(void **state)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
		/* clang-format off */
		{ "defaults:\n  parallels: 1\n", "f:2:3: unknown key 'parallels', did you mean 'parallel'?" },
		{ "default:\n  parallel: 1\n", "f:1:1: unknown key 'default', did you mean 'defaults'?" },
		{ "xyzzy: 1\n", "f:1:1: unknown key 'xyzzy'" },
		{ "parallel: 1\n", "f:1:1: the key 'parallel' does not belong here, but in 'defaults'" },
		{ "defaults:\n  nodes: [a]\n", "f:2:3: the key 'nodes' does not belong here, but in a cluster" },
		{ "clusters:\n  c:\n    nodes:\n      - host: a\n        parallel: 3\n",
		  "f:5:9: the key 'parallel' does not belong here, but in 'defaults'" },
		{ "clusters:\n  c:\n    node: [a]\n", "f:3:5: unknown key 'node', did you mean 'nodes'?" },
		{ "defaults:\n  port: 0\n", "f:2:9: bad value '0' for 'port': expected a number from 1 to 65535" },
		{ "defaults:\n  port: ''\n", "f:2:9: bad value '' for 'port': expected a number from 1 to 65535" },
		{ "defaults:\n  port: [22]\n", "f:2:9: bad value for 'port': expected a single value, not a list" },
		{ "defaults:\n  user: { a: b }\n", "f:2:9: bad value for 'user': expected a single value, not a map" },
		{ "defaults:\n  color: blue\n", "f:2:10: bad value 'blue' for 'color': expected auto, always or never" },
		{ "defaults:\n  batch: 2\n", "f:2:10: bad value '2' for 'batch': expected true or false" },
		{ "defaults: 5\n", "f:1:11: bad value '5' for 'defaults': expected a map" },
		{ "- a\n", "f:1:1: bad value for 'f': expected a map with 'defaults', 'clusters' or 'groups', not a list" },
		{ "clusters: [a]\n", "f:1:11: bad value for 'clusters': expected a map, not a list" },
		{ "clusters:\n  c: [a]\n", "f:2:6: bad value for 'c': expected a map with 'nodes', not a list" },
		{ "clusters:\n  c:\n    user: a\n", "f:3:5: the cluster 'c' has no 'nodes'" },
		{ "clusters:\n  c:\n    nodes:\n      - user: a\n", "f:4:9: the node has no 'host'" },
		{ "clusters:\n  c:\n    nodes: [ n[1-3] ]\n", "f:3:15: did not find expected ',' or ']'" },
		{ "clusters:\n  c:\n    nodes: [ [n1, n2] ]\n",
		  "f:3:14: bad value for 'nodes': expected a host list, in quotes where it has brackets, not a list" },
		{ "clusters:\n  c:\n    nodes: [ a, ~ ]\n", "f:3:17: bad value '~' for 'nodes': expected a host" },
		{ "clusters:\n  c:\n    nodes: { a: b }\n", "f:3:12: bad value for 'nodes': expected a list, not a map" },
		{ "clusters:\n  a,b:\n    nodes: [x]\n", "f:2:3: bad name of a group 'a,b': blanks and any of ,&!^[]@*? may not be in it" },
		{ "clusters:\n  'a b':\n    nodes: [x]\n", "f:2:3: bad name of a group 'a b': blanks and any of ,&!^[]@*? may not be in it" },
		{ "clusters:\n  -a:\n    nodes: [x]\n", "f:2:3: bad name of a group '-a': expected 1 to 255 bytes and no '-' in front" },
		{ "clusters:\n  'a:b':\n    nodes: [x]\n", "f:2:3: bad name of a group 'a:b': ':' may not be in it" },
		{ "\"\\e[2J\": 1\n", "f:1:1: unknown key '\\033[2J'" },
		{ "defaults: { port: \"\\e[2J\" }\n", "f:1:19: bad value '\\033[2J' for 'port': expected a number from 1 to 65535" },
		{ "clusters:\n  a: { nodes: [x] }\ngroups:\n  a: y\n", "f:4:3: 'a' is a cluster already, in line 2" },
		{ "groups:\n  a: y\nclusters:\n  a: { nodes: [x] }\n", "f:4:3: 'a' is a group already, in line 2" },
		{ "clusters:\n  a: { nodes: [x] }\n  a: { nodes: [y] }\n", "f:3:3: the key 'a' stands twice, first in line 2" },
		{ "groups:\n  g: { a: b }\n", "f:2:6: bad value for 'g': expected a host list, not a map" },
		{ "groups:\n  g: [ [a] ]\n", "f:2:8: bad value for 'g': expected a host list, in quotes where it has brackets, not a list" },
		{ "defaults:\n  user: ${NOPE}\n", "f:2:9: the variable 'NOPE' is not set; set it, or write ${NOPE:-text}" },
		{ "defaults:\n  user: ${NOPE\n", "f:2:9: '${' has no '}'" },
		{ "clusters:\n  c:\n    nodes: [a]\n    user: ${1}\n", "f:4:11: bad '${1}': expected ${NAME} or ${NAME:-text}" },
		{ "defaults:\n  port: ${USER}\n", "f:2:9: bad value 'alice' for 'port': expected a number from 1 to 65535" },
		{ "defaults:\n  jump_host: { user: a }\n", "f:2:14: a jump host needs either 'host' or 'ssh_config_host'" },
		{ "defaults:\n  jump_host: { host: a, ssh_config_host: b }\n", "f:2:14: a jump host needs either 'host' or 'ssh_config_host'" },
		{ "defaults:\n  jump_host: { hots: a }\n", "f:2:16: unknown key 'hots', did you mean 'host'?" },
		{ "interactive:\n  default_mode: both\n", "f:2:17: bad value 'both' for 'default_mode': expected single_node or multiplex" },
		{ "interactive:\n  keybindings: { quit: [a] }\n", "f:2:24: bad value for 'quit': expected a single value, not a list" },
		{ "interactive:\n  colors: red\n", "f:2:11: bad value 'red' for 'colors': expected a map" },
		{ "defaults:\n  progress: { a: '\\d+%' }\n",
		  "f:2:18: bad value '\\d+%' for 'a': expected a pattern that tells progress (the pattern needs a group '(?<percent>...)', or '(?<done>...)' and '(?<total>...)', among its first 8 groups)" },
		{ "defaults:\n  progress: '(?<percent>.)'\n", "f:2:13: bad value '(?<percent>.)' for 'progress': expected a map" },
		{ "interactive:\n  colours: {}\n", "f:2:3: unknown key 'colours', did you mean 'colors'?" },
		{ "clusters:\n  c:\n    nodes: [a]\n    interactive: { prompt: x }\n", "f:4:20: unknown key 'prompt'" },
		/* clang-format on */
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct rshconf *conf = rshconf_new(get, NULL);
		struct err err = { 0 };
		int rc = rshconf_add(conf, "f", rows[i].text,
				     strlen(rows[i].text), &err);

		ROW(rc == -1, rows[i].text);
		ROW(err.code == ERR_CONFIG, rows[i].text);
		if (strcmp(err.msg, rows[i].want) != 0)
			print_error("got '%s', want '%s'\n", err.msg,
				    rows[i].want);
		ROW(strcmp(err.msg, rows[i].want) == 0, rows[i].text);
		err_release(&err);
		rshconf_free(conf);
	}
}

static void nothing_is_a_file_too(void **state)
{
	static const char *const rows[] = {
		"",
		"# nothing\n",
		"---\n",
		"{}",
		"defaults:\n",
		"clusters: ~\ngroups: null\ninteractive:\n",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct rshconf *conf = rshconf_new(get, NULL);
		struct err err = { 0 };
		int rc = rshconf_add(conf, "f", rows[i], strlen(rows[i]), &err);

		/* A document that is a null is a word, and no map. */
		if (strcmp(rows[i], "---\n") != 0)
			ROW(rc == 0, rows[i]);
		ROW(!rshconf_cluster_at(conf, 0), rows[i]);
		ROW(!rshconf_group_at(conf, 0), rows[i]);
		ROW(!rshconf_defaults(conf)->n, rows[i]);
		err_release(&err);
		rshconf_free(conf);
	}
}

static void the_first_file_outranks_the_next(void **state)
{
	static const char second[] = "defaults: { user: sys, port: 7 }\n"
				     "clusters:\n"
				     "  c: { nodes: [s1], user: x }\n"
				     "  d: { nodes: [s2] }\n"
				     "groups: { g: s3, h: s4 }\n"
				     "interactive: { work_dir: /s }\n";
	struct rshconf *conf = load("defaults: { user: own }\n"
				    "clusters: { c: { nodes: [o1] } }\n"
				    "groups: { g: o3 }\n"
				    "interactive: { prompt_format: p }\n");
	struct strvec names = { 0 };
	char *all;

	(void)state;
	assert_int_equal(rshconf_add(conf, "s", second, strlen(second), NULL),
			 0);
	check_list(conf, "c", "o1");
	check_list(conf, "d", "s2");
	check_list(conf, "g", "o3");
	check_list(conf, "h", "s4");
	check_list(conf, "i", "none");
	check_lines(conf, "o1", "User=\"own\" (f:1)|Port=\"7\" (s:1)");
	assert_int_equal(rshconf_interactive(conf)->n, 2);
	rshconf_names(conf, true, &names);
	all = strvec_join(&names, " ");
	assert_string_equal(all, "c d g h");
	free(all);
	strvec_release(&names);
	rshconf_free(conf);
}

static void two_nodes_of_one_host_stay_two(void **state)
{
	struct rshconf *conf = load("clusters:\n"
				    "  c:\n"
				    "    nodes:\n"
				    "      - { host: localhost, port: 2201 }\n"
				    "      - { host: localhost, port: 2202 }\n"
				    "      - { host: localhost, user: bob }\n"
				    "      - { host: 'n[1-2]', user: bob }\n"
				    "      - { host: 'n[2-3]', port: 3 }\n"
				    "      - { host: '::1', port: 1 }\n"
				    "      - { host: '::1', port: 2 }\n");

	(void)state;
	check_list(conf, "c",
		   "localhost,localhost:2202,bob@localhost,n[1-2],n3,n2:3,"
		   "::1,[::1]:2");
	check_lines(conf, "localhost", "Port=\"2201\" (f:4)");
	check_lines(conf, "localhost:2202", "Port=\"2202\" (f:5)");
	check_lines(conf, "bob@localhost", "User=\"bob\" (f:6)");
	check_lines(conf, "n2", "User=\"bob\" (f:7)");
	check_lines(conf, "n2:3", "Port=\"3\" (f:8)");
	check_lines(conf, "[::1]:2", "Port=\"2\" (f:10)");
	rshconf_free(conf);
}

static void lists_that_cannot_be_used_say_where(void **state)
{
	struct rshconf *conf = load("clusters:\n"
				    "  empty: { nodes: [] }\n"
				    "  none: { nodes: }\n"
				    "  bad:\n"
				    "    nodes:\n"
				    "      - ok1\n"
				    "      - n[5-1]\n"
				    "  unset:\n"
				    "    nodes: [ '${NOPE}' ]\n"
				    "groups:\n"
				    "  unset2: [ a, '$NOPE' ]\n"
				    "  many: [ 'a[1-2]', b ]\n");
	char *got;

	(void)state;
	check_list(conf, "empty",
		   "error: f:2: the cluster 'empty' has no nodes");
	check_list(conf, "none", "error: f:3: the cluster 'none' has no nodes");
	got = list_of(conf, "bad");
	assert_non_null(strstr(got, "error: f:7:9: "));
	free(got);
	check_list(conf, "unset",
		   "error: f:9:14: the variable 'NOPE' is not set; set it, or "
		   "write ${NOPE:-text}");
	check_list(conf, "unset2",
		   "error: f:11:16: the variable 'NOPE' is not set; set it, "
		   "or write ${NOPE:-text}");
	check_list(conf, "many", "a[1-2],b");
	rshconf_free(conf);
}

static void a_cluster_of_a_variable_ranks_below_files(void **state)
{
	struct strvec hosts = { 0 };
	struct rshconf *conf = load("clusters: { mine: { nodes: [x] } }\n"
				    "defaults: { port: 5, user: u }\n");
	struct rshcluster *c;

	(void)state;
	strvec_push(&hosts, "m1");
	strvec_push(&hosts, "m2");
	assert_null(rshconf_add_cluster(conf, "mine", &hosts, "VAR"));
	c = rshconf_add_cluster(conf, "env", &hosts, "VAR");
	rshcluster_set(conf, c, "port", "2200", "VAR");
	check_list(conf, "env", "m1,m2");
	check_lines(conf, "m2", "User=\"u\" (f:2)|Port=\"2200\" (VAR)");
	strvec_release(&hosts);
	rshconf_free(conf);
}

/* Every line that any value makes is one that ssh_config(5) takes. */
static void a_host_of_no_cluster_has_the_defaults(void **state)
{
	struct rshconf *conf = load("defaults: { port: 7 }\n"
				    "clusters:\n"
				    "  c: { nodes: [a, b], port: 8 }\n");

	(void)state;
	check_lines(conf, "a", "Port=\"7\" (f:1)");
	check_list(conf, "c", "a,b");
	check_lines(conf, "a", "Port=\"8\" (f:3)");
	check_lines(conf, "z", "Port=\"7\" (f:1)");
	rshconf_free(conf);
}

static void a_billion_laughs_end_early(void **state)
{
	struct strbuf sb = STRBUF_INIT(1 << 20);
	struct rshconf *conf = rshconf_new(get, NULL);
	struct err err = { 0 };

	(void)state;
	strbuf_addstr(&sb, "groups:\n  g0: &g0 [a,a,a,a,a,a,a,a,a,a]\n");
	for (int i = 1; i < 12; i++) {
		strbuf_addf(&sb, "  g%d: &g%d [", i, i);
		for (int j = 0; j < 10; j++)
			strbuf_addf(&sb, "%s*g%d", j ? "," : "", i - 1);
		strbuf_addstr(&sb, "]\n");
	}
	assert_int_equal(rshconf_add(conf, "f", sb.buf, sb.len, &err), -1);
	assert_non_null(strstr(err.msg, "f:"));
	err_release(&err);
	strbuf_release(&sb);
	rshconf_free(conf);
}

static void a_list_over_the_limit_is_refused(void **state)
{
	struct strbuf sb = STRBUF_INIT(4 << 20);
	struct rshconf *conf = rshconf_new(get, NULL);
	struct err err = { 0 };

	(void)state;
	strbuf_addstr(&sb, "groups:\n  g:\n");
	for (int i = 0; i < 12000; i++)
		strbuf_addf(&sb, "    - h%05d.%0*d.example.com\n", i, 80, i);
	assert_int_equal(rshconf_add(conf, "f", sb.buf, sb.len, &err), -1);
	assert_non_null(strstr(err.msg, "the list is longer than 1048576"));
	err_release(&err);
	strbuf_release(&sb);
	rshconf_free(conf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_of_bssh_is_taken_as_it_is),
		cmocka_unit_test(node_outranks_cluster_outranks_defaults),
		cmocka_unit_test(what_is_wrong_is_told_with_its_place),
		cmocka_unit_test(nothing_is_a_file_too),
		cmocka_unit_test(the_first_file_outranks_the_next),
		cmocka_unit_test(two_nodes_of_one_host_stay_two),
		cmocka_unit_test(lists_that_cannot_be_used_say_where),
		cmocka_unit_test(a_cluster_of_a_variable_ranks_below_files),
		cmocka_unit_test(a_host_of_no_cluster_has_the_defaults),
		cmocka_unit_test(a_billion_laughs_end_early),
		cmocka_unit_test(a_list_over_the_limit_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
