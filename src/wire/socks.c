/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SOCKS, the server's side.
 *
 *   version --> 4: head --> user --> (4a: name) --> asked
 *         |
 *         +--> 5: methods --> request --> address --> asked
 *
 * Notes: a step waits until all bytes of its message are there, and never for
 * more, so that nothing behind the request is read.  Texts that end with a NUL
 * are read a byte at a time for the same reason.
 */
#include "wire/socks.h"

#include <arpa/inet.h>
#include <string.h>

#include "base/banned.h"

#define COMMAND_CONNECT 1

/* SOCKS 4 */
#define V4_HEAD	   8
#define V4_GRANTED 0x5a
#define V4_FAILED  0x5b

/* SOCKS 5 */
#define NO_AUTH	      0
#define NO_METHOD     0xff
#define ADDRESS_V4    1
#define ADDRESS_NAME  3
#define ADDRESS_V6    4
#define NOT_A_COMMAND 7
#define NOT_A_TYPE    8

enum {
	STEP_VERSION,
	STEP_V4_HEAD,
	STEP_V4_USER,
	STEP_V4_NAME,
	STEP_V5_COUNT,
	STEP_V5_METHODS,
	STEP_V5_REQUEST,
	STEP_V5_ADDRESS,
	STEP_OVER,
};

static enum socks_rc go_on(struct socks *s, unsigned int step, size_t need)
{
	s->step = step;
	s->need = need;
	return SOCKS_MORE;
}

static enum socks_rc over(struct socks *s, enum socks_rc rc)
{
	s->step = STEP_OVER;
	return rc;
}

