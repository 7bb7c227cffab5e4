// SPDX-License-Identifier: MIT
/*
 * What only objects of some kinds have: shapes and strides, exponents, offsets of
 * zones, names of types, keys in an order, the salt and the slots of an index.
 */
#include <string.h>

#include "alter_private.h"
#include "index.h"
#include "ndarray.h"

static uint64_t head_at(const struct anatomy *a, uint64_t pos)
{
	uint64_t head;

	memcpy(&head, a->image->bytes + pos, sizeof(head));
	return head;
}

static void swap_words(struct specimen *work, uint64_t a, uint64_t b)
{
	uint64_t x, y;

	memcpy(&x, work->bytes + a, sizeof(x));
	memcpy(&y, work->bytes + b, sizeof(y));
	memcpy(work->bytes + a, &y, sizeof(y));
	memcpy(work->bytes + b, &x, sizeof(x));
}

/* --------------------------------------------------------------- objects */

/* A length, a stride, both of two axes, the element or the bytes of data. */
static void alter_axes(const struct anatomy *a, struct specimen *work,
		       struct random *r, uint64_t pos, uint32_t nr)
{
	uint32_t i = nr ? (uint32_t)random_below(r, nr) : 0;
	uint32_t k = nr ? (uint32_t)random_below(r, nr) : 0;

	switch (random_below(r, nr ? 5 : 2)) {
	case 0:
		work->bytes[pos + 8] = (uint8_t)random_below(r, 17);
		break;
	case 1:
		alter_edge(a, work, r, pos + 16, 8);
		break;
	case 2:
		alter_edge(a, work, r, stele_ndarray_shape_at(pos, i), 8);
		break;
	case 3:
		alter_edge(a, work, r, stele_ndarray_stride_at(pos, nr, i), 8);
		break;
	default:
		swap_words(work, stele_ndarray_stride_at(pos, nr, i),
			   stele_ndarray_stride_at(pos, nr, k));
	}
}

static void alter_decimal(const struct anatomy *a, struct specimen *work,
			  struct random *r, uint64_t pos, uint64_t len)
{
	switch (random_below(r, 4)) {
	case 0:
		work->bytes[pos + 1] ^= (uint8_t)(0x10u << random_below(r, 3));
		break;
	case 1:
		if (len) /* the last byte of the magnitude */
			work->bytes[pos + 12 + len - 1] =
				(uint8_t)random_below(r, 2);
		break;
	case 2: /* another exponent, often near the ends */
		alter_edge(a, work, r, pos + 8, 4);
		break;
	default: {
		int32_t exponent = (int32_t)random_below(r, 3) - 1 +
				   (random_below(r, 2) ?
					    STELE_FMT_DECIMAL_EXPONENT :
					    -STELE_FMT_DECIMAL_EXPONENT);

		memcpy(work->bytes + pos + 8, &exponent, sizeof(exponent));
	}
	}
}

static void alter_zoned(const struct anatomy *a, struct specimen *work,
			struct random *r, uint64_t pos)
{
	static const int32_t offsets[] = { 86399, 86400, -86399, -86400, 0 };
	int32_t offset = offsets[random_below(r, 5)];

	switch (random_below(r, 3)) {
	case 0:
		alter_edge(a, work, r, pos + 8, 8);
		break;
	case 1:
		memcpy(work->bytes + pos + 16, &offset, sizeof(offset));
		break;
	default:
		alter_edge(a, work, r, pos + 16, 8);
	}
}

/* One item more or less, which the bytes behind are then. */
static void alter_count(struct specimen *work, struct random *r, uint64_t pos)
{
	uint64_t head;

	memcpy(&head, work->bytes + pos, sizeof(head));
	head += random_below(r, 2) ? 1ull << 16 : -(1ull << 16);
	memcpy(work->bytes + pos, &head, sizeof(head));
}

bool alter_object(const struct anatomy *a, struct specimen *work,
		  struct random *r)
{
	uint64_t pos, head;

	if (!a->nr_shaped)
		return false;
	pos = a->shaped[random_below(r, a->nr_shaped)];
	head = head_at(a, pos);
	switch (STELE_FMT_HEAD_KIND(head)) {
	case STELE_FMT_KIND_NDARRAY:
		alter_axes(a, work, r, pos,
			   (uint32_t)STELE_FMT_HEAD_COUNT(head));
		break;
	case STELE_FMT_KIND_DECIMAL:
		alter_decimal(a, work, r, pos, STELE_FMT_HEAD_COUNT(head));
		break;
	case STELE_FMT_KIND_ZONED:
		alter_zoned(a, work, r, pos);
		break;
	case STELE_FMT_KIND_USER:
		alter_some_word(a, work, r, pos + 8);
		break;
	case STELE_FMT_KIND_TIMEDELTA:
		alter_edge(a, work, r, pos + 8, 8);
		break;
	default:
		alter_count(work, r, pos);
	}
	return true;
}

/* ------------------------------------------------------ keys and indexes */

/* Two keys change places, or one comes twice, or is another word. */
bool alter_key(const struct anatomy *a, struct specimen *work, struct random *r)
{
	uint64_t pos, head, step, i, k;

	if (!a->nr_collections)
		return false;
	pos = a->collections[random_below(r, a->nr_collections)];
	head = head_at(a, pos);
	step = STELE_FMT_HEAD_KIND(head) == STELE_FMT_KIND_DICT ? 16 : 8;
	i = pos + 8 + step * random_below(r, STELE_FMT_HEAD_COUNT(head));
	k = pos + 8 + step * random_below(r, STELE_FMT_HEAD_COUNT(head));
	switch (random_below(r, 3)) {
	case 0:
		swap_words(work, i, k);
		break;
	case 1:
		memcpy(work->bytes + i, a->image->bytes + k, 8);
		break;
	default:
		alter_some_word(a, work, r, i);
	}
	return true;
}

bool alter_slot(const struct anatomy *a, struct specimen *work,
		struct random *r)
{
	uint64_t pos, head, nr, slots;
	bool salted;

	if (!a->nr_indexes)
		return false;
	pos = a->indexes[random_below(r, a->nr_indexes)];
	head = head_at(a, pos);
	nr = STELE_FMT_HEAD_COUNT(head);
	salted = STELE_FMT_HEAD_FLAGS(head) & STELE_FMT_OBJ_F_SALTED;
	slots = pos + 8 +
		(STELE_FMT_HEAD_KIND(head) == STELE_FMT_KIND_DICT ? 16 : 8) *
			nr;
	if (salted && !random_below(r, 4)) {
		alter_edge(a, work, r, slots, 8);
		return true;
	}
	slots += (salted ? 8 : 0) +
		 4 * random_below(r, stele_index_slot_bytes(nr) / 4);
	if (random_below(r, 2)) /* another key under the same hash */
		work->bytes[slots] = (uint8_t)random_u64(r);
	else
		alter_edge(a, work, r, slots, 4);
	return true;
}
