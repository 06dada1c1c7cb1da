/* SPDX-License-Identifier: Apache-2.0 */
/* A session on the scripted driver, in virtual time, and who hears of it. */
#ifndef RSH_TESTS_LIB_SESSION_RIG_H
#define RSH_TESTS_LIB_SESSION_RIG_H

#include <stdbool.h>

#include "lib/fake_driver.h"
#include "lib/test.h"
#include "ssh/session.h"

/** Zeroed; what the session is to find set is set before it is opened. */
struct session_rig {
	struct loop *loop;
	struct session_env env; /* `drv` not set: driver_fake_local */
	struct target target;
	struct fake_log logs[2];
	struct session *session;
	bool poll; /* no turn waits: the test is the far end of something */
};

/** Begin a session with "h", whose `script` is borrowed. */
void session_rig_open(struct session_rig *rig, const struct fake_row *script,
		      const struct session_events *events, void *arg);
void session_rig_close(struct session_rig *rig);

void session_rig_turn(struct session_rig *rig);

#define SESSION_RIG_TURNS 20000 /* more than any test here takes */

/** Turn until `what` holds; the test fails when it never does. */
#define TURN_UNTIL(rig, what)                                                  \
	do {                                                                   \
		int turns = 0;                                                 \
		while (!(what)) {                                              \
			assert_true(turns++ < SESSION_RIG_TURNS);              \
			session_rig_turn(rig);                                 \
		}                                                              \
	} while (0)

/** For a struct session_events: those that no test here asks about. */
#define SESSION_RIG_UNHEARD                                                    \
	.phase = session_rig_phase, .held = session_rig_held,                  \
	.lost = session_rig_lost
void session_rig_phase(void *arg, enum phase p);
void session_rig_held(void *arg, bool held);
void session_rig_lost(void *arg, const struct err *why);

/** For any of the others. */
void session_rig_nothing(void *arg);

#endif /* RSH_TESTS_LIB_SESSION_RIG_H */
