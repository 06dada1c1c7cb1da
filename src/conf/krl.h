/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_CONF_KRL_H
#define RSH_CONF_KRL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "conf/knownhosts.h"

/**
 * Whether `key` is revoked by a file of RevokedHostKeys (ssh_config(5)): a key
 * revocation list as ssh-keygen -k makes it (PROTOCOL.krl of OpenSSH), or
 * public keys, one a line.  What it says of certificates concerns none here.
 *
 * 1, 0, or -1 with `err` (ERR_HOSTKEY): it makes no sense, which revokes all.
 * Allocates no more than the file is long.
 */
int krl_check(const void *data, size_t len, const struct kh_key *key,
	      struct err *err);

#endif /* RSH_CONF_KRL_H */
