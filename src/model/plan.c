/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What to do to which targets.
 */
#include "model/plan.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/gettext.h"
#include "model/command.h"
#include "model/hops.h"

#include "base/banned.h"

void op_spec_release(struct op_spec *spec)
{
	free(spec->command);
	free(spec->direct_host);
	free(spec->direct_path);
	strvec_release(&spec->argv);
	strvec_release(&spec->copy.sources);
	strvec_release(&spec->copy.skip);
	strvec_release(&spec->copy.dirs);
	strvec_release(&spec->copy.suffixes);
	*spec = (struct op_spec){ .input_fd = -1 };
}

void plan_init(struct plan *plan)
{
	*plan = (struct plan){
		.spec = { .input_fd = -1 },
		.limits = { .fanout = 1,
			    .connecting = 1,
			    .retries = UINT_MAX,
			    .connect_ms = UINT64_MAX },
		.exit_policy = EXIT_MAIN_RANK,
		.driver = "ssh",
		.password_fd = -1,
		.sudo_fd = -1,
	};
}

void plan_release(struct plan *plan)
{
	if (!plan)
		return;
	targets_release(&plan->targets);
	hops_free(plan->hops);
	op_spec_release(&plan->spec);
	strvec_release(&plan->program);
	plan_init(plan);
}

/* What is made for each target can be made. */
static int check_commands(const struct plan *plan, struct err *err)
{
	const struct op_spec *spec = &plan->spec;

	if (spec->kind != OP_EXEC || (!spec->subst && !spec->vars))
		return 0;
	if (!spec->command)
		return err_set(err, ERR_USAGE,
			       _("there is no command to put anything into"));
	for (size_t i = 0; i < plan->targets.n; i++) {
		char *command = command_for(spec, &plan->targets.v[i],
					    plan->targets.n, err);

		if (!command)
			return -1;
		free(command);
	}
	return 0;
}

/* What was typed, or the RemoteCommand of each, where any is to run. */
static bool all_have_commands(const struct plan *plan)
{
	if (plan->spec.command)
		return true;
	for (size_t i = 0; i < plan->targets.n; i++) {
		const struct ssh_opts *o = plan->targets.v[i].opts;

		if (!o || (!o->remote_command &&
			   o->session_type != SESSION_TYPE_NONE))
			return false;
	}
	return true;
}

int plan_check(const struct plan *plan, struct err *err)
{
	if (!plan->targets.n)
		return err_set(err, ERR_USAGE, _("no hosts to run on"));
	if (!plan->limits.fanout || !plan->limits.connecting)
		return err_set(err, ERR_USAGE,
			       _("a limit of 0 would start nothing"));
	if (plan->main_rank >= plan->targets.n)
		return err_set(err, ERR_USAGE,
			       _("the main rank is none of the hosts"));
	/* Only a server has a shell to start when no command is named. */
	if (plan->spec.kind == OP_EXEC && !all_have_commands(plan) &&
	    (!plan->spec.login_shell || !strcmp(plan->driver, "exec")))
		return err_set(err, ERR_USAGE, _("no command to run"));
	if ((plan->ask_sudo || plan->sudo_fd >= 0) && !plan->spec.command)
		return err_set(err, ERR_USAGE,
			       _("there is no command for sudo to run"));
	return check_commands(plan, err);
}
