/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The native command line: ssh's for one host, -H for many.
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/log.h"
#include "cmd/background.h"
#include "cmd/cmd.h"
#include "cmd/control.h"
#include "cmd/forms.h"
#include "cmd/hostfile.h"
#include "cmd/launch.h"
#include "cmd/passenger.h"
#include "cmd/request.h"
#include "cmd/settings.h"
#include "cmd/shell.h"
#include "cmd/switches.h"
#include "cmd/userconf.h"
#include "cmd/verbs.h"
#include "conf/groups.h"
#include "conf/options.h"
#include "conf/sshforward.h"
#include "conf/sshopt.h"
#include "io/tty.h"
#include "ssh/driver.h"
#include "ssh/muxmaster.h"

#include "base/banned.h"

#define FIELD(f) offsetof(struct settings, f)
#define SPAN_MAX ((uint64_t)365 * 24 * 3600 * 1000) /* ms */

static const struct opt_choice policies[] = {
	/* clang-format off */
	{ "main-rank", EXIT_MAIN_RANK },
	{ "all",       EXIT_ALL       },
	{ "check",     EXIT_CHECK     },
	{ "max",       EXIT_MAX       },
	{ NULL,        0              },
	/* clang-format on */
};

static const struct opt_choice colors[] = {
	/* clang-format off */
	{ "auto",   COLOR_AUTO   },
	{ "always", COLOR_ALWAYS },
	{ "never",  COLOR_NEVER  },
	{ NULL,     0            },
	/* clang-format on */
};

static const struct opt_choice views[] = {
	/* clang-format off */
	{ "auto",   VIEW_AUTO   },
	{ "always", VIEW_ALWAYS },
	{ "never",  VIEW_NEVER  },
	{ NULL,     0           },
	/* clang-format on */
};

/* A name, not a list: "@a,b" would be a cluster and a host. */
static int cluster(void *settings, const char *arg, struct err *err)
{
	struct settings *s = settings;
	struct err why = { 0 };

	if (group_name_check(arg, &why)) {
		(void)err_set(err, ERR_USAGE, "--cluster: %s", why.msg);
		err_release(&why);
		return -1;
	}
	strvec_push_take(&s->hosts, xasprintf("@%s", arg));
	return 0;
}

/*
 * A letter of ssh keeps ssh's meaning.  Ours are those that ssh leaves free,
 * and the long names.
 */
