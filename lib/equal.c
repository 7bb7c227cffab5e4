// SPDX-License-Identifier: MIT
/*
 * Equality of values, and their hash.
 *
 * Two values are walked side by side, depth first, with a stack of our own; the
 * last child of a pair takes its parents' place there, so that a long chain
 * needs no depth.  What is compared is taken to be equal until a difference
 * ends the whole walk.  So a pair of objects that is in one class of union-find
 * needs no second look, which makes cycles end and shared objects cost their
 * size once: each expansion joins two classes, and there are no more joins than
 * objects.  The first BUDGET pairs go without classes, and without memory from
 * the heap (Adams and Dybvig, "Efficient nondestructive equality checking for
 * trees and graphs", ICFP 2008).
 *
 * A step gives 0 to go on, UNEQUAL, or an error.  Objects are decoded each time
 * they are looked at; if they changed between two looks, they are broken.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "buffer.h"
#include "canonical.h"
#include "classes.h"
#include "equal.h"
#include "ndarray.h"
#include "segment.h"

#define UNEQUAL 1
#define BUDGET 256u /* pairs of objects that are compared without classes */
#define LONG_BYTES 8192u /* longer runs are worth a class */
#define LONG_COST 16u /* of the budget */
#define LONG_NUMBER 32u /* bytes of magnitude: the same for numbers */

struct frame {
	uint64_t pos[2]; /* of the heads */
	uint64_t next; /* child */
};

struct walk {
	const struct stele_segment *sides[2];
	struct frame *frames; /* first, or from the heap */
	size_t nr;
	size_t room;
	uint32_t budget;
	struct stele_classes classes;
	struct stele_buffer
		numbers; /* struct stele_value, what long ones equal */
	struct stele_kin kin;
	struct frame first[BUDGET];
};

/* ------------------------------------------------------------- classes */

/* What stands for bytes, and for an object: heads are at multiples of 8. */
static uint64_t key_of_run(const void *run)
{
	return (uint64_t)(uintptr_t)run << 1 | 1;
}

static uint64_t key_of(const struct stele_value *object)
{
	return (uint64_t)(uintptr_t)(object->segment->base + object->u.pos)
	       << 1;
}

static bool spend(struct walk *w, uint32_t cost)
{
	if (w->budget < cost)
		return false;
	w->budget -= cost;
	return true;
}

/* Runs of bytes that are equal in the way of their type. */
static int runs(struct walk *w, const void *a, const void *b, uint64_t len,
		bool (*equal)(const void *a, const void *b, uint64_t len))
{
	bool apart;

	if (!len || a == b)
		return 0;
	if (len <= LONG_BYTES || spend(w, LONG_COST))
		return equal(a, b, len) ? 0 : UNEQUAL;
	if (stele_classes_together(&w->classes, key_of_run(a), key_of_run(b)))
		return 0;
	if (!equal(a, b, len))
		return UNEQUAL;
	return stele_classes_join(&w->classes, key_of_run(a), key_of_run(b),
				  &apart);
}

/* Whether two objects are taken to be equal already; from now on they are. */
static int meet(struct walk *w, const struct stele_value *a,
		const struct stele_value *b, bool *known)
{
	bool apart = true;
	int rc = 0;

	if (!spend(w, 1))
		rc = stele_classes_join(&w->classes, key_of(a), key_of(b),
					&apart);
	*known = !apart;
	return rc;
}

/* Compare the children of two objects next. */
static int push(struct walk *w, const struct stele_value *a,
		const struct stele_value *b)
{
	bool heap = w->frames != w->first;
	struct frame *frames;

	if (w->nr == w->room) {
		frames = realloc(heap ? w->frames : NULL,
				 2 * w->room * sizeof(*frames));
		if (!frames)
			return -ENOMEM;
		if (!heap)
			memcpy(frames, w->first, sizeof(w->first));
		w->frames = frames;
		w->room *= 2;
	}
	w->frames[w->nr++] = (struct frame){ { a->u.pos, b->u.pos }, 0 };
	return 0;
}

/* -------------------------------------------------------------- leaves */

static bool bytes_equal(const void *a, const void *b, uint64_t len)
{
	return !memcmp(a, b, len);
}

static bool f32_equal(const void *a, const void *b, uint64_t len)
{
	float x, y;

	for (uint64_t i = 0; i < len; i += sizeof(x)) {
		memcpy(&x, (const char *)a + i, sizeof(x));
		memcpy(&y, (const char *)b + i, sizeof(y));
		if (x != y && (x == x || y == y))
			return false;
	}
	return true;
}

