/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Letters of ssh as lines of ssh_config(5).
 */
#include "cmd/switches.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/log.h"
#include "base/text.h"
#include "cmd/control.h"
#include "cmd/settings.h"
#include "conf/spec.h"
#include "conf/sshforward.h"
#include "conf/sshlex.h"
#include "conf/sshopt.h"

#include "base/banned.h"

#define JUMP "ProxyJump="

/* Append `word` so that it is read back as one word. */
static void add_quoted(struct strbuf *sb, const char *word)
{
	(void)strbuf_addch(sb, '"');
	for (; *word; word++) {
		if (*word == '"' || *word == '\\')
			(void)strbuf_addch(sb, '\\');
		(void)strbuf_addch(sb, *word);
	}
	(void)strbuf_addch(sb, '"');
}

/* "Key=value" as a line; a list of jumps is the rest of one as it stands. */
static char *switch_line(const char *text)
{
	struct strbuf line = STRBUF_INIT(STRBUF_MAX_TEXT);
	size_t n = strcspn(text, "=");
	char *keyword = xstrndup(text, n);
	const struct sshopt *row = sshopt_find(keyword);

	(void)strbuf_addf(&line, "%s=", keyword);
	if (row && sshopt_is_command(row))
		(void)strbuf_addstr(&line, text + n + 1);
	else
		add_quoted(&line, text + n + 1);
	free(keyword);
	return strbuf_detach(&line, NULL);
}

static void switch_lines(const struct settings *s, struct strvec *out)
{
	for (size_t i = s->switches.n; i-- > 0;) {
		struct strvec texts = { 0 };

		strvec_split(&texts, s->switches.v[i], "\n");
		for (size_t j = 0; j < texts.n; j++)
			strvec_push_take(out, switch_line(texts.v[j]));
		strvec_release(&texts);
	}
	for (size_t i = 0; i < s->forwards.n; i++)
		strvec_push(out, s->forwards.v[i]);
}

/* Letters that the program obeys by itself, for who asks what they mean. */
static void own_lines(const struct settings *s, struct strvec *out)
{
	static const char *const louder[] = { "LogLevel=DEBUG",
					      "LogLevel=DEBUG2",
					      "LogLevel=DEBUG3" };

	if (s->no_stdin)
		strvec_push(out, "StdinNull=yes");
	if (s->verbose)
		strvec_push(out, louder[s->verbose > 3 ? 2 : s->verbose - 1]);
	else if (s->quiet)
		strvec_push(out, "LogLevel=QUIET");
}

void switches_lines(const struct settings *s, struct strvec *out)
{
	if (s->print_config)
		own_lines(s, out);
	switch_lines(s, out);
	for (size_t i = 0; i < s->options.n; i++)
		strvec_push(out, s->options.v[i]);
}

/* Scripts have -X as a habit, and nothing is lost without. */
static bool is_habit(const struct sshopt *row)
{
	return row == sshopt_find("ForwardX11");
}

static bool was_told(const struct strvec *told, const char *note)
{
	for (size_t i = 0; i < told->n; i++)
		if (!strcmp(told->v[i], note))
			return true;
	return false;
}

/* `*noted`: whether a line of the same letter had no effect, or this one. */
static int check_line(const char *line, struct strvec *told, bool *noted,
		      struct err *err)
{
	struct strbuf note = STRBUF_INIT(STRBUF_MAX_TEXT);
	const struct sshopt *row;
	struct sshlex lex;
	int rc = 0;

	if (sshlex_split(line, &lex, err))
		return -1;
	row = lex.keyword ? sshopt_find(lex.keyword) : NULL;
	if (row && !*noted && sshopt_note(row, lex.args.v, lex.args.n, &note)) {
		*noted = true;
		if (!is_habit(row) && !log_is_ssh())
			rc = err_set(err, ERR_USAGE, "%s", note.buf);
		else if (!was_told(told, note.buf)) {
			log_warn("%s", note.buf);
			strvec_push(told, note.buf);
		}
	}
	strbuf_release(&note);
	sshlex_release(&lex);
	return rc;
}

int switches_check(const struct settings *s, struct err *err)
{
	struct strvec told = { 0 };
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < s->switches.n; i++) {
		struct strvec texts = { 0 };
		bool noted = false;

		strvec_split(&texts, s->switches.v[i], "\n");
		for (size_t j = 0; rc == 0 && j < texts.n; j++) {
			char *line = switch_line(texts.v[j]);

			rc = check_line(line, &told, &noted, err);
			free(line);
		}
		strvec_release(&texts);
	}
	strvec_release(&told);
	return rc;
}

