/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A genders file and, after a line "?", a query: what is found is of the
 * file, and complement and union make all of it.
 */
#include "conf/genders.h"

#include <stdbool.h>

#include "base/alloc.h"
#include "fuzz/fuzz.h"

static size_t count(const struct genders *g, const char *query)
{
	struct strvec nodes = { 0 };
	size_t n;

	assert(!genders_query(g, query, &nodes, NULL, NULL));
	n = nodes.n;
	for (size_t i = 0; i < n; i++)
		assert(genders_value(g, nodes.v[i], "", NULL, NULL) == false);
	strvec_release(&nodes);
	return n;
}

static void check_query(struct genders *g, const char *query)
{
	struct strvec nodes = { 0 };
	struct err err = { 0 };
	char *rest;

	if (genders_query(g, query, &nodes, NULL, &err)) {
		assert(err.code == ERR_CONFIG && err.msg[0]);
		assert(!nodes.n);
	} else if (strlen(query) < 1000 && query[strspn(query, " \t\r\n")]) {
		rest = xasprintf("~(%s)", query);
		if (!genders_query(g, rest, &nodes, NULL, NULL))
			assert(nodes.n == genders_count(g));
		assert(count(g, query) <= genders_count(g));
		free(rest);
	}
	strvec_release(&nodes);
	err_release(&err);
}

/* Words that stand for more than some ten thousand nodes are only slow. */
static bool is_big(const uint8_t *data, size_t size)
{
	unsigned int brackets = 0, digits = 0, longest = 0;

	for (size_t i = 0; i < size; i++) {
		digits = data[i] >= '0' && data[i] <= '9' ? digits + 1 : 0;
		if (digits > longest)
			longest = digits;
		if (data[i] == ' ' || data[i] == '\t' || data[i] == '\n')
			brackets = longest = 0;
		brackets += data[i] == '[';
		if (longest > 4 || brackets > 2 || longest * brackets > 4)
			return true;
	}
	return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct err err = { 0 };
	struct genders *g;
	char *text, *query;

	if (is_big(data, size))
		return 0;
	text = xmemdup(data, size);
	query = strstr(text, "\n?\n");
	g = genders_parse("in", text, query ? (size_t)(query - text) : size,
			  &err);
	if (!g) {
		assert(err.code == ERR_CONFIG && err.msg[0]);
	} else {
		for (size_t i = 0; i < genders_count(g) && i < 100; i++)
			(void)genders_swap(g, genders_node(g, i));
		check_query(g, query ? query + 3 : "a");
	}
	genders_free(g);
	err_release(&err);
	free(text);
	return 0;
}
