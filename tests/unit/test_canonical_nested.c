// SPDX-License-Identifier: MIT
/*
 * Keys that are collections: what builders encode of cells, readers encode of
 * the values that these become.
 */
#include "keys.h"

#include <math.h>

#include "handmade_value.h"
#include "hash.h"
#include "random.h"
#include "siphash.h"

/* Names in another order than fields. */
#define SCHEMA                                                               \
	"record P { bb: any? optional a: any? optional cc: any? optional } " \
	"record Q { a: any? optional }"

static uint8_t room[STELE_CANONICAL_MAX];

static struct stele_value open_one(struct keys *k, uint64_t *word,
				   const struct stele_cell *cell)
{
	keys_begin(k, SCHEMA);
	*word = keys_add(k, cell);
	keys_open(k, SCHEMA);
	return keys_value(k, word);
}

/* Both sides give these bytes. */
static void assert_encoding(const struct stele_cell *cell, const char *hex)
{
	struct stele_buffer out = { 0 };
	struct stele_value v;
	struct keys k;
	uint64_t word;
	size_t len;

	v = open_one(&k, &word, cell);
	assert_int_equal(key_encode(k.schema, cell, &out), 0);
	assert_hex(out.ptr, out.len, hex);
	assert_int_equal(stele_canonical_value(room, sizeof(room), &len, &v),
			 0);
	assert_hex(room, len, hex);
	assert_true(stele_canonical_check(room, len));
	stele_buffer_free(&out);
	keys_end(&k);
}

/* Both sides refuse it, hash and comparison too. */
static void assert_refused(const struct stele_cell *cell, int code)
{
	struct stele_buffer out = { 0 };
	struct stele_value v;
	struct keys k;
	uint64_t word, hash;
	size_t len;

	v = open_one(&k, &word, cell);
	assert_int_equal(key_encode(k.schema, cell, &out), code);
	assert_int_equal(out.len, 0);
	assert_int_equal(stele_canonical_value(room, sizeof(room), &len, &v),
			 code);
	assert_int_equal(stele_canonical_value(NULL, 0, &len, &v), code);
	assert_int_equal(stele_canonical_hash(&v, 1, &hash), code);
	assert_int_equal(stele_canonical_hash_salted(&v, 1, 1, &hash), code);
	stele_buffer_free(&out);
	keys_end(&k);
}

/* -------------------------------------------------------------- vectors */

