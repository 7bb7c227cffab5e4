// SPDX-License-Identifier: MIT
/*
 * Verifying scalars: objects that are one each hold what no word and no smaller
 * object can, spelled in the one way there is; raw ones, in records, arrays and
 * tables, are in the range of their type.
 */
#include <unistr.h>

#include "calendar.h"
#include "decimal.h"
#include "verify.h"
#include "word.h"

/* -------------------------------------------------------------- numbers */

static int verify_number(struct stele_verify *v, uint64_t pos, uint64_t head)
{
	uint64_t bits = stele_load(v->seg, pos + 8), word;
	int64_t count = (int64_t)bits;
	bool smaller;
	double f;

	switch (STELE_FMT_HEAD_KIND(head)) {
	case STELE_FMT_KIND_I64:
		smaller = stele_word_int(count, &word);
		break;
	case STELE_FMT_KIND_U64:
		smaller = bits <= INT64_MAX;
		break;
	case STELE_FMT_KIND_TIMEDELTA:
		smaller = count >= STELE_FMT_TIMEDELTA_MIN &&
			  count <= STELE_FMT_TIMEDELTA_MAX;
		break;
	default:
		memcpy(&f, &bits, sizeof(f));
		smaller = stele_word_f64(f, &word);
	}
	if (smaller)
		return stele_verify_broken(v, pos, STELE_I_NUMBER_SPELLING);
	return 0;
}

static int verify_bigint(struct stele_verify *v, uint64_t pos, uint64_t head)
{
	uint64_t count = STELE_FMT_HEAD_COUNT(head);
	bool negative = STELE_FMT_HEAD_FLAGS(head) & STELE_FMT_OBJ_F_NEGATIVE;

	if (count < 8 || !v->seg->base[pos + 8 + count - 1] ||
	    (count == 8 &&
	     (!negative || stele_load(v->seg, pos + 8) <= 1ull << 63)))
		return stele_verify_broken(v, pos, STELE_I_NUMBER_SPELLING);
	return 0;
}

/* Of the longest magnitudes, some are of a digit more than there may be. */
static bool has_too_many_digits(const struct stele_verify *v, uint64_t pos,
				uint64_t count)
{
	char digits[STELE_DECIMAL_MAX_DIGITS + 1];
	struct stele_value integer = {
		.segment = v->seg,
		.type = STELE_TYPE_BIGINT,
		.len = count,
		.u.ptr = (const char *)v->seg->base + pos + 12,
	};
	size_t len;

	return count == STELE_FMT_DECIMAL_MAX &&
	       stele_value_digits(&integer, digits, sizeof(digits), &len);
}

static int verify_decimal(struct stele_verify *v, uint64_t pos, uint64_t head)
{
	const unsigned none = STELE_FMT_OBJ_F_INFINITE | STELE_FMT_OBJ_F_NAN;
	uint64_t count = STELE_FMT_HEAD_COUNT(head);
	unsigned flags = STELE_FMT_HEAD_FLAGS(head);
	int32_t exponent = (int32_t)(uint32_t)stele_load(v->seg, pos + 8);
	bool good;

	if (flags & none)
		good = !count && !exponent && (flags & none) != none &&
		       !(flags & STELE_FMT_OBJ_F_NAN &&
			 flags & STELE_FMT_OBJ_F_NEGATIVE);
	else
		good = exponent >= -STELE_FMT_DECIMAL_EXPONENT &&
		       exponent <= STELE_FMT_DECIMAL_EXPONENT &&
		       (!count || v->seg->base[pos + 12 + count - 1]) &&
		       !has_too_many_digits(v, pos, count);
	return good ? 0 : stele_verify_broken(v, pos, STELE_I_DECIMAL_SPELLING);
}

/* ----------------------------------------------------------------- text */

static bool is_ascii(const uint8_t *p, uint64_t len)
{
	uint8_t bits = 0;

	for (uint64_t i = 0; i < len; i++)
		bits |= p[i];
	return !(bits & 0x80);
}

static int verify_run(struct stele_verify *v, uint64_t pos, uint64_t len)
{
	if (len < STELE_FMT_ASCII_MIN || len > STELE_FMT_RUN_MAX ||
	    !is_ascii(v->seg->base + pos + 8, len))
		return stele_verify_broken(v, pos, STELE_I_RUN_BYTES);
	return 0;
}