static bool f64_equal(const void *a, const void *b, uint64_t len)
{
	double x, y;

	for (uint64_t i = 0; i < len; i += sizeof(x)) {
		memcpy(&x, (const char *)a + i, sizeof(x));
		memcpy(&y, (const char *)b + i, sizeof(y));
		if (x != y && (x == x || y == y))
			return false;
	}
	return true;
}

static int elements(struct walk *w, unsigned type, const void *a, const void *b,
		    uint64_t len)
{
	if (type == STELE_TYPE_F32)
		return runs(w, a, b, len, f32_equal);
	if (type == STELE_TYPE_F64)
		return runs(w, a, b, len, f64_equal);
	return runs(w, a, b, len, bytes_equal);
}

static int strings(struct walk *w, struct stele_str a, struct stele_str b)
{
	if (a.len != b.len)
		return UNEQUAL;
	return runs(w, a.ptr, b.ptr, a.len, bytes_equal);
}

static int arrays(struct walk *w, const struct stele_value *a,
		  const struct stele_value *b)
{
	if (a->element != b->element || a->len != b->len)
		return UNEQUAL;
	return elements(w, a->element, a->segment->base + a->u.pos + 8,
			b->segment->base + b->u.pos + 8,
			a->len * stele_type_width(a->element));
}

/* Of equal shape and strides, so the elements lie in one order. */
static int ndarrays(struct walk *w, const struct stele_value *a,
		    const struct stele_value *b)
{
	struct stele_ndarray x, y;
	uint64_t extent;
	int rc = stele_value_ndarray(a, &x);

	if (!rc)
		rc = stele_value_ndarray(b, &y);
	if (!rc)
		rc = stele_ndarray_extent(&x, &extent);
	if (rc)
		return rc;
	if (x.element != y.element || x.nr_axes != y.nr_axes ||
	    memcmp(x.shape, y.shape, sizeof(x.shape)) != 0 ||
	    memcmp(x.strides, y.strides, sizeof(x.strides)) != 0)
		return UNEQUAL;
	return elements(w, x.element, x.data, y.data, extent);
}

static int users(struct walk *w, const struct stele_value *a,
		 const struct stele_value *b)
{
	struct stele_str name[2], bytes[2];
	int rc = stele_value_user(a, &name[0], &bytes[0]);

	if (!rc)
		rc = stele_value_user(b, &name[1], &bytes[1]);
	if (!rc)
		rc = strings(w, name[0], name[1]);
	return rc ? rc : strings(w, bytes[0], bytes[1]);
}

static bool has_digits(const struct stele_value *v)
{
	return v->type == STELE_TYPE_BIGINT || v->type == STELE_TYPE_DECIMAL;
}

static uint64_t nr_digits(const struct stele_value *v)
{
	return has_digits(v) ? v->len : 0;
}

/* Keep what a long number equals; a shorter one takes its place. */
static int note_number(struct walk *w, const struct stele_value *number,
		       const struct stele_value *equal)
{
	uint64_t key = key_of_run(number->u.ptr);
	bool apart;
	int rc = stele_classes_join(&w->classes, key, key, &apart);

	if (!rc)
		rc = stele_buffer_append(&w->numbers, equal, sizeof(*equal));
	if (!rc)
		*stele_classes_note(&w->classes, key) =
			(uint32_t)(w->numbers.len / sizeof(*equal));
	return rc;
}

/*
 * Against the shortest number that a long one was found equal to; so one that
 * is met many times is gone through once for each of as many digits.
 */
static int long_number(struct walk *w, const struct stele_value *number,
		       const struct stele_value *other)
{
	uint32_t *note =
		stele_classes_note(&w->classes, key_of_run(number->u.ptr));
	struct stele_value *known = NULL;

	if (note && *note)
		known = (struct stele_value *)(void *)w->numbers.ptr + *note -
			1;
	if (!stele_number_equal(known ? known : number, other))
		return UNEQUAL;
	if (!known)
		return note_number(w, number, other);
	if (nr_digits(other) < nr_digits(known))
		*known = *other;
	return 0;
}

