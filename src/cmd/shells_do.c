/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Commands of the shells, however they are looked at.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/text.h"
#include "cmd/shells_internal.h"
#include "cmd/userconf.h"
#include "conf/hostlist.h"
#include "job/job.h"
#include "out/sink.h"
#include "ui/edit.h"
#include "ui/pathwords.h"
#include "ui/shellcmd.h"

#include "base/banned.h"

#define WORDS_SHOWN 100 /* of those that complete a word */

/* ---- what is said ---- */

void shells_vsay(struct shells *s, const char *fmt, va_list ap)
{
	struct strbuf text = STRBUF_INIT(STRBUF_MAX_TEXT);
	struct strbuf seen = STRBUF_INIT(STRBUF_MAX_TEXT);

	(void)strbuf_vaddf(&text, fmt, ap);
	lines_visible(&seen, text.buf, text.len);
	if (s->answer)
		(void)strbuf_add(s->answer, seen.buf, seen.len);
	else
		s->look->say(s->look_arg, seen.buf, seen.len);
	strbuf_release(&text);
	strbuf_release(&seen);
}

void shells_say(struct shells *s, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	shells_vsay(s, fmt, ap);
	va_end(ap);
}

void shells_add_chosen(const struct shells *s, struct strbuf *out)
{
	size_t *ranks = xcalloc(s->set.n, sizeof(*ranks));
	size_t n = 0;

	for (size_t i = 0; i < s->set.n; i++)
		if (shellset_takes(&s->set, i))
			ranks[n++] = i;
	if (n)
		targets_fold(&s->conf.plan->targets, ranks, n, out);
	else
		(void)strbuf_addch(out, '-');
	free(ranks);
}

/* ---- hosts by their names ---- */

/* Both are in the same order. */
static size_t ranks_of(const struct targets *ts, struct hostlist *hl,
		       size_t *ranks)
{
	size_t n = 0;

	for (size_t i = 0; i < ts->n && n < hostlist_count(hl); i++)
		if (!strcmp(ts->v[i].name, hostlist_get(hl, n)))
			ranks[n++] = i;
	return n;
}

/* How many; 0 was told. */
static size_t read_list(struct shells *s, const char *list, size_t **ranks)
{
	const struct targets *ts = &s->conf.plan->targets;
	struct hostlist *hl = hostlist_new();
	struct err err = { 0 };
	size_t n = 0;

	*ranks = xcalloc(ts->n, sizeof(**ranks));
	for (size_t i = 0; i < ts->n; i++)
		hostlist_add(hl, ts->v[i].name);
	if (hostlist_filter(hl, list, s->shell->source, &err))
		shells_say(s, "%s\n", err.msg);
	else
		n = ranks_of(ts, hl, *ranks);
	err_release(&err);
	hostlist_free(hl);
	return n;
}

/* ---- commands ---- */

static bool some_ask(const struct shells *s)
{
	struct shellset_count count;

	shellset_count(&s->set, &count);
	return count.asks;
}

void shells_say_nobody(struct shells *s)
{
	shells_say(
		s, "%s\n",
		some_ask(s)
			? _("nobody gets it; with ':password' those that ask for one do")
			: _("nobody gets it; ':status' says why"));
}

/* What a host is now, and why where that is known: whose shells do not begin,
   as there are too few descriptors, and how one that is gone has ended. */
static char *word_of(const struct shells *s, size_t rank)
{
	const struct plan *plan = s->conf.plan;
	const char *word = shellset_word(&s->set, rank);
	char class[48];
	uint64_t since;

	switch (s->set.hosts[rank].state) {
	case SHELL_CONNECTING:
		if (plan->limits.fanout >= plan->targets.n ||
		    job_phase(s->conf.job, rank, &since) != PHASE_WAITING)
			break;
		return xstrdup(_("waiting for a descriptor"));
	case SHELL_GONE:
		return xasprintf("%s, %s", word,
				 result_class(&job_results(s->conf.job)[rank],
					      class, sizeof(class)));
	case SHELL_UP:
		break;
	}
	return xstrdup(word);
}

