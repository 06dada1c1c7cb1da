/* SPDX-License-Identifier: Apache-2.0 */
#include "ssh/sshlog.h"

#include "lib/test.h"

static void lines_tell_what_they_tell(void **state)
{
	static const struct {
		const char *line;
		enum sshlog_kind kind;
		enum err_code code;
	} cases[] = {
		/* clang-format off */
		{ "Authenticated to n1 ([127.0.0.1]:22) using \"publickey\".", SSHLOG_LOGIN, ERR_NONE },
		{ "Transferred: sent 2040, received 2240 bytes, in 0.0 seconds", SSHLOG_VERBOSE, ERR_NONE },
		{ "Bytes per second: sent 43517.0, received 47783.4", SSHLOG_VERBOSE, ERR_NONE },
		{ "Killed by signal 15.", SSHLOG_VERBOSE, ERR_NONE },
		{ "debug1: Authenticated to n1", SSHLOG_DEBUG, ERR_NONE },
		{ "debug3: Permission denied (x)", SSHLOG_DEBUG, ERR_NONE },
		{ "ssh: Could not resolve hostname n1: Name or service not known", SSHLOG_FAILURE, ERR_RESOLVE },
		{ "ssh: connect to host n1 port 22: Connection refused", SSHLOG_FAILURE, ERR_CONNECT },
		{ "Connection timed out during banner exchange", SSHLOG_FAILURE, ERR_CONNECT },
		{ "Host key verification failed.", SSHLOG_FAILURE, ERR_HOSTKEY },
		{ "adm@n1: Permission denied (publickey,password).", SSHLOG_FAILURE, ERR_AUTH },
		{ "Received disconnect from 127.0.0.1 port 22:2: Too many authentication failures", SSHLOG_FAILURE, ERR_AUTH },
		{ "Unable to negotiate with 127.0.0.1 port 22: no matching cipher found. Their offer: x", SSHLOG_FAILURE, ERR_PROTOCOL },
		{ "exec request failed on channel 0", SSHLOG_FAILURE, ERR_CHANNEL },
		{ "channel 0: open failed: administratively prohibited: no", SSHLOG_FAILURE, ERR_CHANNEL },
		{ "Timeout, server n1 not responding.", SSHLOG_FAILURE, ERR_LOST },
		{ "Connection to n1 closed by remote host.", SSHLOG_FAILURE, ERR_LOST },
		{ "client_loop: send disconnect: Broken pipe", SSHLOG_FAILURE, ERR_LOST },
		{ "kex_exchange_identification: Connection closed by remote host", SSHLOG_DROPPED, ERR_PROTOCOL },
		{ "Connection closed by 127.0.0.1 port 22", SSHLOG_HINT, ERR_PROTOCOL },
		{ "Disconnected from 127.0.0.1 port 22", SSHLOG_HINT, ERR_PROTOCOL },
		{ "Warning: Permanently added 'n1' (ED25519) to the list of known hosts.", SSHLOG_NOTE, ERR_NONE },
		{ "Not Authenticated to n1", SSHLOG_NOTE, ERR_NONE },
		{ "", SSHLOG_NOTE, ERR_NONE },
		/* clang-format on */
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		enum err_code code = ERR_CANCELLED;

		if (sshlog_read(cases[i].line, &code) != cases[i].kind ||
		    code != cases[i].code)
			fail_msg("'%s'", cases[i].line);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_tell_what_they_tell),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
