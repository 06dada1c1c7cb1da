/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The keys of the configuration file, and what their values may be.
 */
#include "conf/rshkeys.h"

#include <assert.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/text.h"
#include "conf/options.h"
#include "conf/progress.h"
#include "conf/spec.h"
#include "base/banned.h"

#define SPAN_MAX ((uint64_t)365 * 24 * 3600 * 1000) /* ms */
#define RUN	 (RSHKEY_IN_DEFAULTS | RSHKEY_IN_CLUSTER)
#define HOST	 (RUN | RSHKEY_IN_NODE)
#define MAX_KEYS 64

static const struct rshkey rows[] = {
	/* clang-format off */
	{ .name = "host", .kind = RSHKEY_HOSTS, .scopes = RSHKEY_IN_NODE | RSHKEY_IN_JUMP,
	  .example = "web[1-4].example.com",
	  .help = N_("the hosts that the other keys of the node are for, or the jump host") },
	{ .name = "user", .kind = RSHKEY_USER, .scopes = HOST | RSHKEY_IN_JUMP, .keyword = "User",
	  .example = "admin", .help = N_("log in as this user") },
	{ .name = "port", .kind = RSHKEY_UINT, .scopes = HOST | RSHKEY_IN_JUMP, .keyword = "Port",
	  .min = 1, .max = 65535, .example = "22", .help = N_("connect to this port") },
	{ .name = "ssh_key", .kind = RSHKEY_PATH, .scopes = HOST | RSHKEY_IN_JUMP, .keyword = "IdentityFile",
	  .example = "~/.ssh/id_ed25519", .help = N_("try this private key, before those of ssh_config") },
	{ .name = "jump_host", .kind = RSHKEY_JUMP, .scopes = HOST, .block = RSHKEY_IN_JUMP, .keyword = "ProxyJump",
	  .example = "ops@bastion.example.com:2222",
	  .help = N_("reach the host through this one; \"\": directly") },
	{ .name = "server_alive_interval", .kind = RSHKEY_UINT, .scopes = HOST, .keyword = "ServerAliveInterval",
	  .max = 86400, .unit = N_("seconds"), .example = "30",
	  .help = N_("ask a silent server for a sign of life this often; 0: never") },
	{ .name = "server_alive_count_max", .kind = RSHKEY_UINT, .scopes = HOST, .keyword = "ServerAliveCountMax",
	  .max = 1000000, .example = "3", .help = N_("give up after so many of them without an answer") },
	{ .name = "timeout", .kind = RSHKEY_SPAN, .scopes = HOST, .option = "timeout", .max = SPAN_MAX,
	  .unit = N_("seconds"), .def = "0", .example = "5m",
	  .help = N_("end a command that runs longer; 0: never") },
	{ .name = "parallel", .kind = RSHKEY_UINT, .scopes = RUN, .option = "parallel", .min = 1, .max = 1000000,
	  .def = "256", .example = "64", .help = N_("sessions at once") },
	{ .name = "connecting", .kind = RSHKEY_UINT, .scopes = RSHKEY_IN_DEFAULTS, .option = "connecting", .min = 1,
	  .max = 1000000, .def = "64", .example = "32", .help = N_("of these, log-ins at once") },
	{ .name = "connect_timeout", .kind = RSHKEY_SPAN, .scopes = RSHKEY_IN_DEFAULTS, .option = "connect-timeout",
	  .max = SPAN_MAX, .unit = N_("seconds"), .example = "10",
	  .help = N_("give up a host that is not logged in to by then") },
	{ .name = "connect_rate", .kind = RSHKEY_UINT, .scopes = RSHKEY_IN_DEFAULTS, .option = "connect-rate", .min = 1,
	  .max = 1000000, .unit = N_("hosts a second"), .example = "100", .help = N_("begin with at most so many") },
	{ .name = "retries", .kind = RSHKEY_UINT, .scopes = RSHKEY_IN_DEFAULTS, .option = "retries", .max = 1000,
	  .example = "2", .help = N_("try a host so often again that was not logged in to") },
	{ .name = "fail_fast", .kind = RSHKEY_TEXT, .scopes = RSHKEY_IN_DEFAULTS, .option = "fail-fast",
	  .example = "10%", .help = N_("stop all when so many hosts, or so many of a hundred, have failed") },
	{ .name = "exclude", .kind = RSHKEY_HOSTS, .scopes = RSHKEY_IN_DEFAULTS, .option = "exclude",
	  .example = "node[07,12]", .help = N_("leave out exactly these hosts") },
	{ .name = "filter", .kind = RSHKEY_HOSTS, .scopes = RSHKEY_IN_DEFAULTS, .option = "filter",
	  .example = "web*", .help = N_("keep only these, and those that match a wildcard or /regex/ in it") },
	{ .name = "main_rank", .kind = RSHKEY_TEXT, .scopes = RSHKEY_IN_DEFAULTS, .option = "main-rank",
	  .example = "node01", .help = N_("the host whose status is the program's") },
	{ .name = "exit_code", .kind = RSHKEY_CHOICE, .scopes = RSHKEY_IN_DEFAULTS, .option = "exit-code",
	  .words = "main-rank all check max", .def = "main-rank", .example = "all",
	  .help = N_("what the exit status says of many hosts") },
	{ .name = "batch", .kind = RSHKEY_BOOL, .scopes = RSHKEY_IN_DEFAULTS, .option = "batch", .def = "false",
	  .example = "true", .help = N_("one Ctrl+C ends the run") },
	{ .name = "prefix", .kind = RSHKEY_BOOL, .scopes = RSHKEY_IN_DEFAULTS, .option = "prefix", .def = "true",
	  .example = "false", .help = N_("put the host in front of each line") },
	{ .name = "group", .kind = RSHKEY_BOOL, .scopes = RSHKEY_IN_DEFAULTS, .option = "group", .def = "false",
	  .example = "true", .help = N_("print equal output once, at the end, with all its hosts") },
	{ .name = "diff", .kind = RSHKEY_BOOL, .scopes = RSHKEY_IN_DEFAULTS, .option = "diff", .def = "false",
	  .example = "true", .help = N_("with 'group': smaller groups as a diff to the largest") },
	{ .name = "output_dir", .kind = RSHKEY_PATH, .scopes = RSHKEY_IN_DEFAULTS, .option = "output-dir",
	  .example = "~/out", .help = N_("write the output of each host to files there, besides the rest") },
	{ .name = "failed_to", .kind = RSHKEY_PATH, .scopes = RSHKEY_IN_DEFAULTS, .option = "failed-to",
	  .example = "~/failed", .help = N_("write the hosts that failed to this file") },
	{ .name = "subst", .kind = RSHKEY_BOOL, .scopes = RSHKEY_IN_DEFAULTS, .option = "subst", .def = "false",
	  .example = "true", .help = N_("replace %h %n %u %r in the command") },
	{ .name = "env", .kind = RSHKEY_BOOL, .scopes = RSHKEY_IN_DEFAULTS, .option = "env", .def = "false",
	  .example = "true", .help = N_("let the command have RSH_HOST, RSH_RANK and RSH_NHOSTS") },
	{ .name = "color", .kind = RSHKEY_CHOICE, .scopes = RSHKEY_IN_DEFAULTS, .option = "color",
	  .words = "auto always never", .def = "auto", .example = "never", .help = N_("colour the labels") },
	{ .name = "view", .kind = RSHKEY_CHOICE, .scopes = RSHKEY_IN_DEFAULTS, .option = "view",
	  .words = "auto always never", .def = "auto", .example = "never",
	  .help = N_("show a run on many hosts on the whole screen: when it lasts, at once, or not") },
	{ .name = "progress", .kind = RSHKEY_TEXTS, .item = RSHKEY_PATTERN, .scopes = RSHKEY_IN_DEFAULTS,
	  .example = "{ backup: 'saved (?<done>\\d+) of (?<total>\\d+) volumes' }",
	  .help = N_("patterns of PCRE2, under any names, that find progress in the output, before those known") },
	{ .name = "rcmd", .kind = RSHKEY_CHOICE, .scopes = RSHKEY_IN_DEFAULTS, .option = "rcmd", .words = "ssh exec",
	  .def = "ssh", .example = "ssh", .help = N_("how commands are run; exec: here, once a host") },
	{ .name = "ssh_program", .kind = RSHKEY_PATH, .scopes = RSHKEY_IN_DEFAULTS, .option = "ssh-program",
	  .example = "/usr/bin/ssh", .help = N_("log in with this ssh, once a host, rather than with our own") },

	{ .name = "nodes", .kind = RSHKEY_NODES, .scopes = RSHKEY_IN_CLUSTER, .block = RSHKEY_IN_NODE,
	  .example = "[ 'node[01-16]' ]", .help = N_("the hosts of the cluster: host lists, or maps with 'host' and keys of their own") },
	{ .name = "interactive", .kind = RSHKEY_BLOCK, .scopes = RSHKEY_IN_FILE | RSHKEY_IN_CLUSTER,
	  .block = RSHKEY_IN_INTERACTIVE, .help = N_("keys of the interactive shell") },

	{ .name = "default_mode", .kind = RSHKEY_CHOICE, .scopes = RSHKEY_IN_INTERACTIVE,
	  .words = "single_node multiplex", .def = "multiplex", .example = "multiplex",
	  .help = N_("begin with the first node, or with all") },
	{ .name = "prompt_format", .kind = RSHKEY_TEXT, .scopes = RSHKEY_IN_INTERACTIVE,
	  .def = "rsh[{active}/{total}]> ", .example = "'{node}> '", .help = N_("the prompt") },
	{ .name = "history_file", .kind = RSHKEY_PATH, .scopes = RSHKEY_IN_INTERACTIVE,
	  .example = "~/.rsh_history", .help = N_("where what was typed is kept") },
	{ .name = "show_timestamps", .kind = RSHKEY_BOOL, .scopes = RSHKEY_IN_INTERACTIVE, .def = "false",
	  .example = "true", .help = N_("put the time in front of each line") },
	{ .name = "work_dir", .kind = RSHKEY_PATH, .scopes = RSHKEY_IN_INTERACTIVE,
	  .example = "/srv", .help = N_("the folder to begin in") },
	{ .name = "broadcast_prefix", .kind = RSHKEY_TEXT, .scopes = RSHKEY_IN_INTERACTIVE,
	  .def = "!broadcast ", .example = "'!all '", .help = N_("in front of a line that goes to all nodes") },
	{ .name = "node_switch_prefix", .kind = RSHKEY_TEXT, .scopes = RSHKEY_IN_INTERACTIVE,
	  .def = "!", .example = "'!'", .help = N_("in front of a command of the shell itself, besides ':'") },
	{ .name = "colors", .kind = RSHKEY_TEXTS, .scopes = RSHKEY_IN_INTERACTIVE,
	  .example = "{ node01: red }", .help = N_("the colours of nodes") },
	{ .name = "keybindings", .kind = RSHKEY_BLOCK, .scopes = RSHKEY_IN_INTERACTIVE,
	  .block = RSHKEY_IN_KEYBINDINGS, .help = N_("keys of the keyboard") },

	{ .name = "switch_node", .kind = RSHKEY_TEXT, .scopes = RSHKEY_IN_KEYBINDINGS, .def = "Ctrl+N",
	  .example = "Ctrl+N", .help = N_("go to the next node") },
	{ .name = "broadcast_toggle", .kind = RSHKEY_TEXT, .scopes = RSHKEY_IN_KEYBINDINGS, .def = "Ctrl+B",
	  .example = "Ctrl+B", .help = N_("one node or all") },
	{ .name = "quit", .kind = RSHKEY_TEXT, .scopes = RSHKEY_IN_KEYBINDINGS, .def = "Ctrl+Q",
	  .example = "Ctrl+Q", .help = N_("leave the shell") },
	{ .name = "command_line", .kind = RSHKEY_TEXT, .scopes = RSHKEY_IN_KEYBINDINGS, .def = "Ctrl+]",
	  .example = "Ctrl+]", .help = N_("type a command of the shell itself") },
	{ .name = "clear_screen", .kind = RSHKEY_TEXT, .scopes = RSHKEY_IN_KEYBINDINGS, .def = "Ctrl+L",
	  .example = "Ctrl+L", .help = N_("clear the screen") },

	{ .name = "ssh_config_host", .kind = RSHKEY_TEXT, .scopes = RSHKEY_IN_JUMP,
	  .example = "bastion", .help = N_("a jump host by its name in ssh_config") },

	{ .name = "defaults", .kind = RSHKEY_BLOCK, .scopes = RSHKEY_IN_FILE, .block = RSHKEY_IN_DEFAULTS,
	  .help = N_("what counts for all hosts") },
	{ .name = "clusters", .kind = RSHKEY_BLOCK, .scopes = RSHKEY_IN_FILE, .block = RSHKEY_IN_CLUSTER,
	  .help = N_("hosts under a name, with keys of their own") },
	{ .name = "groups", .kind = RSHKEY_BLOCK, .scopes = RSHKEY_IN_FILE,
	  .help = N_("host lists under a name") },
	/* clang-format on */
};

