/* SPDX-License-Identifier: Apache-2.0 */
#include "ssh/auth.h"

#include "lib/test.h"

#include "base/alloc.h"
#include "base/log.h"
#include "lib/fake_agent.h"
#include "ssh/auth_store.h"

/* ---- key files that exist only here ---- */

struct drv_key {
	char name[16]; /* of the file and, as its blob, of the key */
	bool private;
};

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

static unsigned int loads; /* calls of key_load() */

static int fake_key_load(const char *path, const char *passphrase,
			 struct drv_key **key, struct err *err)
{
	loads++;
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

struct person {
	struct prompter prompter;
	struct loop *loop;
	struct defer later;
	struct prompt *prompt;
	const char *const *answers; /* NULL ends: nobody there any more */
	unsigned int asked;
	char question[80];
};

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

static const struct prompter_ops person_ops = { .ask = ask };

/* ---- the order of tries ---- */

static const struct row {
	const char *name;
	const char *files;  /* IdentityFile, space separated */
	const char *agent;  /* keys it holds; NULL: there is no agent */
	int only;	    /* IdentitiesOnly */
	int pubkey;	    /* PubkeyAuthentication */
	const char *prefer; /* PreferredAuthentications */
	const char *tries;  /* a agent, k key, n none */
} rows[] = {
	/* clang-format off */
	{ "files in order",       "/k/one /k/two", NULL, 0, 1, NULL, "k:one k:two" },
	{ "missing left out",     "/k/none /k/two", NULL, 0, 1, NULL, "k:two" },
	{ "named twice",          "/k/one /k/one", NULL, 0, 1, NULL, "k:one" },
	{ "agent before files",   "/k/one", "x y", 0, 1, NULL, "a:x a:y k:one" },
	{ "named agent keys first", "/k/one /k/public", "x public y", 0, 1, NULL, "a:public a:x a:y k:one" },
	{ "named ones in the agent's order", "/k/public /k/locked", "locked public", 0, 1, NULL, "a:locked a:public" },
	{ "only the named",       "/k/one /k/public", "x public y", 1, 1, NULL, "a:public k:one" },
	{ "file spares the agent", "/k/two", "x two", 0, 1, NULL, "k:two a:x" },
	{ "public half alone is no key", "/k/public", NULL, 0, 1, NULL, "n" },
	{ "locked, nobody to ask", "/k/locked", NULL, 0, 1, NULL, "n" },
	{ "locked, in the agent", "/k/locked", "locked", 0, 1, NULL, "a:locked" },
	{ "no key at all",        "", NULL, 0, 1, NULL, "n" },
	{ "empty agent",          "", "", 0, 1, NULL, "n" },
	{ "no public keys wanted", "/k/one", "x", 0, 0, NULL, "n" },
	{ "preferred elsewhere",  "/k/one", NULL, 0, 1, "password,keyboard-interactive", "n" },
	{ "preferred among others", "/k/one", NULL, 0, 1, "gssapi-with-mic,publickey,password", "k:one" },
	/* clang-format on */
};

struct rig {
	struct fake_agent agent;
	unsigned char list[256]; /* what the agent answers */
	struct ssh_opts opts;
	struct auth_store *store;
	struct auth_ladder ladder;
	unsigned int woken;
};

static void put_word(unsigned char *p, size_t v)
{
	memset(p, 0, 4);
	p[3] = (unsigned char)v;
}

static size_t make_list(unsigned char *out, const char *keys)
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

static void rig_start(struct rig *rig, const char *paths, const char *keys,
		      struct prompter *prompter)
{
	*rig = (struct rig){ 0 };
	fake_agent_start(&rig->agent, FAKE_ECHO);
	rig->opts.pubkey_authentication = 1;
	rig->opts.identity_agent = xstrdup(keys ? rig->agent.path : "none");
	rig->agent.answer = rig->list;
	rig->agent.answer_len = make_list(rig->list, keys ? keys : "");
	strvec_split(&rig->opts.identity_files, paths, " ");
	rig->store = auth_store_new(rig->agent.loop, &driver, prompter);
}

static void rig_stop(struct rig *rig)
{
	auth_ladder_cancel(&rig->ladder, rig);
	auth_store_free(rig->store);
	fake_agent_stop(&rig->agent);
	strvec_release(&rig->opts.identity_files);
	strvec_release(&rig->opts.certificate_files);
	free(rig->opts.identity_agent);
	free(rig->opts.preferred_authentications);
}

static void wake(void *arg)
{
	struct rig *rig = arg;

	rig->woken++;
	loop_stop(rig->agent.loop);
}

static void rig_climb(struct rig *rig)
{
	auth_store_load(rig->store, &rig->opts);
	auth_store_unlock(rig->store, &rig->opts);
	auth_ladder_init(&rig->ladder, rig->store, &rig->opts);
	if (auth_ladder_ready(&rig->ladder, wake, rig))
		return;
	assert_int_equal(loop_run(rig->agent.loop, NULL), 0);
	assert_int_equal(rig->woken, 1);
	assert_true(auth_ladder_ready(&rig->ladder, wake, rig));
}

static void add_try(char *text, size_t size, const struct auth_try *try)
{
	size_t n = strlen(text);

	snprintf(text + n, size - n, "%s", n ? " " : "");
	n = strlen(text);
	switch (try->kind) {
	case AUTH_NONE:
		snprintf(text + n, size - n, "n");
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

static void tries_come_in_the_order_of_ssh(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct row *row = &rows[i];
		const struct auth_try *try;
		char text[128] = "";
		struct rig rig;

		rig_start(&rig, row->files, row->agent, NULL);
		rig.opts.identities_only = row->only;
		rig.opts.pubkey_authentication = row->pubkey;
		if (row->prefer)
			rig.opts.preferred_authentications =
				xstrdup(row->prefer);
		rig_climb(&rig);
		while ((try = auth_ladder_next(&rig.ladder))) {
			add_try(text, sizeof(text), try);
			auth_ladder_answer(&rig.ladder, AUTH_DENIED,
					   AUTH_CAN_PUBLICKEY);
		}
		if (strcmp(text, row->tries) != 0)
			fail_msg("row '%s': %s, not %s", row->name, text,
				 row->tries);
		assert_null(auth_ladder_next(&rig.ladder));
		rig_stop(&rig);
	}
}

static void certificates_come_first_if_anything_signs_for_them(void **state)
{
	static const struct {
		const char *files, *certs, *agent;
		int only;
		const char *tries, *why;
	} cases[] = {
		/* clang-format off */
		{ "/k/one /k/two", "/c/two", NULL, 1, "k:c-two k:one k:two", NULL },
		{ "/k/one", "/c/two /c/one", NULL, 1, "k:c-one k:one", "two" },
		{ "/k/locked", "/c/locked", "x locked", 0, "a:c-locked<locked a:locked a:x", NULL },
		{ "/k/public", "/c/public", "public", 1, "a:c-public<public a:public", NULL },
		{ "", "/c/x", "y x", 0, "a:c-x<x a:y a:x", NULL },
		{ "", "/c/x", "y x", 1, "n", "x" },
		{ "/k/one", "/c/one", "one c-one", 0, "k:c-one k:one a:c-one", NULL },
		{ "/k/locked", "/c/locked", NULL, 0, "n", NULL },
		{ "/k/one", "/bad", NULL, 0, "k:one", NULL },
		/* clang-format on */
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct auth_try *try;
		char text[128] = "";
		struct err err = { 0 };
		struct rig rig;

		rig_start(&rig, cases[i].files, cases[i].agent, NULL);
		strvec_split(&rig.opts.certificate_files, cases[i].certs, " ");
		rig.opts.identities_only = cases[i].only;
		rig_climb(&rig);
		while ((try = auth_ladder_next(&rig.ladder))) {
			add_try(text, sizeof(text), try);
			auth_ladder_answer(&rig.ladder, AUTH_DENIED,
					   AUTH_CAN_PUBLICKEY);
		}
		if (strcmp(text, cases[i].tries) != 0)
			fail_msg("row %zu: %s, not %s", i, text,
				 cases[i].tries);
		auth_ladder_error(&rig.ladder, &err);
		if (cases[i].why)
			assert_non_null(strstr(err.msg, "certificate '/c/"));
		else
			assert_null(strstr(err.msg, "certificate"));
		err_release(&err);
		rig_stop(&rig);
	}
}

static void keys_are_not_offered_where_none_are_taken(void **state)
{
	struct rig rig;

	(void)state;
	rig_start(&rig, "/k/one /k/two", NULL, NULL);
	rig_climb(&rig);
	assert_non_null(auth_ladder_next(&rig.ladder));
	auth_ladder_answer(&rig.ladder, AUTH_DENIED, AUTH_CAN_PASSWORD);
	assert_null(auth_ladder_next(&rig.ladder));
	rig_stop(&rig);
}

static void a_person_is_asked_last(void **state)
{
	static const struct {
		const char *files, *prefer;
		unsigned int secrets;
		bool asks; /* the server, with keyboard-interactive */
		unsigned int left;
		const char *tries;
	} cases[] = {
		/* clang-format off */
		{ "/k/one", NULL, 2, false, AUTH_CAN_ANY & ~AUTH_CAN_NONE, "k:one i p p" },
		{ "/k/one", NULL, 2, true, AUTH_CAN_ANY & ~AUTH_CAN_NONE, "k:one i i p p" },
		{ "", NULL, 2, true, AUTH_CAN_PASSWORD | AUTH_CAN_KBDINT, "n i i p p" },
		{ "", NULL, 3, true, AUTH_CAN_PASSWORD, "n p p p" },
		{ "", "password,keyboard-interactive", 1, true, AUTH_CAN_PASSWORD | AUTH_CAN_KBDINT, "n p i" },
		{ "", NULL, 2, true, AUTH_CAN_PUBLICKEY, "n" },
		{ "/k/one", NULL, 0, true, AUTH_CAN_PASSWORD, "k:one" },
		{ "", NULL, 0, true, AUTH_CAN_PASSWORD, "n" },
		/* clang-format on */
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct auth_try *try;
		char text[64] = "";
		struct rig rig;

		rig_start(&rig, cases[i].files, NULL, NULL);
		if (cases[i].prefer)
			rig.opts.preferred_authentications =
				xstrdup(cases[i].prefer);
		rig.opts.password_authentication = 1;
		rig.opts.kbd_interactive_authentication = 1;
		rig_climb(&rig);
		rig.ladder.secrets = cases[i].secrets;
		while ((try = auth_ladder_next(&rig.ladder))) {
			add_try(text, sizeof(text), try);
			if (try->kind == AUTH_KBDINT && cases[i].asks)
				auth_ladder_answer(&rig.ladder, AUTH_ASKED, 0);
			auth_ladder_answer(&rig.ladder, AUTH_DENIED,
					   cases[i].left);
		}
		if (strcmp(text, cases[i].tries) != 0)
			fail_msg("row %zu: %s, not %s", i, text,
				 cases[i].tries);
		rig_stop(&rig);
	}
}

static void what_is_skipped_is_not_tried_again(void **state)
{
	struct err err = { 0 };
	struct rig rig;

	(void)state;
	rig_start(&rig, "", NULL, NULL);
	rig.opts.password_authentication = 1;
	rig_climb(&rig);
	rig.ladder.secrets = 3;
	assert_int_equal(auth_ladder_next(&rig.ladder)->kind, AUTH_NONE);
	auth_ladder_answer(&rig.ladder, AUTH_DENIED, AUTH_CAN_PASSWORD);
	assert_int_equal(auth_ladder_next(&rig.ladder)->kind, AUTH_PASSWORD);
	auth_ladder_skip(&rig.ladder, "because");
	assert_null(auth_ladder_next(&rig.ladder));
	auth_ladder_error(&rig.ladder, &err);
	assert_string_equal(err.msg, "Permission denied (password): because");
	err_release(&err);
	rig_stop(&rig);
}

static void partial_success_starts_over(void **state)
{
	const struct auth_try *try;
	char text[64] = "";
	struct rig rig;

	(void)state;
	rig_start(&rig, "/k/one /k/two", NULL, NULL);
	rig_climb(&rig);
	auth_ladder_next(&rig.ladder);
	auth_ladder_answer(&rig.ladder, AUTH_PARTIAL, AUTH_CAN_PUBLICKEY);
	while ((try = auth_ladder_next(&rig.ladder))) {
		add_try(text, sizeof(text), try);
		auth_ladder_answer(&rig.ladder, AUTH_DENIED,
				   AUTH_CAN_PUBLICKEY);
	}
	assert_string_equal(text, "k:one k:two");
	rig_stop(&rig);
}

static void errors_name_the_methods_left(void **state)
{
	static const struct {
		const char *name, *files;
		unsigned int left;
		const char *msg;
	} cases[] = {
		{ "unknown", "/k/one", AUTH_CAN_ANY, "Permission denied" },
		{ "keys", "/k/one", AUTH_CAN_PUBLICKEY | AUTH_CAN_PASSWORD,
		  "Permission denied (publickey,password): 1 key was refused" },
		{ "passwords alone", "/k/one",
		  AUTH_CAN_PASSWORD | AUTH_CAN_KBDINT,
		  "Permission denied (password,keyboard-interactive): 1 key was refused" },
		{ "neither", "/k/one", AUTH_CAN_GSSAPI | AUTH_CAN_HOSTBASED,
		  "Permission denied (gssapi-with-mic,hostbased): 1 key was refused; only --ssh-program can log in there" },
		{ "nothing to offer", "", AUTH_CAN_PUBLICKEY,
		  "Permission denied (publickey): there is no key to offer" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct err err = { 0 };
		struct rig rig;

		rig_start(&rig, cases[i].files, NULL, NULL);
		rig_climb(&rig);
		assert_non_null(auth_ladder_next(&rig.ladder));
		auth_ladder_answer(&rig.ladder, AUTH_DENIED, cases[i].left);
		auth_ladder_error(&rig.ladder, &err);
		ROW(err.code == ERR_AUTH, cases[i].name);
		assert_string_equal(err.msg, cases[i].msg);
		err_release(&err);
		rig_stop(&rig);
	}
}

/* ---- loading ---- */

static void files_are_loaded_once(void **state)
{
	struct rig rig;

	(void)state;
	rig_start(&rig, "/k/one /k/two", NULL, NULL);
	loads = 0;
	rig_climb(&rig);
	auth_store_load(rig.store, &rig.opts);
	assert_int_equal(loads, 2);
	rig_stop(&rig);
}

static void passphrases_are_asked_for_as_ssh_does(void **state)
{
	static const struct {
		const char *name, *file, *agent;
		const char *answers[4];
		int batch, prompts;
		unsigned int asked;
		const char *tries;
	} cases[] = {
		/* clang-format off */
		{ "right at once",  "/k/locked", NULL, { "secret" }, 0, 3, 1, "k:locked" },
		{ "right at last",  "/k/locked", NULL, { "a", "b", "secret" }, 0, 3, 3, "k:locked" },
		{ "three times wrong", "/k/locked", NULL, { "a", "b", "c", "secret" }, 0, 3, 3, "n" },
		{ "one prompt",     "/k/locked", NULL, { "a", "secret" }, 0, 1, 1, "n" },
		{ "no prompt",      "/k/locked", NULL, { "secret" }, 0, 0, 0, "n" },
		{ "unset",          "/k/locked", NULL, { "a", "b", "c", "secret" }, 0, -1, 3, "n" },
		{ "empty answer",   "/k/locked", NULL, { "", "secret" }, 0, 3, 1, "n" },
		{ "nobody answers", "/k/locked", NULL, { NULL }, 0, 3, 1, "n" },
		{ "batch mode",     "/k/locked", NULL, { "secret" }, 1, 3, 0, "n" },
		{ "not if the agent has it", "/k/locked", "x locked", { "secret" }, 0, 3, 0, "a:locked a:x" },
		{ "if the agent has others", "/k/locked", "x", { "secret" }, 0, 3, 1, "a:x k:locked" },
		{ "if nobody can tell", "/k/opaque", "opaque", { "secret" }, 0, 3, 1, "k:opaque" },
		{ "not for a public key", "/k/public", NULL, { "secret" }, 0, 3, 0, "n" },
		/* clang-format on */
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct person person = { .prompter.ops = &person_ops,
					 .answers = cases[i].answers };
		const struct auth_try *try;
		char text[64] = "";
		struct rig rig;

		rig_start(&rig, cases[i].file, cases[i].agent,
			  &person.prompter);
		person.loop = rig.agent.loop;
		rig.opts.batch_mode = cases[i].batch;
		rig.opts.number_of_password_prompts = cases[i].prompts;
		rig_climb(&rig);
		while ((try = auth_ladder_next(&rig.ladder)))
			add_try(text, sizeof(text), try);
		ROW(person.asked == cases[i].asked, cases[i].name);
		ROW(!strcmp(text, cases[i].tries), cases[i].name);
		if (person.asked && cases[i].file[3] == 'l')
			assert_string_equal(
				person.question,
				"Enter passphrase for key '/k/locked': ");
		rig_stop(&rig);
	}
}

/*
 * Of two hosts that name one key, the first needs no passphrase, or may not
 * ask for one: the other's is asked for all the same, whoever comes first.
 */
static void hosts_are_asked_for_in_any_order(void **state)
{
	static const char *const answers[] = { "secret", NULL };

	(void)state;
	for (int i = 0; i < 4; i++) {
		struct person person = { .prompter.ops = &person_ops,
					 .answers = answers };
		struct ssh_opts first = { .pubkey_authentication = 1,
					  .number_of_password_prompts = 3 };
		const struct ssh_opts *order[2];
		struct identity *id;
		struct rig rig;

		rig_start(&rig, "/k/locked", NULL, &person.prompter);
		person.loop = rig.agent.loop;
		rig.opts.number_of_password_prompts = 3;
		rig.agent.answer_len = make_list(rig.list, "locked");
		first.identity_agent = xstrdup(i & 1 ? "none" : rig.agent.path);
		first.batch_mode = i & 1;
		strvec_push(&first.identity_files, "/k/locked");
		order[i / 2] = &first;
		order[1 - i / 2] = &rig.opts;
		for (int k = 0; k < 2; k++)
			auth_store_load(rig.store, order[k]);
		for (int k = 0; k < 2; k++)
			auth_store_unlock(rig.store, order[k]);
		assert_int_equal(person.asked, 1);
		id = auth_identity(rig.store, "/k/locked");
		assert_true(id->can_sign && !id->locked);
		strvec_release(&first.identity_files);
		free(first.identity_agent);
		rig_stop(&rig);
	}
}

/* ---- agents ---- */

static void a_dead_agent_is_no_error(void **state)
{
	const struct auth_try *try;
	char text[64] = "";
	struct rig rig;

	(void)state;
	rig_start(&rig, "/k/one", "x", NULL);
	rig.agent.manner = FAKE_HANG_UP;
	rig_climb(&rig);
	while ((try = auth_ladder_next(&rig.ladder)))
		add_try(text, sizeof(text), try);
	assert_string_equal(text, "k:one");
	rig_stop(&rig);
}

static void a_cancelled_wait_is_not_woken(void **state)
{
	struct auth_ladder other;
	struct rig rig;

	(void)state;
	rig_start(&rig, "", "x", NULL);
	auth_store_load(rig.store, &rig.opts);
	auth_ladder_init(&rig.ladder, rig.store, &rig.opts);
	auth_ladder_init(&other, rig.store, &rig.opts);
	assert_false(auth_ladder_ready(&rig.ladder, wake, &rig));
	assert_false(auth_ladder_ready(&other, wake, &rig));
	auth_ladder_cancel(&other, &rig);
	auth_ladder_cancel(&other, &rig);
	assert_int_equal(loop_run(rig.agent.loop, NULL), 0);
	assert_int_equal(rig.woken, 1);
	rig_stop(&rig);
}

static void identity_agent_names_the_socket(void **state)
{
	static const struct {
		const char *option, *sock, *other;
		bool found;
	} cases[] = {
		{ "none", "PATH", NULL, false },
		{ "SSH_AUTH_SOCK", "PATH", NULL, true },
		{ "SSH_AUTH_SOCK", NULL, NULL, false },
		{ "SSH_AUTH_SOCK", "", NULL, false },
		{ NULL, "PATH", NULL, true },
		{ "$RSH_TEST_AGENT", NULL, "PATH", true },
		{ "$RSH_TEST_AGENT", "PATH", NULL, false },
		{ "/else/where", NULL, NULL, true },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct rig rig;

		rig_start(&rig, "", NULL, NULL);
		free(rig.opts.identity_agent);
		rig.opts.identity_agent =
			cases[i].option ? xstrdup(cases[i].option) : NULL;
		unsetenv("SSH_AUTH_SOCK");
		unsetenv("RSH_TEST_AGENT");
		if (cases[i].sock)
			setenv("SSH_AUTH_SOCK", cases[i].sock, 1);
		if (cases[i].other)
			setenv("RSH_TEST_AGENT", cases[i].other, 1);
		auth_store_load(rig.store, &rig.opts);
		assert_int_equal(!!auth_store_agent(rig.store, &rig.opts),
				 cases[i].found);
		rig_stop(&rig);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(tries_come_in_the_order_of_ssh),
		cmocka_unit_test(
			certificates_come_first_if_anything_signs_for_them),
		cmocka_unit_test(keys_are_not_offered_where_none_are_taken),
		cmocka_unit_test(a_person_is_asked_last),
		cmocka_unit_test(what_is_skipped_is_not_tried_again),
		cmocka_unit_test(partial_success_starts_over),
		cmocka_unit_test(errors_name_the_methods_left),
		cmocka_unit_test(files_are_loaded_once),
		cmocka_unit_test(passphrases_are_asked_for_as_ssh_does),
		cmocka_unit_test(hosts_are_asked_for_in_any_order),
		cmocka_unit_test(a_dead_agent_is_no_error),
		cmocka_unit_test(a_cancelled_wait_is_not_woken),
		cmocka_unit_test(identity_agent_names_the_socket),
	};

	log_init("rsh", LOG_QUIET);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
