/* SPDX-License-Identifier: Apache-2.0 */
/* A ladder over key files that exist only here, with an agent and a person. */
#ifndef RSH_TESTS_LIB_AUTH_RIG_H
#define RSH_TESTS_LIB_AUTH_RIG_H

#include <stdbool.h>
#include <stddef.h>

#include "io/loop.h"
#include "lib/fake_agent.h"
#include "model/prompter.h"
#include "ssh/auth.h"
#include "ssh/auth_store.h"

/** A key; those of the files /k/one and so on are in auth_rig.c. */
struct drv_key {
	char name[16]; /* of the file and, as its blob, of the key */
	bool private;
};

/** Calls of key_load() so far. */
extern unsigned int rig_loads;

/** Who is asked for passphrases; `loop` is the rig's agent's. */
struct person {
	struct prompter prompter;
	struct loop *loop;
	struct defer later;
	struct prompt *prompt;
	const char *const *answers; /* NULL ends: nobody there any more */
	unsigned int asked, cancelled;
	char question[80];
};

extern const struct prompter_ops person_ops;

struct rig {
	struct fake_agent agent;
	unsigned char list[256]; /* what the agent answers */
	struct ssh_opts opts;
	struct auth_store *store;
	struct auth_ladder ladder;
	unsigned int woken;
};

/**
 * `paths` are IdentityFile; `keys` is what the agent holds, NULL: there is
 * none. Both are separated by blanks.
 */
void rig_start(struct rig *rig, const char *paths, const char *keys,
	       struct prompter *prompter);
void rig_stop(struct rig *rig);

/** The agent's answer with those keys; its length. */
size_t rig_make_list(unsigned char *out, const char *keys);

/** Load, unlock, and wait until the ladder can be climbed. */
void rig_climb(struct rig *rig);

/** Counts, and ends loop_run(). */
void rig_wake(void *arg);

/** Append a try: a agent, k key, o offer, n none, p password, i interactive. */
void rig_add_try(char *text, size_t size, const struct auth_try *try);

#endif /* RSH_TESTS_LIB_AUTH_RIG_H */
