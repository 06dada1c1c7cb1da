/* SPDX-License-Identifier: Apache-2.0 */
#include "ssh/auth.h"

#include "lib/test.h"

#include "base/alloc.h"
#include "base/log.h"
#include "lib/auth_rig.h"

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
		while ((try = auth_ladder_next(&rig.ladder))) {
			rig_add_try(text, sizeof(text), try);
			auth_ladder_answer(&rig.ladder, AUTH_DENIED,
					   AUTH_CAN_PUBLICKEY);
		}
		ROW(person.asked == cases[i].asked, cases[i].name);
		ROW(!strcmp(text, cases[i].tries), cases[i].name);
		if (person.asked && cases[i].file[3] == 'l')
			assert_string_equal(
				person.question,
				"Enter passphrase for key '/k/locked': ");
		rig_stop(&rig);
	}
}

/* One climb where the server wants the keys `wanted`, and takes none. */
static void climb_in_turn(struct rig *rig, const char *wanted, char *text,
			  size_t size)
{
	const struct auth_try *try;

	while ((try = auth_ladder_next(&rig->ladder))) {
		enum ask_rc rc = ASK_WAIT;

		if (try->kind == AUTH_OFFER) {
			rig_add_try(text, size, try);
			if (!strstr(wanted, try->key->name)) {
				auth_ladder_answer(&rig->ladder, AUTH_DENIED,
						   AUTH_CAN_PUBLICKEY);
				continue;
			}
			auth_ladder_answer(&rig->ladder, AUTH_WANTED, 0);
		}
		while (rc == ASK_WAIT) {
			rc = auth_ladder_unlock(&rig->ladder, rig_wake, rig);
			if (rc == ASK_WAIT)
				assert_int_equal(
					loop_run(rig->agent.loop, NULL), 0);
		}
		if (rc == ASK_NEVER) {
			auth_ladder_skip(&rig->ladder, NULL);
			continue;
		}
		rig_add_try(text, size, try);
		auth_ladder_answer(&rig->ladder, AUTH_DENIED,
				   AUTH_CAN_PUBLICKEY);
	}
}

static void in_turn_a_key_is_asked_for_once_it_is_wanted(void **state)
{
	static const struct {
		const char *name, *files, *certs, *wanted;
		const char *answers[4];
		int batch;
		unsigned int asked;
		const char *tries, *msg;
	} cases[] = {
		/* clang-format off */
		{ "wanted", "/k/locked /k/one", "", "locked", { "secret" }, 0, 1,
		  "o:locked k:locked k:one", "2 keys were refused ('/k/locked', '/k/one')" },
		{ "not wanted", "/k/one /k/locked", "", "", { "secret" }, 0, 0,
		  "k:one o:locked", "2 keys were refused ('/k/one', '/k/locked')" },
		{ "wrong, then right", "/k/locked", "", "locked", { "a", "secret" }, 0, 2,
		  "o:locked k:locked", "1 key was refused ('/k/locked')" },
		{ "wrong", "/k/locked /k/one", "", "locked", { "a", "b", "c" }, 0, 3,
		  "o:locked k:one", "1 key was refused ('/k/one'); key '/k/locked' needs its passphrase" },
		{ "no answer", "/k/locked /k/one", "", "locked", { "" }, 0, 1,
		  "o:locked k:one", "1 key was refused ('/k/one'); key '/k/locked' needs its passphrase" },
		{ "unknown", "/k/one /k/opaque", "", "", { "secret" }, 0, 1,
		  "k:one k:opaque", "2 keys were refused ('/k/one', '/k/opaque')" },
		{ "batch mode", "/k/one /k/locked", "", "locked", { "secret" }, 1, 0,
		  "k:one", "1 key was refused ('/k/one'); key '/k/locked' needs its passphrase" },
		{ "a certificate", "/k/locked", "/c/locked", "c-locked", { "secret" }, 0, 1,
		  "o:c-locked k:c-locked k:locked", "2 keys were refused ('/c/locked', '/k/locked')" },
		{ "a certificate, in vain", "/k/locked", "/c/locked", "c-locked", { "" }, 0, 1,
		  "o:c-locked n", "key '/k/locked' needs its passphrase" },
		/* clang-format on */
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct person person = { .prompter.ops = &person_ops,
					 .answers = cases[i].answers };
		char text[128] = "";
		struct err err = { 0 };
		struct rig rig;

		rig_start(&rig, cases[i].files, NULL, &person.prompter);
		strvec_split(&rig.opts.certificate_files, cases[i].certs, " ");
		person.loop = rig.agent.loop;
		rig.opts.batch_mode = cases[i].batch;
		rig.opts.number_of_password_prompts = 3;
		auth_store_ask_in_turn(rig.store);
		auth_store_load(rig.store, &rig.opts);
		auth_ladder_init(&rig.ladder, rig.store, &rig.opts);
		climb_in_turn(&rig, cases[i].wanted, text, sizeof(text));
		if (strcmp(text, cases[i].tries) != 0)
			fail_msg("row '%s': %s, not %s", cases[i].name, text,
				 cases[i].tries);
		ROW(person.asked == cases[i].asked, cases[i].name);
		auth_ladder_error(&rig.ladder, &err);
		ROW(!strcmp(err.msg + strlen("Permission denied (publickey): "),
			    cases[i].msg),
		    cases[i].name);
		err_release(&err);
		rig_stop(&rig);
	}
}

static void a_question_ends_with_its_session(void **state)
{
	struct person person = { .prompter.ops = &person_ops };
	struct rig rig;

	(void)state;
	rig_start(&rig, "/k/opaque", NULL, &person.prompter);
	person.loop = rig.agent.loop;
	rig.opts.number_of_password_prompts = 3;
	auth_store_ask_in_turn(rig.store);
	auth_store_load(rig.store, &rig.opts);
	auth_ladder_init(&rig.ladder, rig.store, &rig.opts);
	assert_non_null(auth_ladder_next(&rig.ladder));
	assert_int_equal(auth_ladder_unlock(&rig.ladder, rig_wake, &rig),
			 ASK_WAIT);
	assert_int_equal(auth_ladder_unlock(&rig.ladder, rig_wake, &rig),
			 ASK_WAIT);
	auth_ladder_cancel(&rig.ladder, &rig);
	auth_ladder_cancel(&rig.ladder, &rig);
	assert_int_equal(person.cancelled, 1);
	rig_stop(&rig);
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
		rig.agent.answer_len = rig_make_list(rig.list, "locked");
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

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(passphrases_are_asked_for_as_ssh_does),
		cmocka_unit_test(in_turn_a_key_is_asked_for_once_it_is_wanted),
		cmocka_unit_test(a_question_ends_with_its_session),
		cmocka_unit_test(hosts_are_asked_for_in_any_order),
	};

	log_init("rsh", LOG_QUIET);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
