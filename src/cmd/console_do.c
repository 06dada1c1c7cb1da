/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is typed at many shells: commands of our own, and lines for hosts.
 */
#include "cmd/console_internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/text.h"
#include "cmd/launch.h"
#include "conf/hostlist.h"
#include "job/job.h"
#include "ui/shellcmd.h"

#include "base/banned.h"

#define WORDS_SHOWN 100 /* of those that complete a word */

/* ---- the prompt ---- */

static void add_chosen(const struct console *c, struct strbuf *out)
{
	size_t *ranks = xcalloc(c->set.n, sizeof(*ranks));
	size_t n = 0;

	for (size_t i = 0; i < c->set.n; i++)
		if (shellset_takes(&c->set, i))
			ranks[n++] = i;
	if (n)
		targets_fold(&c->conf.plan->targets, ranks, n, out);
	else
		(void)strbuf_addch(out, '-');
	free(ranks);
}

/* The first one that gets what is typed, else the first of all. */
static const struct target *leader(const struct console *c)
{
	for (size_t i = 0; i < c->set.n; i++)
		if (shellset_takes(&c->set, i))
			return &c->conf.plan->targets.v[i];
	return c->conf.plan->targets.v;
}

/* "{node}" and its kin; an unknown word stays as it is. */
static void expand(const struct console *c, const char *format,
		   const struct shellset_count *count, struct strbuf *out)
{
	const char *user = leader(c)->user;
	const char *dir = c->shell->conf.work_dir;

	while (*format) {
		if (!strncmp(format, "{node}", 6)) {
			add_chosen(c, out);
			format += 6;
		} else if (!strncmp(format, "{host}", 6)) {
			(void)strbuf_addstr(out, leader(c)->alias);
			format += 6;
		} else if (!strncmp(format, "{user}", 6)) {
			(void)strbuf_addstr(out, user ? user : "");
			format += 6;
		} else if (!strncmp(format, "{pwd}", 5)) {
			(void)strbuf_addstr(out, dir ? dir : "~");
			format += 5;
		} else if (!strncmp(format, "{active}", 8)) {
			(void)strbuf_addf(out, "%zu", count->takes);
			format += 8;
		} else if (!strncmp(format, "{total}", 7)) {
			(void)strbuf_addf(out, "%zu", count->total);
			format += 7;
		} else {
			(void)strbuf_addch(out, *format++);
		}
	}
}

static size_t count_asking(const struct console *c)
{
	size_t n = 0;

	for (size_t i = 0; i < c->set.n; i++)
		n += shellset_takes_secret(&c->set, i);
	return n;
}

void console_prompt(const struct console *c, struct strbuf *out)
{
	struct strbuf text = STRBUF_INIT(STRBUF_MAX_TEXT);
	struct shellset_count count;

	shellset_count(&c->set, &count);
	if (c->paste)
		(void)strbuf_addstr(&text, "(y/n) ");
	else if (c->commanding)
		(void)strbuf_addstr(&text, "rsh: ");
	else if (c->secret)
		(void)strbuf_addf(&text, _("rsh[%zu/%zu] password: "),
				  count_asking(c), count.total);
	else if (c->shell->conf.prompt)
		expand(c, c->shell->conf.prompt, &count, &text);
	else if (count.asks)
		(void)strbuf_addf(&text, _("rsh[%zu/%zu, password: %zu]> "),
				  count.takes, count.total, count.asks);
	else
		(void)strbuf_addf(&text, "rsh[%zu/%zu]> ", count.takes,
				  count.total);
	text_vis(out, text.buf, text.len, VIS_LINE);
	strbuf_release(&text);
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
static size_t read_list(struct console *c, const char *list, size_t **ranks)
{
	const struct targets *ts = &c->conf.plan->targets;
	struct hostlist *hl = hostlist_new();
	struct err err = { 0 };
	size_t n = 0;

	*ranks = xcalloc(ts->n, sizeof(**ranks));
	for (size_t i = 0; i < ts->n; i++)
		hostlist_add(hl, ts->v[i].name);
	if (hostlist_filter(hl, list, c->shell->source, &err))
		console_say(c, "%s\n", err.msg);
	else
		n = ranks_of(ts, hl, *ranks);
	err_release(&err);
	hostlist_free(hl);
	return n;
}

/* ---- commands ---- */

void console_say_nobody(struct console *c)
{
	struct shellset_count count;

	shellset_count(&c->set, &count);
	console_say(
		c, "%s\n",
		count.asks
			? _("nobody gets it; with ':password' those that ask for one do")
			: _("nobody gets it; ':status' says why"));
}

static void say_status(struct console *c)
{
	struct strbuf text = STRBUF_INIT(STRBUF_MAX_TEXT);
	size_t *ranks = xcalloc(c->set.n, sizeof(*ranks));
	bool *told = xcalloc(c->set.n, sizeof(*told));

	for (size_t i = 0; i < c->set.n; i++) {
		const char *word = shellset_word(&c->set, i);
		size_t n = 0;

		if (told[i])
			continue;
		for (size_t j = i; j < c->set.n; j++) {
			if (strcmp(word, shellset_word(&c->set, j)) != 0)
				continue;
			told[j] = true;
			ranks[n++] = j;
		}
		(void)strbuf_addf(&text, "%s: ", word);
		targets_fold(&c->conf.plan->targets, ranks, n, &text);
		(void)strbuf_addf(&text, " (%zu)\n", n);
	}
	console_say(c, "%s", text.buf);
	free(told);
	free(ranks);
	strbuf_release(&text);
}

static void say_hosts(struct console *c)
{
	const struct targets *ts = &c->conf.plan->targets;
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

		(void)strbuf_addf(&text, "[%zu] %s%*s  %s", i + 1, label,
				  (int)pad, "", shellset_word(&c->set, i));
		if (c->hosts[i].lane && c->set.hosts[i].state == SHELL_UP) {
			(void)strbuf_addstr(&text, "  ");
			(void)lane_tail(c->hosts[i].lane, &text);
		}
		(void)strbuf_addch(&text, '\n');
	}
	console_say(c, "%s", text.buf);
	strbuf_release(&text);
}

