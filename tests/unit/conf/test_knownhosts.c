/* SPDX-License-Identifier: Apache-2.0 */
#include "conf/fingerprint.h"
#include "conf/knownhosts.h"

#include "lib/test.h"

#include "conf/digest.h"

/* Keys that are none, but for their first word: "ED1" to "RSA2" below. */
static const struct {
	const char *word, *type;
} keys[] = {
	{ "ED1", "ssh-ed25519" },
	{ "ED2", "ssh-ed25519" },
	{ "EC1", "ecdsa-sha2-nistp256" },
	{ "EC2", "ecdsa-sha2-nistp384" },
	{ "RSA1", "ssh-rsa" },
	{ "RSA2", "ssh-rsa" },
};

/* The blob of a key: its type and its word, each with its length. */
static struct kh_key make_key(const char *word, struct strbuf *blob)
{
	const char *type = NULL;

	for (size_t i = 0; i < COUNT(keys); i++)
		if (strcmp(keys[i].word, word) == 0)
			type = keys[i].type;
	assert_non_null(type);
	strbuf_reset(blob);
	strbuf_add(blob, "\0\0\0", 3);
	strbuf_addch(blob, (char)strlen(type));
	strbuf_addstr(blob, type);
	strbuf_add(blob, "\0\0\0", 3);
	strbuf_addch(blob, (char)strlen(word));
	strbuf_addstr(blob, word);
	return (struct kh_key){ type, blob->buf, blob->len };
}

/* Replace "$ED1" by "ssh-ed25519 AAAA..." and "|(name)" by its hash. */
static void expand(const char *text, struct strbuf *out)
{
	struct strbuf blob = STRBUF_INIT(200);

	while (*text) {
		if (*text == '$') {
			char word[8] = { 0 };
			struct kh_key key;
			size_t n = strspn(text + 1, "CDEARS12");

			memcpy(word, text + 1, n);
			key = make_key(word, &blob);
			strbuf_addf(out, "%s ", key.type);
			base64_encode(key.blob, key.len, out);
			text += n + 1;
		} else if (*text == '|' && text[1] == '(') {
			struct digest_hmac *h = digest_hmac_new();
			unsigned char salt[20] = { 7 }, hash[20];
			size_t n = strcspn(text, ")") - 2;

			digest_hmac_sha1(h, salt, 20, text + 2, n, hash);
			strbuf_addstr(out, "|1|");
			base64_encode(salt, 20, out);
			strbuf_addch(out, '|');
			base64_encode(hash, 20, out);
			digest_hmac_free(h);
			text += n + 3;
		} else {
			strbuf_addch(out, *text++);
		}
	}
	strbuf_release(&blob);
}

static unsigned long add(struct knownhosts *kh, const char *file,
			 const char *text)
{
	struct strbuf sb = STRBUF_INIT(STRBUF_MAX_TEXT);
	unsigned long bad = 0;

	expand(text, &sb);
	knownhosts_add(kh, file, sb.buf, sb.len, &bad);
	strbuf_release(&sb);
	return bad;
}

static const char *const verdicts[] = {
	[KH_ERROR] = "error",	  [KH_REVOKED] = "revoked",
	[KH_CHANGED] = "changed", [KH_OTHER] = "other",
	[KH_CA_ONLY] = "ca-only", [KH_UNKNOWN] = "unknown",
	[KH_MATCH] = "match",
};

/* "match f:3": the verdict and the line that decided. */
static char *check(struct knownhosts *kh, const struct strvec *files,
		   const char *name, int port, const char *word)
{
	struct strbuf blob = STRBUF_INIT(200), out = STRBUF_INIT(200);
	struct kh_key key = make_key(word, &blob);
	struct kh_answer a =
		knownhosts_check(kh, files, name, (uint16_t)port, &key);

	strbuf_addstr(&out, verdicts[a.verdict]);
	if (a.file)
		strbuf_addf(&out, " %s:%lu", a.file, a.line);
	strbuf_release(&blob);
	return strbuf_detach(&out, NULL);
}

