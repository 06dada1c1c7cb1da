/* SPDX-License-Identifier: Apache-2.0 */
/* A folder with known_hosts files, for tests of what is done about keys. */
#ifndef RSH_TESTS_LIB_HOSTKEY_WORLD_H
#define RSH_TESTS_LIB_HOSTKEY_WORLD_H

#include "base/strbuf.h"
#include "conf/sshopt.h"
#include "model/target.h"
#include "ssh/hostkey.h"

/* A folder, a target that keeps its known_hosts there, and keys. */
struct world {
	char *dir, *user_file, *global_file;
	struct ssh_opts opts;
	struct target target;
	struct hostkeys *hk;
	struct strbuf blob;
};

int world_new(void **state);
int world_free(void **state);

/* A key that differs by its `word`; good until the next one is made. */
struct kh_key make_key(struct world *w, const char *type, const char *word);

/* Append "HOSTS TYPE KEY" to a file. */
void put_line(struct world *w, const char *path, const char *hosts,
	      const char *type, const char *word);

char *get_file(const char *path);

/* The target has the address 192.0.2.1. */
enum hostkey_decision decide(struct hostkeys *hk, const struct world *w,
			     const struct kh_key *key, struct err *err);
int keep(const struct world *w, const struct kh_key *key, struct err *err);

#endif /* RSH_TESTS_LIB_HOSTKEY_WORLD_H */
