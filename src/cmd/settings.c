/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From settings to a plan: what all command lines share.
 */
#include "cmd/settings.h"

#include <errno.h>
#include <netdb.h>
#include <openssl/crypto.h>
#include <pwd.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/log.h"
#include "base/text.h"
#include "cmd/control.h"
#include "cmd/groupenv.h"
#include "cmd/hostfile.h"
#include "cmd/launch.h"
#include "cmd/machine.h"
#include "cmd/names.h"
#include "cmd/request.h"
#include "cmd/script.h"
#include "cmd/settings_hosts.h"
#include "cmd/sinks.h"
#include "cmd/switches.h"
#include "cmd/userconf.h"
#include "cmd/userhosts.h"
#include "conf/groups.h"
#include "conf/hostlist.h"
#include "conf/rshconf.h"
#include "conf/spec.h"
#include "model/hops.h"
#include "ssh/driver.h"

#include "base/banned.h"

/* In the order of syslog_facility; what ssh begins with. */
#define FACILITY_USER 1

void settings_init(struct settings *s)
{
	*s = (struct settings){
		.parallel = 256,
		.connecting = 64,
		.connect_timeout_ms = UINT64_MAX,
		.retries = UINT64_MAX,
		.policy = -1,
		.password_fd = UINT64_MAX,
		.sudo_fd = UINT64_MAX,
		.prefix = 1,
		.stream = -1,
		.status = -1,
		.view = VIEW_AUTO,
		.source = hostfile_source,
	};
}

void settings_release(struct settings *s)
{
	strvec_release(&s->hosts);
	strvec_release(&s->exclude);
	strvec_release(&s->filter);
	strvec_release(&s->identities);
	strvec_release(&s->options);
	strvec_release(&s->switches);
	strvec_release(&s->forwards);
	options_given_release(&s->given);
	userhosts_free(s->users);
	groups_free(s->groups);
	rshconf_free(s->rsh);
}

static bool was_given(const struct settings *s, size_t field)
{
	return options_was_given(&s->given, field);
}

/*
 * A form of output that was typed takes the place of the one in the file on
 * standard output; JSON to a file of its own takes no place.
 */
static void forget_form(struct settings *s)
{
	const bool json = was_given(s, offsetof(struct settings, json)) &&
			  sinks_json_fd(s->json) >= 0;

	if (json || was_given(s, offsetof(struct settings, stream)))
		options_give(&s->given, offsetof(struct settings, group));
	if (was_given(s, offsetof(struct settings, group)) && !s->group)
		options_give(&s->given, offsetof(struct settings, diff));
}

int settings_configure(struct settings *s, const struct option *rows,
		       struct err *err)
{
	forget_form(s);
	s->rsh = userconf_load(s->config_file, err);
	if (!s->rsh)
		return -1;
	s->users = userhosts_new(s->rsh);
	s->groups = groupenv_new();
	userconf_add_groups(s->rsh, s->groups);
	s->source = groupenv_source(s->groups);
	rshconf_set_source(s->rsh, &s->source);
	return userconf_apply(s->rsh, rows, s, &s->given, err);
}

int settings_log(const struct settings *s, const char *progname,
		 struct err *err)
{
	static const enum log_level louder[] = { LOG_INFO, LOG_VERBOSE,
						 LOG_DEBUG, LOG_TRACE };
	static const enum log_level as_ssh[] = { LOG_INFO, LOG_DEBUG, LOG_DEBUG,
						 LOG_TRACE };
	int level = s->verbose > 3 ? 3 : s->verbose;

	log_init(progname, s->quiet && !s->verbose ? LOG_FATAL
			   : log_is_ssh()	   ? as_ssh[level]
						   : louder[level]);
	if (s->log_file && log_open(s->log_file, err))
		return -1;
	/* Until SyslogFacility is known. */
	if (s->syslog)
		log_syslog(FACILITY_USER);
	return 0;
}

static bool env_set(const char *name)
{
	const char *v = getenv(name);

	return v && *v;
}