static uint16_t port_at(const unsigned char *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static void say(struct socks *s, const unsigned char *bytes, size_t n)
{
	memcpy(s->out + s->out_n, bytes, n);
	s->out_n += n;
}

static void say_v4(struct socks *s, unsigned char code)
{
	const unsigned char reply[V4_HEAD] = { 0, code };

	say(s, reply, sizeof(reply));
}

static void say_v5(struct socks *s, unsigned char code)
{
	const unsigned char reply[10] = { 5, code, 0, ADDRESS_V4 };

	say(s, reply, sizeof(reply));
}

/* No name is empty or has a NUL in it. */
static bool take_name(struct socks *s, const unsigned char *name, size_t n)
{
	if (!n || n >= sizeof(s->host) || memchr(name, '\0', n))
		return false;
	memcpy(s->host, name, n);
	s->host[n] = '\0';
	return true;
}

static enum socks_rc version(struct socks *s)
{
	s->version = s->in[0];
	switch (s->version) {
	case 4:
		return go_on(s, STEP_V4_HEAD, V4_HEAD);
	case 5:
		return go_on(s, STEP_V5_COUNT, 2);
	default:
		return over(s, SOCKS_BAD);
	}
}

static enum socks_rc v4_head(struct socks *s)
{
	if (s->in[1] != COMMAND_CONNECT) {
		say_v4(s, V4_FAILED);
		return over(s, SOCKS_BAD);
	}
	s->port = port_at(s->in + 2);
	(void)inet_ntop(AF_INET, s->in + 4, s->host, sizeof(s->host));
	return go_on(s, STEP_V4_USER, 0);
}

/* 4a: an address of 0.0.0.x, which is none, and a name behind the user. */
static enum socks_rc v4_user(struct socks *s)
{
	const unsigned char *address = s->in + 4;

	if (address[0] || address[1] || address[2] || !address[3])
		return over(s, SOCKS_ASKED);
	s->n = 0;
	return go_on(s, STEP_V4_NAME, 0);
}

static enum socks_rc v4_name(struct socks *s)
{
	if (!take_name(s, s->in, s->n - 1)) {
		say_v4(s, V4_FAILED);
		return over(s, SOCKS_BAD);
	}
	return over(s, SOCKS_ASKED);
}

static enum socks_rc v5_count(struct socks *s)
{
	return go_on(s, STEP_V5_METHODS, 2 + (size_t)s->in[1]);
}

static enum socks_rc v5_methods(struct socks *s)
{
	bool found = memchr(s->in + 2, NO_AUTH, s->n - 2) != NULL;
	const unsigned char reply[2] = { 5, found ? NO_AUTH : NO_METHOD };

	say(s, reply, sizeof(reply));
	if (!found)
		return over(s, SOCKS_BAD);
	s->n = 0;
	/* The first byte of a name is its length. */
	return go_on(s, STEP_V5_REQUEST, 5);
}

static enum socks_rc v5_request(struct socks *s)
{
	static const unsigned char sizes[] = {
		[ADDRESS_V4] = 4,
		[ADDRESS_V6] = 16,
	};
	unsigned char type = s->in[3];

	if (s->in[0] != 5)
		return over(s, SOCKS_BAD);
	if (s->in[1] != COMMAND_CONNECT) {
		say_v5(s, NOT_A_COMMAND);
		return over(s, SOCKS_BAD);
	}
	if (type == ADDRESS_NAME)
		return go_on(s, STEP_V5_ADDRESS, 5 + (size_t)s->in[4] + 2);
	if (type == ADDRESS_V4 || type == ADDRESS_V6)
		return go_on(s, STEP_V5_ADDRESS, 4 + (size_t)sizes[type] + 2);
	say_v5(s, NOT_A_TYPE);
	return over(s, SOCKS_BAD);
}

static enum socks_rc v5_address(struct socks *s)
{
	const unsigned char *at = s->in + 4;

	s->port = port_at(s->in + s->n - 2);
	if (s->in[3] == ADDRESS_V4) {
		(void)inet_ntop(AF_INET, at, s->host, sizeof(s->host));
	} else if (s->in[3] == ADDRESS_V6) {
		(void)inet_ntop(AF_INET6, at, s->host, sizeof(s->host));
	} else if (!take_name(s, at + 1, at[0])) {
		say_v5(s, 1);
		return over(s, SOCKS_BAD);
	}
	return over(s, SOCKS_ASKED);
}

static enum socks_rc (*const steps[])(struct socks *s) = {
	[STEP_VERSION] = version,	[STEP_V4_HEAD] = v4_head,
	[STEP_V4_USER] = v4_user,	[STEP_V4_NAME] = v4_name,
	[STEP_V5_COUNT] = v5_count,	[STEP_V5_METHODS] = v5_methods,
	[STEP_V5_REQUEST] = v5_request, [STEP_V5_ADDRESS] = v5_address,
};

static size_t need_of(const struct socks *s)
{
	return s->step == STEP_VERSION ? 1 : s->need;
}

size_t socks_want(const struct socks *s)
{
	return need_of(s) > s->n ? need_of(s) - s->n : 1;
}

/* Whether the message of this step is all there. */
static bool is_whole(const struct socks *s)
{
	size_t before = s->step == STEP_V4_USER ? V4_HEAD : 0;

	if (need_of(s))
		return s->n >= need_of(s);
	return s->n > before && s->in[s->n - 1] == '\0';
}

enum socks_rc socks_feed(struct socks *s, const void *buf, size_t n,
			 size_t *used)
{
	const unsigned char *bytes = buf;
	enum socks_rc rc = SOCKS_MORE;

	*used = 0;
	while (rc == SOCKS_MORE && *used < n) {
		if (s->step == STEP_OVER || s->n == sizeof(s->in))
			return over(s, SOCKS_BAD);
		s->in[s->n++] = bytes[(*used)++];
		/* A step may already have all that the next one needs. */
		while (rc == SOCKS_MORE && s->n && is_whole(s))
			rc = steps[s->step](s);
	}
	return rc;
}

void socks_answer(struct socks *s, enum socks_answer answer)
{
	static const unsigned char v5[] = {
		[SOCKS_GRANTED] = 0,
		[SOCKS_FAILED] = 1,
		[SOCKS_FORBIDDEN] = 2,
		[SOCKS_UNREACHABLE] = 5,
	};

	if (s->version == 4)
		say_v4(s, answer == SOCKS_GRANTED ? V4_GRANTED : V4_FAILED);
	else
		say_v5(s, v5[answer]);
}
