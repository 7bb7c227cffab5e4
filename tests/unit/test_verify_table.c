// SPDX-License-Identifier: MIT
/*
 * Verifying tables as they are really built: multi and unique, of every type of
 * key and value, out of line, with duplicates dropped.  Each is accepted; each
 * kind of wrong entry in one, signed anew, is refused under its invariant.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <stele/stele.h>

#include "invariant.h"
#include "segment.h"
#include "specimen.h"

#define SCHEMA                                                 \
	"record P { name: str  n: i32?  day: date  sub: S }\n" \
	"record S { x: u8  t: str optional }\n"                \
	"table by_name: P(name)\n"                             \
	"table by_n: P(n)\n"                                   \
	"table by_both: P(name, sub.x) multi\n"                \
	"table by_text: P(sub.t) multi\n"                      \
	"table by_day: P(day)\n"

enum {
	BY_NAME,
	BY_N,
	BY_BOTH,
	BY_TEXT,
	BY_DAY,
	STRINGS,
	INTEGERS,
	ANYTHING,
	BYTES,
	DAYS,
	EMPTY,
	NARROW,
};

static struct specimen good, im;
static struct stele_error err;

static uint32_t add_table(struct stele_builder *b, const char *name,
			  enum stele_type key, enum stele_type value,
			  bool multi)
{
	struct stele_table_options o = { .size = sizeof(o),
					 .key = key,
					 .value = value,
					 .multi = multi,
					 .buckets = strcmp(name, "narrow") !=
						    0 };
	uint32_t table;

	if (stele_builder_table(b, name, &o, &table, &err))
		fail_msg("%s", err.reason);
	return table;
}

static void add_entry(struct stele_builder *b, uint32_t table,
		      struct stele_cell key, struct stele_cell value)
{
	if (stele_builder_table_add(b, table, &key, &value, &err))
		fail_msg("%s", err.reason);
}

static void add_row(struct stele_builder *b, int i)
{
	struct stele_cell sub[2] = { stele_cell_u64((uint64_t)i % 3),
				     stele_cell_of(STELE_TYPE_UNSET) };
	struct stele_cell row[4] = { stele_cell_of(STELE_TYPE_STR),
				     stele_cell_i64(i / 2),
				     stele_cell_of(STELE_TYPE_DATE),
				     stele_cell_of(STELE_TYPE_RECORD) };
	char name[32];

	row[0] = stele_cell_str(name, (size_t)sprintf(name, "name %d", i));
	if (i % 5 == 0)
		row[1] = stele_cell_of(STELE_TYPE_NULL);
	row[2].u.i = i;
	row[3].record = 1;
	row[3].u.cells = sub;
	row[3].len = 2;
	if (i % 2)
		sub[1] = stele_cell_str("odd", 3);
	if (stele_builder_add(b, 0, row, 4, NULL, &err))
		fail_msg("%s", err.reason);
}

static void add_tables(struct stele_builder *b)
{
	static char long_text[20000];
	struct stele_cell day = stele_cell_of(STELE_TYPE_DATE), bytes;
	uint32_t strings, integers, anything, runs, days, narrow;

	strings = add_table(b, "strings", STELE_TYPE_STR, STELE_TYPE_STR, true);
	integers = add_table(b, "integers", STELE_TYPE_I64, STELE_TYPE_BOOL,
			     false);
	anything =
		add_table(b, "anything", STELE_TYPE_ANY, STELE_TYPE_ANY, false);
	runs = add_table(b, "bytes", STELE_TYPE_BYTES, STELE_TYPE_BYTES, false);
	days = add_table(b, "days", STELE_TYPE_U64, STELE_TYPE_DATE, true);
	add_table(b, "empty", STELE_TYPE_STR, STELE_TYPE_U64, false);
	narrow = add_table(b, "narrow", STELE_TYPE_U64, STELE_TYPE_U8, false);
	memset(long_text, 'y', sizeof(long_text));
	for (int i = 0; i < 40; i++) {
		char key[32];
		size_t len = (size_t)sprintf(key, "key %d", i);

		add_entry(b, strings, stele_cell_str(key, len),
			  stele_cell_str("value", 5));
		add_entry(b, strings, stele_cell_str(key, len),
			  stele_cell_str(long_text, i % 10 == 3 ? 9001 : 1));
		add_entry(b, integers, stele_cell_i64(-i),
			  stele_cell_bool(i % 2));
		add_entry(b, anything, stele_cell_f64(i / 2.0),
			  stele_cell_str(long_text, (size_t)i));
		bytes = stele_cell_str(key, len);
		bytes.type = STELE_TYPE_BYTES;
		add_entry(b, runs, bytes, bytes);
		day.u.i = i;
		add_entry(b, narrow, stele_cell_u64((uint64_t)i),
			  stele_cell_u64((uint64_t)i));
		add_entry(b, days, stele_cell_u64((uint64_t)i / 3), day);
	}
}

static int build(void **state)
{
	struct stele_build_options options = {
		.size = sizeof(options),
		.duplicates = STELE_DUPLICATES_LAST,
	};
	struct stele_schema *schema;
	struct stele_builder *b;
	int fd;

	(void)state;
	if (stele_schema_parse(SCHEMA, strlen(SCHEMA), &schema, &err) ||
	    stele_builder_create_memfd("verify", schema, &options, &b, &err))
		fail_msg("%s", err.reason);
	stele_schema_free(schema);
	for (int i = 0; i < 60; i++)
		add_row(b, i);
	add_tables(b);
	if (stele_builder_finish(b, &fd, &err))
		fail_msg("%s", err.reason);
	stele_builder_free(b);
	specimen_read(&good, fd);
	close(fd);
	specimen_copy(&im, &good);
	return 0;
}

static int unbuild(void **state)
{
	(void)state;
	specimen_free(&good);
	specimen_free(&im);
	return 0;
}

static void expect_at(int line, uint32_t invariant)
{
	struct stele_segment seg = { 0 };
	int rc;

	memset(&err, 0, sizeof(err));
	assert_true(specimen_sign(&im));
	rc = stele_segment_attach(&seg, im.bytes, im.len, &err);
	if (!rc) {
		rc = stele_segment_verify(&seg, NULL, &err);
		stele_segment_detach(&seg);
	}
	memcpy(im.bytes, good.bytes, good.len);
	if (rc != (invariant ? -STELE_E_FORMAT : 0) ||
	    err.invariant != invariant)
		fail_msg("line %d: %d, invariant %u, not %u: %s", line, rc,
			 err.invariant, invariant, err.reason);
}

#define expect(name) expect_at(__LINE__, STELE_I_##name)

static struct stele_fmt_table *table(unsigned i)
{
	const struct stele_fmt_header *h = specimen_header(&im);

	for (uint32_t k = 0; k < h->nr_sections; k++)
		if (h->section[k].kind == STELE_FMT_SECTION_TABLES)
			return (struct stele_fmt_table
					*)(void *)(im.bytes +
						   h->section[k].off) +
			       i;
	fail_msg("no tables");
	return NULL;
}

/* Entry k of the table's first bucket that has so many; or of its overflow. */
static uint8_t *entry(unsigned i, unsigned k, bool out, uint8_t **lead)
{
	const struct stele_fmt_table *t = table(i);
	struct stele_fmt_overflow o;

	for (uint64_t n = 0; n < t->nr_buckets; n++) {
		uint8_t *b = im.bytes + t->data_off + (n << t->bucket_log2);
		uint16_t count, off;

		memcpy(&count, b, 2);
		for (unsigned e = 0, seen = 0; e < count; e++) {
			memcpy(&off, b + 2 + count + 2 * e, 2);
			if (!!(off & STELE_FMT_BUCKET_OUT) != out ||
			    seen++ != k)
				continue;
			*lead = b + (off & ~STELE_FMT_BUCKET_OUT);
			if (!out)
				return *lead;
			memcpy(&o, *lead, sizeof(o));
			return im.bytes + o.off;
		}
	}
	fail_msg("table %u has no such entry", i);
	return NULL;
}

