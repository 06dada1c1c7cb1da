/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rsh hosts: what lists of hosts stand for.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/log.h"
#include "base/text.h"
#include "cmd/cmd.h"
#include "cmd/groupenv.h"
#include "cmd/regroup.h"
#include "cmd/userconf.h"
#include "conf/groups.h"
#include "conf/hostlist.h"
#include "conf/hostlist_slice.h"
#include "conf/options.h"
#include "io/tty.h"

#include "base/banned.h"

#define PARTS_MAX    HOSTLIST_MAX_HOSTS
#define CLUSTERS     "cluster"
#define HELP_COLUMNS 100

enum wanted {
	WANT_FOLD,
	WANT_EXPAND,
	WANT_COUNT,
	WANT_REGROUP,
	WANT_GROUPS,
	WANT_CLUSTERS,
	WANT_SOURCES,
};

/* A list of the command line and what is done with it. */
struct step {
	enum hostlist_op op;
	const char *text;
};

struct hosts {
	int wanted;
	const char *separator; /* NULL: not given */
	const char *slice;
	uint64_t pick;
	uint64_t split;
	int contiguous;
	int sort;
	int all;
	const char *source_name;
	const char *config_file;
	struct strvec filters;
	const char *help;
	struct step *steps;
	size_t nsteps;
	size_t steps_cap;

	struct rshconf *rsh;
	struct groups *groups;
	struct hostlist_source source;
};

static int add_step(struct hosts *h, enum hostlist_op op, const char *text)
{
	h->steps = grow_array(h->steps, &h->steps_cap, h->nsteps,
			      sizeof(*h->steps));
	h->steps[h->nsteps++] = (struct step){ op, text };
	return 0;
}

static int step_difference(void *hosts, const char *arg, struct err *err)
{
	(void)err;
	return add_step(hosts, HOSTLIST_DIFFERENCE, arg);
}

static int step_intersection(void *hosts, const char *arg, struct err *err)
{
	(void)err;
	return add_step(hosts, HOSTLIST_INTERSECTION, arg);
}

static int step_symmetric(void *hosts, const char *arg, struct err *err)
{
	(void)err;
	return add_step(hosts, HOSTLIST_SYMMETRIC, arg);
}

#define FIELD(f) offsetof(struct hosts, f)

static const struct option rows[] = {
	/* clang-format off */
	{ .kind = OPT_HEADING, .help = N_("What is printed") },
	{ .kind = OPT_FLAG, .letter = 'f', .name = "fold", .field = FIELD(wanted), .value = WANT_FOLD,
	  .help = N_("the hosts as one list with ranges (the default)") },
	{ .kind = OPT_FLAG, .letter = 'e', .name = "expand", .field = FIELD(wanted), .value = WANT_EXPAND,
	  .help = N_("each host in a line, in the order given") },
	{ .kind = OPT_FLAG, .letter = 'c', .name = "count", .field = FIELD(wanted), .value = WANT_COUNT,
	  .help = N_("how many there are") },
	{ .kind = OPT_FLAG, .letter = 'r', .name = "regroup", .field = FIELD(wanted), .value = WANT_REGROUP,
	  .help = N_("groups for all that whole groups stand for, the rest as a list") },
	{ .kind = OPT_FLAG, .name = "groups", .field = FIELD(wanted), .value = WANT_GROUPS,
	  .help = N_("the groups there are, or that hold one of the hosts") },
	{ .kind = OPT_FLAG, .name = "clusters", .field = FIELD(wanted), .value = WANT_CLUSTERS,
	  .help = N_("the clusters of the configuration") },
	{ .kind = OPT_FLAG, .name = "sources", .field = FIELD(wanted), .value = WANT_SOURCES,
	  .help = N_("where groups come from") },
	{ .kind = OPT_STRING, .letter = 'S', .name = "separator", .field = FIELD(separator), .arg = N_("TEXT"),
	  .help = N_("with -e: between the hosts; \\n, \\t, \\0 and \\\\ are known") },

	{ .kind = OPT_HEADING, .help = N_("Which hosts") },
	{ .kind = OPT_CALL, .letter = 'x', .name = "exclude", .call = step_difference, .arg = N_("LIST"),
	  .help = N_("without these") },
	{ .kind = OPT_CALL, .letter = 'i', .name = "intersection", .call = step_intersection, .arg = N_("LIST"),
	  .help = N_("only those that are in this list too") },
	{ .kind = OPT_CALL, .letter = 'X', .name = "xor", .call = step_symmetric, .arg = N_("LIST"),
	  .help = N_("those that are in one of the two only") },
	{ .kind = OPT_LIST, .name = "filter", .field = FIELD(filters), .arg = N_("PATTERN"),
	  .help = N_("only those of this list, or that match web* or /regex/ in it") },
	{ .kind = OPT_FLAG, .letter = 'a', .name = "all", .field = FIELD(all), .value = 1,
	  .help = N_("all hosts that groups know, and those named") },
	{ .kind = OPT_STRING, .letter = 's', .name = "source", .field = FIELD(source_name), .arg = N_("SOURCE"),
	  .help = N_("where groups are looked for") },
	{ .kind = OPT_STRING, .name = "config", .field = FIELD(config_file), .arg = N_("FILE"),
	  .help = N_("read this configuration of rsh and no other; none: no file") },

	{ .kind = OPT_HEADING, .help = N_("Which of them") },
	{ .kind = OPT_STRING, .letter = 'I', .name = "slice", .field = FIELD(slice), .arg = N_("RANGES"),
	  .help = N_("those at these places, from 0, as in 0-3,7 or 0-9/2") },
	{ .kind = OPT_UINT, .name = "pick", .field = FIELD(pick), .arg = N_("N"), .min = 1, .max = HOSTLIST_MAX_HOSTS,
	  .help = N_("N of them at random") },
	{ .kind = OPT_UINT, .name = "split", .field = FIELD(split), .arg = N_("N"), .min = 1, .max = PARTS_MAX,
	  .help = N_("in N parts, a line each, that differ by one host at most") },
	{ .kind = OPT_FLAG, .name = "contiguous", .field = FIELD(contiguous), .value = 1,
	  .help = N_("in parts without gaps, a line each") },
	{ .kind = OPT_FLAG, .name = "sort", .field = FIELD(sort), .value = 1,
	  .help = N_("sort what -e prints; all else is sorted anyhow") },
	{ .kind = OPT_STRING, .letter = 'h', .name = "help", .field = FIELD(help), .arg = N_("dump"), .optional_arg = true,
	  .help = N_("print this help") },
	{ 0 },
	/* clang-format on */
};

