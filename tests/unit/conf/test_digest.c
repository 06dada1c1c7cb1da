/* SPDX-License-Identifier: Apache-2.0 */
#include "conf/digest.h"

#include "lib/test.h"

static void check_hex(const unsigned char *p, size_t n, const char *want)
{
	struct strbuf hex = STRBUF_INIT(200);

	for (size_t i = 0; i < n; i++)
		strbuf_addf(&hex, "%02x", p[i]);
	assert_string_equal(hex.buf, want);
	strbuf_release(&hex);
}

/* FIPS 180 and RFC 2202. */
static void digests_match_the_standards(void **state)
{
	unsigned char sha1[DIGEST_SHA1], sha256[DIGEST_SHA256], key[20];
	struct digest_hmac *h = digest_hmac_new();

	(void)state;
	digest_sha1("abc", 3, sha1);
	check_hex(sha1, sizeof(sha1),
		  "a9993e364706816aba3e25717850c26c9cd0d89d");
	digest_sha256("abc", 3, sha256);
	check_hex(sha256, sizeof(sha256),
		  "ba7816bf8f01cfea414140de5dae2223"
		  "b00361a396177a9cb410ff61f20015ad");
	memset(key, 0x0b, sizeof(key));
	digest_hmac_sha1(h, key, sizeof(key), "Hi There", 8, sha1);
	check_hex(sha1, sizeof(sha1),
		  "b617318655057264e28bc0b6fb378c8ef146be00");
	digest_hmac_sha1(h, "Jefe", 4, "what do ya want for nothing?", 28,
			 sha1);
	check_hex(sha1, sizeof(sha1),
		  "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
	digest_hmac_free(h);
	digest_hmac_free(NULL);
}

/* RFC 4648. */
static void base64_goes_both_ways(void **state)
{
	static const struct {
		const char *plain, *coded;
	} rows[] = {
		{ "f", "Zg==" },	 { "fo", "Zm8=" },
		{ "foo", "Zm9v" },	 { "foob", "Zm9vYg==" },
		{ "fooba", "Zm9vYmE=" }, { "foobar", "Zm9vYmFy" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct strbuf sb = STRBUF_INIT(100);

		base64_encode(rows[i].plain, strlen(rows[i].plain), &sb);
		assert_string_equal(sb.buf, rows[i].coded);
		strbuf_reset(&sb);
		assert_int_equal(base64_decode(rows[i].coded,
					       strlen(rows[i].coded), &sb),
				 0);
		assert_int_equal(sb.len, strlen(rows[i].plain));
		assert_string_equal(sb.buf, rows[i].plain);
		strbuf_release(&sb);
	}
}

static void what_is_no_base64_is_refused(void **state)
{
	static const char *const bad[] = { "",	    "Zg",    "Zg=",  "Zg===",
					   "Z===",  "====",  " Zg=", "Zg= ",
					   "Z\nGc", "Zm9v=", "Zm-_", "=Zg=" };
	struct strbuf sb = STRBUF_INIT(100);

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++)
		ROW(base64_decode(bad[i], strlen(bad[i]), &sb) == -1, bad[i]);
	assert_int_equal(sb.len, 0);
}

static void random_bytes_differ(void **state)
{
	unsigned char a[20] = { 0 }, b[20] = { 0 };

	(void)state;
	digest_random(a, sizeof(a));
	digest_random(b, sizeof(b));
	assert_memory_not_equal(a, b, sizeof(a));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(digests_match_the_standards),
		cmocka_unit_test(base64_goes_both_ways),
		cmocka_unit_test(what_is_no_base64_is_refused),
		cmocka_unit_test(random_bytes_differ),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
