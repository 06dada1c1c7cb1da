/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_BASE_LOGSYS_H
#define RSH_BASE_LOGSYS_H

/**
 * The system's log, for log.c alone: <syslog.h> has the names of log.h's
 * levels for numbers of its own.
 */
enum logsys_severity {
	LOGSYS_CRITICAL,
	LOGSYS_ERROR,
	LOGSYS_WARNING,
	LOGSYS_INFO,
	LOGSYS_DEBUG,
};

/** `ident` is borrowed; `facility` as log_syslog() has it. */
void logsys_open(const char *ident, unsigned int facility);

void logsys_write(enum logsys_severity severity, const char *text);

void logsys_close(void);

#endif /* RSH_BASE_LOGSYS_H */
