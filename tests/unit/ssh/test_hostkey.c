/* SPDX-License-Identifier: Apache-2.0 */
#include "ssh/hostkey.h"

#include "lib/hostkey_world.h"
#include "lib/test.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "conf/digest.h"
#include "conf/fingerprint.h"

static const char ED[] = "ssh-ed25519";

static void add_string(struct strbuf *sb, const char *s, size_t n)
{
	const char len[4] = { 0, 0, (char)(n >> 8), (char)n };

	strbuf_add(sb, len, 4);
	strbuf_add(sb, s, n);
}

static struct kh_key rsa_key(struct world *w, size_t bytes)
{
	char *n = xcalloc(1, bytes + 1);

	memset(n + 1, 0xff, bytes);
	strbuf_reset(&w->blob);
	add_string(&w->blob, "ssh-rsa", 7);
	add_string(&w->blob, "\1\0\1", 3);
	add_string(&w->blob, n, bytes + 1);
	free(n);
	return (struct kh_key){ "ssh-rsa", w->blob.buf, w->blob.len };
}

static void policy_follows_verdict_and_option(void **state)
{
	/* Decisions for no, yes, ask, accept-new; part of the message. */
	enum {
		ADD = HOSTKEY_ADD,
		ASK = HOSTKEY_ASK,
		NO = HOSTKEY_REFUSE,
		YES = HOSTKEY_ACCEPT,
		BAD = HOSTKEY_DISTRUST
	};
	static const struct {
		const char *hosts, *type, *word;
		int want[4];
		const char *message;
	} rows[] = {
		/* clang-format off */
		{ "i", ED, "a", { ADD, NO, ASK, ADD }, "no ssh-ed25519 key is known for 'h'" },
		{ "h", ED, "a", { YES, YES, YES, YES }, NULL },
		{ "h", ED, "b", { BAD, NO, NO, NO }, "REMOTE HOST IDENTIFICATION HAS CHANGED" },
		{ "h", "ssh-rsa", "b", { BAD, NO, NO, NO }, "REMOTE HOST IDENTIFICATION HAS CHANGED" },
		{ "@revoked h", ED, "a", { BAD, NO, NO, NO }, "is revoked in" },
		{ "@cert-authority *", ED, "b", { NO, NO, NO, NO }, "host certificates need --ssh-program" },
		/* clang-format on */
	};
	struct world *w = *state;

	for (size_t i = 0; i < COUNT(rows); i++) {
		put_line(w, w->global_file, rows[i].hosts, rows[i].type,
			 rows[i].word);
		for (int s = STRICT_NO; s <= STRICT_ACCEPT_NEW; s++) {
			struct hostkeys *hk = hostkeys_new();
			struct kh_key key = make_key(w, ED, "a");
			struct err err = { 0 };
			int got;

			w->opts.strict = s;
			got = (int)decide(hk, w, &key, &err);
			if (got != rows[i].want[s])
				fail_msg("row %zu, option %d: %d", i, s, got);
			if (got == NO || got == ASK) {
				assert_int_equal(err.code, ERR_HOSTKEY);
				ROW(strstr(err.msg, rows[i].message), err.msg);
			} else {
				assert_int_equal(err.code, ERR_NONE);
			}
			err_release(&err);
			hostkeys_free(hk);
		}
		assert_int_equal(unlink(w->global_file), 0);
	}
}