static void collections_encode_as_the_vectors(void **state)
{
	const struct stele_user user = { "point", 5, "\1\2", 2 };
	const struct stele_cell one = stele_cell_i64(1);
	struct stele_cell zoned = key_count(STELE_TYPE_ZONED, 1000000);
	const struct {
		struct stele_cell cell;
		const char *hex;
	} vectors[] = {
		{ key_collection(STELE_TYPE_TUPLE, NULL, 0), "4000" },
		{ key_tuple(stele_cell_i64(7), key_str("ab")),
		  "40020310010703206162" },
		{ key_tuple(key_tuple(stele_cell_of(STELE_TYPE_NULL))),
		  "40010440010101" },
		{ key_collection(STELE_TYPE_SET, NULL, 0), "4100" },
		{ key_set(key_str("b"), stele_cell_i64(7), key_str("a")),
		  "4103031001070220610"
		  "22062" },
		{ key_record(0, &one, 1), "420150010262620310"
					  "0101" },
		{ key_record(1, NULL, 0), "42015100" },
		{ key_user(&user), "4305706f696e740102" },
		{ key_run(STELE_TYPE_UUID, "0123456789abcdef", 16),
		  "2230313233343536373839616263646566" },
		{ key_count(STELE_TYPE_TIME, 1), "320100000000000000" },
		{ key_count(STELE_TYPE_TIMEDELTA, -1), "34ffffffffffffffff" },
		{ key_count(STELE_TYPE_TIMEDELTA, INT64_MIN),
		  "340000000000000080" },
		{ zoned, "3340420f0000000000" },
		{ key_decimal("7.00"), "100107" },
		{ key_decimal("-0.00"), "1001" },
		{ key_decimal("0.50"), "11000000000000e03f" },
		{ key_decimal("-Infinity"), "11000000000000f0ff" },
		{ key_decimal("-0.10"), "1200ffffffff01" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(vectors) / sizeof(*vectors); i++)
		assert_encoding(&vectors[i].cell, vectors[i].hex);
	zoned.offset = 3600; /* the same instant elsewhere */
	assert_encoding(&zoned, "3340420f0000000000");
}

static void fields_come_in_order_of_names_and_unset_ones_not(void **state)
{
	const struct stele_cell all[] = { stele_cell_i64(1), stele_cell_i64(2),
					  stele_cell_i64(3) };
	const struct stele_cell some[] = { stele_cell_of(STELE_TYPE_NULL),
					   stele_cell_of(STELE_TYPE_UNSET),
					   stele_cell_i64(3) };
	struct stele_cell cell = key_record(0, all, 3);

	(void)state;
	assert_encoding(&cell, "420150"
			       "03"
			       "0161"
			       "03100102"
			       "026262"
			       "03100101"
			       "026363"
			       "03100103");
	cell = key_record(0, some, 3);
	assert_encoding(&cell, "420150"
			       "02"
			       "026262"
			       "0101"
			       "026363"
			       "03100103");
}

static void what_has_128_bytes_moves_behind_a_longer_length(void **state)
{
	static char text[40000];
	struct stele_buffer out = { 0 };

	(void)state;
	memset(text, 'x', sizeof(text));
	for (size_t n = 120; n <= sizeof(text); n = n < 135 ? n + 1 : 2 * n) {
		const struct stele_cell inner =
			key_tuple(key_run(STELE_TYPE_STR, text, n));
		const struct stele_cell outer =
			key_tuple(inner, stele_cell_bool(true));
		const uint8_t *p;
		uint64_t len;

		assert_int_equal(key_encode(NULL, &outer, &out), 0);
		assert_true(stele_canonical_check(out.ptr, out.len));
		p = out.ptr + 2;
		len = *p & 0x7f;
		for (unsigned i = 1; *p++ & 0x80; i++)
			len |= (uint64_t)(*p & 0x7f) << 7 * i;
		assert_memory_equal(p, "\x40\x01", 2);
		assert_memory_equal(p + len, "\x01\x03", 2);
		assert_ptr_equal(p + len + 2, out.ptr + out.len);
		assert_memory_equal(p + len - n, text, n);
	}
	stele_buffer_free(&out);
}

/* --------------------------------------------------------------- refusal */

static void lists_arrays_and_nan_are_refused_inside_too(void **state)
{
	const struct stele_cell list =
		key_tuple(stele_cell_i64(1), stele_cell_list(NULL, 0));
	const struct stele_cell nan = key_tuple(
		key_set(stele_cell_i64(1), key_tuple(stele_cell_f64(NAN))));
	const struct stele_cell no_number = key_tuple(key_decimal("NaN"));

	(void)state;
	assert_refused(&list, -STELE_E_TYPE);
	assert_refused(&no_number, -STELE_E_RANGE);
	assert_refused(&nan.u.cells[0].u.cells[1], -STELE_E_RANGE);
}

static void key_is_64_values_deep_at_most(void **state)
{
	struct stele_cell cells[STELE_CANONICAL_DEPTH + 1];
	struct stele_buffer out = { 0 };

	(void)state;
	cells[0] = stele_cell_i64(1);
	for (size_t i = 1; i <= STELE_CANONICAL_DEPTH; i++)
		cells[i] = key_collection(STELE_TYPE_TUPLE, &cells[i - 1], 1);
	assert_refused(&cells[STELE_CANONICAL_DEPTH], -STELE_E_LIMIT);
	assert_int_equal(
		key_encode(NULL, &cells[STELE_CANONICAL_DEPTH - 1], &out), 0);
	assert_true(stele_canonical_check(out.ptr, out.len));
	stele_buffer_free(&out);
}

static void deeper_values_are_not_the_same_key(void **state)
{
	struct stele_cell cells[STELE_CANONICAL_DEPTH + 1];
	struct stele_value v;
	struct keys k;
	uint64_t word;

	(void)state;
	cells[0] = stele_cell_i64(1);
	for (size_t i = 1; i <= STELE_CANONICAL_DEPTH; i++)
		cells[i] = key_collection(STELE_TYPE_TUPLE, &cells[i - 1], 1);
	v = open_one(&k, &word, &cells[STELE_CANONICAL_DEPTH]);
	assert_false(stele_canonical_equal(&v, &v));
	assert_int_equal(stele_value_item(&v, 0, &v), 0);
	assert_true(stele_canonical_equal(&v, &v));
	keys_end(&k);
}

static void fields_of_a_key_are_64_deep_each(void **state)
{
	struct stele_cell cells[STELE_CANONICAL_DEPTH];
	struct stele_value fields[2];
	struct keys k;
	uint64_t word;
	size_t len;

	(void)state;
	cells[0] = stele_cell_i64(1);
	for (size_t i = 1; i < STELE_CANONICAL_DEPTH; i++)
		cells[i] = key_collection(STELE_TYPE_TUPLE, &cells[i - 1], 1);
	fields[0] = fields[1] =
		open_one(&k, &word, &cells[STELE_CANONICAL_DEPTH - 1]);
	assert_int_equal(
		stele_canonical_key(room, sizeof(room), &len, fields, 2), 0);
	assert_true(stele_canonical_check(room, len));
	keys_end(&k);
}

static void key_has_65792_bytes_at_most(void **state)
{
	static char text[STELE_CANONICAL_MAX];
	/* tag, count, length of 3 bytes, tag */
	size_t most = STELE_CANONICAL_MAX - 6;
	struct stele_cell good, bad;
	struct stele_buffer out = { 0 };

	(void)state;
	memset(text, 'x', sizeof(text));
	good = key_tuple(key_run(STELE_TYPE_STR, text, most));
	bad = key_tuple(key_run(STELE_TYPE_STR, text, most + 1));
	assert_refused(&bad, -STELE_E_LIMIT);
	assert_int_equal(key_encode(NULL, &good, &out), 0);
	assert_int_equal(out.len, STELE_CANONICAL_MAX);
	assert_true(stele_canonical_check(out.ptr, out.len));
	stele_buffer_free(&out);
}

static void user_value_has_65792_bytes_at_most(void **state)
{
	static char bytes[STELE_CANONICAL_MAX];
	/* tag, length, name */
	struct stele_user good = { "u", 1, bytes, sizeof(bytes) - 3 };
	struct stele_user bad = { "u", 1, bytes, sizeof(bytes) - 2 };
	struct stele_cell cell = key_user(&bad);
	struct stele_buffer out = { 0 };

	(void)state;
	assert_refused(&cell, -STELE_E_LIMIT);
	cell = key_user(&good);
	assert_int_equal(key_encode(NULL, &cell, &out), 0);
	assert_int_equal(out.len, STELE_CANONICAL_MAX);
	stele_buffer_free(&out);
}

static void string_by_itself_may_be_longer(void **state)
{
	static char text[3 * STELE_CANONICAL_MAX];
	struct stele_cell cell = key_run(STELE_TYPE_BYTES, text, sizeof(text));
	struct stele_buffer out = { 0 };
	struct stele_value v;
	struct keys k;
	uint64_t word, hash;
	size_t len;

	(void)state;
	v = open_one(&k, &word, &cell);
	assert_int_equal(key_encode(NULL, &cell, &out), 0);
	assert_int_equal(out.len, sizeof(text) + 1);
	assert_int_equal(stele_canonical_hash(&v, 3, &hash), 0);
	assert_true(hash == stele_hash_bytes(out.ptr, out.len, 3));
	assert_true(stele_canonical_equal(&v, &v));
	assert_int_equal(stele_canonical_value(room, sizeof(room), &len, &v),
			 -ENOSPC);
	assert_int_equal(len, out.len);
	stele_buffer_free(&out);
	keys_end(&k);
}

/* Each level twice in the next: 2^40 values, in 40 objects. */
static uint64_t add_bomb(struct keys *k)
{
	uint64_t word = STELE_FMT_NULL;

	for (int i = 0; i < 40; i++) {
		const struct stele_cell level =
			key_tuple(handmade_ref(word), handmade_ref(word));

		word = keys_add(k, &level);
	}
	return word;
}

static void sharing_bombs_are_refused_in_no_time(void **state)
{
	struct stele_value a, b;
	uint64_t words[2], hash;
	struct keys k;

	(void)state;
	keys_begin(&k, SCHEMA);
	words[0] = add_bomb(&k);
	words[1] = add_bomb(&k);
	keys_open(&k, SCHEMA);
	a = keys_value(&k, &words[0]);
	b = keys_value(&k, &words[1]);
	assert_int_equal(stele_canonical_hash(&a, 1, &hash), -STELE_E_LIMIT);
	assert_false(stele_canonical_equal(&a, &b));
	keys_end(&k);
}

static void key_that_leads_into_itself_is_refused(void **state)
{
	const struct stele_cell self = key_tuple(handmade_ref(STELE_FMT_NULL));
	const struct stele_cell field = handmade_ref(STELE_FMT_NULL);
	const struct stele_cell record = key_record(1, &field, 1);
	struct stele_value a, b;
	uint64_t words[2], hash;
	struct keys k;

	(void)state;
	keys_begin(&k, SCHEMA);
	words[0] = keys_add(&k, &self);
	words[1] = keys_add(&k, &record);
	handmade_put(&k.im, words[0] + 8, words[0]);
	handmade_put(&k.im, words[1] + 8, words[1]);
	keys_open(&k, SCHEMA);
	a = keys_value(&k, &words[0]);
	b = keys_value(&k, &words[1]);
	assert_int_equal(stele_canonical_hash(&a, 1, &hash), -STELE_E_LIMIT);
	assert_int_equal(stele_canonical_hash(&b, 1, &hash), -STELE_E_LIMIT);
	assert_false(stele_canonical_equal(&a, &a));
	assert_false(stele_canonical_equal(&b, &b));
	keys_end(&k);
}

/* A tuple that has one value nr times. */
static uint64_t add_again(struct keys *k, uint64_t word, size_t nr)
{
	struct stele_cell refs[300], all;

	for (size_t i = 0; i < nr; i++)
		refs[i] = handmade_ref(word);
	all = key_collection(STELE_TYPE_TUPLE, refs, nr);
	return keys_add(k, &all);
}

/* What takes long to look at, and takes few bytes in the encoding. */
static void assert_work(struct keys *k, uint64_t number)
{
	uint64_t words[2] = { add_again(k, number, 200),
			      add_again(k, number, 300) };
	struct stele_value few, many;
	uint64_t hash;

	keys_open(k, SCHEMA);
	few = keys_value(k, &words[0]);
	many = keys_value(k, &words[1]);
	assert_int_equal(stele_canonical_hash(&few, 1, &hash), 0);
	assert_true(stele_canonical_equal(&few, &few));
	assert_int_equal(stele_canonical_hash(&many, 1, &hash), -STELE_E_LIMIT);
	assert_false(stele_canonical_equal(&many, &many));
	keys_end(k);
}

static void longer_values_are_not_the_same_key(void **state)
{
	static char text[30000];
	struct stele_cell one = key_run(STELE_TYPE_BYTES, text, sizeof(text));
	struct stele_value v[2];
	uint64_t words[2], word;
	struct keys k;

	(void)state;
	keys_begin(&k, SCHEMA);
	word = keys_add(&k, &one);
	words[0] = add_again(&k, word, 2);
	words[1] = add_again(&k, word, 3);
	keys_open(&k, SCHEMA);
	for (int i = 0; i < 2; i++) {
		v[i] = keys_value(&k, &words[i]);
		assert_int_equal(stele_canonical_equal(&v[i], &v[i]), !i);
	}
	keys_end(&k);
}

static void zeros_behind_the_point_are_work(void **state)
{
	char *text = malloc(11000);
	struct stele_cell one;
	struct keys k;

	(void)state;
	assert_non_null(text);
	memset(text, '0', 10000);
	text[0] = '1';
	strcpy(text + 10000, "E-9999");
	one = key_decimal(text);
	keys_begin(&k, SCHEMA);
	assert_work(&k, keys_add(&k, &one));
	free(text);
}

/* Only a broken image has them. */
static void zeros_in_front_of_a_big_integer_are_work(void **state)
{
	static const uint8_t magnitude[4000] = { 7 };
	struct keys k;

	(void)state;
	keys_begin(&k, SCHEMA);
	assert_work(&k,
		    handmade_bigint(&k.im, 0, magnitude, sizeof(magnitude)));
}

static void fields_that_are_not_set_are_work_too(void **state)
{
	static char schema[60000 * 24];
	struct stele_cell nothing = key_record(0, NULL, 0), refs[20], all;
	struct stele_value v, one;
	struct keys k;
	uint64_t words[2], hash;
	char *at = schema + sprintf(schema, "record W {");

	(void)state;
	for (int i = 0; i < 60000; i++)
		at += sprintf(at, "f%x:any optional\n", i);
	strcpy(at, "}");
	keys_begin(&k, schema);
	words[1] = keys_add(&k, &nothing);
	for (int i = 0; i < 20; i++)
		refs[i] = handmade_ref(words[1]);
	all = key_collection(STELE_TYPE_TUPLE, refs, 20);
	words[0] = keys_add(&k, &all);
	keys_open(&k, schema);
	v = keys_value(&k, &words[0]);
	one = keys_value(&k, &words[1]);
	assert_int_equal(stele_canonical_hash(&one, 1, &hash), 0);
	assert_int_equal(stele_canonical_hash(&v, 1, &hash), -STELE_E_LIMIT);
	assert_true(stele_canonical_equal(&one, &one));
	assert_false(stele_canonical_equal(&v, &v));
	keys_end(&k);
}

static void set_out_of_order_or_with_an_item_twice_is_broken(void **state)
{
	const struct stele_cell cells[] = { stele_cell_i64(2),
					    stele_cell_i64(1) };
	const struct stele_cell same[] = { stele_cell_i64(1),
					   stele_cell_f64(1) };
	const struct stele_cell lists[] = {
		key_collection(STELE_TYPE_TUPLE, cells, 2),
		key_collection(STELE_TYPE_TUPLE, same, 2)
	};

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct stele_value v;
		struct keys k;
		uint64_t word, hash;

		keys_begin(&k, SCHEMA);
		word = keys_add(&k, &lists[i]);
		handmade_put(&k.im, word,
			     STELE_FMT_HEAD(STELE_FMT_KIND_SET, 0, 2));
		keys_open(&k, SCHEMA);
		v = keys_value(&k, &word);
		assert_int_equal(stele_canonical_hash(&v, 1, &hash),
				 -STELE_E_FORMAT);
		keys_end(&k);
	}
}

