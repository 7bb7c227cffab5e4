// SPDX-License-Identifier: MIT
/*
 * Encodings taken apart: each part is what it was encoded of, and bytes that are
 * no encoding are refused inside their bounds.
 */
#include "keys.h"

#include <stele/map.h>

#include "random.h"

#define SCHEMA \
	"record P { bb: any? optional a: any? optional cc: any? optional }"

/* A part whose encoding is made anew of what was read, with all in it. */
static int again(const struct stele_key *key, struct stele_buffer *out);

static int put_varint(struct stele_buffer *out, uint64_t n)
{
	uint8_t byte;
	int rc = 0;

	for (; !rc && n >= 0x80; n >>= 7) {
		byte = (uint8_t)(n | 0x80);
		rc = stele_buffer_append(out, &byte, 1);
	}
	byte = (uint8_t)n;
	return rc ? rc : stele_buffer_append(out, &byte, 1);
}

static int put_run(struct stele_buffer *out, const void *p, size_t len)
{
	int rc = put_varint(out, len);

	return rc ? rc : stele_buffer_append(out, p, len);
}

static int put_parts(const struct stele_key *key, struct stele_buffer *out)
{
	struct stele_key walk = *key, part;
	struct stele_str name;
	int rc = put_varint(out, key->len);

	while (!rc && !(rc = stele_key_next(&walk, &name, &part))) {
		struct stele_buffer inside = { 0 };

		assert_int_equal(part.depth, key->depth + 1);
		if (key->type == STELE_TYPE_RECORD)
			rc = put_run(out, name.ptr, name.len);
		else
			assert_null(name.ptr);
		if (!rc)
			rc = again(&part, &inside);
		if (!rc)
			rc = put_run(out, inside.ptr, inside.len);
		stele_buffer_free(&inside);
	}
	return rc == -STELE_E_ABSENT ? 0 : rc;
}

static int again(const struct stele_key *key, struct stele_buffer *out)
{
	static const uint8_t tags[] = { [STELE_TYPE_TUPLE] = 0x40,
					[STELE_TYPE_SET] = 0x41,
					[STELE_TYPE_RECORD] = 0x42,
					[STELE_TYPE_USER] = 0x43 };
	static uint8_t room[STELE_CANONICAL_MAX];
	bool has_parts = key->type == STELE_TYPE_TUPLE ||
			 key->type == STELE_TYPE_SET ||
			 key->type == STELE_TYPE_RECORD;
	size_t len;
	int rc;

	if (!has_parts && key->type != STELE_TYPE_USER) {
		assert_int_equal(key->type, key->value.type);
		assert_null(key->value.segment);
		rc = stele_canonical_value(room, sizeof(room), &len,
					   &key->value);
		return rc ? rc : stele_buffer_append(out, room, len);
	}
	rc = stele_buffer_append(out, &tags[key->type], 1);
	if (!rc && (key->type == STELE_TYPE_RECORD || !has_parts))
		rc = put_run(out, key->name.ptr, key->name.len);
	if (rc)
		return rc;
	return has_parts ?
		       put_parts(key, out) :
		       stele_buffer_append(out, key->bytes.ptr, key->bytes.len);
}

/*
 * Read from memory of just that length; 0: all of it, and where it is in the one
 * form that the key has, the same bytes come of it again.
 */
static int read_again(const uint8_t *p, size_t len)
{
	uint8_t *copy = malloc(len + !len);
	struct stele_buffer out = { 0 };
	struct stele_key key;
	int rc;

	assert_non_null(copy);
	memcpy(copy, p, len);
	rc = stele_key_read(copy, len, &key);
	if (!rc) {
		assert_ptr_equal(key.encoding.ptr, copy);
		assert_int_equal(key.encoding.len, len);
		assert_int_equal(key.depth, 1);
		rc = again(&key, &out);
	}
	if (!rc && stele_canonical_check(copy, len) &&
	    (out.len != len || memcmp(out.ptr, copy, len)))
		fail_msg("%zu bytes became %zu others", len, out.len);
	stele_buffer_free(&out);
	free(copy);
	return rc;
}

