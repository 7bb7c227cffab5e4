// SPDX-License-Identifier: MIT
/* Broken dicts and sets: their keys, their order and their indexes. */
#include <string.h>

#include "broken.h"
#include "canonical.h"
#include "handmade_value.h"
#include "hash.h"
#include "index.h"
#include "word.h"

#define HEAD(kind, flags, count) \
	STELE_FMT_HEAD(STELE_FMT_KIND_##kind, flags, count)
#define NR 9u /* keys that have an index */
#define CROWD 300u /* keys that are too many for one slot */

static void heap(struct handmade *im)
{
	handmade_section(im, STELE_FMT_SECTION_HEAP);
}

/* Without asking whether the key can be one. */
static void dict_of(struct handmade *im, uint64_t key)
{
	uint64_t pair[2] = { key, STELE_FMT_NULL };

	handmade_object(im, HEAD(DICT, 0, 1), pair, sizeof(pair));
}

BROKEN(DICT_KEY)
{
	uint64_t keys[4];

	heap(im);
	keys[0] = handmade_int(1);
	keys[1] = handmade_items(im, STELE_FMT_KIND_LIST, NULL, 0);
	keys[2] = STELE_FMT_NAN;
	keys[3] = handmade_decimal(im, STELE_FMT_OBJ_F_NAN, 0, "", 0);
	if (way < 4)
		dict_of(im, keys[way]);
	return way < 4;
}

/* A tuple, a set and a record with what can't be in a key, and one without end. */
BROKEN(WORD_KEY)
{
	uint64_t empty, words[2];

	heap(im);
	empty = handmade_items(im, STELE_FMT_KIND_LIST, NULL, 0);
	words[0] = way == 1 ? empty :
		   way == 2 ? STELE_FMT_NAN :
			      handmade_int(1);
	words[1] = way == 3 ? im->len : handmade_int(2); /* the tuple itself */
	dict_of(im, handmade_items(im, STELE_FMT_KIND_TUPLE, words, 2));
	words[0] = way == 4 ? empty : handmade_int(1);
	handmade_object(im, HEAD(SET, 0, 1), words, 8);
	words[0] = way == 5 ? empty : handmade_int(1);
	dict_of(im, handmade_object(im, HEAD(RECORD, 0, 0), words, 8));
	handmade_schema(im, "record R { a: any }\n");
	return way <= 5;
}

/* NR integers, the last one twice, beside nulls; words of a dict. */
static void integers(uint64_t *words, bool twice)
{
	for (unsigned i = 0; i < NR; i++) {
		words[2 * i] = handmade_int(i);
		words[2 * i + 1] = STELE_FMT_NULL;
	}
	if (twice)
		words[2 * (NR - 1)] = words[2 * (NR - 2)];
}

BROKEN(DICT_UNIQUE)
{
	uint64_t words[2 * NR];

	heap(im);
	integers(words, way == 1);
	handmade_dict(im, words, NR, 0);
	integers(words, false);
	if (way == 2)
		words[2] = handmade_f64(im, 0);
	if (way == 3)
		words[2] = handmade_decimal(im, 0, 1, "", 0);
	handmade_dict(im, words, 2, 0);
	return way <= 3;
}

static uint32_t *slots_of(struct handmade *im, uint64_t pos, unsigned step,
			  uint64_t nr)
{
	return (uint32_t *)(void *)(im->bytes + pos + 8 + 8 * step * nr);
}

/* A slot with another hash, empty, leading to a key twice, or out of order. */
static bool break_slots(uint32_t *slots, unsigned way)
{
	const uint32_t mask = 15;
	uint32_t i = 0, last;

	while (!slots[i] || slots[(i + 1) & mask])
		i++;
	last = slots[i];
	if (way == 1)
		slots[i] ^= 0x100;
	else if (way == 2)
		slots[i] = 0;
	else if (way == 3)
		slots[(i + 1) & mask] = last;
	if (way != 4)
		return way <= 4;
	/* two keys that meet, the later one first */
	for (i = 1; i <= mask; i++)
		if (slots[i] && slots[i - 1] &&
		    (slots[i] & mask) > (slots[i - 1] & mask))
			break;
	last = slots[i & mask];
	slots[i & mask] = slots[i - 1];
	slots[i - 1] = last;
	return true;
}

BROKEN(DICT_INDEX)
{
	uint64_t words[2 * NR], pos;

	heap(im);
	integers(words, false);
	pos = handmade_dict(im, words, NR, 0);
	return break_slots(slots_of(im, pos, 2, NR), way);
}

static uint64_t set_of_integers(struct handmade *im, uint64_t salt)
{
	uint64_t words[NR];

	for (unsigned i = 0; i < NR; i++)
		words[i] = handmade_int(i);
	return handmade_set(im, words, NR, salt);
}

BROKEN(SET_INDEX)
{
	heap(im);
	return break_slots(slots_of(im, set_of_integers(im, 0), 1, NR), way);
}

BROKEN(SET_ORDER)
{
	uint64_t words[4], hold;

	heap(im);
	/* 10 00 01, 10 01 00 01, 10 01 01, and 11 with a double */
	words[0] = handmade_int(-1);
	words[1] = handmade_int(256);
	words[2] = handmade_int(1);
	words[3] = handmade_f64(im, 1.5);
	hold = words[1];
	if (way == 1) {
		words[1] = words[2];
		words[2] = hold;
	} else if (way == 2) {
		words[1] = words[2];
	} else if (way == 3) {
		words[1] = words[0];
		words[0] = hold;
	} else if (way == 4) { /* one and the same key */
		words[1] = handmade_f64(im, 1.0);
	}
	handmade_object(im, HEAD(SET, 0, 4), words, sizeof(words));
	return way <= 4;
}

/* ------------------------------------------------------------------ steps */

static uint64_t hash_of(int64_t i)
{
	struct stele_value key = { .type = STELE_TYPE_I64, .u.i = i };
	uint64_t hash = 0;

	stele_canonical_hash(&key, STELE_FMT_DEFAULT_SEED, &hash);
	return hash;
}

/* Integers whose searches begin in the first slots of 512. */
static void crowded(uint64_t *words, uint64_t *hashes, uint32_t slots)
{
	unsigned n = 0;

	for (int64_t i = 0; n < CROWD; i++) {
		uint64_t hash = hash_of(i);

		if ((hash >> 32 & 511) >= slots)
			continue;
		words[2 * n] = handmade_int(i);
		words[2 * n + 1] = STELE_FMT_NULL;
		hashes[n++] = hash;
	}
}

/* Without a salt: spread enough for short searches, or not. */
BROKEN(INDEX_STEPS)
{
	uint64_t words[2 * CROWD], hashes[CROWD];

	heap(im);
	crowded(words, hashes, way ? 4 : 400);
	handmade_dict(im, words, CROWD, 0);
	return way <= 1;
}

/* Too crowded, with the salt that the keys give; another; and none needed. */
BROKEN(INDEX_SALT)
{
	uint64_t words[2 * CROWD], hashes[CROWD], salt;

	heap(im);
	crowded(words, hashes, way == 2 ? 512 : 4);
	salt = stele_hash_bytes(hashes, sizeof(hashes), STELE_FMT_DEFAULT_SEED);
	handmade_dict(im, words, CROWD, salt + (way == 1));
	if (way == 3) { /* eight are searched in a line */
		uint64_t pos = handmade_dict(im, words, 8, 0);

		im->bytes[pos + 1] |= STELE_FMT_OBJ_F_SALTED;
	}
	return way <= 3;
}
