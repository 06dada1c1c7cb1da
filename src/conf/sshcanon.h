/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_CONF_SSHCANON_H
#define RSH_CONF_SSHCANON_H

#include "base/err.h"
#include "conf/sshconf.h"
#include "conf/sshopt.h"

/** Where names are looked up. */
struct sshcanon {
	sshconf_name_fn *look_up;
	void *arg;
};

enum sshcanon_step {
	SSHCANON_DONE,
	SSHCANON_OPEN, /* an answer is not there yet */
	SSHCANON_LOST, /* there is no such host; err */
};

/**
 * CanonicalizeHostname and its kin of ssh_config(5): the name in full of
 * `host`, which is in lower case and after HostName.  `o` is what the first
 * reading of the files has given.  `*out` is owned by the caller, or NULL when
 * the name stays as it is.
 */
enum sshcanon_step sshcanon_name(const struct sshcanon *names,
				 const struct ssh_opts *o, const char *host,
				 char **out, struct err *err);

#endif /* RSH_CONF_SSHCANON_H */
