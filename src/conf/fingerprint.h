/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_CONF_FINGERPRINT_H
#define RSH_CONF_FINGERPRINT_H

#include "base/strbuf.h"
#include "conf/knownhosts.h"
#include "conf/sshopt.h"

/**
 * Append the fingerprint of a key as ssh-keygen -l prints it: "SHA256:..." in
 * base64, or "MD5:..." in pairs of hex digits.
 */
void kh_fingerprint(const struct kh_key *key, enum fingerprint_hash hash,
		    struct strbuf *out);

/**
 * Append the picture of a fingerprint as ssh-keygen -lv draws it
 * (VisualHostKey, ssh_config(5)): 11 lines of 19 characters with newlines
 * between.  It is the walk of a drunken bishop over 17 by 9 squares
 * (D. Loss, T. Limmer, A. von Gernler, 2009).
 */
void kh_randomart(const struct kh_key *key, enum fingerprint_hash hash,
		  struct strbuf *out);

/** What people call the type of a key: "ED25519"; else the name it has. */
const char *kh_type_name(const struct kh_key *key);

/** The size that is told of a key: the bits of RSA's modulus; 0: unknown. */
size_t kh_bits(const struct kh_key *key);

#endif /* RSH_CONF_FINGERPRINT_H */