bool settings_status(const struct settings *s)
{
	const char *term = getenv("TERM");

	if (!s->status || !isatty(STDERR_FILENO) || !term ||
	    !strcmp(term, "dumb") || s->log_file || s->syslog)
		return false;
	return s->status > 0 || (!s->quiet && !env_set("CI"));
}

/*
 * What a file says of all runs, unlike what is typed for this one, is refused
 * nowhere.  Who asks for a status line, or for silence, wants no view by
 * itself.
 */
enum view_when settings_view(const struct settings *s, bool one)
{
	enum view_when when = (enum view_when)s->view;

	if (when == VIEW_ALWAYS &&
	    was_given(s, offsetof(struct settings, view)))
		return when;
	if (one || s->status >= 0 || s->quiet)
		return VIEW_NEVER;
	return when == VIEW_ALWAYS ? VIEW_AT_ONCE : when;
}

bool settings_colour(const struct settings *s, int fd)
{
	const char *term = getenv("TERM");
	const char *force = getenv("CLICOLOR_FORCE");

	if (s->color != COLOR_AUTO)
		return s->color == COLOR_ALWAYS;
	if (env_set("NO_COLOR"))
		return false;
	if (force && *force && strcmp(force, "0") != 0)
		return true;
	return isatty(fd) && term && strcmp(term, "dumb") != 0;
}

static void collect_bad(void *arg, const char *text)
{
	strvec_push(arg, text);
}

/* One bad line is the sentence itself; of several each is told first. */
static void report_bad(const struct strvec *bad, struct err *err)
{
	if (bad->n == 1)
		err_set(err, ERR_CONFIG, "%s", bad->v[0]);
	for (size_t i = 0; bad->n > 1 && i < bad->n; i++)
		log_error("%s", bad->v[i]);
}

/* As ssh: a file of -i that is not there is told and left out. */
static void there_are(const struct strvec *typed, struct strvec *files)
{
	for (size_t i = 0; i < typed->n; i++) {
		if (*typed->v[i] != '~' && access(typed->v[i], F_OK))
			log_warn(_("identity file '%s' is not accessible: %s"),
				 typed->v[i], strerror(errno));
		else
			strvec_push(files, typed->v[i]);
	}
}

/*
 * As ssh: the password database says where home is, not $HOME; and what the
 * command line says beside -F is not for jump hosts (`for_hops`).
 */
static struct sshconf *load_sshconf(const struct settings *s, bool for_hops,
				    struct err *err)
{
	struct strvec options = { 0 };
	struct strvec identities = { 0 };
	const struct sshconf_override over = {
		.user = for_hops ? NULL : s->user,
		.port = for_hops ? 0 : (uint16_t)s->port,
		.options = &options,
		.identity_files = &identities,
		.address_family = for_hops ? AF_UNSPEC : s->family,
		.compression = -1,
		.batch_mode = -1,
		.direct = s->stdio_forward && !for_hops,
		.show = s->print_config && !for_hops,
	};
	const struct passwd *pw = getpwuid(getuid());
	struct strvec bad = { 0 };
	struct sshconf *conf;
	char host[NI_MAXHOST] = "localhost";
	struct sshconf_env env = {
		.local_host = host,
		.uid = getuid(),
		.run = machine_run,
		.addresses = machine_addresses,
	};

	if (!pw) {
		err_set(err, ERR_LOCAL,
			_("user %u is not in the password file"), env.uid);
		return NULL;
	}
	env.home = pw->pw_dir;
	env.local_user = pw->pw_name;
	(void)gethostname(host, sizeof(host) - 1);
	if (!for_hops) {
		switches_lines(s, &options);
		there_are(&s->identities, &identities);
	}
	conf = sshconf_load(s->config, &over, &env, &source_files, collect_bad,
			    &bad, err);
	if (!conf)
		report_bad(&bad, err);
	strvec_release(&bad);
	strvec_release(&options);
	strvec_release(&identities);
	return conf;
}

