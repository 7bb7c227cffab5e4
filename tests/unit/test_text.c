// SPDX-License-Identifier: MIT
/*
 * The text of calendar values and uuids: each value has one, which reads back;
 * days are those of the C library's calendar; what is no text is refused.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include <stele/error.h>
#include <stele/text.h>

#include "calendar.h"

#define NR(array) (sizeof(array) / sizeof(*(array)))

enum kind { DATE, DATETIME, TIME, ZONED, TIMEDELTA };

/* Read a text of exactly its bytes. */
static int read_text(enum kind kind, const char *text, int64_t *value,
		     int32_t *offset)
{
	size_t len = strlen(text);
	char *copy = malloc(len + 1);
	int rc = -EINVAL;

	assert_non_null(copy);
	memcpy(copy, text, len);
	copy[len] = '5'; /* what a reader that went on would take */
	switch (kind) {
	case DATE:
		rc = stele_text_read_date(copy, len, value);
		break;
	case DATETIME:
		rc = stele_text_read_datetime(copy, len, value);
		break;
	case TIME:
		rc = stele_text_read_time(copy, len, value);
		break;
	case ZONED:
		rc = stele_text_read_zoned(copy, len, value, offset);
		break;
	case TIMEDELTA:
		rc = stele_text_read_timedelta(copy, len, value);
		break;
	}
	free(copy);
	return rc;
}

static size_t print_text(enum kind kind, int64_t value, int32_t offset,
			 char text[STELE_TEXT_BYTES])
{
	switch (kind) {
	case DATE:
		return stele_text_print_date(value, text);
	case DATETIME:
		return stele_text_print_datetime(value, text);
	case TIME:
		return stele_text_print_time(value, text);
	case ZONED:
		return stele_text_print_zoned(value, offset, text);
	case TIMEDELTA:
		return stele_text_print_timedelta(value, text);
	}
	return 0;
}

struct sample {
	enum kind kind;
	int64_t value;
	int32_t offset;
	const char *text;
};

static const struct sample samples[] = {
	{ DATE, 0, 0, "1970-01-01" },
	{ DATE, STELE_DATE_MIN, 0, "0001-01-01" },
	{ DATE, STELE_DATE_MAX, 0, "9999-12-31" },
	{ DATE, 11016, 0, "2000-02-29" },
	{ DATETIME, STELE_DATETIME_MIN, 0, "0001-01-01T00:00:00" },
	{ DATETIME, STELE_DATETIME_MAX, 0, "9999-12-31T23:59:59.999999" },
	{ DATETIME, -1, 0, "1969-12-31T23:59:59.999999" },
	{ DATETIME, 1, 0, "1970-01-01T00:00:00.000001" },
	{ TIME, 0, 0, "00:00:00" },
	{ TIME, STELE_DAY_US - 1, 0, "23:59:59.999999" },
	{ TIME, 500000, 0, "00:00:00.500000" },
	{ ZONED, 0, 0, "1970-01-01T00:00:00+00:00" },
	{ ZONED, 0, 3600, "1970-01-01T01:00:00+01:00" },
	{ ZONED, 0, -1, "1969-12-31T23:59:59-00:00:01" },
	{ ZONED, 1, 86399, "1970-01-01T23:59:59.000001+23:59:59" },
	{ ZONED, 0, -86399, "1969-12-31T00:00:01-23:59:59" },
	{ ZONED, STELE_DATETIME_MIN, 0, "0001-01-01T00:00:00+00:00" },
	{ ZONED, STELE_DATETIME_MIN, 60, "0001-01-01T00:01:00+00:01" },
	{ ZONED, STELE_DATETIME_MAX, -60, "9999-12-31T23:58:59.999999-00:01" },
	{ TIMEDELTA, 0, 0, "PT0S" },
	{ TIMEDELTA, 1, 0, "PT0.000001S" },
	{ TIMEDELTA, -1, 0, "-PT0.000001S" },
	{ TIMEDELTA, 60000000, 0, "PT1M" },
	{ TIMEDELTA, STELE_DAY_US, 0, "P1D" },
	{ TIMEDELTA, 93784000005, 0, "P1DT2H3M4.000005S" },
	{ TIMEDELTA, -3600000000, 0, "-PT1H" },
	{ TIMEDELTA, INT64_MAX, 0, "P106751991DT4H54.775807S" },
	{ TIMEDELTA, INT64_MIN, 0, "-P106751991DT4H54.775808S" },
};

