// SPDX-License-Identifier: MIT
/*
 * Reading and printing the literals of defaults.  Nothing here depends on the
 * locale: numbers go to strtod() as integer digits with an exponent, and come
 * back from printf() digit by digit.
 */
#include <math.h>
#include <stdio.h>

#include <stele/text.h>
#include <stele/value.h>

#include "bigint.h"
#include "decimal.h"
#include "literal.h"
#include "schema.h"

/* ------------------------------------------------------------- numbers */

struct number {
	bool negative;
	bool real; /* has a fraction or an exponent */
	const char *whole; /* digits before the point */
	size_t whole_len;
	const char *fraction;
	size_t fraction_len;
	int64_t exponent;
};

static size_t digits(const char *p, const char *end)
{
	const char *from = p;

	while (p < end && *p >= '0' && *p <= '9')
		p++;
	return (size_t)(p - from);
}

/* Far beyond what a double has, far below what int64 has. */
#define MAX_EXPONENT (INT64_C(1) << 50)

static const char *scan_exponent(const char *p, const char *end,
				 int64_t *exponent)
{
	bool negative = p < end && *p == '-';
	size_t n;

	if (p < end && (*p == '-' || *p == '+'))
		p++;
	n = digits(p, end);
	if (!n)
		return NULL;
	for (*exponent = 0; n; n--, p++)
		if (*exponent < MAX_EXPONENT)
			*exponent = *exponent * 10 + (*p - '0');
	if (negative)
		*exponent = -*exponent;
	return p;
}

/* Whether the text is a number as JSON has it. */
static bool scan_number(const char *p, size_t len, struct number *number)
{
	const char *end = p + len;

	memset(number, 0, sizeof(*number));
	number->negative = p < end && *p == '-';
	p += number->negative;
	number->whole = p;
	number->whole_len = digits(p, end);
	p += number->whole_len;
	if (!number->whole_len ||
	    (number->whole_len > 1 && *number->whole == '0'))
		return false;
	if (p < end && *p == '.') {
		number->real = true;
		number->fraction = ++p;
		number->fraction_len = digits(p, end);
		p += number->fraction_len;
		if (!number->fraction_len)
			return false;
	}
	if (p < end && (*p == 'e' || *p == 'E')) {
		number->real = true;
		p = scan_exponent(p + 1, end, &number->exponent);
	}
	return p == end;
}

/* The double nearest to a number; bytes is room for its digits meanwhile. */
static int number_to_double(const struct number *number,
			    struct stele_buffer *bytes, double *value)
{
	size_t before = bytes->len;
	int64_t exponent = number->exponent - (int64_t)number->fraction_len;
	char tail[32];
	int n, rc;

	n = snprintf(tail, sizeof(tail), "e%lld", (long long)exponent);
	rc = stele_buffer_append(bytes, number->whole, number->whole_len);
	if (!rc)
		rc = stele_buffer_append(bytes, number->fraction,
					 number->fraction_len);
	if (!rc)
		rc = stele_buffer_append(bytes, tail, (size_t)n + 1);
	if (!rc)
		*value = strtod((const char *)bytes->ptr + before, NULL);
	bytes->len = before;
	if (!rc && number->negative)
		*value = -*value;
	return rc;
}

static int read_real(unsigned kind, const struct number *number,
		     struct stele_buffer *bytes, struct stele_cell *cell)
{
	double value;
	int rc = number_to_double(number, bytes, &value);

	if (rc)
		return rc;
	/* half way between the largest float and the next: rounds up */
	if (isinf(value) ||
	    (kind == STELE_TYPE_F32 && fabs(value) >= 0x1.ffffffp127))
		return -STELE_E_RANGE;
	*cell = stele_cell_f64(kind == STELE_TYPE_F32 ? (float)value : value);
	return 0;
}

/* The magnitude of an integer; false where it is beyond 64 bits. */
static bool magnitude(const struct number *number, uint64_t *value)
{
	size_t i;

	*value = 0;
	for (i = 0; i < number->whole_len; i++)
		if (__builtin_mul_overflow(*value, (uint64_t)10, value) ||
		    __builtin_add_overflow(
			    *value, (uint64_t)(number->whole[i] - '0'), value))
			return false;
	return true;
}