/* What ssh_config asks for and this version cannot do is never left out. */
static int check_reachable(const struct target *t, struct err *err)
{
	if (!t->opts)
		return 0;
	if (t->opts->refused.n)
		return err_set(err, ERR_CONFIG, "%s: %s", t->name,
			       t->opts->refused.v[0]);
	/* As ssh, which asks the server first. */
	if (t->opts->tunnel && t->opts->exit_on_forward_failure == 1 &&
	    t->opts->clear_all_forwardings != 1)
		return err_set(
			err, ERR_CONFIG,
			_("%s: rsh makes no tunnels, and ExitOnForwardFailure does not go without"),
			t->name);
	return 0;
}

/* Ours have to be fit for what is asked; ssh itself knows how. */
static int check_all(const struct settings *s, const struct plan *plan,
		     struct err *err)
{
	if (plan->program.n)
		return 0;
	if (switches_check(s, err))
		return -1;
	for (size_t i = 0; i < plan->targets.n; i++)
		if (check_reachable(&plan->targets.v[i], err))
			return -1;
	return control_check_paths(plan, err);
}

/* Jump hosts, while they are looked for. */
struct hop_search {
	const struct settings *s;
	struct names *names;
};

static struct sshconf *load_for_hops(void *arg, struct err *err)
{
	struct hop_search *search = arg;
	struct sshconf *conf = load_sshconf(search->s, true, err);

	if (conf && sshconf_wants_names(conf))
		search->names = names_new(conf);
	return conf;
}

static int find_hop_names(void *arg, struct sshconf *conf,
			  const struct target_ask *ask, struct err *err)
{
	struct hop_search *search = arg;

	(void)conf;
	return search->names ? settings_find_names(search->s, search->names,
						   ask, 1, err)
			     : 0;
}

/* The key of a jump host that rsh's own configuration names with it. */
static const char *hop_identity(const struct settings *s,
				const struct target *t)
{
	const struct rshvalue *v =
		s->users ? userhosts_get(s->users, t->name, "jump_host") : NULL;

	return v && v->jump_key && !strcmp(v->text, t->opts->proxy_jump)
		       ? v->jump_key
		       : NULL;
}

static int find_hops(const struct settings *s, struct plan *plan,
		     struct err *err)
{
	const struct passwd *pw = getpwuid(getuid());
	struct hop_search search = { .s = s };
	const struct hops_env env = {
		.load = load_for_hops,
		.names = find_hop_names,
		.arg = &search,
		.user = pw ? pw->pw_name : NULL,
	};
	int rc = 0;

	for (size_t i = 0; i < plan->targets.n && !rc; i++) {
		struct target *t = &plan->targets.v[i];

		if (!t->opts || !t->opts->proxy_jump)
			continue;
		if (!plan->hops)
			plan->hops = hops_new(&env);
		rc = hops_find(plan->hops, t, hop_identity(s, t), err);
	}
	names_free(search.names);
	return rc;
}

static const char *main_rank_name(const struct settings *s)
{
	const char *role = getenv("BACKENDAI_CLUSTER_ROLE");

	if (s->main_rank)
		return s->main_rank;
	if (role && !strcmp(role, "main"))
		return getenv("BACKENDAI_CLUSTER_HOST");
	return NULL;
}

static int find_main_rank(const struct settings *s, struct plan *plan,
			  struct err *err)
{
	const char *name = main_rank_name(s);

	plan->main_rank = 0;
	for (size_t i = 0; name && i < plan->targets.n; i++) {
		const struct target *t = &plan->targets.v[i];

		if (strcmp(t->name, name) != 0 && strcmp(t->alias, name) != 0)
			continue;
		plan->main_rank = i;
		return 0;
	}
	if (s->main_rank)
		return err_set(err, ERR_USAGE,
			       _("the main rank '%s' is none of the hosts"),
			       s->main_rank);
	return 0;
}