static struct stele_key read_hex(const char *hex, uint8_t *bytes)
{
	struct stele_key key;
	size_t len = strlen(hex) / 2;

	for (size_t i = 0; i < len; i++)
		assert_int_equal(sscanf(hex + 2 * i, "%2hhx", &bytes[i]), 1);
	assert_int_equal(stele_key_read(bytes, len, &key), 0);
	return key;
}

/* -------------------------------------------------------------- scalars */

static void integers_are_as_small_as_fits(void **state)
{
	static const struct {
		const char *hex;
		enum stele_type type;
		uint64_t u;
	} cases[] = {
		{ "1001", STELE_TYPE_I64, 0 },
		{ "100107", STELE_TYPE_I64, 7 },
		{ "100007", STELE_TYPE_I64, (uint64_t)-7 },
		{ "1001ffffffffffffff7f", STELE_TYPE_I64, INT64_MAX },
		{ "10010000000000000080", STELE_TYPE_U64, 1ull << 63 },
		{ "1001ffffffffffffffff", STELE_TYPE_U64, UINT64_MAX },
		{ "10000000000000000080", STELE_TYPE_I64, 1ull << 63 },
		{ "10000100000000000080", STELE_TYPE_BIGINT, 8 },
		{ "1001000000000000000001", STELE_TYPE_BIGINT, 9 },
	};
	uint8_t bytes[16];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct stele_key key = read_hex(cases[i].hex, bytes);

		assert_int_equal(key.type, cases[i].type);
		assert_true((key.type == STELE_TYPE_BIGINT ?
				     key.value.len :
				     key.value.u.u) == cases[i].u);
		assert_int_equal(key.value.flags & STELE_VALUE_F_NEGATIVE ? 1 :
									    0,
				 key.type == STELE_TYPE_BIGINT && !bytes[1]);
	}
}

static void scalars_are_what_they_were(void **state)
{
	uint8_t bytes[32];
	struct stele_key key;

	(void)state;
	key = read_hex("01", bytes);
	assert_int_equal(key.type, STELE_TYPE_NULL);
	key = read_hex("02", bytes);
	assert_int_equal(key.type, STELE_TYPE_BOOL);
	assert_false(key.value.u.b);
	key = read_hex("03", bytes);
	assert_true(key.value.u.b);
	key = read_hex("11000000000000e0bf", bytes);
	assert_int_equal(key.type, STELE_TYPE_F64);
	assert_true(key.value.u.f == -0.5);
	key = read_hex("1200feffffff8701", bytes); /* -3.91 */
	assert_int_equal(key.type, STELE_TYPE_DECIMAL);
	assert_int_equal(key.value.flags, STELE_VALUE_F_NEGATIVE);
	assert_int_equal(key.value.exponent, -2);
	assert_int_equal(key.value.len, 2);
	key = read_hex("30ffffffff", bytes);
	assert_int_equal(key.type, STELE_TYPE_DATE);
	assert_int_equal(key.value.u.i, -1);
	key = read_hex("3340420f0000000000", bytes);
	assert_int_equal(key.type, STELE_TYPE_ZONED);
	assert_int_equal(key.value.u.i, 1000000);
	assert_int_equal(key.value.offset, 0);
	key = read_hex("20617074", bytes);
	assert_int_equal(key.type, STELE_TYPE_STR);
	assert_int_equal(key.value.len, 3);
	assert_memory_equal(key.value.u.ptr, "apt", 3);
	assert_int_equal(stele_key_next(&key, NULL, &key), -STELE_E_TYPE);
}

/* ---------------------------------------------------------- collections */

