/* SPDX-License-Identifier: Apache-2.0 */
#include "base/logsys.h"

#include "lib/test.h"

#include <stdarg.h>
#include <stdio.h>
#include <syslog.h>

static int facility, priority;
static char text[64];

void __wrap_openlog(const char *ident, int option, int f);
void __wrap_syslog(int p, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void __wrap___syslog_chk(int p, int flag, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

void __wrap_openlog(const char *ident, int option, int f)
{
	assert_string_equal(ident, "rsh");
	assert_int_equal(option, LOG_PID);
	facility = f;
}

void __wrap_syslog(int p, const char *format, ...)
{
	va_list ap;

	priority = p;
	va_start(ap, format);
	(void)vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
}

/* What a fortified syslog() becomes. */
void __wrap___syslog_chk(int p, int flag, const char *format, ...)
{
	va_list ap;

	(void)flag;
	priority = p;
	va_start(ap, format);
	(void)vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
}

static void facilities_are_in_the_order_of_the_keyword(void **state)
{
	static const int rows[] = { LOG_DAEMON,	  LOG_USER,   LOG_AUTH,
				    LOG_AUTHPRIV, LOG_LOCAL0, LOG_LOCAL1,
				    LOG_LOCAL2,	  LOG_LOCAL3, LOG_LOCAL4,
				    LOG_LOCAL5,	  LOG_LOCAL6, LOG_LOCAL7 };

	(void)state;
	for (unsigned int i = 0; i < COUNT(rows); i++) {
		logsys_open("rsh", i);
		assert_int_equal(facility, rows[i]);
		logsys_close();
	}
}

static void severities_are_those_of_ssh(void **state)
{
	static const int rows[] = { LOG_CRIT, LOG_ERR, LOG_WARNING, LOG_INFO,
				    LOG_DEBUG };

	(void)state;
	for (unsigned int i = 0; i < COUNT(rows); i++) {
		logsys_write((enum logsys_severity)i, "100%s");
		assert_int_equal(priority, rows[i]);
		assert_string_equal(text, "100%s");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(facilities_are_in_the_order_of_the_keyword),
		cmocka_unit_test(severities_are_those_of_ssh),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
