/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/archive.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "wire/tar.h"

#define AT_SUM ((size_t)148)

size_t archive_add(struct strbuf *out, char type, const char *name,
		   const char *link, const char *bytes)
{
	const struct tar_entry e = { .type = (enum tar_type)type,
				     .name = name,
				     .link = link,
				     .mode = 0644,
				     .mtime = 1000,
				     .size = strlen(bytes) };
	size_t block;

	(void)tar_header(out, &e);
	block = out->len - TAR_BLOCK;
	(void)strbuf_addstr(out, bytes);
	(void)tar_pad(out, e.size);
	return block;
}

void archive_set(struct strbuf *out, size_t block, size_t field,
		 const void *text, size_t n)
{
	char *h = out->buf + block;
	unsigned int sum = 0;

	memcpy(h + field, text, n);
	memset(h + AT_SUM, ' ', 8);
	for (size_t i = 0; i < TAR_BLOCK; i++)
		sum += (unsigned char)h[i];
	(void)snprintf(h + AT_SUM, 8, "%06o", sum);
}

void archive_pax(struct strbuf *out, char type, const char *key,
		 const char *value)
{
	size_t n = strlen(key) + strlen(value) + 3; /* blank, equals, newline */
	size_t digits = 1;
	char *record;

	while (snprintf(NULL, 0, "%zu", n + digits) != (int)digits)
		digits++;
	record = xasprintf("%zu %s=%s\n", n + digits, key, value);
	(void)archive_add(out, type, "PaxHeaders/x", NULL, record);
	free(record);
}
