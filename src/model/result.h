/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_MODEL_RESULT_H
#define RSH_MODEL_RESULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "model/copied.h"

/** How far a target is, for progress and for the Ctrl+C report. */
enum phase {
	PHASE_WAITING, /* not started */
	PHASE_CONNECTING,
	PHASE_AUTHENTICATING,
	PHASE_RUNNING,
	PHASE_DONE,
};

/** How far a log-in came. */
enum reached {
	REACHED_BEGIN,
	REACHED_HOST,  /* connected */
	REACHED_KEYS,  /* keys are exchanged */
	REACHED_LOGIN, /* logged in */
	NREACHED
};

enum outcome {
	OUTCOME_NONE = 0,  /* still going */
	OUTCOME_EXIT,	   /* the command ended; see status, 0 is success */
	OUTCOME_SIGNAL,	   /* it died of a signal */
	OUTCOME_NO_STATUS, /* it ended and the server did not say how */
	OUTCOME_ERROR,	   /* see err.code: resolve, connect ... lost, local */
	OUTCOME_CANCELLED, /* started, and ended by the user or by fail-fast */
	OUTCOME_SKIPPED,   /* never started */
};

/** What became of one target.  Made in one place, then read-only. */
struct result {
	enum outcome outcome;
	uint32_t status;    /* OUTCOME_EXIT: all 32 bits the server sent */
	const char *signal; /* OUTCOME_SIGNAL: "KILL"; static, from a fixed list
			       or "unknown" */
	bool core_dumped;
	struct err err; /* OUTCOME_ERROR; else empty */
	unsigned int attempts;
	uint64_t start_ns, end_ns;     /* loop_now(); 0 when never started */
	uint64_t bytes_out, bytes_err; /* received */
	uint64_t reached_ns[NREACHED]; /* by the last attempt; 0: not */
	bool copies;		       /* it is of a copy, which tells: */
	struct copied copied;	       /* and goes up while it runs */
};

enum exit_policy {
	EXIT_MAIN_RANK,
	EXIT_ALL,
	EXIT_CHECK,
	EXIT_MAX,
	EXIT_ONE,    /* one host, as ssh: 255 for signals and own failures */
	EXIT_PDSH,   /* 0 whatever happened to hosts */
	EXIT_PING,   /* 0: all, 1: some, 255: none */
	EXIT_PDSH_S, /* pdsh -S: the largest; a timeout counts 254 */
};

void result_release(struct result *r);

/** Whether the target did what it was asked: exit status 0. */
bool result_ok(const struct result *r);

/**
 * How long the last attempt took from the step before to `to`, in ns; -1: it
 * did not come so far.
 */
int64_t result_step_ns(const struct result *r, enum reached to);

/** One target's value as a process exit code, 0-255 (BEHAVIOUR section 6). */
int result_value(const struct result *r);

/** One word for what became of a target: "ok", "exit", "no-status", "connect"
 * ...  Static.
 */
const char *result_word(const struct result *r);

/**
 * The class a failure is summed up under: "exit 1", "signal KILL",
 * "connect", "no exit status" ...; "ok".  Static or in `buf` (32 bytes do).
 */
const char *result_class(const struct result *r, char *buf, size_t size);

/** PHASE_RUNNING: "running" ... Static. */
const char *phase_name(enum phase p);

/** The exit code of the program.  Pure; `main_rank` indexes `results`. */
int exit_code(enum exit_policy policy, const struct result *results, size_t n,
	      size_t main_rank);

/** The number of a signal named as in RFC 4254 6.10 ("TERM"); 0: unknown. */
int signal_number(const char *name);

/** The other way round: "TERM" for SIGTERM, else "unknown".  Static. */
const char *signal_name_of(int number);

/** The name as a static string when it is one of the RFC's, else "unknown". */
const char *signal_name_known(const char *name);

#endif /* RSH_MODEL_RESULT_H */
