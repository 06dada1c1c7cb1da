/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The libssh driver: the first bytes of a channel.
 *
 * libssh 0.10 takes ten bytes for the head of a packet off what the server
 * allows in one.  Where that leaves nothing it makes empty packets without end,
 * into its own memory.  How much is allowed it tells nobody, and the one place
 * where its round can be left is the note that it takes of each packet: there
 * it holds nothing, and its state is that after a packet was sent.
 */
#include "ssh/driver_libssh.h"

#include <setjmp.h>
#include <string.h>

#include "base/banned.h"

/* Where to go on, while first bytes are on their way. */
static jmp_buf stuck;
static bool armed;

static void note(int priority, const char *function, const char *text,
		 void *arg)
{
	(void)priority;
	(void)function;
	(void)arg;
	if (armed && strstr(text, "ssh_channel_write wrote 0 bytes"))
		longjmp(stuck, 1);
}

static int write_guarded(ssh_channel ch, const void *buf, uint32_t n)
{
	if (setjmp(stuck))
		return WRITE_STUCK;
	armed = true;
	return ssh_channel_write(ch, buf, n);
}

int chan_write_first(ssh_channel ch, const void *buf, uint32_t n)
{
	const ssh_logging_callback theirs = ssh_get_log_callback();
	const int level = ssh_get_log_level();
	/* What comes meanwhile may have somebody write elsewhere. */
	const bool was_armed = armed;
	jmp_buf outer;
	int rc;

	memcpy(&outer, &stuck, sizeof(outer));
	ssh_set_log_callback(note);
	ssh_set_log_level(SSH_LOG_PACKET);
	rc = write_guarded(ch, buf, n);
	memcpy(&stuck, &outer, sizeof(stuck));
	armed = was_armed;
	ssh_set_log_level(level);
	if (theirs)
		ssh_set_log_callback(theirs);
	return rc;
}
