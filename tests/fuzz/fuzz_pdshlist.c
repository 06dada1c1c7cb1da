/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A list of pdsh, which may read itself as a file: an error has a sentence, no
 * name could be taken for an option, and the folded form of plain names gives
 * them back in their order.
 */
#include "conf/pdshlist.h"

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

static const char *const rcmds[] = { "ssh", "exec", NULL };

static void check_fold(const struct pdshlist *l, const struct pdshlist_env *env)
{
	struct strbuf text = STRBUF_INIT(HOSTLIST_MAX_LINE);
	struct pdshlist *again = pdshlist_new(env);

	pdshlist_fold(l, &text);
	if (!text.full && !strchr(text.buf, ':')) {
		assert(!pdshlist_add(again, text.buf, NULL));
		assert(!pdshlist_finish(again, NULL));
		assert(pdshlist_count(again) == pdshlist_count(l));
		for (size_t i = 0; i < pdshlist_count(l); i++)
			assert(!strcmp(pdshlist_get(again, i)->name,
				       pdshlist_get(l, i)->name));
	}
	pdshlist_free(again);
	strbuf_release(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, size };
	const struct pdshlist_env env = { .read = read_itself,
					  .rcmds = rcmds,
					  .arg = &in };
	struct strbuf text = STRBUF_INIT(STRBUF_MAX_TEXT);
	struct pdshlist *l = pdshlist_new(&env);
	struct err err = { 0 };

	strbuf_add(&text, data, size);
	if (pdshlist_add(l, text.buf, &err) || pdshlist_finish(l, &err)) {
		assert(err.code != ERR_NONE && err.msg[0]);
	} else {
		for (size_t i = 0; i < pdshlist_count(l); i++)
			assert(pdshlist_get(l, i)->name[0] != '-');
		check_fold(l, &env);
	}
	err_release(&err);
	pdshlist_free(l);
	strbuf_release(&text);
	return 0;
}
