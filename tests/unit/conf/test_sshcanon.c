/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/test.h"

#include <sys/socket.h>

#include "base/alloc.h"
#include "conf/sshconf.h"

/* What is known of names; the last has none. */
struct known {
	const char *name;
	enum sshconf_name state;
	const char *cname;
};

struct names {
	const struct known *known;
	struct strbuf asked; /* names and families, a blank after each */
};

static enum sshconf_name look_up(void *arg, const char *name, int family,
				 const char **cname)
{
	struct names *n = arg;

	assert_null(*cname);
	strbuf_addf(&n->asked, "%s%s ", name, family == AF_INET6 ? "/6" : "");
	for (const struct known *k = n->known; k->name; k++) {
		if (strcmp(k->name, name) != 0)
			continue;
		*cname = k->cname;
		return k->state;
	}
	return SSHCONF_NAME_ABSENT;
}

static int read_text(void *arg, const char *path, size_t max, bool check_perm,
		     struct strbuf *out, struct err *err)
{
	(void)path;
	(void)max;
	(void)check_perm;
	(void)err;
	return strbuf_addstr(out, arg) ? -1 : 1;
}

static struct sshconf *load(const char *text)
{
	char *copy = xstrdup(text);
	const struct source source = { .read = read_text, .arg = copy };
	const struct sshconf_env env = { .home = "/",
					 .local_user = "me",
					 .local_host = "here" };
	struct sshconf *conf =
		sshconf_load("f", NULL, &env, &source, NULL, NULL, NULL);

	assert_non_null(conf);
	free(copy);
	return conf;
}

static const struct ssh_opts *resolve(struct sshconf *conf, const char *host)
{
	const struct ssh_opts *o = sshconf_resolve(conf, host, NULL, 0, NULL);

	assert_non_null(o);
	return o;
}

#define YES "CanonicalizeHostname yes\n"

static const struct known some[] = {
	{ "a.x.", SSHCONF_NAME_FOUND, NULL },
	{ "b.y.", SSHCONF_NAME_FOUND, "c.z" },
	{ "slow.x.", SSHCONF_NAME_LATE, NULL },
	{ "bare", SSHCONF_NAME_FOUND, "c.z." },
	{ "bad.x.", SSHCONF_NAME_FOUND, "*.z" },
	{ "worse.x.", SSHCONF_NAME_FOUND, "" },
	{ "dots.x.", SSHCONF_NAME_FOUND, "a..z" },
	{ 0 },
};

static void names_are_asked_for_in_order(void **state)
{
	/* clang-format off */
	static const struct {
		const char *conf, *host, *asked, *hostname;
	} rows[] = {
		{ YES "CanonicalDomains x y", "a", "a.x. ", "a.x" },
		{ YES "CanonicalDomains x y", "b", "b.x. b.y. ", "b.y" },
		{ YES "CanonicalDomains x y\nAddressFamily inet6", "n", "n.x./6 n.y./6 ", NULL },
		{ YES "CanonicalDomains x y\nHostName b", "n", "b.x. b.y. ", "b.y" },
		{ YES "CanonicalDomains x y\nCanonicalizePermittedCNAMEs *.y:*.z", "b", "b.x. b.y. ", "c.z" },
		{ YES "CanonicalDomains x\nCanonicalizePermittedCNAMEs bare:*.z", "bare", "bare.x. bare ", "c.z" },
		{ YES "CanonicalDomains x\nCanonicalizePermittedCNAMEs *:*", "bad", "bad.x. ", "bad.x" },
		{ YES "CanonicalDomains x\nCanonicalizePermittedCNAMEs *:*", "worse", "worse.x. ", "worse.x" },
		{ YES "CanonicalDomains x\nCanonicalizePermittedCNAMEs *:*", "dots", "dots.x. ", "dots.x" },
		{ YES "CanonicalDomains x", "a.b.c", "", NULL },
		{ YES "CanonicalDomains x", "a.x.", "a.x. ", "a.x" },
		{ YES "CanonicalDomains x", "1.2.3.4", "", NULL },
		{ YES "CanonicalDomains x", "fe80::1%lo", "", NULL },
		{ YES "CanonicalDomains x\nProxyCommand p", "a", "", NULL },
		{ "CanonicalDomains x", "a", "", NULL },
	};
	/* clang-format on */

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct names n = { some, STRBUF_INIT(1000) };
		struct sshconf *conf = load(rows[i].conf);
		const struct ssh_opts *o;

		sshconf_set_names(conf, look_up, &n);
		o = resolve(conf, rows[i].host);
		if (strcmp(n.asked.buf, rows[i].asked) != 0)
			fail_msg("row %zu asked for '%s'", i, n.asked.buf);
		if (rows[i].hostname &&
		    (!o->hostname ||
		     strcmp(o->hostname, rows[i].hostname) != 0))
			fail_msg("row %zu is %s", i, o->hostname);
		ROW(rows[i].hostname || !o->hostname, rows[i].host);
		assert_null(o->unresolved);
		sshconf_free(conf);
		strbuf_release(&n.asked);
	}
}

