// SPDX-License-Identifier: MIT
/*
 * The limit: what one access costs, in an arena of the same size, in the same
 * home and on the same page size as the store it is compared with. One access
 * touches one 64-byte line.
 *
 *	dependent	a pointer chase along one random cycle of all lines
 *	independent	lines picked by a counter; the processor overlaps them
 *
 * Keys are not looked at. The arena's home is a file under path, or a memfd.
 */
#include "die.h"
#include "pages.h"
#include "peer.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#define LINE_BYTES 64
#define EXTENT_BYTES (2ul << 20)

struct arena {
	const char *base; /* each line begins with the offset of the next */
	uint64_t lines;
	uint64_t bytes;
	void *reserved;
	size_t reserved_bytes;
};

static void limit_version(char *to, size_t size)
{
	snprintf(to, size, "-");
}

/* Sattolo's shuffle: a permutation that is one cycle. */
static uint32_t *random_cycle(uint64_t lines, uint64_t seed)
{
	uint32_t *next = calloc(lines, sizeof(*next));
	uint32_t swap;
	uint64_t i, j;

	if (!next)
		die("limit: no memory for %llu lines",
		    (unsigned long long)lines);
	madvise(next, lines * sizeof(*next), MADV_HUGEPAGE);
	for (i = 0; i < lines; i++)
		next[i] = i;
	for (i = lines - 1; i > 0; i--) {
		j = (unsigned __int128)bench_mix(seed ^ ~i) * i >> 64;
		swap = next[i];
		next[i] = next[j];
		next[j] = swap;
	}
	return next;
}

static void arena_write(int fd, const struct peer_args *args)
{
	static uint64_t chunk[EXTENT_BYTES / sizeof(uint64_t)];
	const uint64_t lines = args->bytes / LINE_BYTES;
	const uint64_t per_chunk = EXTENT_BYTES / LINE_BYTES;
	uint32_t *next = random_cycle(lines, args->set.seed);
	uint64_t first, i, count;
	ssize_t done;

	for (first = 0; first < lines; first += per_chunk) {
		count = lines - first < per_chunk ? lines - first : per_chunk;
		for (i = 0; i < count; i++)
			chunk[i * LINE_BYTES / sizeof(*chunk)] =
				next[first + i] * (uint64_t)LINE_BYTES;
		done = write(fd, chunk, count * LINE_BYTES);
		if (done != (ssize_t)(count * LINE_BYTES))
			die("limit: cannot write the arena: %s",
			    done < 0 ? strerror(errno) : "short write");
	}
	free(next);
}

static void limit_build(const struct peer_args *args)
{
	int fd;

	if (strcmp(args->home, "file"))
		die("limit: only a file is built before open");
	unlink(args->path);
	fd = open(args->path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	if (fd < 0)
		die("limit: %s: %s", args->path, strerror(errno));
	arena_write(fd, args);
	if (fsync(fd))
		die("limit: %s: %s", args->path, strerror(errno));
	close(fd);
}

/* Of the file, or of this process's only memfd. */
static int arena_fd(const struct peer_args *args)
{
	static int memfd = -1;
	int fd;

	if (!strcmp(args->home, "file")) {
		fd = open(args->path, O_RDONLY | O_CLOEXEC);
	} else {
		if (memfd < 0) {
			memfd = memfd_create("bench-limit", MFD_CLOEXEC);
			if (memfd >= 0)
				arena_write(memfd, args);
		}
		fd = fcntl(memfd, F_DUPFD_CLOEXEC, 0);
	}
	if (fd < 0)
		die("limit: no %s arena: %s", args->home, strerror(errno));
	return fd;
}

static void *limit_open(const struct peer_args *args)
{
	struct arena *a = calloc(1, sizeof(*a));
	int fd = arena_fd(args);
	uintptr_t at;
	void *base;

	if (!a)
		die("limit: no memory");
	a->lines = args->bytes / LINE_BYTES;
	a->bytes = a->lines * LINE_BYTES;
	a->reserved_bytes = a->bytes + 2 * EXTENT_BYTES;
	a->reserved = mmap(NULL, a->reserved_bytes, PROT_NONE,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	at = ((uintptr_t)a->reserved + EXTENT_BYTES - 1) & -EXTENT_BYTES;
	base = mmap((void *)at, a->bytes, PROT_READ, MAP_SHARED | MAP_FIXED, fd,
		    0);
	if (a->reserved == MAP_FAILED || base == MAP_FAILED)
		die("limit: cannot map: %s", strerror(errno));
	close(fd);
	pages_advise(base, a->bytes, !strcmp(args->page, "2M"));
	a->base = base;
	return a;
}

static struct tally limit_get(void *opaque, const struct queries *q,
			      enum bench_mode mode)
{
	const struct arena *a = opaque;
	struct tally tally = { q->count, 0 };
	uint64_t i, line, at, start = bench_mix(q->seed);

	at = (unsigned __int128)start * a->lines >> 64;
	at *= LINE_BYTES;
	if (mode == BENCH_DEPENDENT) {
		for (i = 0; i < q->count; i++)
			at = *(const uint64_t *)(a->base + at);
		tally.sum = at;
		return tally;
	}
	for (i = 0; i < q->count; i++) {
		line = (unsigned __int128)bench_mix(start + i) * a->lines >> 64;
		tally.sum += *(const uint64_t *)(a->base + line * LINE_BYTES);
	}
	return tally;
}

static uint64_t limit_bytes(void *opaque, const struct peer_args *args)
{
	(void)args;
	return ((const struct arena *)opaque)->bytes;
}

static void limit_close(void *opaque)
{
	struct arena *a = opaque;

	munmap(a->reserved, a->reserved_bytes);
	free(a);
}

const struct peer peer_limit = {
	.name = "limit",
	.version = limit_version,
	.build = limit_build,
	.open = limit_open,
	.get = limit_get,
	.bytes = limit_bytes,
	.close = limit_close,
};
