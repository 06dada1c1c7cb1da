/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Start-up, and the table of names the program answers to.
 */
#include <errno.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/gettext.h"
#include "base/log.h"
#include "cmd/askpass.h"
#include "cmd/cmd.h"
#include "cmd/harden.h"

#include "base/banned.h"

/*
 * A personality is an option table, a plan's defaults and an exit policy: all
 * fill the same struct plan and call launch().
 */
static const struct personality {
	const char *argv0;
	cmd_fn *run;
} personalities[] = {
	/* clang-format off */
	{ "rsh",    cmd_verb   },
	{ "ssh",    cmd_rsh    },
	{ "pdsh",   cmd_pdsh   },
	{ "dsh",    cmd_pdsh   },
	{ "pdcp",   cmd_pdcp   },
	{ "dcp",    cmd_pdcp   },
	{ "pcp",    cmd_pdcp   },
	{ "rpdcp",  cmd_rpdcp  },
	{ "dshbak", cmd_dshbak },
	{ NULL,     cmd_verb   }, /* any other name */
	/* clang-format on */
};

static const struct personality *personality_find(const char *name)
{
	const struct personality *p = personalities;

	while (p->argv0 && strcmp(p->argv0, name) != 0)
		p++;
	return p;
}

/* What was printed by stdio, such as the help, may not have got out. */
static int close_stdout(int code)
{
	if (!fflush(stdout) && !ferror(stdout))
		return code;
	if (errno == EPIPE)
		return code ? code : 128 + SIGPIPE;
	log_fatal(_("cannot write to %s: %s"), "stdout", strerror(errno));
	return code ? code : EXIT_CODE_USAGE;
}

int main(int argc, char **argv)
{
	const char *name = argc > 0 && argv[0] ? argv[0] : "rsh";
	const char *slash = strrchr(name, '/');
	const struct personality *p =
		personality_find(slash ? slash + 1 : name);
	struct err err = { 0 };

	(void)setlocale(LC_ALL, "");
#ifdef ENABLE_NLS
	(void)bindtextdomain(PACKAGE, LOCALEDIR);
	(void)textdomain(PACKAGE);
#endif
	log_init(p->argv0 ? p->argv0 : "rsh", LOG_INFO);
	if (harden_process(&err)) {
		log_fatal("%s", err.msg);
		err_release(&err);
		return EXIT_CODE_USAGE;
	}
	if (askpass_wanted())
		return askpass();
	return close_stdout(p->run(argc, argv));
}
