/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_TESTS_LIB_COPY_RIG_H
#define RSH_TESTS_LIB_COPY_RIG_H

#include "lib/sftp_server.h"
#include "op/copy.h"

/** A copy of one host, "h1", with the system's sftp-server at the other end:
 *  both are in one new folder, which is where the test runs. */
struct copy_rig {
	struct copy c;
	struct copied copied;
	struct copy_spec spec;
	struct sftp_server server;
	struct strbuf told; /* "o:" or "e:", the line, ";" */
	char dir[64];
};

/** The system may have no server: that is found by copy_rig_start(). */
void copy_rig_init(struct copy_rig *r);

/** A server that has not this request or extension; before the start. */
void copy_rig_deny(struct copy_rig *r, const char *request);

/** Until calls can be made.  The test is skipped where there is no server. */
void copy_rig_start(struct copy_rig *r);

/** Send what there is, and take what comes. */
void copy_rig_turn(struct copy_rig *r);

/** The folder has to be empty by now. */
void copy_rig_release(struct copy_rig *r);

/** A file with this text. */
void copy_rig_file(const char *path, const char *text);

#endif /* RSH_TESTS_LIB_COPY_RIG_H */
