/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_TESTS_LIB_FAKE_PROMPTER_H
#define RSH_TESTS_LIB_FAKE_PROMPTER_H

#include "base/strbuf.h"
#include "io/loop.h"
#include "io/timer.h"
#include "model/prompter.h"

#define FAKE_THINKS_MS 60000

/**
 * A person who is asked about keys, one question at a time, and answers each
 * after FAKE_THINKS_MS, in the order of `answers`; at a NULL there is none.
 */
struct fake_prompter {
	struct prompter prompter;
	struct loop *loop;
	struct timer later;
	struct prompt *open;
	const char *const *answers;
	unsigned int asked, cancelled;
	struct strvec texts; /* what was asked */
};

void fake_prompter_init(struct fake_prompter *fp, struct loop *loop,
			const char *const *answers);

/** Nothing may stand open. */
void fake_prompter_release(struct fake_prompter *fp);

#endif /* RSH_TESTS_LIB_FAKE_PROMPTER_H */
