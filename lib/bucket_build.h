/* SPDX-License-Identifier: MIT */
/*
 * Building one partition of a bucket table: how many buckets, which hash, and
 * the bytes of the buckets.
 */
#ifndef STELE_BUCKET_BUILD_H
#define STELE_BUCKET_BUILD_H

#include "bucket_entry.h"
#include "buffer.h"
#include "format.h"

/* A partition, ready to be appended to the others. */
struct stele_bucket_part {
	struct stele_fmt_partition fmt; /* first_bucket is not known here */
	uint8_t bucket_log2;
	uint8_t *data; /* owned */
	uint64_t data_bytes;
	uint8_t *separators; /* owned */
	struct stele_buffer overflow; /* entries out of line */
	/* offsets in data of u64 which count from the beginning of overflow and
	 * have to count from the image's */
	struct stele_buffer references;
	uint64_t nr_keys;
	uint64_t nr_values;
	uint64_t used_bytes;
	uint64_t nr_duplicates;
	bool replaced; /* it took more than one trial */
	struct stele_buffer duplicate; /* -STELE_E_DUPLICATE: the key */
};

/*
 * Build the partition of a slice.  `only`: the table has no other one, and is
 * one bucket of the size needed where it fits into bucket_log2.  part must be
 * freed after any result.  -STELE_E_DUPLICATE; -STELE_E_LIMIT; -ENOMEM.
 */
int stele_bucket_build(const struct stele_bucket_table *table,
		       const struct stele_slice *slice, bool only,
		       struct stele_bucket_part *part);
void stele_bucket_part_free(struct stele_bucket_part *part);

/* Largest entry that lies in a bucket. */
static inline uint32_t stele_bucket_inline_max(unsigned bucket_log2, bool lone)
{
	return 1u << ((lone ? STELE_FMT_BUCKET_MAX_LOG2 : bucket_log2) - 2);
}

#endif /* STELE_BUCKET_BUILD_H */
