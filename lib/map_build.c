// SPDX-License-Identifier: MIT
/*
 * Taking the entries of a table: each is encoded as it will lie in a bucket,
 * and spilled; its hash and size are counted, so that finishing (map_finish.c)
 * knows how much there is of what before it has read anything.
 */
#include "map_build.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fail.h"
#include "map_finish.h"
#include "map_probe.h"

#define STAGE_BYTES (64u << 10)

static bool integer_key(unsigned key_type)
{
	return key_type == STELE_FMT_KEY_I64 || key_type == STELE_FMT_KEY_U64;
}

static int check_options(const struct stele_map_build_options *o)
{
	if (o->key_type < STELE_FMT_KEY_STR ||
	    o->key_type > STELE_FMT_KEY_CANONICAL)
		return -EINVAL;
	if (!stele_type_width(o->value_type) &&
	    o->value_type != STELE_TYPE_STR &&
	    o->value_type != STELE_TYPE_BYTES &&
	    o->value_type != STELE_TYPE_ANY &&
	    o->value_type != STELE_TYPE_RECORD)
		return -EINVAL;
	if (o->bucket_log2 && (o->bucket_log2 < STELE_FMT_BUCKET_MIN_LOG2 ||
			       o->bucket_log2 > STELE_FMT_BUCKET_MAX_LOG2))
		return -EINVAL;
	if (o->filter &&
	    (o->filter < STELE_FMT_FILTER_MIN ||
	     o->filter > STELE_FMT_FILTER_MAX || o->multi || o->buckets ||
	     o->bucket_log2 || o->value_type != STELE_TYPE_BOOL))
		return -EINVAL;
	return o->duplicates > STELE_DUPLICATES_LAST ? -EINVAL : 0;
}

/* Of a filter there is nothing to keep but the hashes of its keys. */
static void init_filter(struct stele_map_build *b)
{
	b->form.hashed = true;
	b->form.seed = b->options.seed;
}

static void init_form(struct stele_map_build *b)
{
	const struct stele_map_build_options *o = &b->options;

	if (o->filter) {
		init_filter(b);
		return;
	}
	b->form.key_varies = !integer_key(o->key_type);
	b->form.value_varies = o->value_type == STELE_TYPE_STR ||
			       o->value_type == STELE_TYPE_BYTES;
	b->width = stele_type_width(o->value_type);
	if (o->value_type == STELE_TYPE_ANY ||
	    o->value_type == STELE_TYPE_RECORD)
		b->width = 8;
	b->integer_table = integer_key(o->key_type) && !o->multi &&
			   !o->buckets && b->width && b->width <= 8;
	b->form.integer = b->integer_table;
	b->form.value_bytes = b->integer_table ? 8 : b->width;
	b->form.seed = o->seed;
	b->empty_key = stele_probe_empty_key(o->seed);
}

int stele_map_build_create(const struct stele_map_build_options *options,
			   struct stele_output *out,
			   struct stele_budget *budget,
			   struct stele_map_build **build)
{
	struct stele_map_build *b;
	int rc = check_options(options);

	if (rc)
		return rc;
	b = calloc(1, sizeof(*b));
	if (!b)
		return -ENOMEM;
	b->options = *options;
	b->out = out;
	b->budget = budget;
	init_form(b);
	b->counts = calloc(STELE_SLICES_MAX, sizeof(*b->counts));
	rc = b->counts ? stele_buffer_reserve(&b->stage, STAGE_BYTES) : -ENOMEM;
	if (!rc)
		rc = stele_spill_create(out, budget, &b->spill);
	if (rc) {
		stele_map_build_free(b);
		return rc;
	}
	*build = b;
	return 0;
}

void stele_map_build_free(struct stele_map_build *b)
{
	if (!b)
		return;
	stele_spill_free(b->spill);
	stele_buffer_free(&b->stage);
	free(b->counts);
	free(b);
}

static int flush(struct stele_map_build *b)
{
	int rc = stele_spill_append(b->spill, b->stage.ptr, b->stage.len);

	if (!rc)
		b->stage.len = 0;
	return rc;
}

/* Room in the stage for one more entry. */
static int make_room(struct stele_map_build *b, size_t len)
{
	int rc;

	if (len <= b->stage.room - b->stage.len)
		return 0;
	rc = b->stage.len ? flush(b) : 0;
	return rc ? rc : stele_buffer_reserve(&b->stage, len);
}

