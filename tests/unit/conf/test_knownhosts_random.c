/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Random known_hosts files, judged by us and by what `ssh-keygen -F` finds in
 * them.  One seed gives one set of files: RSH_TEST_SEED asks for another than
 * the usual one.
 */
#include "conf/knownhosts.h"

#include "lib/test.h"

#include <ctype.h>
#include <unistd.h>

#include "base/alloc.h"
#include "conf/digest.h"
#include "lib/shell.h"

enum {
	ROUNDS = 20,
	FILES = 2,  /* of a round */
	LINES = 30, /* at most */
	HOSTS = 4,
	NAMES = 2 * HOSTS, /* each without and with a port */
	PORT = 2222,
	KEYS = 9,
	FIRST_RSA = 6,
};

/* What the oracle found of a name in a file. */
struct found {
	struct {
		unsigned long line;
		enum {
			PLAIN,
			REVOKED,
			AUTHORITY
		} marker;
	} v[LINES];
	size_t n;
};

static struct world {
	uint64_t seed, state;
	char dir[40];
	struct {
		const char *type;
		char *text; /* base64 */
		struct strbuf blob;
	} keys[KEYS];
	struct strbuf files[ROUNDS][FILES];
	int key_of[ROUNDS][FILES][LINES + 1]; /* by line; -1: none */
	struct found found[ROUNDS][FILES][NAMES];
	struct digest_hmac *hmac;
	unsigned int seen[KH_MATCH + 1];
} the;

static const char *const all_hosts[] = {
	"h",	    "web1", "web2.example.org", "a.b.example.org",
	"10.0.0.1", "::1",  "fe80::1%eth0",	"x-y_z",
};

static const char *host_of(int round, int host)
{
	return all_hosts[(round * 3 + host) % (int)COUNT(all_hosts)];
}

/* ---- chance ---- */

/* xorshift64* */
static unsigned int below(unsigned int n)
{
	the.state ^= the.state >> 12;
	the.state ^= the.state << 25;
	the.state ^= the.state >> 27;
	return (unsigned int)(the.state * 0x2545f4914f6cdd1dULL >> 33) % n;
}

static bool percent(unsigned int n)
{
	return below(100) < n;
}

#define ONE_OF(array) ((array)[below(COUNT(array))])

/* ---- files ---- */

/* A name as files have it: of a host of this round, or of none. */
static void add_name(struct strbuf *out, int round)
{
	const char *host = percent(80) ? host_of(round, (int)below(HOSTS))
				       : "other.example.org";

	switch (below(8)) {
	case 0:
	case 1:
	case 2:
		strbuf_addf(out, "[%s]:%d", host, PORT);
		break;
	case 3:
		strbuf_addf(out, "[%s]:%d", host, percent(50) ? 22 : 222);
		break;
	default:
		strbuf_addstr(out, host);
	}
}

/* Put wildcards and capitals into what stands in `sb` from `from` on. */
static void blur(struct strbuf *sb, size_t from)
{
	if (percent(25))
		for (size_t i = from; i < sb->len; i++)
			if (percent(50))
				sb->buf[i] = (char)toupper(sb->buf[i]);
	if (percent(20) && sb->len > from)
		sb->buf[from + below((unsigned int)(sb->len - from))] = '?';
	if (percent(20) && sb->len > from)
		sb->buf[from + below((unsigned int)(sb->len - from))] = '*';
	if (percent(8)) {
		strbuf_truncate(sb,
				from + below((unsigned int)(sb->len - from)));
		strbuf_addch(sb, '*');
	}
	if (percent(4)) {
		strbuf_truncate(sb, from);
		strbuf_addstr(sb, percent(50) ? "*" : "[*]:*");
	}
}

static void add_hashed(struct strbuf *out, int round)
{
	unsigned char salt[DIGEST_SHA1], hash[DIGEST_SHA1];
	struct strbuf name = STRBUF_INIT(1000);

	add_name(&name, round);
	if (percent(5))
		blur(&name, 0); /* a hash is of one name, as it stands */
	for (size_t i = 0; i < sizeof(salt); i++)
		salt[i] = (unsigned char)below(256);
	digest_hmac_sha1(the.hmac, salt, sizeof(salt), name.buf, name.len,
			 hash);
	strbuf_addstr(out, percent(3) ? "|2|" : "|1|");
	base64_encode(salt, percent(3) ? 3 : sizeof(salt), out);
	strbuf_addch(out, '|');
	base64_encode(hash, percent(3) ? 18 : sizeof(hash), out);
	if (percent(3))
		strbuf_addstr(out, ",h");
	strbuf_release(&name);
}

