/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Questions for passwords, by their words, and prompts of shells, by their
 * ends.
 */
#include "ui/passprompt.h"

#include <string.h>
#include <strings.h>

#include "base/banned.h"

static bool has_word(const char *text, size_t n, const char *word)
{
	size_t len = strlen(word);

	for (size_t i = 0; i + len <= n; i++)
		if (!strncasecmp(text + i, word, len))
			return true;
	return false;
}

static size_t without_blanks(const char *text, size_t n)
{
	while (n && text[n - 1] == ' ')
		n--;
	return n;
}

/* Where the signs end that some show for each character that was typed. */
static size_t without_mask(const char *text, size_t n)
{
	static const char *const signs[] = { "*", "\xe2\x80\xa2",
					     "\xe2\x97\x8f" };
	size_t i = 0;

	while (i < sizeof(signs) / sizeof(signs[0])) {
		size_t len = strlen(signs[i]);

		if (n >= len && !memcmp(text + n - len, signs[i], len)) {
			n -= len;
			i = 0;
		} else {
			i++;
		}
	}
	return n;
}

bool passprompt_is(const char *text, size_t n)
{
	static const char *const words[] = {
		"password", "passphrase",	 "passwort",	 "kennwort",
		"passcode", "de passe",		 "contrase",	 "wachtwoord",
		"senha",    "PIN for",		 "heslo",	 "OTP",
		"PIN:",	    "verification code", "has\xc5\x82o",
	};

	n = without_mask(text, n);
	n = without_blanks(text, n);
	if (!n || text[n - 1] != ':')
		return false;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (has_word(text, n, words[i]))
			return true;
	return false;
}

bool shellprompt_is(const char *text, size_t n)
{
	static const char *const ends[] = {
		"$", "#", "%", ">", "\xe2\x9d\xaf", "\xe2\x9e\x9c"
	};

	n = without_blanks(text, n);
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		size_t len = strlen(ends[i]);

		if (n >= len && !memcmp(text + n - len, ends[i], len))
			return true;
	}
	return false;
}
