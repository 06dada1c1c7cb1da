/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bytes are what a server sends.  Replies end where the bytes do, and do
 * not depend on how these were cut on their way.
 */
#include "wire/sftp.h"

#include "fuzz/fuzz.h"

/* All of a reply is read; how many there were, and whether an error ended. */
static size_t take_all(struct sftp_reader *r, int *rc)
{
	struct sftp_reply reply;
	struct sftp_limits limits;
	struct err err = { 0 };
	size_t n = 0;

	while ((*rc = sftp_reader_next(r, &reply, &err)) > 0) {
		struct sftp_name name;
		uint32_t count = 0;
		uint32_t told = reply.count;

		while (sftp_name_next(&reply, &name)) {
			assert(name.name.n <= SFTP_PACKET_MAX);
			count++;
		}
		assert(count == told);
		if (reply.type == SFTP_EXTENDED_REPLY)
			(void)sftp_limits_parse(&reply, &limits);
		if (reply.type == SFTP_STATUS)
			assert(sftp_code_text(reply.code));
		n++;
	}
	assert((*rc < 0) == (err.code == ERR_PROTOCOL));
	err_release(&err);
	return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sftp_reader whole, cut;
	size_t n, sum = 0;
	int rc, rc_cut = 0;

	if (size > SFTP_PACKET_MAX)
		return 0;
	sftp_reader_init(&whole);
	sftp_reader_init(&cut);
	sftp_reader_add(&whole, data, size);
	n = take_all(&whole, &rc);
	for (size_t i = 0; i < size && rc_cut >= 0; i++) {
		sftp_reader_add(&cut, data + i, 1);
		sum += take_all(&cut, &rc_cut);
	}
	assert(sum == n && rc == rc_cut);
	sftp_reader_release(&whole);
	sftp_reader_release(&cut);
	return 0;
}