static void add_list(struct strbuf *out, int round)
{
	unsigned int n = percent(50) ? 1 : 1 + below(4);

	if (percent(2)) /* past every line buffer */
		for (int i = 0; i < 3000; i++)
			strbuf_addf(out, "node%d,", i);
	for (unsigned int i = 0; i < n; i++) {
		size_t from;

		if (i)
			strbuf_addch(out, ',');
		if (percent(12))
			strbuf_addch(out, '!');
		from = out->len;
		if (percent(1))
			continue;
		if (percent(2))
			for (int j = 0; j < 500; j++)
				strbuf_addch(out, 'n');
		add_name(out, round);
		if (percent(40))
			blur(out, from);
	}
	if (percent(3))
		strbuf_addch(out, ',');
}

static void add_blanks(struct strbuf *out)
{
	unsigned int n = percent(80) ? 1 : 1 + below(3);

	while (n--)
		strbuf_addch(out, percent(80) ? ' ' : '\t');
}

/* A line that says nothing. */
static void add_junk(struct strbuf *out)
{
	static const char *const junk[] = {
		"",
		"#",
		"   ",
		"\t",
		"h",
		"h ssh-ed25519",
		"h ssh-ed25519 AAAA",
		"h ssh-ed25519 !!!!",
		"h 1024 35 1234567890",
		"@revoked",
		"@revoked h",
		"@other * ",
		"@Revoked * ",
		"@revoked @revoked * ",
		"@cert-authority",
		"|1|",
		"|1|AAAA",
		"|",
		"@",
		"h ssh-nothing ",
		"# h ",
		" #h ",
		"\r",
		",",
		"* ssh-rsa ",
	};
	size_t key = below(FIRST_RSA); /* some of this says that it is RSA */

	strbuf_addstr(out, ONE_OF(junk));
	if (out->buf[out->len - 1] == ' ')
		strbuf_addf(out, percent(50) ? "%s" : "ssh-ed25519 %s",
			    the.keys[key].text);
}

/* The key of the line; -1 when it is to say nothing. */
static int add_line(struct strbuf *out, int round)
{
	int key = (int)below(KEYS);

	if (percent(12)) {
		add_junk(out);
		key = -1;
	} else {
		if (percent(10))
			add_blanks(out);
		if (percent(30))
			strbuf_addf(out, "@%s%s",
				    percent(60) ? "revoked" : "cert-authority",
				    percent(90) ? " " : "   ");
		if (percent(35))
			add_hashed(out, round);
		else
			add_list(out, round);
		add_blanks(out);
		strbuf_addstr(out, the.keys[key].type);
		add_blanks(out);
		strbuf_addstr(out, the.keys[key].text);
		if (percent(20)) {
			add_blanks(out);
			strbuf_addstr(out, percent(50) ? "a comment" : "#h");
		}
	}
	if (percent(15))
		strbuf_addch(out, '\r');
	return key;
}

static void write_file(const char *name, const struct strbuf *text)
{
	char *path = xasprintf("%s/%s", the.dir, name);
	FILE *f = fopen(path, "we");

	assert_non_null(f);
	assert_int_equal(fwrite(text->buf, 1, text->len, f), text->len);
	assert_int_equal(fclose(f), 0);
	free(path);
}

static void make_files(void)
{
	struct strbuf queries = STRBUF_INIT(1000000);
	char name[20];

	for (int r = 0; r < ROUNDS; r++)
		for (int f = 0; f < FILES; f++) {
			struct strbuf *text = &the.files[r][f];

			int lines = (int)(percent(40) ? 1 + below(LINES)
						      : 1 + below(4));

			strbuf_init(text, 10000000);
			for (int i = 1; i <= lines; i++) {
				the.key_of[r][f][i] = add_line(text, r);
				if (i < lines || percent(80))
					strbuf_addch(text, '\n');
			}
			(void)snprintf(name, sizeof(name), "%d.%d", r, f);
			write_file(name, text);
			for (int h = 0; h < HOSTS; h++)
				strbuf_addf(&queries, "%s %s\n%s [%s]:%d\n",
					    name, host_of(r, h), name,
					    host_of(r, h), PORT);
		}
	write_file("queries", &queries);
	strbuf_release(&queries);
}

