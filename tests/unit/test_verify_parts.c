// SPDX-License-Identifier: MIT
/*
 * Verifying tables made by hand, in ways beyond those that tests/support has for
 * each invariant: what one change makes of what it leads to.
 */
#include "handmade_value.h"
#include "judge.h"

/* Where one thing is broken, and another is found first. */
static void buckets_are_proved(void **state)
{
	uint8_t *b = w.im.bytes + w.at.bucket;

	(void)state;
	b[11 + 1] ^= 1;
	expect(BUCKET_TAG); /* another key has another hash */
	b[11] = 120;
	expect(ENTRY_LENGTH);
	memset(b + 11, 0xff, 53);
	expect(ENTRY_LENGTH);
}

static void rows_of_a_table_have_its_keys(void **state)
{
	uint8_t *b = w.im.bytes + w.at.bucket;
	uint64_t first = 11 + 1 + b[11];
	uint32_t value;

	(void)state;
	memcpy(&value, b + first, 4);
	value++;
	memcpy(b + first, &value, 4);
	expect(ENTRY_ROW);
	value = (uint32_t)(w.at.sub / 8);
	memcpy(b + first, &value, 4);
	expect(ENTRY_ROW);
	memcpy(&value, b + first, 4);
	value = (uint32_t)(w.at.rows[value == w.at.rows[0] / 8] / 8);
	memcpy(b + first, &value, 4);
	expect(ENTRY_ROW_KEY);
	/* a weak key that is not absent */
	put(w.at.deps[2] + 16, handmade_text(&w.im, "one"));
	expect(FIELD_REF);
	/* a row whose key the table has not: its name is another's */
	put(whole_field(&w, w.at.rows[2], "name"),
	    handmade_text(&w.im, "four"));
	expect(ENTRY_ROW_KEY);
}

static void lines_are_proved(void **state)
{
	struct stele_fmt_line *line = (void *)(w.im.bytes + w.at.lines);
	struct stele_fmt_table *t = (void *)(w.im.bytes + w.at.tables);
	uint64_t empty = line->key[3];

	(void)state;
	line->key[1] = 5;
	expect(LINE_PLACE);
	line->key[1] = empty;
	line->value[1] = 0;
	expect(TABLE_COUNT);
	/* lines for no key at all */
	line->key[0] = line->key[1] = empty;
	line->value[0] = line->value[1] = 0;
	t[1].nr_keys = t[1].nr_values = t[1].used_bytes = 0;
	expect(TABLE_ZERO);
}

static void descriptors_are_proved(void **state)
{
	struct stele_fmt_table *t = (void *)(w.im.bytes + w.at.tables);

	(void)state;
	t[0].name_off++;
	expect(TABLE_NAME);
	t[0].name_off = UINT64_MAX;
	expect(TABLE_NAME);
	t[1].name_off = 8;
	expect(TABLE_NAME);
	t[1].decl = 0;
	expect(TABLE_RECORD);
	t[1].separators_off = 1ull << 63;
	expect(TABLE_ZERO);
	w.im.header->section[1].nr_items = 1;
	expect(SECTION_ITEMS);
	w.im.header->section[4].nr_items = 1;
	expect(SECTION_ITEMS);
	w.im.header->section[3].nr_items = 0;
	expect(SECTION_ITEMS);
	w.im.header->section[3].nr_items = 1ull << 60;
	expect(SECTION_ITEMS);
	w.im.header->section[2].len += 8;
	expect(TABLE_SPACE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(buckets_are_proved),
		cmocka_unit_test(rows_of_a_table_have_its_keys),
		cmocka_unit_test(lines_are_proved),
		cmocka_unit_test(descriptors_are_proved),
	};

	return cmocka_run_group_tests(tests, make_image, free_image);
}