static void say_status(struct shells *s)
{
	struct strbuf text = STRBUF_INIT(STRBUF_MAX_TEXT);
	size_t *ranks = xcalloc(s->set.n, sizeof(*ranks));
	char **words = xcalloc(s->set.n, sizeof(*words));

	for (size_t i = 0; i < s->set.n; i++)
		words[i] = word_of(s, i);
	for (size_t i = 0; i < s->set.n; i++) {
		char *word = words[i];
		size_t n = 0;

		if (!word)
			continue;
		for (size_t j = i; j < s->set.n; j++) {
			if (!words[j] || strcmp(word, words[j]) != 0)
				continue;
			if (j > i)
				free(words[j]);
			words[j] = NULL;
			ranks[n++] = j;
		}
		(void)strbuf_addf(&text, "%s: ", word);
		targets_fold(&s->conf.plan->targets, ranks, n, &text);
		(void)strbuf_addf(&text, " (%zu)\n", n);
		free(word);
	}
	shells_say(s, "%s", text.buf);
	free((void *)words);
	free(ranks);
	strbuf_release(&text);
}

static void say_hosts(struct shells *s)
{
	const struct targets *ts = &s->conf.plan->targets;
	struct strbuf text = STRBUF_INIT(SIZE_MAX / 2);
	size_t width = 0;

	for (size_t i = 0; i < ts->n; i++) {
		size_t n = text_width(ts->v[i].label, strlen(ts->v[i].label));

		if (n > width)
			width = n;
	}
	for (size_t i = 0; i < ts->n; i++) {
		const char *label = ts->v[i].label;
		size_t pad = width - text_width(label, strlen(label));
		char *word = word_of(s, i);

		(void)strbuf_addf(&text, "[%zu] %s%*s  %s", i + 1, label,
				  (int)pad, "", word);
		free(word);
		if (s->set.hosts[i].state == SHELL_UP)
			s->look->tail(s->look_arg, i, &text);
		(void)strbuf_addch(&text, '\n');
	}
	shells_say(s, "%s", text.buf);
	strbuf_release(&text);
}

static void say_help(struct shells *s)
{
	struct strvec lines = { 0 };

	shellcmd_help(&s->shell->conf.syntax, !s->look->plain, &lines);
	for (size_t i = 0; i < lines.n; i++)
		shells_say(s, "%s\n", lines.v[i]);
	if (s->tiled)
		shells_say(s, _("%s and ':' begin a command\n"),
			   s->shell->conf.prefix_name);
	else if (!s->look->plain)
		shells_say(s, _("%s: a command without ':'\n"),
			   s->shell->conf.prefix_name);
	strvec_release(&lines);
}

/* Who it is now: the prompt says how many. */
static void say_chosen(struct shells *s)
{
	struct strbuf text = STRBUF_INIT(STRBUF_MAX_TEXT);

	s->look->chosen(s->look_arg);
	shells_add_chosen(s, &text);
	shells_say(s, _("what is typed goes to: %s\n"), text.buf);
	strbuf_release(&text);
}

static void choose(struct shells *s, const char *list,
		   void (*how)(struct shellset *s, const size_t *ranks,
			       size_t n))
{
	size_t *ranks;
	size_t n = read_list(s, list, &ranks);

	if (n) {
		how(&s->set, ranks, n);
		say_chosen(s);
	}
	free(ranks);
}

static void choose_node(struct shells *s, size_t number)
{
	size_t rank = number - 1;

	if (number > s->set.n) {
		shells_say(s,
			   ngettext("there is %zu host\n",
				    "there are %zu hosts\n", s->set.n),
			   s->set.n);
		return;
	}
	shellset_only(&s->set, &rank, 1);
	say_chosen(s);
}

static void begin_password(struct shells *s)
{
	if (shellset_only_asking(&s->set))
		s->look->chosen(s->look_arg);
	else
		shells_say(s, "%s\n", _("no host asks for a password"));
}