/* Whether a line of -o before this sets `keyword`. */
static bool was_said(const struct settings *s, const char *keyword)
{
	bool said = false;

	for (size_t i = 0; i < s->options.n && !said; i++) {
		struct sshlex lex;

		if (sshlex_split(s->options.v[i], &lex, NULL))
			continue;
		said = lex.keyword && !strcasecmp(lex.keyword, keyword);
		sshlex_release(&lex);
	}
	return said;
}

static bool is_yes(const char *word)
{
	return !strcasecmp(word, "yes") || !strcasecmp(word, "true");
}

/*
 * The word that a letter, or -o where none did, has said to `keyword`, as a new
 * string; NULL: it was not said.
 */
static char *word_said(const struct settings *s, const char *keyword)
{
	size_t n = strlen(keyword);
	char *word = NULL;

	for (size_t i = s->switches.n; i-- > 0;) {
		const char *line = s->switches.v[i];

		for (; line; line = strchr(line, '\n'), line += line != NULL)
			if (!strncmp(line, keyword, n) && line[n] == '=')
				return xstrndup(line + n + 1,
						strcspn(line + n + 1, "\n"));
	}
	for (size_t i = 0; i < s->options.n && !word; i++) {
		struct sshlex lex;

		if (sshlex_split(s->options.v[i], &lex, NULL))
			continue;
		if (lex.keyword && !strcasecmp(lex.keyword, keyword))
			word = xstrdup(lex.args.n ? lex.args.v[0] : "");
		sshlex_release(&lex);
	}
	return word;
}

static bool said_yes(const struct settings *s, const char *keyword)
{
	char *word = word_said(s, keyword);
	bool yes = word && is_yes(word);

	free(word);
	return yes;
}

bool switches_ask_for(const struct settings *s, const char *keyword)
{
	static const char *const nothing[] = { "no", "false", "none", "auto",
					       "default" };
	char *word = word_said(s, keyword);
	bool asks = word;

	for (size_t i = 0; asks && i < sizeof(nothing) / sizeof(nothing[0]);
	     i++)
		asks = strcasecmp(word, nothing[i]) != 0;
	free(word);
	return asks;
}

/* What is yes becomes more, and yes after that, as with ssh. */
static int say_yes(struct settings *s, const char *keyword, const char *more)
{
	strvec_push_take(&s->switches,
			 xasprintf("%s=%s", keyword,
				   said_yes(s, keyword) ? more : "yes"));
	return 0;
}

int switch_tty(void *settings, const char *arg, struct err *err)
{
	(void)arg;
	(void)err;
	return say_yes(settings, "RequestTTY", "force");
}

int switch_master(void *settings, const char *arg, struct err *err)
{
	(void)arg;
	(void)err;
	return say_yes(settings, "ControlMaster", "ask");
}

/* What there is on the host is one thing. */
static int say_session(struct settings *s, const char *type, const char *more,
		       const char *letter, struct err *err)
{
	char *said = s->stdio_forward ? xstrdup("none")
				      : word_said(s, "SessionType");
	bool other = said && strcasecmp(said, type) != 0;

	free(said);
	if (other)
		return err_set(
			err, ERR_USAGE,
			_("%s and another SessionType cannot be had together; leave one out"),
			letter);
	strvec_push_take(&s->switches,
			 xasprintf("SessionType=%s%s", type, more));
	return 0;
}

int switch_subsystem(void *settings, const char *arg, struct err *err)
{
	(void)arg;
	return say_session(settings, "subsystem", "", "-s", err);
}

int switch_nothing(void *settings, const char *arg, struct err *err)
{
	(void)arg;
	return say_session(settings, "none", "\nRequestTTY=no", "-N", err);
}

int switch_version_1(void *settings, const char *arg, struct err *err)
{
	(void)settings;
	(void)arg;
	return err_set(err, ERR_USAGE,
		       _("version 1 of the protocol is no longer supported"));
}

int switch_login(void *settings, const char *arg, struct err *err)
{
	struct settings *s = settings;

	(void)err;
	if (!s->user && !was_said(s, "User"))
		s->user = arg;
	return 0;
}

int switch_port(void *settings, const char *arg, struct err *err)
{
	struct settings *s = settings;
	int port = port_parse(arg);

	if (port <= 0)
		return err_set(
			err, ERR_USAGE,
			_("invalid port '%s': expected a number from 1 to %d"),
			arg, UINT16_MAX);
	if (!s->port && !was_said(s, "Port"))
		s->port = (uint64_t)port;
	return 0;
}

void switches_destination(struct settings *s)
{
	s->user_first = s->user || was_said(s, "User");
	s->port_first = s->port || was_said(s, "Port");
}

