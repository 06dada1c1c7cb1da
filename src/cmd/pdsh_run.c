/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From the settings of pdsh to a plan, and its run.
 *
 * Hosts are reached by the built-in client.  Where the environment names
 * options for ssh(1), or a program, that one is run instead, once for each
 * host, with the words pdsh gives it; to the plan this is a command run here.
 */
#include "cmd/pdsh.h"
#include "cmd/pdsh_copy.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "cmd/launch.h"
#include "cmd/report_pdsh.h"
#include "cmd/request.h"
#include "cmd/settings.h"
#include "conf/spec.h"

#include "base/banned.h"

#define SSH_PROGRAM "RSH_SSH_PROGRAM"
#define SSH_ARGS    "-2 -a -x %h"

/* The words of ssh(1) for hosts that need no others. */
struct ssh_words {
	bool with_user;
	uint16_t port;
	struct strvec argv;
	struct ssh_words *next;
};

/* What a plan points to. */
struct hosts {
	const struct pdsh *p;
	const char *line;    /* of the prompt; NULL: the words */
	const char *program; /* of ssh(1); NULL: the built-in client */
	struct settings_target *v;
	size_t n;
	struct ssh_words *words;
};

const char *pdsh_ssh_variable(void)
{
	static const char *const args[] = { "PDSH_SSH_ARGS",
					    "PDSH_SSH_ARGS_APPEND" };
	const char *program = getenv(SSH_PROGRAM);

	if (program && *program)
		return SSH_PROGRAM;
	for (size_t i = 0; i < sizeof(args) / sizeof(args[0]); i++)
		if (getenv(args[i]))
			return args[i];
	return NULL;
}

static const char *ssh_program(void)
{
	const char *name = pdsh_ssh_variable();

	return name && !strcmp(name, SSH_PROGRAM) ? getenv(name)
	       : name				  ? "ssh"
						  : NULL;
}

/* A token that a "%" in front does not make text. */
static bool has_token(const char *word, const char *token)
{
	const char *at = strstr(word, token);

	return at && (at == word || at[-1] != '%');
}

/* What is sent is no template. */
static void push_escaped(struct strvec *argv, const char *word)
{
	struct strbuf sb = STRBUF_INIT(SIZE_MAX / 2);

	for (; *word; word++) {
		if (*word == '%')
			(void)strbuf_addch(&sb, '%');
		(void)strbuf_addch(&sb, *word);
	}
	strvec_push_take(argv, strbuf_detach(&sb, NULL));
}

static void push_user_and_port(struct ssh_words *w)
{
	if (w->with_user)
		strvec_push(&w->argv, "-l%u");
	if (w->port)
		strvec_push_take(&w->argv, xasprintf("-p%u", w->port));
}

/*
 * ssh's options as pdsh puts them: the timeout, PDSH_SSH_ARGS_APPEND, and
 * PDSH_SSH_ARGS; in it the user comes before the host, which is never left
 * out.
 */
static void push_options(const struct hosts *hs, struct ssh_words *w)
{
	const char *args = getenv("PDSH_SSH_ARGS");
	const char *more = getenv("PDSH_SSH_ARGS_APPEND");
	struct strvec words = { 0 };
	bool user = !w->with_user, host = false;

	strvec_split(&words, more ? more : "", " ");
	strvec_split(&words, args ? args : SSH_ARGS, " ");
	if (hs->p->connect_ms > 0)
		strvec_push_take(
			&w->argv,
			xasprintf("-oConnectTimeout=%lld",
				  (long long)(hs->p->connect_ms + 999) / 1000));
	for (size_t i = 0; i < words.n; i++)
		user |= has_token(words.v[i], "%u");
	w->with_user = !user;
	for (size_t i = 0; i < words.n; i++) {
		if (!host && has_token(words.v[i], "%h")) {
			push_user_and_port(w);
			host = true;
		}
		strvec_push(&w->argv, words.v[i]);
	}
	if (!host) {
		push_user_and_port(w);
		strvec_push(&w->argv, "%h");
	}
	strvec_release(&words);
}

static void push_command(const struct hosts *hs, struct strvec *argv)
{
	const struct pdsh *p = hs->p;

	if (p->dshpath)
		push_escaped(argv, p->dshpath);
	if (hs->line)
		push_escaped(argv, hs->line);
	for (int i = 0; !hs->line && i < p->nwords; i++)
		push_escaped(argv, p->words[i]);
}

static const struct strvec *ssh_words(struct hosts *hs, bool with_user,
				      uint16_t port)
{
	struct ssh_words *w = hs->words;

	while (w && (w->with_user != with_user || w->port != port))
		w = w->next;
	if (w)
		return &w->argv;
	w = xcalloc(1, sizeof(*w));
	w->with_user = with_user;
	w->port = port;
	strvec_push(&w->argv, hs->program);
	push_options(hs, w);
	push_command(hs, &w->argv);
	w->with_user = with_user;
	w->next = hs->words;
	hs->words = w;
	return &w->argv;
}

