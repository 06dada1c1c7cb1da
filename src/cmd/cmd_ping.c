/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rsh ping: who can be logged in to, and how fast.
 */
#include "base/gettext.h"
#include "cmd/cmd.h"
#include "cmd/launch.h"
#include "cmd/settings.h"
#include "cmd/sinks.h"
#include "cmd/verb.h"

#include "base/banned.h"

/* Nothing that was asked for is passed over. */
static const char *const refused[] = {
	/* clang-format off */
	"--group", "--diff", "--output-dir", "--timeout", "--subst",
	"--env", "--script", "--sudo", "--sudo-password-fd", "--rcmd", "--view",
	"-t", "-e", "-s", "-f", "-A", "-G", "-Q", "-O", "-M",
	"-L", "-R", "-D", "-g", "-N", "-W", NULL,
	/* clang-format on */
};

static int ping(const struct settings *s, struct err *err)
{
	struct launch_style style = {
		.summary = true,
		.batch = s->batch,
		.summary_always = s->verbose > 0,
		.form = FORM_PING,
		.failed_to = s->failed_to,
	};
	struct sshconf *conf = NULL;
	struct plan plan;
	int code = -1;
	bool json;

	plan_init(&plan);
	if (sinks_json_place(&style, s->json, &json, err))
		goto out;
	if (json)
		style.form = FORM_JSON;
	if (settings_plan(s, LABEL_WHOLE, &plan, &conf, err))
		goto out;
	plan.spec.kind = OP_PING;
	plan.exit_policy = EXIT_PING;
	if (s->policy >= 0)
		plan.exit_policy = (enum exit_policy)s->policy;
	code = launch(&plan, &style, err);
out:
	plan_release(&plan);
	sshconf_free(conf);
	return code;
}

int cmd_ping(int argc, char **argv)
{
	const struct verb_line line = {
		.name = "rsh ping",
		.usage = _(
			"usage: rsh ping [options] LIST...\n"
			"       rsh ping [options] -H LIST\n"
			"\n"
			"Log in to hosts, run nothing, and tell how long each step took.\n"
			"\n"
			"The options are those of rsh; those about a command have no place here.\n"),
		.refused = refused,
	};
	struct settings s;
	struct err err = { 0 };
	int rc;

	settings_init(&s);
	rc = verb_read(&line, &s, argc, argv, &s.hosts, &err);
	if (rc)
		return verb_end(&s, rc > 0 ? 0 : -1, &err);
	if (!s.hosts.n)
		rc = err_set(&err, ERR_USAGE,
			     _("no host named; try 'rsh ping --help'"));
	else if (settings_log(&s, "rsh", &err) ||
		 settings_configure(&s, rsh_options, &err))
		rc = -1;
	return verb_end(&s, rc ? rc : ping(&s, &err), &err);
}
