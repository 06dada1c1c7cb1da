/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Questions about new keys, in virtual time: what is put together, in what
 * words, and whom an answer reaches.
 */
#include "ssh/hostkey_ask.h"

#include "lib/test.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "conf/fingerprint.h"
#include "lib/fake_prompter.h"

#define HOSTS 700

struct host {
	const char *doubt;
	struct fixture *f;
	struct target target;
	char name[32];
	struct hostkey_waiter waiter;
	char blob[32];
	struct kh_key key;
	enum hostkey_answer answer;
	unsigned int woken;
};

struct fixture {
	struct loop *loop;
	struct ssh_opts opts;
	struct fake_prompter person;
	struct hostkey_asker *asker;
	struct host hosts[HOSTS];
	uint64_t begin_ns;
};

static void ask(struct host *h)
{
	struct hostkey_seen seen = { .key = &h->key, .address = "" };
	struct err err = { 0 };

	h->answer = hostkey_ask(h->f->asker, &h->target, &seen, h->doubt,
				&h->waiter, &err);
	assert_int_equal(err.code,
			 h->answer == HOSTKEY_NO ? ERR_HOSTKEY : ERR_NONE);
	err_release(&err);
}

static void woken(void *arg)
{
	struct host *h = arg;

	h->woken++;
}

/* Host `i` is n<i>, of port 22; it shows the key number `key`. */
static struct host *host(struct fixture *f, unsigned int i, unsigned int key)
{
	struct host *h = &f->hosts[i];

	*h = (struct host){ .f = f };
	(void)snprintf(h->name, sizeof(h->name), "n%u", i);
	h->target = (struct target){
		.name = h->name,
		.alias = h->name,
		.host = h->name,
		.port = 22,
		.opts = &f->opts,
		.rank = i,
	};
	(void)snprintf(h->blob, sizeof(h->blob), "key %u", key);
	h->key = (struct kh_key){ "ssh-ed25519", h->blob, strlen(h->blob) };
	h->waiter.wake = woken;
	h->waiter.arg = h;
	return h;
}

static void open_fixture(struct fixture *f, bool many,
			 const char *const *answers)
{
	f->loop = loop_new_virtual(NULL);
	sshopts_init(&f->opts);
	sshopt_defaults(&f->opts);
	fake_prompter_init(&f->person, f->loop, answers);
	f->asker = hostkey_asker_new(f->loop, &f->person.prompter, many);
	f->begin_ns = loop_now(f->loop);
}

static uint64_t passed_ms(const struct fixture *f)
{
	return (loop_now(f->loop) - f->begin_ns) / 1000000;
}

static void run(struct fixture *f)
{
	struct err err = { 0 };

	assert_int_equal(loop_run(f->loop, &err), 0);
}

static void close_fixture(struct fixture *f)
{
	hostkey_asker_free(f->asker);
	fake_prompter_release(&f->person);
	sshopts_release(&f->opts);
	loop_free(f->loop);
}

/* Asked again after the wake, all of `n` hear the same. */
static void all_hear(struct fixture *f, unsigned int from, unsigned int n,
		     enum hostkey_answer answer)
{
	for (unsigned int i = from; i < from + n; i++) {
		assert_int_equal(f->hosts[i].woken, 1);
		ask(&f->hosts[i]);
		assert_int_equal(f->hosts[i].answer, answer);
	}
}

static char *print_of(const struct host *h)
{
	struct strbuf sb = STRBUF_INIT(256);

	kh_fingerprint(&h->key, FINGERPRINT_SHA256, &sb);
	return strbuf_detach(&sb, NULL);
}