/* ---- the oracle ---- */

static void add_found(struct found *found, const char *line)
{
	const char *at = strstr(line, " found: line ");
	char *end;

	assert_non_null(at);
	assert_true(found->n < LINES);
	found->v[found->n].line = strtoul(at + 13, &end, 10);
	if (!strncmp(end, " REVOKED", 8))
		found->v[found->n].marker = REVOKED;
	else if (!strncmp(end, " CA", 3))
		found->v[found->n].marker = AUTHORITY;
	found->n++;
}

static void ask_oracle(void)
{
	static const char script[] =
		"cd \"$1\" && exec 2>/dev/null && while read -r file name; do "
		"echo '?'; ssh-keygen -l -F \"$name\" -f \"$file\"; "
		"done <queries >answers";
	char *path = xasprintf("%s/answers", the.dir);
	int query = -1;
	size_t cap = 0;
	char *line = NULL;
	FILE *f;

	(void)shell(script, the.dir);
	f = fopen(path, "re");
	assert_non_null(f);
	while (getline(&line, &cap, f) >= 0) {
		if (!strcmp(line, "?\n"))
			query++;
		else if (!strncmp(line, "# Host ", 7))
			add_found(&the.found[query / NAMES / FILES]
					    [query / NAMES % FILES]
					    [query % NAMES],
				  line);
	}
	assert_int_equal(query, ROUNDS * FILES * NAMES - 1);
	assert_int_equal(fclose(f), 0);
	free(line);
	free(path);
}

/* ---- judging ---- */

static void set_key(int i, const char *type, const char *fields, size_t n)
{
	struct strbuf *blob = &the.keys[i].blob;
	struct strbuf text = STRBUF_INIT(10000);

	strbuf_init(blob, 10000);
	strbuf_add(blob, "\0\0\0", 3);
	strbuf_addch(blob, (char)strlen(type));
	strbuf_addstr(blob, type);
	strbuf_add(blob, fields, n);
	base64_encode(blob->buf, blob->len, &text);
	the.keys[i].type = type;
	the.keys[i].text = strbuf_detach(&text, NULL);
}

/* Keys that ssh-keygen takes for some: any 32 bytes, any odd number. */
static void make_keys(void)
{
	static const char point[] =
		"AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBGsX0fLhLEJH"
		"+Lzm5WOkQPJ3A32BLeszoPShOUXYmMKWT+NC4v4af5uO5+tKfA+eFivOM1drMV7O"
		"y7ZAaDe/UfU=";
	char fields[320];

	for (int i = 0; i < 5; i++) {
		/* NOLINTNEXTLINE(bugprone-not-null-terminated-result) */
		memcpy(fields, "\0\0\0\40", 4);
		memset(fields + 4, 'a' + i, 32);
		/* NOLINTNEXTLINE(bugprone-not-null-terminated-result) */
		memcpy(fields + 36, "\0\0\0\4ssh:", 8);
		if (i < 4)
			set_key(i, "ssh-ed25519", fields, 36);
		else
			set_key(i, "sk-ssh-ed25519@openssh.com", fields, 44);
	}
	strbuf_init(&the.keys[5].blob, 1000);
	assert_int_equal(base64_decode(point, strlen(point), &the.keys[5].blob),
			 0);
	the.keys[5].type = "ecdsa-sha2-nistp256";
	the.keys[5].text = xstrdup(point);
	for (int i = FIRST_RSA; i < KEYS; i++) {
		static const char head[] = "\0\0\0\3\1\0\1\0\0\1\1";

		memcpy(fields, head, sizeof(head));
		memset(fields + sizeof(head), 0xff - i * 2, 256);
		set_key(i, "ssh-rsa", fields, sizeof(head) + 256);
	}
}

struct answer {
	enum kh_verdict verdict;
	int file;
	unsigned long line;
};

