/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_CMD_SETTINGS_H
#define RSH_CMD_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/strbuf.h"
#include "cmd/launch.h"
#include "conf/hostlist.h"
#include "conf/options.h"
#include "conf/sshconf.h"
#include "model/plan.h"

struct groups;
struct option;
struct rshconf;
struct userhosts;

/** A target that is listed already: added as it is, and as often. */
struct settings_target {
	char *name;		   /* "[user@]host[:port]" */
	const char *driver;	   /* static; NULL: that of --rcmd */
	const struct strvec *argv; /* see struct target; borrowed */
};

/** What a command line can set; the option tables of all names fill it. */
struct settings {
	/* which hosts */
	struct strvec hosts;
	struct strvec exclude;
	struct strvec filter;
	const char *destination; /* the one host of ssh's form, or NULL */
	const char *verb;	 /* that it may have been meant as, or NULL */
	/* instead of all of these; borrowed */
	const struct settings_target *targets;
	size_t ntargets;
	const char *main_rank;
	/* how to reach them */
	const char *user;
	uint64_t port; /* 0: not given */
	const char *config;
	struct strvec identities;
	struct strvec options;
	struct strvec
		switches; /* of ssh's letters: "Key=value", see switches.h */
	struct strvec forwards;	     /* of -D, -L and -R: whole lines */
	bool user_first, port_first; /* said before the destination */
	int family;		     /* AF_UNSPEC: not given */
	/* how to run */
	const char *rcmd; /* NULL: not given */
	const char *ssh_program;
	int ask_password;
	uint64_t password_fd; /* UINT64_MAX: not given */
	int ask_sudo;
	uint64_t sudo_fd; /* UINT64_MAX: not given */
	uint64_t parallel;
	uint64_t connecting;
	uint64_t timeout_ms;
	uint64_t connect_timeout_ms; /* UINT64_MAX: not given */
	int no_stdin;
	int protocol; /* -2, of old: there is no other */
	int subst, vars;
	const char *script; /* NULL: not given */
	int batch;
	uint64_t fail_fast, fail_percent; /* 0: not given */
	uint64_t retries;		  /* UINT64_MAX: not given */
	uint64_t connect_rate;		  /* 0: not given */
	int policy;			  /* enum exit_policy; -1: not given */
	/* what is told */
	int prefix;
	int stream; /* -1: not given */
	int status; /* the same */
	int group, diff;
	const char *json; /* NULL: not given; "": to standard output */
	const char *output_dir, *failed_to;
	int color; /* enum color_when */
	int view;  /* enum view_when */
	int quiet, verbose;
	const char *log_file;
	int syslog;
	const char *help;	   /* "" or "dump" when asked for */
	int version;		   /* 1: -V, 2: --version */
	int print_config;	   /* -G */
	const char *stdio_forward; /* -W */
	const char *query;	   /* -Q */
	const char *control;	   /* -O */
	/* rsh's own configuration; NULL where it does not count */
	const char *config_file;    /* --config */
	struct options_given given; /* which of these were typed */
	struct rshconf *rsh;	    /* owned */
	struct userhosts *users;    /* owned; what it says of hosts */
	struct groups *groups;	    /* owned */
	struct hostlist_source source;
};

enum color_when {
	COLOR_AUTO,
	COLOR_ALWAYS,
	COLOR_NEVER
};

void settings_init(struct settings *s);
void settings_release(struct settings *s);

/**
 * Set up logging: -q, -v, -E.  `progname` goes in front of messages.
 */
int settings_log(const struct settings *s, const char *progname,
		 struct err *err);

/**
 * Let rsh's own configuration count: read its files, set the options that it
 * has and that were not typed, and know its clusters and groups.
 */
int settings_configure(struct settings *s, const struct option *rows,
		       struct err *err);

/** Whether there is to be a status line: --status, and a terminal for it. */
bool settings_status(const struct settings *s);

/** When there is to be a view, of `one` host only if that was typed: --view. */
enum view_when settings_view(const struct settings *s, bool one);

/** Whether labels to `fd` are coloured: --color, NO_COLOR, CLICOLOR_FORCE. */
bool settings_colour(const struct settings *s, int fd);

/**
 * Turn settings into a plan: the hosts, each resolved through ssh_config
 * (bad lines of it are reported on stderr), the main rank, limits, and the
 * driver that --rcmd names.  `*conf` then owns what targets point to: free it
 * after the plan.
 *
 * A host that ssh_config reaches in a way this version cannot is an
 * error: it is never reached in another way instead.
 */
int settings_plan(const struct settings *s, enum label_kind labels,
		  struct plan *plan, struct sshconf **conf, struct err *err);

/**
 * -G: print the options of the one host there is, as `ssh -G` does, and
 * connect to nothing.  `command`: there are words of one.  0, or -1 with `err`
 * and nothing printed.
 */
int settings_print(const struct settings *s, bool command, FILE *out,
		   struct err *err);

/** --fail-fast[=N|N%]: a call of an option table on a struct settings. */
int settings_fail_fast(void *settings, const char *arg, struct err *err);

/** Where the one host of a command line is to be asked for, and by what. */
struct settings_origins {
	sshconf_origin_fn *tell;
	void *arg;
};

/**
 * The same for what `rsh config HOST` shows: `tell` hears of each line that
 * counts, and the options go to `out`.  `name` is the host as listed, a new
 * string.
 */
int settings_origins(const struct settings *s, FILE *out, char **name,
		     const struct settings_origins *to, struct err *err);

/** Make the command from words: joined by blanks, as ssh. */
void settings_command(struct plan *plan, int n, char **words);

/**
 * The same, as --script, --subst and --env ask for.  0, or -1 with `err`; in
 * either case close plan->spec.input_fd when it is not -1.
 */
int settings_make_command(const struct settings *s, struct plan *plan, int n,
			  char **words, struct err *err);

/** Print names and versions of the program and its libraries. */
void print_version(FILE *out);

#endif /* RSH_CMD_SETTINGS_H */