const struct option rsh_options[] = {
	/* clang-format off */
	{ .kind = OPT_GIVEN, .field = FIELD(given) },
	{ .kind = OPT_HEADING, .help = N_("Which hosts") },
	{ .kind = OPT_LIST, .letter = 'H', .name = "hosts", .field = FIELD(hosts), .arg = N_("LIST"),
	  .help = N_("run on these hosts, as in node[01-64],db1; may be repeated") },
	{ .kind = OPT_CALL, .name = "cluster", .call = cluster, .arg = N_("NAME"),
	  .help = N_("run on the hosts of this cluster, as -H @NAME; may be repeated") },
	{ .kind = OPT_LIST, .name = "exclude", .field = FIELD(exclude), .arg = N_("LIST"),
	  .help = N_("leave out exactly these") },
	{ .kind = OPT_LIST, .name = "filter", .field = FIELD(filter), .arg = N_("PATTERN"),
	  .help = N_("keep only those of this list, or that match web* or /regex/ in it") },
	{ .kind = OPT_STRING, .name = "main-rank", .field = FIELD(main_rank), .arg = N_("HOST"),
	  .help = N_("whose status is the program's; default: the first") },

	{ .kind = OPT_HEADING, .help = N_("How to reach them") },
	{ .kind = OPT_CALL, .letter = 'l', .name = "login", .call = switch_login, .arg = N_("USER"),
	  .help = N_("log in as this user") },
	{ .kind = OPT_CALL, .letter = 'p', .name = "port", .call = switch_port, .arg = N_("PORT"),
	  .help = N_("connect to this port") },
	{ .kind = OPT_LIST, .letter = 'i', .name = "identity", .field = FIELD(identities), .arg = N_("FILE"),
	  .help = N_("try this private key; may be repeated") },
	{ .kind = OPT_CALL, .letter = 'J', .call = switch_jump, .arg = N_("HOSTS"),
	  .help = N_("reach the hosts through these, the first of them first") },
	{ .kind = OPT_STRING, .letter = 'F', .name = "ssh-config", .field = FIELD(config), .arg = N_("FILE"),
	  .help = N_("read this ssh_config and no other; none: no file") },
	{ .kind = OPT_LIST, .letter = 'o', .name = "option", .field = FIELD(options), .arg = N_("KEY=VALUE"),
	  .help = N_("set an option of ssh_config(5)") },
	{ .kind = OPT_CALL, .letter = '1', .call = switch_version_1 },
	{ .kind = OPT_FLAG, .letter = '2', .field = FIELD(protocol), .value = 2 },
	{ .kind = OPT_FLAG, .letter = '4', .name = "ipv4", .field = FIELD(family), .value = AF_INET,
	  .help = N_("use IPv4 addresses only") },
	{ .kind = OPT_FLAG, .letter = '6', .name = "ipv6", .field = FIELD(family), .value = AF_INET6,
	  .help = N_("use IPv6 addresses only") },
	{ .kind = OPT_FLAG, .name = "password", .field = FIELD(ask_password), .value = 1,
	  .help = N_("ask once for a password, before anything starts") },
	{ .kind = OPT_UINT, .name = "password-fd", .field = FIELD(password_fd), .arg = N_("N"), .max = INT_MAX,
	  .help = N_("read the password from this descriptor, a line") },
	{ .kind = OPT_LIST, .letter = 'b', .field = FIELD(switches), .text = "BindAddress=", .arg = N_("ADDRESS"),
	  .help = N_("connect from this local address") },
	{ .kind = OPT_LIST, .letter = 'B', .field = FIELD(switches), .text = "BindInterface=", .arg = N_("NAME"),
	  .help = N_("connect from the addresses of this interface") },
	{ .kind = OPT_LIST, .letter = 'C', .field = FIELD(switches), .text = "Compression=yes",
	  .help = N_("compress what is sent") },
	{ .kind = OPT_LIST, .letter = 'c', .field = FIELD(switches), .text = "Ciphers=", .arg = N_("CIPHERS"),
	  .help = N_("encrypt with one of these, best first") },
	{ .kind = OPT_LIST, .letter = 'm', .field = FIELD(switches), .text = "MACs=", .arg = N_("MACS"),
	  .help = N_("protect with one of these, best first") },
	{ .kind = OPT_LIST, .letter = 'P', .field = FIELD(switches), .text = "Tag=", .arg = N_("TAG"),
	  .help = N_("a tag for Match tagged of ssh_config(5)") },
	{ .kind = OPT_LIST, .letter = 'A', .field = FIELD(switches), .text = "ForwardAgent=yes",
	  .help = N_("let what runs there use the agent here") },
	{ .kind = OPT_LIST, .letter = 'a', .field = FIELD(switches), .text = "ForwardAgent=no",
	  .help = N_("the opposite, and the default") },
	{ .kind = OPT_SPAN, .name = "connect-timeout", .field = FIELD(connect_timeout_ms), .arg = N_("SPAN"), .max = SPAN_MAX,
	  .help = N_("give up a host that is not logged in to by then") },
	{ .kind = OPT_UINT, .name = "retries", .field = FIELD(retries), .arg = N_("N"), .max = 1000,
	  .help = N_("try a host so often again that was not logged in to") },
	{ .kind = OPT_UINT, .name = "connect-rate", .field = FIELD(connect_rate), .arg = N_("N"), .min = 1, .max = 1000000,
	  .help = N_("begin with at most so many hosts a second") },

	{ .kind = OPT_HEADING, .help = N_("How to run") },
	{ .kind = OPT_UINT, .letter = 'j', .name = "parallel", .field = FIELD(parallel), .arg = N_("N"), .min = 1, .max = 1000000,
	  .help = N_("sessions at once; default 256") },
	{ .kind = OPT_UINT, .name = "connecting", .field = FIELD(connecting), .arg = N_("N"), .min = 1, .max = 1000000,
	  .help = N_("of these, log-ins at once; default 64") },
	{ .kind = OPT_SPAN, .letter = 'u', .name = "timeout", .field = FIELD(timeout_ms), .arg = N_("SPAN"), .max = SPAN_MAX,
	  .help = N_("end a command that runs longer") },
	{ .kind = OPT_FLAG, .letter = 'n', .name = "no-stdin", .field = FIELD(no_stdin), .value = 1,
	  .help = N_("give the commands no input") },
	{ .kind = OPT_STRING, .name = "script", .field = FIELD(script), .arg = N_("FILE"),
	  .help = N_("run this script of here on the hosts; the words are its arguments") },
	{ .kind = OPT_FLAG, .name = "subst", .field = FIELD(subst), .value = 1,
	  .help = N_("replace %h %n %u %r in the command by host, name, user and rank") },
	{ .kind = OPT_FLAG, .name = "env", .field = FIELD(vars), .value = 1,
	  .help = N_("let the command have RSH_HOST, RSH_RANK and RSH_NHOSTS") },
	{ .kind = OPT_FLAG, .name = "sudo", .field = FIELD(ask_sudo), .value = 1,
	  .help = N_("run the command through sudo; ask once for the password") },
	{ .kind = OPT_UINT, .name = "sudo-password-fd", .field = FIELD(sudo_fd), .arg = N_("N"), .max = INT_MAX,
	  .help = N_("the same, but read that password from this descriptor, a line") },
	{ .kind = OPT_CALL, .letter = 't', .call = switch_tty,
	  .help = N_("ask for a terminal there; twice: even where there is none here") },
	{ .kind = OPT_LIST, .letter = 'T', .name = "no-tty", .field = FIELD(switches), .text = "RequestTTY=no",
	  .help = N_("ask for no terminal") },
	{ .kind = OPT_LIST, .letter = 'e', .field = FIELD(switches), .text = "EscapeChar=", .arg = N_("CHARACTER"),
	  .help = N_("the character of escapes in a shell; none: there are none") },
	{ .kind = OPT_CALL, .letter = 's', .call = switch_subsystem,
	  .help = N_("the command is the name of a subsystem, as sftp") },
	{ .kind = OPT_LIST, .letter = 'f', .field = FIELD(switches), .text = "ForkAfterAuthentication=yes\nStdinNull=yes",
	  .help = N_("go to the background once the command runs") },
	{ .kind = OPT_CALL, .name = "fail-fast", .field = FIELD(fail_fast), .call = settings_fail_fast, .arg = N_("N|N%"), .optional_arg = true,
	  .help = N_("stop all when so many hosts have failed; default 1") },
	{ .kind = OPT_FLAG, .name = "batch", .field = FIELD(batch), .value = 1,
	  .help = N_("one Ctrl+C ends the run") },
	{ .kind = OPT_STRING, .name = "rcmd", .field = FIELD(rcmd), .arg = N_("ssh|exec"),
	  .help = N_("exec: run the command here, once a host, with %h %n %u replaced") },
	{ .kind = OPT_STRING, .name = "ssh-program", .field = FIELD(ssh_program), .arg = N_("PATH"),
	  .help = N_("log in with this ssh, once a host, rather than with our own") },

	{ .kind = OPT_HEADING, .help = N_("What is told") },
	{ .kind = OPT_CHOICE, .name = "exit-code", .field = FIELD(policy), .arg = N_("POLICY"), .choices = policies,
	  .help = N_("main-rank, all, check or max") },
	{ .kind = OPT_FLAG, .name = "require-all-success", .field = FIELD(policy), .value = EXIT_ALL,
	  .help = N_("the same as --exit-code all") },
	{ .kind = OPT_FLAG, .name = "check-all-nodes", .field = FIELD(policy), .value = EXIT_CHECK,
	  .help = N_("the same as --exit-code check") },
	{ .kind = OPT_FLAG, .name = "any-failure", .field = FIELD(policy), .value = EXIT_MAX,
	  .help = N_("the same as --exit-code max") },
	{ .kind = OPT_FLAG, .name = "stream", .field = FIELD(stream), .value = 1,
	  .help = N_("print lines as they come (the default); --no-stream: do not") },
	{ .kind = OPT_FLAG, .name = "group", .field = FIELD(group), .value = 1,
	  .help = N_("print equal output once, at the end, with all its hosts") },
	{ .kind = OPT_FLAG, .name = "diff", .field = FIELD(diff), .value = 1,
	  .help = N_("with --group: smaller groups as a diff to the largest") },
	{ .kind = OPT_STRING, .name = "json", .field = FIELD(json), .arg = N_("FILE"), .optional_arg = true,
	  .help = N_("print a JSON object a line; with FILE there, besides the rest") },
	{ .kind = OPT_STRING, .name = "output-dir", .field = FIELD(output_dir), .arg = N_("DIR"),
	  .help = N_("write the output of each host to files there, besides the rest") },
	{ .kind = OPT_STRING, .name = "failed-to", .field = FIELD(failed_to), .arg = N_("FILE"),
	  .help = N_("write the hosts that failed to this file, for -H ^FILE") },
	{ .kind = OPT_FLAG, .name = "status", .field = FIELD(status), .value = 1,
	  .help = N_("a line of progress on a terminal (the default); --no-status: none") },
	{ .kind = OPT_CHOICE, .name = "view", .field = FIELD(view), .arg = N_("WHEN"), .optional_arg = true, .value = VIEW_ALWAYS, .choices = views,
	  .help = N_("show the run on the whole screen: auto, always or never") },
	{ .kind = OPT_FLAG, .name = "prefix", .field = FIELD(prefix), .value = 1,
	  .help = N_("put the host in front of each line (the default); --no-prefix: do not") },
	{ .kind = OPT_CHOICE, .name = "color", .field = FIELD(color), .arg = N_("WHEN"), .optional_arg = true, .value = COLOR_ALWAYS, .choices = colors,
	  .help = N_("colour the labels: auto, always or never") },
	{ .kind = OPT_FLAG, .letter = 'q', .name = "quiet", .field = FIELD(quiet), .value = 1,
	  .help = N_("no messages but fatal ones") },
	{ .kind = OPT_COUNT, .letter = 'v', .name = "verbose", .field = FIELD(verbose),
	  .help = N_("tell more; up to three times") },
	{ .kind = OPT_STRING, .name = "config", .field = FIELD(config_file), .arg = N_("FILE"),
	  .help = N_("read this configuration of rsh and no other; none: no file") },
	{ .kind = OPT_STRING, .letter = 'E', .name = "log-file", .field = FIELD(log_file), .arg = N_("FILE"),
	  .help = N_("append messages to this file, not to standard error") },
	{ .kind = OPT_FLAG, .letter = 'y', .name = "syslog", .field = FIELD(syslog), .value = 1,
	  .help = N_("send messages to the system's log, not to standard error") },
	{ .kind = OPT_FLAG, .letter = 'G', .field = FIELD(print_config), .value = 1,
	  .help = N_("print the options of the host as ssh -G does, and stop") },
	{ .kind = OPT_CALL, .letter = 'M', .call = switch_master,
	  .help = N_("lend the connection to other programs, at ControlPath") },
	{ .kind = OPT_LIST, .letter = 'S', .field = FIELD(switches), .text = "ControlPath=", .arg = N_("FILE"),
	  .help = N_("use the connection of who listens there; none: of nobody") },
	{ .kind = OPT_CALL, .letter = 'O', .call = switch_control, .arg = N_("COMMAND"),
	  .help = N_("tell who listens there: check, forward, cancel, exit or stop") },
	{ .kind = OPT_CALL, .letter = 'L', .call = switch_local_forward, .arg = N_("[ADDRESS:]PORT:HOST:PORT"),
	  .help = N_("listen here and let the host connect there; either end may be a Unix socket") },
	{ .kind = OPT_CALL, .letter = 'R', .call = switch_remote_forward, .arg = N_("[ADDRESS:]PORT[:HOST:PORT]"),
	  .help = N_("let the host listen and connect from here; without HOST:PORT by SOCKS") },
	{ .kind = OPT_CALL, .letter = 'D', .call = switch_dynamic_forward, .arg = N_("[ADDRESS:]PORT"),
	  .help = N_("listen here for SOCKS, whose clients say where to") },
	{ .kind = OPT_LIST, .letter = 'g', .field = FIELD(switches), .text = "GatewayPorts=yes",
	  .help = N_("let other machines connect to what listens here") },
	{ .kind = OPT_CALL, .letter = 'N', .call = switch_nothing,
	  .help = N_("run nothing; for forwardings alone") },
	{ .kind = OPT_CALL, .letter = 'W', .call = switch_stdio_forward, .arg = N_("HOST:PORT"),
	  .help = N_("let the host connect there, and be its input and output") },
	{ .kind = OPT_STRING, .letter = 'Q', .field = FIELD(query), .arg = N_("WHAT"),
	  .help = N_("print the algorithms there are: cipher, kex or mac; help: what else") },
	{ .kind = OPT_FLAG, .letter = 'V', .field = FIELD(version), .value = 1,
	  .help = N_("print the version to standard error") },
	{ .kind = OPT_FLAG, .name = "version", .field = FIELD(version), .value = 2,
	  .help = N_("print the version") },
	{ .kind = OPT_STRING, .letter = 'h', .name = "help", .field = FIELD(help), .arg = N_("dump"), .optional_arg = true,
	  .help = N_("print this help") },

	/* Letters of ssh whose keyword has no effect or ends the run. */
	{ .kind = OPT_LIST, .letter = 'I', .field = FIELD(switches), .text = "PKCS11Provider=", .arg = N_("FILE") },
	{ .kind = OPT_LIST, .letter = 'K', .field = FIELD(switches), .text = "GSSAPIAuthentication=yes\nGSSAPIDelegateCredentials=yes" },
	{ .kind = OPT_LIST, .letter = 'k', .field = FIELD(switches), .text = "GSSAPIDelegateCredentials=no" },
	{ .kind = OPT_LIST, .letter = 'w', .field = FIELD(switches), .text = "Tunnel=yes\nTunnelDevice=", .arg = N_("DEVICE") },
	{ .kind = OPT_LIST, .letter = 'X', .field = FIELD(switches), .text = "ForwardX11=yes" },
	{ .kind = OPT_LIST, .letter = 'x', .field = FIELD(switches), .text = "ForwardX11=no" },
	{ .kind = OPT_LIST, .letter = 'Y', .field = FIELD(switches), .text = "ForwardX11=yes\nForwardX11Trusted=yes" },
	{ 0 },
	/* clang-format on */
};