static const size_t nrows = sizeof(rows) / sizeof(rows[0]);

const struct rshkey *rshkey_at(size_t i)
{
	return i < nrows ? &rows[i] : NULL;
}

const struct rshkey *rshkey_find(const char *name, enum rshkey_scope scope)
{
	for (size_t i = 0; i < nrows; i++)
		if (rows[i].scopes & scope && rows[i].name[0] == name[0] &&
		    strcmp(rows[i].name, name) == 0)
			return &rows[i];
	return NULL;
}

const char *rshkey_nearest(const char *name, enum rshkey_scope scope)
{
	const char *names[MAX_KEYS];
	size_t n = 0;

	_Static_assert(sizeof(rows) / sizeof(rows[0]) <= MAX_KEYS,
		       "all names fit");
	for (size_t i = 0; i < nrows; i++)
		if (rows[i].scopes & scope)
			names[n++] = rows[i].name;
	return options_nearest(name, names, n);
}

const char *rshkey_place_of(const char *name)
{
	static const struct {
		enum rshkey_scope scope;
		const char *where;
	} places[] = {
		/* clang-format off */
		{ RSHKEY_IN_DEFAULTS,    N_("'defaults'")            },
		{ RSHKEY_IN_CLUSTER,     N_("a cluster")             },
		{ RSHKEY_IN_NODE,        N_("a node that is a map")  },
		{ RSHKEY_IN_INTERACTIVE, N_("'interactive'")         },
		{ RSHKEY_IN_KEYBINDINGS, N_("'keybindings'")         },
		{ RSHKEY_IN_JUMP,        N_("a jump host")           },
		{ RSHKEY_IN_FILE,        N_("the outermost map")     },
		/* clang-format on */
	};

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		if (rshkey_find(name, places[i].scope))
			return _(places[i].where);
	return NULL;
}