/* Those that have failed; one that was named is told of. */
static void reconnect(struct shells *s, const char *list)
{
	const struct targets *ts = &s->conf.plan->targets;
	const struct result *results = job_results(s->conf.job);
	size_t *ranks;
	size_t n = read_list(s, *list ? list : "*", &ranks);
	size_t begun = 0;

	for (size_t i = 0; i < n; i++) {
		size_t rank = ranks[i];
		struct err err = { 0 };

		if (!*list && (s->set.hosts[rank].state != SHELL_GONE ||
			       result_ok(&results[rank])))
			continue;
		if (!job_retry(s->conf.job, &ts->v[rank], &err))
			begun++;
		else
			shells_say(s, "%s: %s\n", ts->v[rank].name, err.msg);
		err_release(&err);
	}
	if (!begun && !*list)
		shells_say(s, "%s\n", _("no host has failed"));
	free(ranks);
}

static void focus(struct shells *s, const char *list)
{
	size_t *ranks;
	size_t n = read_list(s, list, &ranks);

	if (n > 1)
		shells_say(s, "%s\n", _("that is more than one host"));
	else if (n && !s->look->focus(s->look_arg, *ranks))
		shells_say(s, "%s\n", _("no shell is there"));
	free(ranks);
}

static void detach(struct shells *s, const char *list)
{
	const struct targets *ts = &s->conf.plan->targets;
	size_t *ranks;
	size_t n = read_list(s, list, &ranks);

	for (size_t i = 0; i < n; i++)
		job_stop(s->conf.job, &ts->v[ranks[i]]);
	free(ranks);
}

static void end_log(struct shells *s)
{
	transcript_close(s->log);
	s->log = NULL;
	shells_say(s, "%s\n", _("nothing is written any more"));
}

static void set_log(struct shells *s, const char *dir)
{
	struct err err = { 0 };
	char *path = userconf_path(dir, &err);
	struct transcript *log = NULL;

	if (path)
		log = transcript_open(path, &s->conf.plan->targets, &err);
	if (log) {
		transcript_close(s->log);
		s->log = log;
		shells_say(s, _("what hosts print is written to '%s'\n"), path);
	} else {
		shells_say(s, "%s\n", err.msg);
	}
	err_release(&err);
	free(path);
}

/* Whether somebody got it. */
static bool send_line(struct shells *s, const char *line,
		      bool (*takes)(const struct shellset *s, size_t rank))
{
	if (s->look->send_line(s->look_arg, line, strlen(line), takes))
		return true;
	shells_say_nobody(s);
	return false;
}

static void call(struct shells *s, const struct shellcmd_call *call)
{
	switch (call->cmd->id) {
	case SHELLCMD_ALL:
		shellset_all(&s->set);
		say_chosen(s);
		break;
	case SHELLCMD_ONLY:
		choose(s, call->arg, shellset_only);
		break;
	case SHELLCMD_ADD:
		choose(s, call->arg, shellset_add);
		break;
	case SHELLCMD_DROP:
		choose(s, call->arg, shellset_drop);
		break;
	case SHELLCMD_NEXT:
		if (shellset_next(&s->set))
			say_chosen(s);
		break;
	case SHELLCMD_NODE:
		choose_node(s, call->number);
		break;
	case SHELLCMD_BROADCAST:
		(void)send_line(s, call->arg, shellset_hears_all);
		break;
	case SHELLCMD_PASSWORD:
		begin_password(s);
		break;
	case SHELLCMD_FOCUS:
		focus(s, call->arg);
		break;
	case SHELLCMD_HOSTS:
		say_hosts(s);
		break;
	case SHELLCMD_STATUS:
		say_status(s);
		break;
	case SHELLCMD_LOG:
		if (!strcmp(call->arg, "off"))
			end_log(s);
		else
			set_log(s, call->arg);
		break;
	case SHELLCMD_RECONNECT:
		reconnect(s, call->arg);
		break;
	case SHELLCMD_DETACH:
		detach(s, call->arg);
		break;
	case SHELLCMD_RUN:
		shells_run(s, call->arg);
		break;
	case SHELLCMD_PUT:
	case SHELLCMD_GET:
		shells_copy(s, call->cmd->id == SHELLCMD_PUT, call->arg);
		break;
	case SHELLCMD_STOP:
		shells_stop(s);
		break;
	case SHELLCMD_TILED:
		shells_to_tiles(s);
		break;
	case SHELLCMD_JOINED:
		shells_to_lines(s);
		break;
	case SHELLCMD_SUSPEND:
		/* As from outside: on the next turn. */
		(void)raise(SIGTSTP);
		break;
	case SHELLCMD_HELP:
		say_help(s);
		break;
	case SHELLCMD_QUIT:
		shells_quit(s, true);
		break;
	case SHELLCMD_NIDS:
		break;
	}
}

