/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A host list, which may read itself as a file or as a group: an error has a
 * sentence, and what is listed comes back from its folded forms, all of it and
 * nothing else.  What stands behind a newline is a filter and an exclusion too.
 */
#include "conf/hostlist.h"

#include "fuzz/fuzz.h"

struct input {
	const uint8_t *data;
	size_t size;
};

static int read_itself(void *arg, const char *path, size_t max,
		       struct strbuf *out, struct err *err)
{
	const struct input *in = arg;

	if (strcmp(path, "self") != 0 || in->size > max)
		return err_set(err, ERR_CONFIG, "no such file");
	return strbuf_add(out, in->data, in->size);
}

static int read_group(void *arg, const char *source, const char *group,
		      struct strbuf *out, struct err *err)
{
	if (source && strcmp(source, "src") != 0)
		return err_set(err, ERR_CONFIG, "no such source");
	if (!strcmp(group, "*"))
		return strbuf_addstr(out, "n[1-12],r[1-2]n[1-3],web01,u@db:22");
	if (!strcmp(group, "g"))
		return strbuf_addstr(out, "@h!n2,@src:h");
	if (!strcmp(group, "h"))
		return strbuf_addstr(out, "n[1-3],-n3,web0*");
	return read_itself(arg, group, SIZE_MAX, out, err);
}

static int name_groups(void *arg, const char *source, struct strvec *out,
		       struct err *err)
{
	(void)arg;
	(void)source;
	(void)err;
	strvec_push(out, "g");
	strvec_push(out, "h");
	return 0;
}

#define CHECKED_MAX 50000

static int compare(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static const char **sorted(struct hostlist *hl)
{
	size_t n = hostlist_count(hl);
	const char **names = calloc(n + 1, sizeof(*names));

	assert(names);
	for (size_t i = 0; i < n; i++)
		names[i] = hostlist_get(hl, i);
	qsort(names, n, sizeof(*names), compare);
	return names;
}

static void check_back(struct hostlist *hl, const char *text)
{
	struct hostlist *again = hostlist_new();
	const char **names = sorted(hl);
	const char **back;

	assert(!hostlist_parse(again, text, NULL, NULL));
	assert(hostlist_count(again) == hostlist_count(hl));
	back = sorted(again);
	for (size_t i = 0; i < hostlist_count(hl); i++)
		assert(!strcmp(names[i], back[i]));
	free(back);
	free(names);
	hostlist_free(again);
}

typedef void fold_fn(const char *const *names, size_t n, struct strbuf *out);

static void check_fold(struct hostlist *hl, fold_fn *fold)
{
	struct strbuf text = STRBUF_INIT(HOSTLIST_MAX_LINE);

	fold(hostlist_names(hl), hostlist_count(hl), &text);
	if (!text.full)
		check_back(hl, text.buf);
	strbuf_release(&text);
}

/* Not of a million names: six times two of them are sorted here. */
static void check_list(struct hostlist *hl)
{
	if (hostlist_count(hl) > CHECKED_MAX)
		return;
	check_fold(hl, hostlist_fold);
	check_fold(hl, hostlist_fold_set);
	hostlist_sort(hl);
	check_fold(hl, hostlist_fold_set);
}

static void check_error(struct err *err)
{
	assert(err->code == ERR_CONFIG && err->msg[0]);
	err_release(err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, size };
	const struct hostlist_source source = { .read = read_itself,
						.group = read_group,
						.groups = name_groups,
						.arg = &in };
	struct strbuf text = STRBUF_INIT(STRBUF_MAX_TEXT);
	struct hostlist *hl = hostlist_new();
	struct err err = { 0 };
	char *second;

	strbuf_add(&text, data, size);
	second = strchr(text.buf, '\n');
	if (hostlist_parse(hl, text.buf, &source, &err)) {
		check_error(&err);
		assert(!hostlist_count(hl));
	} else {
		check_list(hl);
	}
	if (second && hostlist_filter(hl, second, &source, &err))
		check_error(&err);
	if (second && hostlist_exclude(hl, second, &source, &err))
		check_error(&err);
	check_list(hl);
	hostlist_free(hl);
	strbuf_release(&text);
	return 0;
}