static bool is_bool(const char *word, uint64_t *number)
{
	static const char *const words[] = { "false", "no",  "off",
					     "true",  "yes", "on" };

	for (size_t i = 0; i < 6; i++) {
		if (strcasecmp(words[i], word) != 0)
			continue;
		*number = i >= 3;
		return true;
	}
	return false;
}

static bool has_word(const char *words, const char *word)
{
	size_t len = strlen(word);

	while (*words) {
		size_t n = strcspn(words, " ");

		if (n == len && strncmp(words, word, n) == 0)
			return true;
		words += n + strspn(words + n, " ");
	}
	return false;
}

static char *list_words(const char *words)
{
	struct strbuf sb = STRBUF_INIT(STRBUF_MAX_TEXT);

	while (*words) {
		size_t n = strcspn(words, " ");

		if (sb.len)
			(void)strbuf_addstr(&sb, words[n] ? ", " : _(" or "));
		(void)strbuf_add(&sb, words, n);
		words += n + strspn(words + n, " ");
	}
	return strbuf_detach(&sb, NULL);
}

static char *a_number(const struct rshkey *key)
{
	return xasprintf(_("a number from %llu to %llu"),
			 (unsigned long long)key->min,
			 (unsigned long long)key->max);
}

static char *a_span(const struct rshkey *key)
{
	struct strbuf most = STRBUF_INIT(STRBUF_MAX_TEXT);
	char *text;

	text_span(&most, key->max);
	text = xasprintf(_("a time such as 90, 1m30s or 500ms, at most %s"),
			 most.buf);
	strbuf_release(&most);
	return text;
}

