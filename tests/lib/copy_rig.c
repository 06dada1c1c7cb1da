/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/copy_rig.h"

#include "lib/test.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/list.h"

#define DEADLINE_MS 20000

static void tell(struct copy *c, enum stream s, const char *text)
{
	struct copy_rig *r = container_of(c, struct copy_rig, c);

	(void)strbuf_addf(&r->told, "%c:%s;", s == STREAM_OUT ? 'o' : 'e',
			  text);
}

static void wake(struct copy *c)
{
	(void)c; /* it is pumped in any case */
}

void copy_rig_init(struct copy_rig *r)
{
	char *argv[] = { sftp_server_path(), NULL };

	strbuf_init(&r->told, 65536);
	(void)snprintf(r->dir, sizeof(r->dir), "/tmp/test_copy.XXXXXX");
	assert_non_null(mkdtemp(r->dir));
	assert_int_equal(chdir(r->dir), 0);
	if (argv[0])
		sftp_server_start(&r->server, r->dir, argv);
	r->c.spec = &r->spec;
	r->c.host = "h1";
	r->c.tell = tell;
	r->c.wake = wake;
	r->c.copied = &r->copied;
	xfer_init(&r->c.x);
}

void copy_rig_deny(struct copy_rig *r, const char *request)
{
	char *option = xasprintf("-P%s", request);
	char *argv[] = { sftp_server_path(), option, NULL };

	if (argv[0]) {
		sftp_server_stop(&r->server);
		sftp_server_start(&r->server, r->dir, argv);
	}
	free(option);
}

void copy_rig_start(struct copy_rig *r)
{
	if (!r->server.pid)
		skip();
	xfer_start(&r->c.x);
	while (!r->c.x.ready)
		copy_rig_turn(r);
}

void copy_rig_turn(struct copy_rig *r)
{
	struct pollfd pfd = { .fd = r->server.fd, .events = POLLIN };
	char buf[4096];
	size_t n;
	const void *p = xfer_output(&r->c.x, &n);
	ssize_t moved;

	if (n) {
		moved = write(r->server.fd, p, n);
		assert_true(moved > 0);
		xfer_sent(&r->c.x, (size_t)moved);
	}
	assert_int_equal(poll(&pfd, 1, DEADLINE_MS), 1);
	moved = read(r->server.fd, buf, sizeof(buf));
	assert_true(moved > 0);
	assert_int_equal(xfer_input(&r->c.x, buf, (size_t)moved, NULL), 0);
}

void copy_rig_release(struct copy_rig *r)
{
	xfer_release(&r->c.x);
	err_release(&r->c.err);
	strvec_release(&r->spec.sources);
	strvec_release(&r->spec.dirs);
	strvec_release(&r->spec.suffixes);
	strvec_release(&r->spec.skip);
	strbuf_release(&r->told);
	sftp_server_stop(&r->server);
	assert_int_equal(chdir("/"), 0);
	assert_int_equal(rmdir(r->dir), 0);
}

void copy_rig_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
}
