/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From the bytes of a terminal to keys.
 */
#include "ui/keys.h"

#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/text.h"

#include "base/banned.h"

#define ESC	0x1b
#define BEL	0x07
#define DELETE	0x7f
#define WAIT_MS 500 /* a terminal's answer goes on */

enum verdict {
	NOTHING, /* no such key */
	MORE,	 /* it goes on */
	KEY,
};

/* The end of a sequence without a number: "ESC [ A", "ESC O A". */
static const struct {
	char final;
	enum key_kind kind;
	uint32_t code;
	unsigned int mods;
} finals[] = {
	/* clang-format off */
	{ 'A', KEY_UP,       0, 0 },
	{ 'B', KEY_DOWN,     0, 0 },
	{ 'C', KEY_RIGHT,    0, 0 },
	{ 'D', KEY_LEFT,     0, 0 },
	{ 'H', KEY_HOME,     0, 0 },
	{ 'F', KEY_END,      0, 0 },
	{ 'M', KEY_ENTER,    0, 0 },
	{ 'P', KEY_FUNCTION, 1, 0 },
	{ 'Q', KEY_FUNCTION, 2, 0 },
	{ 'R', KEY_FUNCTION, 3, 0 },
	{ 'S', KEY_FUNCTION, 4, 0 },
	{ 'Z', KEY_BACKTAB,  0, KEY_SHIFT },
	/* clang-format on */
};

/* "ESC [ N ~" */
static const struct {
	unsigned int number;
	enum key_kind kind;
	uint32_t code;
} numbers[] = {
	/* clang-format off */
	{ 1, KEY_HOME, 0 },       { 2, KEY_INSERT, 0 },
	{ 3, KEY_DELETE, 0 },     { 4, KEY_END, 0 },
	{ 5, KEY_PAGE_UP, 0 },    { 6, KEY_PAGE_DOWN, 0 },
	{ 7, KEY_HOME, 0 },       { 8, KEY_END, 0 },
	{ 11, KEY_FUNCTION, 1 },  { 12, KEY_FUNCTION, 2 },
	{ 13, KEY_FUNCTION, 3 },  { 14, KEY_FUNCTION, 4 },
	{ 15, KEY_FUNCTION, 5 },  { 17, KEY_FUNCTION, 6 },
	{ 18, KEY_FUNCTION, 7 },  { 19, KEY_FUNCTION, 8 },
	{ 20, KEY_FUNCTION, 9 },  { 21, KEY_FUNCTION, 10 },
	{ 23, KEY_FUNCTION, 11 }, { 24, KEY_FUNCTION, 12 },
	/* clang-format on */
};

#define PASTE_BEGIN 200
#define PASTE_END   "\033[201~"

/* xterm sends 1 + a sum of bits: 1 Shift, 2 Alt, 4 Ctrl, as ours. */
static unsigned int modifiers(unsigned int sent)
{
	return sent ? (sent - 1) & (KEY_SHIFT | KEY_ALT | KEY_CTRL) : 0;
}

/* What "ESC [", up to two numbers and `final` stand for. */
static enum verdict sequence(struct keys *k, const unsigned int *arg,
			     char final, struct key *key)
{
	if (final == '~' && arg[0] == PASTE_BEGIN) {
		k->pasting = true;
		return NOTHING;
	}
	key->mods = modifiers(arg[1]);
	for (size_t i = 0;
	     final == '~' && i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		if (numbers[i].number != arg[0])
			continue;
		key->kind = numbers[i].kind;
		key->code = numbers[i].code;
		return KEY;
	}
	for (size_t i = 0; i < sizeof(finals) / sizeof(finals[0]); i++) {
		/* Else it is where a cursor stands. */
		if (finals[i].final != final || arg[0] > 1)
			continue;
		key->kind = finals[i].kind;
		key->code = finals[i].code;
		key->mods |= finals[i].mods;
		return KEY;
	}
	return NOTHING;
}

/* '<' and its kin begin what is no key: the mouse, what a terminal is. */
static bool is_private(char c)
{
	return c >= '<' && c <= '?';
}

/* The mouse, with three bytes behind; the console's F1 to F5: "ESC [ [ A". */
static enum verdict odd_csi(const char *p, size_t n, size_t *used,
			    struct key *key)
{
	size_t len = p[2] == 'M' ? 6 : 4;

	if (n < len)
		return MORE;
	*used = len;
	if (p[2] == 'M' || p[3] < 'A' || p[3] > 'E')
		return NOTHING;
	key->kind = KEY_FUNCTION;
	key->code = (uint32_t)(p[3] - 'A') + 1;
	return KEY;
}

/* `*used` bytes are the sequence, known or not. */
static enum verdict csi(struct keys *k, const char *p, size_t n, size_t *used,
			struct key *key)
{
	unsigned int arg[2] = { 0 };
	size_t at = 0;

