/* SPDX-License-Identifier: MIT */
/*
 * A read-only, shared mapping of a whole file, placed so that pages of 2 MiB
 * fit, and what the kernel says about it.
 */
#ifndef STELE_MAPPING_H
#define STELE_MAPPING_H

#include <stddef.h>
#include <stdint.h>

/* Map the first `bytes` of a file.  *len is what unmapping gets.  -errno. */
int stele_mapping_create(int fd, uint64_t bytes, void **mapping, size_t *len);
void stele_mapping_destroy(void *mapping, size_t len);

/*
 * Wishes: the kernel does what it can, and stele_mapping_usage() tells what
 * that was.  huge: pages of 2 MiB; populate: every page now.
 */
void stele_mapping_huge(void *mapping, size_t len);
void stele_mapping_populate(void *mapping, size_t len);

/* As /proc/self/smaps has it; all zero where it cannot be read. */
struct stele_mapping_usage {
	uint64_t page_bytes; /* the largest pages in use */
	uint64_t huge_bytes; /* mapped by pages of 2 MiB or more */
	uint64_t resident_bytes;
};
void stele_mapping_usage(const void *mapping, size_t len,
			 struct stele_mapping_usage *usage);

#endif /* STELE_MAPPING_H */
