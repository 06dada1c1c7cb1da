/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/ttymodes.h"

#include "lib/test.h"

#include <stdint.h>
#include <unistd.h>

/* The value that `op` has among `n` bytes; UINT32_MAX: it is not there. */
static uint32_t value_of(const unsigned char *p, size_t n, unsigned char op)
{
	assert_int_equal(n % 5, 1);
	assert_int_equal(p[n - 1], 0);
	for (size_t i = 0; i + 5 <= n; i += 5)
		if (p[i] == op)
			return (uint32_t)p[i + 1] << 24 |
			       (uint32_t)p[i + 2] << 16 |
			       (uint32_t)p[i + 3] << 8 | p[i + 4];
	return UINT32_MAX;
}

static void modes_have_their_numbers(void **state)
{
	static const struct {
		const char *name;
		unsigned char op;
		uint32_t value;
	} rows[] = {
		/* clang-format off */
		{ "VINTR",    1,   3 },   { "VERASE",  3,   127 },
		{ "VSUSP",    10,  255 }, { "VDSUSP",  11,  UINT32_MAX },
		{ "ICRNL",    36,  1 },   { "IXOFF",   40,  0 },
		{ "IUTF8",    42,  1 },   { "ISIG",    50,  1 },
		{ "ECHO",     53,  0 },   { "OPOST",   70,  1 },
		{ "ONLCR",    72,  1 },   { "CS7",     90,  0 },
		{ "CS8",      91,  1 },   { "PARENB",  92,  0 },
		{ "ispeed",   128, 115200 }, { "ospeed", 129, 115200 },
		/* clang-format on */
	};
	struct termios t = {
		.c_iflag = ICRNL | IUTF8,
		.c_oflag = OPOST | ONLCR,
		.c_lflag = ISIG,
		.c_cflag = CS8,
	};
	unsigned char out[TTYMODES_MAX];
	size_t n;

	(void)state;
	t.c_cc[VINTR] = 3;
	t.c_cc[VERASE] = 127;
	t.c_cc[VSUSP] = _POSIX_VDISABLE;
	cfsetispeed(&t, B115200);
	cfsetospeed(&t, B115200);
	n = ttymodes_encode(&t, out);
	assert_true(n <= sizeof(out));
	for (size_t i = 0; i < COUNT(rows); i++)
		ROW(value_of(out, n, rows[i].op) == rows[i].value,
		    rows[i].name);
}

/* None twice, and in no more room than there is. */
static void each_is_there_once(void **state)
{
	const struct termios t = { .c_cflag = CS7 };
	unsigned char out[TTYMODES_MAX];
	size_t n = ttymodes_encode(&t, out);
	unsigned int seen[256] = { 0 };

	(void)state;
	for (size_t i = 0; i + 5 <= n; i += 5)
		assert_int_equal(seen[out[i]]++, 0);
	assert_int_equal(value_of(out, n, 90), 1);
	assert_int_equal(value_of(out, n, 91), 0);
	assert_int_equal(value_of(out, n, 129), 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(modes_have_their_numbers),
		cmocka_unit_test(each_is_there_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
