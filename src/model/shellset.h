/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_MODEL_SHELLSET_H
#define RSH_MODEL_SHELLSET_H

#include <stdbool.h>
#include <stddef.h>

/**
 * Shells of many hosts, by rank, and who of them gets what is typed.  Pure.
 *
 *   CONNECTING -> UP -> GONE
 *        ^               |
 *        +---------------+  connected anew
 *
 * A host gets what is typed if its shell is UP and it is chosen: by its name,
 * or with all.  Not so, unless it was chosen by its name, where the shell asks
 * for a password, and where it is not known whose key the host has shown; the
 * latter gets nothing either as long as it is not the only one.  While one
 * host has the focus, that gets all and no other anything.
 */
enum shell_state {
	SHELL_CONNECTING,
	SHELL_UP,
	SHELL_GONE, /* it has ended, or the host was lost or never reached */
};

/** All members are for reading. */
struct shellset_host {
	enum shell_state state;
	bool chosen;
	bool named;		    /* chosen by its name */
	bool unverified;	    /* its key was not known */
	bool asks;		    /* for a password */
	bool was_chosen, was_named; /* private */
};

#define SHELLSET_NONE ((size_t)-1)

struct shellset {
	struct shellset_host *hosts; /* by rank */
	size_t n;
	size_t focus; /* a rank, or SHELLSET_NONE */
	bool kept;    /* private: there is another choice to go back to */
};

/** All are CONNECTING, and chosen. */
void shellset_init(struct shellset *s, size_t n);
void shellset_release(struct shellset *s);

/** What becomes of one.  One that is GONE loses the focus. */
void shellset_connecting(struct shellset *s, size_t rank);
void shellset_up(struct shellset *s, size_t rank, bool verified);
void shellset_gone(struct shellset *s, size_t rank);
void shellset_asks(struct shellset *s, size_t rank, bool asks);

/**
 * Choose all; these only, by their names; these besides; all but these.  The
 * state of a host is no matter: it counts when the line is typed.  O(n).
 */
void shellset_all(struct shellset *s);
void shellset_only(struct shellset *s, const size_t *ranks, size_t n);
void shellset_add(struct shellset *s, const size_t *ranks, size_t n);
void shellset_drop(struct shellset *s, const size_t *ranks, size_t n);

/**
 * Choose by their names those that ask for a password, until the choice that
 * stands now is restored or another made.  Who of them asks no longer gets
 * nothing: the rest of a password would be seen there, or run.  How many; none
 * changes nothing.
 */
size_t shellset_only_asking(struct shellset *s);
void shellset_restore(struct shellset *s);

/**
 * Choose the first one that is UP behind the only one that is chosen now, or
 * the first of all; false: none is UP.  O(n).
 */
bool shellset_next(struct shellset *s);

/** Give one the focus, which has to be UP; or nobody, with SHELLSET_NONE.
 *  False: it is not UP. */
bool shellset_focus(struct shellset *s, size_t rank);

/** Whether a host gets what is typed now.  O(n) for one that is unverified. */
bool shellset_takes(const struct shellset *s, size_t rank);

/**
 * Whether it gets Ctrl+C, Ctrl+Z and Ctrl+\\: as before, but a question for a
 * password keeps none of them away, as they are no text.
 */
bool shellset_takes_signal(const struct shellset *s, size_t rank);

/**
 * Whether it would get a line to all, whoever is chosen: UP, verified, and not
 * at a password.
 */
bool shellset_hears_all(const struct shellset *s, size_t rank);

/**
 * Whether one that is chosen may get what several get: its key was known for
 * sure, or it is the only one, chosen by its name.  O(n) for one that is
 * unverified.
 */
bool shellset_trusts(const struct shellset *s, size_t rank);

/**
 * Whether what is typed is not to be seen: it goes to hosts that ask for a
 * password, and to no others.
 */
bool shellset_secret(const struct shellset *s);

/** Whether a host gets it then: it still asks. */
bool shellset_takes_secret(const struct shellset *s, size_t rank);

/** How many there are of each kind. */
struct shellset_count {
	size_t total;
	size_t connecting, up, gone;
	size_t takes;  /* get what is typed */
	size_t asks;   /* UP, and at a password */
	size_t unsure; /* UP, and unverified */
	size_t aside;  /* UP, but not chosen */
};
void shellset_count(const struct shellset *s, struct shellset_count *c);

/** A word for what a host is now: "active", "aside" ... */
const char *shellset_word(const struct shellset *s, size_t rank);

#endif /* RSH_MODEL_SHELLSET_H */