static void print_help(void)
{
	unsigned int lines, columns = 80;

	if (!tty_size(STDOUT_FILENO, &lines, &columns) || columns > 100)
		columns = 80;
	puts(_("usage: rsh [options] [user@]host [command ...]\n"
	       "       rsh [options] -H HOSTS [command ...]\n"
	       "       rsh VERB ...\n"
	       "\n"
	       "ssh for one host or ten thousand.\n"
	       "\n"
	       "  rsh -H node[01-64] uptime        many hosts, lines labelled\n"
	       "  rsh adm@db1 'df -h /'            one host, as ssh\n"));
	verbs_help(stdout);
	options_help(rsh_options, stdout, columns);
}

static int print_algorithms(const char *what, struct err *err)
{
	struct strvec names = { 0 };
	int rc = sshopt_query(what, &names, err);

	for (size_t i = 0; i < names.n; i++)
		puts(names.v[i]);
	strvec_release(&names);
	return rc;
}

/* 1: something was printed and that is all; 0: go on; -1: err. */
static int informed(const struct settings *s, struct err *err)
{
	if (s->version)
		print_version(s->version == 1 ? stderr : stdout);
	else if (s->help && !strcmp(s->help, "dump"))
		options_dump(rsh_options, stdout);
	else if (s->help)
		print_help();
	else if (s->query)
		return print_algorithms(s->query, err) ? -1 : 1;
	else
		return 0;
	return 1;
}