/* Count an entry of `len` staged bytes that begins at `at`. */
static void count_entry(struct stele_map_build *b, const uint8_t *at,
			size_t len)
{
	struct stele_spilled s;
	uint64_t hash;
	unsigned i = 0;

	stele_spilled_parse(&b->form, at, &s);
	hash = stele_spilled_hash(&b->form, &s);
	stele_slice_add(b->counts, hash, len);
	b->fold += hash;
	while (i + 1 < STELE_SIZE_CLASSES &&
	       len > (size_t)1 << (STELE_DEFAULT_MIN_LOG2 - 2 + i))
		i++;
	b->size_class[i]++;
	b->nr_entries++;
}

int stele_map_build_check(const struct stele_map_build *b, const void *key,
			  size_t key_len, struct stele_error *err)
{
	uint64_t number;

	if (integer_key(b->options.key_type) && key_len != 8)
		return stele_fail(err, -EINVAL,
				  "table '%s': a key of a wrong width",
				  b->options.name);
	if (!b->integer_table)
		return 0;
	memcpy(&number, key, sizeof(number));
	if (number != b->empty_key)
		return 0;
	return stele_fail(
		err, -STELE_E_RANGE,
		"table '%s': the key %llu stands for a free slot under this hash seed",
		b->options.name, (unsigned long long)number);
}

/* A row is known by its position's eighth, the largest of which is noted. */
static int check_position(struct stele_map_build *b, const void *value,
			  uint64_t *eighth, struct stele_error *err)
{
	uint64_t pos;

	memcpy(&pos, value, sizeof(pos));
	if (pos % 8)
		return stele_fail(err, -EINVAL, "table '%s': not a position",
				  b->options.name);
	*eighth = pos / 8;
	if (*eighth > b->largest)
		b->largest = *eighth;
	return 0;
}

static int no_memory(const struct stele_map_build *b, int rc,
		     struct stele_error *err)
{
	return stele_fail(err, rc, "table '%s': %s", b->options.name,
			  stele_strerror(rc));
}

/* The bytes of an entry, for which there is room at `to`; where they end. */
static uint8_t *write_entry(const struct stele_map_build *b, uint8_t *to,
			    const void *key, size_t key_len, const void *value,
			    size_t value_len)
{
	const struct stele_entry_form *form = &b->form;

	if (form->key_varies)
		to += stele_varint_put(to, key_len);
	memcpy(to, key, key_len);
	to += key_len;
	if (form->value_varies)
		to += stele_varint_put(to, value_len);
	if (value_len) /* a filter's may be NULL */
		memcpy(to, value, value_len);
	to += value_len;
	/* a line has 8 bytes for each value */
	for (; value_len < form->value_bytes; value_len++)
		*to++ = 0;
	return to;
}

int stele_map_build_add(struct stele_map_build *b, const void *key,
			size_t key_len, const void *value, size_t value_len,
			struct stele_error *err)
{
	uint64_t eighth, hash;
	uint8_t *begin, *end;
	size_t room;
	int rc;

	rc = stele_map_build_check(b, key, key_len, err);
	if (rc)
		return rc;
	if (b->width && value_len != b->width)
		return stele_fail(err, -EINVAL,
				  "table '%s': a value of a wrong width",
				  b->options.name);
	if (b->options.value_type == STELE_TYPE_RECORD) {
		rc = check_position(b, value, &eighth, err);
		if (rc)
			return rc;
		value = &eighth;
	}
	if (b->form.hashed) {
		hash = stele_hash_bytes(key, key_len, b->form.seed);
		key = &hash;
		key_len = sizeof(hash);
		value_len = 0;
	}
	if (__builtin_add_overflow(key_len, value_len, &room) ||
	    __builtin_add_overflow(room, (size_t)64, &room))
		return no_memory(b, -ENOMEM, err);
	rc = make_room(b, room);
	if (rc)
		return no_memory(b, rc, err);
	begin = b->stage.ptr + b->stage.len;
	end = write_entry(b, begin, key, key_len, value, value_len);
	count_entry(b, begin, (size_t)(end - begin));
	b->stage.len += (size_t)(end - begin);
	return 0;
}