static void each_value_has_one_text_which_reads_back(void **state)
{
	char text[STELE_TEXT_BYTES];
	size_t i;

	(void)state;
	for (i = 0; i < NR(samples); i++) {
		const struct sample *s = &samples[i];
		int64_t value = 77;
		int32_t offset = 0;

		assert_int_equal(print_text(s->kind, s->value, s->offset, text),
				 strlen(s->text));
		assert_string_equal(text, s->text);
		assert_int_equal(read_text(s->kind, text, &value, &offset), 0);
		assert_true(value == s->value && offset == s->offset);
	}
}

static const struct sample spellings[] = {
	{ DATETIME, 500000, 0, "1970-01-01T00:00:00.5" },
	{ DATETIME, 0, 0, "1970-01-01T00:00:00.000000" },
	{ TIME, 120000, 0, "00:00:00.12" },
	{ ZONED, 0, 0, "1970-01-01T00:00:00Z" },
	{ ZONED, 0, 0, "1970-01-01T00:00:00-00:00" },
	{ ZONED, 0, 3600, "1970-01-01T01:00:00+01:00:00" },
	{ TIMEDELTA, 129600000000, 0, "PT36H" },
	{ TIMEDELTA, 0, 0, "-P0D" },
	{ TIMEDELTA, 90000000, 0, "PT0M90.0S" },
	{ TIMEDELTA, STELE_DAY_US, 0, "P00000000000000000000001DT0S" },
};

static void other_spellings_are_read(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < NR(spellings); i++) {
		const struct sample *s = &spellings[i];
		int64_t value = 77;
		int32_t offset = 0;

		assert_int_equal(read_text(s->kind, s->text, &value, &offset),
				 0);
		assert_true(value == s->value && offset == s->offset);
	}
}