/* ---------------------------------------------------------------- equal */

static void equal_numbers_inside_make_equal_keys(void **state)
{
	const struct stele_cell cells[] = {
		key_tuple(stele_cell_i64(7), stele_cell_f64(0.5)),
		key_tuple(stele_cell_f64(7), key_decimal("0.50")),
		key_tuple(key_decimal("7.00"), stele_cell_f64(0.5)),
		key_tuple(stele_cell_u64(7), key_decimal("5E-1")),
	};
	struct stele_value v[4];
	uint64_t words[4];
	struct keys k;

	(void)state;
	keys_begin(&k, SCHEMA);
	for (int i = 0; i < 4; i++)
		words[i] = keys_add(&k, &cells[i]);
	keys_open(&k, SCHEMA);
	for (int i = 0; i < 4; i++)
		v[i] = keys_value(&k, &words[i]);
	for (int i = 0; i < 16; i++)
		assert_true(stele_canonical_equal(&v[i / 4], &v[i % 4]));
	keys_end(&k);
}

static void records_of_two_schemas_are_equal_by_names(void **state)
{
	static const char *const schemas[] = {
		SCHEMA,
		"record X { a: any? } "
		"record P { new: any optional cc: any? bb: any? optional "
		"a: any? optional }",
	};
	const struct stele_cell here[] = { stele_cell_i64(1), stele_cell_i64(2),
					   stele_cell_i64(3) };
	const struct stele_cell there[] = { stele_cell_of(STELE_TYPE_UNSET),
					    stele_cell_i64(3),
					    stele_cell_i64(1),
					    stele_cell_f64(2) };
	const struct stele_cell cells[] = { key_record(0, here, 3),
					    key_record(1, there, 4),
					    key_record(0, here, 2),
					    key_record(1, there, 3) };
	struct stele_value v[4];
	struct keys k[4];
	uint64_t words[4], hash[4];

	(void)state;
	for (int i = 0; i < 4; i++) {
		keys_begin(&k[i], schemas[i % 2]);
		words[i] = keys_add(&k[i], &cells[i]);
		keys_open(&k[i], schemas[i % 2]);
		v[i] = keys_value(&k[i], &words[i]);
		assert_int_equal(stele_canonical_hash(&v[i], 1, &hash[i]), 0);
	}
	assert_true(stele_canonical_equal(&v[0], &v[1]));
	assert_true(hash[0] == hash[1]);
	for (int i = 1; i < 4; i++) {
		assert_false(stele_canonical_equal(&v[0], &v[i == 1 ? 2 : i]));
		assert_false(stele_canonical_equal(&v[i == 1 ? 2 : i], &v[0]));
	}
	for (int i = 0; i < 4; i++)
		keys_end(&k[i]);
}

