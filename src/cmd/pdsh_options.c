/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The options of pdsh, pdcp and rpdcp, and their environment.
 */
#include "cmd/pdsh.h"

#include <pwd.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/text.h"
#include "cmd/pdsh_modules.h"

#include "base/banned.h"

#define FIELD(f)   offsetof(struct pdsh, f)
#define SPAN_MAX   ((uint64_t)365 * 24 * 3600 * 1000) /* ms */
#define FANOUT_MAX 1000000
#define USER_MAX   256 /* bytes, as pdsh */
#define COLUMN	   18  /* of the usage, where the meaning begins */

static int take_fanout(void *settings, const char *arg, struct err *err)
{
	struct pdsh *p = settings;
	uint64_t n;

	/* A negative number is no limit. */
	if (*arg == '-' && !parse_uint(arg + 1, 1, FANOUT_MAX, &n)) {
		p->fanout = -(int64_t)n;
		return 0;
	}
	if (parse_uint(arg, 1, FANOUT_MAX, &n))
		return err_set(err, ERR_USAGE,
			       "Invalid fanout `%s' passed to -f.", arg);
	p->fanout = (int64_t)n;
	return 0;
}

/* Seconds, or with a unit; below 0 is told later, with what else is wrong. */
static int parse_seconds(const char *arg, int64_t *ms)
{
	bool negative = *arg == '-';
	uint64_t span;

	if (parse_span(arg + negative, SPAN_MAX, &span))
		return -1;
	*ms = negative ? -(int64_t)span : (int64_t)span;
	return 0;
}

static int take_connect_timeout(void *settings, const char *arg,
				struct err *err)
{
	struct pdsh *p = settings;

	if (!parse_seconds(arg, &p->connect_ms))
		return 0;
	return err_set(err, ERR_USAGE,
		       "Invalid connect timeout `%s' passed to -t.", arg);
}

static int take_command_timeout(void *settings, const char *arg,
				struct err *err)
{
	struct pdsh *p = settings;

	if (!parse_seconds(arg, &p->command_ms))
		return 0;
	return err_set(err, ERR_USAGE,
		       "Invalid command timeout `%s' passed to -u.", arg);
}

static int take_user(void *settings, const char *arg, struct err *err)
{
	struct pdsh *p = settings;

	if (strlen(arg) > USER_MAX)
		return err_set(
			err, ERR_USAGE,
			"Fatal: username '%s' exceeds max username length (%d)",
			arg, USER_MAX);
	p->user = arg;
	return 0;
}

static int take_test(void *settings, const char *arg, struct err *err)
{
	struct pdsh *p = settings;

	(void)err;
	p->ask = PDSH_ASK_TEST;
	if (parse_uint(arg, 0, UINT64_MAX, &p->test))
		p->test = UINT64_MAX;
	return 0;
}

static const struct option dsh_rows[] = {
	/* clang-format off */
	{ .kind = OPT_FLAG, .letter = 'S', .field = FIELD(largest), .value = 1,
	  .help = N_("exit with the largest status of all hosts") },
	{ .kind = OPT_FLAG, .letter = 'k', .field = FIELD(fail_fast), .value = 1,
	  .help = N_("end the run when a host fails") },
	{ 0 },
	/* clang-format on */
};

static const struct option pcp_rows[] = {
	/* clang-format off */
	{ .kind = OPT_FLAG, .letter = 'r', .field = FIELD(recursive), .value = 1,
	  .help = N_("copy folders with what is in them") },
	{ .kind = OPT_FLAG, .letter = 'p', .field = FIELD(preserve), .value = 1,
	  .help = N_("keep the time of modification and the mode") },
	{ .kind = OPT_STRING, .letter = 'e', .field = FIELD(remote_path), .arg = N_("PATH"),
	  .help = N_("where pdcp is on the hosts, for its own protocol") },
	/* pdcp itself starts its other half with these. */
	{ .kind = OPT_FLAG, .letter = 'y', .field = FIELD(target_is_folder), .value = 1 },
	{ .kind = OPT_FLAG, .letter = 'z', .field = FIELD(server), .value = 1 },
	{ .kind = OPT_FLAG, .letter = 'Z', .field = FIELD(client), .value = 1 },
	{ 0 },
	/* clang-format on */
};