static void a_changed_key_names_the_line_and_both_keys(void **state)
{
	struct world *w = *state;
	struct strbuf old = STRBUF_INIT(100), new = STRBUF_INIT(100);
	struct err err = { 0 };
	struct kh_key key;
	char *want;

	put_line(w, w->user_file, "x", ED, "x");
	put_line(w, w->user_file, "h", "ssh-rsa", "old");
	key = make_key(w, "ssh-rsa", "old");
	kh_fingerprint(&key, FINGERPRINT_SHA256, &old);
	key = make_key(w, ED, "new");
	kh_fingerprint(&key, FINGERPRINT_SHA256, &new);
	assert_int_equal(decide(w->hk, w, &key, &err), HOSTKEY_REFUSE);
	want = xasprintf("host key verification failed: REMOTE HOST "
			 "IDENTIFICATION HAS CHANGED: 'h' shows the "
			 "ssh-ed25519 key %s, but %s:2 has the ssh-rsa key %s; "
			 "somebody may be in between",
			 new.buf, w->user_file, old.buf);
	assert_string_equal(err.msg, want);
	free(want);
	want = xasprintf("REMOTE HOST IDENTIFICATION HAS CHANGED: somebody may "
			 "be in between\n  'h' shows the ssh-ed25519 key\n"
			 "    %s\n  %s:2 has the ssh-rsa key\n    %s",
			 new.buf, w->user_file, old.buf);
	assert_string_equal(err.block, want);
	free(want);
	/* As in files: with a port that is not 22, an alias without. */
	w->target.port = 2222;
	put_line(w, w->global_file, "[h]:2222", ED, "third");
	hostkeys_free(w->hk);
	w->hk = hostkeys_new();
	key = make_key(w, ED, "new");
	assert_int_equal(decide(w->hk, w, &key, &err), HOSTKEY_REFUSE);
	assert_non_null(strstr(err.msg, ": '[h]:2222' shows the"));
	w->opts.host_key_alias = xstrdup("i");
	assert_int_equal(decide(w->hk, w, &key, &err), HOSTKEY_ASK);
	assert_non_null(strstr(err.msg, "is known for 'i' ("));
	assert_null(err.block);
	err_release(&err);
	strbuf_release(&old);
	strbuf_release(&new);
}

static void errors_refuse(void **state)
{
	struct world *w = *state;
	struct kh_key key = make_key(w, ED, "a");
	struct err err = { 0 };

	/* A folder cannot be read as a file. */
	assert_int_equal(mkdir(w->global_file, 0700), 0);
	w->opts.strict = STRICT_ACCEPT_NEW;
	assert_int_equal(decide(w->hk, w, &key, &err), HOSTKEY_REFUSE);
	assert_non_null(strstr(err.msg, "cannot read"));
	err_release(&err);
	w->opts.strict = STRICT_NO;
	assert_int_equal(decide(w->hk, w, &key, &err), HOSTKEY_DISTRUST);
	assert_int_equal(err.code, ERR_NONE);
	assert_int_equal(rmdir(w->global_file), 0);
	hostkeys_free(w->hk);
	w->hk = hostkeys_new();
	key.len = 3;
	for (int s = STRICT_NO; s <= STRICT_ACCEPT_NEW; s++) {
		w->opts.strict = s;
		assert_int_equal(decide(w->hk, w, &key, &err), HOSTKEY_REFUSE);
		assert_non_null(strstr(err.msg, "cannot judge"));
	}
	err_release(&err);
}

static void small_rsa_keys_are_refused(void **state)
{
	static const struct {
		size_t bytes;
		int required, want;
	} rows[] = {
		{ 128, 1024, HOSTKEY_ADD },    { 127, 1024, HOSTKEY_REFUSE },
		{ 256, 2048, HOSTKEY_ADD },    { 255, 2048, HOSTKEY_REFUSE },
		{ 256, 4096, HOSTKEY_REFUSE }, { 0, 1024, HOSTKEY_REFUSE },
	};
	struct world *w = *state;

	w->opts.strict = STRICT_NO;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct kh_key key = rsa_key(w, rows[i].bytes);
		struct err err = { 0 };

		w->opts.required_rsa_size = rows[i].required;
		assert_int_equal(decide(w->hk, w, &key, &err), rows[i].want);
		if (rows[i].want == HOSTKEY_REFUSE)
			assert_non_null(strstr(err.msg, "RequiredRSASize"));
		err_release(&err);
	}
}

static void an_alias_stands_without_port(void **state)
{
	struct world *w = *state;
	struct kh_key key;
	struct err err = { 0 };

	put_line(w, w->user_file, "alias", ED, "a");
	key = make_key(w, ED, "a");
	w->target.port = 2222;
	assert_int_equal(decide(w->hk, w, &key, &err), HOSTKEY_ASK);
	err_release(&err);
	w->opts.host_key_alias = xstrdup("alias");
	assert_string_equal(hostkey_name(&w->target), "alias");
	assert_int_equal(decide(w->hk, w, &key, &err), HOSTKEY_ACCEPT);
}

