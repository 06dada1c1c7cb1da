/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rsh put, rsh get: files to hosts and from them.
 *
 * With -H (or --cluster) all words are paths; without, a host list and a colon
 * stand in front of those that are at the other end, as with scp.
 */
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/log.h"
#include "base/text.h"
#include "cmd/cmd.h"
#include "cmd/copydest.h"
#include "cmd/copying.h"
#include "cmd/forms.h"
#include "cmd/launch.h"
#include "cmd/settings.h"
#include "cmd/switches.h"
#include "cmd/userconf.h"
#include "cmd/verb.h"
#include "conf/hostlist.h"
#include "conf/options.h"
#include "conf/sshlex.h"
#include "io/blocks.h"
#include "io/globwalk.h"
#include "io/manifest.h"
#include "io/rate.h"
#include "op/place.h"
#include "out/outdir.h"
#include "ssh/driver.h"

#include "base/banned.h"

#define RATE_MAX    ((uint64_t)1 << 40)
#define LANES_HOSTS 16 /* more fill any line, with one channel each */
#define LIST_STEP   ((size_t)256) /* names, between two turns of the loop */
#define CACHE_BYTES ((size_t)16 << 20) /* of files read, for the next host */

/* What a command line of either verb says. */
struct copying {
	struct settings s;
	int recursive, keep, keep_links, dry_run, resume, verify;
	int only_newer, sweep, archive;
	int via; /* enum copy_via */
	struct strvec skip;
	const char *dest; /* get: a form of each host's place in the folder */
	const char *name; /* "rsh put" */
	bool put;
	bool listed; /* hosts by -H, not in front of paths */
	struct strvec words;
	size_t nsought; /* put: words that `found` was filled from */
	struct globwalk *glob;
	struct strvec found; /* paths */
	size_t nlisted;	     /* of these, with the one that is walked */
	struct manifest_walk *walk;
	struct manifest manifest;
	const struct targets *targets; /* of shells; borrowed */
	struct blocks *blocks;
	struct rate rate;
	char *into, *as; /* get: the folder, and the name in it or NULL */
};

#define FIELD(name) offsetof(struct copying, name)

static int step_bwlimit(void *settings, const char *arg, struct err *err)
{
	struct copying *c = settings;

	if (!parse_size(arg, RATE_MAX, &c->rate.per_s) && c->rate.per_s)
		return 0;
	return err_set(
		err, ERR_USAGE,
		_("bad rate '%s' for --bwlimit: bytes a second, as 500000, 64K or 1M"),
		arg);
}

/* It could not help, and who tries it is told why: not in the help. */
static int step_tree(void *settings, const char *arg, struct err *err)
{
	(void)settings;
	(void)arg;
	return err_set(
		err, ERR_USAGE,
		_("--tree: no host has a key for another, so what one passes on would come through here again; leave it out"));
}

static const struct opt_choice vias[] = {
	{ "sftp", COPY_VIA_SFTP },
	{ "tar", COPY_VIA_TAR },
	{ "cat", COPY_VIA_CAT },
	{ 0 },
};