/* ------------------------------------------------------------ by chance */

static struct stele_cell random_scalar(struct random *r)
{
	static const char *const texts[] = { "",	 "a",		"b",
					     "abcdefgh", "caf\xc3\xa9", "0.5",
					     "7",	 "-1E+20",	"0.1",
					     "700E-2" };
	static const struct stele_user users[] = { { "u", 1, "", 0 },
						   { "u", 1, "x", 1 },
						   { "v", 1, "x", 1 } };
	const char *text = texts[random_below(r, 10)];

	switch (random_below(r, 12)) {
	case 0:
		return stele_cell_of(STELE_TYPE_NULL);
	case 1:
		return stele_cell_bool(random_below(r, 2));
	case 2:
		return stele_cell_i64((int64_t)random_below(r, 9) - 4);
	case 3:
		return stele_cell_u64(random_u64(r));
	case 4:
		return stele_cell_f64((double)random_below(r, 9) / 2 - 1);
	case 5:
		return key_str(text);
	case 6:
		return key_text(STELE_TYPE_BYTES, text);
	case 7:
		return key_decimal(texts[5 + random_below(r, 5)]);
	case 8:
		return key_count(STELE_TYPE_DATE + random_below(r, 2),
				 (int64_t)random_below(r, 3));
	case 9:
		return key_count(STELE_TYPE_TIME + random_below(r, 3),
				 (int64_t)random_below(r, 3));
	case 10:
		return key_run(STELE_TYPE_UUID,
			       &"0123456789abcdefg"[random_below(r, 2)], 16);
	default:
		return key_user(&users[random_below(r, 3)]);
	}
}

