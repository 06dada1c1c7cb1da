/* SPDX-License-Identifier: Apache-2.0 */
/*
 * syslog(3).
 *
 * Notes: it waits while the system's log takes no more.
 */
#include "base/logsys.h"

#include <assert.h>
#include <stddef.h>
#include <syslog.h>

#include "base/banned.h"

/* The words of SyslogFacility in ssh_config(5), in the order of its table. */
static const int facilities[] = {
	LOG_DAEMON, LOG_USER,	LOG_AUTH,   LOG_AUTHPRIV,
	LOG_LOCAL0, LOG_LOCAL1, LOG_LOCAL2, LOG_LOCAL3,
	LOG_LOCAL4, LOG_LOCAL5, LOG_LOCAL6, LOG_LOCAL7,
};

static const int severities[] = {
	[LOGSYS_CRITICAL] = LOG_CRIT,	[LOGSYS_ERROR] = LOG_ERR,
	[LOGSYS_WARNING] = LOG_WARNING, [LOGSYS_INFO] = LOG_INFO,
	[LOGSYS_DEBUG] = LOG_DEBUG,
};

void logsys_open(const char *ident, unsigned int facility)
{
	assert(facility < sizeof(facilities) / sizeof(facilities[0]));
	openlog(ident, LOG_PID, facilities[facility]);
}

void logsys_write(enum logsys_severity severity, const char *text)
{
	syslog(severities[severity], "%s", text);
}

void logsys_close(void)
{
	closelog();
}