static void record_gives_its_fields_under_their_names(void **state)
{
	struct stele_key key, part;
	struct stele_str name;
	uint8_t bytes[64];

	(void)state;
	key = read_hex("420150020161010102626203100103", bytes);
	assert_int_equal(key.type, STELE_TYPE_RECORD);
	assert_int_equal(key.len, 2);
	assert_memory_equal(key.name.ptr, "P", key.name.len);
	assert_int_equal(stele_key_next(&key, &name, &part), 0);
	assert_int_equal(name.len, 1);
	assert_memory_equal(name.ptr, "a", 1);
	assert_int_equal(part.type, STELE_TYPE_NULL);
	assert_int_equal(stele_key_next(&key, &name, &part), 0);
	assert_memory_equal(name.ptr, "bb", name.len);
	assert_int_equal(part.value.u.i, 3);
	assert_int_equal(key.done, 2);
	assert_int_equal(stele_key_next(&key, &name, &part), -STELE_E_ABSENT);
	assert_int_equal(stele_key_next(&key, NULL, &part), -STELE_E_ABSENT);
}

static void user_gives_its_name_and_its_bytes(void **state)
{
	struct stele_key key, part;
	uint8_t bytes[16];

	(void)state;
	key = read_hex("4305706f696e740102", bytes);
	assert_int_equal(key.type, STELE_TYPE_USER);
	assert_int_equal(key.name.len, 5);
	assert_memory_equal(key.name.ptr, "point", 5);
	assert_int_equal(key.bytes.len, 2);
	assert_memory_equal(key.bytes.ptr, "\1\2", 2);
	assert_int_equal(stele_key_next(&key, NULL, &part), -STELE_E_TYPE);
}

static void failed_step_leaves_the_key_where_it_was(void **state)
{
	static const uint8_t bytes[] = { 0x40, 2, 1, 3, 1, 0x99 };
	struct stele_key key, part;

	(void)state;
	assert_int_equal(stele_key_read(bytes, sizeof(bytes), &key), 0);
	assert_int_equal(stele_key_next(&key, NULL, &part), 0);
	for (int i = 0; i < 2; i++)
		assert_int_equal(stele_key_next(&key, NULL, &part),
				 -STELE_E_FORMAT);
	assert_int_equal(key.done, 1);
}

static const struct stele_user user = { "U", 1, "\0\1", 2 };

/* A cell by chance, of all types, up to `depth` deep. */
static struct stele_cell any_cell(struct random *r, unsigned depth,
				  struct stele_cell room[])
{
	static const char uuid[] = "0123456789abcdef";
	static const char *const decimals[] = {
		"0.1", "-1.50E-20", "7.00", "1E+30", "-0.5", "Infinity"
	};
	uint64_t pick = random_below(r, depth ? 18 : 14);
	struct stele_cell cell = stele_cell_of(STELE_TYPE_NULL);

	switch (pick) {
	case 0:
		return cell;
	case 1:
		return stele_cell_bool(random_below(r, 2));
	case 2:
		return stele_cell_i64(
			(int64_t)(random_u64(r) >> random_below(r, 64)));
	case 3:
		return stele_cell_i64(-(int64_t)(random_u64(r) >> 1));
	case 4:
		return stele_cell_u64(random_u64(r));
	case 5:
		return stele_cell_f64((double)random_u64(r) / 4096);
	case 6:
		return key_decimal(decimals[random_below(r, 6)]);
	case 7:
		return key_text(STELE_TYPE_BIGINT,
				"-123456789012345678901234567890");
	case 8:
		return stele_cell_str(uuid, random_below(r, 17));
	case 9:
		return key_run(STELE_TYPE_BYTES, uuid, random_below(r, 17));
	case 10:
		return key_run(STELE_TYPE_UUID, uuid, 16);
	case 11:
		return key_count(STELE_TYPE_DATE + (int)random_below(r, 2),
				 (int64_t)random_below(r, 1000));
	case 12:
		return key_count(STELE_TYPE_TIME + (int)random_below(r, 3),
				 (int64_t)random_below(r, 1000));
	case 13:
		return key_user(&user);
	case 14: /* a set of one, so that no item is twice */
		*room = any_cell(r, depth - 1, room + 3);
		return key_collection(STELE_TYPE_SET, room, 1);
	case 15:
		for (int i = 0; i < 3; i++)
			room[i] = random_below(r, 2) ?
					  any_cell(r, 0, NULL) :
					  stele_cell_of(STELE_TYPE_UNSET);
		return key_record(0, room, 3);
	default:
		room[0] = any_cell(r, depth - 1, room + 3);
		room[1] = any_cell(r, 0, NULL);
		room[2] = any_cell(r, 0, NULL);
		return key_collection(STELE_TYPE_TUPLE, room,
				      random_below(r, 4));
	}
}

