/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_CONF_SSHEXPAND_H
#define RSH_CONF_SSHEXPAND_H

#include <stdbool.h>

#include "base/err.h"
#include "conf/percent.h"
#include "conf/sshmatch.h"
#include "conf/sshopt.h"

/** Tokens, variables and `~` in the values of ssh_config(5). */

/** Whether `text` has one of the tokens in `letters`; in any such option. */
bool sshexpand_has(const char *text, const char *letters);
bool sshexpand_any(struct ssh_opts *o, const char *letters);

/**
 * HostName with its token replaced: what Match host looks at.  Owned by the
 * caller; NULL with ERR_CONFIG.
 */
char *sshexpand_hostname(const char *hostname, const char *host,
			 struct err *err);

/**
 * A host as ssh connects to it: HostName with its token replaced, or, if that
 * is NULL, `host`; addresses in their usual form, names in lower case.  Owned
 * by the caller; NULL with ERR_CONFIG.
 */
char *sshexpand_remote(const char *hostname, const char *host, struct err *err);

/**
 * Expand in place all options in which ssh does, but for HostName; a
 * HostKeyAlias becomes lower case.  `host` is what was asked for, `remote`
 * where to connect.  `show`: only those that ssh -G shows expanded.  0, or -1
 * with ERR_CONFIG and some of them expanded.
 */
int sshexpand_texts(const struct sshmatch_env *env, env_fn *get_env, bool show,
		    struct ssh_opts *o, const char *host, const char *remote,
		    struct err *err);

#endif /* RSH_CONF_SSHEXPAND_H */