static const struct option own_rows[] = {
	/* clang-format off */
	{ .kind = OPT_HEADING, .help = N_("What is copied") },
	{ .kind = OPT_FLAG, .letter = 'r', .name = "recursive", .field = FIELD(recursive), .value = 1,
	  .help = N_("copy folders, and all that is in them") },
	{ .kind = OPT_FLAG, .letter = 'p', .name = "preserve", .field = FIELD(keep), .value = 1,
	  .help = N_("keep modes and times") },
	{ .kind = OPT_FLAG, .name = "links", .field = FIELD(keep_links), .value = 1,
	  .help = N_("with -r: copy links as links, not what they lead to") },
	{ .kind = OPT_CALL, .name = "bwlimit", .call = step_bwlimit, .arg = N_("RATE"),
	  .help = N_("move at most so many bytes a second, of all hosts together (64K, 1M)") },
	{ .kind = OPT_FLAG, .name = "resume", .field = FIELD(resume), .value = 1,
	  .help = N_("go on with what an earlier --resume has left, if it is the same file's beginning") },
	{ .kind = OPT_FLAG, .name = "verify", .field = FIELD(verify), .value = 1,
	  .help = N_("read each file again at the other end, and compare") },
	{ .kind = OPT_LIST, .name = "exclude", .field = FIELD(skip), .arg = N_("PATTERN"),
	  .help = N_("with -r: leave out what is called so (a host is left out by -H LIST,-HOST)") },
	{ .kind = OPT_FLAG, .name = "only-newer", .field = FIELD(only_newer), .value = 1,
	  .help = N_("copy no file that is there and no older") },
	{ .kind = OPT_FLAG, .name = "delete", .field = FIELD(sweep), .value = 1,
	  .help = N_("with -r: when all was copied, remove what the folders of the source have not") },
	{ .kind = OPT_FLAG, .name = "archive", .field = FIELD(archive), .value = 1,
	  .help = N_("send all as one archive, by the host's tar; where it has none, as usual") },
	{ .kind = OPT_CHOICE, .name = "via", .field = FIELD(via), .arg = N_("HOW"), .choices = vias,
	  .help = N_("sftp, or, for hosts without, tar, or cat for one file") },
	{ .kind = OPT_STRING, .name = "dest", .field = FIELD(dest), .arg = N_("FORM"),
	  .help = N_("get: where in DIR files of a host come to, %h %n %u %r replaced by host, name, user and rank") },
	{ .kind = OPT_FLAG, .name = "dry-run", .field = FIELD(dry_run), .value = 1,
	  .help = N_("only tell what would be copied where") },
	{ .kind = OPT_CALL, .name = "tree", .call = step_tree, .arg = N_("N") },
	{ .kind = OPT_CALL, .letter = 'P', .call = switch_port, .arg = N_("PORT"),
	  .help = N_("connect to this port, as scp; the same as --port") },
	{ 0 },
	/* clang-format on */
};

#define OWN_ROWS (sizeof(own_rows) / sizeof(own_rows[0]) - 1)

/* Nothing that was asked for is passed over. */
static const char *const refused[] = {
	/* clang-format off */
	"--subst", "--env", "--script", "--sudo", "--sudo-password-fd", "--rcmd",
	"--ssh-program", "-t", "-e", "-s", "-f", "-A", "-G", "-Q",
	"-O", "-L", "-R", "-D", "-g", "-N", "-W", NULL,
	/* clang-format on */
};

/* ---- which words are what ---- */

/* Where a path of another host begins: behind its colon; NULL: it is ours. */
static const char *remote_path(const char *word)
{
	bool bracket = false;

	for (const char *p = word; *p; p++) {
		if (*p == '[')
			bracket = true;
		else if (*p == ']')
			bracket = false;
		else if (*p == '/' && !bracket)
			return NULL;
		else if (*p == ':' && !bracket)
			return p == word ? NULL : p + 1;
	}
	return NULL;
}

/* The hosts in front of a path: the same for all of them. */
static int take_hosts(struct copying *c, const char *word, struct err *err)
{
	const char *path = remote_path(word);
	char *hosts;
	int rc = 0;

	if (!path)
		return err_set(
			err, ERR_USAGE,
			_("'%s' names no host; -H LIST or HOST:PATH does"),
			word);
	hosts = xstrndup(word, (size_t)(path - word - 1));
	if (!c->s.hosts.n)
		strvec_push(&c->s.hosts, hosts);
	else if (strcmp(c->s.hosts.v[0], hosts) != 0)
		rc = err_set(
			err, ERR_USAGE,
			_("'%s' and '%s' are not the same hosts; copy from each by itself, or name them with -H"),
			c->s.hosts.v[0], hosts);
	free(hosts);
	return rc;
}