/* Whether the line may be kept: what nobody got may be a password, where it was
   typed in front of hosts that ask for one. */
static bool carry_out(struct shells *s, const char *line, bool bare)
{
	bool keeps = true;
	struct shellcmd_call what = { 0 };
	struct err err = { 0 };
	int rc = bare ? shellcmd_parse_bare(line, &what, &err)
		      : shellcmd_parse(&s->shell->conf.syntax, line, &what,
				       &err);

	if (rc)
		shells_say(s, "%s\n", err.msg);
	else if (what.cmd && s->look->plain && what.cmd->terminal)
		shells_say(s, _("':%s' needs a terminal\n"), what.cmd->name);
	else if (what.cmd)
		call(s, &what);
	else
		keeps = send_line(s, line, shellset_takes) || !some_ask(s);
	err_release(&err);
	return keeps;
}

void shells_do(struct shells *s, const char *line, bool bare)
{
	struct strbuf answer = STRBUF_INIT(STRBUF_MAX_TEXT);
	bool keeps;

	s->answer = &answer;
	keeps = carry_out(s, line, bare);
	s->answer = NULL;
	/* As shells have it: a blank in front keeps it out of the history. */
	if (keeps && *line && *line != ' ')
		history_add(bare ? &s->commands : &s->history, line);
	if (answer.len)
		s->look->say(s->look_arg, answer.buf, answer.len);
	strbuf_release(&answer);
}

/* ---- completion ---- */

/* No part of a character. */
static size_t common(const struct strvec *words)
{
	size_t n = strlen(words->v[0]);

	for (size_t i = 1; i < words->n; i++)
		while (strncmp(words->v[0], words->v[i], n) != 0)
			n--;
	while (n && ((unsigned char)words->v[0][n] & 0xc0) == 0x80)
		n--;
	return n;
}

static void say_words(struct shells *s, const struct strvec *words)
{
	struct strbuf text = STRBUF_INIT(STRBUF_MAX_TEXT);

	for (size_t i = 0; i < words->n && i < WORDS_SHOWN; i++)
		(void)strbuf_addf(&text, "%s%s", i ? "  " : "", words->v[i]);
	shells_say(s, "%s%s\n", text.buf, words->n > WORDS_SHOWN ? " ..." : "");
	strbuf_release(&text);
}

static void find_paths(const char *word, size_t n, struct strvec *out)
{
	pathwords(word, n, userconf_home(), out);
}

/* It goes on with what is in there. */
static bool is_folder(const char *word)
{
	size_t n = strlen(word);

	return n && word[n - 1] == '/';
}

void shells_complete(struct shells *s, struct edit *e, bool bare)
{
	const struct shellcmd_known known = { s->labels, s->set.n, find_paths };
	struct strvec words = { 0 };
	size_t n, at, from, more;
	const char *text = edit_text(e, &n);

	at = edit_cursor(e);
	from = shellcmd_complete(&s->shell->conf.syntax, bare, text, at, &known,
				 &words);
	if (!words.n)
		return;
	more = common(&words) - (at - from);
	if (more)
		edit_insert(e, words.v[0] + (at - from), more);
	if (words.n == 1 && !is_folder(words.v[0]))
		edit_insert(e, " ", 1);
	else if (!more)
		say_words(s, &words);
	strvec_release(&words);
}