/* `value` is the code. */
static const struct sample wrong[] = {
	{ DATE, STELE_E_TYPE, 0, "" },
	{ DATE, STELE_E_TYPE, 0, "0000-01-01" },
	{ DATE, STELE_E_TYPE, 0, "2023-02-29" },
	{ DATE, STELE_E_TYPE, 0, "1900-02-29" },
	{ DATE, STELE_E_TYPE, 0, "2023-00-01" },
	{ DATE, STELE_E_TYPE, 0, "2023-13-01" },
	{ DATE, STELE_E_TYPE, 0, "2023-04-31" },
	{ DATE, STELE_E_TYPE, 0, "2023-01-00" },
	{ DATE, STELE_E_TYPE, 0, "2023-1-01" },
	{ DATE, STELE_E_TYPE, 0, "2023-01-01 " },
	{ DATE, STELE_E_TYPE, 0, "+023-01-01" },
	{ DATETIME, STELE_E_TYPE, 0, "2023-01-01" },
	{ DATETIME, STELE_E_TYPE, 0, "2023-01-01 00:00:00" },
	{ DATETIME, STELE_E_TYPE, 0, "2023-01-01T24:00:00" },
	{ DATETIME, STELE_E_TYPE, 0, "2023-01-01T00:00:00Z" },
	{ DATETIME, STELE_E_TYPE, 0, "2023-01-01T00:00:00." },
	{ DATETIME, STELE_E_TYPE, 0, "2023-01-01T00:00:00.1234567" },
	{ TIME, STELE_E_TYPE, 0, "24:00:00" },
	{ TIME, STELE_E_TYPE, 0, "00:60:00" },
	{ TIME, STELE_E_TYPE, 0, "00:00:60" },
	{ TIME, STELE_E_TYPE, 0, "0:00:00" },
	{ TIME, STELE_E_TYPE, 0, "00:00" },
	{ TIME, STELE_E_TYPE, 0, "00:00:00,5" },
	{ ZONED, STELE_E_TYPE, 0, "2023-01-01T00:00:00" },
	{ ZONED, STELE_E_TYPE, 0, "2023-01-01T00:00:00z" },
	{ ZONED, STELE_E_TYPE, 0, "2023-01-01T00:00:00+24:00" },
	{ ZONED, STELE_E_TYPE, 0, "2023-01-01T00:00:00+0100" },
	{ ZONED, STELE_E_TYPE, 0, "2023-01-01T00:00:00+01:00:60" },
	{ ZONED, STELE_E_TYPE, 0, "2023-01-01T00:00:00Z0" },
	{ ZONED, STELE_E_RANGE, 0, "0001-01-01T00:00:00+00:01" },
	{ ZONED, STELE_E_RANGE, 0, "9999-12-31T23:59:59.999999-00:01" },
	{ TIMEDELTA, STELE_E_TYPE, 0, "P" },
	{ TIMEDELTA, STELE_E_TYPE, 0, "-" },
	{ TIMEDELTA, STELE_E_TYPE, 0, "+P1D" },
	{ TIMEDELTA, STELE_E_TYPE, 0, "PT" },
	{ TIMEDELTA, STELE_E_TYPE, 0, "P1DT" },
	{ TIMEDELTA, STELE_E_TYPE, 0, "P1" },
	{ TIMEDELTA, STELE_E_TYPE, 0, "P1H" },
	{ TIMEDELTA, STELE_E_TYPE, 0, "P1W" },
	{ TIMEDELTA, STELE_E_TYPE, 0, "PT1M1H" },
	{ TIMEDELTA, STELE_E_TYPE, 0, "PT1H1H" },
	{ TIMEDELTA, STELE_E_TYPE, 0, "PT1.5H" },
	{ TIMEDELTA, STELE_E_TYPE, 0, "PT.5S" },
	{ TIMEDELTA, STELE_E_TYPE, 0, "PT1.S" },
	{ TIMEDELTA, STELE_E_TYPE, 0, "PT1.1234567S" },
	{ TIMEDELTA, STELE_E_TYPE, 0, "P-1D" },
	{ TIMEDELTA, STELE_E_TYPE, 0, "P99999999999999999999999DT1" },
	{ TIMEDELTA, STELE_E_RANGE, 0, "P99999999999999999999999D" },
	{ TIMEDELTA, STELE_E_RANGE, 0, "P106751991DT4H54.775808S" },
	{ TIMEDELTA, STELE_E_RANGE, 0, "-P106751991DT4H54.775809S" },
	{ TIMEDELTA, STELE_E_RANGE, 0, "P213503982DT8H1M49.551616S" },
};

static void what_is_no_text_is_refused(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < NR(wrong); i++) {
		int64_t value = 77;
		int32_t offset = 78;
		int rc = read_text(wrong[i].kind, wrong[i].text, &value,
				   &offset);

		if (rc != -(int)wrong[i].value || value != 77 || offset != 78)
			fail_msg("%s: %d", wrong[i].text, rc);
	}
	assert_int_equal(stele_text_read_date(NULL, 0, &(int64_t){ 0 }),
			 -STELE_E_TYPE);
}

