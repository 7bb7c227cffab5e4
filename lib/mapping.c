// SPDX-License-Identifier: MIT
/*
 * Mapping a segment.  A page table entry of 2 MiB needs an address and an
 * offset in the file that agree modulo 2 MiB; so address space is reserved first and
 * the file is mapped at the first such address in it.
 *
 * What madvise() returns is no evidence: some kernels collapse every page and
 * end with EINVAL.  smaps is asked instead.
 */
#include "mapping.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "descriptor.h"
#include "format.h"

#ifndef MADV_POPULATE_READ
#define MADV_POPULATE_READ 22
#endif
#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE 25
#endif

static uint64_t round_up(uint64_t n, uint64_t align)
{
	return (n + align - 1) / align * align;
}

/* Address space of len bytes at a multiple of 2 MiB, with nothing in it. */
static void *reserve(size_t len)
{
	size_t room = len + STELE_FMT_EXTENT;
	uint8_t *start, *aligned;
	size_t before;

	start = mmap(NULL, room, PROT_NONE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (start == MAP_FAILED)
		return NULL;
	before = -(uintptr_t)start % STELE_FMT_EXTENT;
	aligned = start + before;
	if (before)
		munmap(start, before);
	munmap(aligned + len, room - before - len);
	return aligned;
}

int stele_mapping_create(int fd, uint64_t bytes, void **mapping, size_t *len)
{
	uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
	void *at = NULL, *p;
	int rc;

	if (bytes > INT64_MAX - STELE_FMT_EXTENT)
		return -EFBIG;
	bytes = round_up(bytes, page);
	if (bytes >= STELE_FMT_EXTENT) {
		at = reserve(bytes);
		if (!at)
			return -errno;
	}
	p = mmap(at, bytes, PROT_READ, MAP_SHARED | (at ? MAP_FIXED : 0), fd,
		 0);
	if (p == MAP_FAILED) {
		rc = -errno;
		if (at)
			munmap(at, bytes);
		return rc;
	}
	*mapping = p;
	*len = bytes;
	return 0;
}

void stele_mapping_destroy(void *mapping, size_t len)
{
	if (mapping)
		munmap(mapping, len);
}

void stele_mapping_huge(void *mapping, size_t len)
{
	size_t whole = len / STELE_FMT_EXTENT * STELE_FMT_EXTENT;

	if (!whole)
		return;
	/* The first makes later faults read whole extents of a file. */
	madvise(mapping, whole, MADV_HUGEPAGE);
	while (madvise(mapping, whole, MADV_COLLAPSE) < 0 && errno == EINTR)
		;
}

void stele_mapping_populate(void *mapping, size_t len)
{
	int rc;

	do
		rc = madvise(mapping, len, MADV_POPULATE_READ);
	while (rc < 0 && errno == EINTR);
	/* Before Linux 5.14 the pages can be read ahead, but not mapped. */
	if (rc < 0 && errno == EINVAL)
		madvise(mapping, len, MADV_WILLNEED);
}

/* --------------------------------------------------------------- smaps */

/* Lines of a file, without allocating; the end of a very long one is lost. */
struct lines {
	int fd;
	size_t pos, len;
	char buf[4096];
	char line[500];
};

static int next_byte(struct lines *lines)
{
	if (lines->pos == lines->len) {
		ssize_t n;

		do
			n = read(lines->fd, lines->buf, sizeof(lines->buf));
		while (n < 0 && errno == EINTR);
		if (n <= 0)
			return -1;
		lines->pos = 0;
		lines->len = (size_t)n;
	}
	return (unsigned char)lines->buf[lines->pos++];
}

static bool next_line(struct lines *lines)
{
	size_t len = 0;
	int c;

	while ((c = next_byte(lines)) >= 0 && c != '\n')
		if (len < sizeof(lines->line) - 1)
			lines->line[len++] = (char)c;
	lines->line[len] = '\0';
	return c >= 0;
}

struct smaps_area {
	uint64_t page_kib, huge_kib, hugetlb_kib, resident_kib;
};

static void add_counter(struct smaps_area *area, const char *line)
{
	static const char *const huge[] = { "AnonHugePages", "ShmemPmdMapped",
					    "FilePmdMapped" };
	static const char *const hugetlb[] = { "Shared_Hugetlb",
					       "Private_Hugetlb" };
	unsigned long long kib;
	char name[32];
	size_t i;

	if (sscanf(line, "%31[^:]: %llu kB", name, &kib) != 2)
		return;
	if (!strcmp(name, "Rss"))
		area->resident_kib += kib;
	if (!strcmp(name, "KernelPageSize"))
		area->page_kib = kib;
	for (i = 0; i < sizeof(huge) / sizeof(*huge); i++)
		if (!strcmp(name, huge[i]))
			area->huge_kib += kib;
	for (i = 0; i < sizeof(hugetlb) / sizeof(*hugetlb); i++)
		if (!strcmp(name, hugetlb[i]))
			area->hugetlb_kib += kib;
}

static void add_area(struct stele_mapping_usage *usage,
		     const struct smaps_area *area)
{
	uint64_t huge = area->huge_kib + area->hugetlb_kib;
	uint64_t page = area->page_kib << 10;

	if (huge && page < STELE_FMT_EXTENT)
		page = STELE_FMT_EXTENT;
	if (page > usage->page_bytes)
		usage->page_bytes = page;
	usage->huge_bytes += huge << 10;
	/* Pages of hugetlbfs are not counted as resident. */
	usage->resident_bytes += (area->resident_kib + area->hugetlb_kib) << 10;
}

void stele_mapping_usage(const void *mapping, size_t len,
			 struct stele_mapping_usage *usage)
{
	uintptr_t begin = (uintptr_t)mapping, end = begin + len;
	struct smaps_area area = { 0 };
	struct lines lines;
	bool ours = false;

	memset(usage, 0, sizeof(*usage));
	lines.pos = lines.len = 0;
	lines.fd = stele_fd_open(AT_FDCWD, "/proc/self/smaps", O_RDONLY, 0);
	if (lines.fd < 0)
		return;
	/* Advice on a part of the mapping makes several areas of it. */
	while (next_line(&lines)) {
		unsigned long from, to;

		if (sscanf(lines.line, "%lx-%lx ", &from, &to) != 2) {
			if (ours)
				add_counter(&area, lines.line);
			continue;
		}
		if (ours)
			add_area(usage, &area);
		memset(&area, 0, sizeof(area));
		ours = from >= begin && to <= end;
		if (from >= end)
			break;
	}
	if (ours)
		add_area(usage, &area);
	stele_fd_close(lines.fd);
}
