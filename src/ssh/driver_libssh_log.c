/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What libssh notes of the protocol, for who runs this as ssh -v and looks for
 * the words ssh has for it.
 */
#include "ssh/driver_libssh_log.h"

#include <libssh/callbacks.h>
#include <libssh/libssh.h>
#include <stddef.h>
#include <string.h>

#include "base/log.h"

#include "base/banned.h"

static const struct {
	const char *theirs;
	const char *ssh; /* what follows theirs is put behind it */
} rows[] = {
	/* clang-format off */
	{ "SSH_MSG_KEXINIT sent",      "SSH2_MSG_KEXINIT sent"      },
	{ "SSH_MSG_NEWKEYS sent",      "SSH2_MSG_NEWKEYS sent"      },
	{ "Received SSH_MSG_NEWKEYS",  "SSH2_MSG_NEWKEYS received"  },
	{ "SSH server banner: SSH-2.0-", "Remote protocol version 2.0, remote software version " },
	{ "Sent SSH_MSG_SERVICE_REQUEST", "SSH2_MSG_SERVICE_REQUEST sent" },
	{ "Received SSH_MSG_SERVICE_ACCEPT", "SSH2_MSG_SERVICE_ACCEPT received" },
	/* clang-format on */
};

static bool has_tail(size_t row)
{
	const char *ssh = rows[row].ssh;

	return ssh[strlen(ssh) - 1] == ' ';
}

static void note(int priority, const char *function, const char *text,
		 void *arg)
{
	(void)priority;
	(void)function;
	(void)arg;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *at = strstr(text, rows[i].theirs);

		if (!at)
			continue;
		log_debug("%s%s", rows[i].ssh,
			  has_tail(i) ? at + strlen(rows[i].theirs) : "");
		return;
	}
}

void libssh_log_start(void)
{
	if (!log_is_ssh() || !log_enabled(LOG_DEBUG))
		return;
	ssh_set_log_callback(note);
	ssh_set_log_level(SSH_LOG_PACKET);
}