/* What the lines that the oracle found say about a key; UNKNOWN: nothing. */
static enum kh_verdict verdict_of(const struct found *found, size_t i,
				  int line_key, int key)
{
	switch (found->v[i].marker) {
	case AUTHORITY:
		return KH_CA_ONLY;
	case REVOKED:
		return line_key == key ? KH_REVOKED : KH_UNKNOWN;
	case PLAIN:
		break;
	}
	if (line_key == key)
		return KH_MATCH;
	return strcmp(the.keys[line_key].type, the.keys[key].type) != 0
		       ? KH_OTHER
		       : KH_CHANGED;
}

/* The first of `order` that speaks, by the first line that does. */
static struct answer judge(int round, int name, int key,
			   const enum kh_verdict *order)
{
	for (; *order != KH_UNKNOWN; order++)
		for (int f = 0; f < FILES; f++) {
			const struct found *found = &the.found[round][f][name];

			for (size_t i = 0; i < found->n; i++) {
				unsigned long line = found->v[i].line;
				int line_key = the.key_of[round][f][line];

				if (line_key < 0)
					fail_msg("RSH_TEST_SEED=%llu: line "
						 "%d.%d:%lu says something",
						 (unsigned long long)the.seed,
						 round, f, line);
				if (verdict_of(found, i, line_key, key) ==
				    *order)
					return (struct answer){ *order, f,
								line };
			}
		}
	return (struct answer){ KH_UNKNOWN, 0, 0 };
}

static struct answer expected(int round, int name, int key)
{
	static const enum kh_verdict all[] = { KH_REVOKED, KH_MATCH,
					       KH_CHANGED, KH_OTHER,
					       KH_CA_ONLY, KH_UNKNOWN };
	static const enum kh_verdict bare[] = { KH_REVOKED, KH_MATCH,
						KH_CA_ONLY, KH_UNKNOWN };
	struct answer a = judge(round, name, key, all);
	struct answer b;

	if (name % 2 == 0 ||
	    (a.verdict != KH_UNKNOWN && a.verdict != KH_CA_ONLY))
		return a;
	b = judge(round, name - 1, key, bare);
	return b.verdict == KH_UNKNOWN || b.verdict == a.verdict ? a : b;
}

static void upper(char *s)
{
	for (; *s; s++)
		*s = (char)toupper(*s);
}

/* All keys for all names, in an order of their own. */
static void check_all(struct knownhosts *kh, int round, const char *when)
{
	static const char *const words[] = {
		[KH_ERROR] = "error",	  [KH_REVOKED] = "revoked",
		[KH_CHANGED] = "changed", [KH_OTHER] = "other",
		[KH_CA_ONLY] = "ca-only", [KH_UNKNOWN] = "unknown",
		[KH_MATCH] = "match",
	};
	struct strvec files = { 0 };
	unsigned int first = below(NAMES * KEYS);

	strvec_push(&files, "0");
	strvec_push(&files, "1");
	for (unsigned int i = 0; i < NAMES * KEYS; i++) {
		int n = (int)((first + i * 7) % (NAMES * KEYS));
		int name = n / KEYS, key = n % KEYS;
		struct kh_key k = { the.keys[key].type, the.keys[key].blob.buf,
				    the.keys[key].blob.len };
		struct answer want = expected(round, name, key);
		char *host = xstrdup(host_of(round, name / 2));
		struct kh_answer got;

		if (percent(20))
			upper(host);
		got = knownhosts_check(kh, &files, host, name % 2 ? PORT : 22,
				       &k);
		/* Which of several good lines it is does not matter. */
		if (got.verdict != want.verdict ||
		    (want.verdict != KH_MATCH && want.verdict != KH_UNKNOWN &&
		     (strtol(got.file, NULL, 10) != want.file ||
		      got.line != want.line)))
			fail_msg("RSH_TEST_SEED=%llu, round %d %s, key %d of "
				 "'%s' port %d: %s %s:%lu, not %s %d:%lu",
				 (unsigned long long)the.seed, round, when, key,
				 host, name % 2 ? PORT : 22, words[got.verdict],
				 got.file ? got.file : "", got.line,
				 words[want.verdict], want.file, want.line);
		the.seen[got.verdict]++;
		free(host);
	}
	strvec_release(&files);
}

