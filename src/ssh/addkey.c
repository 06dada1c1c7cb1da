/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keys into the agent.
 */
#include "ssh/addkey.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/list.h"
#include "base/log.h"
#include "base/strbuf.h"
#include "conf/sshopt.h"
#include "io/child.h"
#include "io/timer.h"

#include "base/banned.h"

#define PATIENCE_MS 10000

/* A passphrase with its newline fits into an empty pipe at once. */
#define PASSPHRASE_MAX 1024

struct job {
	struct list node;
	char *path;
	char *agent;
	char *passphrase; /* secret, or NULL */
	bool ask, confirm;
	int lifetime_s;
};

struct key_adder {
	struct loop *loop;
	struct prompter *prompter;
	struct list jobs; /* the first is at work */
	struct defer next;
	struct prompt prompt;
	char *text;
	bool asking;
	struct child child;
	struct timer patience;
};

static void job_free(struct job *j)
{
	list_remove(&j->node);
	free(j->path);
	free(j->agent);
	secret_free(j->passphrase);
	free(j);
}

static struct job *current(const struct key_adder *a)
{
	/* The analyser does not see that a freed one was taken out. */
	/* NOLINTNEXTLINE(clang-analyzer-unix.Malloc) */
	return container_of(a->jobs.next, struct job, node);
}

static void start(struct defer *d);

/* The first is done with. */
static void go_on(struct key_adder *a)
{
	child_release(&a->child);
	job_free(current(a));
	if (!list_empty(&a->jobs))
		defer_post(a->loop, &a->next, start);
}

/* ---- ssh-add ---- */

static void ended(struct child *child, int status)
{
	struct key_adder *a = container_of(child, struct key_adder, child);
	const struct job *j = current(a);

	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		log_verbose("key '%s' was added to the agent", j->path);
	else
		log_warn(_("cannot add key '%s' to the agent: ssh-add refuses"),
			 j->path);
	go_on(a);
}

/* Ours, but for the agent and who asks. */
static void make_environment(const struct job *j, const char *self,
			     struct strvec *env)
{
	static const char *const ours[] = { "SSH_AUTH_SOCK=", "SSH_ASKPASS=",
					    "SSH_ASKPASS_REQUIRE=" };

	for (char **e = environ; *e; e++) {
		bool skip = false;

		for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
			skip |= !strncmp(*e, ours[i], strlen(ours[i]));
		if (!skip)
			strvec_push(env, *e);
	}
	strvec_push_take(env, xasprintf("SSH_AUTH_SOCK=%s", j->agent));
	strvec_push_take(env, xasprintf("SSH_ASKPASS=%s", self));
	strvec_push(env, "SSH_ASKPASS_REQUIRE=force");
	strvec_push(env, ADDKEY_ASKPASS "=1");
}

static void make_arguments(const struct job *j, struct strvec *argv)
{
	strvec_push(argv, "ssh-add");
	strvec_push(argv, "-q");
	strvec_push(argv, "-k"); /* the key alone, as ssh */
	if (j->confirm)
		strvec_push(argv, "-c");
	if (j->lifetime_s)
		strvec_push_take(argv, xasprintf("-t%d", j->lifetime_s));
	strvec_push(argv, "--");
	strvec_push(argv, j->path);
}

/* The end of what it reads, in any case. */
static void give_passphrase(struct key_adder *a, const struct job *j)
{
	size_t n = j->passphrase ? strlen(j->passphrase) : 0;
	char *line;
	ssize_t rc;

	if (n && n < PASSPHRASE_MAX) {
		line = secret_new(n + 1);
		memcpy(line, j->passphrase, n);
		line[n] = '\n';
		rc = write(a->child.in, line, n + 1);
		(void)rc; /* without it the key is refused, which is told */
		secret_free(line);
	}
	close(a->child.in);
	a->child.in = -1;
}

static int run_ssh_add(struct key_adder *a, struct err *err)
{
	const struct job *j = current(a);
	struct strvec argv = { 0 };
	struct strvec env = { 0 };
	char self[4096];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	struct child_spec spec = {
		.file = "ssh-add",
		.in = CHILD_PIPE,
		.out = CHILD_NULL,
		.err = CHILD_NULL,
		.own_session = true,
	};
	int rc;

	self[n > 0 ? n : 0] = '\0';
	make_arguments(j, &argv);
	make_environment(j, self, &env);
	spec.argv = argv.v;
	spec.envp = env.v;
	rc = child_spawn(a->loop, &a->child, &spec, ended, err);
	if (!rc)
		give_passphrase(a, j);
	strvec_release(&argv);
	strvec_release(&env);
	return rc;
}

static void add(struct key_adder *a)
{
	struct err err = { 0 };

	if (!run_ssh_add(a, &err))
		return;
	log_warn(_("cannot add key '%s' to the agent: %s"), current(a)->path,
		 err.msg);
	err_release(&err);
	go_on(a);
}

/* ---- the person ---- */

static void answered(struct prompt *prompt, char *answer, const struct err *err)
{
	struct key_adder *a = container_of(prompt, struct key_adder, prompt);
	/* As ssh: no word is a yes. */
	bool yes = answer && (!*answer || !strcasecmp(answer, "yes"));

	(void)err; /* nobody to ask is a no */
	a->asking = false;
	secret_free(answer);
	if (yes)
		add(a);
	else
		go_on(a);
}

static void ask(struct key_adder *a)
{
	free(a->text);
	a->text = xasprintf(_("Add key '%s' to the agent (yes/no)? "),
			    current(a)->path);
	a->prompt = (struct prompt){
		.kind = PROMPT_CONFIRM,
		.text = a->text,
		.echo = true,
		.fn = answered,
	};
	a->asking = true;
	a->prompter->ops->ask(a->prompter, &a->prompt);
}

static void start(struct defer *d)
{
	struct key_adder *a = container_of(d, struct key_adder, next);

	if (!current(a)->ask)
		add(a);
	else if (a->prompter)
		ask(a);
	else
		go_on(a);
}

void key_adder_add(struct key_adder *a, const struct key_to_add *key)
{
	struct job *j = xcalloc(1, sizeof(*j));

	j->path = xstrdup(key->path);
	j->agent = xstrdup(key->agent);
	if (key->passphrase)
		j->passphrase =
			secret_dup(key->passphrase, strlen(key->passphrase));
	j->ask = key->how == ASK_ASK;
	j->confirm = key->how == ASK_CONFIRM;
	j->lifetime_s = key->lifetime_s;
	if (list_empty(&a->jobs))
		defer_post(a->loop, &a->next, start);
	list_append(&a->jobs, &j->node);
}

static void nothing(struct timer *t)
{
	(void)t;
}

void key_adder_finish(struct key_adder *a)
{
	timer_start(a->loop, &a->patience, PATIENCE_MS, nothing);
	while (!list_empty(&a->jobs) &&
	       (a->asking || timer_armed(&a->patience)) &&
	       loop_turn(a->loop, true, NULL) >= 0)
		;
	timer_stop(a->loop, &a->patience);
}

struct key_adder *key_adder_new(struct loop *loop, struct prompter *prompter)
{
	struct key_adder *a = xcalloc(1, sizeof(*a));

	a->loop = loop;
	a->prompter = prompter;
	list_init(&a->jobs);
	return a;
}

void key_adder_free(struct key_adder *a)
{
	if (!a)
		return;
	if (a->asking)
		a->prompter->ops->cancel(a->prompter, &a->prompt);
	defer_cancel(&a->next);
	child_release(&a->child);
	while (!list_empty(&a->jobs))
		job_free(current(a));
	free(a->text);
	free(a);
}
