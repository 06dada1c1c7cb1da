/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Questions for passwords, by their words.
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

bool passprompt_is(const char *text, size_t n)
{
	static const char *const words[] = {
		"password", "passphrase",	 "passwort",	 "kennwort",
		"passcode", "de passe",		 "contrase",	 "wachtwoord",
		"senha",    "PIN for",		 "heslo",	 "OTP",
		"PIN:",	    "verification code", "has\xc5\x82o",
	};

	while (n && text[n - 1] == ' ')
		n--;
	if (!n || text[n - 1] != ':')
		return false;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (has_word(text, n, words[i]))
			return true;
	return false;
}