/* Whether a type is on file for a name: a plain line that none revokes. */
static bool has_type(int round, int name, const char *type)
{
	static const enum kh_verdict all[] = { KH_REVOKED, KH_MATCH,
					       KH_UNKNOWN };

	for (int key = 0; key < KEYS; key++)
		if (!strcmp(the.keys[key].type, type) &&
		    judge(round, name, key, all).verdict == KH_MATCH)
			return true;
	return false;
}

static void check_types(struct knownhosts *kh, int round)
{
	struct strvec files = { 0 };

	strvec_push(&files, "0");
	strvec_push(&files, "1");
	for (int name = 0; name < NAMES; name++)
		for (int key = 0; key < KEYS; key++) {
			const char *type = the.keys[key].type;
			const char *host = host_of(round, name / 2);
			bool want = has_type(round, name, type);

			if (knownhosts_has_type(kh, &files, host,
						name % 2 ? PORT : 22,
						type) != want)
				fail_msg("RSH_TEST_SEED=%llu, round %d, type "
					 "%s of '%s': %s",
					 (unsigned long long)the.seed, round,
					 type, host, want ? "not there" : "");
		}
	strvec_release(&files);
}

static void add_file(struct knownhosts *kh, int file, const char *text,
		     size_t n)
{
	knownhosts_add(kh, file ? "1" : "0", text, n, NULL);
}

static void files_are_judged_by_what_ssh_keygen_finds(void **state)
{
	(void)state;
	for (int r = 0; r < ROUNDS; r++) {
		struct knownhosts *kh = knownhosts_new();

		for (int f = 0; f < FILES; f++)
			add_file(kh, f, the.files[r][f].buf,
				 the.files[r][f].len);
		check_all(kh, r, "at once");
		check_all(kh, r, "again");
		check_types(kh, r);
		knownhosts_free(kh);
	}
	/* All that can be said was said often. */
	for (int v = KH_REVOKED; v <= KH_MATCH; v++)
		if (the.seen[v] < 20)
			fail_msg("RSH_TEST_SEED=%llu: verdict %d %u times",
				 (unsigned long long)the.seed, v, the.seen[v]);
}

/* What is asked meanwhile changes nothing. */
static void files_that_grow_are_judged_the_same(void **state)
{
	(void)state;
	for (int r = 0; r < ROUNDS; r++) {
		struct knownhosts *kh = knownhosts_new();
		struct strvec files = { 0 };
		size_t at[FILES] = { 0 };

		strvec_push(&files, "1");
		for (int part = 0; part < 4; part++) {
			for (int f = 0; f < FILES; f++) {
				const struct strbuf *t = &the.files[r][f];
				size_t to = t->len;
				int lines = part < 3 ? LINES / 4 : LINES;

				for (to = at[f]; to < t->len && lines; to++)
					lines -= t->buf[to] == '\n';
				add_file(kh, f, t->buf + at[f], to - at[f]);
				at[f] = to;
			}
			for (int name = 0; name < NAMES; name++) {
				struct kh_key k = { the.keys[part].type,
						    the.keys[part].blob.buf,
						    the.keys[part].blob.len };

				(void)knownhosts_check(
					kh, &files, host_of(r, name / 2),
					name % 2 ? PORT : 22, &k);
			}
		}
		check_all(kh, r, "grown");
		check_types(kh, r);
		strvec_release(&files);
		knownhosts_free(kh);
	}
}

static int set_up(void **state)
{
	const char *seed = getenv("RSH_TEST_SEED");

	(void)state;
	the.seed = seed ? strtoull(seed, NULL, 10) : 1;
	the.state = the.seed * 0x9e3779b97f4a7c15ULL | 1;
	(void)snprintf(the.dir, sizeof(the.dir), "/tmp/test_kh_random.XXXXXX");
	assert_non_null(mkdtemp(the.dir));
	the.hmac = digest_hmac_new();
	make_keys();
	make_files();
	ask_oracle();
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	for (int i = 0; i < KEYS; i++) {
		strbuf_release(&the.keys[i].blob);
		free(the.keys[i].text);
	}
	for (int r = 0; r < ROUNDS; r++)
		for (int f = 0; f < FILES; f++)
			strbuf_release(&the.files[r][f]);
	digest_hmac_free(the.hmac);
	return shell("rm -r \"$1\"", the.dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_are_judged_by_what_ssh_keygen_finds),
		cmocka_unit_test(files_that_grow_are_judged_the_same),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
