/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_UI_PROMPT_H
#define RSH_UI_PROMPT_H

#include <stdbool.h>

#include "io/loop.h"
#include "model/prompter.h"

struct question_box;

/**
 * Questions on /dev/tty, or through the program of SSH_ASKPASS: ssh(1),
 * ENVIRONMENT.  Standard input and output are not touched.
 *
 * While a question stands, SIGINT, SIGQUIT, SIGTERM and SIGHUP (but for those
 * that were ignored) answer it with ERR_CANCELLED, and so all that follow.
 * The terminal is back to what it was before anybody is told, and at exit.
 */
struct prompt_tty;

/** No terminal is opened before the first question. */
struct prompt_tty *prompt_tty_new(struct loop *loop);

/** What still waits is forgotten.  NULL is fine. */
void prompt_tty_free(struct prompt_tty *p);

/** Valid as long as `p`. */
struct prompter *prompt_tty_prompter(struct prompt_tty *p);

/**
 * Ask in this box of a screen (NULL: no more) instead of on the terminal; a
 * program of SSH_ASKPASS is called where it was.  A question that stands in the
 * one before is asked anew.  Not while one stands on the terminal.
 */
void prompt_tty_set_box(struct prompt_tty *p, struct question_box *box);

/**
 * Whether a question needs the terminal, now or soon: one that is asked in a
 * box does not.  NULL: none ever does.
 */
bool prompt_tty_asking(const struct prompt_tty *p);

/** Whether one stands there now; it has SIGTSTP then.  NULL: false. */
bool prompt_tty_standing(const struct prompt_tty *p);

/** The signal that ended a question, 0 when there was none. */
int prompt_tty_signal(const struct prompt_tty *p);

#endif /* RSH_UI_PROMPT_H */