/* The most an integer type holds above zero. */
static uint64_t max_of(unsigned kind)
{
	unsigned bits = 8 * (unsigned)stele_type_width(kind);

	if (kind <= STELE_TYPE_I64)
		bits--;
	return UINT64_MAX >> (64 - bits);
}

static int read_integer(unsigned kind, const struct number *number,
			struct stele_cell *cell)
{
	bool is_signed = kind <= STELE_TYPE_I64;
	uint64_t value;

	if (number->real)
		return -STELE_E_TYPE;
	if (!magnitude(number, &value))
		return -STELE_E_RANGE;
	if (number->negative && value) {
		if (!is_signed || value > max_of(kind) + 1)
			return -STELE_E_RANGE;
		*cell = stele_cell_i64((int64_t)(0 - value));
		return 0;
	}
	if (value > max_of(kind))
		return -STELE_E_RANGE;
	*cell = is_signed ? stele_cell_i64((int64_t)value) :
			    stele_cell_u64(value);
	return 0;
}

/* An integer of no fixed type: the narrowest of I64, U64, BIGINT. */
static int read_bigint(const char *text, size_t len,
		       const struct number *number, struct stele_buffer *bytes,
		       struct stele_cell *cell)
{
	uint64_t value;

	if (number->real)
		return -STELE_E_TYPE;
	if (!read_integer(STELE_TYPE_I64, number, cell))
		return 0;
	if (!number->negative && magnitude(number, &value)) {
		*cell = stele_cell_u64(value);
		return 0;
	}
	if (number->whole_len > STELE_BIGINT_MAX_DIGITS)
		return -STELE_E_RANGE;
	*cell = stele_cell_of(STELE_TYPE_BIGINT);
	cell->len = len;
	cell->u.u = bytes->len;
	return stele_buffer_append(bytes, text, len);
}

/* A number of no fixed type: an integer, else F64. */
static int read_any_number(const char *text, size_t len,
			   const struct number *number,
			   struct stele_buffer *bytes, struct stele_cell *cell)
{
	/* an integer has no -0, a double has */
	if (number->real || (number->negative && *number->whole == '0'))
		return read_real(STELE_TYPE_F64, number, bytes, cell);
	return read_bigint(text, len, number, bytes, cell);
}

/*
 * A decimal, in the spelling that values print: the cell has its default's text.
 */
static int read_decimal(const char *text, size_t len,
			struct stele_buffer *bytes, struct stele_cell *cell)
{
	struct stele_value value = { .type = STELE_TYPE_DECIMAL };
	struct stele_buffer m = { 0 };
	struct stele_decimal decimal;
	size_t room = 0;
	int rc;

	rc = stele_decimal_parse(text, len, &decimal, &m);
	if (!rc) {
		room = m.len * 5 / 2 + 16;
		rc = stele_buffer_reserve(bytes, room);
	}
	if (!rc) {
		value.flags = decimal.negative * STELE_VALUE_F_NEGATIVE |
			      decimal.infinite * STELE_VALUE_F_INFINITE |
			      decimal.nan * STELE_VALUE_F_NAN;
		value.exponent = decimal.exponent;
		value.u.ptr = (const char *)m.ptr;
		value.len = m.len;
		*cell = stele_cell_of(STELE_TYPE_DECIMAL);
		cell->u.u = bytes->len;
		rc = stele_value_digits(&value, (char *)bytes->ptr + bytes->len,
					room, &cell->len);
	}
	if (!rc)
		bytes->len += cell->len;
	stele_buffer_free(&m);
	return rc == -STELE_E_LIMIT ? -STELE_E_RANGE : rc;
}

/* ------------------------------------------------------ times and uuids */

static int read_calendar(unsigned kind, const char *p, size_t len,
			 struct stele_cell *cell)
{
	*cell = stele_cell_of(kind);
	switch (kind) {
	case STELE_TYPE_DATE:
		return stele_text_read_date(p, len, &cell->u.i);
	case STELE_TYPE_DATETIME:
		return stele_text_read_datetime(p, len, &cell->u.i);
	case STELE_TYPE_TIME:
		return stele_text_read_time(p, len, &cell->u.i);
	case STELE_TYPE_ZONED:
		return stele_text_read_zoned(p, len, &cell->u.i, &cell->offset);
	default:
		return stele_text_read_timedelta(p, len, &cell->u.i);
	}
}

static int read_uuid(const char *p, size_t len, struct stele_buffer *bytes,
		     struct stele_cell *cell)
{
	uint8_t uuid[16];
	int rc = stele_text_read_uuid(p, len, uuid);

