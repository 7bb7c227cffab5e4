// SPDX-License-Identifier: MIT
/*
 * Types: their names and widths, and the numbering of a schema's types.
 */
#include <errno.h>
#include <stdlib.h>

#include "hash.h"
#include "salt.h"
#include "schema_type.h"

const char *stele_type_name(enum stele_type type)
{
	static const char *const names[] = {
		"unset",     "null",  "bool",	  "i8",	     "i16",  "i32",
		"i64",	     "u8",    "u16",	  "u32",     "u64",  "f32",
		"f64",	     "date",  "datetime", "bigint",  "str",  "bytes",
		"list",	     "array", "dict",	  "record",  "ref",  "any",
		"tuple",     "set",   "ndarray",  "decimal", "time", "zoned",
		"timedelta", "uuid",  "user",
	};

	if (type == STELE_TYPE_ABSENT)
		return "absent";
	if ((unsigned)type >= sizeof(names) / sizeof(*names))
		return "unknown type";
	return names[type];
}

int stele_type_of_word(struct stele_str word)
{
	unsigned i;

	if (word.len == 4 && !memcmp(word.ptr, "weak", 4))
		return STELE_TYPE_REF;
	for (i = STELE_TYPE_BOOL; i <= STELE_TYPE_USER; i++) {
		const char *name = stele_type_name(i);

		if (i != STELE_TYPE_RECORD && strlen(name) == word.len &&
		    !memcmp(name, word.ptr, word.len))
			return (int)i;
	}
	return -1;
}

size_t stele_type_width(enum stele_type type)
{
	static const uint8_t widths[] = {
		[STELE_TYPE_BOOL] = 1,	    [STELE_TYPE_I8] = 1,
		[STELE_TYPE_I16] = 2,	    [STELE_TYPE_I32] = 4,
		[STELE_TYPE_I64] = 8,	    [STELE_TYPE_U8] = 1,
		[STELE_TYPE_U16] = 2,	    [STELE_TYPE_U32] = 4,
		[STELE_TYPE_U64] = 8,	    [STELE_TYPE_F32] = 4,
		[STELE_TYPE_F64] = 8,	    [STELE_TYPE_DATE] = 4,
		[STELE_TYPE_DATETIME] = 8,  [STELE_TYPE_TIME] = 8,
		[STELE_TYPE_TIMEDELTA] = 8, [STELE_TYPE_ZONED] = 16,
		[STELE_TYPE_UUID] = 16,
	};

	return (unsigned)type < sizeof(widths) ? widths[type] : 0;
}

/* BOOL to DATETIME are in the same order, without gaps, in both enums. */
static const uint8_t late_elements[] = {
	[STELE_FMT_ELEM_TIME - STELE_FMT_ELEM_TIME] = STELE_TYPE_TIME,
	[STELE_FMT_ELEM_TIMEDELTA - STELE_FMT_ELEM_TIME] = STELE_TYPE_TIMEDELTA,
	[STELE_FMT_ELEM_UUID - STELE_FMT_ELEM_TIME] = STELE_TYPE_UUID,
};

int stele_type_of_element(unsigned element)
{
	if (element <= STELE_FMT_ELEM_DATETIME)
		return (int)element + STELE_TYPE_BOOL;
	element -= STELE_FMT_ELEM_TIME;
	return element < sizeof(late_elements) ? late_elements[element] : -1;
}

int stele_element_of_type(unsigned type)
{
	unsigned i;

	if (type >= STELE_TYPE_BOOL && type <= STELE_TYPE_DATETIME)
		return (int)type - STELE_TYPE_BOOL;
	for (i = 0; i < sizeof(late_elements); i++)
		if (late_elements[i] == type)
			return STELE_FMT_ELEM_TIME + (int)i;
	return -1;
}

static const struct stele_fmt_type *type_at(const struct stele_type_set *set,
					    uint32_t number)
{
	return (const struct stele_fmt_type *)(const void *)set->types.ptr +
	       number;
}

/* What tells a type from others of its kind. */
static struct stele_str content_of(const struct stele_type_set *set,
				   const struct stele_fmt_type *type)
{
	struct stele_str content = { (const char *)type, sizeof(*type) };

	if (type->kind != STELE_TYPE_TUPLE && type->kind != STELE_TYPE_USER)
		return content;
	content.len = type->arg2;
	if (!content.len) /* then the arrays may have no address */
		return content;
	if (type->kind == STELE_TYPE_TUPLE) {
		content.ptr = (const char *)(set->steps + type->arg);
		content.len *= sizeof(*set->steps);
	} else {
		content.ptr = set->names + type->arg;
	}
	return content;
}

static bool is_same(const struct stele_type_set *set,
		    const struct stele_fmt_type *a,
		    const struct stele_fmt_type *b)
{
	struct stele_str x = content_of(set, a), y = content_of(set, b);

	return a->kind == b->kind && x.len == y.len &&
	       !memcmp(x.ptr, y.ptr, x.len);
}

/* The slot of a type: where it stands, or the free one where it belongs. */
static uint32_t *slot_of(const struct stele_type_set *set,
			 const struct stele_fmt_type *type)
{
	struct stele_str content = content_of(set, type);
	size_t at = stele_hash_bytes(content.ptr, content.len, set->salt);

	for (;; at++) {
		uint32_t *slot = &set->slots[at & (set->nr_slots - 1)];

		if (!*slot || is_same(set, type_at(set, *slot - 1), type))
			return slot;
	}
}

static int grow(struct stele_type_set *set)
{
	struct stele_type_set larger = *set;
	uint32_t i;

	larger.nr_slots = set->nr_slots ? 2 * set->nr_slots : 64;
	if (!set->nr_slots)
		larger.salt = stele_salt();
	larger.slots = calloc(larger.nr_slots, sizeof(*larger.slots));
	if (!larger.slots)
		return -ENOMEM;
	for (i = 0; i < stele_type_set_nr(set); i++)
		*slot_of(&larger, type_at(set, i)) = i + 1;
	free(set->slots);
	*set = larger;
	return 0;
}

int stele_type_set_add(struct stele_type_set *set,
		       const struct stele_fmt_type *type, uint32_t *number)
{
	uint32_t nr = stele_type_set_nr(set);
	uint32_t *slot;
	int rc;

	if (2 * ((size_t)nr + 1) > set->nr_slots) {
		rc = grow(set);
		if (rc)
			return rc;
	}
	slot = slot_of(set, type);
	if (!*slot) {
		rc = stele_buffer_append(&set->types, type, sizeof(*type));
		if (rc)
			return rc;
		*slot = nr + 1;
	}
	*number = *slot - 1;
	return 0;
}

void stele_type_set_free(struct stele_type_set *set)
{
	stele_buffer_free(&set->types);
	free(set->slots);
	set->slots = NULL;
	set->nr_slots = 0;
}