/* Where ssh_config does not say it: -l, or who runs this. */
static void fill_in_user(const struct settings *s, struct plan *plan)
{
	const struct passwd *pw = getpwuid(getuid());

	for (size_t i = 0; i < plan->targets.n; i++) {
		struct target *t = &plan->targets.v[i];
		const struct rshvalue *v =
			s->users ? userhosts_get(s->users, t->name, "user")
				 : NULL;
		const char *user = s->user	   ? s->user
				   : v && *v->text ? v->text
				   : pw		   ? pw->pw_name
						   : NULL;

		if (t->user || !user)
			continue;
		t->own_user = xstrdup(user);
		t->user = t->own_user;
	}
}

/*
 * LogLevel counts where neither -q nor -v has said it.  Of many hosts the
 * loudest one counts, so that no host silences another.
 */
static void obey_log_level(const struct settings *s, const struct plan *plan)
{
	int level = LOG_QUIET;
	bool any = false;

	if (s->quiet || s->verbose)
		return;
	for (size_t i = 0; i < plan->targets.n; i++) {
		const struct ssh_opts *opts = plan->targets.v[i].opts;

		any |= opts != NULL;
		if (opts && opts->log_level > level)
			level = opts->log_level;
	}
	if (!any)
		return;
	if (level == SSHOPT_LOG_DEBUG3)
		level = LOG_TRACE;
	log_set_level(level);
}

/* The option, else the variable, which --rcmd stands above. */
static const char *ssh_program(const struct settings *s)
{
	const char *program = getenv("RSH_SSH_PROGRAM");

	if (s->ssh_program)
		return s->ssh_program;
	return !s->rcmd && program && *program ? program : NULL;
}

/* The words before the host, for ssh(1): what we were told about all. */
static void program_words(const struct settings *s, struct strvec *words)
{
	struct strvec options = { 0 };

	strvec_push(words, ssh_program(s));
	if (s->config) {
		strvec_push(words, "-F");
		strvec_push(words, s->config);
	}
	if (s->family != AF_UNSPEC)
		strvec_push(words, s->family == AF_INET ? "-4" : "-6");
	for (size_t i = 0; i < s->identities.n; i++) {
		strvec_push(words, "-i");
		strvec_push(words, s->identities.v[i]);
	}
	switches_lines(s, &options);
	for (size_t i = 0; i < options.n; i++) {
		strvec_push(words, "-o");
		strvec_push(words, options.v[i]);
	}
	strvec_release(&options);
}

static const struct ssh_driver *find_driver(const struct settings *s,
					    struct err *err)
{
	const struct ssh_driver *drv = driver_find(s->rcmd ? s->rcmd : "ssh");

	if (!drv || drv == &driver_program) {
		err_set(err, ERR_USAGE,
			_("unknown way '%s' to run commands: ssh or exec"),
			s->rcmd);
		return NULL;
	}
	if (!ssh_program(s))
		return drv;
	if (drv->local) {
		err_set(err, ERR_USAGE,
			_("--ssh-program and '%s' cannot be had together"),
			drv->name);
		return NULL;
	}
	return &driver_program;
}

/* Where there is nobody to log in to, or ssh(1) does it, there is no use. */
static int take_password(const struct settings *s, struct plan *plan,
			 const struct ssh_driver *drv, struct err *err)
{
	const bool fd = s->password_fd != UINT64_MAX;

	if (fd && s->ask_password)
		return err_set(
			err, ERR_USAGE,
			_("--password and --password-fd cannot be had together"));
	if ((fd || s->ask_password) && drv->local)
		return err_set(
			err, ERR_USAGE,
			_("a password is used by the built-in client only"));
	plan->ask_password = s->ask_password;
	plan->password_fd = fd ? (int)s->password_fd : -1;
	return 0;
}

