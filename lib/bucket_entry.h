/* SPDX-License-Identifier: MIT */
/*
 * The entries of one partition of a bucket table before they have places: what
 * a slice holds, hashed, ordered by hash and key, those of equal keys made one.
 */
#ifndef STELE_BUCKET_ENTRY_H
#define STELE_BUCKET_ENTRY_H

#include <stele/builder.h>

#include "buffer.h"
#include "map_slice.h"

/* What all partitions of a table share. */
struct stele_bucket_table {
	const struct stele_entry_form *form;
	enum stele_duplicates duplicates;
	bool multi;
	bool record; /* values are positions / 8, cut to value_bytes */
	uint8_t value_bytes; /* in the table; 0: varies */
	uint8_t bucket_log2;
	uint8_t common_bits; /* leading hash bits that a slice has in common */
	uint8_t first_trial; /* number of the hash tried first; 0 but in tests */
};

/* An entry of the slice. */
struct stele_item {
	uint64_t hash;
	uint64_t off : 44; /* where it lies in the slice */
	uint64_t len : 20; /* its bytes there, at most STELE_ITEM_LONG */
};
#define STELE_ITEM_LONG ((1u << 20) - 1) /* so many or more */
#define STELE_ITEM_MAX_OFF ((UINT64_C(1) << 44) - 1)

struct stele_entries {
	const struct stele_bucket_table *table;
	const struct stele_slice *slice;
	struct stele_item *items; /* by hash, key, input order */
	uint32_t nr_items;
	/* entry k, by hash and key: items first[k] .. first[k + 1] if multi,
	 * else item first[k] alone */
	uint32_t *first;
	uint64_t *hash;
	uint32_t nr;
	uint64_t nr_duplicates; /* items left out by FIRST or LAST */
	struct stele_str
		duplicate; /* -STELE_E_DUPLICATE: the key, in the slice */
};

/*
 * Hash (enum stele_fmt_hash, counter), order and group the entries of a slice.
 * -ENOMEM; -STELE_E_LIMIT: too many for one partition; -STELE_E_DUPLICATE.
 * e must be freed after any result.
 */
int stele_entries_make(struct stele_entries *e,
		       const struct stele_bucket_table *table,
		       const struct stele_slice *slice, unsigned hash,
		       unsigned counter);
void stele_entries_free(struct stele_entries *e);

/* Bytes of entry k as it lies in a table. */
uint64_t stele_entry_bytes(const struct stele_entries *e, uint32_t k);
/* Write them; where they end. */
uint8_t *stele_entry_write(const struct stele_entries *e, uint32_t k,
			   uint8_t *to);

#endif /* STELE_BUCKET_ENTRY_H */