static void say_help(struct console *c)
{
	struct strvec lines = { 0 };

	shellcmd_help(&c->shell->conf.syntax, &lines);
	for (size_t i = 0; i < lines.n; i++)
		console_say(c, "%s\n", lines.v[i]);
	console_say(c, _("%s: a command without ':'\n"),
		    c->shell->conf.prefix_name);
	strvec_release(&lines);
}

/* Who it is now: the prompt says how many. */
static void say_chosen(struct console *c)
{
	struct strbuf text = STRBUF_INIT(STRBUF_MAX_TEXT);

	add_chosen(c, &text);
	console_say(c, _("what is typed goes to: %s\n"), text.buf);
	strbuf_release(&text);
}

static void choose(struct console *c, const char *list,
		   void (*how)(struct shellset *s, const size_t *ranks,
			       size_t n))
{
	size_t *ranks;
	size_t n = read_list(c, list, &ranks);

	if (n) {
		how(&c->set, ranks, n);
		say_chosen(c);
	}
	free(ranks);
}

static void choose_node(struct console *c, size_t number)
{
	size_t rank = number - 1;

	if (number > c->set.n) {
		console_say(c,
			    ngettext("there is %zu host\n",
				     "there are %zu hosts\n", c->set.n),
			    c->set.n);
		return;
	}
	shellset_only(&c->set, &rank, 1);
	say_chosen(c);
}

void console_toggle(struct console *c)
{
	bool all = true;

	for (size_t i = 0; i < c->set.n; i++)
		all &= c->set.hosts[i].chosen;
	if (all)
		(void)shellset_next(&c->set);
	else
		shellset_all(&c->set);
}

static void begin_password(struct console *c)
{
	if (!shellset_only_asking(&c->set))
		console_say(c, "%s\n", _("no host asks for a password"));
}

/* Those that have failed; one that was named is told of. */
static void reconnect(struct console *c, const char *list)
{
	const struct targets *ts = &c->conf.plan->targets;
	const struct result *results = job_results(c->conf.job);
	size_t *ranks;
	size_t n = read_list(c, *list ? list : "*", &ranks);
	size_t begun = 0;

	for (size_t i = 0; i < n; i++) {
		size_t rank = ranks[i];
		struct err err = { 0 };

		if (!*list && (c->set.hosts[rank].state != SHELL_GONE ||
			       result_ok(&results[rank])))
			continue;
		if (!job_retry(c->conf.job, &ts->v[rank], &err))
			begun++;
		else
			console_say(c, "%s: %s\n", ts->v[rank].name, err.msg);
		err_release(&err);
	}
	if (!begun && !*list)
		console_say(c, "%s\n", _("no host has failed"));
	free(ranks);
}

static void focus(struct console *c, const char *list)
{
	size_t *ranks;
	size_t n = read_list(c, list, &ranks);

	if (n > 1)
		console_say(c, "%s\n", _("that is more than one host"));
	else if (n && !console_focus(c, *ranks))
		console_say(c, "%s\n", _("no shell is there"));
	free(ranks);
}

