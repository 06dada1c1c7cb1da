/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Key files that exist only here, and who is asked for their passphrases.
 */
#include "lib/auth_rig.h"

#include "lib/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

/* ---- key files ---- */

static const struct file {
	const char *path;
	const char *passphrase; /* NULL: none is needed */
	bool only_public;	/* there is just PATH.pub */
	bool closed;		/* even the public half is encrypted */
} files[] = {
	{ "/k/one", NULL, false, false },
	{ "/k/two", NULL, false, false },
	{ "/k/locked", "secret", false, false },
	{ "/k/opaque", "secret", false, true },
	{ "/k/public", NULL, true, false },
};

unsigned int rig_loads;

static int fake_key_load(const char *path, const char *passphrase,
			 struct drv_key **key, struct err *err)
{
	rig_loads++;
	*key = NULL;
	for (size_t i = 0; i < COUNT(files); i++) {
		const struct file *f = &files[i];
		bool open = !f->passphrase ||
			    (passphrase && !strcmp(passphrase, f->passphrase));

		if (strcmp(f->path, path) != 0)
			continue;
		if (!open && f->closed)
			return 0;
		*key = xcalloc(1, sizeof(**key));
		snprintf((*key)->name, sizeof((*key)->name), "%s", path + 3);
		(*key)->private = open && !f->only_public;
		return f->only_public ? 2 : open ? 1 : 0;
	}
	return err_set(err, ERR_CONFIG, "cannot read key '%s'", path);
}

static void fake_key_public(const struct drv_key *key, struct kh_key *pub)
{
	*pub = (struct kh_key){ .type = "ssh-x",
				.blob = key->name,
				.len = strlen(key->name) };
}

static void fake_key_free(struct drv_key *key)
{
	free(key);
}

/* The certificate in "/c/KEY" is for the key KEY; its blob is "c-KEY". */
static struct drv_key *fake_cert_load(const char *path, struct err *err)
{
	struct drv_key *cert;

	if (strncmp(path, "/c/", 3) != 0) {
		err_set(err, ERR_CONFIG, "'%s' holds no certificate", path);
		return NULL;
	}
	cert = xcalloc(1, sizeof(*cert));
	snprintf(cert->name, sizeof(cert->name), "c-%s", path + 3);
	return cert;
}

static bool fake_cert_fits(const struct drv_key *cert,
			   const struct kh_key *plain)
{
	return strlen(cert->name + 2) == plain->len &&
	       !memcmp(cert->name + 2, plain->blob, plain->len);
}

static struct drv_key *fake_key_certify(const struct drv_key *key,
					const struct drv_key *cert)
{
	struct drv_key *both = xcalloc(1, sizeof(*both));

	assert_true(key->private);
	*both = *cert;
	both->private = true;
	return both;
}

static const struct ssh_driver driver = {
	.name = "fake",
	.key_load = fake_key_load,
	.cert_load = fake_cert_load,
	.cert_fits = fake_cert_fits,
	.key_certify = fake_key_certify,
	.key_public = fake_key_public,
	.key_free = fake_key_free,
};

/* ---- a person at the terminal ---- */

static void answer(struct defer *d)
{
	struct person *person = container_of(d, struct person, later);
	const char *a = person->answers[person->asked++];
	struct err err = { 0 };

	if (!a)
		err_set(&err, ERR_AUTH, "nobody there");
	person->prompt->fn(person->prompt, a ? secret_dup(a, strlen(a)) : NULL,
			   &err);
	err_release(&err);
}

static void ask(struct prompter *p, struct prompt *q)
{
	struct person *person = container_of(p, struct person, prompter);

	assert_int_equal(q->kind, PROMPT_PASSPHRASE);
	assert_false(q->echo);
	snprintf(person->question, sizeof(person->question), "%s", q->text);
	person->prompt = q;
	defer_post(person->loop, &person->later, answer);
}

static void cancel(struct prompter *p, struct prompt *q)
{
	struct person *person = container_of(p, struct person, prompter);

	assert_ptr_equal(person->prompt, q);
	defer_cancel(&person->later);
	person->cancelled++;
}

const struct prompter_ops person_ops = { .ask = ask, .cancel = cancel };

/* ---- one session ---- */

static void put_word(unsigned char *p, size_t v)
{
	memset(p, 0, 4);
	p[3] = (unsigned char)v;
}

size_t rig_make_list(unsigned char *out, const char *keys)
{
	size_t n = 9;
	unsigned int count = 0;

	while (*keys) {
		size_t len = strcspn(keys, " ");

		put_word(out + n, len);
		memcpy(out + n + 4, keys, len);
		put_word(out + n + 4 + len, 0);
		n += 4 + len + 4;
		keys += len;
		keys += strspn(keys, " ");
		count++;
	}
	put_word(out, n - 4);
	out[4] = 12;
	put_word(out + 5, count);
	return n;
}

void rig_start(struct rig *rig, const char *paths, const char *keys,
	       struct prompter *prompter)
{
	*rig = (struct rig){ 0 };
	fake_agent_start(&rig->agent, FAKE_ECHO);
	rig->opts.pubkey_authentication = 1;
	rig->opts.identity_agent = xstrdup(keys ? rig->agent.path : "none");
	rig->agent.answer = rig->list;
	rig->agent.answer_len = rig_make_list(rig->list, keys ? keys : "");
	strvec_split(&rig->opts.identity_files, paths, " ");
	rig->store = auth_store_new(rig->agent.loop, &driver, prompter);
}

void rig_stop(struct rig *rig)
{
	auth_ladder_cancel(&rig->ladder, rig);
	auth_store_free(rig->store);
	fake_agent_stop(&rig->agent);
	strvec_release(&rig->opts.identity_files);
	strvec_release(&rig->opts.certificate_files);
	free(rig->opts.identity_agent);
	free(rig->opts.preferred_authentications);
}

void rig_wake(void *arg)
{
	struct rig *rig = arg;

	rig->woken++;
	loop_stop(rig->agent.loop);
}

void rig_climb(struct rig *rig)
{
	auth_store_load(rig->store, &rig->opts);
	auth_store_unlock(rig->store, &rig->opts);
	auth_ladder_init(&rig->ladder, rig->store, &rig->opts);
	if (auth_ladder_ready(&rig->ladder, rig_wake, rig))
		return;
	assert_int_equal(loop_run(rig->agent.loop, NULL), 0);
	assert_int_equal(rig->woken, 1);
	assert_true(auth_ladder_ready(&rig->ladder, rig_wake, rig));
}

void rig_add_try(char *text, size_t size, const struct auth_try *try)
{
	size_t n = strlen(text);

	snprintf(text + n, size - n, "%s", n ? " " : "");
	n = strlen(text);
	switch (try->kind) {
	case AUTH_NONE:
		snprintf(text + n, size - n, "n");
		break;
	case AUTH_OFFER:
		snprintf(text + n, size - n, "o:%s", try->key->name);
		break;
	case AUTH_KEY:
		assert_true(try->key->private);
		snprintf(text + n, size - n, "k:%s", try->key->name);
		break;
	case AUTH_AGENT:
		snprintf(text + n, size - n, "a:%.*s", (int)try->blob_len,
			 (const char *)try->blob);
		n = strlen(text);
		if (try->signer)
			snprintf(text + n, size - n, "<%.*s",
				 (int)try->signer_len,
				 (const char *)try->signer);
		break;
	case AUTH_PASSWORD:
		snprintf(text + n, size - n, "p");
		break;
	case AUTH_KBDINT:
		snprintf(text + n, size - n, "i");
		break;
	}
}