/* "user@host", where the host may be an address without brackets. */
static char *full_name(const char *user, const char *name, const struct dest *d)
{
	bool bare = strchr(d->host, ':') && *name != '[';

	if (!user)
		return xstrdup(name);
	return xasprintf(bare ? "%s@[%s]" : "%s@%s", user, name);
}

static int add_host(struct hosts *hs, const struct pdsh_host *h,
		    const char *local_user, struct err *err)
{
	struct settings_target *t = &hs->v[hs->n];
	bool exec = !strcmp(pdsh_rcmd_of(hs->p, h), "exec");
	const char *user = h->user ? h->user : hs->p->user;
	struct dest d;

	if (dest_parse(h->name, true, &d, err))
		return -1;
	hs->n++;
	t->name = full_name(h->user, h->name, &d);
	if (exec || hs->program)
		t->driver = "exec";
	if (!exec && hs->program)
		t->argv = ssh_words(hs, user && strcmp(user, local_user) != 0,
				    d.port);
	dest_release(&d);
	return 0;
}

static int add_hosts(struct hosts *hs, const struct pdshlist *list,
		     struct err *err)
{
	const char *local_user = pdsh_local_user();
	size_t n = pdshlist_count(list);

	hs->program = ssh_program();
	hs->v = xcalloc(n, sizeof(*hs->v));
	for (size_t i = 0; i < n; i++)
		if (add_host(hs, pdshlist_get(list, i), local_user, err))
			return -1;
	return 0;
}

static void hosts_release(struct hosts *hs)
{
	while (hs->words) {
		struct ssh_words *next = hs->words->next;

		strvec_release(&hs->words->argv);
		free(hs->words);
		hs->words = next;
	}
	for (size_t i = 0; i < hs->n; i++)
		free(hs->v[i].name);
	free(hs->v);
}

static bool all_local(const struct hosts *hs)
{
	for (size_t i = 0; i < hs->n; i++)
		if (!hs->v[i].driver)
			return false;
	return true;
}

static void fill_settings(const struct hosts *hs, struct settings *s)
{
	const struct pdsh *p = hs->p;

	settings_init(s);
	s->targets = hs->v;
	s->ntargets = hs->n;
	s->user = p->user;
	s->rcmd = all_local(hs) ? "exec" : "ssh";
	s->parallel = p->fanout < 0 ? hs->n : (uint64_t)p->fanout;
	s->connecting = s->parallel;
	s->connect_timeout_ms = (uint64_t)p->connect_ms;
	s->timeout_ms = (uint64_t)p->command_ms;
	s->fail_fast = p->fail_fast ? 1 : 0;
}

/* What exec runs are words; of a line a shell makes them. */
static void fill_command(const struct hosts *hs, struct plan *plan)
{
	const struct pdsh *p = hs->p;
	const char *path = p->dshpath ? p->dshpath : "";
	char *line = hs->line ? xasprintf("%s%s", path, hs->line) : NULL;
	char *shell[] = { (char[]){ "sh" }, (char[]){ "-c" }, line };

	if (line)
		settings_command(plan, 3, shell);
	else
		settings_command(plan, p->nwords, p->words);
	if (line || p->dshpath) {
		char *sent = line ? xstrdup(line)
				  : xasprintf("%s%s", path, plan->spec.command);

		free(plan->spec.command);
		plan->spec.command = sent;
	}
	free(line);
}

static enum exit_policy policy_of(const struct pdsh *p)
{
	if (p->fail_fast || p->kind != PDSH_DSH)
		return EXIT_ALL;
	return p->largest ? EXIT_PDSH_S : EXIT_PDSH;
}

enum label_kind pdsh_labels(const struct pdsh *p)
{
	return p->keep_domain ? LABEL_WHOLE : LABEL_ONE_DOMAIN;
}

int pdsh_run(const struct pdsh *p, const struct pdshlist *list,
	     const char *line, struct err *err)
{
	const struct launch_style style = {
		.reporter = &report_pdsh,
		.labels = p->labels,
		.batch = p->batch,
		.keep_unfinished = true,
		.times = p->debug,
	};
	struct hosts hs = { .p = p, .line = line };
	struct pdsh_copy copy = { 0 };
	struct sshconf *conf = NULL;
	struct settings s;
	struct plan plan;
	int code = -1;

	plan_init(&plan);
	if (add_hosts(&hs, list, err))
		goto out;
	fill_settings(&hs, &s);
	if (settings_plan(&s, pdsh_labels(p), &plan, &conf, err))
		goto out;
	if (p->kind == PDSH_DSH)
		fill_command(&hs, &plan);
	if (p->kind == PDSH_DSH ? request_plan(&s, &plan, false, err)
				: pdsh_copy_plan(&copy, p, &plan, err))
		goto out;
	plan.exit_policy = policy_of(p);
	code = pdsh_copy_code(&copy, launch(&plan, &style, err));
out:
	plan_release(&plan);
	pdsh_copy_release(&copy);
	sshconf_free(conf);
	hosts_release(&hs);
	return code;
}
