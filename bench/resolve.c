/* SPDX-License-Identifier: Apache-2.0 */
/*
 * resolve - what ssh_config costs when there are many hosts.
 *
 * Resolves 10,000 names, each against a configuration of about 2,000 lines in
 * 667 blocks.  Prints for each shape of configuration the CPU milliseconds of
 * reading it and of all names, the best of several rounds, and the ratio of
 * the latter to the floor: one look-up of each name in a hash of all names.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/alloc.h"
#include "base/hashmap.h"
#include "base/list.h"
#include "conf/percent.h"
#include "conf/sshconf.h"

#include "base/banned.h"

#define ROUNDS 3
#define BLOCKS 667
#define EACH   15 /* names of a block */
#define NAMES  10000

struct shape {
	const char *title;
	const char *block; /* the first line of each; NULL: its names */
	const char *name;  /* of a host; %b is its block, %n its number there */
	const char *last;  /* what stands at the end of the file */
};

#define NAME "rack%b-%n.example.org"

static const struct shape shapes[] = {
	/* clang-format off */
	{ "Host NAME...",        NULL,                        NAME,               "" },
	{ "Host a*",             "Host rack%b-*",             NAME,               "" },
	{ "Host *a",             "Host *.rack%b",             "n%n.rack%b",       "" },
	{ "Host *a*",            "Host *rack%b*",             "n%n.rack%b.org",   "" },
	{ "Host a*, HostName",   "Host rack%b-*",             NAME,               "Host *\nHostName %h\n" },
	{ "Match host a*",       "Match host rack%b-*",       NAME,               "" },
	{ "Match final host a*", "Match final host rack%b-*", NAME,               "" },
	{ "Match user a",        "Match user user%b",         NAME,               "" },
	/* clang-format on */
};

static double cpu_ms(void)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1e3 +
	       (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e3;
}

static void need(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "resolve: %s\n", what);
	exit(1);
}

/* Put the numbers of a block and of a host into `text`. */
static void add_text(struct strbuf *out, const char *text, int block, int host)
{
	char b[8], n[8];
	const struct percent_token tokens[] = {
		{ 'b', b }, { 'n', n }, { 'h', "%h" }, { 0 }
	};

	(void)snprintf(b, sizeof(b), "%03d", block);
	(void)snprintf(n, sizeof(n), "%02d", host);
	need(percent_subst(text, tokens, out) == 0, "text too long");
}

static void add_names(struct strbuf *out, const struct shape *shape, int block)
{
	(void)strbuf_addstr(out, "Host");
	for (int i = 0; i < EACH; i++) {
		(void)strbuf_addch(out, ' ');
		add_text(out, shape->name, block, i);
	}
}

static void make_config(struct strbuf *out, const struct shape *shape)
{
	for (int i = 0; i < BLOCKS; i++) {
		if (shape->block)
			add_text(out, shape->block, i, 0);
		else
			add_names(out, shape, i);
		(void)strbuf_addf(out, "\nPort %d\nConnectTimeout 5\n", i + 1);
	}
	add_text(out, shape->last, 0, 0);
}

static void make_names(struct strvec *names, const struct shape *shape)
{
	for (int i = 0; i < NAMES; i++) {
		struct strbuf name = STRBUF_INIT(STRBUF_MAX_TEXT);

		add_text(&name, shape->name, i / EACH, i % EACH);
		strvec_push(names, name.buf);
		strbuf_release(&name);
	}
}

/* A configuration that is the text in `arg`. */
static int read_text(void *arg, const char *path, size_t max, bool check_perm,
		     struct strbuf *out, struct err *err)
{
	const struct strbuf *text = arg;

	(void)path;
	(void)max;
	(void)check_perm;
	(void)err;
	return strbuf_add(out, text->buf, text->len) ? -1 : 1;
}

/* The cost of reading and of resolving, where it is less than `best`. */
static void resolve_all(struct strbuf *text, const struct strvec *names,
			double best[2])
{
	const struct source source = { .read = read_text, .arg = text };
	const struct sshconf_env env = { .home = "/home/me",
					 .local_user = "me",
					 .local_host = "here" };
	double t[3];
	struct sshconf *conf;

	t[0] = cpu_ms();
	conf = sshconf_load("f", NULL, &env, &source, NULL, NULL, NULL);
	need(conf, "a bad configuration");
	t[1] = cpu_ms();
	for (size_t i = 0; i < names->n; i++)
		need(sshconf_resolve(conf, names->v[i], NULL, 0, NULL),
		     "a bad name");
	t[2] = cpu_ms();
	sshconf_free(conf);
	for (int i = 0; i < 2; i++)
		if (best[i] < 0 || t[i + 1] - t[i] < best[i])
			best[i] = t[i + 1] - t[i];
}

struct entry {
	struct hashmap_node node;
	const char *name;
};

static bool entry_equal(const struct hashmap_node *node, const void *key)
{
	return !strcmp(container_of_const(node, struct entry, node)->name, key);
}

/* What look-ups cost that find each name among all names. */
static double floor_ms(const struct strvec *names)
{
	struct entry *entries = xcalloc(names->n, sizeof(*entries));
	struct hashmap map;
	double best = -1;

	hashmap_init(&map, entry_equal);
	for (size_t i = 0; i < names->n; i++) {
		entries[i].name = names->v[i];
		hashmap_put(&map, &entries[i].node, hash_str(names->v[i]));
	}
	for (int round = 0; round < ROUNDS; round++) {
		double start = cpu_ms();
		double cost;

		for (size_t i = 0; i < names->n; i++)
			need(hashmap_get(&map, hash_str(names->v[i]),
					 names->v[i]),
			     "a name is lost");
		cost = cpu_ms() - start;
		if (best < 0 || cost < best)
			best = cost;
	}
	hashmap_release(&map);
	free(entries);
	return best;
}

static void measure(const struct shape *shape)
{
	struct strbuf text = STRBUF_INIT((size_t)1 << 20);
	struct strvec names = { 0 };
	double best[2] = { -1, -1 };
	double least;

	make_config(&text, shape);
	make_names(&names, shape);
	for (int round = 0; round < ROUNDS; round++)
		resolve_all(&text, &names, best);
	least = floor_ms(&names);
	printf("%-20s %8.1f %10.1f %9.0f\n", shape->title, best[0], best[1],
	       best[1] / least);
	strvec_release(&names);
	strbuf_release(&text);
}

int main(void)
{
	printf("%-20s %8s %10s %9s\n", "blocks", "read ms", "resolve ms",
	       "x floor");
	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++)
		measure(&shapes[i]);
	return 0;
}
