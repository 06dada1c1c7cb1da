/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Patterns: globs and lists of them, address ranges, regular expressions.
 */
#include "base/match.h"

#include <arpa/inet.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/text.h"
#include "base/banned.h"

enum {
	REGEX_PATTERN_MAX = 4096,
	REGEX_STEPS = 100000,
	REGEX_HEAP_KIB = 64,
};

static char fold(char c, bool fold_case)
{
	return fold_case && c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

/*
 * Only the last `*` is ever taken back: what an earlier one matched can stay
 * as short as it was, for the last one can take up the rest.
 */
static bool fits(const char *p, const char *p_end, const char *text,
		 bool fold_case)
{
	const char *star = NULL;
	const char *star_text = NULL;

	while (*text) {
		if (p < p_end && *p == '*') {
			star = ++p;
			star_text = text;
		} else if (p < p_end &&
			   (*p == '?' ||
			    fold(*p, fold_case) == fold(*text, fold_case))) {
			p++;
			text++;
		} else if (star) {
			p = star;
			text = ++star_text;
		} else {
			return false;
		}
	}
	while (p < p_end && *p == '*')
		p++;
	return p == p_end;
}

bool match_glob(const char *pattern, const char *text)
{
	return fits(pattern, pattern + strlen(pattern), text, false);
}

enum match_verdict match_list(const char *list, const char *text,
			      bool fold_case)
{
	enum match_verdict verdict = MATCH_NONE;

	for (;;) {
		const char *end = list + strcspn(list, ",");
		bool negated = *list == '!';

		if (fits(list + negated, end, text, fold_case)) {
			if (negated)
				return MATCH_NEGATED;
			verdict = MATCH_POSITIVE;
		}
		if (!*end)
			return verdict;
		list = end + 1;
	}
}

struct address {
	int family;
	unsigned int nbits;
	unsigned char bytes[sizeof(struct in6_addr)];
};

static int parse_address(const char *s, struct address *a)
{
	*a = (struct address){ .family = AF_INET, .nbits = 32 };
	if (inet_pton(AF_INET, s, a->bytes) == 1)
		return 0;
	*a = (struct address){ .family = AF_INET6, .nbits = 128 };
	return inet_pton(AF_INET6, s, a->bytes) == 1 ? 0 : -1;
}

/* Whether `a` and `b` agree in their first `nbits`. */
static bool same_network(const struct address *a, const struct address *b,
			 unsigned int nbits)
{
	unsigned int whole = nbits / 8;
	unsigned int mask = 0xff00u >> nbits % 8 & 0xff;

	if (a->family != b->family || memcmp(a->bytes, b->bytes, whole) != 0)
		return false;
	return !mask || ((a->bytes[whole] ^ b->bytes[whole]) & mask) == 0;
}

/*
 * Read "address" or "address/bits".  As in ssh_config(5), bits set past the
 * mask are an error: who wrote them meant something else.
 */
static int parse_network(char *s, struct address *network, unsigned int *nbits)
{
	char *slash = strchr(s, '/');
	struct address masked;
	uint64_t bits;

	if (slash)
		*slash = '\0';
	if (parse_address(s, network))
		return -1;
	bits = network->nbits;
	if (slash && parse_uint(slash + 1, 0, network->nbits, &bits))
		return -1;
	*nbits = (unsigned int)bits;
	masked = *network;
	for (unsigned int i = *nbits; i < network->nbits; i++)
		masked.bytes[i / 8] &= (unsigned char)~(0x80u >> i % 8);
	if (memcmp(masked.bytes, network->bytes, sizeof(masked.bytes)) != 0)
		return -1;
	return 0;
}

int match_cidr(const char *addr, const char *list)
{
	struct address address;
	bool readable = parse_address(addr, &address) == 0;
	bool positive = false;
	bool negative = false;

	for (;;) {
		size_t len = strcspn(list, ",");
		bool negated = *list == '!';
		struct address network;
		unsigned int nbits;
		char entry[64];

		if (len - negated >= sizeof(entry))
			return -1;
		memcpy(entry, list + negated, len - negated);
		entry[len - negated] = '\0';
		if (parse_network(entry, &network, &nbits))
			return -1;
		if (readable && same_network(&address, &network, nbits)) {
			positive |= !negated;
			negative |= negated;
		}
		if (!list[len])
			return positive && !negative;
		list += len + 1;
	}
}

struct regex {
	pcre2_code *code;
	pcre2_match_context *context;
	pcre2_match_data *data;
	char *pattern; /* printable, for messages */
};

/*
 * PCRE2's own limit counts anew from each place in the text where a match may
 * start.  So count the pattern's items as they are tried, over all of them.
 */
static int count_step(pcre2_callout_block *block, void *arg)
{
	unsigned int *steps = arg;

	(void)block;
	return ++*steps > REGEX_STEPS ? PCRE2_ERROR_MATCHLIMIT : 0;
}

static struct regex *regex_new(pcre2_code *code, const char *pattern)
{
	struct regex *re = xcalloc(1, sizeof(*re));

	re->code = code;
	re->context = pcre2_match_context_create(NULL);
	re->data = pcre2_match_data_create(REGEX_GROUPS + 1, NULL);
	re->pattern = text_vis_dup(pattern, strlen(pattern), 64);
	return re;
}

struct regex *regex_compile(const char *pattern, struct err *err)
{
	size_t n = strlen(pattern);
	uint32_t options = PCRE2_NEVER_BACKSLASH_C | PCRE2_AUTO_CALLOUT;
	PCRE2_UCHAR message[120];
	PCRE2_SIZE offset;
	struct regex *re;
	pcre2_code *code;
	int code_err;

	if (n > REGEX_PATTERN_MAX) {
		err_set(err, ERR_USAGE, _("pattern is longer than %d bytes"),
			REGEX_PATTERN_MAX);
		return NULL;
	}
	/* Without UTF, names that are not valid UTF-8 are bytes. */
	if (text_is_utf8(pattern, n))
		options |= PCRE2_UTF | PCRE2_MATCH_INVALID_UTF;
	code = pcre2_compile((PCRE2_SPTR)pattern, n, options, &code_err,
			     &offset, NULL);
	if (!code) {
		char *visible = text_vis_dup(pattern, n, 64);

		(void)pcre2_get_error_message(code_err, message,
					      sizeof(message));
		err_set(err, ERR_USAGE, _("bad pattern '%s' at column %zu: %s"),
			visible, (size_t)offset + 1, (const char *)message);
		free(visible);
		return NULL;
	}
	re = regex_new(code, pattern);
	if (!re->context || !re->data) {
		err_set(err, ERR_LOCAL, _("cannot prepare pattern '%s'"),
			re->pattern);
		regex_free(re);
		return NULL;
	}
	(void)pcre2_set_match_limit(re->context, REGEX_STEPS);
	(void)pcre2_set_heap_limit(re->context, REGEX_HEAP_KIB);
	return re;
}

int regex_match(const struct regex *re, const char *text, size_t n,
		struct err *err)
{
	unsigned int steps = 0;
	int rc;

	(void)pcre2_set_callout(re->context, count_step, &steps);
	rc = pcre2_match(re->code, (PCRE2_SPTR)text, n, 0, 0, re->data,
			 re->context);
	if (rc >= 0)
		return 1;
	if (rc == PCRE2_ERROR_NOMATCH)
		return 0;
	return err_set(err, ERR_USAGE,
		       _("pattern '%s' takes too long to match"), re->pattern);
}

unsigned int regex_find_group(const struct regex *re, const char *name)
{
	int i = pcre2_substring_number_from_name(re->code, (PCRE2_SPTR)name);

	return i > 0 && i <= REGEX_GROUPS ? (unsigned int)i : 0;
}

bool regex_group(const struct regex *re, unsigned int i, size_t *at,
		 size_t *len)
{
	const PCRE2_SIZE *ends =
		pcre2_get_ovector_pointer(re->data) + (size_t)2 * i;

	/* \K in a look-around can make a match end before it begins. */
	if (i > REGEX_GROUPS || ends[0] == PCRE2_UNSET || ends[1] < ends[0])
		return false;
	*at = ends[0];
	*len = ends[1] - ends[0];
	return true;
}

void regex_free(struct regex *re)
{
	if (!re)
		return;
	pcre2_match_data_free(re->data);
	pcre2_match_context_free(re->context);
	pcre2_code_free(re->code);
	free(re->pattern);
	free(re);
}