static void many_are_put_as_one_list(void **state)
{
	static const struct {
		const char *answers[3];
		enum hostkey_answer answer;
		unsigned int asked;
	} rows[] = {
		{ { "yes" }, HOSTKEY_YES, 1 },
		{ { " Yes\r" }, HOSTKEY_YES, 1 },
		{ { "no" }, HOSTKEY_NO, 1 },
		{ { "" }, HOSTKEY_NO, 1 },
		{ { "y", "all", "no" }, HOSTKEY_NO, 3 },
		{ { NULL }, HOSTKEY_UNANSWERED, 1 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		static struct fixture f;
		char *prints[2];
		char *want;

		open_fixture(&f, true, rows[i].answers);
		/* two share a key; they come in any order */
		for (unsigned int j = 0; j < 50; j++) {
			unsigned int n = j * 7 % 50 + 1;

			ask(host(&f, n, n == 50 ? 2 : 1));
			assert_int_equal(f.hosts[n].answer, HOSTKEY_WAIT);
		}
		run(&f);
		assert_int_equal(f.person.asked, rows[i].asked);
		assert_int_equal(passed_ms(&f),
				 200 + rows[i].asked * FAKE_THINKS_MS);
		prints[0] = print_of(&f.hosts[1]);
		prints[1] = print_of(&f.hosts[50]);
		want = xasprintf("No key is known for 50 hosts.  They show:\n"
				 "  ssh-ed25519 %s n[1-49]\n"
				 "  ssh-ed25519 %s n50\n"
				 "Are these their keys (yes/no/each)? ",
				 prints[0], prints[1]);
		assert_string_equal(f.person.texts.v[0], want);
		if (rows[i].asked > 1)
			assert_string_equal(f.person.texts.v[1],
					    "Please answer yes, no or each: ");
		all_hear(&f, 1, 50, rows[i].answer);
		assert_int_equal(f.person.asked, rows[i].asked);
		free(prints[0]);
		free(prints[1]);
		free(want);
		close_fixture(&f);
	}
}

static void each_asks_one_after_the_other(void **state)
{
	static const char *const answers[] = { "each", "yes", "no", "yes",
					       NULL };
	static struct fixture f;

	(void)state;
	open_fixture(&f, true, answers);
	for (unsigned int i = 0; i < 3; i++)
		ask(host(&f, i, i));
	run(&f);
	assert_int_equal(f.person.asked, 4);
	for (unsigned int i = 0; i < 3; i++) {
		char *start = xasprintf("No key is known for 'n%u'.\n", i);

		assert_int_equal(
			strncmp(f.person.texts.v[i + 1], start, strlen(start)),
			0);
		all_hear(&f, i, 1, i == 1 ? HOSTKEY_NO : HOSTKEY_YES);
		free(start);
	}
	close_fixture(&f);
}

/* Asked about before the list, and told what speaks against it. */
static void a_doubt_is_on_no_list(void **state)
{
	static const char *const answers[] = { "yes", "yes", NULL };
	static struct fixture f;

	(void)state;
	open_fixture(&f, true, answers);
	for (unsigned int i = 0; i < 3; i++) {
		host(&f, i, i)->doubt = i == 1 ? "its address is odd" : NULL;
		ask(&f.hosts[i]);
	}
	run(&f);
	assert_int_equal(f.person.asked, 2);
	assert_string_equal(
		f.person.texts.v[0],
		"WARNING: its address is odd.\nIs that its key (yes/no/[fingerprint])? ");
	assert_non_null(strstr(f.person.texts.v[1], " 2 hosts"));
	for (unsigned int i = 0; i < 3; i++)
		all_hear(&f, i, 1, HOSTKEY_YES);
	close_fixture(&f);
}

static void a_single_one_is_no_list(void **state)
{
	(void)state;
	for (int many = 0; many < 2; many++) {
		static const char *const answers[] = { "yes", NULL };
		static struct fixture f;

		open_fixture(&f, many, answers);
		ask(host(&f, 3, 3));
		run(&f);
		assert_int_equal(passed_ms(&f),
				 (many ? 200 : 0) + FAKE_THINKS_MS);
		assert_non_null(strstr(f.person.texts.v[0],
				       "(yes/no/[fingerprint])? "));
		all_hear(&f, 3, 1, HOSTKEY_YES);
		close_fixture(&f);
	}
}

struct drip {
	struct timer timer;
	struct fixture *f;
	unsigned int next, end;
	uint64_t every_ms;
};

static void one_more(struct timer *t)
{
	struct drip *d = container_of(t, struct drip, timer);

	ask(host(d->f, d->next, d->next));
	if (++d->next < d->end)
		timer_start(d->f->loop, &d->timer, d->every_ms, one_more);
}

/* They come every 150 ms for 6 s: the first list is not kept for all. */
static void a_list_does_not_wait_for_ever(void **state)
{
	static const char *const answers[] = { "yes", "no", NULL };
	static struct fixture f;
	struct drip d = { .f = &f, .end = 40, .every_ms = 150 };

	(void)state;
	open_fixture(&f, true, answers);
	timer_start(f.loop, &d.timer, 0, one_more);
	run(&f);
	assert_int_equal(f.person.asked, 2);
	all_hear(&f, 0, 14, HOSTKEY_YES);
	all_hear(&f, 14, 26, HOSTKEY_NO);
	close_fixture(&f);
}

static unsigned int lines(const char *text)
{
	unsigned int n = 0;

	for (; *text; text++)
		n += *text == '\n';
	return n;
}

/* What a person can look through, and a program's argument can hold. */
static void a_list_has_an_end(void **state)
{
	static const char *const answers[] = { "yes", "yes", "yes", "no",
					       NULL };
	static struct fixture f;

	(void)state;
	open_fixture(&f, true, answers);
	f.opts.visual_host_key = 1;
	for (unsigned int i = 0; i < HOSTS; i++)
		ask(host(&f, i, i));
	run(&f);
	assert_int_equal(f.person.asked, 4);
	for (unsigned int i = 0; i < 4; i++) {
		assert_true(strlen(f.person.texts.v[i]) < (size_t)120 * 1024);
		/* a line and 11 of the picture for each */
		assert_int_equal(lines(f.person.texts.v[i]),
				 1 + 12 * (i < 3 ? 200 : 100));
	}
	all_hear(&f, 0, 600, HOSTKEY_YES);
	all_hear(&f, 600, 100, HOSTKEY_NO);
	close_fixture(&f);
}

/* Names so long that a list of them is too long: they are asked singly. */
static void names_too_long_for_a_list(void **state)
{
	static const char *const answers[] = { "yes", "no", NULL };
	static struct fixture f;
	static char alias[2][70 * 1024];
	struct ssh_opts opts[2];

	(void)state;
	open_fixture(&f, true, answers);
	for (unsigned int i = 0; i < 2; i++) {
		struct host *h = host(&f, i, i);

		memset(alias[i], 'a' + (int)i, sizeof(alias[i]) - 1);
		opts[i] = f.opts;
		opts[i].host_key_alias = alias[i];
		h->target.opts = &opts[i];
		ask(h);
	}
	run(&f);
	assert_int_equal(f.person.asked, 2);
	all_hear(&f, 0, 1, HOSTKEY_YES);
	all_hear(&f, 1, 1, HOSTKEY_NO);
	close_fixture(&f);
}

static void turn_until_asked(struct fixture *f)
{
	struct err err = { 0 };

	while (!f->person.open)
		assert_true(loop_turn(f->loop, true, &err) >= 0);
}

static void who_gives_up_is_not_woken(void **state)
{
	static const char *const answers[] = { "yes", "no", NULL };
	static struct fixture f;

	(void)state;
	open_fixture(&f, true, answers);
	for (unsigned int i = 0; i < 3; i++)
		ask(host(&f, i, i));
	hostkey_ask_cancel(f.asker, &f.hosts[0].waiter); /* not yet shown */
	hostkey_ask_cancel(f.asker, &f.hosts[0].waiter);
	turn_until_asked(&f);
	hostkey_ask_cancel(f.asker, &f.hosts[1].waiter); /* one of the list */
	assert_int_equal(f.person.cancelled, 0);
	ask(host(&f, 4, 4)); /* for the next prompt */
	ask(host(&f, 5, 5));
	hostkey_ask_cancel(f.asker, &f.hosts[2].waiter); /* the last of it */
	assert_int_equal(f.person.cancelled, 1);
	run(&f);
	assert_int_equal(f.person.asked, 2);
	assert_non_null(strstr(f.person.texts.v[1], "for 2 hosts."));
	for (unsigned int i = 0; i < 3; i++)
		assert_int_equal(f.hosts[i].woken, 0);
	all_hear(&f, 4, 2, HOSTKEY_YES);
	/* one who asks again after that begins anew */
	ask(&f.hosts[1]);
	run(&f);
	all_hear(&f, 1, 1, HOSTKEY_NO);
	close_fixture(&f);
}

/* An answer is for a name and a key: another key is another question. */
static void another_key_is_another_question(void **state)
{
	static const char *const answers[] = { "yes", "no", NULL };
	static struct fixture f;

	(void)state;
	open_fixture(&f, true, answers);
	ask(host(&f, 1, 1));
	run(&f);
	all_hear(&f, 1, 1, HOSTKEY_YES);
	ask(host(&f, 1, 2));
	assert_int_equal(f.hosts[1].answer, HOSTKEY_WAIT);
	run(&f);
	all_hear(&f, 1, 1, HOSTKEY_NO);
	close_fixture(&f);
}

static void nobody_to_ask(void **state)
{
	static struct fixture f;
	struct host *h;
	struct hostkey_seen seen = { .address = "" };
	struct err err = { 0 };

	(void)state;
	open_fixture(&f, true, NULL);
	h = host(&f, 1, 1);
	seen.key = &h->key;
	assert_int_equal(
		hostkey_ask(NULL, &h->target, &seen, NULL, &h->waiter, &err),
		HOSTKEY_UNANSWERED);
	assert_int_equal(err.code, ERR_NONE);
	close_fixture(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(many_are_put_as_one_list),
		cmocka_unit_test(each_asks_one_after_the_other),
		cmocka_unit_test(a_doubt_is_on_no_list),
		cmocka_unit_test(a_single_one_is_no_list),
		cmocka_unit_test(a_list_does_not_wait_for_ever),
		cmocka_unit_test(a_list_has_an_end),
		cmocka_unit_test(names_too_long_for_a_list),
		cmocka_unit_test(who_gives_up_is_not_woken),
		cmocka_unit_test(another_key_is_another_question),
		cmocka_unit_test(nobody_to_ask),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