	if (rc)
		return rc;
	*cell = stele_cell_of(STELE_TYPE_UUID);
	cell->u.u = bytes->len;
	cell->len = sizeof(uuid);
	return stele_buffer_append(bytes, uuid, sizeof(uuid));
}

static void print_calendar(const struct stele_cell *cell, char *text)
{
	switch (cell->type) {
	case STELE_TYPE_DATE:
		stele_text_print_date(cell->u.i, text);
		break;
	case STELE_TYPE_DATETIME:
		stele_text_print_datetime(cell->u.i, text);
		break;
	case STELE_TYPE_TIME:
		stele_text_print_time(cell->u.i, text);
		break;
	case STELE_TYPE_ZONED:
		stele_text_print_zoned(cell->u.i, cell->offset, text);
		break;
	default:
		stele_text_print_timedelta(cell->u.i, text);
	}
}

/* -------------------------------------------------------------- base64 */

static const char base64[] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* In place: the bytes from `at` on become what they mean. */
static int decode_base64(struct stele_buffer *bytes, size_t at)
{
	uint8_t *p = bytes->ptr + at, *out = p;
	size_t len = bytes->len - at, pad = 0, i;
	uint32_t group = 0;

	if (len % 4)
		return -STELE_E_TYPE;
	while (pad < 2 && pad < len && p[len - 1 - pad] == '=')
		pad++;
	for (i = 0; i < len - pad; i++) {
		const char *found = p[i] ? strchr(base64, p[i]) : NULL;

		if (!found)
			return -STELE_E_TYPE;
		group = group << 6 | (uint32_t)(found - base64);
		if (i % 4)
			*out++ = (uint8_t)(group >> (6 - 2 * (i % 4)));
	}
	/* bits that belong to no byte are zero: one text for each content */
	if (pad && group & (pad == 1 ? 3u : 15u))
		return -STELE_E_TYPE;
	bytes->len = (size_t)(out - bytes->ptr);
	return 0;
}

static void print_base64(const uint8_t *p, size_t len, struct stele_text *out)
{
	stele_text_put(out, "\"");
	for (; len; p += len < 3 ? len : 3, len -= len < 3 ? len : 3) {
		uint32_t group = (uint32_t)p[0] << 16 |
				 (len > 1 ? (uint32_t)p[1] << 8 : 0) |
				 (len > 2 ? p[2] : 0);
		char text[4] = { base64[group >> 18], base64[group >> 12 & 63],
				 len > 1 ? base64[group >> 6 & 63] : '=',
				 len > 2 ? base64[group & 63] : '=' };

		out->put(out, text, sizeof(text));
	}
	stele_text_put(out, "\"");
}

/* ------------------------------------------------------------- reading */

static bool is_word(const char *text, size_t len, const char *word)
{
	return len == strlen(word) && memcmp(text, word, len) == 0;
}

static int read_string(unsigned kind, const char *text, size_t len,
		       struct stele_buffer *bytes, struct stele_cell *cell)
{
	size_t at = bytes->len, bad;
	int rc;

	if (len < 2 || *text != '"' || text[len - 1] != '"')
		return -STELE_E_TYPE;
	rc = stele_text_unquote(bytes, text + 1, len - 2, &bad);
	if (rc)
		return rc;
	if (kind == STELE_TYPE_BYTES) {
		rc = decode_base64(bytes, at);
		if (rc)
			return rc;
	}
	*cell = stele_cell_of(kind == STELE_TYPE_ANY ? STELE_TYPE_STR : kind);
	cell->u.u = at;
	cell->len = bytes->len - at;
	return 0;
}

/* A string that says something else. */
static int read_spelled(unsigned kind, const char *text, size_t len,
			struct stele_buffer *bytes, struct stele_cell *cell)
{
	struct stele_buffer said = { 0 };
	const char *p;
	int rc;

	rc = read_string(STELE_TYPE_STR, text, len, &said, cell);
	if (!rc) {
		p = said.len ? (const char *)said.ptr : "";
		if (kind == STELE_TYPE_DECIMAL)
			rc = read_decimal(p, said.len, bytes, cell);
		else if (kind == STELE_TYPE_UUID)
			rc = read_uuid(p, said.len, bytes, cell);
		else
			rc = read_calendar(kind, p, said.len, cell);
	}
	stele_buffer_free(&said);
	return rc;
}

