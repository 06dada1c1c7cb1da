/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Read as an agent reads it; agentforward.bats has a real one.
 */
#include "ssh/agentbind.h"

#include "lib/test.h"

#include <openssl/evp.h>

#include "base/be32.h"

struct reader {
	const unsigned char *p;
	size_t left;
};

static struct reader get_string(struct reader *r)
{
	struct reader s;

	assert_true(r->left >= 4);
	s.left = be32_get(r->p);
	s.p = r->p + 4;
	assert_true(s.left <= r->left - 4);
	r->p = s.p + s.left;
	r->left -= 4 + s.left;
	return s;
}

static unsigned char get_byte(struct reader *r)
{
	assert_true(r->left > 0);
	r->left--;
	return *r->p++;
}

static void expect_text(struct reader s, const char *text)
{
	assert_int_equal(s.left, strlen(text));
	assert_memory_equal(s.p, text, s.left);
}

/* The second string of a blob whose first is its type. */
static struct reader payload(struct reader blob, size_t size)
{
	struct reader s;

	expect_text(get_string(&blob), "ssh-ed25519");
	s = get_string(&blob);
	assert_int_equal(s.left, size);
	assert_int_equal(blob.left, 0);
	return s;
}

static void names_a_host_that_signed_and_a_way_on(void **state)
{
	struct strbuf sb = STRBUF_INIT(AGENTBIND_MAX);
	struct reader r, key, sid, signature;
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	EVP_PKEY *pkey;

	(void)state;
	assert_int_equal(agentbind_nobody(&sb, NULL), 0);
	r = (struct reader){ (const unsigned char *)sb.buf, sb.len };
	r = get_string(&r);
	assert_int_equal(r.left, sb.len - 4);
	assert_int_equal(get_byte(&r), 27);
	expect_text(get_string(&r), "session-bind@openssh.com");
	key = payload(get_string(&r), 32);
	sid = get_string(&r);
	signature = payload(get_string(&r), 64);
	assert_int_equal(get_byte(&r), 1);
	assert_int_equal(r.left, 0);

	pkey = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, key.p,
					   key.left);
	assert_non_null(pkey);
	assert_int_equal(EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, pkey), 1);
	assert_int_equal(EVP_DigestVerify(ctx, signature.p, signature.left,
					  sid.p, sid.left),
			 1);
	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(pkey);
	strbuf_release(&sb);
}

static void is_another_one_each_time(void **state)
{
	struct strbuf a = STRBUF_INIT(AGENTBIND_MAX);
	struct strbuf b = STRBUF_INIT(AGENTBIND_MAX);

	(void)state;
	assert_int_equal(agentbind_nobody(&a, NULL), 0);
	assert_int_equal(agentbind_nobody(&b, NULL), 0);
	assert_int_equal(a.len, b.len);
	assert_memory_not_equal(a.buf, b.buf, a.len);
	strbuf_release(&a);
	strbuf_release(&b);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_a_host_that_signed_and_a_way_on),
		cmocka_unit_test(is_another_one_each_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
