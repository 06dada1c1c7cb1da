/* SPDX-License-Identifier: Apache-2.0 */
/*
 * keyart md5|sha256 - print the keys on standard input ("TYPE BASE64", one a
 * line) as `ssh-keygen -lv` does, for tests to compare.
 */
#include <stdio.h>
#include <string.h>

#include "conf/digest.h"
#include "conf/fingerprint.h"

#include "base/banned.h"

static void show(const char *type, const char *text, enum fingerprint_hash hash)
{
	struct strbuf blob = STRBUF_INIT(STRBUF_MAX_TEXT);
	struct strbuf out = STRBUF_INIT(STRBUF_MAX_TEXT);
	struct kh_key key = { .type = type };

	if (base64_decode(text, strlen(text), &blob)) {
		printf("no key\n");
		return;
	}
	key.blob = blob.buf;
	key.len = blob.len;
	(void)strbuf_addf(&out, "%zu ", kh_bits(&key));
	kh_fingerprint(&key, hash, &out);
	(void)strbuf_addch(&out, '\n');
	kh_randomart(&key, hash, &out);
	puts(out.buf);
	strbuf_release(&out);
	strbuf_release(&blob);
}

int main(int argc, char **argv)
{
	enum fingerprint_hash hash = argc > 1 && !strcmp(argv[1], "md5")
					     ? FINGERPRINT_MD5
					     : FINGERPRINT_SHA256;
	static char line[16384];

	while (fgets(line, sizeof(line), stdin)) {
		char *rest;
		char *type = strtok_r(line, " \n", &rest);
		char *text = strtok_r(NULL, " \n", &rest);

		if (text)
			show(type, text, hash);
	}
	return 0;
}