static int read_number(unsigned kind, const char *text, size_t len,
		       struct stele_buffer *bytes, struct stele_cell *cell)
{
	struct number number;

	if (!len || (*text != '-' && (*text < '0' || *text > '9')))
		return -STELE_E_TYPE;
	if (!scan_number(text, len, &number))
		return -STELE_E_SYNTAX;
	if (kind == STELE_TYPE_ANY)
		return read_any_number(text, len, &number, bytes, cell);
	if (kind == STELE_TYPE_BIGINT)
		return read_bigint(text, len, &number, bytes, cell);
	if (kind == STELE_TYPE_DECIMAL)
		return read_decimal(text, len, bytes, cell);
	if (kind == STELE_TYPE_F32 || kind == STELE_TYPE_F64)
		return read_real(kind, &number, bytes, cell);
	return read_integer(kind, &number, cell);
}

static int read_bool(const char *text, size_t len, struct stele_cell *cell)
{
	if (!is_word(text, len, "true") && !is_word(text, len, "false"))
		return -STELE_E_TYPE;
	*cell = stele_cell_bool(*text == 't');
	return 0;
}

static int read_empty(const struct stele_fmt_type *type, const char *text,
		      size_t len, struct stele_cell *cell)
{
	if (!is_word(text, len, type->kind == STELE_TYPE_DICT ? "{}" : "[]"))
		return -STELE_E_TYPE;
	*cell = stele_cell_of(type->kind);
	if (type->kind == STELE_TYPE_ARRAY)
		cell->element = (uint8_t)stele_type_of_element(type->arg);
	return 0;
}

static int read_any(const char *text, size_t len, struct stele_buffer *bytes,
		    struct stele_cell *cell)
{
	switch (len ? *text : 0) {
	case '"':
		return read_string(STELE_TYPE_ANY, text, len, bytes, cell);
	case '[':
	case '{':
		*cell = stele_cell_of(*text == '[' ? STELE_TYPE_LIST :
						     STELE_TYPE_DICT);
		return is_word(text, len, *text == '[' ? "[]" : "{}") ?
			       0 :
			       -STELE_E_TYPE;
	case 't':
	case 'f':
		return read_bool(text, len, cell);
	default:
		return read_number(STELE_TYPE_ANY, text, len, bytes, cell);
	}
}

int stele_literal_read(const struct stele_fmt_type *type, bool nullable,
		       const char *text, size_t len, struct stele_buffer *bytes,
		       struct stele_cell *cell)
{
	/* so that the offset 0 of an empty string has an address */
	if (stele_buffer_reserve(bytes, 1))
		return -ENOMEM;
	if (is_word(text, len, "null")) {
		*cell = stele_cell_of(STELE_TYPE_NULL);
		return nullable || type->kind == STELE_TYPE_ANY ? 0 :
								  -STELE_E_TYPE;
	}
	switch (type->kind) {
	case STELE_TYPE_BOOL:
		return read_bool(text, len, cell);
	case STELE_TYPE_STR:
	case STELE_TYPE_BYTES:
		return read_string(type->kind, text, len, bytes, cell);
	case STELE_TYPE_DATE:
	case STELE_TYPE_DATETIME:
	case STELE_TYPE_TIME:
	case STELE_TYPE_ZONED:
	case STELE_TYPE_TIMEDELTA:
	case STELE_TYPE_UUID:
		return read_spelled(type->kind, text, len, bytes, cell);
	case STELE_TYPE_DECIMAL:
		if (len && *text == '"')
			return read_spelled(type->kind, text, len, bytes, cell);
		return read_number(type->kind, text, len, bytes, cell);
	case STELE_TYPE_LIST:
	case STELE_TYPE_SET:
	case STELE_TYPE_ARRAY:
	case STELE_TYPE_DICT:
		return read_empty(type, text, len, cell);
	case STELE_TYPE_ANY:
		return read_any(text, len, bytes, cell);
	case STELE_TYPE_RECORD:
	case STELE_TYPE_REF:
	case STELE_TYPE_TUPLE:
	case STELE_TYPE_NDARRAY:
	case STELE_TYPE_USER:
		return -STELE_E_TYPE;
	default:
		return read_number(type->kind, text, len, bytes, cell);
	}
}