static void what_is_read_makes_the_same_encoding_again(void **state)
{
	struct stele_schema *schema = parsed(SCHEMA);
	struct random r = { 20261123 };
	struct stele_buffer out = { 0 };
	struct stele_cell room[60], cell;

	(void)state;
	for (int i = 0; i < 5000; i++) {
		cell = any_cell(&r, 1 + (unsigned)random_below(&r, 19), room);
		assert_int_equal(key_encode(schema, &cell, &out), 0);
		assert_true(stele_canonical_check(out.ptr, out.len));
		assert_int_equal(read_again(out.ptr, out.len), 0);
	}
	stele_buffer_free(&out);
	stele_schema_free(schema);
}

/* --------------------------------------------------------- broken bytes */

static void encoding_with_a_byte_changed_is_refused_or_another(void **state)
{
	struct stele_schema *schema = parsed(SCHEMA);
	struct random r = { 7 };
	struct stele_buffer out = { 0 };
	struct stele_cell room[60], cell;
	unsigned nr_good = 0, nr_read = 0;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		size_t at;
		bool good;
		int rc;

		cell = any_cell(&r, 3, room);
		assert_int_equal(key_encode(schema, &cell, &out), 0);
		at = random_below(&r, out.len);
		out.ptr[at] ^= (uint8_t)(1 + random_below(&r, 255));
		if (random_below(&r, 8) == 0)
			out.len = at;
		good = stele_canonical_check(out.ptr, out.len);
		rc = read_again(out.ptr, out.len);
		/* all that is good is read; times and text are not proved */
		assert_true(!rc || (!good && rc < 0));
		nr_good += good;
		nr_read += !rc;
	}
	assert_in_range(nr_good, 2000, nr_read);
	assert_in_range(nr_read, nr_good, 15000);
	stele_buffer_free(&out);
	stele_schema_free(schema);
}

static void bytes_by_chance_are_read_in_bounds(void **state)
{
	static const uint8_t tags[] = { 1,    2,    3,	  0x10, 0x11, 0x12,
					0x20, 0x21, 0x22, 0x30, 0x31, 0x32,
					0x33, 0x34, 0x40, 0x41, 0x42, 0x43 };
	struct random r = { 11 };
	unsigned nr_read = 0;
	uint8_t p[24];

	(void)state;
	for (int i = 0; i < 200000; i++) {
		size_t len = random_below(&r, sizeof(p) + 1);

		for (size_t k = 0; k < len; k++)
			p[k] = random_below(&r, 2) ?
				       tags[random_below(&r, sizeof(tags))] :
				       (uint8_t)random_below(&r, 6);
		nr_read += !read_again(p, len);
	}
	assert_in_range(nr_read, 1000, 199000);
}

