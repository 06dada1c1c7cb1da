/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What pdsh tells about itself: version, modules, settings.
 */
#include "cmd/pdsh.h"

#include <errno.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/text.h"
#include "cmd/pdsh_modules.h"
#include "conf/percent.h"
#include "ui/lineedit.h"

#include "base/banned.h"

const char *const pdsh_rcmds[] = { "ssh", "exec", NULL };

bool pdsh_is_rcmd(const struct pdsh *p, const char *name)
{
	/* Copying needs a peer. */
	if (p->kind != PDSH_DSH)
		return !strcmp(name, "ssh");
	return !strcmp(name, "ssh") || !strcmp(name, "exec");
}

/* "a,b" of one type; false: there is none. */
static bool join_names(const struct pdsh_module *const *list, const char *type,
		       struct strbuf *out)
{
	strbuf_reset(out);
	for (; *list; list++)
		if (!strcmp((*list)->type, type))
			(void)strbuf_addf(out, "%s%s", out->len ? "," : "",
					  (*list)->name);
	return out->len > 0;
}

/* The release whose behaviour this is; scripts read the lines. */
int pdsh_version(const struct pdsh *p)
{
	struct strbuf names = STRBUF_INIT(STRBUF_MAX_TEXT);
	struct pdsh_active modules;

	pdsh_modules_find(p, &modules);
	(void)printf("pdsh-2.35 (+static-modules%s), rsh %s\n",
		     lineedit_has_history() ? "+readline" : "",
		     PACKAGE_VERSION);
	(void)printf("rcmd modules: %s\n",
		     p->kind == PDSH_DSH ? "ssh,exec (default: ssh)" : "ssh");
	(void)join_names(modules.on, "misc", &names);
	(void)printf("misc modules: %s", names.buf);
	if (join_names(modules.off, "misc", &names))
		(void)printf(" (*conflicting: %s)\n[* -M NAME has such a "
			     "module instead of the other]",
			     names.buf);
	(void)putchar('\n');
	strbuf_release(&names);
	return 0;
}

static void show_module(const struct pdsh_module *m, bool active)
{
	(void)printf("Module: %s/%s\nAuthor: the authors of rsh\n"
		     "Descr:  %s\nActive: %s\n",
		     m->type, m->name, m->descr, active ? "yes" : "no");
	if (*m->letters)
		(void)puts("Options:");
	pdsh_usage_letters(m->letters, m->groups, stdout);
	(void)putchar('\n');
}

int pdsh_modules(const struct pdsh *p)
{
	struct pdsh_active modules;
	size_t n = 0;

	pdsh_modules_find(p, &modules);
	for (size_t i = 0; modules.on[i]; i++)
		n++;
	for (size_t i = 0; modules.off[i]; i++)
		n++;
	(void)printf("%zu modules loaded:\n\n", n);
	for (size_t i = 0; modules.on[i]; i++)
		show_module(modules.on[i], true);
	for (size_t i = 0; modules.off[i]; i++)
		show_module(modules.off[i], false);
	return 0;
}

/* What -T has always asked: the texts of errors, and what stands for %h. */
static bool errors_have_texts(void)
{
	bool ok = true;

	for (int e = 1; e < 100 && ok; e++) {
		struct err err = { 0 };
		char *want = xasprintf("x: %s", strerror(e));

		errno = e;
		err_set_errno(&err, ERR_LOCAL, "x");
		ok = !strcmp(err.msg, want);
		err_release(&err);
		free(want);
	}
	return ok;
}

static bool tokens_are_replaced(void)
{
	const struct percent_token tokens[] = {
		{ 'h', "foo0" },
		{ 'u', "foouser" },
		{ 'n', "0" },
		{ 0 },
	};
	struct strbuf sb = STRBUF_INIT(100);
	bool ok = !percent_subst("host=%h user=%u n=%n %%%", tokens, &sb) &&
		  !strcmp(sb.buf, "host=foo0 user=foouser n=0 %%");

	strbuf_release(&sb);
	return ok;
}

int pdsh_test(const struct pdsh *p)
{
	static const struct {
		const char *name;
		bool (*run)(void);
	} tests[] = {
		{ "xstrerrorcat", errors_have_texts },
		{ "pipecmd", tokens_are_replaced },
	};

	if (p->test >= sizeof(tests) / sizeof(tests[0])) {
		(void)fprintf(stderr, "%s: Test %lld unknown\n", p->progname,
			      p->test == UINT64_MAX ? -1LL
						    : (long long)p->test);
		return PDSH_FAILED;
	}
	(void)printf("%s: Test %d: %s: %s\n", p->progname, (int)p->test,
		     tests[p->test].name,
		     tests[p->test].run() ? "PASS" : "FAIL");
	return 0;
}

const char *pdsh_local_user(void)
{
	const struct passwd *pw = getpwuid(getuid());

	return pw ? pw->pw_name : "";
}

const char *pdsh_rcmd_of(const struct pdsh *p, const struct pdsh_host *h)
{
	if (h->rcmd)
		return h->rcmd;
	return p->rcmd ? p->rcmd : pdsh_rcmds[0];
}