/* "rsh -F FILE put --delete SRC DST" has options that ssh has not. */
static void suggest_first(const char *verb, struct err *err)
{
	char *hint = verbs_hint(verb);

	(void)err_set(err, ERR_USAGE, "%s; %s", err->msg, hint);
	free(hint);
}

/* Two ways to say where it is to run. */
static int refuse_hosts(const struct settings *s, struct err *err)
{
	if (!s->hosts.n)
		return 0;
	return err_set(
		err, ERR_USAGE,
		_("'%s' and -H both name hosts: -H comes before the command"),
		s->destination);
}

/*
 * ssh reads options on both sides of the destination; the first word after it
 * that is no option begins the command.  With -H there is no destination.
 */
static int parse_rows(const struct option *rows, struct settings *s, int argc,
		      char **argv, int *index, struct err *err)
{
	bool dashes = false;

	*index = 1;
	if (options_parse(rows, s, argc, argv, index, &dashes, err))
		return -1;
	if (s->hosts.n || s->help || s->version || s->query)
		return 0;
	if (userconf_is_command(argv[*index])) {
		strvec_push(&s->hosts, "@" USERCONF_BACKENDAI);
		return 0;
	}
	if (*index == argc) {
		err_set(err, ERR_USAGE, _("no host named; try 'rsh --help'"));
		err_as_ssh(err, "%s", "");
		return -1;
	}
	s->destination = argv[(*index)++];
	if (!dashes && !log_is_ssh() && verbs_have(s->destination))
		s->verb = s->destination;
	switches_destination(s);
	if (dashes || (!options_parse(rows, s, argc, argv, index, NULL, err) &&
		       !refuse_hosts(s, err)))
		return 0;
	if (s->verb)
		suggest_first(s->verb, err);
	return -1;
}