static void known_types_are_offered_first(void **state)
{
	static const struct {
		const char *type, *algorithms, *want;
		int fixed;
	} rows[] = {
		/* clang-format off */
		{ NULL, "ssh-ed25519,rsa-sha2-512,rsa-sha2-256", NULL, 0 },
		{ ED, "ssh-ed25519,rsa-sha2-512,rsa-sha2-256", NULL, 0 },
		{ "ssh-rsa", "ssh-ed25519,rsa-sha2-512,ecdsa-sha2-nistp256,rsa-sha2-256",
		  "rsa-sha2-512,rsa-sha2-256,ssh-ed25519,ecdsa-sha2-nistp256", 0 },
		{ "ssh-rsa", "ssh-ed25519,rsa-sha2-512", NULL, 1 },
		{ "ecdsa-sha2-nistp384", "ssh-ed25519,ecdsa-sha2-nistp256,ecdsa-sha2-nistp384",
		  "ecdsa-sha2-nistp384,ssh-ed25519,ecdsa-sha2-nistp256", 0 },
		/* clang-format on */
	};
	struct world *w = *state;

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct hostkeys *hk = hostkeys_new();
		char *got;

		if (rows[i].type)
			put_line(w, w->global_file, "h", rows[i].type, "a");
		free(w->opts.host_key_algorithms);
		w->opts.host_key_algorithms = xstrdup(rows[i].algorithms);
		w->opts.host_key_order_fixed = rows[i].fixed;
		got = hostkey_types(hk, &w->target, NULL);
		if (rows[i].want)
			assert_string_equal(got, rows[i].want);
		else
			assert_null(got);
		free(got);
		hostkeys_free(hk);
		if (rows[i].type)
			assert_int_equal(unlink(w->global_file), 0);
	}
}

/* NoHostAuthenticationForLocalhost is about addresses, not about names. */
static void localhost_is_what_has_its_address(void **state)
{
	static const struct {
		const char *host, *address;
		enum hostkey_decision want;
	} rows[] = {
		/* clang-format off */
		{ "vm",        "127.0.0.1",        HOSTKEY_ACCEPT },
		{ "vm",        "127.9.8.7",        HOSTKEY_ACCEPT },
		{ "vm",        "::1",              HOSTKEY_ACCEPT },
		{ "localhost", "192.0.2.1",        HOSTKEY_REFUSE },
		{ "localhost", "",                 HOSTKEY_REFUSE },
		{ "127.0.0.1", "",                 HOSTKEY_REFUSE },
		{ "::1",       "",                 HOSTKEY_REFUSE },
		{ "vm",        "128.0.0.1",        HOSTKEY_REFUSE },
		{ "vm",        "0.0.0.0",          HOSTKEY_REFUSE },
		{ "vm",        "::2",              HOSTKEY_REFUSE },
		{ "vm",        "::ffff:127.0.0.1", HOSTKEY_REFUSE },
		{ "vm",        "fe80::1%lo",       HOSTKEY_REFUSE },
		/* clang-format on */
	};
	struct world *w = *state;
	struct kh_key key = make_key(w, ED, "one");

	w->opts.strict = STRICT_YES;
	w->opts.no_host_authentication_for_localhost = 1;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct hostkey_seen seen = { .key = &key,
					     .address = rows[i].address };
		struct err err = { 0 };

		w->target.host = rows[i].host;
		assert_int_equal(hostkey_decide(w->hk, &w->target, &seen, &err),
				 rows[i].want);
		err_release(&err);
	}
}

/* As with ssh: what rules a key out does so for any host. */
static void localhost_shows_no_revoked_and_no_small_key(void **state)
{
	struct world *w = *state;
	char *path = xasprintf("%s/revoked", w->dir);
	struct kh_key key = rsa_key(w, 128);
	struct hostkey_seen seen = { .key = &key, .address = "127.0.0.1" };
	struct err err = { 0 };

	w->opts.strict = STRICT_YES;
	w->opts.no_host_authentication_for_localhost = 1;
	w->opts.required_rsa_size = 1024;
	assert_int_equal(hostkey_decide(w->hk, &w->target, &seen, &err),
			 HOSTKEY_ACCEPT);
	w->opts.required_rsa_size = 2048;
	assert_int_equal(hostkey_decide(w->hk, &w->target, &seen, &err),
			 HOSTKEY_REFUSE);
	assert_non_null(strstr(err.msg, "RequiredRSASize"));
	err_release(&err);
	w->opts.required_rsa_size = 1024;
	w->opts.revoked_host_keys = path;
	assert_int_equal(hostkey_decide(w->hk, &w->target, &seen, &err),
			 HOSTKEY_REFUSE);
	assert_non_null(strstr(err.msg, "RevokedHostKeys"));
	err_release(&err);
	w->opts.revoked_host_keys = NULL;
	free(path);
}

