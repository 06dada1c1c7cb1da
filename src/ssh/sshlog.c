/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What ssh(1) says of itself.  The texts are those of OpenSSH 7 to 9.
 */
#include "ssh/sshlog.h"

#include <stddef.h>
#include <string.h>

#include "base/banned.h"

/* The first row that fits counts; `begins`: only at the line's beginning. */
static const struct row {
	const char *text;
	bool begins;
	enum sshlog_kind kind;
	enum err_code code;
} rows[] = {
	/* clang-format off */
	{ "debug1: ",                           true,  SSHLOG_DEBUG,   ERR_NONE     },
	{ "debug2: ",                           true,  SSHLOG_DEBUG,   ERR_NONE     },
	{ "debug3: ",                           true,  SSHLOG_DEBUG,   ERR_NONE     },
	{ "Authenticated to ",                  true,  SSHLOG_LOGIN,   ERR_NONE     },
	{ "Authenticated using ",               true,  SSHLOG_VERBOSE, ERR_NONE     },
	{ "Transferred: sent ",                 true,  SSHLOG_VERBOSE, ERR_NONE     },
	{ "Bytes per second: sent ",            true,  SSHLOG_VERBOSE, ERR_NONE     },
	{ "Killed by signal ",                  true,  SSHLOG_VERBOSE, ERR_NONE     },
	{ "Could not resolve hostname ",        false, SSHLOG_FAILURE, ERR_RESOLVE  },
	{ "Host key verification failed.",      true,  SSHLOG_FAILURE, ERR_HOSTKEY  },
	{ "Too many authentication failures",   false, SSHLOG_FAILURE, ERR_AUTH     },
	{ "Permission denied (",                false, SSHLOG_FAILURE, ERR_AUTH     },
	{ "ssh: connect to host ",              true,  SSHLOG_FAILURE, ERR_CONNECT  },
	{ "timed out during banner exchange",   false, SSHLOG_FAILURE, ERR_CONNECT  },
	{ "Unable to negotiate with ",          true,  SSHLOG_FAILURE, ERR_PROTOCOL },
	{ "Timeout, server ",                   true,  SSHLOG_FAILURE, ERR_LOST     },
	{ "closed by remote host.",             false, SSHLOG_FAILURE, ERR_LOST     },
	{ "client_loop: send disconnect: ",     true,  SSHLOG_FAILURE, ERR_LOST     },
	{ "request failed on channel ",         false, SSHLOG_FAILURE, ERR_CHANNEL  },
	{ "channel 0: open failed: ",           true,  SSHLOG_FAILURE, ERR_CHANNEL  },
	{ "kex_exchange_identification: ",      true,  SSHLOG_DROPPED, ERR_PROTOCOL },
	{ "ssh_exchange_identification: ",      true,  SSHLOG_DROPPED, ERR_PROTOCOL },
	{ "Received disconnect from ",          true,  SSHLOG_HINT,    ERR_PROTOCOL },
	{ "Disconnected from ",                 true,  SSHLOG_HINT,    ERR_PROTOCOL },
	{ "Connection closed by ",              true,  SSHLOG_HINT,    ERR_PROTOCOL },
	{ "Connection reset by ",               true,  SSHLOG_HINT,    ERR_PROTOCOL },
	{ "ssh_dispatch_run_fatal: ",           true,  SSHLOG_HINT,    ERR_PROTOCOL },
	{ "Bad packet length ",                 true,  SSHLOG_HINT,    ERR_PROTOCOL },
	/* clang-format on */
};

enum sshlog_kind sshlog_read(const char *line, enum err_code *code)
{
	*code = ERR_NONE;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *at = strstr(line, rows[i].text);

		if (!at || (rows[i].begins && at != line))
			continue;
		*code = rows[i].code;
		return rows[i].kind;
	}
	return SSHLOG_NOTE;
}
