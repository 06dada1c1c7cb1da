/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The modes of a terminal as bytes.
 */
#include "wire/ttymodes.h"

#include <stdint.h>
#include <unistd.h>

#include "base/be32.h"

#include "base/banned.h"

#define OP_END	  0
#define OP_ISPEED 128
#define OP_OSPEED 129

/* What stands for a special character that is switched off. */
#define DISABLED 255

static const struct {
	unsigned char op, index;
} characters[] = {
	/* clang-format off */
	{  1, VINTR   }, {  2, VQUIT    }, {  3, VERASE },
	{  4, VKILL   }, {  5, VEOF     }, {  6, VEOL   },
	{  7, VEOL2   }, {  8, VSTART   }, {  9, VSTOP  },
	{ 10, VSUSP   }, { 12, VREPRINT }, { 13, VWERASE },
	{ 14, VLNEXT  }, { 18, VDISCARD },
	/* clang-format on */
};

enum word {
	IN,
	OUT,
	LOCAL,
	CONTROL
};

static const struct {
	unsigned char op;
	enum word word;
	tcflag_t flag;
} flags[] = {
	/* clang-format off */
	{ 30, IN, IGNPAR },     { 31, IN, PARMRK },     { 32, IN, INPCK },
	{ 33, IN, ISTRIP },     { 34, IN, INLCR },      { 35, IN, IGNCR },
	{ 36, IN, ICRNL },      { 37, IN, IUCLC },      { 38, IN, IXON },
	{ 39, IN, IXANY },      { 40, IN, IXOFF },      { 41, IN, IMAXBEL },
	{ 42, IN, IUTF8 },
	{ 50, LOCAL, ISIG },    { 51, LOCAL, ICANON },  { 52, LOCAL, XCASE },
	{ 53, LOCAL, ECHO },    { 54, LOCAL, ECHOE },   { 55, LOCAL, ECHOK },
	{ 56, LOCAL, ECHONL },  { 57, LOCAL, NOFLSH },  { 58, LOCAL, TOSTOP },
	{ 59, LOCAL, IEXTEN },  { 60, LOCAL, ECHOCTL }, { 61, LOCAL, ECHOKE },
	{ 62, LOCAL, PENDIN },
	{ 70, OUT, OPOST },     { 71, OUT, OLCUC },     { 72, OUT, ONLCR },
	{ 73, OUT, OCRNL },     { 74, OUT, ONOCR },     { 75, OUT, ONLRET },
	{ 90, CONTROL, CS7 },   { 91, CONTROL, CS8 },   { 92, CONTROL, PARENB },
	{ 93, CONTROL, PARODD },
	/* clang-format on */
};

static const struct {
	speed_t speed;
	uint32_t baud;
} speeds[] = {
	/* clang-format off */
	{ B0, 0 },           { B50, 50 },         { B75, 75 },
	{ B110, 110 },       { B134, 134 },       { B150, 150 },
	{ B200, 200 },       { B300, 300 },       { B600, 600 },
	{ B1200, 1200 },     { B1800, 1800 },     { B2400, 2400 },
	{ B4800, 4800 },     { B9600, 9600 },     { B19200, 19200 },
	{ B38400, 38400 },   { B57600, 57600 },   { B115200, 115200 },
	{ B230400, 230400 }, { B460800, 460800 }, { B921600, 921600 },
	/* clang-format on */
};

/* 9600 for a speed that has no name here. */
static uint32_t baud_of(speed_t speed)
{
	for (size_t i = 0; i < sizeof(speeds) / sizeof(speeds[0]); i++)
		if (speeds[i].speed == speed)
			return speeds[i].baud;
	return 9600;
}

static size_t put(unsigned char *out, unsigned char op, uint32_t value)
{
	out[0] = op;
	be32_put(out + 1, value);
	return 5;
}

size_t ttymodes_encode(const struct termios *t, unsigned char *out)
{
	const tcflag_t words[] = {
		[IN] = t->c_iflag,
		[OUT] = t->c_oflag,
		[LOCAL] = t->c_lflag,
		[CONTROL] = t->c_cflag,
	};
	size_t n = put(out, OP_OSPEED, baud_of(cfgetospeed(t)));

	n += put(out + n, OP_ISPEED, baud_of(cfgetispeed(t)));
	for (size_t i = 0; i < sizeof(characters) / sizeof(characters[0]);
	     i++) {
		cc_t c = t->c_cc[characters[i].index];

		n += put(out + n, characters[i].op,
			 c == _POSIX_VDISABLE ? DISABLED : c);
	}
	/* A size of characters is a number of two bits, not a flag. */
	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		tcflag_t mask = flags[i].flag == CS7 || flags[i].flag == CS8
					? CSIZE
					: flags[i].flag;

		n += put(out + n, flags[i].op,
			 (words[flags[i].word] & mask) == flags[i].flag);
	}
	out[n++] = OP_END;
	return n;
}
