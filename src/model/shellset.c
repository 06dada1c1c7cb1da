/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who of many shells gets what is typed.
 */
#include "model/shellset.h"

#include <assert.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/gettext.h"

#include "base/banned.h"

void shellset_init(struct shellset *s, size_t n)
{
	*s = (struct shellset){
		.hosts = xcalloc(n, sizeof(*s->hosts)),
		.n = n,
		.focus = SHELLSET_NONE,
	};
	for (size_t i = 0; i < n; i++)
		s->hosts[i].chosen = true;
}

void shellset_release(struct shellset *s)
{
	free(s->hosts);
	*s = (struct shellset){ 0 };
}

static bool is_up(const struct shellset *s, size_t rank)
{
	return s->hosts[rank].state == SHELL_UP;
}

void shellset_connecting(struct shellset *s, size_t rank)
{
	shellset_gone(s, rank);
	s->hosts[rank].state = SHELL_CONNECTING;
}

void shellset_up(struct shellset *s, size_t rank, bool verified)
{
	struct shellset_host *h = &s->hosts[rank];

	assert(rank < s->n);
	h->state = SHELL_UP;
	h->unverified = !verified;
	h->asks = false;
}

void shellset_gone(struct shellset *s, size_t rank)
{
	assert(rank < s->n);
	s->hosts[rank].state = SHELL_GONE;
	s->hosts[rank].asks = false;
	if (s->focus == rank)
		s->focus = SHELLSET_NONE;
}

void shellset_asks(struct shellset *s, size_t rank, bool asks)
{
	assert(rank < s->n);
	s->hosts[rank].asks = asks && is_up(s, rank);
}

/* ---- who is chosen ---- */

static void choose(struct shellset_host *h, bool chosen, bool named)
{
	h->chosen = chosen;
	h->named = chosen && named;
}

void shellset_all(struct shellset *s)
{
	s->kept = false;
	for (size_t i = 0; i < s->n; i++)
		choose(&s->hosts[i], true, false);
}

static void choose_none(struct shellset *s)
{
	for (size_t i = 0; i < s->n; i++)
		choose(&s->hosts[i], false, false);
}

void shellset_only(struct shellset *s, const size_t *ranks, size_t n)
{
	choose_none(s);
	shellset_add(s, ranks, n);
}

void shellset_add(struct shellset *s, const size_t *ranks, size_t n)
{
	s->kept = false;
	for (size_t i = 0; i < n; i++)
		choose(&s->hosts[ranks[i]], true, true);
}

void shellset_drop(struct shellset *s, const size_t *ranks, size_t n)
{
	s->kept = false;
	for (size_t i = 0; i < n; i++)
		choose(&s->hosts[ranks[i]], false, false);
}

size_t shellset_only_asking(struct shellset *s)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n; i++)
		n += s->hosts[i].asks;
	for (size_t i = 0; n && i < s->n; i++) {
		struct shellset_host *h = &s->hosts[i];

		if (!s->kept) {
			h->was_chosen = h->chosen;
			h->was_named = h->named;
		}
		choose(h, h->asks, true);
	}
	s->kept |= n != 0;
	return n;
}

void shellset_restore(struct shellset *s)
{
	for (size_t i = 0; s->kept && i < s->n; i++)
		choose(&s->hosts[i], s->hosts[i].was_chosen,
		       s->hosts[i].was_named);
	s->kept = false;
}

/* SHELLSET_NONE: there are none, or several. */
static size_t only_chosen(const struct shellset *s)
{
	size_t found = SHELLSET_NONE;

	for (size_t i = 0; i < s->n; i++) {
		if (!s->hosts[i].chosen || !is_up(s, i))
			continue;
		if (found != SHELLSET_NONE)
			return SHELLSET_NONE;
		found = i;
	}
	return found;
}

bool shellset_next(struct shellset *s)
{
	size_t now = only_chosen(s);
	size_t from = now == SHELLSET_NONE ? 0 : now + 1;

	for (size_t i = 0; i < s->n; i++) {
		size_t rank = (from + i) % s->n;

		if (!is_up(s, rank))
			continue;
		shellset_only(s, &rank, 1);
		return true;
	}
	return false;
}

bool shellset_focus(struct shellset *s, size_t rank)
{
	if (rank != SHELLSET_NONE && !is_up(s, rank))
		return false;
	s->focus = rank;
	return true;
}

/* ---- who gets it ---- */

bool shellset_trusts(const struct shellset *s, size_t rank)
{
	const struct shellset_host *h = &s->hosts[rank];

	return !h->unverified || (h->named && only_chosen(s) == rank);
}

bool shellset_takes_signal(const struct shellset *s, size_t rank)
{
	const struct shellset_host *h = &s->hosts[rank];

	if (h->state != SHELL_UP)
		return false;
	if (s->focus != SHELLSET_NONE)
		return s->focus == rank;
	if (!h->chosen)
		return false;
	return shellset_trusts(s, rank);
}

bool shellset_takes(const struct shellset *s, size_t rank)
{
	const struct shellset_host *h = &s->hosts[rank];

	if (!shellset_takes_signal(s, rank))
		return false;
	if (s->focus != SHELLSET_NONE)
		return true;
	return h->asks ? h->named : !s->kept;
}

bool shellset_hears_all(const struct shellset *s, size_t rank)
{
	const struct shellset_host *h = &s->hosts[rank];

	return h->state == SHELL_UP && !h->asks && !h->unverified;
}

bool shellset_secret(const struct shellset *s)
{
	bool any = false;

	for (size_t i = 0; i < s->n; i++) {
		if (!shellset_takes(s, i))
			continue;
		if (!s->hosts[i].asks)
			return false;
		any = true;
	}
	return any;
}

bool shellset_takes_secret(const struct shellset *s, size_t rank)
{
	return s->hosts[rank].asks && shellset_takes(s, rank);
}

void shellset_count(const struct shellset *s, struct shellset_count *c)
{
	*c = (struct shellset_count){ .total = s->n };
	for (size_t i = 0; i < s->n; i++) {
		const struct shellset_host *h = &s->hosts[i];

		switch (h->state) {
		case SHELL_CONNECTING:
			c->connecting++;
			continue;
		case SHELL_GONE:
			c->gone++;
			continue;
		case SHELL_UP:
			c->up++;
			break;
		}
		c->takes += shellset_takes(s, i);
		c->asks += h->asks;
		c->unsure += h->unverified;
		c->aside += !h->chosen;
	}
}

const char *shellset_word(const struct shellset *s, size_t rank)
{
	const struct shellset_host *h = &s->hosts[rank];

	switch (h->state) {
	case SHELL_CONNECTING:
		return _("connecting");
	case SHELL_GONE:
		return _("gone");
	case SHELL_UP:
		break;
	}
	if (s->focus == rank)
		return _("focus");
	if (h->asks)
		return shellset_takes(s, rank) ? _("password, active")
					       : _("password");
	if (h->unverified)
		return shellset_takes(s, rank) ? _("unverified, active")
					       : _("unverified");
	return shellset_takes(s, rank) ? _("active") : _("aside");
}
