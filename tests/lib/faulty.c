/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the program is linked with to become rsh_faulty, in which calls fail
 * that do not fail by themselves.  A function of the program takes the place
 * of that of any library, so libssh and libcrypto meet the same.
 *
 *	RSH_TEST_NOMEM=N      the N-th allocation fails; N+: and all after it
 *	RSH_TEST_NOFORK=N/E   from the N-th on no process starts, for errno E
 *	RSH_TEST_CLOCK=S      the time of day is S seconds ahead and back, in
 *	                      turns of a quarter of a second
 *
 * What the C library asks for by itself is had: its look-up of users, for one,
 * does not bear to go without.
 *
 * At its end RSH_TEST_COUNT names a file that tells how often memory was
 * asked for.
 */
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static struct {
	unsigned long memory, spawn; /* the call that fails; 0: none */
	unsigned long asked, spawned;
	bool for_good;
	int spawn_errno;
	long shift;
	uintptr_t libc, libc_end;
} faults;

/* Where the code of the C library is. */
static int find_libc(struct dl_phdr_info *info, size_t size, void *arg)
{
	/* The program has no code of its own for it. */
	const uintptr_t known = (uintptr_t)&fputs;

	(void)size;
	(void)arg;
	for (size_t i = 0; i < info->dlpi_phnum; i++) {
		const uintptr_t start =
			info->dlpi_addr + info->dlpi_phdr[i].p_vaddr;
		const uintptr_t end = start + info->dlpi_phdr[i].p_memsz;

		if (info->dlpi_phdr[i].p_type != PT_LOAD || known < start ||
		    known >= end)
			continue;
		faults.libc = start;
		faults.libc_end = end;
		return 1;
	}
	return 0;
}

__attribute__((constructor)) static void begin(void)
{
	const char *memory = getenv("RSH_TEST_NOMEM");
	const char *spawn = getenv("RSH_TEST_NOFORK");
	const char *shift = getenv("RSH_TEST_CLOCK");

	(void)dl_iterate_phdr(find_libc, NULL);
	faults.asked = 0;
	if (memory) {
		faults.memory = strtoul(memory, NULL, 10);
		faults.for_good = strchr(memory, '+');
	}
	if (spawn) {
		const char *slash = strchr(spawn, '/');

		faults.spawn = strtoul(spawn, NULL, 10);
		faults.spawn_errno =
			slash ? (int)strtol(slash + 1, NULL, 10) : EAGAIN;
	}
	if (shift)
		faults.shift = strtol(shift, NULL, 10);
}

__attribute__((destructor)) static void end(void)
{
	const char *path = getenv("RSH_TEST_COUNT");
	int fd = path ? open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600) : -1;

	if (fd < 0)
		return;
	(void)dprintf(fd, "%lu\n", faults.asked);
	close(fd);
}

/* ---- memory ---- */

#if defined(__GLIBC__) && !defined(SANITIZED)

void *__libc_malloc(size_t n);
void *__libc_calloc(size_t count, size_t n);
void *__libc_realloc(void *old, size_t n);
void *__libc_memalign(size_t to, size_t n);

/* Threads may ask at once. */
static bool out_of_memory(const void *caller)
{
	unsigned long asked;

	if ((uintptr_t)caller >= faults.libc &&
	    (uintptr_t)caller < faults.libc_end)
		return false;
	asked = __atomic_add_fetch(&faults.asked, 1, __ATOMIC_RELAXED);
	if (!faults.memory || asked < faults.memory ||
	    (asked > faults.memory && !faults.for_good))
		return false;
	errno = ENOMEM;
	return true;
}

void *malloc(size_t size)
{
	return out_of_memory(__builtin_return_address(0)) ? NULL
							  : __libc_malloc(size);
}

void *calloc(size_t nmemb, size_t size)
{
	return out_of_memory(__builtin_return_address(0))
		       ? NULL
		       : __libc_calloc(nmemb, size);
}

void *realloc(void *ptr, size_t size)
{
	return out_of_memory(__builtin_return_address(0))
		       ? NULL
		       : __libc_realloc(ptr, size);
}

void *reallocarray(void *ptr, size_t nmemb, size_t size)
{
	size_t bytes;

	if (__builtin_mul_overflow(nmemb, size, &bytes) ||
	    out_of_memory(__builtin_return_address(0))) {
		errno = ENOMEM;
		return NULL;
	}
	return __libc_realloc(ptr, bytes);
}

void *aligned_alloc(size_t alignment, size_t size)
{
	return out_of_memory(__builtin_return_address(0))
		       ? NULL
		       : __libc_memalign(alignment, size);
}

int posix_memalign(void **memptr, size_t alignment, size_t size)
{
	*memptr = out_of_memory(__builtin_return_address(0))
			  ? NULL
			  : __libc_memalign(alignment, size);
	return *memptr ? 0 : ENOMEM;
}

#endif

/* ---- processes ---- */

int posix_spawnp(pid_t *pid, const char *file,
		 const posix_spawn_file_actions_t *actions,
		 const posix_spawnattr_t *attrp, char *const argv[],
		 char *const envp[])
{
	faults.spawned++;
	if (faults.spawn && faults.spawned >= faults.spawn)
		return faults.spawn_errno;
	if (strchr(file, '/'))
		return posix_spawn(pid, file, actions, attrp, argv, envp);
	/* All that the tests look for is in one of two folders. */
	for (int i = 0; i < 2; i++) {
		char path[256];
		int rc;

		(void)snprintf(path, sizeof(path), "%s/%s",
			       i ? "/usr/bin" : "/bin", file);
		rc = posix_spawn(pid, path, actions, attrp, argv, envp);
		if (rc != ENOENT)
			return rc;
	}
	return ENOENT;
}

/* ---- the time of day ---- */

static long shifted(void)
{
	struct timespec now = { 0 };

	(void)syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &now);
	return now.tv_nsec / 250000000 % 2 ? faults.shift : -faults.shift;
}

int clock_gettime(clockid_t clock_id, struct timespec *tp)
{
	int rc = (int)syscall(SYS_clock_gettime, clock_id, tp);

	if (!rc && clock_id == CLOCK_REALTIME)
		tp->tv_sec += shifted();
	return rc;
}

int gettimeofday(struct timeval *restrict tv, void *restrict tz)
{
	struct timespec ts = { 0 };

	(void)tz;
	if (clock_gettime(CLOCK_REALTIME, &ts))
		return -1;
	*tv = (struct timeval){ ts.tv_sec, ts.tv_nsec / 1000 };
	return 0;
}

time_t time(time_t *timer)
{
	struct timespec ts = { 0 };

	(void)clock_gettime(CLOCK_REALTIME, &ts);
	if (timer)
		*timer = ts.tv_sec;
	return ts.tv_sec;
}
