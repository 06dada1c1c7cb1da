/* SPDX-License-Identifier: Apache-2.0 */
/*
 * usage: askgroups < QUESTIONS
 * Host lists and genders, many in one process.  A question is a line of two
 * or three words with TABs between; each gets a line of names with commas
 * between, or "error: ...".
 *
 *	list TEXT	the hosts of a list, groups of this machine among them
 *	query TEXT	the nodes of a query, in the genders file
 *	value NODE ATTR	"=VALUE", "+" for one without a value, "-" for none
 *	names SOURCE	the groups of a source; "": of all that are searched
 *	sources		the sources
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/groupenv.h"
#include "conf/genders.h"
#include "conf/gendersource.h"

static int ask_list(struct groups *g, const char *text, struct strvec *out,
		    struct err *err)
{
	const struct hostlist_source source = groupenv_source(g);
	struct hostlist *hl = hostlist_new();
	int rc = hostlist_parse(hl, text, &source, err);

	for (size_t i = 0; !rc && i < hostlist_count(hl); i++)
		strvec_push(out, hostlist_get(hl, i));
	hostlist_free(hl);
	return rc;
}

static void ask_value(const struct genders *genders, const char *node,
		      const char *attr, struct strvec *out)
{
	struct strbuf value = STRBUF_INIT(1 << 16);
	bool has_value;

	if (!genders_value(genders, node, attr, &value, &has_value))
		strvec_push(out, "-");
	else if (!has_value)
		strvec_push(out, "+");
	else
		strvec_push(out, value.buf);
	strbuf_release(&value);
}

static int ask(struct groups *g, const char *verb, const char *text,
	       struct strvec *out, struct err *err)
{
	struct genders *genders = NULL;
	const char *tab = strchr(text, '\t');
	char node[256] = "";
	int rc = 0;

	if (!strcmp(verb, "list"))
		return ask_list(g, text, out, err);
	if (!strcmp(verb, "names"))
		return groups_names(g, *text ? text : NULL, out, err);
	if (!strcmp(verb, "sources"))
		return groups_sources(g, out, err);
	if (genders_load(g, NULL, &genders, err) < 0)
		return -1;
	if (!genders)
		return err_set(err, ERR_CONFIG, "no genders file");
	if (!strcmp(verb, "query")) {
		rc = genders_query(genders, text, out, NULL, err);
	} else if (tab && (size_t)(tab - text) < sizeof(node)) {
		memcpy(node, text, (size_t)(tab - text));
		ask_value(genders, node, tab + 1, out);
	}
	genders_free(genders);
	return rc;
}

int main(void)
{
	struct groups *g = groupenv_new();
	char line[65536];

	while (fgets(line, sizeof(line), stdin)) {
		struct strvec out = { 0 };
		struct err err = { 0 };
		char *text;

		line[strcspn(line, "\n")] = '\0';
		text = strchr(line, '\t');
		if (text)
			*text++ = '\0';
		if (ask(g, line, text ? text : "", &out, &err))
			printf("error: %s\n", err.msg);
		else
			for (size_t i = 0; i < out.n || !i; i++)
				printf("%s%s", i < out.n ? out.v[i] : "",
				       i + 1 < out.n ? "," : "\n");
		err_release(&err);
		strvec_release(&out);
	}
	groups_free(g);
	return 0;
}
