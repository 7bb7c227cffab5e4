/* SPDX-License-Identifier: MIT */
/*
 * Each cell is first printed into memory: whether it needs quotes is known when
 * it is whole.
 */
#include "csv_out.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "key_out.h"
#include "scalar_out.h"

int csv_out_open(struct csv_out *csv, const struct stele_segment *segment,
		 FILE *out)
{
	memset(csv, 0, sizeof(*csv));
	csv->out = out;
	if (text_buffer_open(&csv->cell))
		return -ENOMEM;
	if (!json_out_open(&csv->json, segment, csv->cell.out))
		return 0;
	csv_out_close(csv);
	return -ENOMEM;
}

void csv_out_close(struct csv_out *csv)
{
	json_out_close(&csv->json);
	text_buffer_close(&csv->cell, NULL, NULL);
}

static int fail(struct csv_out *csv, int code, const char *reason)
{
	csv->err->code = code;
	csv->err->offset = UINT64_MAX;
	snprintf(csv->err->reason, sizeof(csv->err->reason), "%s", reason);
	return code;
}

static void begin(struct csv_out *csv, struct stele_error *err)
{
	csv->err = err;
	json_begin(&csv->json, err);
}

/* -------------------------------------------------------------- quoting */

static bool needs_quotes(const char *p, size_t len)
{
	if (*p == '\xef') /* as a byte order mark begins */
		return true;
	for (size_t i = 0; i < len; i++)
		if (p[i] == '"' || p[i] == ',' || p[i] == '\r' || p[i] == '\n')
			return true;
	return false;
}

static void print_cell(FILE *out, const char *p, size_t len)
{
	const char *end, *quote;

	if (!len) {
		fputs_unlocked("\"\"", out);
		return;
	}
	if (!needs_quotes(p, len)) {
		fwrite_unlocked(p, 1, len, out);
		return;
	}
	end = p + len;
	putc_unlocked('"', out);
	while ((quote = memchr(p, '"', (size_t)(end - p)))) {
		fwrite_unlocked(p, 1, (size_t)(quote + 1 - p), out);
		putc_unlocked('"', out);
		p = quote + 1;
	}
	fwrite_unlocked(p, 1, (size_t)(end - p), out);
	putc_unlocked('"', out);
}

/* Text that is the word null behind any number of '\'. */
static bool looks_null(const char *p, size_t len)
{
	while (len > 4 && *p == '\\') {
		p++;
		len--;
	}
	return len == 4 && !memcmp(p, "null", 4);
}

/* ---------------------------------------------------------------- cells */

static int print_str(struct csv_out *csv, const struct stele_value *value)
{
	uint64_t points;
	int rc = stele_value_code_points(value, &points);

	if (rc)
		return fail(csv, rc, stele_strerror(rc));
	fwrite_unlocked(value->u.ptr, 1, value->len, csv->cell.out);
	return 0;
}

/* Of a declared type of scalars, or a user type. */
static int print_scalar(struct csv_out *csv, const struct stele_value *value)
{
	int rc = json_spend_value(&csv->json, value);

	if (rc)
		return rc;
	if (value->type == STELE_TYPE_STR)
		return print_str(csv, value);
	rc = scalar_print(csv->cell.out, value);
	return rc ? fail(csv, rc, stele_strerror(rc)) : 0;
}

static bool is_text(enum stele_type type)
{
	return scalar_is(type) || type == STELE_TYPE_STR ||
	       type == STELE_TYPE_USER;
}

/* End the cell with what was printed into it; `nullable`: the word null means null. */
static int put(struct csv_out *csv, bool nullable)
{
	const struct text_buffer *cell = &csv->cell;
	char *escaped;

	if (text_buffer_flush(&csv->cell))
		return fail(csv, -ENOMEM, strerror(ENOMEM));
	if (!nullable || !looks_null(cell->text, cell->len)) {
		print_cell(csv->out, cell->text, cell->len);
	} else {
		escaped = malloc(cell->len + 1);
		if (!escaped)
			return fail(csv, -ENOMEM, strerror(ENOMEM));
		*escaped = '\\';
		memcpy(escaped + 1, cell->text, cell->len);
		print_cell(csv->out, escaped, cell->len + 1);
		free(escaped);
	}
	text_buffer_reset(&csv->cell);
	return 0;
}

