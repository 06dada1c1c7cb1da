/* SPDX-License-Identifier: Apache-2.0 */
#include "conf/spec.h"

#include "lib/test.h"

#include "base/strbuf.h"

/* "user|host|port", with "-" for no user; or the message. */
static char *taken_apart(const char *text, bool with_port)
{
	struct strbuf sb = STRBUF_INIT(1000);
	struct err err = { 0 };
	struct dest d;

	if (dest_parse(text, with_port, &d, &err)) {
		assert_int_equal(err.code, ERR_CONFIG);
		assert_null(d.user);
		assert_null(d.host);
		strbuf_addstr(&sb, err.msg);
	} else {
		strbuf_addf(&sb, "%s|%s|%d", d.user ? d.user : "-", d.host,
			    d.port);
	}
	dest_release(&d);
	err_release(&err);
	return strbuf_detach(&sb, NULL);
}

static void check(const char *text, bool with_port, const char *want)
{
	char *got = taken_apart(text, with_port);

	if (strcmp(got, want) != 0)
		fail_msg("'%s': got '%s', want '%s'", text, got, want);
	free(got);
}

struct row {
	const char *text;
	const char *want;
};

static void destinations_with_ports(void **state)
{
	static const struct row table[] = {
		/* clang-format off */
		{ "db01", "-|db01|0" },
		{ "adm@db01", "adm|db01|0" },
		{ "adm@db01:5432", "adm|db01|5432" },
		{ "db01:65535", "-|db01|65535" },
		{ "joe@corp.com@db01", "joe@corp.com|db01|0" },
		{ "::1", "-|::1|0" },
		{ "u@::1", "u|::1|0" },
		{ "[::1]", "-|::1|0" },
		{ "[::1]:2222", "-|::1|2222" },
		{ "u@[fe80::1%eth0]", "u|fe80::1%eth0|0" },
		{ "u@[fe80::1%eth0]:22", "u|fe80::1%eth0|22" },
		{ "fe80::1%eth0", "-|fe80::1%eth0|0" },
		{ "::ffff:192.0.2.1", "-|::ffff:192.0.2.1|0" },
		{ "my_host", "-|my_host|0" },
		{ "xn--bcher-kva.example.", "-|xn--bcher-kva.example.|0" },
		{ "b\303\274cher", "-|b\303\274cher|0" },
		{ "a%%b", "-|a%%b|0" },
		{ "ssh://db01", "-|db01|0" },
		{ "ssh://adm@db01:5432/", "adm|db01|5432" },
		{ "ssh://a%40b@db01", "a@b|db01|0" },
		{ "ssh://u;fingerprint=x@db01", "u|db01|0" },
		{ "ssh://[fe80::1%25eth0]:22", "-|fe80::1%eth0|22" },
		{ "ssh://put", "-|put|0" },
		/* clang-format on */
	};

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++)
		check(table[i].text, true, table[i].want);
}