static void print_help(void)
{
	unsigned int lines, columns = 80;

	if (!tty_size(STDOUT_FILENO, &lines, &columns) ||
	    columns > HELP_COLUMNS)
		columns = 80;
	puts(_("usage: rsh hosts [options] [LIST...]\n"
	       "\n"
	       "What host lists stand for; - or no list: names on standard "
	       "input.\n"
	       "\n"
	       "  rsh hosts -e 'n[1-3,07]'         one name a line\n"
	       "  rsh hosts -x n2 'n[1-9]'         n[1,3-9]\n"
	       "  rsh hosts -c @web                how many\n"));
	options_help(rows, stdout, columns);
}

/* Options and lists in any order; after "--" lists only. */
static int parse(struct hosts *h, int argc, char **argv, struct err *err)
{
	bool dashes = false;
	int index = 1;

	while (index < argc) {
		if (!dashes &&
		    options_parse(rows, h, argc, argv, &index, &dashes, err))
			return -1;
		if (index < argc)
			add_step(h, HOSTLIST_UNION, argv[index++]);
	}
	if (h->split && h->contiguous)
		return err_set(
			err, ERR_USAGE,
			_("--split and --contiguous do not go together"));
	if (h->separator && h->wanted != WANT_EXPAND)
		return err_set(err, ERR_USAGE,
			       _("--separator goes with --expand only"));
	return 0;
}

/* Which hosts */

static const char *text_of(const struct step *step)
{
	return strcmp(step->text, "-") ? step->text : "^-";
}

static int combine(struct hosts *h, struct hostlist *hl,
		   const struct step *step, struct err *err)
{
	struct hostlist *other;
	int rc;

	if (step->op == HOSTLIST_UNION)
		return hostlist_parse(hl, text_of(step), &h->source, err);
	other = hostlist_new();
	rc = hostlist_parse(other, text_of(step), &h->source, err);
	if (!rc)
		rc = hostlist_combine(hl, step->op, other, err);
	hostlist_free(other);
	return rc;
}

/*
 * All steps in order; but there has to be something before anything is taken
 * from it: the first list comes first.
 */
static int evaluate(struct hosts *h, struct hostlist *hl, struct err *err)
{
	size_t first = 0;
	int rc = 0;

	while (first < h->nsteps && h->steps[first].op != HOSTLIST_UNION)
		first++;
	if (h->all)
		rc = hostlist_parse(hl, "@*", &h->source, err);
	else if (first < h->nsteps)
		rc = combine(h, hl, &h->steps[first], err);
	else
		rc = hostlist_parse(hl, "^-", &h->source, err);
	for (size_t i = 0; i < h->nsteps && !rc; i++)
		if (h->all || i != first)
			rc = combine(h, hl, &h->steps[i], err);
	for (size_t i = 0; i < h->filters.n && !rc; i++)
		rc = hostlist_filter(hl, h->filters.v[i], &h->source, err);
	return rc;
}

