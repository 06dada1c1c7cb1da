/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The other end of ssh/addkey.h.
 */
#include "cmd/askpass.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "ssh/addkey.h"

#include "base/banned.h"

#define LINE_MAX_BYTES 1024

bool askpass_wanted(void)
{
	return getenv(ADDKEY_ASKPASS) != NULL;
}

int askpass(void)
{
	char *line = secret_new(LINE_MAX_BYTES);
	size_t len = 0;
	ssize_t n = 0;

	/* Byte by byte: another one may be asked for the next line. */
	while (len < LINE_MAX_BYTES && (!len || line[len - 1] != '\n')) {
		n = read(STDIN_FILENO, line + len, 1);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		len++;
	}
	n = len ? write(STDOUT_FILENO, line, len) : -1;
	secret_free(line);
	return n > 0 && (size_t)n == len ? EXIT_SUCCESS : EXIT_FAILURE;
}
