/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cryptofloor - the public-key work that no SSH client gets around.
 *
 * For each login: one X25519 key and one agreement, one Ed25519 signature
 * checked (the host's) and one made (ours).  Prints the CPU time of each and
 * of all in microseconds, the best of several rounds.
 */
#include <openssl/evp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "base/banned.h"

#define ROUNDS	   5
#define ITERATIONS 200

/* What a login signs: session id and request, about this long. */
#define SIGNED_BYTES 300

struct keys {
	EVP_PKEY *ed25519, *x25519, *peer;
	unsigned char message[SIGNED_BYTES];
	unsigned char signature[64];
};

static void need(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "cryptofloor: %s failed\n", what);
	exit(1);
}

static double cpu_us(void)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1e6 +
	       (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec);
}

static void do_keygen(struct keys *k)
{
	EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "X25519");

	(void)k;
	need(key, "keygen");
	EVP_PKEY_free(key);
}

static void do_derive(struct keys *k)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(k->x25519, NULL);
	unsigned char secret[32];
	size_t n = sizeof(secret);

	need(ctx && EVP_PKEY_derive_init(ctx) > 0 &&
		     EVP_PKEY_derive_set_peer(ctx, k->peer) > 0 &&
		     EVP_PKEY_derive(ctx, secret, &n) > 0,
	     "derive");
	EVP_PKEY_CTX_free(ctx);
}

static void do_sign(struct keys *k)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	size_t n = sizeof(k->signature);

	need(ctx && EVP_DigestSignInit(ctx, NULL, NULL, NULL, k->ed25519) > 0 &&
		     EVP_DigestSign(ctx, k->signature, &n, k->message,
				    sizeof(k->message)) > 0,
	     "sign");
	EVP_MD_CTX_free(ctx);
}

static void do_verify(struct keys *k)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();

	need(ctx &&
		     EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, k->ed25519) >
			     0 &&
		     EVP_DigestVerify(ctx, k->signature, sizeof(k->signature),
				      k->message, sizeof(k->message)) > 0,
	     "verify");
	EVP_MD_CTX_free(ctx);
}

/* In this order: what is verified must have been signed. */
static const struct part {
	const char *name;
	void (*run)(struct keys *k);
} parts[] = {
	{ "keygen", do_keygen },
	{ "derive", do_derive },
	{ "sign", do_sign },
	{ "verify", do_verify },
};

static double part_cost(const struct part *part, struct keys *k)
{
	double best = 0;

	for (int round = 0; round < ROUNDS; round++) {
		double start = cpu_us();
		double cost;

		for (int i = 0; i < ITERATIONS; i++)
			part->run(k);
		cost = (cpu_us() - start) / ITERATIONS;
		if (round == 0 || cost < best)
			best = cost;
	}
	return best;
}

int main(void)
{
	struct keys k = { 0 };
	double sum = 0;

	k.ed25519 = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	k.x25519 = EVP_PKEY_Q_keygen(NULL, NULL, "X25519");
	k.peer = EVP_PKEY_Q_keygen(NULL, NULL, "X25519");
	need(k.ed25519 && k.x25519 && k.peer, "keygen");
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		double cost = part_cost(&parts[i], &k);

		printf("%s %.1f\n", parts[i].name, cost);
		sum += cost;
	}
	printf("sum %.1f\n", sum);
	EVP_PKEY_free(k.ed25519);
	EVP_PKEY_free(k.x25519);
	EVP_PKEY_free(k.peer);
	return 0;
}