static void verdicts_are_those_of_ssh(void **state)
{
	static const struct {
		const char *text, *name;
		int port;
		const char *key, *want;
	} rows[] = {
		/* clang-format off */
		{ "", "h", 22, "ED1", "unknown" },
		{ "h $ED1\n", "h", 22, "ED1", "match f:1" },
		{ "# c\n\nH,x $ED1 comment\n", "h", 22, "ED1", "match f:3" },
		{ "h $ED1", "H", 22, "ED1", "match f:1" },
		{ " \t h\t$ED1\r\n", "h", 22, "ED1", "match f:1" },
		{ "h $ED1\n", "hh", 22, "ED1", "unknown" },
		{ "h $ED2\n", "h", 22, "ED1", "changed f:1" },
		{ "h $ED2\nh $ED1\n", "h", 22, "ED1", "match f:2" },
		{ "h $RSA1\n", "h", 22, "ED1", "other f:1" },
		{ "h $EC2\n", "h", 22, "EC1", "other f:1" },
		{ "h $RSA1\nh $ED2\n", "h", 22, "ED1", "changed f:2" },
		/* patterns */
		{ "*.x,!b.x $ED1\n", "a.x", 22, "ED1", "match f:1" },
		{ "*.x,!b.x $ED1\n", "b.x", 22, "ED1", "unknown" },
		{ "*.x,!b.x $ED1\n", "A.X", 22, "ED1", "match f:1" },
		{ "!a,* $ED1\n", "a", 22, "ED1", "unknown" },
		{ "h? $ED2\nh1 $ED1\n", "h1", 22, "ED1", "match f:2" },
		/* ports */
		{ "[h]:22 $ED1\n", "h", 22, "ED1", "unknown" },
		{ "[h]:2 $ED1\n", "h", 2, "ED1", "match f:1" },
		{ "h $ED1\n", "h", 2, "ED1", "match f:1" },
		{ "h $ED2\n", "h", 2, "ED1", "unknown" },
		{ "[h]:2 $ED2\nh $ED1\n", "h", 2, "ED1", "changed f:1" },
		{ "[h]:* $ED1\n", "h", 2, "ED1", "match f:1" },
		{ "[::1]:2 $ED1\n", "::1", 2, "ED1", "match f:1" },
		{ "::1 $ED1\n", "::1", 22, "ED1", "match f:1" },
		{ "h $ED1\n", "h", 0, "ED1", "match f:1" },
		/* hashes */
		{ "|(h) $ED1\n", "H", 22, "ED1", "match f:1" },
		{ "|(h) $ED2\n", "h", 22, "ED1", "changed f:1" },
		{ "|(h) $RSA1\n|(i) $ED1\n", "h", 22, "ED1", "other f:1" },
		{ "|([h]:2) $ED1\n", "h", 2, "ED1", "match f:1" },
		{ "|(i) $ED1\n", "h", 22, "ED1", "unknown" },
		/* revoked */
		{ "@revoked * $ED1\nh $ED1\n", "h", 22, "ED1", "revoked f:1" },
		{ "h $ED1\n@revoked\th $ED1\n", "h", 22, "ED1", "revoked f:2" },
		{ "@revoked |(h) $ED1\n|(h) $ED1\n", "h", 22, "ED1", "revoked f:1" },
		{ "@revoked h $ED1\n", "h", 22, "ED1", "revoked f:1" },
		{ "@revoked h $ED2\nh $ED1\n", "h", 22, "ED1", "match f:2" },
		{ "@revoked h $ED2\n", "h", 22, "ED1", "unknown" },
		{ "@revoked i $ED1\nh $ED1\n", "h", 22, "ED1", "match f:2" },
		{ "@revoked h $ED1\n", "h", 2, "ED1", "revoked f:1" },
		{ "@revoked h $ED1\n[h]:2 $ED1\n", "h", 2, "ED1", "match f:2" },
		/* certificate authorities */
		{ "@cert-authority * $ED1\n", "h", 22, "ED1", "ca-only f:1" },
		{ "@cert-authority h $ED1\nh $ED2\n", "h", 22, "ED2", "match f:2" },
		{ "@cert-authority h $ED1\nh $ED2\n", "h", 22, "ED1", "changed f:2" },
		{ "@cert-authority h $RSA1\n", "h", 2, "ED1", "ca-only f:1" },
		{ "@cert-authority [h]:2 $RSA1\nh $ED1\n", "h", 2, "ED1", "match f:2" },
		{ "@cert-authority i $ED1\n", "h", 22, "ED1", "unknown" },
		/* lines without sense count for nothing */
		{ "@marker h $ED2\n@revoked @revoked h $ED1\n", "h", 22, "ED1", "unknown" },
		{ "h\nh ssh-ed25519\nh ssh-ed25519 AAAA\nh ssh-foo AAAAB3NzaC1mb28=\n", "h", 22, "ED1", "unknown" },
		{ "|1|AAAA|AAAA $ED2\n|(h)x $ED2\n|2|a $ED2\n|1 $ED2\n", "h", 22, "ED1", "unknown" },
		{ ", $ED1\n", "", 22, "ED1", "error" },
		/* clang-format on */
	};
	struct strvec files = { 0 };

	(void)state;
	strvec_push(&files, "f");
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct knownhosts *kh = knownhosts_new();
		char *got;

		add(kh, "f", rows[i].text);
		got = check(kh, &files, rows[i].name, rows[i].port,
			    rows[i].key);
		if (strcmp(got, rows[i].want) != 0)
			fail_msg("'%s' for %s:%d: %s, not %s", rows[i].text,
				 rows[i].name, rows[i].port, got, rows[i].want);
		free(got);
		knownhosts_free(kh);
	}
	strvec_release(&files);
	knownhosts_free(NULL);
}

