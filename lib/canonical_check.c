// SPDX-License-Identifier: MIT
/*
 * Bytes that should be an encoding: whether they say a key, and in the one way
 * that it is said.
 */
#include <unistr.h>

#include "calendar.h"
#include "canonical_take.h"

static bool take_name(struct stele_rest *rest, struct stele_rest *name)
{
	return stele_take_run(rest, name) &&
	       !u8_check(name->p, (size_t)(name->end - name->p));
}

static bool is_float(const uint8_t *bytes)
{
	struct stele_form form;
	double f;

	memcpy(&f, bytes, sizeof(f));
	return !stele_form_double(&form, f) &&
	       form.head[0] == STELE_KEY_TAG_FLOAT;
}

/* The sign, the exponent and the magnitude of a decimal of a kind of its own. */
static bool is_decimal(const uint8_t *p, uint64_t len)
{
	struct stele_decimal_size size;
	int32_t exponent;

	if (len < 6 || p[0] > 1 || !p[len - 1])
		return false;
	memcpy(&exponent, p + 1, sizeof(exponent));
	return exponent < 0 && exponent >= -STELE_FMT_DECIMAL_EXPONENT &&
	       !stele_decimal_normalise(exponent, p + 5, len - 5, &size) &&
	       size.class == STELE_DECIMAL_OTHER && size.exponent == exponent;
}

/* A count of days or microseconds in the range of its type. */
static bool is_calendar(const uint8_t *p, uint64_t len)
{
	int64_t count;
	int32_t days;

	if (p[0] == STELE_KEY_TAG_DATE && len == 5) {
		memcpy(&days, p + 1, sizeof(days));
		return stele_calendar_fits(STELE_TYPE_DATE, days);
	}
	if (len != 9)
		return false;
	memcpy(&count, p + 1, sizeof(count));
	switch (p[0]) {
	case STELE_KEY_TAG_DATETIME:
	case STELE_KEY_TAG_ZONED:
		return stele_calendar_fits(STELE_TYPE_DATETIME, count);
	case STELE_KEY_TAG_TIME:
		return stele_calendar_fits(STELE_TYPE_TIME, count);
	default:
		return p[0] == STELE_KEY_TAG_TIMEDELTA;
	}
}

static bool check_scalar(const uint8_t *p, uint64_t len)
{
	switch (p[0]) {
	case STELE_KEY_TAG_NULL:
	case STELE_KEY_TAG_FALSE:
	case STELE_KEY_TAG_TRUE:
		return len == 1;
	case STELE_KEY_TAG_INTEGER:
		return len == 2 ? p[1] == 1 :
				  len > 2 && p[1] <= 1 && p[len - 1] != 0;
	case STELE_KEY_TAG_FLOAT:
		return len == 9 && is_float(p + 1);
	case STELE_KEY_TAG_DECIMAL:
		return is_decimal(p + 1, len - 1);
	case STELE_KEY_TAG_STR:
		return !u8_check(p + 1, len - 1);
	case STELE_KEY_TAG_BYTES:
		return true;
	case STELE_KEY_TAG_UUID:
		return len == 17;
	default:
		return is_calendar(p, len);
	}
}

static bool check_value(struct stele_rest value, unsigned depth);

static bool check_items(struct stele_rest items, bool ascending, unsigned depth)
{
	struct stele_rest item, before = { 0 };
	uint64_t nr;

	if (!stele_take_varint(&items, &nr))
		return false;
	for (uint64_t i = 0; i < nr; i++) {
		if (!stele_take_run(&items, &item) || !check_value(item, depth))
			return false;
		if (ascending && i &&
		    stele_canonical_compare(
			    before.p, (size_t)(before.end - before.p), item.p,
			    (size_t)(item.end - item.p)) >= 0)
			return false;
		before = item;
	}
	return items.p == items.end;
}

static bool check_record(struct stele_rest record, unsigned depth)
{
	struct stele_rest name, value;
	struct stele_str field, before = { 0 };
	uint64_t nr;

	if (!take_name(&record, &name) || !stele_take_varint(&record, &nr))
		return false;
	for (uint64_t i = 0; i < nr; i++) {
		if (!take_name(&record, &name) ||
		    !stele_take_run(&record, &value) ||
		    !check_value(value, depth))
			return false;
		field.ptr = (const char *)name.p;
		field.len = (size_t)(name.end - name.p);
		if (i && stele_names_compare(before, field) >= 0)
			return false;
		before = field;
	}
	return record.p == record.end;
}

static bool check_user(struct stele_rest user)
{
	struct stele_rest name;
	uint64_t len;

	if (!take_name(&user, &name))
		return false;
	len = (uint64_t)(name.end - name.p);
	return len && len <= STELE_FMT_USER_NAME_MAX;
}

/* depth: of values that may still stand in each other here. */
static bool check_value(struct stele_rest value, unsigned depth)
{
	struct stele_rest inside = { value.p + 1, value.end };

	if (!depth || value.p == value.end)
		return false;
	switch (*value.p) {
	case STELE_KEY_TAG_TUPLE:
		return check_items(inside, false, depth - 1);
	case STELE_KEY_TAG_SET:
		return check_items(inside, true, depth - 1);
	case STELE_KEY_TAG_RECORD:
		return check_record(inside, depth - 1);
	case STELE_KEY_TAG_USER:
		return check_user(inside);
	default:
		return check_scalar(value.p, (uint64_t)(value.end - value.p));
	}
}

bool stele_canonical_check(const uint8_t *p, size_t len)
{
	struct stele_rest value = { p, p + len };

	/* of several fields each counts by itself */
	return len <= STELE_CANONICAL_MAX &&
	       check_value(value, STELE_CANONICAL_DEPTH +
					  (len && *p == STELE_KEY_TAG_TUPLE));
}