#define POOL 400

struct pool {
	struct stele_cell cells[POOL];
	size_t used;
	struct stele_schema *schema;
};

/* Whether a set has an item already. */
static bool has(const struct pool *pool, const struct stele_cell *cells,
		size_t nr, const struct stele_cell *cell)
{
	struct stele_buffer a = { 0 }, b = { 0 };
	bool found = false;

	assert_int_equal(key_encode(pool->schema, cell, &a), 0);
	for (size_t i = 0; !found && i < nr; i++) {
		assert_int_equal(key_encode(pool->schema, &cells[i], &b), 0);
		found = a.len == b.len && !memcmp(a.ptr, b.ptr, a.len);
	}
	stele_buffer_free(&a);
	stele_buffer_free(&b);
	return found;
}

static struct stele_cell random_cell(struct random *r, struct pool *pool,
				     unsigned depth)
{
	static const unsigned types[] = { STELE_TYPE_TUPLE, STELE_TYPE_SET,
					  STELE_TYPE_RECORD };
	unsigned type = types[random_below(r, 3)];
	uint32_t record = (uint32_t)random_below(r, 2);
	size_t nr =
		random_below(r, type == STELE_TYPE_RECORD ? 4 - 2 * record : 5);
	struct stele_cell *cells = &pool->cells[pool->used], one;
	size_t len = 0;

	if (!depth || !random_below(r, 3) || pool->used + nr > POOL)
		return random_scalar(r);
	pool->used += nr;
	for (size_t i = 0; i < nr; i++) {
		one = random_cell(r, pool, depth - 1);
		if (type == STELE_TYPE_RECORD && !random_below(r, 4))
			one = stele_cell_of(STELE_TYPE_UNSET);
		if (type == STELE_TYPE_SET && has(pool, cells, len, &one))
			continue;
		cells[len++] = one;
	}
	return type == STELE_TYPE_RECORD ? key_record(record, cells, len) :
					   key_collection(type, cells, len);
}