	if (n > 2 && (p[2] == 'M' || p[2] == '['))
		return odd_csi(p, n, used, key);
	for (size_t i = 2; i < n; i++) {
		if (p[i] >= '0' && p[i] <= '9') {
			if (at < 2 && arg[at] < 1000)
				arg[at] = arg[at] * 10 +
					  (unsigned int)(p[i] - '0');
		} else if (p[i] == ';') {
			at++;
		} else if (p[i] >= 0x40 && p[i] <= 0x7e) {
			*used = i + 1;
			return is_private(p[2]) ? NOTHING
						: sequence(k, arg, p[i], key);
		} else if (p[i] < 0x20 || p[i] > 0x3f) {
			*used = i;
			return NOTHING;
		}
	}
	return MORE;
}

/* How many bytes the character that begins with `c` should have. */
static size_t char_bytes(unsigned char c)
{
	return c < 0xc0 || c >= 0xf8 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
}

static enum verdict plain(const char *p, size_t n, size_t *used,
			  struct key *key)
{
	const unsigned char *u = (const unsigned char *)p;
	size_t len = char_bytes(u[0]);

	*used = 1;
	key->kind = KEY_CHAR;
	key->code = u[0];
	if (u[0] == '\r' || u[0] == '\n')
		key->kind = KEY_ENTER;
	else if (u[0] == '\t')
		key->kind = KEY_TAB;
	else if (u[0] == DELETE || u[0] == '\b')
		key->kind = KEY_BACKSPACE;
	if (u[0] < 0x80)
		return KEY;
	if (len > n)
		return MORE;
	if (len == 1 || text_char(p, n) != len)
		return NOTHING;
	*used = len;
	key->code = u[0] & (0xffu >> (len + 1));
	for (size_t i = 1; i < len; i++)
		key->code = key->code << 6 | (u[i] & 0x3f);
	return KEY;
}

/*
 * Strings with which terminals answer, by how they begin: colours and the
 * clipboard, settings, names and versions, pictures.  '0' is one to four
 * digits.  Alt and a key begins the same way.
 */
static const char *const answers[] = {
	"]0;", "P0$r", "P0+r", "P>|", "P!|", "_G",
};

static enum verdict matches(const char *want, const char *p, size_t n)
{
	size_t i = 0;

	while (*want) {
		size_t digits = 0;

		while (*want == '0' && digits < 4 && i < n && p[i] >= '0' &&
		       p[i] <= '9') {
			digits++;
			i++;
		}
		if (i == n)
			return MORE;
		if (*want == '0' ? !digits : p[i] != *want)
			return NOTHING;
		i += *want++ != '0';
	}
	return KEY;
}

/* Whether what follows ESC is the beginning of such a string. */
static enum verdict is_answer(const char *p, size_t n)
{
	enum verdict found = NOTHING;

	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		enum verdict v = matches(answers[i], p, n);

		if (v == KEY)
			return KEY;
		if (v == MORE)
			found = MORE;
	}
	return found;
}

static enum verdict alt(const char *p, size_t n, size_t *used, struct key *key)
{
	enum verdict v = plain(p + 1, n - 1, used, key);

	++*used;
	key->mods |= KEY_ALT;
	return v;
}

/* The key at `p`. */
static enum verdict decode(struct keys *k, const char *p, size_t n,
			   size_t *used, struct key *key)
{
	enum verdict v;

	*used = 1;
	*key = (struct key){ 0 };
	if (p[0] != ESC)
		return plain(p, n, used, key);
	if (n == 1)
		return MORE;
	if (p[1] == '[')
		return csi(k, p, n, used, key);
	if (p[1] == 'O' && n == 2)
		return MORE;
	if (p[1] == 'O') {
		const unsigned int none[2] = { 0 };

		*used = 3;
		return sequence(k, none, p[2], key);
	}
	if (p[1] == ESC) {
		key->kind = KEY_ESC;
		return KEY;
	}
	v = is_answer(p + 1, n - 1);
	if (v == NOTHING)
		return alt(p, n, used, key);
	k->answer = v == KEY;
	*used = 2;
	return k->answer ? NOTHING : MORE;
}

static void consume(struct keys *k, size_t n)
{
	k->nheld -= n;
	memmove(k->held, k->held + n, k->nheld);
	/* It may be a password's. */
	secret_wipe(k->held + k->nheld, n);
}

/* What is pasted goes on as it is, up to its end. */
static void paste(struct keys *k, keys_fn *fn, void *arg)
{
	const size_t len = strlen(PASTE_END);
	struct key key = { .kind = KEY_PASTE, .paste = k->held };
	size_t n = 0;

	while (n < k->nheld &&
	       memcmp(k->held + n, PASTE_END,
		      k->nheld - n < len ? k->nheld - n : len) != 0)
		n++;
	key.npaste = n;
	if (n)
		fn(arg, &key);
	consume(k, n);
	if (k->nheld < len)
		return;
	consume(k, len);
	k->pasting = false;
	key = (struct key){ .kind = KEY_PASTE_END };
	fn(arg, &key);
}

