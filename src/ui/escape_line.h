/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_UI_ESCAPE_LINE_H
#define RSH_UI_ESCAPE_LINE_H

#include "base/err.h"
#include "base/strbuf.h"
#include "conf/sshforward.h"

enum line_wish {
	LINE_NOTHING,
	LINE_HELP,
	LINE_ADD,
	LINE_CANCEL, /* of `forward` only what listens is set */
};

/** The line of the escape C: -L, -R, -D, -KL, -KR, -KD, help. */
struct escape_line {
	enum line_wish wish;
	enum sshforward_kind kind;
	struct sshforward forward;
};

/** 0, or -1 with `err`.  Release it in either case. */
int escape_line_read(const char *text, struct escape_line *line,
		     struct err *err);
void escape_line_release(struct escape_line *line);

/** What there is, a line each. */
void escape_line_help(struct strvec *lines);

#endif /* RSH_UI_ESCAPE_LINE_H */