static void assert_hashes(const struct stele_value *v, const uint8_t *p,
			  size_t len)
{
	uint64_t key[2] = { 42, 43 }, hash;

	assert_int_equal(stele_canonical_hash(v, 43, &hash), 0);
	assert_true(hash == stele_hash_bytes(p, len, 43));
	assert_int_equal(stele_canonical_hash_salted(v, 42, 43, &hash), 0);
	assert_true(hash == stele_siphash(p, len, (const uint8_t *)key));
	assert_true(hash == stele_canonical_hash_bytes_salted(p, len, 42, 43));
}

/* Every size of buffer below the encoding's tells its length. */
static void assert_lengths(const struct stele_value *v, size_t whole)
{
	size_t len = 0;

	for (size_t size = 0; size < whole; size++) {
		assert_int_equal(stele_canonical_value(room, size, &len, v),
				 -ENOSPC);
		assert_int_equal(len, whole);
	}
}

static void values_encode_as_their_cells(void **state)
{
	struct random r = { 20261123 };
	static struct pool pools[2];
	unsigned nr_equal = 0;

	(void)state;
	print_message("# seed %llu\n", (unsigned long long)r.state);
	for (int n = 0; n < 3000; n++) {
		struct stele_buffer out[2] = { { 0 }, { 0 } };
		struct stele_cell cells[2];
		struct stele_value v[2];
		uint64_t words[2];
		struct keys k;
		size_t len;
		bool equal;

		keys_begin(&k, SCHEMA);
		for (int i = 0; i < 2; i++) {
			pools[i].used = 0;
			pools[i].schema = k.schema;
			cells[i] = random_cell(&r, &pools[i], n % 2 ? 1 : 4);
			words[i] = keys_add(&k, &cells[i]);
		}
		keys_open(&k, SCHEMA);
		for (int i = 0; i < 2; i++) {
			v[i] = keys_value(&k, &words[i]);
			assert_int_equal(
				key_encode(k.schema, &cells[i], &out[i]), 0);
			assert_int_equal(stele_canonical_value(room,
							       sizeof(room),
							       &len, &v[i]),
					 0);
			assert_int_equal(len, out[i].len);
			assert_memory_equal(room, out[i].ptr, len);
			assert_true(stele_canonical_check(room, len));
			assert_hashes(&v[i], out[i].ptr, len);
			assert_lengths(&v[i], len);
			assert_true(stele_canonical_equal(&v[i], &v[i]));
		}
		equal = !stele_canonical_compare(out[0].ptr, out[0].len,
						 out[1].ptr, out[1].len);
		assert_int_equal(stele_canonical_equal(&v[0], &v[1]), equal);
		nr_equal += equal;
		stele_buffer_free(&out[0]);
		stele_buffer_free(&out[1]);
		keys_end(&k);
	}
	assert_true(nr_equal > 10);
}