/* Two that lie in the image, one of them long, are compared once. */
static int numbers(struct walk *w, const struct stele_value *a,
		   const struct stele_value *b)
{
	const struct stele_value *x = nr_digits(a) < nr_digits(b) ? b : a;
	const struct stele_value *y = x == a ? b : a;
	bool apart;
	int rc;

	if (a->type == STELE_TYPE_I64 && b->type == STELE_TYPE_I64)
		return a->u.i == b->u.i ? 0 : UNEQUAL;
	if (nr_digits(x) <= LONG_NUMBER || spend(w, 1))
		return stele_number_equal(a, b) ? 0 : UNEQUAL;
	if (!has_digits(y))
		return long_number(w, x, y);
	if (stele_classes_together(&w->classes, key_of_run(x->u.ptr),
				   key_of_run(y->u.ptr)))
		return 0;
	rc = long_number(w, x, y);
	return rc ? rc :
		    stele_classes_join(&w->classes, key_of_run(x->u.ptr),
				       key_of_run(y->u.ptr), &apart);
}

/* ---------------------------------------------------------------- pairs */

static uint64_t nr_children(const struct stele_value *a,
			    const struct stele_value *b)
{
	uint32_t x, y;

	if (a->type != b->type)
		return 0;
	if (a->type != STELE_TYPE_RECORD)
		return a->len == b->len ? a->len : 0;
	x = stele_record_nr_fields(a);
	y = stele_record_nr_fields(b);
	return x < y ? x : y;
}

/* How many fields are set; counted once where there are classes. */
static int nr_set(struct walk *w, const struct stele_value *record,
		  uint32_t *nr)
{
	uint32_t *note = stele_classes_note(&w->classes, key_of(record));
	int rc;

	if (note && *note) {
		*nr = *note - 1;
		return 0;
	}
	rc = stele_record_nr_set(record, nr);
	if (!rc && note)
		*note = *nr + 1;
	return rc;
}

/* Of other schemas: whether as many fields are set. */
static int as_many(struct walk *w, const struct stele_value *a,
		   const struct stele_value *b)
{
	uint32_t x, y;
	int rc = nr_set(w, a, &x);

	if (!rc)
		rc = nr_set(w, b, &y);
	if (rc)
		return rc;
	return x == y ? 0 : UNEQUAL;
}

static int objects(struct walk *w, const struct stele_value *a,
		   const struct stele_value *b)
{
	enum stele_kinship kinship = STELE_KIN_ALIKE;
	bool known;
	int rc;

	if (a->segment == b->segment && a->u.pos == b->u.pos)
		return 0;
	if (a->len != b->len) /* records have none */
		return UNEQUAL;
	if (a->type == STELE_TYPE_RECORD)
		kinship = stele_kin_of(&w->kin, a, b);
	if (kinship == STELE_KIN_NONE)
		return UNEQUAL;
	rc = meet(w, a, b, &known);
	if (rc || known)
		return rc;
	if (kinship == STELE_KIN_NAMED)
		rc = as_many(w, a, b);
	if (!rc && nr_children(a, b))
		rc = push(w, a, b);
	return rc;
}

/* Two values: equal, unequal, or objects to be walked. */
static int pair(struct walk *w, const struct stele_value *a,
		const struct stele_value *b)
{
	if (stele_type_is_number(a->type) && stele_type_is_number(b->type))
		return numbers(w, a, b);
	if (a->type != b->type)
		return UNEQUAL;
	switch (a->type) {
	case STELE_TYPE_BOOL:
		return a->u.b == b->u.b ? 0 : UNEQUAL;
	case STELE_TYPE_DATE:
	case STELE_TYPE_DATETIME:
	case STELE_TYPE_TIME:
	case STELE_TYPE_TIMEDELTA:
	case STELE_TYPE_ZONED:
		return a->u.i == b->u.i ? 0 : UNEQUAL;
	case STELE_TYPE_STR:
	case STELE_TYPE_BYTES:
	case STELE_TYPE_UUID:
		return strings(w, (struct stele_str){ a->u.ptr, a->len },
			       (struct stele_str){ b->u.ptr, b->len });
	case STELE_TYPE_ARRAY:
		return arrays(w, a, b);
	case STELE_TYPE_NDARRAY:
		return ndarrays(w, a, b);
	case STELE_TYPE_USER:
		return users(w, a, b);
	case STELE_TYPE_LIST:
	case STELE_TYPE_TUPLE:
	case STELE_TYPE_SET:
	case STELE_TYPE_DICT:
	case STELE_TYPE_RECORD:
		return objects(w, a, b);
	default: /* unset, null */
		return 0;
	}
}