static const struct sample beyond[] = {
	{ DATE, STELE_DATE_MIN - 1, 0, "" },
	{ DATE, STELE_DATE_MAX + 1, 0, "" },
	{ DATE, INT64_MAX, 0, "" },
	{ DATETIME, STELE_DATETIME_MIN - 1, 0, "" },
	{ DATETIME, STELE_DATETIME_MAX + 1, 0, "" },
	{ DATETIME, INT64_MIN, 0, "" },
	{ TIME, -1, 0, "" },
	{ TIME, STELE_DAY_US, 0, "" },
	{ ZONED, 0, 86400, "" },
	{ ZONED, 0, -86400, "" },
	{ ZONED, 0, INT32_MIN, "" },
	{ ZONED, STELE_DATETIME_MIN, -1, "" },
	{ ZONED, STELE_DATETIME_MAX, 1, "" },
	{ ZONED, INT64_MIN, -86399, "" },
	{ ZONED, INT64_MAX, 86399, "" },
};

static void values_out_of_range_have_no_text(void **state)
{
	char text[STELE_TEXT_BYTES];
	size_t i;

	(void)state;
	for (i = 0; i < NR(beyond); i++) {
		memset(text, 'x', sizeof(text));
		assert_int_equal(print_text(beyond[i].kind, beyond[i].value,
					    beyond[i].offset, text),
				 0);
		assert_string_equal(text, "");
	}
}

/* Each day of the calendar, by what the C library says of it. */
static void days_are_those_of_the_calendar(void **state)
{
	char text[STELE_TEXT_BYTES], expected[STELE_TEXT_BYTES];
	int64_t days, back;

	(void)state;
	for (days = STELE_DATE_MIN; days <= STELE_DATE_MAX; days++) {
		time_t seconds = days * 86400;
		struct tm tm;

		assert_non_null(gmtime_r(&seconds, &tm));
		snprintf(expected, sizeof(expected), "%04d-%02d-%02d",
			 tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday);
		if (stele_text_print_date(days, text) != 10 ||
		    strcmp(text, expected) ||
		    stele_text_read_date(text, 10, &back) || back != days)
			fail_msg("%s is no %s", text, expected);
	}
}

static void uuids_print_in_lower_case_and_read_in_any(void **state)
{
	static const uint8_t bytes[16] = { 0x12, 0x3e, 0x45, 0x67, 0xe8, 0x9b,
					   0x12, 0xd3, 0xa4, 0x56, 0x42, 0x66,
					   0x14, 0x17, 0x40, 0xff };
	static const char lower[] = "123e4567-e89b-12d3-a456-4266141740ff";
	static const char mixed[] = "123E4567-e89B-12D3-A456-4266141740Ff";
	char text[STELE_TEXT_BYTES];
	uint8_t back[16];

	(void)state;
	assert_int_equal(stele_text_print_uuid(bytes, text), 36);
	assert_string_equal(text, lower);
	assert_int_equal(stele_text_read_uuid(mixed, 36, back), 0);
	assert_memory_equal(back, bytes, sizeof(back));
}

static void what_is_no_uuid_is_refused(void **state)
{
	static const char right[] = "123e4567-e89b-12d3-a456-4266141740ff";
	uint8_t back[16] = { 7 };
	char text[40];
	int i;

	(void)state;
	for (i = 0; i < 36; i++) {
		memcpy(text, right, sizeof(right));
		text[i] = text[i] == '-' ? '0' : '-';
		assert_int_equal(stele_text_read_uuid(text, 36, back),
				 -STELE_E_TYPE);
		text[i] = 'g';
		assert_int_equal(stele_text_read_uuid(text, 36, back),
				 -STELE_E_TYPE);
	}
	for (i = 0; i < 36; i++)
		assert_int_equal(stele_text_read_uuid(right, (size_t)i, back),
				 -STELE_E_TYPE);
	assert_int_equal(stele_text_read_uuid(right, 37, back), -STELE_E_TYPE);
	assert_int_equal(back[0], 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_value_has_one_text_which_reads_back),
		cmocka_unit_test(other_spellings_are_read),
		cmocka_unit_test(what_is_no_text_is_refused),
		cmocka_unit_test(values_out_of_range_have_no_text),
		cmocka_unit_test(days_are_those_of_the_calendar),
		cmocka_unit_test(uuids_print_in_lower_case_and_read_in_any),
		cmocka_unit_test(what_is_no_uuid_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