static void fields_encode_as_the_tuple_of_them(void **state)
{
	const struct stele_cell cells[] = {
		stele_cell_i64(7), key_tuple(key_str("x")),
		key_set(stele_cell_i64(2), stele_cell_i64(1))
	};
	const struct stele_cell tuple =
		key_collection(STELE_TYPE_TUPLE, cells, 3);
	struct stele_value v[3];
	struct stele_buffer out = { 0 };
	uint64_t words[3];
	struct keys k;
	size_t len;

	(void)state;
	keys_begin(&k, SCHEMA);
	for (int i = 0; i < 3; i++)
		words[i] = keys_add(&k, &cells[i]);
	keys_open(&k, SCHEMA);
	for (int i = 0; i < 3; i++)
		v[i] = keys_value(&k, &words[i]);
	assert_int_equal(key_encode(k.schema, &tuple, &out), 0);
	assert_int_equal(stele_canonical_key(room, sizeof(room), &len, v, 3),
			 0);
	assert_int_equal(len, out.len);
	assert_memory_equal(room, out.ptr, len);
	assert_int_equal(stele_canonical_key(room, len - 1, &len, v, 3),
			 -ENOSPC);
	assert_int_equal(len, out.len);
	assert_int_equal(stele_canonical_key(room, sizeof(room), &len, v, 1),
			 0);
	assert_hex(room, len, "100107");
	stele_buffer_free(&out);
	keys_end(&k);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(collections_encode_as_the_vectors),
		cmocka_unit_test(
			fields_come_in_order_of_names_and_unset_ones_not),
		cmocka_unit_test(
			what_has_128_bytes_moves_behind_a_longer_length),
		cmocka_unit_test(lists_arrays_and_nan_are_refused_inside_too),
		cmocka_unit_test(key_is_64_values_deep_at_most),
		cmocka_unit_test(deeper_values_are_not_the_same_key),
		cmocka_unit_test(fields_of_a_key_are_64_deep_each),
		cmocka_unit_test(key_has_65792_bytes_at_most),
		cmocka_unit_test(user_value_has_65792_bytes_at_most),
		cmocka_unit_test(string_by_itself_may_be_longer),
		cmocka_unit_test(sharing_bombs_are_refused_in_no_time),
		cmocka_unit_test(key_that_leads_into_itself_is_refused),
		cmocka_unit_test(longer_values_are_not_the_same_key),
		cmocka_unit_test(zeros_behind_the_point_are_work),
		cmocka_unit_test(zeros_in_front_of_a_big_integer_are_work),
		cmocka_unit_test(fields_that_are_not_set_are_work_too),
		cmocka_unit_test(
			set_out_of_order_or_with_an_item_twice_is_broken),
		cmocka_unit_test(equal_numbers_inside_make_equal_keys),
		cmocka_unit_test(records_of_two_schemas_are_equal_by_names),
		cmocka_unit_test(values_encode_as_their_cells),
		cmocka_unit_test(fields_encode_as_the_tuple_of_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