/* Under its name there are the letters of ssh(1), and no others or names. */
static struct option *ssh_rows(void)
{
	static const char letters[] =
		"1246AaBbCcDEeFfGgIiJKkLlMmNnOoPpQqRSsTtVvWwXxYy";
	size_t n = sizeof(rsh_options) / sizeof(rsh_options[0]);
	struct option *rows = xcalloc(n, sizeof(*rows));
	size_t at = 0;

	for (size_t i = 0; i < n; i++) {
		const struct option *r = &rsh_options[i];

		if (r->kind != OPT_GIVEN &&
		    (!r->letter || !strchr(letters, r->letter)))
			continue;
		rows[at] = *r;
		rows[at++].name = NULL;
	}
	return rows;
}

static int parse(struct settings *s, int argc, char **argv, int *index,
		 struct err *err)
{
	struct option *rows = log_is_ssh() ? ssh_rows() : NULL;
	int rc = parse_rows(rows ? rows : rsh_options, s, argc, argv, index,
			    err);

	free(rows);
	return rc;
}

/* With StdinNull everywhere the input is left to who else reads it. */
static bool anyone_reads(const struct plan *plan)
{
	for (size_t i = 0; i < plan->targets.n; i++) {
		const struct ssh_opts *o = plan->targets.v[i].opts;

		if (!o || (o->stdin_null != 1 &&
			   o->session_type != SESSION_TYPE_NONE))
			return true;
	}
	return false;
}