static void real_tables_are_accepted(void **state)
{
	(void)state;
	expect_at(__LINE__, 0);
	assert_true(table(STRINGS)->overflow_bytes > 0);
	assert_int_equal(table(EMPTY)->nr_buckets, 0);
	assert_int_equal(table(BY_N)->kind, STELE_FMT_TABLE_INTEGER);
	assert_true(table(BY_N)->nr_keys < 48); /* duplicates were dropped */
	assert_int_equal(table(BY_BOTH)->key_type, STELE_FMT_KEY_CANONICAL);
}

static void lengths_and_counts_of_entries_are_proved(void **state)
{
	uint8_t *e, *lead;

	(void)state;
	e = entry(STRINGS, 0, false, &lead);
	e[1 + e[0]] = 0; /* no values */
	expect(ENTRY_LENGTH);
	e = entry(STRINGS, 0, false, &lead);
	e[1 + e[0] + 1] = 0xff; /* a value without end */
	expect(ENTRY_LENGTH);
	/* a needless byte: 05 'v' becomes 85 00 */
	e = entry(STRINGS, 0, false, &lead);
	e[1 + e[0] + 1] = 0x85;
	e[1 + e[0] + 2] = 0;
	expect(ENTRY_VARINT);
	e = entry(STRINGS, 0, false, &lead);
	e[1 + e[0] + 2] = 0xff;
	expect(ENTRY_VALUE);
}

