/* SPDX-License-Identifier: Apache-2.0 */
/* Parts of the command line of pdsh, pdcp and rpdcp. */
#ifndef RSH_CMD_PDSH_H
#define RSH_CMD_PDSH_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/err.h"
#include "base/strbuf.h"
#include "conf/options.h"
#include "conf/pdshlist.h"
#include "model/target.h"

#define PDSH_FAILED	     1 /* exit code when nothing could be started */
#define PDSH_FANOUT	     32
#define PDSH_CONNECT_SECONDS INT64_C(10)

enum pdsh_kind {
	PDSH_DSH,
	PDSH_PCP,
	PDSH_RPCP,
};

/** What ends the reading of options. */
enum pdsh_ask {
	PDSH_ASK_NOTHING,
	PDSH_ASK_USAGE,
	PDSH_ASK_VERSION,
	PDSH_ASK_MODULES,
	PDSH_ASK_TEST,
	PDSH_ASK_DUMP,
};

/** What the command line and the environment have said. */
struct pdsh {
	enum pdsh_kind kind;
	const char *argv0;
	const char *progname; /* its last part */
	char *self;	      /* "pdsh@host" */
	enum pdsh_ask ask;
	uint64_t test;
	/* which hosts */
	struct strvec targets, excludes;
	struct strvec groups, group_excludes;
	struct strvec jobs, partitions, features;
	int all, all_but_skipped, altnames, up;
	const char *genders_file;
	bool genders_file_typed; /* -F; else by the environment */
	const char *modules;	 /* -M; NULL: not given */
	/* how */
	const char *rcmd; /* NULL: not given */
	bool rcmd_typed;  /* -R or PDSH_RCMD_TYPE */
	const char *user; /* NULL: whoever runs this */
	int64_t fanout;	  /* below 0: unlimited */
	int64_t connect_ms, command_ms;
	int largest, fail_fast, batch;
	char *dshpath; /* "PATH=...;" or NULL */
	/* what is told */
	int labels, keep_domain, debug;
	int show; /* 1: -q, 2: -Q */
	/* copying */
	int recursive, preserve, server, client, target_is_folder;
	const char *remote_path; /* NULL: as here */
	/* what is left of the command line */
	int nwords;
	char **words;
};

void pdsh_init(struct pdsh *p, enum pdsh_kind kind, const char *argv0);
void pdsh_release(struct pdsh *p);

/** The environment, which stands behind the command line. */
int pdsh_environment(struct pdsh *p, struct err *err);

/**
 * Read a command line as getopt(3) does for pdsh.  1: an option makes no
 * sense, and getopt has said so; -1: err.
 */
int pdsh_parse(struct pdsh *p, int argc, char **argv, struct err *err);

/** The usage, on stderr; all options for completion and manual, on stdout. */
void pdsh_usage(const struct pdsh *p);
void pdsh_usage_letters(const char *letters, const char *groups, FILE *out);
void pdsh_dump(const struct pdsh *p);

/** The ways to run commands that there are; ends with NULL. */
extern const char *const pdsh_rcmds[];
bool pdsh_is_rcmd(const struct pdsh *p, const char *name);

/** -V, -L and -T. */
int pdsh_version(const struct pdsh *p);
int pdsh_modules(const struct pdsh *p);
int pdsh_test(const struct pdsh *p);

/** -q and -Q. */
void pdsh_show(const struct pdsh *p, const struct pdshlist *hosts);

/** What stands in front of lines. */
enum label_kind pdsh_labels(const struct pdsh *p);

/** The way to run the command on a host. */
const char *pdsh_rcmd_of(const struct pdsh *p, const struct pdsh_host *h);

/** What of the environment asks for ssh(1) in place of the built-in client, or
    NULL. */
const char *pdsh_ssh_variable(void);

/** Who runs this; "" where nobody knows. */
const char *pdsh_local_user(void);

/** For struct pdshlist_env. */
int pdsh_read_file(void *arg, const char *path, size_t max, struct strbuf *out,
		   struct err *err);
void pdsh_warn(void *arg, const char *text);

/** The hosts, with what is left out left out; NULL with err. */
struct pdshlist *pdsh_hosts(const struct pdsh *p, struct err *err);

/**
 * Run words as they are or, `line` not NULL, a line of the prompt.  The exit
 * code, or -1 with err.
 */
int pdsh_run(const struct pdsh *p, const struct pdshlist *list,
	     const char *line, struct err *err);

/** Read commands and run them until there are no more. */
int pdsh_prompt(const struct pdsh *p, const struct pdshlist *hosts,
		struct err *err);

#endif /* RSH_CMD_PDSH_H */