/* -W: there is no command, but what it would read and write. */
static int make_direct(const struct settings *s, struct plan *plan, int nwords,
		       struct err *err)
{
	struct sshforward f;

	/* ssh says nothing of the words, and does nothing with them. */
	if (!s->destination || (nwords && !log_is_ssh()) || s->script ||
	    plan->ask_sudo || plan->sudo_fd >= 0)
		return err_set(err, ERR_USAGE,
			       _("-W is for one host, and without a command"));
	if (driver_find(plan->driver)->local)
		return err_set(err, ERR_USAGE,
			       _("-W is for the built-in client only"));
	if (sshforward_parse(s->stdio_forward, SSHFORWARD_DYNAMIC, &f, err))
		return -1;
	if (f.listen_path)
		plan->spec.direct_path = xstrdup(f.listen_path);
	else
		plan->spec.direct_host = xstrdup(f.listen_host);
	plan->spec.direct_port = (uint16_t)f.listen_port;
	sshforward_release(&f);
	return 0;
}

static bool any_persists(const struct plan *plan)
{
	for (size_t i = 0; i < plan->targets.n && !plan->program.n; i++)
		if (muxmaster_persists(plan->targets.v[i].opts))
			return true;
	return false;
}

/*
 * -f: the process that was started ends when the command runs.  ControlPersist:
 * when the run is over, and the masters stay.  At a terminal: when an escape
 * says so.
 */
