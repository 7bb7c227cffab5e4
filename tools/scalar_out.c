/* SPDX-License-Identifier: MIT */
/*
 * One spelling a value, which reads back as the same value.
 */
#include "scalar_out.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <stele/text.h>

#include "base64.h"
#include "number.h"

bool scalar_is(enum stele_type type)
{
	switch (type) {
	case STELE_TYPE_BYTES:
	case STELE_TYPE_TIME:
	case STELE_TYPE_ZONED:
	case STELE_TYPE_TIMEDELTA:
	case STELE_TYPE_UUID:
	case STELE_TYPE_DECIMAL:
		return true;
	default:
		return type >= STELE_TYPE_BOOL && type <= STELE_TYPE_BIGINT;
	}
}

bool scalar_is_plain(enum stele_type type)
{
	return type == STELE_TYPE_BIGINT ||
	       (type >= STELE_TYPE_BOOL && type <= STELE_TYPE_F64);
}

static void print_float(FILE *out, const struct stele_value *value)
{
	char text[NUMBER_TEXT_BYTES] = "NaN";
	double f = value->u.f;

	if (isinf(f))
		snprintf(text, sizeof(text), f < 0 ? "-inf" : "inf");
	else if (!isnan(f) && value->type == STELE_TYPE_F32)
		number_print_f32((float)f, text);
	else if (!isnan(f))
		number_print_f64(f, text);
	fputs_unlocked(text, out);
}

void scalar_print_bytes(FILE *out, const char *ptr, size_t len)
{
	char text[4];

	for (size_t i = 0; i < len; i += 3) {
		base64_print((const uint8_t *)ptr + i, len - i, text);
		fwrite_unlocked(text, 1, sizeof(text), out);
	}
}

static int print_digits(FILE *out, const struct stele_value *value)
{
	size_t room = value->len / 2 * 5 + 64, len;
	char *text = malloc(room);
	int rc;

	if (!text)
		return -ENOMEM;
	rc = stele_value_digits(value, text, room, &len);
	if (!rc)
		fwrite_unlocked(text, 1, len, out);
	free(text);
	return rc;
}

/* Times and uuids. */
static int print_text(FILE *out, const struct stele_value *value)
{
	char text[STELE_TEXT_BYTES] = "";
	size_t len = 0;

	switch (value->type) {
	case STELE_TYPE_DATE:
		len = stele_text_print_date(value->u.i, text);
		break;
	case STELE_TYPE_DATETIME:
		len = stele_text_print_datetime(value->u.i, text);
		break;
	case STELE_TYPE_TIME:
		len = stele_text_print_time(value->u.i, text);
		break;
	case STELE_TYPE_ZONED:
		len = stele_text_print_zoned(value->u.i, value->offset, text);
		break;
	case STELE_TYPE_TIMEDELTA:
		len = stele_text_print_timedelta(value->u.i, text);
		break;
	case STELE_TYPE_UUID:
		len = stele_text_print_uuid((const uint8_t *)value->u.ptr,
					    text);
		break;
	}
	fwrite_unlocked(text, 1, len, out);
	return len ? 0 : -STELE_E_FORMAT;
}

static int print_user(FILE *out, const struct stele_value *value)
{
	struct stele_str name, bytes;
	int rc = stele_value_user(value, &name, &bytes);

	if (!rc)
		scalar_print_bytes(out, bytes.ptr, bytes.len);
	return rc;
}

int scalar_print(FILE *out, const struct stele_value *value)
{
	switch (value->type) {
	case STELE_TYPE_BOOL:
		fputs_unlocked(value->u.b ? "true" : "false", out);
		return 0;
	case STELE_TYPE_I8:
	case STELE_TYPE_I16:
	case STELE_TYPE_I32:
	case STELE_TYPE_I64:
		fprintf(out, "%lld", (long long)value->u.i);
		return 0;
	case STELE_TYPE_U8:
	case STELE_TYPE_U16:
	case STELE_TYPE_U32:
	case STELE_TYPE_U64:
		fprintf(out, "%llu", (unsigned long long)value->u.u);
		return 0;
	case STELE_TYPE_F32:
	case STELE_TYPE_F64:
		print_float(out, value);
		return 0;
	case STELE_TYPE_BIGINT:
	case STELE_TYPE_DECIMAL:
		return print_digits(out, value);
	case STELE_TYPE_BYTES:
		scalar_print_bytes(out, value->u.ptr, value->len);
		return 0;
	case STELE_TYPE_USER:
		return print_user(out, value);
	default:
		return print_text(out, value);
	}
}