static void a_key_that_is_none_is_an_error(void **state)
{
	struct knownhosts *kh = knownhosts_new();
	struct strbuf blob = STRBUF_INIT(200);
	struct strvec files = { 0 };
	struct kh_key key = make_key("ED1", &blob);

	(void)state;
	strvec_push(&files, "f");
	add(kh, "f", "h $ED1\n");
	key.len = 0;
	assert_int_equal(knownhosts_check(kh, &files, "h", 22, &key).verdict,
			 KH_ERROR);
	key.len = 10;
	assert_int_equal(knownhosts_check(kh, &files, "h", 22, &key).verdict,
			 KH_ERROR);
	key.len = blob.len;
	key.type = "ssh-rsa";
	assert_int_equal(knownhosts_check(kh, &files, "h", 22, &key).verdict,
			 KH_ERROR);
	strbuf_release(&blob);
	strvec_release(&files);
	knownhosts_free(kh);
}

static void bad_lines_are_counted(void **state)
{
	struct knownhosts *kh = knownhosts_new();

	(void)state;
	assert_int_equal(add(kh, "f", "# a\n\n \nh $ED1\n@x h $ED1\nh\n"), 2);
	assert_int_equal(add(kh, "g", ""), 0);
	knownhosts_free(kh);
}

static void only_the_files_asked_for_count(void **state)
{
	static const struct {
		const char *files, *want;
	} rows[] = {
		{ "a", "changed a:1" },	    { "b", "match b:2" },
		{ "a b", "match b:2" },	    { "c", "revoked c:1" },
		{ "a b c", "revoked c:1" }, { "", "unknown" },
		{ "d a", "changed d:1" },   { "a d", "changed a:1" },
	};
	struct knownhosts *kh = knownhosts_new();

	(void)state;
	add(kh, "a", "h $ED2\nh $ED2\n");
	add(kh, "b", "\n|(h) $ED1\n");
	add(kh, "c", "@revoked h $ED1\n");
	add(kh, "d", "|(h) $ED2\n");
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct strvec files = { 0 };
		char *got;

		strvec_split(&files, rows[i].files, " ");
		got = check(kh, &files, "h", 22, "ED1");
		assert_string_equal(got, rows[i].want);
		free(got);
		strvec_release(&files);
	}
	knownhosts_free(kh);
}

static void lines_added_later_count(void **state)
{
	/* Added one after the other, and what the host has then. */
	static const char *const rows[][2] = {
		{ "i $ED1\n", "unknown" },
		{ "|(h) $ED2\n|(i) $ED1\n", "changed f:2" },
		{ "|(h) $ED1\n", "match f:4" },
		{ "h $ED1\n", "match f:4" },
		{ "@revoked |(h) $ED1\n", "revoked f:6" },
		{ "@revoked h? $ED1\n@revoked h* $ED1", "revoked f:6" },
	};
	struct knownhosts *kh = knownhosts_new();
	struct strvec files = { 0 };

	(void)state;
	strvec_push(&files, "f");
	for (size_t i = 0; i < COUNT(rows); i++) {
		char *got;

		add(kh, "f", rows[i][0]);
		got = check(kh, &files, "h", 22, "ED1");
		assert_string_equal(got, rows[i][1]);
		free(got);
	}
	strvec_release(&files);
	knownhosts_free(kh);
}