static int launch_or_fork(struct plan *plan, struct launch_style *style,
			  bool one, struct err *err)
{
	struct background bg = BACKGROUND_NONE;
	enum background_side side;
	bool early = request_background(plan, one);
	bool asked = request_may_detach(plan, one);
	bool persists = any_persists(plan);
	int code;

	if (!early && !persists && !asked)
		return launch(plan, style, err);
	plan->spec.want_stdin &= !early;
	if (background_start(&bg, &side, &code, err))
		return -1;
	if (side != BACKGROUND_CHILD)
		return code;
	if (early)
		style->background = &bg;
	else if (persists)
		style->behind = &bg;
	style->asked = asked ? &bg : NULL;
	code = launch(plan, style, err);
	style->background = style->behind = style->asked = NULL;
	return code;
}

/* Who shows a run looks for progress in its output. */
static int have_progress(const struct settings *s, struct launch_style *style,
			 struct err *err)
{
	if (!style->status && style->view == VIEW_NEVER)
		return 0;
	style->progress = userconf_progress(s->rsh, err);
	return style->progress ? 0 : -1;
}

/* Many hosts, nothing to run there, and a person in front of it. */
static bool wants_shells(const struct settings *s, const struct plan *plan,
			 int nwords)
{
	if (s->destination || nwords || s->script || s->subst || s->vars ||
	    s->no_stdin || plan->ask_sudo || plan->sudo_fd >= 0 ||
	    plan->program.n || strcmp(plan->driver, "ssh") != 0 ||
	    s->view == VIEW_ALWAYS || !shell_has_terminal())
		return false;
	for (size_t i = 0; i < plan->targets.n; i++) {
		const struct ssh_opts *o = plan->targets.v[i].opts;

		if (o->remote_command || o->session_type == SESSION_TYPE_NONE)
			return false;
	}
	return true;
}

/* What is no run of a command: `*over`, with its code. */
static int run_no_command(const struct settings *s, struct plan *plan,
			  int nwords, bool *over, struct err *err)
{
	*over = true;
	if (s->control)
		return control_run(plan, s->control, s->destination != NULL,
				   err);
	if (!s->stdio_forward && wants_shells(s, plan, nwords))
		return shell_run(s, &(struct shell_more){ 0 }, plan, err);
	*over = false;
	return 0;
}