static int find_hosts(struct copying *c, struct err *err)
{
	size_t n = c->words.n;

	c->listed = c->s.hosts.n > 0;
	if (n < 2)
		return err_set(
			err, ERR_USAGE,
			c->put ? _("what is to be copied where? try 'rsh put --help'")
			       : _("what is to be copied where? try 'rsh get --help'"));
	if (c->listed)
		return 0;
	if (c->put)
		return take_hosts(c, c->words.v[n - 1], err);
	for (size_t i = 0; i + 1 < n; i++)
		if (take_hosts(c, c->words.v[i], err))
			return -1;
	return 0;
}

static const char *theirs(const struct copying *c, const char *word,
			  struct err *err)
{
	return copydest_theirs(c->listed ? word : remote_path(word), err);
}

/* ---- put ---- */

static void tell(void *arg, const char *text)
{
	(void)arg;
	log_warn("%s", text);
}

/* A pattern that the shell has left to us, or a name. */
static int find_source(struct copying *c, const char *word, struct err *err)
{
	struct stat st;

	if (!c->listed && remote_path(word) && access(word, F_OK))
		return err_set(
			err, ERR_USAGE,
			_("'%s' is at another host; 'rsh get' copies from there"),
			word);
	if (!lstat(word, &st) || !strpbrk(word, "*?[")) {
		strvec_push(&c->found, word);
		return 0;
	}
	c->glob = globwalk_new(word);
	return 0;
}

static int find_more(struct copying *c, size_t *budget, struct err *err)
{
	if (globwalk_step(c->glob, &c->found, budget))
		return 0;
	globwalk_free(c->glob);
	c->glob = NULL;
	if (c->found.n > c->nlisted) /* all before it were */
		return 0;
	return err_set(err, ERR_USAGE, _("no file matches '%s'"),
		       c->words.v[c->nsought - 1]);
}

static struct manifest_walk *walk_next(struct copying *c)
{
	const struct manifest_rules rules = {
		.recursive = c->recursive,
		.keep_links = c->keep_links,
		.skip = &c->skip,
		.tell = tell,
	};

	return manifest_walk_new(&c->manifest, c->found.v[c->nlisted++],
				 &rules);
}

/* Some more of what is put.  1: call again, 0: all is listed, -1. */
static int list_some(struct copying *c, size_t budget, struct err *err)
{
	int rc = 0;

	while (budget && rc >= 0) {
		if (c->walk) {
			rc = manifest_walk_step(c->walk, &budget, err);
			if (rc == 1)
				return 1;
			manifest_walk_free(c->walk);
			c->walk = NULL;
		} else if (c->glob) {
			rc = find_more(c, &budget, err);
		} else if (c->nlisted < c->found.n) {
			c->walk = walk_next(c);
		} else if (c->nsought + 1 < c->words.n) {
			rc = find_source(c, c->words.v[c->nsought++], err);
		} else {
			return 0;
		}
	}
	return rc < 0 ? -1 : 1;
}

/* Of folders that land in one, each would remove what the other has brought. */
static int check_sweep(const struct copying *c, char *const *names, size_t n,
		       struct err *err)
{
	for (size_t i = 0; c->sweep && n > 1 && i < n; i++)
		if (!*names[i])
			return err_set(
				err, ERR_USAGE,
				_("--delete: a source without a name of its own has to be the only one"));
	return 0;
}

static int plan_put(struct copying *c, struct plan *plan, struct err *err)
{
	int rc;

	do {
		rc = list_some(c, SIZE_MAX, err);
	} while (rc == 1);
	if (rc || manifest_check_names(&c->manifest, err) ||
	    check_sweep(c, c->manifest.names, c->manifest.nsources, err))
		return -1;
	manifest_order(&c->manifest);
	if (c->sweep)
		manifest_index(&c->manifest);
	if (c->via == COPY_VIA_CAT &&
	    (c->manifest.n != 1 || c->manifest.v[0].kind != MANIFEST_FILE))
		return err_set(err, ERR_USAGE,
			       _("--via cat copies one file at a time"));
	c->blocks = blocks_new(CACHE_BYTES);
	plan->spec.kind = OP_PUT;
	plan->spec.copy.manifest = &c->manifest;
	plan->spec.copy.blocks = c->blocks;
	plan->spec.copy.lanes = plan->targets.n <= LANES_HOSTS;
	plan->spec.copy.dest = theirs(c, c->words.v[c->words.n - 1], err);
	return plan->spec.copy.dest ? 0 : -1;
}