static void detach(struct console *c, const char *list)
{
	const struct targets *ts = &c->conf.plan->targets;
	size_t *ranks;
	size_t n = read_list(c, list, &ranks);

	for (size_t i = 0; i < n; i++)
		job_stop(c->conf.job, &ts->v[ranks[i]]);
	free(ranks);
}

static void set_log(struct console *c, const char *path)
{
	struct err err = { 0 };
	struct transcript *log = NULL;

	if (strcmp(path, "off") != 0) {
		log = transcript_open(path, &c->conf.plan->targets, &err);
		if (!log) {
			console_say(c, "%s\n", err.msg);
			err_release(&err);
			return;
		}
	}
	transcript_close(c->log);
	c->log = log;
	if (log)
		console_say(c, _("what hosts print is written to '%s'\n"),
			    path);
	else
		console_say(c, "%s\n", _("nothing is written any more"));
}

static void send_line(struct console *c, const char *line,
		      bool (*takes)(const struct shellset *s, size_t rank))
{
	if (!console_send_line(c, line, strlen(line), takes, false))
		console_say_nobody(c);
}

static void call(struct console *c, const struct shellcmd_call *call)
{
	switch (call->cmd->id) {
	case SHELLCMD_ALL:
		shellset_all(&c->set);
		say_chosen(c);
		break;
	case SHELLCMD_ONLY:
		choose(c, call->arg, shellset_only);
		break;
	case SHELLCMD_ADD:
		choose(c, call->arg, shellset_add);
		break;
	case SHELLCMD_DROP:
		choose(c, call->arg, shellset_drop);
		break;
	case SHELLCMD_NEXT:
		if (shellset_next(&c->set))
			say_chosen(c);
		break;
	case SHELLCMD_NODE:
		choose_node(c, call->number);
		break;
	case SHELLCMD_BROADCAST:
		send_line(c, call->arg, shellset_hears_all);
		break;
	case SHELLCMD_PASSWORD:
		begin_password(c);
		break;
	case SHELLCMD_FOCUS:
		focus(c, call->arg);
		break;
	case SHELLCMD_HOSTS:
		say_hosts(c);
		break;
	case SHELLCMD_STATUS:
		say_status(c);
		break;
	case SHELLCMD_LOG:
		set_log(c, call->arg);
		break;
	case SHELLCMD_RECONNECT:
		reconnect(c, call->arg);
		break;
	case SHELLCMD_DETACH:
		detach(c, call->arg);
		break;
	case SHELLCMD_HELP:
		say_help(c);
		break;
	case SHELLCMD_QUIT:
		console_quit(c);
		break;
	case SHELLCMD_NIDS:
		break;
	}
}

void console_do(struct console *c, const char *line, bool bare)
{
	struct shellcmd_call what = { 0 };
	struct err err = { 0 };
	int rc = bare ? shellcmd_parse_bare(line, &what, &err)
		      : shellcmd_parse(&c->shell->conf.syntax, line, &what,
				       &err);

	/* As shells have it: a blank in front keeps it out of the history. */
	if (!bare && *line && *line != ' ')
		history_add(&c->history, line);
	if (rc)
		console_say(c, "%s\n", err.msg);
	else if (what.cmd)
		call(c, &what);
	else
		send_line(c, line, shellset_takes);
	err_release(&err);
}

/* ---- completion ---- */

static size_t common(const struct strvec *words)
{
	size_t n = strlen(words->v[0]);

	for (size_t i = 1; i < words->n; i++)
		while (strncmp(words->v[0], words->v[i], n) != 0)
			n--;
	return n;
}

static void say_words(struct console *c, const struct strvec *words)
{
	struct strbuf text = STRBUF_INIT(STRBUF_MAX_TEXT);

	for (size_t i = 0; i < words->n && i < WORDS_SHOWN; i++)
		(void)strbuf_addf(&text, "%s%s", i ? "  " : "", words->v[i]);
	console_say(c, "%s%s\n", text.buf,
		    words->n > WORDS_SHOWN ? " ..." : "");
	strbuf_release(&text);
}

void console_complete(struct console *c)
{
	struct strvec words = { 0 };
	size_t n, at, from, more;
	const char *text = edit_text(c->edit, &n);

	at = edit_cursor(c->edit);
	from = shellcmd_complete(&c->shell->conf.syntax, c->commanding, text,
				 at, c->labels, c->set.n, &words);
	if (!words.n)
		return;
	more = common(&words) - (at - from);
	if (more)
		edit_insert(c->edit, words.v[0] + (at - from), more);
	if (words.n == 1)
		edit_insert(c->edit, " ", 1);
	else if (!more)
		say_words(c, &words);
	strvec_release(&words);
}