/* Random numbers, asked of the kernel by the dozen. */
struct dice {
	uint64_t v[32]; /* 256 bytes come whole */
	size_t left;
};

static int random_below(struct dice *d, size_t n, size_t *out, struct err *err)
{
	uint64_t limit = UINT64_MAX - UINT64_MAX % n;
	uint64_t r;

	do {
		if (!d->left &&
		    getrandom(d->v, sizeof(d->v), 0) != (ssize_t)sizeof(d->v))
			return err_set_errno(err, ERR_LOCAL,
					     _("cannot have random numbers"));
		if (!d->left)
			d->left = sizeof(d->v) / sizeof(d->v[0]);
		r = d->v[--d->left];
	} while (r >= limit);
	*out = (size_t)(r % n);
	return 0;
}

/* Of `n` names keep `wanted`, in their order: each choice is as likely. */
static int pick(const char **names, size_t *n, size_t wanted, struct err *err)
{
	struct dice dice = { .left = 0 };
	size_t left = *n;
	size_t kept = 0;

	for (size_t i = 0; i < *n && kept < wanted; i++, left--) {
		size_t r = 0;

		if (random_below(&dice, left, &r, err))
			return -1;
		if (r < wanted - kept)
			names[kept++] = names[i];
	}
	*n = kept < wanted ? kept : wanted;
	return 0;
}

/* Printing */

/* The separator with its escapes obeyed, in `out`. */
static void unescape(const char *text, struct strbuf *out)
{
	static const char from[] = "nt0\\";
	static const char to[] = "\n\t\0\\";

	for (; *text; text++) {
		const char *known;

		known = *text == '\\' && text[1] ? strchr(from, text[1]) : NULL;
		strbuf_addch(out, known ? to[known - from] : *text);
		text += known != NULL;
	}
}

static void print_buf(const struct strbuf *sb)
{
	(void)fwrite(sb->buf, 1, sb->len, stdout);
}

static void print_expanded(const struct hosts *h, const char *const *names,
			   size_t n)
{
	bool parts = h->split || h->contiguous;
	struct strbuf separator = STRBUF_INIT(STRBUF_MAX_TEXT);

	unescape(h->separator ? h->separator : parts ? " " : "\\n", &separator);
	for (size_t i = 0; i < n; i++) {
		if (i)
			print_buf(&separator);
		fputs(names[i], stdout);
	}
	if (n)
		putchar('\n');
	strbuf_release(&separator);
}

static int print_part(const struct hosts *h, const char *const *names, size_t n,
		      struct err *err)
{
	struct strbuf text = STRBUF_INIT(SIZE_MAX);
	int rc = 0;

	switch ((enum wanted)h->wanted) {
	case WANT_EXPAND:
		print_expanded(h, names, n);
		break;
	case WANT_COUNT:
		printf("%zu\n", n);
		break;
	case WANT_REGROUP:
		rc = regroup(&h->source, names, n, &text, err);
		break;
	case WANT_FOLD:
	case WANT_GROUPS:
	case WANT_CLUSTERS:
	case WANT_SOURCES:
		hostlist_fold_set(names, n, &text);
		break;
	}
	if (!rc && (h->wanted == WANT_FOLD || h->wanted == WANT_REGROUP)) {
		print_buf(&text);
		putchar('\n');
	}
	strbuf_release(&text);
	return rc;
}

static int print_split(const struct hosts *h, const char *const *names,
		       size_t n, struct err *err)
{
	size_t parts = n < h->split ? n : h->split;
	size_t from = 0;
	int rc = 0;

	for (size_t i = 0; i < parts && !rc; i++) {
		size_t size = n / parts + (i < n % parts);

		rc = print_part(h, names + from, size, err);
		from += size;
	}
	return rc;
}

static int print_contiguous(const struct hosts *h, const char *const *names,
			    size_t n, struct err *err)
{
	struct strvec pieces = { 0 };
	int rc = 0;

	hostlist_fold_contiguous(names, n, &pieces);
	for (size_t i = 0; i < pieces.n && !rc; i++) {
		struct hostlist *hl = hostlist_new();

		rc = hostlist_parse(hl, pieces.v[i], NULL, err);
		if (!rc)
			rc = print_part(h, hostlist_names(hl),
					hostlist_count(hl), err);
		hostlist_free(hl);
	}
	strvec_release(&pieces);
	return rc;
}