/* ---- get ---- */

/* Of one host without -H, as scp: a folder that is there, or a new name. */
static int find_place(struct copying *c, const char *word, struct err *err)
{
	size_t len = strlen(word);
	const char *slash;
	struct stat st;
	int fd;

	if (c->listed || c->dest) {
		fd = outdir_open(word, !c->dry_run, err);
		if (fd < 0 && !c->dry_run)
			return -1;
		if (fd >= 0)
			close(fd);
		err_release(err);
		c->into = xstrdup(word);
		return 0;
	}
	if (!stat(word, &st) && S_ISDIR(st.st_mode)) {
		c->into = xstrdup(word);
		return 0;
	}
	if (c->words.n > 2 || (len && word[len - 1] == '/') || !len)
		return err_set(err, ERR_USAGE, _("'%s' is no folder"), word);
	slash = strrchr(word, '/');
	c->into = !slash	  ? xstrdup(".")
		  : slash == word ? xstrdup("/")
				  : xstrndup(word, (size_t)(slash - word));
	c->as = xstrdup(slash ? slash + 1 : word);
	return 0;
}

/* The last part of a path, and how long it is. */
static const char *last_part(const char *path, size_t *n)
{
	size_t end = strlen(path);
	size_t start;

	while (end && path[end - 1] == '/')
		end--;
	start = end;
	while (start && path[start - 1] != '/')
		start--;
	*n = end - start;
	return path + start;
}

/* Two of one name would be one file here; what patterns find is seen later. */
static int check_sources(const struct strvec *v, struct err *err)
{
	for (size_t i = 0; i < v->n; i++) {
		size_t n, m;
		const char *name = last_part(v->v[i], &n);

		if (!place_takes(name, n) || strcspn(name, "*?[") < n)
			continue;
		for (size_t k = 0; k < i; k++) {
			const char *other = last_part(v->v[k], &m);

			if (m == n && !memcmp(other, name, n))
				return err_set(err, ERR_USAGE,
					       _("two sources are called '%s'"),
					       name);
		}
	}
	return 0;
}

static int check_fetch(const struct copying *c, const struct strvec *sources,
		       struct err *err)
{
	size_t n = 1;

	if (c->via != COPY_VIA_CAT)
		return 0;
	if (sources->n == 1)
		(void)last_part(sources->v[0], &n);
	if (sources->n > 1 || !n || c->recursive)
		return err_set(err, ERR_USAGE,
			       _("--via cat copies one file at a time"));
	if (strpbrk(sources->v[0], "*?["))
		return err_set(err, ERR_USAGE,
			       _("--via cat takes no patterns, as '%s'"),
			       sources->v[0]);
	return 0;
}

/* For each host one that is called as it is. */
static void name_folders(const struct targets *ts, struct strvec *dirs)
{
	for (size_t i = 0; i < ts->n; i++) {
		struct strbuf name = STRBUF_INIT(STRBUF_MAX_TEXT);

		outdir_name(&name, ts->v[i].name, strlen(ts->v[i].name), i,
			    false, "");
		strvec_push_take(dirs, strbuf_detach(&name, NULL));
	}
}