static void a_host_that_is_not_found_says_why(void **state)
{
	/* clang-format off */
	static const struct {
		const char *conf, *host, *why;
	} rows[] = {
		{ YES "CanonicalDomains x\nCanonicalizeFallbackLocal no", "n",
		  "could not resolve hostname n: it is in none of the CanonicalDomains" },
		{ YES "CanonicalizeFallbackLocal no", "n.o.",
		  "could not resolve hostname n.o.: there is no such name" },
		{ YES "CanonicalizePermittedCNAMEs *:*", "n",
		  "could not resolve hostname n: there is no such name" },
		/* Nobody answered: not even the name as it is will do. */
		{ YES "CanonicalDomains x y", "slow",
		  "could not resolve hostname slow.x.: no answer in time" },
	};
	/* clang-format on */

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct names n = { some, STRBUF_INIT(1000) };
		struct sshconf *conf = load(rows[i].conf);
		const struct ssh_opts *o;

		sshconf_set_names(conf, look_up, &n);
		o = resolve(conf, rows[i].host);
		assert_non_null(o->unresolved);
		assert_string_equal(o->unresolved, rows[i].why);
		assert_ptr_equal(o, resolve(conf, rows[i].host));
		sshconf_free(conf);
		strbuf_release(&n.asked);
	}
}

static void an_open_name_is_asked_for_again(void **state)
{
	static const char text[] = YES "CanonicalDomains x y\n"
				       "Match canonical host *.y\nPort 7\n"
				       "Match host web\nPort 8\n";
	struct known known[] = {
		{ "web.x.", SSHCONF_NAME_OPEN, NULL },
		{ "web.y.", SSHCONF_NAME_OPEN, NULL },
		{ 0 },
	};
	struct names n = { known, STRBUF_INIT(1000) };
	struct sshconf *conf = load(text);
	struct err err = { 0 };

	(void)state;
	assert_true(sshconf_wants_names(conf));
	assert_false(sshconf_is_open(conf, "web", NULL, 0));
	sshconf_set_names(conf, look_up, &n);
	assert_true(sshconf_is_open(conf, "web", NULL, 0));
	assert_null(sshconf_resolve(conf, "web", NULL, 0, &err));
	assert_string_equal(err.msg, "web: its name is not looked up yet");
	known[0].state = SSHCONF_NAME_ABSENT;
	assert_true(sshconf_is_open(conf, "web", NULL, 0));
	known[1].state = SSHCONF_NAME_FOUND;
	assert_false(sshconf_is_open(conf, "web", NULL, 0));
	assert_false(sshconf_is_open(conf, "127.1", NULL, 0));
	assert_string_equal(resolve(conf, "web")->hostname, "web.y");
	assert_int_equal(resolve(conf, "web")->port, 8);
	assert_int_equal(resolve(conf, "WEB")->port, 8);
	/* A set of names that has gone is not asked. */
	sshconf_set_names(conf, NULL, NULL);
	assert_int_equal(resolve(conf, "other")->port, 22);
	sshconf_free(conf);
	strbuf_release(&n.asked);
	err_release(&err);
	conf = load("CanonicalDomains x\n");
	assert_false(sshconf_wants_names(conf));
	sshconf_free(conf);
}

static void hosts_with_one_name_share_their_options(void **state)
{
	static const char text[] = YES "CanonicalDomains x\n"
				       "CanonicalizeFallbackLocal no\n"
				       "Host a b c\nHostName a\n"
				       "Host *.x\nPort 7\n";
	struct names n = { some, STRBUF_INIT(1000) };
	struct sshconf *conf = load(text);

	(void)state;
	sshconf_set_names(conf, look_up, &n);
	assert_ptr_equal(resolve(conf, "b"), resolve(conf, "c"));
	assert_int_equal(resolve(conf, "b")->port, 7);
	assert_ptr_not_equal(resolve(conf, "m"), resolve(conf, "n"));
	assert_ptr_not_equal(resolve(conf, "1.2.3.4"), resolve(conf, "n"));
	assert_null(resolve(conf, "1.2.3.4")->unresolved);
	sshconf_free(conf);
	strbuf_release(&n.asked);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_asked_for_in_order),
		cmocka_unit_test(a_host_that_is_not_found_says_why),
		cmocka_unit_test(an_open_name_is_asked_for_again),
		cmocka_unit_test(hosts_with_one_name_share_their_options),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