static int take_sudo(const struct settings *s, struct plan *plan,
		     const struct ssh_driver *drv, struct err *err)
{
	const bool fd = s->sudo_fd != UINT64_MAX;

	if ((fd || s->ask_sudo) && drv->local)
		return err_set(
			err, ERR_USAGE,
			_("sudo is answered by the built-in client only"));
	if (fd && s->sudo_fd == s->password_fd)
		return err_set(
			err, ERR_USAGE,
			_("--password-fd and --sudo-password-fd need two descriptors"));
	plan->ask_sudo = s->ask_sudo && !fd;
	plan->sudo_fd = fd ? (int)s->sudo_fd : -1;
	return 0;
}

static int choose_driver(const struct settings *s, struct plan *plan,
			 struct sshconf **conf, struct err *err)
{
	const struct ssh_driver *drv = find_driver(s, err);

	if (!drv)
		return -1;
	plan->driver = drv->name;
	if (take_password(s, plan, drv, err) || take_sudo(s, plan, drv, err))
		return -1;
	if (drv == &driver_program)
		program_words(s, &plan->program);
	if (drv->local && !drv->configured)
		return 0;
	*conf = load_sshconf(s, false, err);
	return *conf ? 0 : -1;
}

/* -G and `rsh config HOST` connect to nothing: one host, or `err`. */
static int add_only(const struct settings *s, const char *what,
		    struct sshconf *conf, struct plan *plan, struct err *err)
{
	if (settings_add_targets(s, conf, plan, err))
		return -1;
	if (plan->targets.n > 1)
		return err_set(err, ERR_USAGE,
			       _("%s is for one host, not for %zu"), what,
			       plan->targets.n);
	return 0;
}

/* What ends ssh before it shows anything. */
static int check_shown(const struct ssh_opts *o, bool command, struct err *err)
{
	if (o->unresolved)
		return err_set(err, ERR_RESOLVE, "%s", o->unresolved);
	return request_check(o, command, err);
}

int settings_print(const struct settings *s, bool command, FILE *out,
		   struct err *err)
{
	struct sshconf *conf = load_sshconf(s, false, err);
	struct plan plan;
	int rc = -1;

	plan_init(&plan);
	if (!conf)
		goto out;
	rc = add_only(s, "-G", conf, &plan, err);
	if (rc == 0)
		rc = check_shown(plan.targets.v[0].opts, command, err);
	if (rc == 0)
		sshopt_dump(plan.targets.v[0].opts, plan.targets.v[0].alias,
			    out);
out:
	plan_release(&plan);
	sshconf_free(conf);
	return rc;
}

static int tell_origins(const struct settings *s, struct sshconf *conf,
			const struct target *t,
			const struct settings_origins *to, struct err *err)
{
	struct target_ask ask;
	struct dest d;
	int rc;

	if (settings_ask(s, t->name, &ask, err) ||
	    dest_parse(t->name, true, &d, err))
		return -1;
	sshconf_set_layer(conf, ask.layer);
	rc = sshconf_origins(conf, d.host, ask.plain ? NULL : d.user,
			     ask.plain ? 0 : d.port, to->tell, to->arg, err);
	dest_release(&d);
	return rc;
}

int settings_origins(const struct settings *s, FILE *out, char **name,
		     const struct settings_origins *to, struct err *err)
{
	struct sshconf *conf = load_sshconf(s, false, err);
	const struct target *t;
	struct plan plan;
	int rc = -1;

	plan_init(&plan);
	if (!conf)
		goto out;
	rc = add_only(s, "'rsh config'", conf, &plan, err);
	if (rc)
		goto out;
	t = plan.targets.v;
	rc = tell_origins(s, conf, t, to, err);
	if (rc == 0) {
		*name = xstrdup(t->name);
		sshopt_dump(t->opts, t->alias, out);
	}
out:
	plan_release(&plan);
	sshconf_free(conf);
	return rc;
}

int settings_plan(const struct settings *s, enum label_kind labels,
		  struct plan *plan, struct sshconf **conf, struct err *err)
{
	int rc;