static int plan_get(struct copying *c, struct plan *plan, struct err *err)
{
	struct copy_spec *spec = &plan->spec.copy;
	size_t n = c->words.n - 1;

	if (!c->listed && remote_path(c->words.v[n]) &&
	    access(c->words.v[n], F_OK))
		return err_set(
			err, ERR_USAGE,
			_("'%s' is at another host; 'rsh put' copies to there"),
			c->words.v[n]);
	for (size_t i = 0; i < n; i++) {
		const char *path = theirs(c, c->words.v[i], err);

		if (!path)
			return -1;
		strvec_push(&spec->sources, *path ? path : ".");
	}
	if (check_sources(&spec->sources, err) ||
	    check_fetch(c, &spec->sources, err))
		return -1;
	if (!c->listed && !c->dest && plan->targets.n > 1)
		return err_set(
			err, ERR_USAGE,
			_("files of %zu hosts would be one file here; -H or --dest gives each host a folder"),
			plan->targets.n);
	if ((c->dest &&
	     copydest_expand(c->dest, &plan->targets, &spec->dirs, err)) ||
	    find_place(c, c->words.v[n], err))
		return -1;
	if (c->listed && !c->dest)
		name_folders(&plan->targets, &spec->dirs);
	plan->spec.kind = OP_GET;
	spec->into = c->into;
	spec->as = c->as;
	return 0;
}

/* ---- both ---- */

/* A copy has a connection of its own, which it may share with others (-M). */
static bool shares_only(const struct settings *s)
{
	bool path = false, master = false;

	for (size_t i = 0; i < s->switches.n; i++) {
		path |= !strncmp(s->switches.v[i], "ControlPath=", 12);
		master |= !strncmp(s->switches.v[i], "ControlMaster=", 14);
	}
	return path && !master;
}

/* An archive brings nothing away; SFTP can, behind one. */
static bool sweeps_without_sftp(const struct copying *c)
{
	return c->sweep && (!c->archive || c->via);
}

/* What goes over SFTP only, if it was asked for. */
static const char *sftp_only(const struct copying *c)
{
	bool unpacks = !c->put && c->via != COPY_VIA_CAT;

	return c->resume			      ? "--resume"
	       : c->verify			      ? "--verify"
	       : c->only_newer && !unpacks	      ? "--only-newer"
	       : sweeps_without_sftp(c)		      ? "--delete"
	       : c->dry_run && unpacks && !c->archive ? "--dry-run"
	       : c->keep && !c->put && !unpacks	      ? "-p"
						      : NULL;
}

static int check_via(const struct copying *c, struct err *err)
{
	const char *how = c->archive && !c->via	   ? "--archive"
			  : c->via == COPY_VIA_TAR ? "--via tar"
						   : "--via cat";

	if (!c->archive && !c->via)
		return 0;
	if (c->archive && c->via == COPY_VIA_CAT)
		return err_set(err, ERR_USAGE,
			       _("--archive is no way of --via cat"));
	if (sftp_only(c))
		return err_set(err, ERR_USAGE, _("%s needs SFTP; leave %s out"),
			       sftp_only(c), how);
	return 0;
}

static int check(const struct copying *c, struct err *err)
{
	const char *name = c->put && c->dest	? "--dest"
			   : shares_only(&c->s) ? "-S"
						: NULL;

	if (c->sweep && !c->recursive)
		return err_set(err, ERR_USAGE, _("--delete needs -r"));
	if (!name)
		return check_via(c, err);
	return err_set(err, ERR_USAGE, _("'%s' has no place in '%s'"), name,
		       c->name);
}

/* Elsewhere --exclude is about hosts: one that is meant is not copied to. */
static int check_skip(const struct strvec *skip, const struct targets *ts,
		      struct err *err)
{
	int rc = 0;

	for (size_t i = 0; i < skip->n && !rc; i++) {
		struct hostlist *hl = hostlist_new();
		struct err none = { 0 };

		for (size_t k = 0; k < ts->n; k++)
			hostlist_add(hl, ts->v[k].name);
		if (!strpbrk(skip->v[i], "/^@&!*") &&
		    !hostlist_exclude(hl, skip->v[i], NULL, &none) &&
		    hostlist_count(hl) < ts->n)
			rc = err_set(
				err, ERR_USAGE,
				_("--exclude '%s' names a host, and is about files here: -H 'LIST,-HOST' leaves a host out, a slash in front makes it a file"),
				skip->v[i]);
		err_release(&none);
		hostlist_free(hl);
	}
	return rc;
}

