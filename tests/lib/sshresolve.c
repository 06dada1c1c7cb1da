/* SPDX-License-Identifier: Apache-2.0 */
/*
 * usage: sshresolve FILE HOST [OPTION...]: what `ssh -G -F FILE` prints of
 * the options that are kept, each OPTION as after -o.  A HOST may be
 * USER@HOST.  An empty FILE: those of the user, whose home is $HOME then, and
 * of the system.
 */
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "cmd/machine.h"
#include "cmd/names.h"
#include "conf/spec.h"
#include "conf/sshconf.h"

static void tell(void *arg, const char *text)
{
	(void)arg;
	(void)fprintf(stderr, "%s\n", text);
}

int main(int argc, char **argv)
{
	const struct passwd *pw = getpwuid(getuid());
	struct strvec options = { 0 };
	const struct sshconf_override over = {
		.options = &options,
		.compression = -1,
		.batch_mode = -1,
		.show = true,
	};
	char host[256] = "";
	struct sshconf_env env = {
		.local_host = host,
		.uid = getuid(),
		.run = machine_run,
		.addresses = machine_addresses,
	};
	const char *asked = argc > 2 ? argv[2] : NULL;
	const struct target_ask ask = { .name = asked };
	struct names *names = NULL;
	struct sshconf *conf;
	const struct ssh_opts *o = NULL;
	struct err err = { 0 };
	struct dest d = { 0 };
	int code;

	if (argc < 3 || !pw)
		return 2;
	for (int i = 3; i < argc; i++)
		strvec_push(&options, argv[i]);
	env.home = *argv[1] ? pw->pw_dir : getenv("HOME");
	env.local_user = pw->pw_name;
	(void)gethostname(host, sizeof(host) - 1);
	conf = sshconf_load(*argv[1] ? argv[1] : NULL, &over, &env,
			    &source_files, tell, NULL, &err);
	if (conf)
		names = names_new(conf);
	if (conf && names_find(names, &ask, 1, 0, &err) == 0 &&
	    dest_parse(asked, false, &d, &err) == 0)
		o = sshconf_resolve(conf, d.host, d.user, d.port, &err);
	if (o && o->unresolved)
		(void)fprintf(stderr, "%s\n", o->unresolved);
	else if (o)
		sshopt_dump(o, d.host, stdout);
	else
		(void)fprintf(stderr, "%s\n", err.msg);
	code = o && !o->unresolved ? 0 : 255;
	dest_release(&d);
	names_free(names);
	sshconf_free(conf);
	strvec_release(&options);
	err_release(&err);
	return code;
}