/* ------------------------------------------------------------- children */

/* Sets too: equal items are in equal order. */
static int item(struct walk *w, const struct stele_value *a,
		const struct stele_value *b, uint64_t i)
{
	struct stele_value x, y;
	int rc = stele_value_item(a, i, &x);

	if (!rc)
		rc = stele_value_item(b, i, &y);
	return rc ? rc : pair(w, &x, &y);
}

/* Whether two keys are one, where they are of the types that may be long. */
static int same_key(struct walk *w, const struct stele_value *a,
		    const struct stele_value *b)
{
	if (a->type != b->type ||
	    (a->type != STELE_TYPE_STR && a->type != STELE_TYPE_BYTES))
		return stele_canonical_equal(a, b) ? 0 : UNEQUAL;
	return strings(w, (struct stele_str){ a->u.ptr, a->len },
		       (struct stele_str){ b->u.ptr, b->len });
}

/* The key of a pair is mostly that of the other dict's pair of this number. */
static int dict_item(struct walk *w, const struct stele_value *a,
		     const struct stele_value *b, uint64_t i)
{
	struct stele_value key, x, other, y;
	int rc = stele_value_pair(a, i, &key, &x);

	if (!rc)
		rc = stele_value_pair(b, i, &other, &y);
	if (!rc)
		rc = same_key(w, &key, &other);
	if (rc == UNEQUAL)
		rc = stele_value_find(b, &key, &y);
	if (rc == -STELE_E_ABSENT)
		return UNEQUAL;
	if (rc == -STELE_E_TYPE || rc == -STELE_E_RANGE || rc == -STELE_E_LIMIT)
		return -STELE_E_FORMAT;
	return rc ? rc : pair(w, &x, &y);
}

/*
 * A field of the record that has fewer.  Both have as many that are set, so if
 * each of these is in the other, there is no further one.
 */
static int field(struct walk *w, const struct stele_value *a,
		 const struct stele_value *b, uint64_t i)
{
	enum stele_kinship kinship = stele_kin_of(&w->kin, a, b);
	struct stele_value x, y;
	int rc;

	if (kinship == STELE_KIN_NONE)
		return -STELE_E_FORMAT;
	rc = stele_record_fields(a, b, kinship, (uint32_t)i, &x, &y);
	return rc ? rc : pair(w, &x, &y);
}

static int child(struct walk *w, const struct stele_value *a,
		 const struct stele_value *b, uint64_t i)
{
	if (a->type == STELE_TYPE_RECORD)
		return field(w, a, b, i);
	if (a->type == STELE_TYPE_DICT)
		return dict_item(w, a, b, i);
	return item(w, a, b, i);
}

/* Go on with the pair on top until it is done, or until another one is. */
static int advance(struct walk *w)
{
	size_t depth = w->nr;
	uint64_t i = w->frames[depth - 1].next, nr;
	struct stele_value a, b;
	int rc;

	rc = stele_value_decode(w->sides[0], w->frames[depth - 1].pos[0], NULL,
				&a);
	if (!rc)
		rc = stele_value_decode(w->sides[1],
					w->frames[depth - 1].pos[1], NULL, &b);
	if (rc)
		return rc;
	nr = nr_children(&a, &b);
	if (i >= nr)
		return -STELE_E_FORMAT;
	do {
		w->frames[depth - 1].next = i + 1;
		if (i + 1 == nr)
			w->nr--;
		rc = child(w, &a, &b, i);
		i++;
	} while (!rc && i < nr && w->nr == depth);
	return rc;
}

int stele_value_equal(const struct stele_value *a, const struct stele_value *b,
		      bool *equal)
{
	struct walk w;
	int rc;

	memset(&w, 0, offsetof(struct walk, first));
	w.sides[0] = a->segment;
	w.sides[1] = b->segment;
	w.frames = w.first;
	w.room = BUDGET;
	w.budget = BUDGET;
	rc = pair(&w, a, b);
	while (!rc && w.nr)
		rc = advance(&w);
	if (w.frames != w.first)
		free(w.frames);
	stele_classes_free(&w.classes);
	stele_buffer_free(&w.numbers);
	if (rc < 0)
		return rc;
	*equal = !rc;
	return 0;
}

int stele_value_hash(const struct stele_value *value, uint64_t seed,
		     uint64_t *hash)
{
	return stele_canonical_hash(value, seed, hash);
}
