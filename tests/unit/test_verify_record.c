// SPDX-License-Identifier: MIT
/*
 * Verifying records: their bodies, and that fields and items are of the types
 * that are declared.
 */
#include "canonical.h"
#include "handmade_value.h"
#include "judge.h"
#include "word.h"

static void record_bodies_are_proved(void **state)
{
	const struct stele_fmt_record *r = &w.schema->records[0];
	uint64_t row = w.at.rows[1];

	(void)state;
	put(whole_field(&w, row, "name"), STELE_FMT_NULL);
	expect(FIELD_NULL);
	put(whole_field(&w, row, "name"), STELE_FMT_UNSET);
	expect(FIELD_UNSET);
	put(whole_field(&w, row, "name"), handmade_int(1));
	expect(FIELD_TYPE);
	w.im.bytes[whole_field(&w, row, "on")] = 2;
	expect(FIELD_BOOL);
	memcpy(w.im.bytes + whole_field(&w, row, "day"), "\xff\xff\xff\x7f", 4);
	expect(FIELD_TIME);
	w.im.bytes[row + r->null_off] |= 1;
	expect(RECORD_ABSENT);
	w.im.bytes[row + r->unset_off] |= 1;
	expect(RECORD_ABSENT);
	w.im.bytes[row + r->null_off] |= 1;
	memset(w.im.bytes + whole_field(&w, row, "n"), 0, 2);
	handmade_seal(&w.im);
	assert_int_equal(judge(&w.im), 0);
	whole_mend(&w);
	w.im.bytes[row + r->null_off] |= 8;
	expect(RECORD_GAP);
	w.im.bytes[row + r->null_off] |= 2;
	w.im.bytes[row + r->unset_off] |= 1;
	w.im.bytes[whole_field(&w, row, "on")] = 0;
	expect(RECORD_BITS);
	w.im.bytes[row + r->unset_off] |= 0x80;
	expect(RECORD_GAP);
	if (r->unset_off + 1 < r->body_bytes) {
		w.im.bytes[row + r->body_bytes - 1] = 1;
		expect(RECORD_GAP);
	}
	put(whole_field(&w, row, "sub"), row);
	expect(FIELD_RECORD);
	put(whole_field(&w, row, "sub"), w.at.list);
	expect(FIELD_RECORD);
	put(whole_field(&w, row, "map"), w.at.list);
	expect(FIELD_TYPE);
	put(whole_field(&w, row, "arr"), w.at.array);
	expect(FIELD_TYPE);
	put(whole_field(&w, row, "any"), w.at.run);
	expect(WORD_KIND);
}

static void items_are_of_their_declared_type(void **state)
{
	(void)state;
	put(w.at.small + 8, handmade_int(256));
	expect(FIELD_TYPE);
	put(w.at.small + 8, handmade_int(-1));
	expect(FIELD_TYPE);
	put(w.at.small + 8, STELE_FMT_NULL);
	expect(FIELD_NULL);
	put(w.at.map + 8, handmade_int(3));
	expect(FIELD_TYPE);
	put(w.at.map + 16, w.at.bools);
	expect(FIELD_TYPE);
	put(w.at.deps[2] + 8, w.at.sub);
	expect(FIELD_REF);
	put(w.at.deps[2] + 8, handmade_int(4));
	expect(FIELD_REF);
	put(w.at.deps[2] + 8, STELE_FMT_NULL);
	expect(FIELD_NULL);
	put(w.at.rows[2], HEAD(KIND(RECORD), 0, 0));
	w.im.header->nr_rows--;
	put(w.at.deps[1] + 8, w.at.rows[2]);
	expect(FIELD_REF);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(record_bodies_are_proved),
		cmocka_unit_test(items_are_of_their_declared_type),
	};

	return cmocka_run_group_tests(tests, make_image, free_image);
}
