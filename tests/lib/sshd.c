/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/sshd.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/shell.h"

/* What sshd.bash gives its first node. */
#define NODE_ADDR "127.2.0.1"

#define WITH_FIXTURE ". \"$2/tests/lib/sshd.bash\" && "

static int read_port(const struct sshd *s, uint16_t *port)
{
	char *path = sshd_path(s, "ssh_config");
	FILE *f = fopen(path, "re");
	unsigned int n = 0;
	char line[256];

	free(path);
	if (!f)
		return -1;
	while (!n && fgets(line, sizeof(line), f)) {
		const char *p = line + strspn(line, " \t");

		if (!strncmp(p, "Port ", 5))
			n = (unsigned int)strtoul(p + 5, NULL, 10);
	}
	fclose(f);
	*port = (uint16_t)n;
	return n ? 0 : -1;
}

int sshd_start(struct sshd *s)
{
	const struct passwd *pw = getpwuid(getuid());

	*s = (struct sshd){ .dir = "/tmp/rsh-sshd-XXXXXX" };
	if (!pw || !mkdtemp(s->dir)) {
		s->dir[0] = '\0';
		return -1;
	}
	snprintf(s->user, sizeof(s->user), "%s", pw->pw_name);
	if (shell(WITH_FIXTURE "sshd_start \"$1\" 1", s->dir) ||
	    read_port(s, &s->port)) {
		sshd_stop(s);
		return -1;
	}
	return 0;
}

void sshd_stop(struct sshd *s)
{
	if (!s->dir[0])
		return;
	shell(WITH_FIXTURE "sshd_stop \"$1\"; rm -rf \"$1\"", s->dir);
	s->dir[0] = '\0';
}

int sshd_connect(const struct sshd *s)
{
	struct sockaddr_in sin = { .sin_family = AF_INET,
				   .sin_port = htons(s->port) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int one = 1;

	inet_pton(AF_INET, NODE_ADDR, &sin.sin_addr);
	if (connect(fd, (const struct sockaddr *)&sin, sizeof(sin))) {
		close(fd);
		return -1;
	}
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	fcntl(fd, F_SETFL, O_NONBLOCK);
	return fd;
}

char *sshd_path(const struct sshd *s, const char *name)
{
	char *path = NULL;

	if (asprintf(&path, "%s/%s", s->dir, name) < 0)
		abort();
	return path;
}
