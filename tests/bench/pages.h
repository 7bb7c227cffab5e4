/* SPDX-License-Identifier: MIT */
/*
 * What the kernel says about this process's memory. Huge pages are believed
 * only when smaps shows them.
 */
#ifndef BENCH_PAGES_H
#define BENCH_PAGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Asks for 2 MiB pages under a read-only shared mapping, or forbids them, and
 * brings all of it into memory. No advice is sure to work.
 */
void pages_advise(void *start, size_t len, bool huge);
/*
 * The same for this process's mappings of a file, whoever made them; "any" leaves
 * them as they are. For "2M" the file is read from disk anew, since the kernel
 * makes large folios as it reads; nobody else may have it mapped.
 */
void pages_advise_file(const char *path, const char *page);

struct page_use {
	uint64_t resident_bytes;
	uint64_t huge_bytes; /* of these, mapped by 2 MiB */
};

/* Sums over mappings of 4 MiB and more, but the one that starts at skip. */
struct page_use pages_of_large_mappings(const void *skip);
/* Mappings that are both writable and shared, of anything but /dev/zero. */
int pages_shared_writable(void);

struct memory_use {
	uint64_t private_bytes;
	uint64_t pss_bytes; /* each page divided by how many map it */
	uint64_t page_table_bytes;
};

struct memory_use pages_rollup(void);

#endif
