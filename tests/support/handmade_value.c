// SPDX-License-Identifier: MIT
/* Values in images made by hand. */
#include "handmade_value.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "canonical.h"
#include "index.h"
#include "ndarray.h"
#include "word.h"

#define HEAD(kind, flags, count) \
	STELE_FMT_HEAD(STELE_FMT_KIND_##kind, flags, count)

static void die(const char *what)
{
	fprintf(stderr, "handmade: %s\n", what);
	abort();
}

static void *allocate(uint64_t bytes)
{
	void *p = calloc(1, bytes ? bytes : 1);

	if (!p)
		die("no memory");
	return p;
}

/* -------------------------------------------------------------- scalars */

uint64_t handmade_int(int64_t i)
{
	uint64_t word = 0;

	if (!stele_word_int(i, &word))
		die("no integer of a word");
	return word;
}

uint64_t handmade_str(struct handmade *im, const char *text, uint64_t len)
{
	uint64_t word, points = 0;
	uint8_t *payload;

	if (stele_word_short(STELE_FMT_TAG_STR, text, len, &word))
		return word;
	for (uint64_t i = 0; i < len; i++)
		points += (text[i] & 0xc0) != 0x80;
	payload = allocate(8 + len);
	memcpy(payload, &points, 8);
	memcpy(payload + 8, text, len);
	word = handmade_object(
		im, HEAD(STR, points == len ? STELE_FMT_OBJ_F_ASCII : 0, len),
		payload, 8 + len);
	free(payload);
	return word;
}

uint64_t handmade_text(struct handmade *im, const char *text)
{
	return handmade_str(im, text, strlen(text));
}

uint64_t handmade_ascii(struct handmade *im, const char *text, uint64_t len)
{
	uint64_t run = handmade_object(im, HEAD(RUN, 0, len), text, len);

	return stele_word_ascii(run + 8, len);
}

uint64_t handmade_f64(struct handmade *im, double f)
{
	uint64_t word;

	if (stele_word_f64(f, &word))
		return word;
	return handmade_object(im, HEAD(F64, 0, 0), &f, 8);
}

uint64_t handmade_zoned(struct handmade *im, int64_t utc, int32_t offset)
{
	struct stele_fmt_zoned zoned = { utc, offset, 0 };

	return handmade_object(im, HEAD(ZONED, 0, 0), &zoned, sizeof(zoned));
}

uint64_t handmade_uuid(struct handmade *im, const char bytes[16])
{
	return handmade_object(im, HEAD(UUID, 0, 0), bytes, 16);
}

uint64_t handmade_timedelta(struct handmade *im, int64_t us)
{
	return handmade_object(im, HEAD(TIMEDELTA, 0, 0), &us, 8);
}

uint64_t handmade_user(struct handmade *im, uint64_t name, const void *p,
		       uint64_t len)
{
	uint8_t *payload = allocate(8 + len);
	uint64_t pos;

	memcpy(payload, &name, 8);
	memcpy(payload + 8, p, len);
	pos = handmade_object(im, HEAD(USER, 0, len), payload, 8 + len);
	free(payload);
	return pos;
}

uint64_t handmade_bigint(struct handmade *im, unsigned flags, const void *p,
			 uint64_t len)
{
	return handmade_object(im, HEAD(BIGINT, flags, len), p, len);
}

uint64_t handmade_decimal(struct handmade *im, unsigned flags, int32_t exponent,
			  const void *p, uint64_t len)
{
	uint8_t *payload = allocate(4 + len);
	uint64_t pos;

	memcpy(payload, &exponent, 4);
	memcpy(payload + 4, p, len);
	pos = handmade_object(im, HEAD(DECIMAL, flags, len), payload, 4 + len);
	free(payload);
	return pos;
}

uint64_t handmade_scaled(struct handmade *im, int64_t coefficient,
			 int32_t exponent)
{
	uint64_t magnitude = coefficient < 0 ? -(uint64_t)coefficient :
					       (uint64_t)coefficient;
	uint64_t len = 8;

	while (len && !(magnitude >> (8 * (len - 1)) & 0xff))
		len--;
	return handmade_decimal(im,
				coefficient < 0 ? STELE_FMT_OBJ_F_NEGATIVE : 0,
				exponent, &magnitude, len);
}

/* ---------------------------------------------------------- collections */

uint64_t handmade_items(struct handmade *im, unsigned kind,
			const uint64_t *words, uint64_t nr)
{
	return handmade_object(im, STELE_FMT_HEAD(kind, 0, nr), words, 8 * nr);
}

struct key {
	uint64_t word;
	uint64_t hash;
	uint8_t *bytes;
	size_t len;
};

/* The image so far, as a reader has it that asks for keys only. */
static struct stele_segment peek(const struct handmade *im)
{
	struct stele_segment seg;

	memset(&seg, 0, sizeof(seg));
	seg.base = im->bytes;
	seg.len = im->len;
	seg.header = *im->header;
	return seg;
}

static void encode(const struct handmade *im, uint64_t salt, struct key *key)
{
	struct stele_segment seg = peek(im);
	struct stele_value value;
	int rc;

	if (stele_value_decode(&seg, key->word, &key->word, &value))
		die("a key that can't be decoded");
	rc = stele_canonical_value(NULL, 0, &key->len, &value);
	if (rc && rc != -ENOSPC)
		die("what can't be a key");
	key->bytes = allocate(key->len);
	if (stele_canonical_value(key->bytes, key->len, &key->len, &value) ||
	    (salt ? stele_canonical_hash_salted(
			    &value, salt, seg.header.hash_seed, &key->hash) :
		    stele_canonical_hash(&value, seg.header.hash_seed,
					 &key->hash)))
		die("what can't be a key");
}

static int compare(const void *a, const void *b)
{
	const struct key *x = a, *y = b;

	return stele_canonical_compare(x->bytes, x->len, y->bytes, y->len);
}

/* The slots for keys in order. */
static void fill_slots(uint32_t *slots, const struct key *keys, uint64_t nr)
{
	uint32_t mask = (uint32_t)(stele_index_slot_bytes(nr) / 4 - 1);

	for (uint64_t i = 0; i < nr; i++) {
		uint32_t at = (uint32_t)(keys[i].hash >> 32) & mask;

		while (slots[at])
			at = (at + 1) & mask;
		slots[at] = ((uint32_t)keys[i].hash & ~mask) |
			    (uint32_t)(i + 1);
	}
}

/* step: words of a pair or an item. */
static uint64_t lay(struct handmade *im, unsigned kind, const uint64_t *words,
		    uint64_t nr, unsigned step, uint64_t salt)
{
	uint64_t bytes = 8 * step * nr + stele_index_bytes(nr, salt), pos;
	struct key *keys = allocate(nr * sizeof(*keys));
	uint64_t *payload = allocate(bytes + 8);

	for (uint64_t i = 0; i < nr; i++) {
		keys[i].word = words[step * i];
		encode(im, salt, &keys[i]);
	}
	if (kind == STELE_FMT_KIND_SET)
		qsort(keys, nr, sizeof(*keys), compare);
	for (uint64_t i = 0; i < nr; i++) {
		payload[step * i] = keys[i].word;
		if (step == 2)
			payload[2 * i + 1] = words[2 * i + 1];
	}
	if (nr > STELE_FMT_DICT_LINEAR) {
		payload[step * nr] = salt;
		fill_slots((uint32_t *)(payload + step * nr + (salt != 0)),
			   keys, nr);
	}
	pos = handmade_object(
		im, STELE_FMT_HEAD(kind, salt ? STELE_FMT_OBJ_F_SALTED : 0, nr),
		payload, bytes);
	for (uint64_t i = 0; i < nr; i++)
		free(keys[i].bytes);
	free(payload);
	free(keys);
	return pos;
}

uint64_t handmade_dict(struct handmade *im, const uint64_t *words, uint64_t nr,
		       uint64_t salt)
{
	return lay(im, STELE_FMT_KIND_DICT, words, nr, 2, salt);
}

uint64_t handmade_set(struct handmade *im, const uint64_t *words, uint64_t nr,
		      uint64_t salt)
{
	return lay(im, STELE_FMT_KIND_SET, words, nr, 1, salt);
}

/* --------------------------------------------------------------- arrays */

uint64_t handmade_array(struct handmade *im, unsigned element, uint64_t nr,
			const void *p, uint64_t bytes)
{
	while (bytes >= 64 && im->len % 64 != 56)
		handmade_word(im, 0);
	return handmade_object(
		im, HEAD(ARRAY, element << STELE_FMT_OBJ_ELEM_SHIFT, nr), p,
		bytes);
}

uint64_t handmade_ndarray(struct handmade *im, unsigned element,
			  uint32_t nr_axes, const uint64_t *shape,
			  const int64_t *strides, const void *p, uint64_t bytes)
{
	struct stele_fmt_ndarray fmt = { .element = (uint8_t)element,
					 .data_bytes = bytes };
	uint64_t at = stele_ndarray_data_at(im->len, nr_axes) - im->len - 8;
	uint8_t *payload = allocate(at + bytes);
	uint64_t pos;

	memcpy(payload, &fmt, sizeof(fmt));
	if (nr_axes) {
		memcpy(payload + sizeof(fmt), shape, 8ull * nr_axes);
		memcpy(payload + sizeof(fmt) + 8ull * nr_axes, strides,
		       8ull * nr_axes);
	}
	if (bytes)
		memcpy(payload + at, p, bytes);
	pos = handmade_object(im, HEAD(NDARRAY, 0, nr_axes), payload,
			      at + bytes);
	free(payload);
	return pos;
}
