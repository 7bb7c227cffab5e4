// SPDX-License-Identifier: MIT
/*
 * Dicts and sets: the pairs in the order given, the items in ascending order of
 * their canonical encodings, and behind more than eight of them the index.  A
 * key that comes twice is refused by name.
 */
#include "builder.h"
#include "canonical.h"
#include "index.h"

static int fail_twice(const struct stele_cell *key, const char *what,
		      struct stele_error *err)
{
	if (key->type == STELE_TYPE_STR)
		return stele_fail(err, -STELE_E_DUPLICATE,
				  "the %s '%.*s' is there twice", what,
				  (int)(key->len < 100 ? key->len : 100),
				  (const char *)key->u.ptr);
	if (key->type >= STELE_TYPE_I8 && key->type <= STELE_TYPE_I64)
		return stele_fail(err, -STELE_E_DUPLICATE,
				  "the %s %lld is there twice", what,
				  (long long)key->u.i);
	if (key->type >= STELE_TYPE_U8 && key->type <= STELE_TYPE_U64)
		return stele_fail(err, -STELE_E_DUPLICATE,
				  "the %s %llu is there twice", what,
				  (unsigned long long)key->u.u);
	return stele_fail(err, -STELE_E_DUPLICATE,
			  "one %s of type %s is there twice", what,
			  stele_type_name(key->type));
}

static int check_count(uint64_t nr, const char *what, struct stele_error *err)
{
	if (nr <= STELE_FMT_DICT_MAX)
		return 0;
	return stele_fail(err, -STELE_E_LIMIT, "more than %llu %s",
			  (unsigned long long)STELE_FMT_DICT_MAX, what);
}

/* ---------------------------------------------------------------- dicts */

static int fail_value(const struct stele_cell *key, uint64_t number, int rc,
		      struct stele_error *err)
{
	if (key->type == STELE_TYPE_STR)
		return stele_fail_in(err, rc, "'%.*s'",
				     (int)(key->len < 60 ? key->len : 60),
				     (const char *)key->u.ptr);
	return stele_fail_in(err, rc, "value %llu", (unsigned long long)number);
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
		if (rc)
			return fail_value(&pair[0], i, rc, err);
	}
	return 0;
}

int stele_lay_dict(struct stele_builder *b, uint32_t key_type,
		   uint32_t item_type, bool nullable,
		   const struct stele_cell *cell, size_t *at, unsigned *flags,
		   struct stele_error *err)
{
	struct stele_build_key few[STELE_FMT_DICT_LINEAR], *keys = few;
	size_t encodings = b->keys.len, twice = 0;
	int rc = check_count(cell->len, "pairs in one dict", err);

	if (!rc)
		rc = stele_scratch_push(b, 16 * cell->len, at);
	if (!rc)
		rc = lay_pairs(b, key_type, item_type, nullable, cell, *at,
			       err);
	if (rc)
		return rc;
	if (cell->len > STELE_FMT_DICT_LINEAR) {
		keys = malloc(cell->len * sizeof(*keys));
		if (!keys)
			return -ENOMEM;
	}
	rc = stele_keys_encode(b, key_type, cell->u.cells, 2, cell->len, keys,
			       err);
	if (!rc) {
		rc = stele_keys_index(b, keys, cell->len, flags, &twice, err);
		if (rc == -STELE_E_DUPLICATE)
			fail_twice(&cell->u.cells[2 * twice], "key", err);
	}
	if (keys != few)
		free(keys);
	b->keys.len = encodings;
	return rc;
}

/* ----------------------------------------------------------------- sets */

static int compare(const void *x, const void *y, void *encodings)
{
	const struct stele_build_key *a = x, *b = y;
	const uint8_t *p = encodings;

	return stele_canonical_compare(p + a->off, a->len, p + b->off, b->len);
}

/* The words of the items, and their keys with them, come into order. */
static int sort_items(struct stele_builder *b, struct stele_build_key *keys,
		      uint64_t nr, size_t at)
{
	uint64_t *words = (uint64_t *)(void *)(b->scratch.ptr + at), *given;

	if (nr < 2)
		return 0;
	given = malloc(nr * sizeof(*given));
	if (!given)
		return -ENOMEM;
	memcpy(given, words, nr * sizeof(*given));
	qsort_r(keys, nr, sizeof(*keys), compare, b->keys.ptr);
	for (uint64_t i = 0; i < nr; i++)
		words[i] = given[keys[i].number];
	free(given);
	return 0;
}

int stele_lay_set(struct stele_builder *b, uint32_t item_type, bool nullable,
		  const struct stele_cell *cell, size_t *at, unsigned *flags,
		  struct stele_error *err)
{
	size_t encodings = b->keys.len, twice = 0;
	struct stele_build_key *keys;
	int rc = check_count(cell->len, "items in one set", err);

	if (!rc)
		rc = stele_lay_words(b, item_type, nullable, cell->u.cells,
				     cell->len, at, err);
	if (rc)
		return rc;
	keys = malloc((cell->len + 1) * sizeof(*keys));
	if (!keys)
		return -ENOMEM;
	rc = stele_keys_encode(b, item_type, cell->u.cells, 1, cell->len, keys,
			       err);
	if (!rc)
		rc = sort_items(b, keys, cell->len, *at);
	if (!rc) {
		rc = stele_keys_index(b, keys, cell->len, flags, &twice, err);
		if (rc == -STELE_E_DUPLICATE)
			fail_twice(&cell->u.cells[keys[twice].number], "item",
				   err);
	}
	free(keys);
	b->keys.len = encodings;
	return rc;
}
