/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Commands of the shell on many hosts.
 */
#include "ui/shellcmd.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/text.h"

#include "base/banned.h"

#define NAME_COLUMNS 22
#define NAME_MAX_LEN 32

static const struct shellcmd rows[] = {
	/* clang-format off */
	{ SHELLCMD_ALL,       "all",       NULL,            SHELLCMD_NO_ARG,   false, N_("choose all hosts") },
	{ SHELLCMD_ONLY,      "only",      NULL,            SHELLCMD_LIST,     false, N_("choose these hosts and no others") },
	{ SHELLCMD_ADD,       "add",       NULL,            SHELLCMD_LIST,     false, N_("choose these hosts besides") },
	{ SHELLCMD_DROP,      "drop",      NULL,            SHELLCMD_LIST,     false, N_("leave these hosts out") },
	{ SHELLCMD_NEXT,      "next",      NULL,            SHELLCMD_NO_ARG,   false, N_("choose the next host alone") },
	{ SHELLCMD_NODE,      "node",      "n",             SHELLCMD_NUMBER,   false, N_("choose host number N alone") },
	{ SHELLCMD_BROADCAST, "broadcast", NULL,            SHELLCMD_TEXT,     false, N_("send one line to all hosts") },
	{ SHELLCMD_PASSWORD,  "password",  NULL,            SHELLCMD_NO_ARG,   true,  N_("type a line unseen for the hosts that ask for a password") },
	{ SHELLCMD_FOCUS,     "focus",     NULL,            SHELLCMD_HOST,     true,  N_("the terminal of one host, until the prefix key") },
	{ SHELLCMD_HOSTS,     "hosts",     "list nodes ls", SHELLCMD_NO_ARG,   false, N_("list the hosts") },
	{ SHELLCMD_STATUS,    "status",    NULL,            SHELLCMD_NO_ARG,   false, N_("who gets what is typed") },
	{ SHELLCMD_LOG,       "log",       NULL,            SHELLCMD_DIR,      false, N_("write what each host prints to a file there; off: no longer") },
	{ SHELLCMD_RECONNECT, "reconnect", NULL,            SHELLCMD_MAY_LIST, false, N_("log in again where that failed, or the shell was lost") },
	{ SHELLCMD_DETACH,    "detach",    NULL,            SHELLCMD_LIST,     false, N_("end the shells of these hosts") },
	{ SHELLCMD_RUN,       "run",       NULL,            SHELLCMD_COMMAND,  false, N_("run a command beside the shells, and say how it ended") },
	{ SHELLCMD_PUT,       "put",       NULL,            SHELLCMD_TO,       false, N_("copy files to the hosts, with the options of rsh put") },
	{ SHELLCMD_GET,       "get",       NULL,            SHELLCMD_FROM,     false, N_("copy files from the hosts to DIR/HOST, as rsh get does") },
	{ SHELLCMD_STOP,      "stop",      NULL,            SHELLCMD_NO_ARG,   false, N_("stop what runs beside the shells") },
	{ SHELLCMD_TILED,     "tiled",     NULL,            SHELLCMD_NO_ARG,   true,  N_("each shell a terminal, all of them on one screen") },
	{ SHELLCMD_JOINED,    "joined",    NULL,            SHELLCMD_NO_ARG,   true,  N_("lines of all of them, equal ones once") },
	{ SHELLCMD_SUSPEND,   "suspend",   NULL,            SHELLCMD_NO_ARG,   false, N_("stop this program, until it is continued") },
	{ SHELLCMD_HELP,      "help",      "?",             SHELLCMD_NO_ARG,   false, N_("this list") },
	{ SHELLCMD_QUIT,      "quit",      "exit",          SHELLCMD_NO_ARG,   false, N_("end all shells and leave") },
	/* clang-format on */
};

#define NROWS (sizeof(rows) / sizeof(rows[0]))

static const char *const arg_names[] = {
	[SHELLCMD_NO_ARG] = "",
	[SHELLCMD_LIST] = N_(" LIST"),
	[SHELLCMD_MAY_LIST] = N_(" [LIST]"),
	[SHELLCMD_HOST] = N_(" HOST"),
	[SHELLCMD_DIR] = N_(" DIR"),
	[SHELLCMD_COMMAND] = N_(" COMMAND"),
	[SHELLCMD_TO] = N_(" SRC... DST"),
	[SHELLCMD_FROM] = N_(" SRC... DIR"),
	[SHELLCMD_TEXT] = N_(" LINE"),
	[SHELLCMD_NUMBER] = "N",
};

