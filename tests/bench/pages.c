// SPDX-License-Identifier: MIT
/* Reads /proc/self/smaps, smaps_rollup, maps and status. */
#include "pages.h"
#include "die.h"

#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#ifndef MADV_COLLAPSE /* glibc 2.36 doesn't have it */
#define MADV_COLLAPSE 25
#endif

#define EXTENT_BYTES (2ul << 20)

#define LARGE_BYTES (4ull << 20)

static FILE *proc_open(const char *path)
{
	FILE *f = fopen(path, "re");

	if (!f)
		die("cannot read %s", path);
	return f;
}

void pages_advise(void *start, size_t len, bool huge)
{
	uintptr_t first = ((uintptr_t)start + EXTENT_BYTES - 1) & -EXTENT_BYTES;
	uintptr_t end = ((uintptr_t)start + len) & -EXTENT_BYTES;

	madvise(start, len, huge ? MADV_HUGEPAGE : MADV_NOHUGEPAGE);
	/* What is mapped already stays as it is: map it anew. */
	madvise(start, len, MADV_DONTNEED);
	madvise(start, len, MADV_POPULATE_READ);
	if (huge && first < end)
		madvise((void *)first, end - first, MADV_COLLAPSE);
}

void pages_advise_file(const char *path, const char *page)
{
	FILE *f = proc_open("/proc/self/maps");
	char line[PATH_MAX + 128], real[PATH_MAX];
	uint64_t start, end;
	bool huge = !strcmp(page, "2M");
	char *at;
	int fd;

	if (!strcmp(page, "any")) {
		fclose(f);
		return;
	}
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || !realpath(path, real))
		die("%s: no such file", path);
	if (huge)
		posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
	close(fd);
	while (fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = 0;
		at = strchr(line, '/');
		if (at && !strcmp(at, real) &&
		    sscanf(line, "%" SCNx64 "-%" SCNx64, &start, &end) == 2)
			pages_advise((void *)start, end - start, huge);
	}
	fclose(f);
}

/* The bytes of a "Name:   123 kB" line; 0 when the line has another name. */
static uint64_t kb_of(const char *line, const char *name)
{
	size_t len = strlen(name);
	uint64_t kb;

	if (strncmp(line, name, len) || line[len] != ':' ||
	    sscanf(line + len + 1, "%" SCNu64, &kb) != 1)
		return 0;
	return kb * 1024;
}

struct page_use pages_of_large_mappings(const void *skip)
{
	struct page_use use = { 0, 0 };
	FILE *f = proc_open("/proc/self/smaps");
	uint64_t start, end, hugetlb;
	bool counted = false;
	char line[512];

	while (fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%" SCNx64 "-%" SCNx64 " ", &start, &end) ==
		    2) {
			counted = end - start >= LARGE_BYTES &&
				  start != (uintptr_t)skip;
			continue;
		}
		if (!counted)
			continue;
		/* Pages of hugetlb are not in Rss. */
		hugetlb = kb_of(line, "Shared_Hugetlb") +
			  kb_of(line, "Private_Hugetlb");
		use.resident_bytes += kb_of(line, "Rss") + hugetlb;
		use.huge_bytes += kb_of(line, "AnonHugePages") +
				  kb_of(line, "ShmemPmdMapped") +
				  kb_of(line, "FilePmdMapped") + hugetlb;
	}
	fclose(f);
	return use;
}

int pages_shared_writable(void)
{
	FILE *f = proc_open("/proc/self/maps");
	char line[512], perms[5];
	int count = 0;

	while (fgets(line, sizeof(line), f))
		if (sscanf(line, "%*s %4s", perms) == 1 && perms[1] == 'w' &&
		    perms[3] == 's' && !strstr(line, "/dev/zero"))
			count++;
	fclose(f);
	return count;
}

struct memory_use pages_rollup(void)
{
	struct memory_use use = { 0, 0, 0 };
	char line[512];
	FILE *f;

	f = proc_open("/proc/self/smaps_rollup");
	while (fgets(line, sizeof(line), f)) {
		use.private_bytes += kb_of(line, "Private_Clean") +
				     kb_of(line, "Private_Dirty") +
				     kb_of(line, "Private_Hugetlb");
		use.pss_bytes += kb_of(line, "Pss");
	}
	fclose(f);
	f = proc_open("/proc/self/status");
	while (fgets(line, sizeof(line), f))
		use.page_table_bytes += kb_of(line, "VmPTE");
	fclose(f);
	return use;
}
