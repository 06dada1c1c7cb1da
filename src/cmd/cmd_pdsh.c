/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The command line of pdsh: its letters with its meanings.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/log.h"
#include "base/text.h"
#include "cmd/cmd.h"
#include "cmd/launch.h"
#include "cmd/settings.h"
#include "conf/options.h"

#include "base/banned.h"

#define FIELD(f)	offsetof(struct settings, f)
#define SPAN_MAX	((uint64_t)365 * 24 * 3600 * 1000) /* ms */
#define PDSH_FANOUT	32
#define PDSH_CONNECT_MS 10000
#define PDSH_FAILED	1 /* exit code when nothing could be started */

static const struct option rows[] = {
	/* clang-format off */
	{ .kind = OPT_HEADING, .help = N_("Options") },
	{ .kind = OPT_LIST, .letter = 'w', .field = FIELD(hosts), .arg = N_("LIST"),
	  .help = N_("run on these hosts; may be repeated") },
	{ .kind = OPT_LIST, .letter = 'x', .field = FIELD(exclude), .arg = N_("LIST"),
	  .help = N_("leave out exactly these") },
	{ .kind = OPT_FLAG, .letter = 'S', .field = FIELD(policy), .value = EXIT_PDSH_S,
	  .help = N_("exit with the largest status of all hosts") },
	{ .kind = OPT_UINT, .letter = 'f', .field = FIELD(parallel), .arg = N_("N"), .min = 1, .max = 1000000,
	  .help = N_("hosts at once; default 32") },
	{ .kind = OPT_SPAN, .letter = 't', .field = FIELD(connect_timeout_ms), .arg = N_("SECONDS"), .max = SPAN_MAX,
	  .help = N_("limit for connecting; default 10, 0 for none") },
	{ .kind = OPT_SPAN, .letter = 'u', .field = FIELD(timeout_ms), .arg = N_("SECONDS"), .max = SPAN_MAX,
	  .help = N_("limit for the command; default none") },
	{ .kind = OPT_STRING, .letter = 'l', .field = FIELD(user), .arg = N_("USER"),
	  .help = N_("log in as this user") },
	{ .kind = OPT_FLAG, .letter = 'N', .field = FIELD(prefix), .value = 0,
	  .help = N_("no host names in front of lines") },
	{ .kind = OPT_FLAG, .letter = 'b', .field = FIELD(batch), .value = 1,
	  .help = N_("one Ctrl+C ends the run") },
	{ .kind = OPT_STRING, .letter = 'R', .field = FIELD(rcmd), .arg = N_("NAME"),
	  .help = N_("how commands are run: ssh or exec") },
	{ .kind = OPT_FLAG, .letter = 'V', .field = FIELD(version), .value = 2,
	  .help = N_("print the version") },
	{ .kind = OPT_STRING, .letter = 'h', .name = "help", .field = FIELD(help), .arg = N_("dump"), .optional_arg = true,
	  .help = N_("print this help") },
	{ 0 },
	/* clang-format on */
};

/* The environment stands behind the command line. */
static int from_environment(struct settings *s, struct err *err)
{
	const char *fanout = getenv("FANOUT");
	const char *rcmd = getenv("PDSH_RCMD_TYPE");

	if (fanout && parse_uint(fanout, 1, 1000000, &s->parallel))
		return err_set(err, ERR_USAGE,
			       _("invalid environment variable FANOUT=%s"),
			       fanout);
	if (rcmd)
		s->rcmd = rcmd;
	return 0;
}

static void hosts_from_wcoll(struct settings *s)
{
	const char *wcoll = getenv("WCOLL");

	if (!s->hosts.n && wcoll)
		strvec_push_take(&s->hosts, xasprintf("^%s", wcoll));
}

static int run(const struct settings *s, int nwords, char **words,
	       struct err *err)
{
	const struct launch_style style = {
		.labels = s->prefix,
		.batch = s->batch,
	};
	struct sshconf *conf = NULL;
	struct plan plan;
	int code = -1;

	plan_init(&plan);
	if (!s->hosts.n) {
		err_set(err, ERR_USAGE, _("no remote hosts specified"));
		goto out;
	}
	if (settings_plan(s, true, &plan, &conf, err))
		goto out;
	settings_command(&plan, nwords, words);
	plan.exit_policy =
		s->policy >= 0 ? (enum exit_policy)s->policy : EXIT_PDSH;
	code = launch(&plan, &style, err);
out:
	plan_release(&plan);
	sshconf_free(conf);
	return code;
}

static int begin(struct settings *s, int argc, char **argv, struct err *err)
{
	int index = 1;

	if (from_environment(s, err) ||
	    options_parse(rows, s, argc, argv, &index, NULL, err))
		return -1;
	if (s->version) {
		print_version(stdout);
		return 0;
	}
	if (s->help && !strcmp(s->help, "dump")) {
		options_dump(rows, stdout);
		return 0;
	}
	if (s->help) {
		puts(_("usage: pdsh [options] -w LIST command ..."));
		options_help(rows, stdout, 80);
		return 0;
	}
	hosts_from_wcoll(s);
	return run(s, argc - index, argv + index, err);
}

int cmd_pdsh(int argc, char **argv)
{
	struct settings s;
	struct err err = { 0 };
	int code;

	settings_init(&s);
	s.parallel = PDSH_FANOUT;
	s.connect_timeout_ms = PDSH_CONNECT_MS;
	code = begin(&s, argc, argv, &err);
	if (code < 0) {
		log_fatal("%s", err.msg);
		code = PDSH_FAILED;
	}
	err_release(&err);
	settings_release(&s);
	return code;
}