static void what_is_no_head_is_refused(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
	} cases[] = {
		{ "", 0 },
		{ "\x00", 1 },
		{ "\x01\x00", 2 },
		{ "\x10", 1 },
		{ "\x10\x00", 2 }, /* -0 */
		{ "\x10\x02\x07", 3 },
		{ "\x10\x01\x07\x00", 4 },
		{ "\x11\x00\x00\x00\x00\x00\x00\xf8\x7f", 9 }, /* NaN */
		{ "\x11\x00\x00\x00\x00\x00\x00\xf0\x3f", 9 }, /* 1.0 */
		{ "\x12\x01\xff\xff\xff\xff", 6 },
		{ "\x12\x01\x00\x00\x00\x00\x07", 7 },
		{ "\x12\x01\xff\xff\xff\x80\x07", 7 },
		{ "\x22\x00", 2 },
		{ "\x30\x00\x00\x00", 4 },
		{ "\x31\x00\x00\x00\x00\x00\x00\x00", 8 },
		{ "\x40", 1 },
		{ "\x40\x01", 2 },
		{ "\x40\x01\x01", 3 },
		{ "\x40\x80\x00", 3 },
		{ "\x40\xff\xff\xff\xff\xff\xff\xff\xff\x7f\x01\x01", 12 },
		{ "\x42\x02P", 3 },
		{ "\x42\x01P\x01\x01\x61", 6 },
		{ "\x43\x00\x01", 3 },
		{ "\x43\x02U", 3 },
		{ "\x99", 1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_int_equal(read_again((const uint8_t *)cases[i].bytes,
					    cases[i].len),
				 -STELE_E_FORMAT);
}

static void bytes_behind_the_last_part_are_refused(void **state)
{
	static const uint8_t bytes[] = { 0x40, 1, 1, 3, 0 };

	(void)state;
	assert_int_equal(read_again(bytes, sizeof(bytes) - 1), 0);
	assert_int_equal(read_again(bytes, sizeof(bytes)), -STELE_E_FORMAT);
}

static void more_parts_than_bytes_are_refused_at_once(void **state)
{
	static const uint8_t tuple[] = { 0x40, 2, 1, 3 };
	static const uint8_t record[] = { 0x42, 1, 'P', 2, 0, 1, 3, 0, 1 };
	struct stele_key key;

	(void)state;
	assert_int_equal(stele_key_read(tuple, sizeof(tuple), &key),
			 -STELE_E_FORMAT);
	assert_int_equal(stele_key_read(record, sizeof(record), &key),
			 -STELE_E_FORMAT);
}

static void encoding_that_is_too_long_is_none(void **state)
{
	uint8_t *p = calloc(1, STELE_CANONICAL_MAX + 1);
	struct stele_key key;

	(void)state;
	assert_non_null(p);
	*p = 0x21;
	assert_int_equal(stele_key_read(p, STELE_CANONICAL_MAX, &key), 0);
	assert_int_equal(key.value.len, STELE_CANONICAL_MAX - 1);
	assert_int_equal(stele_key_read(p, STELE_CANONICAL_MAX + 1, &key),
			 -STELE_E_FORMAT);
	free(p);
}

/* Tuples in tuples, in memory that ends with the innermost. */
static void walk_ends_65_values_deep(void **state)
{
	static const size_t most = STELE_CANONICAL_DEPTH + 1;
	uint8_t p[600], *at = p + sizeof(p);
	int rc = 0;

	(void)state;
	*--at = 3;
	for (size_t depth = 2; depth <= most + 3; depth++) {
		size_t len = (size_t)(p + sizeof(p) - at);

		if (len > 0x7f)
			*--at = (uint8_t)(len >> 7);
		*--at = (uint8_t)(len > 0x7f ? len | 0x80 : len);
		*--at = 1;
		*--at = 0x40;
		rc = read_again(at, (size_t)(p + sizeof(p) - at));
		assert_int_equal(rc, depth <= most ? 0 : -STELE_E_FORMAT);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(integers_are_as_small_as_fits),
		cmocka_unit_test(scalars_are_what_they_were),
		cmocka_unit_test(record_gives_its_fields_under_their_names),
		cmocka_unit_test(user_gives_its_name_and_its_bytes),
		cmocka_unit_test(failed_step_leaves_the_key_where_it_was),
		cmocka_unit_test(what_is_read_makes_the_same_encoding_again),
		cmocka_unit_test(
			encoding_with_a_byte_changed_is_refused_or_another),
		cmocka_unit_test(bytes_by_chance_are_read_in_bounds),
		cmocka_unit_test(what_is_no_head_is_refused),
		cmocka_unit_test(bytes_behind_the_last_part_are_refused),
		cmocka_unit_test(more_parts_than_bytes_are_refused_at_once),
		cmocka_unit_test(encoding_that_is_too_long_is_none),
		cmocka_unit_test(walk_ends_65_values_deep),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