/* What the options say, apart from the paths. */
static void how(struct copying *c, struct copy_spec *spec)
{
	for (size_t i = 0; i < c->skip.n; i++)
		strvec_push(&spec->skip, c->skip.v[i]);
	spec->recursive = c->recursive;
	spec->keep = c->keep;
	spec->keep_links = c->keep_links;
	spec->dry_run = c->dry_run;
	spec->only_newer = c->only_newer;
	spec->resume = c->resume;
	spec->sweep = c->sweep;
	spec->via = c->archive ? COPY_VIA_TAR : (enum copy_via)c->via;
	spec->has_via = true;
	spec->or_sftp = c->archive && !c->via;
	spec->verify = c->verify;
	spec->rate = c->rate.per_s ? &c->rate : NULL;
}

static int copy(struct copying *c, struct err *err)
{
	const struct settings *s = &c->s;
	struct launch_style style = {
		.colour = { settings_colour(s, STDOUT_FILENO),
			    settings_colour(s, STDERR_FILENO) },
		.batch = s->batch,
		.status = settings_status(s),
		.view = settings_view(s, false),
		.summary = true,
		.summary_always = s->verbose > 0,
	};
	struct strbuf what = STRBUF_INIT(STRBUF_MAX_TEXT);
	struct sshconf *conf = NULL;
	struct plan plan;
	int code = -1;

	plan_init(&plan);
	if (forms_choose(s, &style, err) ||
	    settings_plan(s, LABEL_WHOLE, &plan, &conf, err))
		goto out;
	if (driver_find(plan.driver) != &driver_libssh) {
		err_set(err, ERR_USAGE,
			_("copying is for the built-in client only"));
		goto out;
	}
	if (check_skip(&c->skip, &plan.targets, err))
		goto out;
	if (c->put ? plan_put(c, &plan, err) : plan_get(c, &plan, err))
		goto out;
	how(c, &plan.spec.copy);
	(void)strbuf_addstr(&what, c->put ? "put" : "get");
	for (size_t i = 0; i < c->words.n; i++)
		(void)strbuf_addf(&what, " %s", c->words.v[i]);
	style.what = what.buf;
	style.labels = s->prefix && (c->listed || plan.targets.n > 1);
	plan.exit_policy = EXIT_MAX;
	if (s->policy >= 0)
		plan.exit_policy = (enum exit_policy)s->policy;
	code = launch(&plan, &style, err);
out:
	strbuf_release(&what);
	plan_release(&plan);
	sshconf_free(conf);
	return code;
}

static int run(struct copying *c, int argc, char **argv, struct err *err)
{
	const struct verb_line line = {
		.name = c->name,
		.usage =
			c->put ? _("usage: rsh put [options] -H LIST SRC... DST\n"
				   "       rsh put [options] SRC... HOSTS:DST\n"
				   "\n"
				   "Copy files to one host or many, over SFTP.\n")
			       : _("usage: rsh get [options] -H LIST SRC... DIR\n"
				   "       rsh get [options] HOSTS:SRC... DIR\n"
				   "\n"
				   "Copy files from hosts, over SFTP: with -H to DIR/HOST, else to DIR.\n"),
		.refused = refused,
		.own = own_rows,
		.n = OWN_ROWS,
	};
	int rc = verb_read(&line, &c->s, argc, argv, &c->words, err);

	if (rc)
		return rc > 0 ? 0 : -1;
	if (check(c, err) || settings_log(&c->s, "rsh", err) ||
	    settings_configure(&c->s, rsh_options, err) || find_hosts(c, err))
		return -1;
	return copy(c, err);
}

static void release(struct copying *c)
{
	if (c->rate.loop)
		timer_stop(c->rate.loop, &c->rate.timer);
	blocks_free(c->blocks);
	manifest_walk_free(c->walk);
	globwalk_free(c->glob);
	strvec_release(&c->found);
	manifest_release(&c->manifest);
	strvec_release(&c->words);
	strvec_release(&c->skip);
	free(c->into);
	free(c->as);
}