static int run(const struct settings *s, int nwords, char **words,
	       struct err *err)
{
	bool one = s->destination != NULL;
	struct launch_style style = {
		.labels = !one && s->prefix,
		.keep_raw = one,
		.colour = { settings_colour(s, STDOUT_FILENO),
			    settings_colour(s, STDERR_FILENO) },
		.batch = s->batch,
		.status = !one && settings_status(s),
		.view = settings_view(s, one),
		.summary = !one,
		.verb = s->verb,
		.summary_always = s->verbose > 0,
		.mute = !s->log_file && !s->syslog,
	};
	struct sshconf *conf = NULL;
	struct plan plan;
	int code = -1;
	bool over;

	plan_init(&plan);
	if (have_progress(s, &style, err) || forms_choose(s, &style, err))
		goto out;
	if (s->hosts.n && nwords)
		hostfile_suspect(s->hosts.v[s->hosts.n - 1], words[0]);
	if (settings_plan(s, LABEL_WHOLE, &plan, &conf, err))
		goto out;
	code = run_no_command(s, &plan, nwords, &over, err);
	if (over)
		goto out;
	code = -1;
	if (s->stdio_forward && make_direct(s, &plan, nwords, err))
		goto out;
	if (settings_make_command(s, &plan, s->stdio_forward ? 0 : nwords,
				  words, err))
		goto out;
	if (s->stdio_forward)
		plan.spec.kind = OP_DIRECT;
	if (request_plan(s, &plan, one, err))
		goto out;
	plan.spec.login_shell = one;
	plan.spec.want_stdin &= s->script || (anyone_reads(&plan) &&
					      (one || !isatty(STDIN_FILENO)));
	plan.exit_policy = one ? EXIT_ONE : EXIT_MAIN_RANK;
	if (s->policy >= 0)
		plan.exit_policy = (enum exit_policy)s->policy;
	code = one ? passenger_run(&plan, err) : PASSENGER_ALONE;
	if (code == PASSENGER_ALONE)
		code = launch_or_fork(&plan, &style, one, err);
out:
	if (plan.spec.input_fd >= 0)
		close(plan.spec.input_fd);
	plan_release(&plan);
	progress_rules_free(style.progress);
	sshconf_free(conf);
	return code;
}

/* Under the name of ssh it is ssh. */
static bool called_ssh(const char *argv0)
{
	const char *slash = argv0 ? strrchr(argv0, '/') : NULL;
	const char *name = slash ? slash + 1 : argv0;

	return name && !strcmp(name, "ssh");
}

/* What ends the program before there is any host. */
static void tell_failure(const struct err *err)
{
	if (!log_is_ssh() || !err->ssh) {
		log_fatal("%s", err->msg);
		return;
	}
	if (*err->ssh)
		log_fatal("%s", err->ssh);
	if (err->code == ERR_USAGE)
		log_text(_(
			"usage: ssh [options] [user@]host [command ...]\n"
			"What ssh(1) has, this has; 'rsh --help' lists it.\n"));
}

int cmd_rsh(int argc, char **argv)
{
	struct settings s;
	struct err err = { 0 };
	int index, told, code = -1, failed = EXIT_CODE_USAGE;

	log_as_ssh(called_ssh(argv[0]));
	settings_init(&s);
	if (parse(&s, argc, argv, &index, &err))
		goto out;
	told = informed(&s, &err);
	if (told) {
		code = told > 0 ? 0 : -1;
		goto out;
	}
	if (settings_log(&s, "rsh", &err)) {
		failed = log_is_ssh() ? EXIT_FAILURE : failed;
		goto out;
	}
	/* ssh knows of no other file. */
	if (log_is_ssh() && !s.config_file)
		s.config_file = "none";
	if (settings_configure(&s, rsh_options, &err))
		goto out;
	if (s.print_config) {
		code = settings_print(&s, argc > index, stdout, &err);
		goto out;
	}
	code = run(&s, argc - index, argv + index, &err);
out:
	if (code < 0) {
		tell_failure(&err);
		code = failed;
	}
	err_release(&err);
	settings_release(&s);
	log_close();
	return code;
}
