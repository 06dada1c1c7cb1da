/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What sources of groups ask of the machine.
 */
#include "cmd/groupenv.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/text.h"
#include "cmd/hostfile.h"
#include "cmd/upcall.h"
#include "cmd/userconf.h"
#include "conf/csgroups.h"
#include "conf/dshgroup.h"
#include "conf/gendersource.h"
#include "conf/netgroup.h"
#include "conf/schedlist.h"
#include "conf/slurmask.h"

#include "base/banned.h"

static const char *get_env(void *arg, const char *name)
{
	(void)arg;
	return getenv(name);
}

static bool is_absent(int error)
{
	return error == ENOENT || error == ENOTDIR || error == ENAMETOOLONG;
}

static int read_file(void *arg, const char *path, size_t max,
		     struct strbuf *out, struct err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	struct stat st;
	int rc;

	(void)arg;
	if (fd < 0 && is_absent(errno))
		return 0;
	if (fd < 0) {
		rc = errno == EACCES || errno == EPERM ? 2 : -1;
		err_set_errno(err, ERR_CONFIG, _("cannot read '%s'"), path);
		return rc;
	}
	if (!fstat(fd, &st) && S_ISDIR(st.st_mode))
		rc = 0;
	else
		rc = hostfile_read_fd(fd, path, max, out, err) ? -1 : 1;
	close(fd);
	return rc;
}

static bool is_file(DIR *dir, const char *name)
{
	struct stat st;

	return !fstatat(dirfd(dir), name, &st, 0) && !S_ISDIR(st.st_mode);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int list_folder(void *arg, const char *path, struct strvec *out,
		       struct err *err)
{
	struct strvec names = { 0 };
	const struct dirent *entry;
	DIR *dir = opendir(path);
	int rc = 1;

	(void)arg;
	if (!dir)
		return is_absent(errno) || errno == EACCES
			       ? 0
			       : err_set_errno(err, ERR_CONFIG,
					       _("cannot list '%s'"), path);
	while (rc > 0 && (entry = readdir(dir))) {
		if (entry->d_name[0] == '.' || !is_file(dir, entry->d_name))
			continue;
		strvec_push(&names, entry->d_name);
		if (names.n > GROUPS_MAX_NAMES)
			rc = err_set(err, ERR_CONFIG,
				     _("more than %u files in '%s'"),
				     GROUPS_MAX_NAMES, path);
	}
	closedir(dir);
	if (names.n)
		qsort(names.v, names.n, sizeof(*names.v), by_name);
	for (size_t i = 0; rc > 0 && i < names.n; i++)
		strvec_push(out, names.v[i]);
	strvec_release(&names);
	return rc;
}

static int run_upcall(void *arg, const char *const *argv, struct strbuf *out,
		      struct err *err)
{
	(void)arg;
	return upcall_run(argv, UPCALL_MAX_MS, out, err);
}

/* Commands of a file that anyone could have written are not run. */
static int trust_file(void *arg, const char *path, struct err *err)
{
	struct stat st;

	(void)arg;
	if (stat(path, &st))
		return err_set_errno(err, ERR_CONFIG, _("cannot read '%s'"),
				     path);
	if (st.st_uid != 0 && st.st_uid != getuid())
		return err_set(err, ERR_CONFIG,
			       _("the commands in '%s' are not run: it belongs "
				 "to another user"),
			       path);
	if (st.st_mode & S_IWOTH)
		return err_set(err, ERR_CONFIG,
			       _("the commands in '%s' are not run: everyone "
				 "may write to it"),
			       path);
	return 0;
}

#ifdef HAVE_SETNETGRENT
static int find_netgroup(void *arg, const char *name, struct strvec *out,
			 struct err *err)
{
	char *host, *user, *domain;
	bool any = false;

	(void)arg;
	if (!setnetgrent(name)) {
		endnetgrent();
		return 0;
	}
	/* A triple without a host means all there are: none we could name. */
	while (getnetgrent(&host, &user, &domain)) {
		any = true;
		if (!host || !*host || !strcmp(host, "-"))
			continue;
		strvec_push(out, host);
		if (out->n > HOSTLIST_MAX_HOSTS) {
			endnetgrent();
			return err_set(err, ERR_CONFIG,
				       _("more than %u hosts in the netgroup"),
				       HOSTLIST_MAX_HOSTS);
		}
	}
	endnetgrent();
	return any;
}
#else
static int find_netgroup(void *arg, const char *name, struct strvec *out,
			 struct err *err)
{
	(void)arg;
	(void)name;
	(void)out;
	(void)err;
	return 0;
}
#endif

struct groups *groupenv_new(void)
{
	const struct groups_env env = {
		.home = userconf_home(),
		.getenv = get_env,
		.read = read_file,
		.folder = list_folder,
		.run = run_upcall,
		.trust = trust_file,
		.netgroup = find_netgroup,
	};
	struct groups *g = groups_new(&env);

	/* Those of ClusterShell first: of two sources with one name that which
	   somebody has set up is meant. */
	csgroups_add(g);
	dshgroup_add(g);
	gendersource_add(g);
	netgroup_add(g);
	schedlist_add(g);
	slurmask_add(g);
	return g;
}

struct hostlist_source groupenv_source(struct groups *g)
{
	struct hostlist_source source = hostfile_source;

	source.group = groups_map;
	source.groups = groups_names;
	source.arg = g;
	return source;
}