/* How many of the held bytes are the answer's; it may end with them. */
static size_t answer_length(struct keys *k)
{
	for (size_t i = 0; i < k->nheld; i++) {
		unsigned char c = (unsigned char)k->held[i];

		if (c >= ' ')
			continue;
		if (c == ESC && i + 1 == k->nheld)
			return i;
		k->answer = false;
		if (c == ESC)
			return k->held[i + 1] == '\\' ? i + 2 : i;
		/* Others were typed: it had no end. */
		return c == BEL ? i + 1 : i;
	}
	return k->nheld;
}

/* One step with what is held of it; false: more is needed. */
static bool swallow_answer(struct keys *k)
{
	size_t n = answer_length(k);

	k->nanswer += n;
	consume(k, n);
	if (k->nanswer > KEYS_ANSWER_MAX)
		k->answer = false;
	if (!k->answer)
		k->nanswer = 0;
	return !k->answer && k->nheld;
}

/* One step with what is held; false: more is needed. */
static bool step(struct keys *k, keys_fn *fn, void *arg)
{
	struct key key;
	size_t used;
	enum verdict v;

	if (k->answer)
		return swallow_answer(k);
	if (k->pasting) {
		size_t before = k->nheld;

		paste(k, fn, arg);
		return k->nheld && k->nheld != before;
	}
	v = decode(k, k->held, k->nheld, &used, &key);
	if (v == MORE)
		return false;
	consume(k, used);
	if (v == KEY)
		fn(arg, &key);
	return k->nheld;
}

void keys_take(struct keys *k, const void *p, size_t n, keys_fn *fn, void *arg)
{
	const char *s = p;

	while (n) {
		size_t room = KEYS_HELD - k->nheld;
		size_t take = n < room ? n : room;

		memcpy(k->held + k->nheld, s, take);
		k->nheld += take;
		s += take;
		n -= take;
		while (k->swallow && k->nheld) {
			k->swallow = k->held[0] < 0x40 || k->held[0] > 0x7e;
			consume(k, 1);
		}
		while (k->nheld && step(k, fn, arg))
			;
		/* No key is so long. */
		if (k->nheld == KEYS_HELD) {
			consume(k, KEYS_HELD);
			k->swallow = true;
		}
	}
}

bool keys_pending(const struct keys *k)
{
	return k->answer || (k->nheld && !k->pasting);
}

unsigned int keys_wait_ms(const struct keys *k)
{
	return k->answer ? WAIT_MS : KEYS_WAIT_MS;
}

void keys_flush(struct keys *k, keys_fn *fn, void *arg)
{
	struct key key = { .kind = KEY_ESC };
	char rest[KEYS_HELD];
	size_t n = k->nheld, used = 1;

	if (!keys_pending(k))
		return;
	k->answer = false;
	k->nanswer = 0;
	memcpy(rest, k->held, n);
	consume(k, n);
	/* Else a cut character. */
	if (n && rest[0] == ESC) {
		/* "ESC [" was typed as two keys, "ESC ]" as Alt and one. */
		if (n > 1 && is_answer(rest + 1, n - 1) != NOTHING)
			(void)alt(rest, n, &used, &key);
		fn(arg, &key);
		keys_take(k, rest + used, n - used, fn, arg);
	}
	secret_wipe(rest, sizeof(rest));
}

/* One character, without a name. */
static bool single(const char *name, unsigned char *c)
{
	*c = (unsigned char)*name;
	return *c > ' ' && *c < DELETE && !name[1];
}

int keys_named(const char *name, struct key *k)
{
	static const char taken[] = "hijm["; /* keys of their own, and ESC */
	unsigned char c;
	uint64_t number;

	*k = (struct key){ 0 };
	if ((*name == 'F' || *name == 'f') &&
	    !parse_uint(name + 1, 1, 12, &number)) {
		k->kind = KEY_FUNCTION;
		k->code = (uint32_t)number;
		return 0;
	}
	k->kind = KEY_CHAR;
	if (!strncasecmp(name, "Alt+", 4) && single(name + 4, &c)) {
		k->mods = KEY_ALT;
		k->code = c;
		return 0;
	}
	if (strncasecmp(name, "Ctrl+", 5) != 0 || !single(name + 5, &c))
		return -1;
	if (c >= 'A' && c <= 'Z')
		c |= 0x20;
	if (strchr(taken, c) || !((c >= 'a' && c <= 'z') || strchr("]\\^_", c)))
		return -1;
	k->code = c & 0x1f;
	return 0;
}

bool keys_same(const struct key *a, const struct key *b)
{
	return a->kind == b->kind && a->code == b->code && a->mods == b->mods;
}
