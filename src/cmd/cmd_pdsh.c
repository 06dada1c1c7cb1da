/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The command lines of pdsh, pdcp and rpdcp: what comes first, and last.
 */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/gettext.h"
#include "base/log.h"
#include "cmd/cmd.h"
#include "cmd/pdsh.h"

#include "base/banned.h"

/* All that is wrong is said, as pdsh does, before the run is refused. */
static bool complain(const char *text)
{
	log_fatal("%s", text);
	return false;
}

static bool check_times(const struct pdsh *p)
{
	bool ok = true;

	if (p->rcmd && !strcmp(p->rcmd, "exec") &&
	    p->connect_ms != PDSH_CONNECT_SECONDS * 1000)
		ok = complain("Cannot specify -t with \"-R exec\"");
	if (p->connect_ms < 0)
		ok = complain("connect timeout must be >= 0");
	if (p->command_ms < 0)
		ok = complain("command timeout must be >= 0");
	return ok;
}

static bool check_source(const struct pdsh *p, const char *name)
{
	struct stat st;

	if (stat(name, &st)) {
		log_fatal("can't stat %s", name);
		return false;
	}
	if (!S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode)) {
		log_fatal("not a regular file or directory: %s", name);
		return false;
	}
	if (S_ISDIR(st.st_mode) && !p->recursive) {
		log_fatal("use -r to copy directories: %s", name);
		return false;
	}
	return true;
}

static bool check_destination(const char *name)
{
	struct stat st;

	if (stat(name, &st))
		log_fatal("can't stat %s", name);
	else if (S_ISDIR(st.st_mode))
		return true;
	return complain("reverse copy dest must be a directory");
}

static bool check_copy(const struct pdsh *p)
{
	bool ok = true;

	if (p->nwords < 2)
		ok = complain("pcp requires source and dest filenames");
	if (p->target_is_folder)
		ok = complain("target is directory can only be specified with "
			      "pcp server");
	if (p->kind == PDSH_RPCP && p->nwords)
		return check_destination(p->words[p->nwords - 1]) && ok;
	for (int i = 0; p->kind == PDSH_PCP && i < p->nwords - 1; i++)
		ok &= check_source(p, p->words[i]);
	return ok;
}

static bool check(const struct pdsh *p, const struct pdshlist *hosts)
{
	bool ok = true;

	if (!pdshlist_count(hosts))
		ok = complain("no remote hosts specified");
	ok &= check_times(p);
	return p->kind == PDSH_DSH ? ok : check_copy(p) && ok;
}

static int run(const struct pdsh *p, struct err *err)
{
	struct pdshlist *hosts;
	int code = PDSH_FAILED;

	if (p->server || p->client)
		return err_set(
			err, ERR_USAGE,
			_("-z and -Z are for pdcp's own protocol, which is not spoken here"));
	hosts = pdsh_hosts(p, err);
	if (!hosts)
		return -1;
	if (!check(p, hosts))
		goto out;
	code = 0;
	if (p->show)
		pdsh_show(p, hosts);
	else if (p->nwords)
		code = pdsh_run(p, hosts, NULL, err);
	else
		code = pdsh_prompt(p, hosts, err);
out:
	pdshlist_free(hosts);
	return code;
}

static int begin(struct pdsh *p, int argc, char **argv, struct err *err)
{
	int rc;

	if (pdsh_environment(p, err))
		return -1;
	rc = pdsh_parse(p, argc, argv, err);
	if (rc > 0)
		p->ask = PDSH_ASK_USAGE;
	if (rc < 0)
		return -1;
	switch (p->ask) {
	case PDSH_ASK_USAGE:
		pdsh_usage(p);
		return PDSH_FAILED;
	case PDSH_ASK_DUMP:
		pdsh_dump(p);
		return 0;
	case PDSH_ASK_VERSION:
		return pdsh_version(p);
	case PDSH_ASK_MODULES:
		return pdsh_modules(p);
	case PDSH_ASK_TEST:
		return pdsh_test(p);
	case PDSH_ASK_NOTHING:
		break;
	}
	if (p->rcmd && !pdsh_is_rcmd(p, p->rcmd)) {
		(void)fprintf(stderr, "No such rcmd module \"%s\"\n", p->rcmd);
		return PDSH_FAILED;
	}
	return run(p, err);
}

static int start(enum pdsh_kind kind, int argc, char **argv)
{
	struct err err = { 0 };
	struct pdsh p;
	int code;

	pdsh_init(&p, kind, argc > 0 && argv[0] ? argv[0] : "pdsh");
	log_init(p.self, LOG_INFO);
	code = begin(&p, argc, argv, &err);
	if (code < 0) {
		log_fatal("%s", err.msg);
		code = PDSH_FAILED;
	}
	err_release(&err);
	/* What is told from here on has no other name to stand under. */
	log_init("pdsh", LOG_INFO);
	pdsh_release(&p);
	return code;
}

int cmd_pdsh(int argc, char **argv)
{
	return start(PDSH_DSH, argc, argv);
}

int cmd_pdcp(int argc, char **argv)
{
	return start(PDSH_PCP, argc, argv);
}

int cmd_rpdcp(int argc, char **argv)
{
	return start(PDSH_RPCP, argc, argv);
}