static int run_verb(bool put, int argc, char **argv)
{
	struct copying c = { .put = put, .name = put ? "rsh put" : "rsh get" };
	struct err err = { 0 };
	int code;

	settings_init(&c.s);
	/* As scp: what a host has in ssh_config for a session of commands is
	   not for this one.  A letter that is typed counts before it. */
	strvec_push(&c.s.switches, "ClearAllForwardings=yes");
	strvec_push(&c.s.switches, "ForwardAgent=no");
	strvec_push(&c.s.switches, "PermitLocalCommand=no");
	code = verb_end(&c.s, run(&c, argc, argv, &err), &err);
	release(&c);
	return code;
}

int cmd_put(int argc, char **argv)
{
	return run_verb(true, argc, argv);
}

int cmd_get(int argc, char **argv)
{
	return run_verb(false, argc, argv);
}

/* ---- among shells ---- */

/* Their words are kept: options point into them. */
struct shell_copy {
	struct copying c; /* first */
	struct strvec line;
};

/* As a shell has it, which is not there. */
static int expand_home(char **word, struct err *err)
{
	char *path = userconf_path(*word, err);

	if (!path)
		return -1;
	free(*word);
	*word = path;
	return 0;
}

static int read_words(struct shell_copy *sc, const char *line, struct err *err)
{
	static const char *const none[] = { "-P", NULL };
	struct copying *c = &sc->c;
	struct option *rows;
	int rc;

	strvec_push(&sc->line, c->name);
	if (sshlex_words(line, &sc->line, err))
		return -1;
	rows = options_join(own_rows, OWN_ROWS, rsh_options);
	options_refuse(rows, none, c->name);
	options_refuse_from(rows, OWN_ROWS, c->name);
	rc = options_parse_all(rows, c, (int)sc->line.n, sc->line.v, &c->words,
			       err);
	free(rows);
	if (rc)
		return -1;
	if (c->words.n < 2)
		return err_set(err, ERR_USAGE, _("something is missing: %s%s"),
			       c->name,
			       c->put ? _(" SRC... DST") : _(" SRC... DIR"));
	for (size_t i = 0; i < c->words.n; i++)
		if (c->put == (i + 1 < c->words.n) &&
		    expand_home(&c->words.v[i], err))
			return -1;
	return check(c, err);
}

int copying_step(struct copying *c, struct op_spec *spec, struct err *err)
{
	struct plan plan;
	int rc = c->put ? list_some(c, LIST_STEP, err) : 0;
	size_t budget = LIST_STEP;

	if (rc)
		return rc;
	if (c->put && c->sweep && !manifest_index_step(&c->manifest, &budget))
		return 1;
	plan_init(&plan);
	plan.targets = *c->targets;
	if ((c->put ? plan_put : plan_get)(c, &plan, err)) {
		op_spec_release(&plan.spec);
		return -1;
	}
	how(c, &plan.spec.copy);
	*spec = plan.spec;
	return 0;
}

size_t copying_listed(const struct copying *c)
{
	return c->manifest.n;
}

struct copying *copying_read(bool put, const char *line,
			     const struct targets *ts, struct err *err)
{
	struct shell_copy *sc = xcalloc(1, sizeof(*sc));

	sc->c.put = put;
	sc->c.name = put ? ":put" : ":get";
	sc->c.listed = true;
	sc->c.targets = ts;
	settings_init(&sc->c.s);
	if (!read_words(sc, line, err) && !check_skip(&sc->c.skip, ts, err))
		return &sc->c;
	copying_free(&sc->c);
	return NULL;
}

void copying_free(struct copying *c)
{
	struct shell_copy *sc;

	if (!c)
		return;
	sc = container_of(c, struct shell_copy, c);
	release(c);
	settings_release(&c->s);
	strvec_release(&sc->line);
	free(sc);
}