static void the_answer_shows_the_key_on_file(void **state)
{
	struct knownhosts *kh = knownhosts_new();
	struct strbuf mine = STRBUF_INIT(200), other = STRBUF_INIT(200);
	struct strvec files = { 0 };
	struct kh_key key = make_key("ED1", &mine);
	struct kh_key want = make_key("RSA1", &other);
	struct kh_answer a;

	(void)state;
	strvec_push(&files, "f");
	add(kh, "f", "h $RSA1\n");
	a = knownhosts_check(kh, &files, "h", 22, &key);
	assert_int_equal(a.verdict, KH_OTHER);
	assert_string_equal(a.key.type, "ssh-rsa");
	assert_int_equal(a.key.len, want.len);
	assert_memory_equal(a.key.blob, want.blob, want.len);
	a = knownhosts_check(kh, &files, "i", 22, &key);
	assert_null(a.key.blob);
	strbuf_release(&mine);
	strbuf_release(&other);
	strvec_release(&files);
	knownhosts_free(kh);
}

static void types_on_file_come_in_order(void **state)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
		/* clang-format off */
		{ "", "" },
		{ "h $RSA1\nh $RSA2\n|(h) $EC2\nh $ED1\n", "ssh-ed25519 ecdsa-sha2-nistp384 ssh-rsa" },
		{ "h $RSA1\nh $ED1\n@revoked * $ED1\n", "ssh-rsa" },
		{ "@cert-authority h $ED1\ni $EC1\n", "" },
		/* clang-format on */
	};
	struct strvec files = { 0 };

	(void)state;
	strvec_push(&files, "f");
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct knownhosts *kh = knownhosts_new();
		struct strvec types = { 0 };
		char *got;

		add(kh, "f", rows[i].text);
		for (size_t j = 0; j < COUNT(keys); j++)
			ROW(knownhosts_has_type(kh, &files, "h", 22,
						keys[j].type) ==
				    (strstr(rows[i].want, keys[j].type) !=
				     NULL),
			    rows[i].text);
		knownhosts_types(kh, &files, "h", 22, &types);
		got = strvec_join(&types, " ");
		assert_string_equal(got, rows[i].want);
		free(got);
		strvec_release(&types);
		knownhosts_free(kh);
	}
	strvec_release(&files);
}

static void a_line_written_is_read_again(void **state)
{
	struct strbuf blob = STRBUF_INIT(200), line = STRBUF_INIT(1000);
	struct kh_key key = make_key("ED1", &blob);
	struct strvec files = { 0 };

	(void)state;
	strvec_push(&files, "f");
	knownhosts_format("H", 22, &key, false, &line);
	assert_string_equal(line.buf, "h ssh-ed25519 "
				      "AAAAC3NzaC1lZDI1NTE5AAAAA0VEMQ==\n");
	strbuf_reset(&line);
	knownhosts_format("::1", 2, &key, false, &line);
	assert_string_equal(line.buf, "[::1]:2 ssh-ed25519 "
				      "AAAAC3NzaC1lZDI1NTE5AAAAA0VEMQ==\n");
	for (int hashed = 0; hashed < 2; hashed++) {
		struct knownhosts *kh = knownhosts_new();
		unsigned long bad = 0;
		char *got;

		strbuf_reset(&line);
		knownhosts_format("Host", 2222, &key, hashed, &line);
		assert_int_equal(strncmp(line.buf, "|1|", 3) == 0, hashed);
		knownhosts_add(kh, "f", line.buf, line.len, &bad);
		assert_int_equal(bad, 0);
		got = check(kh, &files, "hOST", 2222, "ED1");
		assert_string_equal(got, "match f:1");
		free(got);
		knownhosts_free(kh);
	}
	strbuf_release(&blob);
	strbuf_release(&line);
	strvec_release(&files);
}

static void special_names_are_not_written(void **state)
{
	static const char *const bad[] = { "",	  "a*",	 "a?b", "!a", "a,b",
					   "[a]", "a|b", "@a",	"#a", "a b" };

	(void)state;
	assert_true(knownhosts_can_hold("a-b.c_1"));
	assert_true(knownhosts_can_hold("fe80::1%eth0"));
	for (size_t i = 0; i < COUNT(bad); i++)
		ROW(!knownhosts_can_hold(bad[i]), bad[i]);
}

static void fingerprints_are_those_of_ssh_keygen(void **state)
{
	static const char text[] = "AAAAC3NzaC1lZDI1NTE5AAAAA0VEMQ==";
	struct strbuf blob = STRBUF_INIT(200), out = STRBUF_INIT(200);
	struct kh_key key = { .type = "ssh-ed25519" };

	(void)state;
	assert_int_equal(base64_decode(text, strlen(text), &blob), 0);
	key.blob = blob.buf;
	key.len = blob.len;
	kh_fingerprint(&key, FINGERPRINT_SHA256, &out);
	/* base64 -d | sha256sum | xxd -r -p | base64 */
	assert_string_equal(
		out.buf, "SHA256:+mg0cacMG7/zlvXQFPZRPkcX0NGxpSaFVw8g9WBHjnY");
	strbuf_release(&blob);
	strbuf_release(&out);
}