/* CheckHostIP: 192.0.2.1 is the address, the key shown is "a". */
static void the_address_has_its_say(void **state)
{
	enum {
		ADD = HOSTKEY_ADD,
		ASK = HOSTKEY_ASK,
		NO = HOSTKEY_REFUSE,
		YES = HOSTKEY_ACCEPT,
		KEEP = HOSTKEY_ADD_ADDRESS
	};
	static const struct {
		const char *host, *address; /* whose keys are these on file */
		uint16_t port;
		int want[4]; /* no, yes, ask, accept-new */
		const char *message;
	} rows[] = {
		/* clang-format off */
		{ "a", "",  22, { KEEP, KEEP, KEEP, KEEP }, NULL },
		{ "a", "a", 22, { YES, YES, YES, YES }, NULL },
		{ "a", "b", 22, { YES, NO, ASK, NO }, "is that of 'h' in " },
		{ "",  "b", 22, { ADD, NO, ASK, NO }, "no ssh-ed25519 key is known for 'h'" },
		{ "",  "",  22, { ADD, NO, ASK, ADD }, NULL },
		/* known without its port, as is another key of the address */
		{ "a", "b", 2222, { YES, NO, ASK, ADD }, "no ssh-ed25519 key is known" },
		{ "a", "",  2222, { YES, YES, YES, YES }, NULL },
		/* clang-format on */
	};
	struct world *w = *state;

	w->opts.check_host_ip = 1;
	for (size_t i = 0; i < COUNT(rows); i++) {
		w->target.port = rows[i].port;
		if (*rows[i].host)
			put_line(w, w->user_file, "h", ED, rows[i].host);
		if (*rows[i].address)
			put_line(w, w->global_file, "192.0.2.1", ED,
				 rows[i].address);
		for (int s = STRICT_NO; s <= STRICT_ACCEPT_NEW; s++) {
			struct hostkeys *hk = hostkeys_new();
			struct kh_key key = make_key(w, ED, "a");
			struct err err = { 0 };

			w->opts.strict = s;
			assert_int_equal(decide(hk, w, &key, &err),
					 rows[i].want[s]);
			if (err.code && rows[i].message)
				assert_non_null(
					strstr(err.msg, rows[i].message));
			err_release(&err);
			hostkeys_free(hk);
		}
		(void)unlink(w->user_file);
		(void)unlink(w->global_file);
	}
}

static void a_doubt_names_both_lines(void **state)
{
	struct world *w = *state;
	struct kh_key key;
	struct hostkey_seen seen = { .key = &key, .address = "192.0.2.1" };
	struct err err = { 0 };
	char *want, *text;

	w->opts.check_host_ip = 1;
	w->opts.strict = STRICT_ASK;
	put_line(w, w->user_file, "x", ED, "x");
	put_line(w, w->user_file, "h", ED, "a");
	put_line(w, w->global_file, "192.0.2.1", ED, "b");
	key = make_key(w, ED, "a");
	want = xasprintf("' in %s:2, but its address '192.0.2.1' has the "
			 "ssh-ed25519 key SHA256:",
			 w->user_file);
	assert_int_equal(hostkey_decide(w->hk, &w->target, &seen, &err),
			 HOSTKEY_ASK);
	assert_non_null(strstr(err.msg, want));
	text = hostkey_doubt(w->hk, &w->target, &seen);
	assert_non_null(strstr(text, want));
	assert_non_null(strstr(text, w->global_file));
	free(text);
	free(want);
	err_release(&err);
	/* the name alone has no say */
	seen.address = "192.0.2.2";
	assert_null(hostkey_doubt(w->hk, &w->target, &seen));
}

#define IN_WORLD(test)                                                         \
	cmocka_unit_test_setup_teardown(test, world_new, world_free)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_WORLD(policy_follows_verdict_and_option),
		IN_WORLD(a_changed_key_names_the_line_and_both_keys),
		IN_WORLD(errors_refuse),
		IN_WORLD(small_rsa_keys_are_refused),
		IN_WORLD(an_alias_stands_without_port),
		IN_WORLD(localhost_is_what_has_its_address),
		IN_WORLD(localhost_shows_no_revoked_and_no_small_key),
		IN_WORLD(the_address_has_its_say),
		IN_WORLD(a_doubt_names_both_lines),
		IN_WORLD(known_types_are_offered_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
