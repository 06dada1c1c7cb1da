/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Results as JSON, the same in every place.
 */
#include "out/result_json.h"

#include <stdbool.h>
#include <string.h>

#include "base/json.h"
#include "base/banned.h"

#define NS_PER_MS 1000000u

/* Classes that a run can have: two of commands, errors, and four of others. */
#define CLASSES_MAX 32

static void put_step(struct strbuf *sb, const char *member,
		     const struct result *r, enum reached to)
{
	int64_t us = result_step_ns(r, to);

	strbuf_addstr(sb, member);
	if (us < 0) {
		strbuf_addstr(sb, "null");
		return;
	}
	us /= NS_PER_MS / 1000;
	strbuf_addf(sb, "%lld.%03d", (long long)us / 1000, (int)(us % 1000));
}

static void put_times(struct strbuf *sb, const struct result *r)
{
	strbuf_addf(sb, ",\"attempts\":%u,\"ms\":", r->attempts);
	if (r->start_ns && r->end_ns >= r->start_ns)
		strbuf_addf(sb, "%llu",
			    (unsigned long long)(r->end_ns - r->start_ns) /
				    NS_PER_MS);
	else
		strbuf_addstr(sb, "null");
	put_step(sb, ",\"connect_ms\":", r, REACHED_HOST);
	put_step(sb, ",\"exchange_ms\":", r, REACHED_KEYS);
	put_step(sb, ",\"login_ms\":", r, REACHED_LOGIN);
	strbuf_addf(sb, ",\"stdout_bytes\":%llu,\"stderr_bytes\":%llu",
		    (unsigned long long)r->bytes_out,
		    (unsigned long long)r->bytes_err);
	if (r->copies)
		strbuf_addf(sb, ",\"files\":%llu,\"bytes\":%llu",
			    (unsigned long long)r->copied.files,
			    (unsigned long long)r->copied.bytes);
}

void result_json(struct strbuf *sb, const struct target *t,
		 const struct result *r)
{
	strbuf_addstr(sb, "\"host\":");
	json_text(sb, t->name);
	strbuf_addf(sb, ",\"index\":%u,\"class\":\"%s\",\"status\":", t->rank,
		    result_word(r));
	if (r->outcome == OUTCOME_EXIT)
		strbuf_addf(sb, "%lu", (unsigned long)r->status);
	else
		strbuf_addstr(sb, "null");
	strbuf_addstr(sb, ",\"signal\":");
	if (r->outcome == OUTCOME_SIGNAL)
		json_text(sb, r->signal);
	else
		strbuf_addstr(sb, "null");
	strbuf_addstr(sb, ",\"error\":");
	if (r->err.msg)
		json_text(sb, r->err.msg);
	else
		strbuf_addstr(sb, "null");
	strbuf_addf(sb, ",\"value\":%d", result_value(r));
	put_times(sb, r);
}

struct class_count {
	const char *name;
	size_t n;
};

static void count(struct class_count *counts, size_t *n, const char *name)
{
	size_t i = 0;

	while (i < *n && strcmp(counts[i].name, name) != 0)
		i++;
	if (i == CLASSES_MAX)
		return;
	if (i == *n)
		counts[(*n)++] = (struct class_count){ .name = name };
	counts[i].n++;
}

void result_json_summary(struct strbuf *sb, const struct job_stats *st)
{
	struct class_count counts[CLASSES_MAX];
	size_t n = 0, ok = 0;

	for (size_t i = 0; i < st->ntargets; i++) {
		ok += result_ok(&st->results[i]);
		count(counts, &n, result_word(&st->results[i]));
	}
	strbuf_addf(sb, "\"hosts\":%zu,\"ok\":%zu,\"failed\":%zu,\"classes\":{",
		    st->ntargets, ok, st->ntargets - ok);
	for (size_t i = 0; i < n; i++)
		strbuf_addf(sb, "%s\"%s\":%zu", i ? "," : "", counts[i].name,
			    counts[i].n);
	strbuf_addstr(sb, "},\"signal\":");
	if (st->user_signal)
		json_text(sb, signal_name_of(st->user_signal));
	else
		strbuf_addstr(sb, "null");
}