static void each_of_many_hosts_finds_its_line(void **state)
{
	static const int hosts[] = { 2000, 500 }; /* plain, hashed */
	struct strvec files = { 0 };

	(void)state;
	strvec_push(&files, "f");
	for (size_t i = 0; i < COUNT(hosts); i++) {
		struct strbuf text = STRBUF_INIT(STRBUF_MAX_TEXT);
		struct knownhosts *kh = knownhosts_new();

		for (int j = 0; j < hosts[i]; j++)
			strbuf_addf(&text,
				    i ? "|(n%05d) $ED1\n"
				      : "n%05d,n%05d.x $ED1\n",
				    j, j);
		add(kh, "f", text.buf);
		for (int j = 0; j < hosts[i]; j++) {
			char name[20], want[20], *got;

			/* In an order that is not the file's. */
			int host = (int)((j * 7919L) % hosts[i]);

			(void)snprintf(name, sizeof(name), "n%05d", host);
			(void)snprintf(want, sizeof(want), "match f:%d",
				       host + 1);
			assert_true(knownhosts_has_type(kh, &files, name, 22,
							"ssh-ed25519"));
			got = check(kh, &files, name, 22, "ED1");
			assert_string_equal(got, want);
			free(got);
		}
		knownhosts_free(kh);
		strbuf_release(&text);
	}
	strvec_release(&files);
}

/* More than are kept. */
static void ask_for_others(struct knownhosts *kh, const struct strvec *files)
{
	for (int i = 0; i < 1200; i++) {
		char name[20], *got;

		(void)snprintf(name, sizeof(name), "other%d", i);
		got = check(kh, files, name, 22, "ED1");
		assert_string_equal(got, "unknown");
		free(got);
	}
}

static void judge_again(struct knownhosts *kh, const struct strvec *files,
			bool late_too)
{
	static const struct {
		const char *name, *key, *verdict;
		bool late;
	} rows[] = {
		{ "hashed", "ED1", "match f:1", false },
		{ "hashed", "ED2", "changed f:1", false },
		{ "revoked", "ED1", "revoked f:2", false },
		{ "plain", "ED1", "match f:3", false },
		{ "p.pattern", "ED1", "match f:4", false },
		{ "late", "ED1", "match f:5", true },
		{ "r.late", "ED1", "revoked f:6", true },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		bool known = late_too || !rows[i].late;
		char *got = check(kh, files, rows[i].name, 22, rows[i].key);

		ROW(!strcmp(got, known ? rows[i].verdict : "unknown"),
		    rows[i].name);
		free(got);
	}
}

static void a_name_is_found_again_after_many_others(void **state)
{
	struct knownhosts *kh = knownhosts_new();
	struct strvec files = { 0 };

	(void)state;
	strvec_push(&files, "f");
	add(kh, "f",
	    "|(hashed) $ED1\n@revoked |(revoked) $ED1\nplain $ED1\n"
	    "*.pattern $ED1\n");
	judge_again(kh, &files, false);
	ask_for_others(kh, &files);
	judge_again(kh, &files, false);
	add(kh, "f", "|(late) $ED1\n@revoked r.* $ED1\n");
	judge_again(kh, &files, true);
	judge_again(kh, &files, true);
	ask_for_others(kh, &files);
	judge_again(kh, &files, true);
	knownhosts_free(kh);
	strvec_release(&files);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(verdicts_are_those_of_ssh),
		cmocka_unit_test(a_key_that_is_none_is_an_error),
		cmocka_unit_test(bad_lines_are_counted),
		cmocka_unit_test(only_the_files_asked_for_count),
		cmocka_unit_test(lines_added_later_count),
		cmocka_unit_test(the_answer_shows_the_key_on_file),
		cmocka_unit_test(types_on_file_come_in_order),
		cmocka_unit_test(a_line_written_is_read_again),
		cmocka_unit_test(special_names_are_not_written),
		cmocka_unit_test(fingerprints_are_those_of_ssh_keygen),
		cmocka_unit_test(each_of_many_hosts_finds_its_line),
		cmocka_unit_test(a_name_is_found_again_after_many_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