static bool needs_order(const struct hosts *h)
{
	return h->slice || h->pick || h->split || h->contiguous ||
	       (h->sort && h->wanted == WANT_EXPAND);
}

/* The names that are left after -I and --pick: `*chosen`, to be freed. */
static int choose(const struct hosts *h, struct hostlist *hl,
		  const char ***chosen, size_t *n, struct err *err)
{
	const char *const *names;
	size_t count = hostlist_count(hl);
	int rc = 0;

	hostlist_sort(hl);
	names = hostlist_names(hl);
	*chosen = xreallocarray(NULL, count, sizeof(**chosen));
	if (h->slice) {
		rc = hostlist_slice(h->slice, names, count, *chosen, n, err);
	} else {
		if (count)
			memcpy(*chosen, names, count * sizeof(*names));
		*n = count;
	}
	if (!rc && h->pick)
		rc = pick(*chosen, n, (size_t)h->pick, err);
	return rc;
}

static int print_chosen(const struct hosts *h, struct hostlist *hl,
			struct err *err)
{
	const char **chosen;
	size_t n;
	int rc = choose(h, hl, &chosen, &n, err);

	if (!rc && h->split && n)
		rc = print_split(h, chosen, n, err);
	else if (!rc && h->contiguous && n)
		rc = print_contiguous(h, chosen, n, err);
	else if (!rc)
		rc = print_part(h, chosen, n, err);
	free(chosen);
	return rc;
}

static int print_hosts(struct hosts *h, struct err *err)
{
	struct hostlist *hl = hostlist_new();
	int rc = evaluate(h, hl, err);

	if (!rc && needs_order(h))
		rc = print_chosen(h, hl, err);
	else if (!rc && h->wanted == WANT_COUNT)
		printf("%zu\n", hostlist_count(hl));
	else if (!rc)
		rc = print_part(h, hostlist_names(hl), hostlist_count(hl), err);
	hostlist_free(hl);
	return rc;
}

static int print_sources(const struct hosts *h, struct err *err)
{
	struct strvec names = { 0 };
	int rc = groups_sources(h->groups, &names, err);

	for (size_t i = 0; i < names.n && !rc; i++)
		puts(names.v[i]);
	strvec_release(&names);
	return rc;
}

/* The groups there are, or with lists those that hold one of their hosts. */
static int print_groups(struct hosts *h, struct err *err)
{
	bool some = h->nsteps || h->all;
	struct hostlist *hl = hostlist_new();
	struct strvec names = { 0 };
	int rc = some ? evaluate(h, hl, err) : 0;

	if (!rc)
		rc = regroup_names(&h->source, some ? hl : NULL, &names, err);
	for (size_t i = 0; i < names.n && !rc; i++) {
		char *shown = h->wanted == WANT_CLUSTERS
				      ? xstrdup(names.v[i])
				      : regroup_name(&h->source, names.v[i]);

		puts(shown);
		free(shown);
	}
	strvec_release(&names);
	hostlist_free(hl);
	return rc;
}

static int run(struct hosts *h, struct err *err)
{
	switch ((enum wanted)h->wanted) {
	case WANT_CLUSTERS:
		h->source.default_source = CLUSTERS;
		return print_groups(h, err);
	case WANT_GROUPS:
		return print_groups(h, err);
	case WANT_SOURCES:
		return print_sources(h, err);
	case WANT_FOLD:
	case WANT_EXPAND:
	case WANT_COUNT:
	case WANT_REGROUP:
		break;
	}
	return print_hosts(h, err);
}

static int find_groups(struct hosts *h, struct err *err)
{
	h->rsh = userconf_load(h->config_file, err);
	if (!h->rsh)
		return -1;
	h->groups = groupenv_new();
	userconf_add_groups(h->rsh, h->groups);
	h->source = groupenv_source(h->groups);
	rshconf_set_source(h->rsh, &h->source);
	h->source.default_source = h->source_name;
	return 0;
}

int cmd_hosts(int argc, char **argv)
{
	struct hosts h = { 0 };
	struct err err = { 0 };
	int rc = parse(&h, argc, argv, &err);

	if (!rc && h.help) {
		if (!strcmp(h.help, "dump"))
			options_dump(rows, stdout);
		else
			print_help();
	} else if (!rc) {
		rc = find_groups(&h, &err);
		if (!rc)
			rc = run(&h, &err);
	}
	if (rc)
		log_fatal("%s", err.msg);
	groups_free(h.groups);
	rshconf_free(h.rsh);
	strvec_release(&h.filters);
	free(h.steps);
	err_release(&err);
	return rc ? EXIT_CODE_USAGE : 0;
}