/* Change what the first lead of `strings` says of its entry. */
static void break_lead(int64_t hash, int64_t off, int64_t len)
{
	struct stele_fmt_overflow o;
	uint8_t *lead;

	entry(STRINGS, 0, true, &lead);
	memcpy(&o, lead, sizeof(o));
	o.hash += (uint64_t)hash;
	o.off += (uint64_t)off;
	o.len += (uint64_t)len;
	memcpy(lead, &o, sizeof(o));
}

static void entries_out_of_line_are_proved(void **state)
{
	struct stele_fmt_overflow o;
	uint8_t *e, *lead;

	(void)state;
	break_lead(1, 0, 0);
	expect(ENTRY_OUT);
	break_lead(0, 8, -8);
	expect(ENTRY_OUT);
	break_lead(0, 0, -1);
	expect(ENTRY_LENGTH);
	break_lead(0, 0, 1);
	expect(ENTRY_LENGTH);
	break_lead(0, 0, 8); /* into the next one */
	expect(ENTRY_OUT);
	break_lead(0, 0, INT64_MIN);
	expect(ENTRY_OUT);
	break_lead(0, 0, -8995); /* would fit in line */
	expect(ENTRY_OUT);
	e = entry(STRINGS, 0, true, &lead);
	memcpy(&o, lead, sizeof(o));
	assert_true(o.len % 8 != 0);
	e[o.len] = 1; /* its fill */
	expect(ENTRY_OUT);
	table(STRINGS)->overflow_bytes -= 8;
	expect(TABLE_SPACE);
}

static void keys_and_values_are_proved_by_type(void **state)
{
	uint64_t unset = STELE_FMT_UNSET, wrong = 4000;
	uint8_t *e, *lead;

	(void)state;
	e = entry(INTEGERS, 0, false, &lead);
	e[8] = 2;
	expect(ENTRY_VALUE);
	e = entry(ANYTHING, 0, false, &lead);
	memcpy(e + 1 + e[0], &unset, 8);
	expect(WORD_UNSET);
	e = entry(ANYTHING, 0, false, &lead);
	memcpy(e + 1 + e[0], &wrong, 8);
	expect(WORD_CONSTANT);
	e = entry(DAYS, 0, false, &lead);
	memset(e + 9, 0x7f, 4);
	expect(ENTRY_VALUE);
	/* a narrow value in a line has zeros behind it */
	im.bytes[table(NARROW)->data_off + 32 + 1] = 1;
	expect(ENTRY_VALUE);
	e = entry(BYTES, 0, false, &lead);
	e[1 + e[0] + 1] ^= 0xff; /* bytes may be any */
	expect_at(__LINE__, 0);
}

static void order_of_entries_is_proved(void **state)
{
	uint8_t *b, hold[64], tag;
	size_t len;

	(void)state;
	/* two entries of one length in a lone bucket change places */
	b = im.bytes + table(INTEGERS)->data_off;
	assert_int_equal(b[0], 40);
	len = 9;
	memcpy(hold, b + 2 + 3 * 40, len);
	memmove(b + 2 + 3 * 40, b + 2 + 3 * 40 + len, len);
	memcpy(b + 2 + 3 * 40 + len, hold, len);
	tag = b[2];
	b[2] = b[3];
	b[3] = tag;
	expect(BUCKET_ORDER);
}