/* A user value with an identity says so, which base64 cannot. */
static bool is_shared(const struct stele_value *value)
{
	return value->type == STELE_TYPE_USER &&
	       value->flags & STELE_VALUE_F_IDENTITY;
}

static int print_field(struct csv_out *csv, const struct stele_value *value,
		       const struct stele_field_info *field)
{
	const struct stele_schema *schema = csv->json.schema;
	uint32_t number = field->type;
	struct stele_value text = *value;
	struct stele_type_info type;
	int rc = stele_schema_type(schema, number, &type);

	if (rc)
		return fail(csv, rc, stele_strerror(rc));
	if (value->type == STELE_TYPE_NULL) {
		fputs_unlocked("null", csv->out);
		return 0;
	}
	if (type.type == STELE_TYPE_REF) {
		rc = json_out_key(&csv->json, value, &number, &text, csv->err);
		if (rc == -STELE_E_ABSENT)
			return fail(csv, -STELE_E_TYPE,
				    "a reference to a row without a key");
		if (!rc)
			rc = stele_schema_type(schema, number, &type);
		if (rc)
			return rc;
	}
	if (type.type == text.type && is_text(text.type) && !is_shared(&text))
		rc = print_scalar(csv, &text);
	else
		rc = json_value(&csv->json, &text, number);
	if (rc)
		return rc;
	return put(csv, field->nullable && type.type != STELE_TYPE_ANY);
}

/* ----------------------------------------------------------------- rows */

int csv_out_header(struct csv_out *csv, uint32_t number,
		   struct stele_error *err)
{
	struct json_record *record;
	int rc;

	begin(csv, err);
	rc = json_fields(&csv->json, number, &record);
	for (uint32_t i = 0; !rc && i < record->info.nr_fields; i++) {
		struct stele_str name = record->fields[i].info.name;

		if (i)
			putc_unlocked(',', csv->out);
		print_cell(csv->out, name.ptr, name.len);
	}
	putc_unlocked('\n', csv->out);
	return rc;
}

static int print_fields(struct csv_out *csv, const struct stele_value *row,
			const struct json_record *record)
{
	struct stele_record proxy;
	struct stele_value field;
	bool empty = true;
	int rc = stele_value_record(row, &proxy);

	for (uint32_t i = 0; !rc && i < record->info.nr_fields; i++) {
		if (i)
			putc_unlocked(',', csv->out);
		rc = stele_record_get(proxy, &record->fields[i].field, &field);
		if (rc)
			return fail(csv, rc, stele_strerror(rc));
		if (field.type == STELE_TYPE_UNSET)
			continue;
		empty = false;
		rc = print_field(csv, &field, &record->fields[i].info);
	}
	if (!rc && empty && record->info.nr_fields < 2)
		rc = fail(csv, -STELE_E_TYPE,
			  "a row without a cell is no line of CSV");
	putc_unlocked('\n', csv->out);
	return rc;
}

int csv_out_row(struct csv_out *csv, const struct stele_value *row,
		uint32_t number, struct stele_error *err)
{
	struct json_record *record;
	int rc;

	begin(csv, err);
	if (row->type != STELE_TYPE_RECORD || row->record != number)
		return fail(csv, -STELE_E_TYPE,
			    "rows of several records, which is no CSV");
	if (row->flags & STELE_VALUE_F_IDENTITY)
		return fail(csv, -STELE_E_TYPE,
			    "a row that is shared, which CSV cannot say");
	rc = json_fields(&csv->json, number, &record);
	return rc ? rc : print_fields(csv, row, record);
}

/* ---------------------------------------------------------------- pairs */

static int print_any(struct csv_out *csv, const struct stele_value *value)
{
	int rc;

	if (is_text(value->type) && !is_shared(value))
		rc = print_scalar(csv, value);
	else
		rc = json_value(&csv->json, value, JSON_OUT_ANY);
	return rc ? rc : put(csv, false);
}

void csv_out_pair_header(struct csv_out *csv)
{
	fputs_unlocked("key,value\n", csv->out);
}

int csv_out_pair(struct csv_out *csv, const struct key_types *types,
		 const struct stele_value *key, const struct stele_value *value,
		 struct stele_error *err)
{
	int rc;

	csv->err = err;
	rc = key_out_word(&csv->json, types, key, err);
	if (!rc)
		rc = put(csv, false);
	putc_unlocked(',', csv->out);
	if (!rc)
		rc = print_any(csv, value);
	putc_unlocked('\n', csv->out);
	return rc;
}
