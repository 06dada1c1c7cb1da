/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The first line is put in for %h and ${X}, the second is expanded.  What is
 * put in comes out as it is, and a text without either kind does not change.
 */
#include "conf/percent.h"

#include "base/alloc.h"
#include "fuzz/fuzz.h"

static const char *get_env(void *arg, const char *name)
{
	return strcmp(name, "X") == 0 ? arg : NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *value = xmemdup(data, size);
	char *text = strchr(value, '\n');
	const struct percent_token tokens[] = { { 'h', value }, { 0 } };
	struct strbuf out = STRBUF_INIT(1000);

	if (text)
		*text++ = '\0';
	else
		text = value + strlen(value);
	if (strlen(value) <= out.max) {
		assert(percent_expand("%h", tokens, &out, NULL) == 0);
		assert(strcmp(out.buf, value) == 0);
		strbuf_reset(&out);
		assert(env_expand("${X}", get_env, value, &out, NULL) == 0);
		assert(strcmp(out.buf, value) == 0);
		strbuf_reset(&out);
	}
	if (percent_env_expand(text, tokens, get_env, value, &out, NULL) == 0 &&
	    !strpbrk(text, "%$"))
		assert(strcmp(out.buf, text) == 0);
	assert(out.len <= out.max);
	strbuf_reset(&out);
	if (*text != '~')
		(void)tilde_expand(text, value, &out, NULL);
	strbuf_release(&out);
	free(value);
	return 0;
}
