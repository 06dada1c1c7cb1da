/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A host list, which may read itself as a file: an error has a sentence, and
 * what is listed comes back from its folded form, all of it and nothing else.
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

static int compare(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static const char **sorted(const struct hostlist *hl)
{
	size_t n = hostlist_count(hl);
	const char **names = calloc(n + 1, sizeof(*names));

	assert(names);
	for (size_t i = 0; i < n; i++)
		names[i] = hostlist_get(hl, i);
	qsort(names, n, sizeof(*names), compare);
	return names;
}

static void check_fold(const struct hostlist *hl)
{
	struct strbuf text = STRBUF_INIT(HOSTLIST_MAX_LINE);
	struct hostlist *again = hostlist_new();
	const char **names = sorted(hl);
	const char **back;

	hostlist_fold(names, hostlist_count(hl), &text);
	if (!text.full) {
		assert(!hostlist_parse(again, text.buf, NULL, NULL));
		assert(hostlist_count(again) == hostlist_count(hl));
		back = sorted(again);
		for (size_t i = 0; i < hostlist_count(hl); i++)
			assert(!strcmp(names[i], back[i]));
		free(back);
	}
	free(names);
	hostlist_free(again);
	strbuf_release(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, size };
	const struct hostlist_source source = { .read = read_itself,
						.arg = &in };
	struct strbuf text = STRBUF_INIT(STRBUF_MAX_TEXT);
	struct hostlist *hl = hostlist_new();
	struct err err = { 0 };

	strbuf_add(&text, data, size);
	if (hostlist_parse(hl, text.buf, &source, &err)) {
		assert(err.code == ERR_CONFIG && err.msg[0]);
		assert(!hostlist_count(hl));
	} else {
		check_fold(hl);
	}
	err_release(&err);
	hostlist_free(hl);
	strbuf_release(&text);
	return 0;
}
