/* SPDX-License-Identifier: Apache-2.0 */
#include "ssh/driver_libssh_err.h"

#include "lib/test.h"

static void failures_are_put_for_people(void **state)
{
	static const struct {
		const char *text;
		enum libssh_stage stage;
		enum err_code code;
		const char *msg;
	} cases[] = {
		/* clang-format off */
		{ "Socket error: disconnected", STAGE_IDENT, ERR_PROTOCOL,
		  "connection closed by remote host before it identified itself" },
		{ "Socket error: disconnected", STAGE_KEX, ERR_PROTOCOL,
		  "connection closed by remote host during key exchange" },
		{ "Socket error: disconnected", STAGE_AUTH, ERR_LOST,
		  "connection closed by remote host during authentication" },
		{ "Socket error: disconnected", STAGE_OPEN, ERR_LOST,
		  "connection closed by remote host" },
		{ "Socket error: Connection reset by peer", STAGE_IDENT, ERR_PROTOCOL,
		  "connection reset by remote host before it identified itself" },
		{ "Connection reset by peer", STAGE_IDENT, ERR_PROTOCOL,
		  "connection reset by remote host before it identified itself" },
		{ "Success", STAGE_IDENT, ERR_PROTOCOL,
		  "connection closed by remote host before it identified itself" },
		{ "Socket error: Broken pipe", STAGE_OPEN, ERR_LOST,
		  "connection reset by remote host" },
		{ "Socket error: No route to host", STAGE_OPEN, ERR_LOST,
		  "connection lost: No route to host" },
		{ "Received SSH_MSG_DISCONNECT: 2:Too many authentication failures", STAGE_AUTH, ERR_AUTH,
		  "too many authentication failures: with IdentitiesOnly=yes only the keys of IdentityFile are offered" },
		{ "Received SSH_MSG_DISCONNECT: 11:bye \033]0;x\007", STAGE_OPEN, ERR_LOST,
		  "disconnected by remote host: bye \\033]0;x\\007" },
		{ "Received SSH_MSG_DISCONNECT: ", STAGE_KEX, ERR_PROTOCOL,
		  "disconnected by remote host: " },
		{ "kex error : no match for method kex algos: server [a,b\033], client [c]", STAGE_KEX, ERR_PROTOCOL,
		  "no matching key exchange method found; their offer: a,b\\033; --ssh-program may have one" },
		{ "kex error : no match for method kex algos: server [curve25519-sha256,ext-info-s,kex-strict-s-v00@openssh.com], client [c]", STAGE_KEX, ERR_PROTOCOL,
		  "no matching key exchange method found; their offer: curve25519-sha256,ext-info-s,kex-strict-s-v00@openssh.com" },
		{ "kex error : no match for method server host key algo: server [ssh-ed25519,ssh-dss], client [c]", STAGE_KEX, ERR_PROTOCOL,
		  "no matching host key type found; their offer: ssh-ed25519,ssh-dss; --ssh-program may have one" },
		{ "kex error : no match for method compression algo server->client: server [m], client [c]", STAGE_KEX, ERR_PROTOCOL,
		  "no matching compression found; their offer: m" },
		{ "kex error : no match for method mac algo server->client: server [m], client [c]", STAGE_KEX, ERR_PROTOCOL,
		  "no matching MAC found; their offer: m; --ssh-program may have one" },
		{ "kex error : no match for method new things: server [m], client [c]", STAGE_KEX, ERR_PROTOCOL,
		  "no matching algorithm found; their offer: m" },
		{ "kex error : no match for method kex algos", STAGE_KEX, ERR_PROTOCOL,
		  "no matching algorithm: kex algos" },
		{ "Packet len too high(1 0002)", STAGE_OPEN, ERR_PROTOCOL,
		  "protocol error: Packet len too high(1 0002)" },
		{ "", STAGE_OPEN, ERR_PROTOCOL, "protocol error: " },
		/* clang-format on */
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct err err = { 0 };

		assert_int_equal(
			libssh_explain(cases[i].text, cases[i].stage, &err),
			-1);
		assert_string_equal(err.msg, cases[i].msg);
		ROW(err.needs_program == !!strstr(err.msg, "--ssh-program"),
		    cases[i].msg);
		ROW(err.code == cases[i].code, cases[i].text);
		err_release(&err);
	}
}

static void ssh_has_words_for_some(void **state)
{
	static const struct {
		const char *text;
		enum libssh_stage stage;
		const char *ssh; /* NULL: none */
	} cases[] = {
		/* clang-format off */
		{ "Socket error: disconnected", STAGE_IDENT,
		  "kex_exchange_identification: Connection closed by remote host\nConnection closed by P" },
		{ "Success", STAGE_IDENT,
		  "kex_exchange_identification: Connection closed by remote host\nConnection closed by P" },
		{ "Socket error: Connection reset by peer", STAGE_IDENT,
		  "kex_exchange_identification: read: Connection reset by peer\nConnection reset by P" },
		{ "Socket error: disconnected", STAGE_KEX, "Connection closed by P" },
		{ "Socket error: Broken pipe", STAGE_AUTH, "Connection reset by P" },
		{ "Socket error: disconnected", STAGE_OPEN, NULL },
		{ "Received SSH_MSG_DISCONNECT: 2:Too many \033", STAGE_AUTH,
		  "Received disconnect from P:2: Too many \\033\nDisconnected from P" },
		{ "Received SSH_MSG_DISCONNECT: ", STAGE_AUTH, NULL },
		{ "kex error : no match for method kex algos: server [a,b\033], client [c]", STAGE_KEX,
		  "Unable to negotiate with P: no matching key exchange method found. Their offer: a,b\\033" },
		{ "kex error : no match for method kex algos", STAGE_KEX, NULL },
		{ "HMAC error", STAGE_OPEN,
		  "Corrupted MAC on input.\nssh_dispatch_run_fatal: Connection to P: message authentication code incorrect" },
		{ "Invalid padding: 3 (2 left)", STAGE_OPEN,
		  "padding error\nssh_dispatch_run_fatal: Connection to P: Connection corrupted" },
		{ "something else", STAGE_OPEN, NULL },
		/* clang-format on */
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct err err = { 0 };

		libssh_explain(cases[i].text, cases[i].stage, &err);
		libssh_as_ssh(cases[i].text, cases[i].stage, "P", &err);
		if (cases[i].ssh)
			assert_string_equal(err.ssh, cases[i].ssh);
		else
			assert_null(err.ssh);
		err_release(&err);
	}
}

static void long_texts_are_cut(void **state)
{
	struct err err = { 0 };
	char text[5000];

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	libssh_explain(text, STAGE_OPEN, &err);
	assert_int_equal(strlen(err.msg), strlen("protocol error: ...") + 256);
	err_release(&err);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(failures_are_put_for_people),
		cmocka_unit_test(ssh_has_words_for_some),
		cmocka_unit_test(long_texts_are_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
