/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_CMD_LAUNCH_H
#define RSH_CMD_LAUNCH_H

#include <stdbool.h>

#include "base/err.h"
#include "model/observer.h"
#include "model/plan.h"

struct background;
struct job;
struct launch_style;
struct loop;
struct progress_rules;
struct shell_style;

/** Who tells about hosts, and about signals, on stderr. */
struct reporter {
	struct observer *(*make)(const struct launch_style *style,
				 const struct plan *plan,
				 const struct loop *loop);
	void (*free)(struct observer *o);
	/* All output is written, the job is still there; may be NULL. */
	void (*finish)(struct observer *o);
	/* Say nothing from here on: nobody reads any more. */
	void (*silence)(struct observer *o);
	/* Who is at what; NULL: SIGQUIT has no such meaning. */
	void (*progress)(struct observer *o, const struct job *job);
	/* Ctrl+C, the first time: the same, and what a second one does. */
	void (*interrupted)(struct observer *o, const struct job *job);
	/* Ctrl+C, and it ends the run; may be NULL. */
	void (*aborted)(struct observer *o);
	/* Ctrl+Z right after Ctrl+C has cancelled so many targets; NULL: it
	   has no such meaning. */
	void (*cancelled)(struct observer *o, size_t n);
	bool one_too; /* the first Ctrl+C tells also where there is one host */
	int abort_code; /* the exit code of Ctrl+C; 0: 128 + SIGINT */
};

/** What goes to stdout and stderr while and after a run. */
enum output_form {
	FORM_STREAM, /* labelled lines as they come */
	FORM_GROUP,  /* equal output once, at the end */
	FORM_JSON,   /* a JSON object a line */
	FORM_PING,   /* a table of who was reached, with the reasons */
	FORM_NONE,   /* nothing of the hosts' */
};

/** The view on the whole screen: --view. */
enum view_when {
	VIEW_NEVER,
	VIEW_AUTO,    /* where it suits, should the run last */
	VIEW_AT_ONCE, /* where it suits */
	VIEW_ALWAYS,
};

/** How a run talks to the person and the terminal. */
struct launch_style {
	const struct reporter *reporter; /* NULL: report.h */
	bool keep_unfinished; /* an unended last line stays so, if it can */
	bool times;	      /* for the reporter: more about times */

	bool labels;			 /* "host: " in front of lines */
	bool keep_raw;			 /* one host: bytes pass as they are */
	bool colour[NSTREAMS];		 /* of labels */
	bool batch;			 /* one Ctrl+C ends the run */
	bool status;			 /* a status line on the terminal */
	struct progress_rules *progress; /* for it; borrowed, or NULL */
	bool summary;			 /* failures summed up at the end */
	enum view_when view;
	const char *what; /* is done, for the view; NULL: the command */
	const char *verb; /* that the one host may have been meant as; or NULL
			   */
	const struct shell_style *shell; /* a shell on each host; or NULL */
	bool summary_always; /* ... and also when all is well (-v) */

	enum output_form form;
	bool diff;		/* FORM_GROUP: differences to the largest */
	const char *json_file;	/* JSON there besides, or NULL */
	const char *output_dir; /* a file a stream there besides, or NULL */
	const char *failed_to;	/* the hosts that failed, or NULL */

	struct background *background; /* whose parent waits; or NULL */
	/* The same, but until the run is over: masters stay (ControlPersist).
	 */
	struct background *behind;
	/* The same, but when an escape says so. */
	struct background *asked;
	bool mute; /* tell no more in the background: stderr is left behind */
};

/**
 * Carry out a plan: admission, observers, job, signals, stdin.  Gives the exit
 * code of the program, or -1 with `err` when nothing was started.
 */
int launch(struct plan *plan, const struct launch_style *style,
	   struct err *err);

#endif /* RSH_CMD_LAUNCH_H */