static const struct option common_rows[] = {
	/* clang-format off */
	{ .kind = OPT_LIST, .letter = 'w', .field = FIELD(targets), .arg = N_("LIST"),
	  .help = N_("run on these hosts; may be repeated") },
	{ .kind = OPT_LIST, .letter = 'x', .field = FIELD(excludes), .arg = N_("LIST"),
	  .help = N_("leave these out") },
	{ .kind = OPT_LIST, .letter = 'g', .field = FIELD(groups), .arg = N_("GROUP"),
	  .help = N_("run on these groups; with -w: only on hosts that are in them") },
	{ .kind = OPT_LIST, .letter = 'X', .field = FIELD(group_excludes), .arg = N_("GROUP"),
	  .help = N_("leave these groups out") },
	{ .kind = OPT_FLAG, .letter = 'a', .field = FIELD(all_but_skipped), .value = 1,
	  .help = N_("run on all hosts but those with the attribute pdsh_all_skip") },
	{ .kind = OPT_FLAG, .letter = 'A', .field = FIELD(all), .value = 1,
	  .help = N_("run on all hosts") },
	{ .kind = OPT_FLAG, .letter = 'i', .field = FIELD(altnames), .value = 1,
	  .help = N_("swap names and alternate names") },
	{ .kind = OPT_STRING, .letter = 'F', .field = FIELD(genders_file), .arg = N_("FILE"),
	  .help = N_("the genders file") },
	{ .kind = OPT_LIST, .letter = 'j', .field = FIELD(jobs), .arg = N_("JOB"),
	  .help = N_("run on the hosts of these jobs of Slurm; all: of all jobs") },
	{ .kind = OPT_LIST, .letter = 'P', .field = FIELD(partitions), .arg = N_("PARTITION"),
	  .help = N_("run on the hosts of these partitions of Slurm") },
	{ .kind = OPT_LIST, .letter = 'C', .field = FIELD(features), .arg = N_("FEATURE"),
	  .help = N_("only on hosts with these features of Slurm") },
	/* Only to be refused: see pdsh_groups.c. */
	{ .kind = OPT_FLAG, .letter = 'v', .field = FIELD(up), .value = 1 },
	{ .kind = OPT_CALL, .letter = 'l', .call = take_user, .arg = N_("USER"),
	  .help = N_("log in as this user") },
	{ .kind = OPT_CALL, .letter = 't', .call = take_connect_timeout, .arg = N_("SECONDS"),
	  .help = N_("limit for connecting; default 10, 0 for none") },
	{ .kind = OPT_CALL, .letter = 'u', .call = take_command_timeout, .arg = N_("SECONDS"),
	  .help = N_("limit for the command; default none") },
	{ .kind = OPT_CALL, .letter = 'f', .call = take_fanout, .arg = N_("N"),
	  .help = N_("hosts at once; default 32, negative for no limit") },
	{ .kind = OPT_STRING, .letter = 'R', .field = FIELD(rcmd), .arg = N_("NAME"),
	  .help = N_("how commands are run: ssh or exec") },
	{ .kind = OPT_STRING, .letter = 'M', .field = FIELD(modules), .arg = N_("NAME"),
	  .help = N_("what -g, -X, -a and -j ask: see -L") },
	{ .kind = OPT_FLAG, .letter = 'N', .field = FIELD(labels), .value = 0,
	  .help = N_("no host names in front of lines") },
	{ .kind = OPT_FLAG, .letter = 'K', .field = FIELD(keep_domain), .value = 1,
	  .help = N_("keep the domains of host names in front of lines") },
	{ .kind = OPT_FLAG, .letter = 'b', .field = FIELD(batch), .value = 1,
	  .help = N_("one Ctrl+C ends the run") },
	{ .kind = OPT_FLAG, .letter = 'd', .field = FIELD(debug), .value = 1,
	  .help = N_("more on Ctrl+C, and times at the end") },
	{ .kind = OPT_FLAG, .letter = 'q', .field = FIELD(show), .value = 1,
	  .help = N_("print the settings and the hosts, folded, and stop") },
	{ .kind = OPT_FLAG, .letter = 'Q', .field = FIELD(show), .value = 2,
	  .help = N_("the same with all hosts") },
	{ .kind = OPT_FLAG, .letter = 'L', .field = FIELD(ask), .value = PDSH_ASK_MODULES,
	  .help = N_("list the ways to run commands and to find hosts, and stop") },
	{ .kind = OPT_FLAG, .letter = 'V', .field = FIELD(ask), .value = PDSH_ASK_VERSION,
	  .help = N_("print the version and stop") },
	{ .kind = OPT_FLAG, .letter = 'h', .field = FIELD(ask), .value = PDSH_ASK_USAGE,
	  .help = N_("print this and stop") },
	{ .kind = OPT_CALL, .letter = 'T', .call = take_test, .arg = N_("N") },
	{ 0 },
	/* clang-format on */
};

static const struct option *own_rows(const struct pdsh *p)
{
	return p->kind == PDSH_DSH ? dsh_rows : pcp_rows;
}

static char *make_self(const char *progname)
{
	char host[256] = "localhost";

	(void)gethostname(host, sizeof(host) - 1);
	host[strcspn(host, ".")] = '\0';
	return xasprintf("%s@%s", progname, host);
}

void pdsh_init(struct pdsh *p, enum pdsh_kind kind, const char *argv0)
{
	const char *slash = strrchr(argv0, '/');

	*p = (struct pdsh){
		.kind = kind,
		.argv0 = argv0,
		.progname = slash ? slash + 1 : argv0,
		.fanout = PDSH_FANOUT,
		.connect_ms = PDSH_CONNECT_SECONDS * 1000,
		.labels = 1,
	};
	p->self = make_self(p->progname);
}