	*conf = NULL;
	if (s->user && username_check(s->user, err))
		return -1;
	if (choose_driver(s, plan, conf, err))
		return -1;
	rc = settings_add_targets(s, *conf, plan, err);
	if (rc || check_all(s, plan, err) || find_main_rank(s, plan, err))
		return -1;
	fill_in_user(s, plan);
	if (!plan->program.n && find_hops(s, plan, err))
		return -1;
	obey_log_level(s, plan);
	if (s->syslog && plan->targets.v[0].opts)
		log_syslog(
			(unsigned int)plan->targets.v[0].opts->syslog_facility);
	targets_label(&plan->targets, labels);
	plan->spec.kind = OP_EXEC;
	plan->limits.fanout = (unsigned int)settings_parallel(s, plan);
	plan->limits.connecting = (unsigned int)s->connecting;
	plan->limits.connect_ms = s->connect_timeout_ms;
	plan->limits.command_ms = s->timeout_ms;
	if (s->retries != UINT64_MAX)
		plan->limits.retries = (unsigned int)s->retries;
	plan->limits.connect_rate = (unsigned int)s->connect_rate;
	plan->limits.fail_fast = (unsigned int)s->fail_fast;
	plan->limits.fail_percent = (unsigned int)s->fail_percent;
	return 0;
}

int settings_fail_fast(void *settings, const char *arg, struct err *err)
{
	struct settings *s = settings;
	size_t len = arg ? strlen(arg) : 0;
	bool percent = len && arg[len - 1] == '%';
	char *number = xstrndup(arg ? arg : "1", percent ? len - 1 : SIZE_MAX);
	uint64_t max = percent ? 100 : HOSTLIST_MAX_HOSTS;
	int rc = 0;

	s->fail_fast = s->fail_percent = 0;
	if (parse_uint(number, 1, max,
		       percent ? &s->fail_percent : &s->fail_fast))
		rc = err_set(
			err, ERR_USAGE,
			_("bad value '%s' for '--fail-fast': expected a number of hosts, or of percent from 1%% to 100%%"),
			arg);
	free(number);
	return rc;
}

void settings_command(struct plan *plan, int n, char **words)
{
	for (int i = 0; i < n; i++)
		strvec_push(&plan->spec.argv, words[i]);
	if (n)
		plan->spec.command = strvec_join(&plan->spec.argv, " ");
}

/* There the words of the command are expanded, and need no shell. */
static void give_exec_vars(struct plan *plan)
{
	struct strvec *argv = &plan->spec.argv;
	struct strvec all = { 0 };

	strvec_push(&all, "env");
	strvec_push(&all, "RSH_HOST=%h");
	strvec_push(&all, "RSH_RANK=%n");
	strvec_push_take(&all, xasprintf("RSH_NHOSTS=%zu", plan->targets.n));
	for (size_t i = 0; i < argv->n; i++)
		strvec_push(&all, argv->v[i]);
	strvec_release(argv);
	*argv = all;
}

int settings_make_command(const struct settings *s, struct plan *plan, int n,
			  char **words, struct err *err)
{
	const bool exec = !strcmp(plan->driver, "exec");

	if (s->script && s->no_stdin)
		return err_set(
			err, ERR_USAGE,
			_("'--script' is the command's input, which '-n' takes away"));
	if (s->subst && exec)
		return err_set(
			err, ERR_USAGE,
			_("'--rcmd exec' replaces %%h, %%n and %%u by itself; leave '--subst' out"));
	plan->spec.want_stdin = !s->no_stdin;
	if (!s->script)
		settings_command(plan, n, words);
	else if (script_plan(plan, s->script, n, words, err))
		return -1;
	if (s->vars && exec && plan->spec.command)
		give_exec_vars(plan);
	plan->spec.vars = s->vars && !exec;
	plan->spec.subst = s->subst;
	return 0;
}

void print_version(FILE *out)
{
	/* Scripts read the version of ssh from the beginning of this. */
	(void)fprintf(out, "%srsh %s, libssh %s, %s\n",
		      log_is_ssh() ? "OpenSSH_9.2-compatible " : "",
		      PACKAGE_VERSION, driver_libssh_version(),
		      OpenSSL_version(OPENSSL_VERSION));
}
