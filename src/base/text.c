/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Numbers, spans of time, sizes; and UTF-8: widths, and making control bytes
 * visible.
 *
 * Notes: nothing here asks the locale.  A terminal is taken to read UTF-8, so
 * a byte of 0x80-0x9f inside a valid character is no control byte.
 */
#include "base/text.h"

#include <inttypes.h>
#include <string.h>

#include "base/alloc.h"
#include "base/strbuf.h"
#include "base/banned.h"

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Read digits up to `max`.  Returns where they end, NULL if none or more. */
static const char *digits(const char *s, uint64_t max, uint64_t *out)
{
	uint64_t n = 0;

	if (!is_digit(*s))
		return NULL;
	for (; is_digit(*s); s++) {
		unsigned int d = (unsigned int)(*s - '0');

		if (n > max / 10 || d > max - n * 10)
			return NULL;
		n = n * 10 + d;
	}
	*out = n;
	return s;
}

int parse_uint(const char *s, uint64_t min, uint64_t max, uint64_t *out)
{
	uint64_t n;

	s = digits(s, max, &n);
	if (!s || *s || n < min)
		return -1;
	*out = n;
	return 0;
}

struct unit {
	const char *word; /* longer words before their beginnings */
	uint64_t factor;
};

static const struct unit span_units[] = {
	/* clang-format off */
	{ "ms", 1 },
	{ "s",  1000 },
	{ "m",  UINT64_C(60) * 1000 },
	{ "h",  UINT64_C(60) * 60 * 1000 },
	{ "d",  UINT64_C(24) * 60 * 60 * 1000 },
	{ "w",  UINT64_C(7) * 24 * 60 * 60 * 1000 },
	{ "",   1000 },
	/* clang-format on */
};

static const struct unit size_units[] = {
	/* clang-format off */
	{ "k", UINT64_C(1) << 10 },
	{ "m", UINT64_C(1) << 20 },
	{ "g", UINT64_C(1) << 30 },
	{ "t", UINT64_C(1) << 40 },
	{ "",  1 },
	/* clang-format on */
};

/* The first unit that `s` begins with; each table ends in one that fits. */
static const struct unit *unit_at(const struct unit *units, const char *s)
{
	while (strncasecmp(s, units->word, strlen(units->word)) != 0)
		units++;
	return units;
}

/* Read ".25" as that part of `factor`.  What it is less than 1 of is lost. */
static const char *fraction(const char *s, uint64_t *num, uint64_t *den)
{
	*num = 0;
	*den = 1;
	if (*s != '.')
		return s;
	s++;
	if (!is_digit(*s))
		return NULL;
	for (; is_digit(*s); s++) {
		if (*den >= 1000000)
			continue;
		*num = *num * 10 + (unsigned int)(*s - '0');
		*den *= 10;
	}
	return s;
}

int parse_span(const char *s, uint64_t max_ms, uint64_t *out_ms)
{
	uint64_t total = 0;

	if (!*s)
		return -1;
	while (*s) {
		const struct unit *unit;
		uint64_t whole;
		uint64_t num;
		uint64_t den;
		uint64_t part;

		s = digits(s, max_ms, &whole);
		if (!s)
			return -1;
		s = fraction(s, &num, &den);
		if (!s)
			return -1;
		unit = unit_at(span_units, s);
		s += strlen(unit->word);
		part = num * unit->factor / den;
		if (whole > (max_ms - total) / unit->factor)
			return -1;
		total += whole * unit->factor;
		if (part > max_ms - total)
			return -1;
		total += part;
	}
	*out_ms = total;
	return 0;
}

int parse_size(const char *s, uint64_t max, uint64_t *out)
{
	const struct unit *unit;
	uint64_t n;

	s = digits(s, max, &n);
	if (!s)
		return -1;
	unit = unit_at(size_units, s);
	if (s[strlen(unit->word)] || n > max / unit->factor)
		return -1;
	*out = n * unit->factor;
	return 0;
}

void text_size(struct strbuf *sb, uint64_t bytes)
{
	static const char units[] = "KMGTPE";
	double n = (double)bytes;
	size_t i = 0;

	if (bytes < 1024) {
		(void)strbuf_addf(sb, "%" PRIu64, bytes);
		return;
	}
	/* 1023.96K would be shown as 1024.0K */
	n /= 1024;
	while (n >= 1023.95) {
		n /= 1024;
		i++;
	}
	(void)strbuf_addf(sb, "%.1f%c", n, units[i]);
}

