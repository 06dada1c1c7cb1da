/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_SSH_AUTH_STORE_H
#define RSH_SSH_AUTH_STORE_H

#include "base/list.h"
#include "ssh/auth.h"

/* What auth_store.c, the identities, and auth.c, the order of tries, share. */

/* A certificate's file, looked at once. */
struct certificate {
	char *path;
	struct drv_key *pub; /* NULL: it holds none */
	struct drv_key *key; /* with the private half, where a file has it */
};

/* A file of IdentityFile, looked at once. */
struct identity {
	char *path;
	struct drv_key *key;		/* NULL: nothing is known of it */
	const struct certificate *cert; /* PATH-cert.pub, or NULL */
	bool can_sign;	      /* the private half is there, decrypted */
	char *passphrase;     /* secret, kept, or NULL */
	bool added;	      /* to the agent, or tried */
	bool locked;	      /* it would be, with its passphrase */
	bool keep;	      /* that passphrase, for AddKeysToAgent */
	bool given_up;	      /* asked for it in vain */
	unsigned int prompts; /* how often, by a session */
};

/* An agent and the keys it offers, asked for once. */
struct keyring {
	struct auth_store *store;
	char *path;
	struct agent *agent;
	struct agent_req req;
	bool listed;	/* answered, or failed */
	struct err err; /* how */
	struct agent_keys keys;
	struct list waiting; /* ladders */
};

struct key_adder;

struct auth_store {
	struct loop *loop;
	const struct ssh_driver *drv;
	struct prompter *prompter;
	struct key_adder *adder;
	bool in_turn;	   /* sessions ask for passphrases */
	uint64_t agent_ms; /* to list its keys; 0: as long as agents have */
	struct identity **identities;
	size_t nidentities, identities_cap;
	struct certificate **certificates;
	size_t ncertificates, certificates_cap;
	struct keyring **keyrings;
	size_t nkeyrings, keyrings_cap;
};

/** The agent for `opts`, NULL when there is none, or it is not loaded. */
struct keyring *auth_keyring(const struct auth_store *st,
			     const struct ssh_opts *opts);

/** Whether the agent offers this key. */
bool auth_keyring_holds(const struct keyring *k, const struct kh_key *pub);

bool auth_same_key(const struct kh_key *pub, const struct agent_key *key);

/** The identity of the file, NULL when it was not loaded. */
struct identity *auth_identity(const struct auth_store *st, const char *path);

/** It was locked, and is not: its private half is `key`, which is taken. */
void auth_identity_open(struct auth_store *st, struct identity *id,
			struct drv_key *key);

/** Whether sessions with `opts` ask for passphrases when a key's turn comes. */
bool auth_asks_in_turn(const struct auth_store *st,
		       const struct ssh_opts *opts);

/** The certificate in the file, NULL when there is none or it was not loaded.
 */
const struct certificate *auth_certificate(const struct auth_store *st,
					   const char *path);

/** Whether the certificate is for the key of that file. */
bool auth_certifies(const struct auth_store *st, const struct certificate *c,
		    const struct identity *id);

/** Whether it is for that key of an agent. */
bool auth_certifies_agent(const struct auth_store *st,
			  const struct certificate *c,
			  const struct agent_key *key);

/** Ask for no passphrase any more.  Zeroed is fine. */
void auth_ladder_hush(struct auth_ladder *l);

/** The certificate that is offered as `key`, or NULL. */
const struct certificate *auth_offered(const struct auth_store *st,
				       const struct drv_key *key);

/** Whether PreferredAuthentications leave that method (AUTH_CAN_) in. */
bool auth_prefers(const struct ssh_opts *opts, unsigned int method);

/** Whether the key of the certificate is one of that session's. */
bool auth_key_is_here(const struct auth_ladder *l, const struct certificate *c);

#endif /* RSH_SSH_AUTH_STORE_H */