static bool jump_was_typed(const struct settings *s)
{
	for (size_t i = 0; i < s->switches.n; i++)
		if (!strncmp(s->switches.v[i], JUMP, strlen(JUMP)))
			return true;
	return false;
}

int switch_jump(void *settings, const char *arg, struct err *err)
{
	struct settings *s = settings;

	if (jump_was_typed(s) || was_said(s, "ProxyJump"))
		return err_set(
			err, ERR_USAGE,
			_("-J can be given once only: hosts in a chain are parted by commas"));
	if (was_said(s, "ProxyCommand"))
		return err_set(
			err, ERR_USAGE,
			_("-J and a ProxyCommand cannot be had together; leave one of them out"));
	if (strchr(arg, '\n'))
		return err_set(err, ERR_USAGE,
			       _("bad value '%s' for '%s': expected %s"), arg,
			       "-J", _("a single line"));
	/* At its end a blank is none of the line; here it is of the name. */
	if (strspn(arg, " \t\r\f\v") && hostname_check(arg, err))
		return -1;
	strvec_push_take(&s->switches, xasprintf("%s%s", JUMP, arg));
	return 0;
}

static int direct_and_control(struct err *err)
{
	return err_set(err, ERR_USAGE,
		       _("-W and -O cannot be had together; leave one out"));
}

int switch_control(void *settings, const char *arg, struct err *err)
{
	struct settings *s = settings;

	if (s->control)
		return err_set(err, ERR_USAGE, _("-O can be given once only"));
	if (s->stdio_forward)
		return direct_and_control(err);
	if (control_find(arg, err))
		return -1;
	s->control = arg;
	return 0;
}

int switch_stdio_forward(void *settings, const char *arg, struct err *err)
{
	struct settings *s = settings;
	struct sshforward f;
	int rc;

	if (s->stdio_forward)
		return err_set(err, ERR_USAGE, _("-W can be given once only"));
	if (s->control)
		return direct_and_control(err);
	/* As ssh reads it: what a listener of -D is. */
	if (sshforward_parse(arg, SSHFORWARD_DYNAMIC, &f, err))
		return -1;
	if (f.listen_path)
		rc = 0;
	else if (!f.listen_host || !*f.listen_host || f.listen_port <= 0)
		rc = err_set(err, ERR_USAGE,
			     _("bad value '%s' for '%s': expected %s"), arg,
			     "-W", "HOST:PORT");
	else
		rc = hostname_check(f.listen_host, err);
	sshforward_release(&f);
	if (rc)
		return -1;
	s->stdio_forward = arg;
	return 0;
}

static void add_end(struct strbuf *line, const char *host, const char *path,
		    int port)
{
	struct strbuf word = STRBUF_INIT(STRBUF_MAX_TEXT);

	if (path)
		(void)strbuf_addstr(&word, path);
	else if (host)
		(void)strbuf_addf(&word, "[%s]:%d", host, port);
	else
		(void)strbuf_addf(&word, "%d", port);
	(void)strbuf_addch(line, ' ');
	add_quoted(line, word.buf);
	strbuf_release(&word);
}

static int add_forward(struct settings *s, const char *keyword,
		       enum sshforward_kind kind, const char *arg,
		       struct err *err)
{
	struct strbuf line = STRBUF_INIT(STRBUF_MAX_TEXT);
	struct sshforward f;

	if (sshforward_parse(arg, kind, &f, err))
		return -1;
	(void)strbuf_addstr(&line, keyword);
	add_end(&line, f.listen_host, f.listen_path, f.listen_port);
	if (f.connect_host || f.connect_path)
		add_end(&line, f.connect_host, f.connect_path, f.connect_port);
	strvec_push_take(&s->forwards, strbuf_detach(&line, NULL));
	sshforward_release(&f);
	return 0;
}

int switch_dynamic_forward(void *settings, const char *arg, struct err *err)
{
	return add_forward(settings, "DynamicForward", SSHFORWARD_DYNAMIC, arg,
			   err);
}

int switch_local_forward(void *settings, const char *arg, struct err *err)
{
	return add_forward(settings, "LocalForward", SSHFORWARD_LOCAL, arg,
			   err);
}

int switch_remote_forward(void *settings, const char *arg, struct err *err)
{
	struct err first = { 0 };

	if (add_forward(settings, "RemoteForward", SSHFORWARD_REMOTE, arg,
			&first) == 0)
		return 0;
	err_release(&first);
	return add_forward(settings, "RemoteForward", SSHFORWARD_REMOTE_DYNAMIC,
			   arg, err);
}
