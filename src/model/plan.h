/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_MODEL_PLAN_H
#define RSH_MODEL_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/strbuf.h"
#include "model/copy.h"
#include "model/result.h"
#include "model/target.h"

enum op_kind {
	OP_PING,   /* log in, do nothing */
	OP_EXEC,   /* run a command */
	OP_DIRECT, /* standard input and output of a connection from there */
	OP_PUT,	   /* files to there */
	OP_GET,	   /* and from there */
};

/** What is done on each target.  One row here for each file in op/. */
struct op_spec {
	enum op_kind kind;
	char *command;	   /* OP_EXEC; owned; NULL: see login_shell */
	char *direct_host; /* OP_DIRECT: where to; owned */
	uint16_t direct_port;
	char *direct_path;     /* or this; owned */
	struct copy_spec copy; /* OP_PUT, OP_GET */
	bool login_shell;      /* without a command: as ssh */
	struct strvec argv;    /* the same as words, for -R exec */
	bool subst;	       /* replace %h %n %u %r %% in the command */
	bool vars;	       /* give it RSH_HOST, RSH_RANK and RSH_NHOSTS */
	bool want_stdin;       /* the task gets the program's input */
	bool own_input;	       /* and not that: each has its own */
	bool screens;	       /* each has a screen here: bytes as they are */
	const char *term;      /* the type of terminals; NULL: ours; static */
	int input_fd;	       /* which is read from there: -1: stdin */
};

/** Limits of a run; 0 means none unless said. */
struct limits {
	unsigned int fanout; /* sessions at once, at least 1 */
	unsigned int
		connecting;  /* of these, not yet authenticated; at least 1 */
	uint64_t connect_ms; /* resolve to authenticated, as one budget;
				UINT64_MAX: ask the target's ConnectTimeout */
	uint64_t command_ms;
	/* So often a target is tried again that failed before it was logged in
	   to, but for its key or for who we are.  UINT_MAX: as its
	   ConnectionAttempts says. */
	unsigned int retries;
	unsigned int connect_rate; /* starts in a second */
	/* When so many targets have failed, or so many of a hundred, nothing
	   starts any more and what runs is stopped. */
	unsigned int fail_fast, fail_percent;
};

struct hops;

/** What to do to which targets.  Immutable while a job runs it. */
struct plan {
	struct targets targets;
	struct hops *hops; /* their jump hosts, or NULL */
	struct op_spec spec;
	struct limits limits;
	enum exit_policy exit_policy;
	size_t main_rank;
	/* A password for all: asked for before the run, or read from there
	   (-1: not). */
	bool ask_password;
	int password_fd;
	/* The commands go through sudo(8), with a password had in the same
	   ways. */
	bool ask_sudo;
	int sudo_fd;
	const char *driver;    /* "ssh", "exec", "program"; static */
	struct strvec program; /* that one's words before the host */
};

/** What it owns. */
void op_spec_release(struct op_spec *spec);

void plan_init(struct plan *plan);
void plan_release(struct plan *plan);

/** Whether the plan makes sense: targets, a command, limits above 0. */
int plan_check(const struct plan *plan, struct err *err);

#endif /* RSH_MODEL_PLAN_H */
