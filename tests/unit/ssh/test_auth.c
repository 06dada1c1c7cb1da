/* SPDX-License-Identifier: Apache-2.0 */
#include "ssh/auth.h"

#include "lib/test.h"

#include "base/alloc.h"
#include "base/log.h"
#include "lib/auth_rig.h"

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
			rig_add_try(text, sizeof(text), try);
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
			rig_add_try(text, sizeof(text), try);
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
			rig_add_try(text, sizeof(text), try);
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
		rig_add_try(text, sizeof(text), try);
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
		  "Permission denied (publickey,password): 1 key was refused ('/k/one')" },
		{ "passwords alone", "/k/one",
		  AUTH_CAN_PASSWORD | AUTH_CAN_KBDINT,
		  "Permission denied (password,keyboard-interactive): 1 key was refused ('/k/one')" },
		{ "neither", "/k/one", AUTH_CAN_GSSAPI | AUTH_CAN_HOSTBASED,
		  "Permission denied (gssapi-with-mic,hostbased): 1 key was refused ('/k/one'); only --ssh-program can log in there" },
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

/* The answers are to the tries in order, the last to all that follow. */
static void errors_say_what_was_tried(void **state)
{
	static const struct {
		const char *name, *files, *agent;
		const char *prefer;
		int pubkey;
		unsigned int secrets;
		const char *answers; /* d denied, p partial success */
		unsigned int left;
		const char *msg;
	} cases[] = {
		/* clang-format off */
		{ "passwords", "", NULL, NULL, 1, 2, "d", AUTH_CAN_PUBLICKEY | AUTH_CAN_PASSWORD,
		  "Permission denied (publickey,password): 2 passwords were refused" },
		{ "one password", "/k/one", NULL, NULL, 1, 1, "d", AUTH_CAN_PUBLICKEY | AUTH_CAN_PASSWORD,
		  "Permission denied (publickey,password): 1 key was refused ('/k/one'); the password was refused" },
		{ "interactive", "", NULL, NULL, 0, 2, "d", AUTH_CAN_PUBLICKEY | AUTH_CAN_KBDINT,
		  "Permission denied (publickey,keyboard-interactive): keyboard-interactive was refused" },
		{ "the agent's", "/k/one", "x y z", NULL, 1, 0, "d", AUTH_CAN_PUBLICKEY,
		  "Permission denied (publickey): 4 keys were refused (the agent's '', the agent's '', the agent's '', ...)" },
		{ "a part, then nothing", "/k/one", NULL, NULL, 1, 0, "pd", AUTH_CAN_PASSWORD,
		  "Permission denied (password): key '/k/one' was accepted, and something else is wanted, too" },
		{ "a part, then a password", "/k/one", NULL, NULL, 1, 2, "pd", AUTH_CAN_PASSWORD,
		  "Permission denied (password): key '/k/one' was accepted, and something else is wanted, too; 2 passwords were refused" },
		{ "a part, then keys", "/k/one /k/two", NULL, NULL, 1, 0, "pd", AUTH_CAN_PUBLICKEY,
		  "Permission denied (publickey): key '/k/one' was accepted, and something else is wanted, too; 1 key was refused ('/k/two')" },
		{ "a part, by password", "", NULL, NULL, 1, 1, "dpd", AUTH_CAN_PASSWORD,
		  "Permission denied (password): the password was accepted, and something else is wanted, too; the password was refused" },
		{ "keys switched off", "/k/one /k/locked", NULL, NULL, 0, 0, "d", AUTH_CAN_PUBLICKEY,
		  "Permission denied (publickey): no key is offered (PubkeyAuthentication no)" },
		{ "keys not preferred", "/k/one", NULL, "password", 1, 0, "d", AUTH_CAN_PUBLICKEY,
		  "Permission denied (publickey): no key is offered (PreferredAuthentications)" },
		{ "locked alone", "/k/locked", NULL, NULL, 1, 0, "d", AUTH_CAN_PUBLICKEY,
		  "Permission denied (publickey): key '/k/locked' needs its passphrase" },
		/* clang-format on */
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const char *a = cases[i].answers;
		struct err err = { 0 };
		struct rig rig;

		rig_start(&rig, cases[i].files, cases[i].agent, NULL);
		if (cases[i].prefer)
			rig.opts.preferred_authentications =
				xstrdup(cases[i].prefer);
		rig.opts.pubkey_authentication = cases[i].pubkey;
		rig.opts.password_authentication = 1;
		rig.opts.kbd_interactive_authentication = 1;
		rig_climb(&rig);
		rig.ladder.secrets = cases[i].secrets;
		while (auth_ladder_next(&rig.ladder)) {
			auth_ladder_answer(&rig.ladder,
					   *a == 'p' ? AUTH_PARTIAL
						     : AUTH_DENIED,
					   cases[i].left);
			a += a[1] != '\0';
		}
		auth_ladder_error(&rig.ladder, &err);
		if (strcmp(err.msg, cases[i].msg) != 0)
			fail_msg("row '%s': %s", cases[i].name, err.msg);
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
	rig_loads = 0;
	rig_climb(&rig);
	auth_store_load(rig.store, &rig.opts);
	assert_int_equal(rig_loads, 2);
	rig_stop(&rig);
}

/* ---- agents ---- */

static void a_dead_agent_is_no_error(void **state)
{
	const struct auth_try *try;
	struct err err = { 0 };
	char text[96] = "";
	struct rig rig;

	(void)state;
	rig_start(&rig, "/k/one", "x", NULL);
	rig.agent.manner = FAKE_HANG_UP;
	rig_climb(&rig);
	while ((try = auth_ladder_next(&rig.ladder))) {
		rig_add_try(text, sizeof(text), try);
		auth_ladder_answer(&rig.ladder, AUTH_DENIED,
				   AUTH_CAN_PUBLICKEY);
	}
	assert_string_equal(text, "k:one");
	/* which is told, now that it may be why */
	auth_ladder_error(&rig.ladder, &err);
	snprintf(text, sizeof(text), "agent '%s' hung up", rig.agent.path);
	assert_non_null(strstr(err.msg, text));
	err_release(&err);
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
	assert_false(auth_ladder_ready(&rig.ladder, rig_wake, &rig));
	assert_false(auth_ladder_ready(&other, rig_wake, &rig));
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
		cmocka_unit_test(errors_say_what_was_tried),
		cmocka_unit_test(files_are_loaded_once),
		cmocka_unit_test(a_dead_agent_is_no_error),
		cmocka_unit_test(a_cancelled_wait_is_not_woken),
		cmocka_unit_test(identity_agent_names_the_socket),
	};

	log_init("rsh", LOG_QUIET);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