static bool is_clean(const char *word)
{
	for (; *word; word++)
		if ((unsigned char)*word < ' ' || *word == 0x7f)
			return false;
	return true;
}

static int check_user(const char *word, char **expected)
{
	struct err why = { 0 };

	if (!*word || username_check(word, &why) == 0)
		return 0;
	*expected = xasprintf(_("a user (%s)"), why.msg);
	err_release(&why);
	return -1;
}

static int check_pattern(const char *word, char **expected)
{
	struct err why = { 0 };

	if (progress_check(word, &why) == 0)
		return 0;
	*expected = xasprintf(_("a pattern that tells progress (%s)"), why.msg);
	err_release(&why);
	return -1;
}

int rshkey_check(const struct rshkey *key, const char *word, uint64_t *number,
		 char **expected)
{
	*number = 0;
	switch (key->kind) {
	case RSHKEY_USER:
		return check_user(word, expected);
	case RSHKEY_BOOL:
		if (is_bool(word, number))
			return 0;
		*expected = xstrdup(_("true or false"));
		return -1;
	case RSHKEY_UINT:
		if (parse_uint(word, key->min, key->max, number) == 0)
			return 0;
		*expected = a_number(key);
		return -1;
	case RSHKEY_SPAN:
		if (parse_span(word, key->max, number) == 0)
			return 0;
		*expected = a_span(key);
		return -1;
	case RSHKEY_CHOICE:
		if (has_word(key->words, word))
			return 0;
		*expected = list_words(key->words);
		return -1;
	case RSHKEY_TEXT:
	case RSHKEY_PATH:
	case RSHKEY_HOSTS:
	case RSHKEY_JUMP:
		if (is_clean(word))
			return 0;
		*expected = xstrdup(_("a text without control characters"));
		return -1;
	case RSHKEY_PATTERN:
		return check_pattern(word, expected);
	case RSHKEY_NODES:
	case RSHKEY_TEXTS:
	case RSHKEY_BLOCK:
		break;
	}
	assert(0 && "its value is no word");
	return -1;
}