const struct shellcmd *shellcmd_at(size_t i)
{
	return i < NROWS ? &rows[i] : NULL;
}

/* ---- reading ---- */

static bool begins_name(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '?';
}

static size_t name_length(const char *text)
{
	return *text == '?' ? 1
			    : strspn(text, "abcdefghijklmnopqrstuvwxyz"
					   "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
}

/* Where the name begins; NULL: it is no command. */
static const char *name_of(const struct shellcmd_syntax *syntax,
			   const char *line)
{
	size_t n = strlen(syntax->prefix);

	if (n && !strncmp(line, syntax->prefix, n) && begins_name(line[n]))
		return line + n;
	return *line == ':' && begins_name(line[1]) ? line + 1 : NULL;
}

static bool same_name(const char *name, const char *text, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (name[i] != (text[i] >= 'A' && text[i] <= 'Z'
					? text[i] | 0x20
					: text[i]))
			return false;
	return name[n] == '\0' || name[n] == ' ';
}

static bool is_called(const struct shellcmd *cmd, const char *text, size_t n)
{
	if (same_name(cmd->name, text, n))
		return true;
	for (const char *also = cmd->also; also;) {
		if (same_name(also, text, n))
			return true;
		also = strchr(also, ' ');
		also += also != NULL;
	}
	return false;
}

static const struct shellcmd *find(const char *text, size_t n)
{
	for (size_t i = 0; i < NROWS; i++)
		if (is_called(&rows[i], text, n))
			return &rows[i];
	return NULL;
}

static int no_command(const char *text, bool bare, struct err *err)
{
	size_t n = strcspn(text, " \t");
	char *name = text_vis_dup(text, n, NAME_MAX_LEN);

	err_set(err, ERR_USAGE,
		bare ? _("no command '%s'; ':help' lists them")
		     : _("no command '%s'; ':help' lists them, and a line with a blank in front goes to the hosts"),
		name);
	free(name);
	return -1;
}

static int read_number(struct shellcmd_call *call, struct err *err)
{
	uint64_t number;

	if (parse_uint(call->arg, 1, SIZE_MAX / 2, &number))
		return err_set(err, ERR_USAGE,
			       _("':%s' is followed by the number of a host"),
			       call->cmd->name);
	call->number = (size_t)number;
	return 0;
}

static int check_arg(struct shellcmd_call *call, struct err *err)
{
	const struct shellcmd *cmd = call->cmd;

	switch (cmd->arg) {
	case SHELLCMD_NO_ARG:
		if (*call->arg)
			return err_set(err, ERR_USAGE,
				       _("nothing may follow ':%s'"),
				       cmd->name);
		return 0;
	case SHELLCMD_LIST:
	case SHELLCMD_HOST:
	case SHELLCMD_DIR:
	case SHELLCMD_COMMAND:
	case SHELLCMD_TO:
	case SHELLCMD_FROM:
	case SHELLCMD_TEXT:
		if (!*call->arg)
			return err_set(err, ERR_USAGE,
				       _("something is missing: :%s%s"),
				       cmd->name, _(arg_names[cmd->arg]));
		return 0;
	case SHELLCMD_NUMBER:
		return read_number(call, err);
	case SHELLCMD_MAY_LIST:
		break;
	}
	return 0;
}

static int parse_name(const char *line, bool bare, struct shellcmd_call *call,
		      struct err *err)
{
	size_t n;

	line += strspn(line, " \t");
	line += *line == ':';
	n = name_length(line);
	call->cmd = n ? find(line, n) : NULL;
	if (!call->cmd)
		return no_command(line, bare, err);
	call->arg = line + n;
	if (call->cmd->arg == SHELLCMD_NUMBER)
		call->arg += strspn(call->arg, " \t");
	else if (*call->arg && *call->arg != ' ' && *call->arg != '\t')
		return no_command(line, bare, err);
	call->arg += strspn(call->arg, " \t");
	return check_arg(call, err);
}

int shellcmd_parse_bare(const char *line, struct shellcmd_call *call,
			struct err *err)
{
	*call = (struct shellcmd_call){ .arg = "" };
	return parse_name(line, true, call, err);
}

int shellcmd_parse(const struct shellcmd_syntax *syntax, const char *line,
		   struct shellcmd_call *call, struct err *err)
{
	size_t n = strlen(syntax->broadcast);
	const char *name;

	*call = (struct shellcmd_call){ .arg = "" };
	if (n && !strncmp(line, syntax->broadcast, n)) {
		call->cmd = &rows[SHELLCMD_BROADCAST];
		call->arg = line + n;
		return check_arg(call, err);
	}
	name = name_of(syntax, line);
	return name ? parse_name(name, false, call, err) : 0;
}

/* ---- completion ---- */

static void complete_names(const char *text, size_t n, struct strvec *out)
{
	for (size_t i = 0; i < NROWS; i++)
		if (!strncmp(rows[i].name, text, n))
			strvec_push(out, rows[i].name);
}

static void complete_hosts(const char *text, size_t n,
			   const struct shellcmd_known *known,
			   struct strvec *out)
{
	for (size_t i = 0; i < known->nhosts; i++)
		if (!strncmp(known->hosts[i], text, n))
			strvec_push(out, known->hosts[i]);
}

static bool takes_hosts(const struct shellcmd *cmd)
{
	return cmd->arg == SHELLCMD_LIST || cmd->arg == SHELLCMD_HOST ||
	       cmd->arg == SHELLCMD_MAY_LIST;
}

static bool takes_paths(const struct shellcmd *cmd)
{
	return cmd->arg == SHELLCMD_TO || cmd->arg == SHELLCMD_FROM;
}

/* A blank with a backslash in front is of the word. */
static size_t word_before(const char *line, size_t at)
{
	while (at && (!strchr(" \t", line[at - 1]) ||
		      (at > 1 && line[at - 2] == '\\')))
		at--;
	return at;
}

static size_t complete_arg(const struct shellcmd *cmd, const char *line,
			   size_t at, const struct shellcmd_known *known,
			   struct strvec *out)
{
	size_t from = at;

	if (takes_paths(cmd)) {
		from = word_before(line, at);
		known->paths(line + from, at - from, out);
	} else if (takes_hosts(cmd)) {
		while (from && !strchr(" ,&^!", line[from - 1]))
			from--;
		complete_hosts(line + from, at - from, known, out);
	}
	return from;
}

size_t shellcmd_complete(const struct shellcmd_syntax *syntax, bool bare,
			 const char *line, size_t at,
			 const struct shellcmd_known *known, struct strvec *out)
{
	const char *name =
		bare ? line + strspn(line, " ") : name_of(syntax, line);
	const struct shellcmd *cmd;
	size_t n;

	if (!name && *line == ':' && at == 1)
		name = line + 1;
	if (!name || (size_t)(name - line) > at)
		return at;
	n = name_length(name);
	if (name + n >= line + at) {
		complete_names(name, at - (size_t)(name - line), out);
		return (size_t)(name - line);
	}
	cmd = find(name, n);
	return cmd ? complete_arg(cmd, line, at, known, out) : at;
}

/* ---- help ---- */

static void add_also(const struct shellcmd *cmd, struct strbuf *sb)
{
	for (const char *also = cmd->also; also;) {
		size_t n = strcspn(also, " ");

		(void)strbuf_addf(sb, ", :%.*s%s", (int)n, also,
				  cmd->arg == SHELLCMD_NUMBER ? "N" : "");
		also = strchr(also, ' ');
		also += also != NULL;
	}
}

void shellcmd_help(const struct shellcmd_syntax *syntax, bool terminal,
		   struct strvec *lines)
{
	struct strbuf sb = STRBUF_INIT(STRBUF_MAX_TEXT);

	for (size_t i = 0; i < NROWS; i++) {
		size_t n;

		if (rows[i].terminal && !terminal)
			continue;
		strbuf_reset(&sb);
		(void)strbuf_addf(&sb, ":%s%s", rows[i].name,
				  *arg_names[rows[i].arg]
					  ? _(arg_names[rows[i].arg])
					  : "");
		add_also(&rows[i], &sb);
		n = text_width(sb.buf, sb.len);
		(void)strbuf_addf(&sb, "%*s  %s",
				  n < NAME_COLUMNS ? (int)(NAME_COLUMNS - n)
						   : 0,
				  "", _(rows[i].help));
		strvec_push(lines, sb.buf);
	}
	if (*syntax->prefix) {
		strbuf_reset(&sb);
		(void)strbuf_addf(&sb, _("'%s' stands for ':' too"),
				  syntax->prefix);
		strvec_push(lines, sb.buf);
	}
	strbuf_release(&sb);
}
