// SPDX-License-Identifier: MIT
/*
 * The keys of a dict and the items of a set: their canonical encodings, that no
 * two are equal, and the index that format.h describes.
 *
 * A key takes the first slot of its search that is free.  Where that is too far
 * from where the search starts, which chance does not bring about, the hashes are
 * salted.
 */
#include "builder.h"
#include "canonical.h"
#include "hash.h"
#include "index.h"

#define MAX_SALTS 64u

struct index {
	const struct stele_builder *b;
	struct stele_build_key *keys;
	uint64_t nr;
	uint32_t mask;
	size_t twice; /* the later of two equal keys */
};

/* ------------------------------------------------------------ encodings */

int stele_keys_encode(struct stele_builder *b, uint32_t type,
		      const struct stele_cell *cells, unsigned step,
		      uint64_t nr, struct stele_build_key *keys,
		      struct stele_error *err)
{
	const char *what = step == 1 ? "item" : "key";
	bool hashed = nr > STELE_FMT_DICT_LINEAR;

	for (uint64_t i = 0; i < nr; i++) {
		struct stele_build_key *key = &keys[i];
		int rc;

		key->off = b->keys.len;
		rc = stele_key_encode(b, type, &cells[i * step], err);
		if (rc)
			return stele_fail_in(err, rc, "%s %llu", what,
					     (unsigned long long)i);
		key->len = b->keys.len - key->off;
		key->number = i;
		key->hash = 0;
		if (hashed)
			key->hash = stele_hash_bytes(b->keys.ptr + key->off,
						     key->len,
						     b->options.hash_seed);
	}
	return 0;
}

static bool equal(const struct stele_builder *b,
		  const struct stele_build_key *x,
		  const struct stele_build_key *y)
{
	return x->hash == y->hash && x->len == y->len &&
	       !memcmp(b->keys.ptr + x->off, b->keys.ptr + y->off, x->len);
}

/* ---------------------------------------------------------------- slots */

/*
 * Give each key a slot.  -ERANGE where a search would take too many steps,
 * -STELE_E_DUPLICATE.
 */
static int arrange(struct index *x, uint32_t *slots)
{
	memset(slots, 0, 4 * ((size_t)x->mask + 1));
	for (uint64_t i = 0; i < x->nr; i++) {
		const struct stele_build_key *key = &x->keys[i];
		uint32_t tag = (uint32_t)key->hash & ~x->mask;
		uint32_t at = (uint32_t)(key->hash >> 32) & x->mask;
		unsigned steps = 1;

		for (; slots[at]; at = (at + 1) & x->mask, steps++) {
			if ((slots[at] & ~x->mask) == tag &&
			    equal(x->b, &x->keys[(slots[at] & x->mask) - 1],
				  key)) {
				x->twice = i;
				return -STELE_E_DUPLICATE;
			}
			if (steps == STELE_FMT_INDEX_STEPS)
				return -ERANGE;
		}
		slots[at] = tag | (uint32_t)(i + 1);
	}
	return 0;
}

/* ----------------------------------------------------------------- salt */

/* Try salts, which stand before the slots, until one does. */
static int arrange_salted(struct index *x, uint64_t *salt)
{
	const struct stele_builder *b = x->b;
	uint64_t *hashes = malloc(x->nr * sizeof(*hashes));
	int rc = -ERANGE;

	if (!hashes)
		return -ENOMEM;
	for (uint64_t i = 0; i < x->nr; i++)
		hashes[i] = x->keys[i].hash;
	for (unsigned n = 0; rc == -ERANGE && n < MAX_SALTS; n++) {
		*salt = stele_hash_bytes(hashes, x->nr * sizeof(*hashes),
					 b->options.hash_seed + n);
		for (uint64_t i = 0; i < x->nr; i++)
			x->keys[i].hash = stele_canonical_hash_bytes_salted(
				b->keys.ptr + x->keys[i].off, x->keys[i].len,
				*salt, b->options.hash_seed);
		rc = arrange(x, (uint32_t *)(void *)(salt + 1));
	}
	free(hashes);
	return rc;
}

/* ------------------------------------------------------------------ all */

static int check_few(const struct stele_builder *b,
		     const struct stele_build_key *keys, uint64_t nr,
		     size_t *twice)
{
	for (*twice = 1; *twice < nr; ++*twice)
		for (uint64_t j = 0; j < *twice; j++)
			if (equal(b, &keys[*twice], &keys[j]))
				return -STELE_E_DUPLICATE;
	return 0;
}

int stele_keys_index(struct stele_builder *b, struct stele_build_key *keys,
		     uint64_t nr, unsigned *flags, size_t *twice,
		     struct stele_error *err)
{
	struct index x = { .b = b, .keys = keys, .nr = nr };
	size_t at, salt;
	int rc;

	*flags = 0;
	if (nr <= STELE_FMT_DICT_LINEAR)
		return check_few(b, keys, nr, twice);
	x.mask = (1u << stele_index_log2(nr)) - 1;
	rc = stele_scratch_push(b, stele_index_slot_bytes(nr), &at);
	if (!rc)
		rc = arrange(&x, (uint32_t *)(void *)(b->scratch.ptr + at));
	if (rc == -ERANGE) {
		*flags = STELE_FMT_OBJ_F_SALTED;
		rc = stele_scratch_push(b, sizeof(uint64_t), &salt);
		if (!rc)
			rc = arrange_salted(
				&x, (uint64_t *)(void *)(b->scratch.ptr + at));
	}
	*twice = x.twice;
	if (rc == -ERANGE)
		return stele_fail(err, -STELE_E_LIMIT,
				  "keys that collide under %u salts",
				  MAX_SALTS);
	return rc;
}