/* A line of by_n that holds two keys or more. */
static struct stele_fmt_line *line_of_two(void)
{
	const struct stele_fmt_table *t = table(BY_N);
	struct stele_fmt_line *line = (void *)(im.bytes + t->data_off);

	for (uint64_t i = 0; i < t->nr_buckets; i++, line++)
		if (line->key[1] != t->empty_key)
			return line;
	fail_msg("no line of two keys");
	return NULL;
}

/* The word of an S.t that is unset. */
static uint8_t *find_unset_text(void)
{
	const struct stele_fmt_section *heap = specimen_header(&im)->section;
	const uint64_t head = STELE_FMT_HEAD(STELE_FMT_KIND_RECORD, 0, 1);
	uint64_t words[2];

	for (uint64_t at = heap->off; at < heap->off + heap->len; at += 8) {
		memcpy(words, im.bytes + at, sizeof(words));
		if (words[0] == head && words[1] == STELE_FMT_UNSET)
			return im.bytes + at + 8;
	}
	fail_msg("every S has a text");
	return NULL;
}

static void put_text(uint8_t *word)
{
	memcpy(word, "\x1aodd\0\0\0\0", 8); /* tag 2, length 3 */
}

static void groups_of_lines_are_of_one_size(void **state)
{
	struct stele_fmt_table *t = table(BY_N);

	(void)state;
	assert_int_equal(t->nr_partitions, 1);
	t->nr_partitions = (uint32_t)t->nr_buckets;
	expect(LINE_GROUPS);
}

static void rows_of_declared_tables_are_all_there(void **state)
{
	struct stele_fmt_table *t = table(BY_N);
	struct stele_fmt_line *line = line_of_two();
	uint8_t *e, *lead;
	unsigned last = 1;

	(void)state;
	/* a key of an integer table goes; its count too */
	while (last < 3 && line->key[last + 1] != t->empty_key)
		last++;
	line->key[last] = t->empty_key;
	line->value[last] = 0;
	t->nr_keys--;
	t->nr_values--;
	t->used_bytes -= 16;
	expect(TABLE_ROWS);
	/* one row twice in a multi table, another not at all */
	e = entry(BY_TEXT, 0, false, &lead) + 1 + 3 + 1;
	memcpy(e, e + 4, 4);
	expect(ENTRY_ROW_TWICE);
	/* a row gets a key that the table has not */
	put_text(find_unset_text());
	expect(TABLE_ROWS);
	/* two rows that change places, as those reserved may */
	e = entry(BY_TEXT, 0, false, &lead) + 1 + 3 + 1;
	for (int i = 0; i < 4; i++) {
		uint8_t byte = e[i];

		e[i] = e[4 + i];
		e[4 + i] = byte;
	}
	expect_at(__LINE__, 0);
	/* a row of another key, and none */
	line = line_of_two();
	line->value[0] = line->value[1];
	expect(ENTRY_ROW_KEY);
	line_of_two()->value[0] |= 1ull << 61;
	expect(ENTRY_ROW);
}

static void names_of_tables_differ(void **state)
{
	struct stele_fmt_table *a = table(BYTES), *b = table(EMPTY);

	(void)state;
	assert_int_equal(a->name_len, b->name_len);
	memcpy(im.bytes + b->name_off, im.bytes + a->name_off, a->name_len);
	expect(TABLE_UNIQUE);
}

static void parts_of_tables_do_not_overlap(void **state)
{
	struct stele_fmt_table *t = table(INTEGERS);

	(void)state;
	t->data_off = table(BY_NAME)->data_off;
	expect(TABLE_SPACE);
	table(BY_NAME)->partitions_off += 16;
	expect(TABLE_SPACE);
	table(BY_NAME)->data_off = 4096;
	expect(TABLE_SPACE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(real_tables_are_accepted),
		cmocka_unit_test(lengths_and_counts_of_entries_are_proved),
		cmocka_unit_test(entries_out_of_line_are_proved),
		cmocka_unit_test(keys_and_values_are_proved_by_type),
		cmocka_unit_test(order_of_entries_is_proved),
		cmocka_unit_test(rows_of_declared_tables_are_all_there),
		cmocka_unit_test(groups_of_lines_are_of_one_size),
		cmocka_unit_test(names_of_tables_differ),
		cmocka_unit_test(parts_of_tables_do_not_overlap),
	};

	return cmocka_run_group_tests(tests, build, unbuild);
}