void pdsh_release(struct pdsh *p)
{
	struct strvec *const lists[] = {
		&p->targets, &p->excludes,   &p->groups,   &p->group_excludes,
		&p->jobs,    &p->partitions, &p->features,
	};

	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		strvec_release(lists[i]);
	free(p->dshpath);
	free(p->self);
}

/* The command's PATH, as the shell of who runs this sets one. */
static char *make_dshpath(const char *path)
{
	const struct passwd *pw = getpwuid(getuid());
	const char *shell = pw && pw->pw_shell ? pw->pw_shell : "";
	const char *slash = strrchr(shell, '/');

	shell = slash ? slash + 1 : shell;
	if (!strcmp(shell, "csh") || !strcmp(shell, "tcsh"))
		return xasprintf("setenv PATH %s;", path);
	return xasprintf("PATH=%s;", path);
}

int pdsh_environment(struct pdsh *p, struct err *err)
{
	static const struct {
		const char *name;
		int (*take)(void *settings, const char *arg, struct err *err);
	} numbers[] = {
		{ "FANOUT", take_fanout },
		{ "PDSH_CONNECT_TIMEOUT", take_connect_timeout },
		{ "PDSH_COMMAND_TIMEOUT", take_command_timeout },
	};
	const char *path = getenv("DSHPATH");

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		const char *value = getenv(numbers[i].name);

		if (value && numbers[i].take(p, value, err))
			return err_set(err, ERR_USAGE,
				       "Invalid environment variable %s=%s",
				       numbers[i].name, value);
	}
	p->rcmd = getenv("PDSH_RCMD_TYPE");
	p->modules = getenv("PDSH_MISC_MODULES");
	p->genders_file = getenv("PDSH_GENDERS_FILE");
	p->remote_path = getenv("PDSH_REMOTE_PDCP_PATH");
	if (path)
		p->dshpath = make_dshpath(path);
	return 0;
}

int pdsh_parse(struct pdsh *p, int argc, char **argv, struct err *err)
{
	struct strbuf letters = STRBUF_INIT(STRBUF_MAX_TEXT);
	int rc = 0;
	int c;

	/* Not of pdsh: what tools read, and no person. */
	if (argc == 2 && !strcmp(argv[1], "--help=dump")) {
		p->ask = PDSH_ASK_DUMP;
		return 0;
	}
	/* "+": the first word that is no option begins the command. */
	(void)strbuf_addch(&letters, '+');
	options_letters(own_rows(p), &letters);
	options_letters(common_rows, &letters);
	while (!rc && p->ask == PDSH_ASK_NOTHING &&
	       (c = getopt(argc, argv, letters.buf)) != -1) {
		const struct option *row = options_find(own_rows(p), c);
		char shown[] = { '-', (char)c, '\0' };

		if (!row)
			row = options_find(common_rows, c);
		rc = row ? options_store(row, p, shown, optarg, err) : 1;
	}
	strbuf_release(&letters);
	p->genders_file_typed = p->genders_file != getenv("PDSH_GENDERS_FILE");
	p->rcmd_typed = p->rcmd != NULL;
	p->nwords = argc - optind;
	p->words = argv + optind;
	return rc;
}

static void usage_row(const struct option *r, const char *help, FILE *out)
{
	char *left = xasprintf("-%c %s", r->letter, r->arg ? _(r->arg) : "");

	(void)fprintf(out, "%-*s%s\n", COLUMN, left, _(help));
	free(left);
}

/* What -g does depends on who has it. */
static void usage_rows(const struct pdsh *p, const struct option *rows)
{
	struct pdsh_active modules;
	const struct pdsh_module *m;

	pdsh_modules_find(p, &modules);
	m = pdsh_modules_of(&modules, 'g');
	for (const struct option *r = rows; r->letter; r++)
		if (r->help)
			usage_row(r,
				  m && r->letter == 'g' ? m->groups : r->help,
				  stderr);
}

void pdsh_usage_letters(const char *letters, const char *groups, FILE *out)
{
	for (; *letters; letters++) {
		const struct option *r = options_find(common_rows, *letters);

		usage_row(r, *letters == 'g' ? groups : r->help, out);
	}
}

void pdsh_usage(const struct pdsh *p)
{
	static const char *const lines[] = {
		[PDSH_DSH] = "Usage: pdsh [-options] command ...",
		[PDSH_PCP] = "Usage: pdcp [-options] src [src2...] dest",
		[PDSH_RPCP] = "Usage: rpdcp [-options] src [src2...] dir",
	};

	(void)fprintf(stderr, "%s\n", lines[p->kind]);
	usage_rows(p, own_rows(p));
	usage_rows(p, common_rows);
	(void)fprintf(stderr, "available rcmd modules: %s\n",
		      p->kind == PDSH_DSH ? "ssh,exec (default: ssh)" : "ssh");
}

void pdsh_dump(const struct pdsh *p)
{
	options_dump(own_rows(p), stdout);
	options_dump(common_rows, stdout);
}
