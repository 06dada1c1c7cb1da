/* SPDX-License-Identifier: Apache-2.0 */
/* What shells.c, the shells, shells_do.c, their commands, and the two ways to
   look at them, or the lines without a terminal, share. */
#ifndef RSH_CMD_SHELLS_INTERNAL_H
#define RSH_CMD_SHELLS_INTERNAL_H

#include <stdarg.h>

#include "base/strbuf.h"
#include "cmd/front.h"
#include "cmd/shells.h"
#include "io/loop.h"
#include "io/timer.h"
#include "model/shellset.h"
#include "out/transcript.h"
#include "ui/history.h"
#include "ui/vtfilter.h"

struct console;
struct drv_size;
struct edit;
struct joiner;
struct linemode;
struct shelljob;
struct tiling;

/** What commands ask of the look that is in front; on the loop. */
struct shells_look {
	/* Lines for the person: each has its LF, and no byte of them does
	   anything to a terminal. */
	void (*say)(void *arg, const char *lines, size_t n);
	/* By a command others were chosen: from here on that counts. */
	void (*chosen)(void *arg);
	/* One host has all keys and all of the screen; false: it cannot. */
	bool (*focus)(void *arg, size_t rank);
	/* A line for those that `takes` says yes for; how many. */
	size_t (*send_line)(void *arg, const char *line, size_t n,
			    bool (*takes)(const struct shellset *s,
					  size_t rank));
	/* Append the unfinished line of a host, if there is one. */
	void (*tail)(void *arg, size_t rank, struct strbuf *out);
	/* A line of what is done beside the shell of a host, of which no byte
	   does anything to a terminal; and whether the host may go on.  NULL:
	   all lines are said at the end, and each may. */
	void (*line)(void *arg, size_t rank, const char *line, size_t n);
	enum flow (*flow)(void *arg, const struct target *t);
	/* Lines that were given are shown before what is said.  NULL: fine. */
	void (*flush)(void *arg);
	/* shelljob_state() says something else.  NULL: it is not shown. */
	void (*changed)(void *arg);
	bool plain; /* there is no terminal, here or there */
};

/** What is known of one host's shell, however it is looked at. */
struct shells_host {
	bool begun; /* it runs */
	bool no_tty;
	bool full;   /* it takes no input, as was told */
	bool to_dir; /* tiles send it to its folder, at its prompt */
	/* For tiles that come later: what it has printed last, and asked of
	   its terminal. */
	struct strbuf recent;
	struct vtfilter modes;
};

#define SHELLS_RECENT	    ((size_t)4096) /* bytes of it; at most twice that */
#define SHELLS_RECENT_HOSTS 256		   /* with more there are no tiles */
#define SHELLS_TYPED_MAX    ((size_t)1 << 20)

struct shells {
	struct front_run conf;
	const struct shells_calls *calls;
	void *arg; /* of them */
	const struct shell_style *shell;
	struct observer o;
	struct shellset set;
	struct shells_host *hosts; /* by rank */
	const char **labels;	   /* by rank, for completion */
	struct transcript *log;	   /* or NULL */
	struct history history;	   /* lines */
	struct history commands;   /* those without a sign; in memory */
	const struct shells_look *look;
	void *look_arg;
	struct console *console; /* or NULL */
	struct tiling *tiling;	 /* or NULL */
	struct linemode *lines;	 /* or NULL */
	struct strbuf *answer;	 /* of the command that is carried out */
	struct shelljob *beside;
	struct joiner *joiner; /* of its lines, for a look without a place */
	size_t nheld_out;      /* that were too many */
	struct timer turn;     /* the other look is to come */
	struct strbuf typed;   /* meanwhile */
	struct timer back;     /* another has the terminal */
	bool turning;
	bool tiled; /* that look is in front, or to come; else the console */
	struct defer quit;
	bool quitting; /* the user has: nobody needs to be told of it */
	bool asked;    /* ... and is who has */
};

/** Bytes for a host, as if typed there. */
void shells_send(struct shells *s, size_t rank, const void *buf, size_t n);

/** Whether its key was known before, or is by now. */
bool shells_verified(const struct shells *s, size_t rank);

/** A line for the person, which may have several; control bytes are seen. */
void shells_say(struct shells *s, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void shells_vsay(struct shells *s, const char *fmt, va_list ap)
	__attribute__((format(printf, 2, 0)));

/** Say that no host gets what was typed, and what can be done. */
void shells_say_nobody(struct shells *s);

/** The hosts that get what is typed, folded. */
void shells_add_chosen(const struct shells *s, struct strbuf *out);

/** Append the prompt of a line for hosts, as the configuration has it. */
void shells_prompt(const struct shells *s, struct strbuf *out);

/** Append the line that goes to the folder where shells begin, without its end;
 *  false: they begin where they are. */
bool shells_dir_line(const struct shells *s, struct strbuf *out);

/** Carry out what was typed: a command, which has no sign if it is `bare`, or
 *  a line for hosts. */
void shells_do(struct shells *s, const char *line, bool bare);

/** Complete the word at the cursor; what it could be is said. */
void shells_complete(struct shells *s, struct edit *e, bool bare);

/** What is done beside the shells: `:run` and its kin. */
void shells_job_new(struct shells *s);
void shells_job_free(struct shells *s);
void shells_run(struct shells *s, const char *command);
void shells_copy(struct shells *s, bool put, const char *words);
void shells_stop(struct shells *s);
/** The other look is to be in front, or it is said why not. */
void shells_to_tiles(struct shells *s);
void shells_to_lines(struct shells *s);

/** Whether there can be tiles: 0, or -1 with `err`. */
int shells_check_tiles(const struct plan *plan, const struct shell_conf *conf,
		       struct err *err);

/** What is typed behind such a command. */
void shells_keep_typed(struct shells *s, const char *p, size_t n);

/** All terminals have this size: the console is in front. */
void shells_resized(struct shells *s, const struct drv_size *size);

/** A host has printed this; or it is another shell. */
void shells_forget(struct shells *s, size_t rank);
void shells_remember(struct shells *s, size_t rank, const char *buf, size_t n);

/** End all shells, when this turn is over. */
void shells_quit(struct shells *s, bool asked);

#endif /* RSH_CMD_SHELLS_INTERNAL_H */
