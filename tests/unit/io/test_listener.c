/* SPDX-License-Identifier: Apache-2.0 */
#include "io/listener.h"

#include "lib/test.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "io/loop.h"

struct rig {
	struct loop *loop;
	struct listener l;
	int fd; /* accepted last */
	unsigned int count;
	sa_family_t family;
};

static void accepted(struct listener *l, int fd,
		     const struct sockaddr_storage *peer)
{
	struct rig *r = container_of(l, struct rig, l);

	if (r->fd >= 0)
		close(r->fd);
	r->fd = fd;
	r->count++;
	r->family = peer->ss_family;
	assert_true(fcntl(fd, F_GETFL) & O_NONBLOCK);
}

static void open_rig(struct rig *r)
{
	*r = (struct rig){ .loop = loop_new(NULL), .fd = -1 };
	listener_init(&r->l, r->loop, accepted);
}

static void close_rig(struct rig *r)
{
	listener_stop(&r->l);
	listener_stop(&r->l);
	if (r->fd >= 0)
		close(r->fd);
	loop_free(r->loop);
}

static struct sockaddr_storage loopback(uint16_t port)
{
	struct sockaddr_storage sa = { 0 };
	struct sockaddr_in *sin = (struct sockaddr_in *)&sa;

	sin->sin_family = AF_INET;
	sin->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	sin->sin_port = htons(port);
	return sa;
}

static int dial(uint16_t port)
{
	struct sockaddr_storage sa = loopback(port);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_equal(connect(fd, (const struct sockaddr *)&sa,
				 sizeof(struct sockaddr_in)),
			 0);
	return fd;
}

static void port_is_chosen_and_kept(void **state)
{
	struct sockaddr_storage sa = loopback(0);
	struct err err = { 0 };
	struct rig r, other;
	int fd;

	(void)state;
	open_rig(&r);
	open_rig(&other);
	assert_int_equal(
		listener_add(&r.l, &sa, sizeof(struct sockaddr_in), &err), 0);
	assert_int_not_equal(r.l.port, 0);
	fd = dial(r.l.port);
	while (!r.count)
		assert_int_equal(loop_turn(r.loop, true, NULL), 1);
	assert_int_equal(r.family, AF_INET);
	close(fd);
	/* Nobody else can have it. */
	sa = loopback(r.l.port);
	assert_int_equal(
		listener_add(&other.l, &sa, sizeof(struct sockaddr_in), &err),
		-1);
	assert_non_null(strstr(err.msg, "bind [127.0.0.1]:"));
	assert_non_null(strstr(err.msg, "Address already in use"));
	err_release(&err);
	close_rig(&other);
	close_rig(&r);
}

static void socket_has_its_mode_and_goes_away(void **state)
{
	char dir[] = "/tmp/rsh-listener-XXXXXX", path[64];
	struct err err = { 0 };
	struct stat st;
	struct rig r;

	(void)state;
	assert_non_null(mkdtemp(dir));
	(void)snprintf(path, sizeof(path), "%s/s", dir);
	open_rig(&r);
	assert_int_equal(listener_add_unix(&r.l, path, 0177, false, &err), 0);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	close_rig(&r);
	assert_int_equal(stat(path, &st), -1);
	/* What stands there is left alone, unless it is to be replaced. */
	close(open(path, O_CREAT | O_WRONLY, 0600));
	open_rig(&r);
	assert_int_equal(listener_add_unix(&r.l, path, 0177, false, &err), -1);
	assert_non_null(strstr(err.msg, "cannot bind to path"));
	err_release(&err);
	assert_int_equal(listener_add_unix(&r.l, path, 0117, true, &err), 0);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0660);
	/* Another's by now. */
	assert_int_equal(unlink(path), 0);
	close(open(path, O_CREAT | O_WRONLY, 0600));
	close_rig(&r);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(dir), 0);
}

/* The connection waits in the kernel, and is taken when there is one again. */
static void lack_of_descriptors_is_waited_out(void **state)
{
	struct sockaddr_storage sa = loopback(0);
	struct rlimit was, none;
	struct rig r;
	int fd, probe;
	const char *preload = getenv("LD_PRELOAD");

	(void)state;
	/* valgrind takes and drops what it says has no descriptor. */
	if (preload && strstr(preload, "vgpreload"))
		return;
	open_rig(&r);
	assert_int_equal(
		listener_add(&r.l, &sa, sizeof(struct sockaddr_in), NULL), 0);
	fd = dial(r.l.port);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &was), 0);
	probe = dup(fd);
	none = (struct rlimit){ (rlim_t)probe, was.rlim_max };
	close(probe);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	while (!r.l.starved)
		assert_int_equal(loop_turn(r.loop, true, NULL), 1);
	assert_true(listener_paused(&r.l));
	assert_int_equal(r.count, 0);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &was), 0);
	while (!r.count)
		assert_int_equal(loop_turn(r.loop, true, NULL), 1);
	assert_false(listener_paused(&r.l));
	close(fd);
	close_rig(&r);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(port_is_chosen_and_kept),
		cmocka_unit_test(socket_has_its_mode_and_goes_away),
		cmocka_unit_test(lack_of_descriptors_is_waited_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