static void bad_destinations_say_why(void **state)
{
	static const struct row table[] = {
		/* clang-format off */
		{ "", "bad host name '': it is empty" },
		{ "u@", "bad host name '': it is empty" },
		{ ":22", "bad host name '': it is empty" },
		{ "@db01", "bad user name '': it is empty" },
		{ "-oProxyCommand=x", "bad host name '-oProxyCommand=x': it begins with '-'" },
		{ "-u@db01", "bad user name '-u': it begins with '-'" },
		{ "db01:", "bad port '': expected a number from 1 to 65535" },
		{ "db01:0", "bad port '0': expected a number from 1 to 65535" },
		{ "db01:65536", "bad port '65536': expected a number from 1 to 65535" },
		{ "db01:ssh", "bad port 'ssh': expected a number from 1 to 65535" },
		{ "[::1]:", "bad port '': expected a number from 1 to 65535" },
		{ "[::1", "bad address '[::1': ']' is missing" },
		{ "[::1]x", "bad address '[::1]x': expected ':' and a port after ']'" },
		{ "[db01]:22", "bad address '[db01]:22': expected an IPv6 address in brackets" },
		{ "[]", "bad address '[]': expected an IPv6 address in brackets" },
		{ "[fe80::1%]", "bad address '[fe80::1%]': expected an IPv6 address in brackets" },
		{ "a:b:c", "bad address 'a:b:c': expected an IPv6 address, or [address]:port" },
		{ "::1:99999", "bad address '::1:99999': expected an IPv6 address, or [address]:port" },
		{ "a b", "bad host name 'a b': ' ' is not allowed" },
		{ "a\nb", "bad host name 'a\\012b': '\\012' is not allowed" },
		{ "a\177", "bad host name 'a\\177': '\\177' is not allowed" },
		{ "a\"b", "bad host name 'a\"b': '\"' is not allowed" },
		{ "u`id`@db01", "bad user name 'u`id`': '`' is not allowed" },
		{ "[fe80::1%$x]", "bad host name 'fe80::1%$x': '$' is not allowed" },
		{ "ssh://", "bad host name '': it is empty" },
		{ "ssh://db01/path", "bad address 'db01/path': expected nothing after the host" },
		{ "ssh://db%00", "bad address 'db%00': expected two hex digits after '%'" },
		{ "ssh://db%4", "bad address 'db%4': expected two hex digits after '%'" },
		{ "ssh://db%4g", "bad address 'db%4g': expected two hex digits after '%'" },
		{ "ssh://%2dx", "bad host name '-x': it begins with '-'" },
		{ "ssh://a%24b@db01", "bad user name 'a$b': '$' is not allowed" },
		{ "ssh://db01:1x", "bad port '1x': expected a number from 1 to 65535" },
		/* clang-format on */
	};

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++)
		check(table[i].text, true, table[i].want);
}

static void ports_only_where_they_are_taken(void **state)
{
	(void)state;
	check("adm@db01", false, "adm|db01|0");
	check("::1", false, "-|::1|0");
	check("[::1]", false, "-|::1|0");
	check("ssh://db01:22", false, "-|db01|22");
	check("db01:22", false,
	      "bad host name 'db01:22': a port is given with -p or as "
	      "ssh://host:port");
	check("[::1]:22", false,
	      "bad address '[::1]:22': expected nothing after ']'");
}

static void every_shell_character_is_refused(void **state)
{
	static const char shell[] = "'`\"$\\;&<>|(){} \t\r\n\v\f\033\177";
	char name[] = "a?b";

	(void)state;
	for (size_t i = 0; i < sizeof(shell) - 1; i++) {
		name[1] = shell[i];
		assert_int_equal(hostname_check(name, NULL), -1);
		assert_int_equal(username_check(name, NULL), -1);
		assert_false(hostname_char(shell[i]));
	}
	assert_false(hostname_char('\0'));
	for (const char *c = "azAZ09._-~@:%,/\377"; *c; c++) {
		name[1] = *c;
		assert_int_equal(hostname_check(name, NULL), 0);
		assert_int_equal(username_check(name, NULL), 0);
	}
}

static void long_names_are_refused(void **state)
{
	char name[300];
	struct err err = { 0 };

	(void)state;
	memset(name, 'a', sizeof(name));
	name[253] = '\0';
	assert_int_equal(hostname_check(name, NULL), 0);
	name[253] = '.';
	name[254] = '\0';
	assert_int_equal(hostname_check(name, NULL), 0);
	name[253] = 'a';
	assert_int_equal(hostname_check(name, &err), -1);
	assert_non_null(strstr(err.msg, "...': it is too long"));
	err_release(&err);
	name[254] = 'a';
	name[255] = '\0';
	assert_int_equal(username_check(name, NULL), 0);
	name[255] = 'a';
	name[256] = '\0';
	assert_int_equal(username_check(name, NULL), -1);
}

static void nul_within_is_refused(void **state)
{
	struct dest_view view;

	(void)state;
	assert_int_equal(dest_split("a\0b", 3, true, &view, NULL), -1);
	assert_int_equal(dest_split("a:2\0b", 5, true, &view, NULL), -1);
	assert_int_equal(dest_split("a:22b", 4, true, &view, NULL), 0);
	assert_int_equal(view.port, 22);
	assert_int_equal(view.host_len, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(destinations_with_ports),
		cmocka_unit_test(bad_destinations_say_why),
		cmocka_unit_test(ports_only_where_they_are_taken),
		cmocka_unit_test(every_shell_character_is_refused),
		cmocka_unit_test(long_names_are_refused),
		cmocka_unit_test(nul_within_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
