/* SPDX-License-Identifier: Apache-2.0 */
/* Commands of the scale server: a word, its number, the next word. */
#include "scale/script.h"

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "base/text.h"

#include "base/banned.h"

enum arg_kind {
	ARG_NONE,
	ARG_NUMBER,
	ARG_WORD
};

static const struct word {
	const char *name;
	enum step_kind kind;
	enum arg_kind arg;
	uint64_t max;
} words[] = {
	/* clang-format off */
	{ "true",     STEP_EXIT,     ARG_NONE,   0 },
	{ "out",      STEP_OUT,      ARG_NUMBER, UINT64_MAX },
	{ "err",      STEP_ERR,      ARG_NUMBER, UINT64_MAX },
	{ "long",     STEP_LONG,     ARG_NUMBER, UINT64_MAX },
	{ "say",      STEP_SAY,      ARG_WORD,   0 },
	{ "host",     STEP_HOST,     ARG_NONE,   0 },
	{ "echo",     STEP_ECHO,     ARG_NONE,   0 },
	{ "count",    STEP_COUNT,    ARG_NONE,   0 },
	{ "delay",    STEP_DELAY,    ARG_NUMBER, 86400000 },
	{ "meet",     STEP_MEET,     ARG_NUMBER, 1000000 },
	{ "hold",     STEP_HOLD,     ARG_NONE,   0 },
	{ "deaf",     STEP_DEAF,     ARG_NONE,   0 },
	{ "stall",    STEP_STALL,    ARG_NONE,   0 },
	{ "moods",    STEP_MOODS,    ARG_NUMBER, 86400000 },
	{ "drop",     STEP_DROP,     ARG_NONE,   0 },
	{ "eof",      STEP_EOF,      ARG_NONE,   0 },
	{ "status",   STEP_STATUS,   ARG_NUMBER, UINT32_MAX },
	{ "exit",     STEP_EXIT,     ARG_NUMBER, UINT32_MAX },
	{ "signal",   STEP_SIGNAL,   ARG_WORD,   0 },
	{ "nostatus", STEP_NOSTATUS, ARG_NONE,   0 },
	/* clang-format on */
};

static const struct word *word_find(const char *name)
{
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (!strcmp(words[i].name, name))
			return &words[i];
	return NULL;
}

static bool step_ends(enum step_kind kind)
{
	return kind == STEP_EXIT || kind == STEP_SIGNAL ||
	       kind == STEP_NOSTATUS;
}

/* Read the argument of `word`, or fail with a sentence that names it. */
static int step_parse(struct step *step, const struct word *word,
		      const char *arg, struct err *err)
{
	*step = (struct step){ .kind = word->kind };
	switch (word->arg) {
	case ARG_NONE:
		return 0;
	case ARG_NUMBER:
		if (!arg || parse_uint(arg, 0, word->max, &step->n))
			return err_set(err, ERR_USAGE, "'%s' takes a number",
				       word->name);
		return 0;
	case ARG_WORD:
		if (!arg || strlen(arg) >= sizeof(step->word))
			return err_set(err, ERR_USAGE, "'%s' takes a word",
				       word->name);
		memcpy(step->word, arg, strlen(arg) + 1);
		return 0;
	}
	abort();
}

static int script_read(struct script *script, char *const *v, size_t n,
		       struct err *err)
{
	for (size_t i = 0; i < n; i++) {
		const struct word *word = word_find(v[i]);

		if (!word)
			return err_set(err, ERR_USAGE, "no command '%s'", v[i]);
		if (script->n == SCRIPT_MAX_STEPS)
			return err_set(err, ERR_USAGE, "more than %d steps",
				       SCRIPT_MAX_STEPS);
		if (word->arg != ARG_NONE)
			i++;
		if (step_parse(&script->steps[script->n], word,
			       i < n ? v[i] : NULL, err))
			return -1;
		script->n++;
	}
	return 0;
}

int script_parse(struct script *script, const char *command, struct err *err)
{
	struct strvec sv = { 0 };
	int ret;

	script->n = 0;
	strvec_split(&sv, command, " ");
	ret = script_read(script, sv.v, sv.n, err);
	strvec_release(&sv);
	if (ret)
		return -1;
	if (!script->n || !step_ends(script->steps[script->n - 1].kind))
		script->steps[script->n++] = (struct step){ .kind = STEP_EXIT };
	return 0;
}