/* Where argv[0] was found, as the shell looks for it; NULL: nowhere. */
static char *program_path(const char *argv0)
{
	struct strvec folders = { 0 };
	const char *path = getenv("PATH");
	char cwd[PATH_MAX] = ".";
	char *found = NULL;

	if (*argv0 == '/')
		return xstrdup(argv0);
	(void)!getcwd(cwd, sizeof(cwd));
	if (strchr(argv0, '/'))
		return xasprintf("%s/%s", cwd, argv0);
	strvec_split(&folders, path ? path : "", ":");
	for (size_t i = 0; i < folders.n && !found; i++) {
		const char *folder = folders.v[i];

		found = *folder == '/'
				? xasprintf("%s/%s", folder, argv0)
				: xasprintf("%s/%s/%s", cwd, folder, argv0);
		if (access(found, R_OK)) {
			free(found);
			found = NULL;
		}
	}
	strvec_release(&folders);
	return found;
}

static const char *yes(bool b)
{
	return b ? "Yes" : "No";
}

static const char *or_none(const char *text)
{
	return text ? text : "none";
}

static char *join_words(char **words, int n, const char *sep)
{
	struct strvec all = { 0 };
	char *text;

	for (int i = 0; i < n; i++)
		strvec_push(&all, words[i]);
	text = n ? strvec_join(&all, sep) : NULL;
	strvec_release(&all);
	return text;
}

static void show_dsh(const struct pdsh *p)
{
	char *command = join_words(p->words, p->nwords, " ");

	(void)printf("-- DSH-specific options --\n"
		     "Separate stderr/stdout	Yes\n"
		     "Path prepended to cmd	%s\n"
		     "Appended to cmd         none\n"
		     "Command:		%s\n",
		     or_none(p->dshpath), or_none(command));
	free(command);
}

static void show_pcp(const struct pdsh *p)
{
	int last = p->nwords ? p->nwords - 1 : 0;
	char *files = join_words(p->words, last, ", ");

	(void)printf("-- PCP-specific options --\n");
	if (files)
		(void)printf("Infile(s)		%s\n", files);
	(void)printf("Outfile			%s\n"
		     "Recursive		%s\n"
		     "Preserve mod time/mode	%s\n",
		     p->nwords ? p->words[last] : "none", yes(p->recursive),
		     yes(p->preserve));
	free(files);
}

static void show_seconds(const char *name, int64_t ms)
{
	(void)printf("%s	%lld", name, (long long)(ms / 1000));
	if (ms % 1000)
		(void)printf(".%03lld", (long long)(ms % 1000));
	(void)putchar('\n');
}

static void show_settings(const struct pdsh *p)
{
	char *path = program_path(p->argv0);
	const char *user = pdsh_local_user();

	(void)printf("Full program pathname	%s\n", or_none(path));
	(void)printf("Remote program path	%s\n",
		     p->kind != PDSH_DSH && p->remote_path ? p->remote_path
							   : or_none(path));
	(void)printf("\n-- Generic options --\n"
		     "Local username		%s\n"
		     "Local uid     		%u\n"
		     "Remote username		%s\n"
		     "Rcmd type		%s\n"
		     "one ^C will kill pdsh   %s\n",
		     user, getuid(), p->user ? p->user : user,
		     p->rcmd ? p->rcmd : pdsh_rcmds[0], yes(p->batch));
	show_seconds("Connect timeout (secs)", p->connect_ms);
	show_seconds("Command timeout (secs)", p->command_ms);
	(void)printf("Fanout			%lld\n"
		     "Display hostname labels	%s\n"
		     "Debugging       	%s\n",
		     (long long)p->fanout, yes(p->labels), yes(p->debug));
	free(path);
}

/* A host that is reached in another way, or as another user, than the rest. */
static void show_special(const struct pdshlist *hosts)
{
	bool any = false;

	for (size_t i = 0; i < pdshlist_count(hosts); i++) {
		const struct pdsh_host *h = pdshlist_get(hosts, i);

		if (!h->rcmd && !h->user)
			continue;
		if (!any)
			(void)printf("\n-- Nodes with a type or user of their "
				     "own --\n");
		any = true;
		(void)printf("%s%s%s%s%s\n", h->rcmd ? h->rcmd : "",
			     h->rcmd ? ":" : "", h->user ? h->user : "",
			     h->user ? "@" : "", h->name);
	}
}

void pdsh_show(const struct pdsh *p, const struct pdshlist *hosts)
{
	struct strbuf text = STRBUF_INIT(SIZE_MAX / 2);

	if (p->kind == PDSH_DSH)
		show_dsh(p);
	else
		show_pcp(p);
	show_settings(p);
	show_special(hosts);
	(void)printf("\n-- Target nodes --\n");
	if (p->show == 1)
		pdshlist_fold(hosts, &text);
	for (size_t i = 0; p->show == 2 && i < pdshlist_count(hosts); i++) {
		if (i)
			(void)strbuf_addch(&text, ',');
		(void)strbuf_addstr(&text, pdshlist_get(hosts, i)->name);
	}
	(void)puts(text.buf);
	strbuf_release(&text);
}