void text_span(struct strbuf *sb, uint64_t ms)
{
	uint64_t s = ms / 1000;
	uint64_t m = s / 60;
	uint64_t h = m / 60;
	uint64_t d = h / 24;

	if (d)
		strbuf_addf(sb, "%" PRIu64 "d%02" PRIu64 "h", d, h % 24);
	else if (h)
		strbuf_addf(sb, "%" PRIu64 "h%02" PRIu64 "m", h, m % 60);
	else if (m)
		strbuf_addf(sb, "%" PRIu64 "m%02" PRIu64 "s", m, s % 60);
	else if (s && s < 10 && ms % 1000 >= 100)
		strbuf_addf(sb, "%" PRIu64 ".%" PRIu64 "s", s, ms % 1000 / 100);
	else if (s)
		strbuf_addf(sb, "%" PRIu64 "s", s);
	else
		strbuf_addf(sb, "%" PRIu64 "ms", ms);
}

void text_seconds(struct strbuf *sb, uint64_t ms)
{
	if (ms < 1000)
		strbuf_addstr(sb, "0s");
	else
		text_span(sb, ms / 1000 * 1000);
}

size_t text_decode(const void *text, size_t n, uint32_t *out)
{
	const unsigned char *s = text;
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t len;
	uint32_t c;

	if (s[0] < 0x80) {
		*out = s[0];
		return 1;
	}
	if (s[0] < 0xc2 || s[0] > 0xf4)
		return 0;
	len = s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;
	if (len > n)
		return 0;
	c = s[0] & (0xffu >> (len + 1));
	for (size_t i = 1; i < len; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (s[i] & 0x3f);
	}
	if (c < least[len] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return 0;
	*out = c;
	return len;
}

bool text_is_utf8(const void *s, size_t n)
{
	const unsigned char *p = s;

	while (n) {
		uint32_t c;
		size_t len = text_decode(p, n, &c);

		if (!len)
			return false;
		p += len;
		n -= len;
	}
	return true;
}

size_t text_char(const void *s, size_t n)
{
	uint32_t c;
	size_t len = text_decode(s, n, &c);

	return len ? len : 1;
}

size_t text_encode(uint32_t c, char out[4])
{
	static const unsigned char first[] = { 0, 0, 0xc0, 0xe0, 0xf0 };
	size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;

	for (size_t i = n - 1; i > 0; i--) {
		out[i] = (char)(0x80 | (c & 0x3f));
		c >>= 6;
	}
	out[0] = (char)(first[n] | c);
	return n;
}

struct range {
	uint32_t first, last;
};

/* Characters that take no column: marks of the larger scripts, joiners. */
static const struct range zero_wide[] = {
	{ 0x0300, 0x036f }, { 0x0483, 0x0489 }, { 0x0591, 0x05bd },
	{ 0x05bf, 0x05c7 }, { 0x0610, 0x061a }, { 0x064b, 0x065f },
	{ 0x0670, 0x0670 }, { 0x06d6, 0x06dc }, { 0x06df, 0x06e4 },
	{ 0x0900, 0x0902 }, { 0x093a, 0x093a }, { 0x093c, 0x093c },
	{ 0x0941, 0x0948 }, { 0x094d, 0x094d }, { 0x0e31, 0x0e31 },
	{ 0x0e34, 0x0e3a }, { 0x0e47, 0x0e4e }, { 0x1160, 0x11ff },
	{ 0x1ab0, 0x1aff }, { 0x1dc0, 0x1dff }, { 0x200b, 0x200f },
	{ 0x202a, 0x202e }, { 0x2060, 0x206f }, { 0x20d0, 0x20ff },
	{ 0x302a, 0x302d }, { 0x3099, 0x309a }, { 0xfe00, 0xfe0f },
	{ 0xfe20, 0xfe2f }, { 0xfeff, 0xfeff }, { 0xe0100, 0xe01ef },
};

/* Characters that take two: East Asian wide and full width, emoji. */
static const struct range double_wide[] = {
	{ 0x1100, 0x115f },   { 0x231a, 0x231b },   { 0x23e9, 0x23ec },
	{ 0x25fd, 0x25fe },   { 0x2614, 0x2615 },   { 0x2648, 0x2653 },
	{ 0x26aa, 0x26ab },   { 0x26bd, 0x26be },   { 0x26c4, 0x26c5 },
	{ 0x2705, 0x2705 },   { 0x270a, 0x270b },   { 0x2728, 0x2728 },
	{ 0x274c, 0x274c },   { 0x2753, 0x2755 },   { 0x2795, 0x2797 },
	{ 0x2e80, 0x303e },   { 0x3041, 0x4dbf },   { 0x4e00, 0xa4cf },
	{ 0xa960, 0xa97f },   { 0xac00, 0xd7a3 },   { 0xf900, 0xfaff },
	{ 0xfe30, 0xfe6f },   { 0xff00, 0xff60 },   { 0xffe0, 0xffe6 },
	{ 0x1f300, 0x1f64f }, { 0x1f680, 0x1f6ff }, { 0x1f7e0, 0x1f7eb },
	{ 0x1f900, 0x1f9ff }, { 0x1fa70, 0x1faff }, { 0x20000, 0x3fffd },
};

static bool in_ranges(const struct range *ranges, size_t n, uint32_t c)
{
	while (n) {
		const struct range *middle = &ranges[n / 2];

		if (c < middle->first) {
			n /= 2;
		} else if (c > middle->last) {
			ranges = middle + 1;
			n -= n / 2 + 1;
		} else {
			return true;
		}
	}
	return false;
}

#define IN_RANGES(ranges, c)                                                   \
	in_ranges((ranges), sizeof(ranges) / sizeof((ranges)[0]), (c))

size_t text_width(const char *s, size_t n)
{
	const unsigned char *p = (const unsigned char *)s;
	size_t width = 0;

	while (n) {
		uint32_t c = 0;
		size_t len = text_decode(p, n, &c);

		if (!len)
			len = 1; /* an invalid byte: c stays 0, one column */
		if (IN_RANGES(double_wide, c))
			width += 2;
		else if (!IN_RANGES(zero_wide, c))
			width += 1;
		p += len;
		n -= len;
	}
	return width;
}

size_t text_items(const char *list, size_t columns)
{
	size_t fit = 0;

	for (size_t end = 0; list[end]; end++) {
		const char *gap = strstr(list + end, "  ");

		end = gap ? (size_t)(gap - list) : strlen(list);
		if (text_width(list, end) > columns)
			break;
		fit = end;
		if (!gap)
			break;
	}
	return fit;
}

size_t text_row(const char *s, size_t columns)
{
	const size_t n = strlen(s);
	size_t at = 0, used = 0, words = 0;

	while (at < n) {
		size_t len = text_char(s + at, n - at);

		used += text_width(s + at, len);
		if (used > columns)
			return words ? words : at ? at : len;
		if (s[at] != ' ' && s[at + len] == ' ')
			words = at + len;
		at += len;
	}
	return n;
}

/*
 * Whether a terminal may act on `c`: control characters, line separators and
 * the overrides of writing direction, with which a line can lie about itself.
 */
static bool is_active(uint32_t c, enum vis_flags flags)
{
	if (c == '\t')
		return false;
	if (c == '\n')
		return flags != VIS_KEEP_LF;
	return c < 0x20 || (c >= 0x7f && c <= 0x9f) ||
	       (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

/* The length of the harmless character at `p`, 0 if it is none. */
static size_t harmless(const unsigned char *p, size_t n, enum vis_flags flags)
{
	uint32_t c;
	size_t len;

	if (*p >= 0x20 && *p < 0x7f)
		return 1; /* nearly all there ever is, so make it quick */
	len = text_decode(p, n, &c);
	return len && !is_active(c, flags) ? len : 0;
}

void text_vis(struct strbuf *sb, const void *s, size_t n, enum vis_flags flags)
{
	const unsigned char *p = s;

	while (n) {
		size_t run = 0;

		while (run < n) {
			size_t len = harmless(p + run, n - run, flags);

			if (!len)
				break;
			run += len;
		}
		strbuf_add(sb, p, run);
		p += run;
		n -= run;
		if (n) {
			strbuf_addf(sb, "\\%03o", (unsigned int)*p);
			p++;
			n--;
		}
	}
}

char *text_vis_dup(const void *s, size_t n, size_t max)
{
	struct strbuf sb = STRBUF_INIT(SIZE_MAX / 2);

	text_vis(&sb, s, n < max ? n : max, VIS_LINE);
	if (n > max)
		strbuf_addstr(&sb, "...");
	return strbuf_detach(&sb, NULL);
}

/* Words longer than this are no typing mistakes of each other. */
enum {
	DISTANCE_MAX = 64
};

static size_t least_of(size_t a, size_t b)
{
	return a < b ? a : b;
}

size_t text_distance(const char *a, const char *b)
{
	size_t rows[3][DISTANCE_MAX + 1];
	size_t *before = rows[0];
	size_t *last = rows[1];
	size_t *row = rows[2];
	size_t na = strlen(a);
	size_t nb = strlen(b);

	if (na > DISTANCE_MAX || nb > DISTANCE_MAX)
		return strcmp(a, b) != 0 ? na + nb : 0;
	for (size_t j = 0; j <= nb; j++) {
		before[j] = 0;
		last[j] = j;
	}
	for (size_t i = 1; i <= na; i++) {
		size_t *spare = before;

		row[0] = i;
		for (size_t j = 1; j <= nb; j++) {
			size_t cost = a[i - 1] != b[j - 1];

			row[j] = least_of(last[j - 1] + cost,
					  least_of(last[j], row[j - 1]) + 1);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			    a[i - 2] == b[j - 1])
				row[j] = least_of(row[j], before[j - 2] + 1);
		}
		before = last;
		last = row;
		row = spare;
	}
	return last[nb];
}