static int verify_str(struct stele_verify *v, uint64_t pos, uint64_t head)
{
	uint64_t len = STELE_FMT_HEAD_COUNT(head), points;
	const uint8_t *text = v->seg->base + pos + 16;
	bool ascii = is_ascii(text, len);
	struct stele_value value = { .type = STELE_TYPE_STR,
				     .len = len,
				     .u.ptr = (const char *)text };

	if (len <= STELE_FMT_SHORT_MAX || (ascii && len <= STELE_FMT_ASCII_MAX))
		return stele_verify_broken(v, pos, STELE_I_STR_SPELLING);
	if (ascii != !!(STELE_FMT_HEAD_FLAGS(head) & STELE_FMT_OBJ_F_ASCII))
		return stele_verify_broken(v, pos, STELE_I_STR_ASCII);
	if (stele_value_code_points(&value, &points))
		return stele_verify_broken(v, pos, STELE_I_STR_UTF8);
	if (points != stele_load(v->seg, pos + 8))
		return stele_verify_broken(v, pos, STELE_I_STR_COUNT);
	return 0;
}

static int verify_user(struct stele_verify *v, uint64_t pos)
{
	uint64_t at = pos + 8, word = stele_load(v->seg, at);
	int rc = stele_verify_word(v, at, word);
	struct stele_value name;

	if (rc)
		return rc;
	if (stele_value_decode(v->seg, word, v->seg->base + at, &name) ||
	    name.type != STELE_TYPE_STR || !name.len ||
	    name.len > STELE_FMT_USER_NAME_MAX)
		return stele_verify_broken(v, at, STELE_I_USER_NAME);
	return 0;
}

/* ------------------------------------------------------------ raw bytes */

static bool is_zoned(const uint8_t *p)
{
	struct stele_fmt_zoned raw;

	memcpy(&raw, p, sizeof(raw));
	return !raw.zero && stele_zoned_fits(raw.utc, raw.offset);
}

bool stele_verify_raw(const struct stele_verify *v, unsigned type,
		      const uint8_t *p)
{
	struct stele_value value;

	switch (type) {
	case STELE_TYPE_BOOL:
		return *p <= 1;
	case STELE_TYPE_ZONED:
		return is_zoned(p);
	case STELE_TYPE_DATE:
	case STELE_TYPE_DATETIME:
	case STELE_TYPE_TIME:
		stele_value_raw(v->seg, type, p, &value);
		return stele_calendar_fits(type, value.u.i);
	default:
		return true;
	}
}

/* -------------------------------------------------------------- objects */

static int verify_zoned(struct stele_verify *v, uint64_t pos)
{
	uint64_t zero = pos + 8 + offsetof(struct stele_fmt_zoned, zero);

	if (stele_verify_zeros(v, zero, zero + 4) != zero + 4)
		return stele_verify_broken(v, zero, STELE_I_OBJECT_FILL);
	if (!is_zoned(v->seg->base + pos + 8))
		return stele_verify_broken(v, pos, STELE_I_ZONED_RANGE);
	return 0;
}

/* Whether objects of a kind have a count. */
static bool has_count(unsigned kind)
{
	switch (kind) {
	case STELE_FMT_KIND_I64:
	case STELE_FMT_KIND_U64:
	case STELE_FMT_KIND_F64:
	case STELE_FMT_KIND_ZONED:
	case STELE_FMT_KIND_TIMEDELTA:
	case STELE_FMT_KIND_UUID:
		return false;
	default:
		return true;
	}
}

int stele_verify_scalar(struct stele_verify *v, uint64_t pos, uint64_t head)
{
	uint64_t count = STELE_FMT_HEAD_COUNT(head);
	unsigned kind = STELE_FMT_HEAD_KIND(head);

	if (count && !has_count(kind))
		return stele_verify_broken(v, pos, STELE_I_OBJECT_COUNT);
	switch (kind) {
	case STELE_FMT_KIND_RUN:
		return verify_run(v, pos, count);
	case STELE_FMT_KIND_BIGINT:
		return verify_bigint(v, pos, head);
	case STELE_FMT_KIND_DECIMAL:
		return verify_decimal(v, pos, head);
	case STELE_FMT_KIND_STR:
		return verify_str(v, pos, head);
	case STELE_FMT_KIND_BYTES:
		if (count > STELE_FMT_SHORT_MAX)
			return 0;
		return stele_verify_broken(v, pos, STELE_I_BYTES_SPELLING);
	case STELE_FMT_KIND_USER:
		return verify_user(v, pos);
	case STELE_FMT_KIND_ZONED:
		return verify_zoned(v, pos);
	case STELE_FMT_KIND_UUID:
		return 0;
	default:
		return verify_number(v, pos, head);
	}
}
