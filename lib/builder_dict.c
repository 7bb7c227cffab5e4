// SPDX-License-Identifier: MIT
/*
 * Dicts: the pairs in the order given, and behind more than eight of them the
 * index that format.h describes.  Keys are compared by canonical encoding; one
 * that comes twice is refused by name.
 */
#include "builder.h"
#include "canonical.h"
#include "hash.h"

/* Where the encoding of a key lies in b->keys, and its hash in an index. */
struct key {
	size_t off;
	size_t len;
	uint64_t hash;
};

static int twice(const struct stele_cell *key, struct stele_error *err)
{
	if (key->type == STELE_TYPE_STR)
		return stele_fail(err, -STELE_E_DUPLICATE,
				  "the key '%.*s' twice in one dict",
				  (int)(key->len < 100 ? key->len : 100),
				  (const char *)key->u.ptr);
	if (key->type >= STELE_TYPE_I8 && key->type <= STELE_TYPE_I64)
		return stele_fail(err, -STELE_E_DUPLICATE,
				  "the key %lld twice in one dict",
				  (long long)key->u.i);
	if (key->type >= STELE_TYPE_U8 && key->type <= STELE_TYPE_U64)
		return stele_fail(err, -STELE_E_DUPLICATE,
				  "the key %llu twice in one dict",
				  (unsigned long long)key->u.u);
	return stele_fail(err, -STELE_E_DUPLICATE,
			  "a key of type %s twice in one dict",
			  stele_type_name(key->type));
}

static bool equal(const struct stele_builder *b, const struct key *x,
		  const struct key *y)
{
	return x->hash == y->hash && x->len == y->len &&
	       !memcmp(b->keys.ptr + x->off, b->keys.ptr + y->off, x->len);
}

/* Encode the keys and hash those of an index. */
static int encode(struct stele_builder *b, const struct stele_cell *cell,
		  bool hashed, struct key *keys, struct stele_error *err)
{
	for (uint64_t i = 0; i < cell->len; i++) {
		const struct stele_cell *key = &cell->u.cells[2 * i];
		struct key *k = &keys[i];
		int rc;

		k->off = b->keys.len;
		rc = stele_canonical_cell(&b->keys, key);
		if (rc == -STELE_E_RANGE)
			return stele_fail(err, rc,
					  "key %llu: no key can be NaN",
					  (unsigned long long)i);
		if (rc == -STELE_E_TYPE)
			return stele_fail(err, rc,
					  "key %llu: %s cannot be a key",
					  (unsigned long long)i,
					  stele_type_name(key->type));
		if (rc == -STELE_E_LIMIT)
			return stele_fail(err, rc, "key %llu: too many digits",
					  (unsigned long long)i);
		if (rc)
			return rc;
		k->len = b->keys.len - k->off;
		k->hash = hashed ?
				  stele_hash_bytes(b->keys.ptr + k->off, k->len,
						   b->options.hash_seed) :
				  0;
	}
	return 0;
}

static unsigned index_log2(uint64_t n)
{
	unsigned log2 = 4;

	while (1ull << log2 < n + (n + 1) / 2)
		log2++;
	return log2;
}

static int check_linear(struct stele_builder *b, const struct stele_cell *cell,
			const struct key *keys, struct stele_error *err)
{
	for (uint64_t i = 1; i < cell->len; i++)
		for (uint64_t j = 0; j < i; j++)
			if (equal(b, &keys[i], &keys[j]))
				return twice(&cell->u.cells[2 * i], err);
	return 0;
}

/* Fill the slots, which are zero and lie at `at` in scratch. */
static int fill_index(struct stele_builder *b, const struct stele_cell *cell,
		      const struct key *keys, unsigned log2, size_t at,
		      struct stele_error *err)
{
	uint32_t *slots = (uint32_t *)(void *)(b->scratch.ptr + at);
	uint32_t mask = (1u << log2) - 1;

	for (uint64_t i = 0; i < cell->len; i++) {
		uint32_t tag = (uint32_t)keys[i].hash & ~mask;
		uint32_t slot = (uint32_t)(keys[i].hash >> 32) & mask;

		for (; slots[slot]; slot = (slot + 1) & mask)
			if ((slots[slot] & ~mask) == tag &&
			    equal(b, &keys[(slots[slot] & mask) - 1], &keys[i]))
				return twice(&cell->u.cells[2 * i], err);
		slots[slot] = tag | (uint32_t)(i + 1);
	}
	return 0;
}

static int lay_pairs(struct stele_builder *b, uint32_t key_type,
		     uint32_t item_type, bool nullable,
		     const struct stele_cell *cell, size_t at,
		     struct stele_error *err)
{
	for (uint64_t i = 0; i < cell->len; i++) {
		const struct stele_cell *pair = &cell->u.cells[2 * i];
		int rc = stele_lay_slot(b, key_type, false, &pair[0],
					at + 16 * i, err);

		if (rc)
			return stele_fail_in(err, rc, "key %llu",
					     (unsigned long long)i);
		rc = stele_lay_slot(b, item_type, nullable, &pair[1],
				    at + 16 * i + 8, err);
		if (rc && pair[0].type == STELE_TYPE_STR)
			return stele_fail_in(
				err, rc, "'%.*s'",
				(int)(pair[0].len < 60 ? pair[0].len : 60),
				(const char *)pair[0].u.ptr);
		if (rc)
			return stele_fail_in(err, rc, "value %llu",
					     (unsigned long long)i);
	}
	return 0;
}

int stele_lay_dict(struct stele_builder *b, uint32_t key_type,
		   uint32_t item_type, bool nullable,
		   const struct stele_cell *cell, size_t *at,
		   struct stele_error *err)
{
	bool linear = cell->len <= STELE_FMT_DICT_LINEAR;
	struct key few[STELE_FMT_DICT_LINEAR], *keys = few;
	size_t encodings = b->keys.len;
	unsigned log2 = 0;
	uint64_t bytes;
	int rc;

	if (cell->len > STELE_FMT_DICT_MAX)
		return stele_fail(err, -STELE_E_LIMIT,
				  "more than %llu pairs in one dict",
				  (unsigned long long)STELE_FMT_DICT_MAX);
	bytes = 16 * cell->len;
	if (!linear) {
		log2 = index_log2(cell->len);
		bytes += 4ull << log2;
		keys = malloc(cell->len * sizeof(*keys));
		if (!keys)
			return -ENOMEM;
	}
	rc = encode(b, cell, !linear, keys, err);
	if (!rc)
		rc = stele_scratch_push(b, bytes, at);
	if (!rc)
		rc = linear ? check_linear(b, cell, keys, err) :
			      fill_index(b, cell, keys, log2,
					 *at + 16 * cell->len, err);
	if (!linear)
		free(keys);
	b->keys.len = encodings;
	return rc ? rc :
		    lay_pairs(b, key_type, item_type, nullable, cell, *at, err);
}