/* ------------------------------------------------------------ printing */

/* One digit, a point whatever the locale calls it, digits, e and exponent. */
static int split(const char *printed, char digit[20], int *nr_digits)
{
	const char *p = printed;

	*nr_digits = 0;
	for (; *p && *p != 'e'; p++)
		if (*p >= '0' && *p <= '9')
			digit[(*nr_digits)++] = *p;
	return *p ? atoi(p + 1) : 0;
}

/* The digits of d.ddd times 10^exponent in JSON, always as a real number. */
static void compose(const char *digit, int n, int exponent, char *text)
{
	int i;

	if (exponent < -5 || exponent >= 16) {
		for (i = 0; i < n; i++) {
			*text++ = digit[i];
			if (i == 0 && n > 1)
				*text++ = '.';
		}
		sprintf(text, "e%d", exponent);
		return;
	}
	for (i = exponent < 0 ? exponent : 0; i < n || i <= exponent; i++) {
		*text++ = i >= 0 && i < n ? digit[i] : '0';
		if (i == exponent) /* the ones */
			*text++ = '.';
	}
	if (text[-1] == '.')
		*text++ = '0';
	*text = '\0';
}

static void print_real(unsigned kind, double value, struct stele_text *out)
{
	char printed[48], digit[20], text[48] = "0.0";
	double magnitude = fabs(value);
	int precision, n, exponent;

	/* %e with no exponent gives digits alone: they read back by strtod */
	for (precision = 0; magnitude != 0 && precision < 17; precision++) {
		double back;

		snprintf(printed, sizeof(printed), "%.*e", precision,
			 magnitude);
		exponent = split(printed, digit, &n);
		snprintf(text, sizeof(text), "%.*se%d", n, digit,
			 exponent - (n - 1));
		back = strtod(text, NULL);
		compose(digit, n, exponent, text);
		if (back == magnitude ||
		    (kind == STELE_TYPE_F32 && (float)back == (float)magnitude))
			break;
	}
	if (signbit(value))
		stele_text_put(out, "-");
	stele_text_put(out, text);
}

static void print_integer(const struct stele_cell *cell, struct stele_text *out)
{
	if (cell->type == STELE_TYPE_I64 && cell->u.i < 0) {
		stele_text_put(out, "-");
		stele_text_number(out, 0 - cell->u.u);
	} else {
		stele_text_number(out, cell->u.u);
	}
}

static void print_spelled(const struct stele_cell *cell, const uint8_t *bytes,
			  struct stele_text *out)
{
	char text[STELE_TEXT_BYTES];

	if (cell->type == STELE_TYPE_UUID)
		stele_text_print_uuid(bytes + cell->u.u, text);
	else
		print_calendar(cell, text);
	stele_text_put(out, "\"");
	stele_text_put(out, text);
	stele_text_put(out, "\"");
}

void stele_literal_print(const struct stele_fmt_type *type,
			 const struct stele_cell *cell, const uint8_t *bytes,
			 struct stele_text *out)
{
	switch (cell->type) {
	case STELE_TYPE_NULL:
		stele_text_put(out, "null");
		break;
	case STELE_TYPE_BOOL:
		stele_text_put(out, cell->u.b ? "true" : "false");
		break;
	case STELE_TYPE_F64:
		print_real(type->kind, cell->u.f, out);
		break;
	case STELE_TYPE_DATE:
	case STELE_TYPE_DATETIME:
	case STELE_TYPE_TIME:
	case STELE_TYPE_ZONED:
	case STELE_TYPE_TIMEDELTA:
	case STELE_TYPE_UUID:
		print_spelled(cell, bytes, out);
		break;
	case STELE_TYPE_BIGINT:
		out->put(out, (const char *)bytes + cell->u.u, cell->len);
		break;
	case STELE_TYPE_DECIMAL:
	case STELE_TYPE_STR:
		stele_text_quoted(out, (const char *)bytes + cell->u.u,
				  cell->len);
		break;
	case STELE_TYPE_BYTES:
		print_base64(bytes + cell->u.u, cell->len, out);
		break;
	case STELE_TYPE_DICT:
		stele_text_put(out, "{}");
		break;
	case STELE_TYPE_LIST:
	case STELE_TYPE_SET:
	case STELE_TYPE_ARRAY:
		stele_text_put(out, "[]");
		break;
	default:
		print_integer(cell, out);
	}
}
