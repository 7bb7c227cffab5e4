/* SPDX-License-Identifier: MIT */
/*
 * Cells for any type of a schema: `turn` gives one value or another, and null or
 * unset now and then.  A key and the reference to it are the same in one turn.
 */
#ifndef FILL_H
#define FILL_H

#include <stele/builder.h>

#include "arena.h"
#include "replay.h"

#define FILL_DEPTH 5u

struct fill {
	const struct stele_schema *schema;
	struct arena arena;
	unsigned turn;
	bool failed; /* nothing can be put here: a required record in itself */
};

static struct stele_cell fill_cell(struct fill *f, uint32_t type, bool nullable,
				   unsigned depth);

static void *fill_take(struct fill *f, size_t n, size_t bytes)
{
	void *p = arena_items(&f->arena, n, bytes);

	if (!p)
		fuzz_fail("no memory");
	memset(p, 0, n * bytes);
	return p;
}

static struct stele_cell *fill_record(struct fill *f, uint32_t record,
				      unsigned depth, uint32_t *nr)
{
	struct stele_record_info info;
	struct stele_field_info field;
	struct stele_cell *cells;

	if (stele_schema_record(f->schema, record, &info))
		fuzz_fail("no such record");
	cells = fill_take(f, info.nr_fields, sizeof(*cells));
	*nr = info.nr_fields;
	for (uint32_t i = 0; i < info.nr_fields; i++) {
		if (stele_schema_field(f->schema, record, i, &field))
			fuzz_fail("no such field");
		if ((field.optional || field.fallback.len) &&
		    ((f->turn + i) % 3 == 2 || depth + 1 >= FILL_DEPTH))
			cells[i] = stele_cell_of(STELE_TYPE_UNSET);
		else
			cells[i] = fill_cell(f, field.type, field.nullable,
					     depth + 1);
	}
	return cells;
}

static struct stele_cell fill_text(struct fill *f, enum stele_type type)
{
	static const char *const texts[] = { "7", "-12345678901234567890",
					     "300" };
	struct stele_cell cell = stele_cell_of(type);

	cell.u.ptr = texts[f->turn % 3];
	cell.len = strlen(texts[f->turn % 3]);
	return cell;
}

static struct stele_cell fill_scalar(struct fill *f, enum stele_type type)
{
	struct stele_cell cell = stele_cell_of(type);

	switch (type) {
	case STELE_TYPE_BOOL:
		cell.u.b = f->turn & 1;
		break;
	case STELE_TYPE_F32:
	case STELE_TYPE_F64:
		cell.u.f = f->turn * 0.5;
		break;
	case STELE_TYPE_BIGINT:
	case STELE_TYPE_DECIMAL:
	case STELE_TYPE_STR:
	case STELE_TYPE_BYTES:
		return fill_text(f, type);
	case STELE_TYPE_UUID:
		cell.u.ptr = fill_take(f, 16, 1);
		cell.len = 16;
		break;
	case STELE_TYPE_I8:
	case STELE_TYPE_I16:
	case STELE_TYPE_I32:
	case STELE_TYPE_I64:
		cell.u.i = (int64_t)f->turn * 100 - 100;
		break;
	default:
		cell.u.i = f->turn * 100;
	}
	return cell;
}

/* A value that says its type by itself. */
static struct stele_cell fill_any(struct fill *f, unsigned depth)
{
	static const uint8_t types[] = {
		STELE_TYPE_I64,	 STELE_TYPE_STR,     STELE_TYPE_F64,
		STELE_TYPE_LIST, STELE_TYPE_DECIMAL, STELE_TYPE_DATE,
	};
	unsigned type = types[(f->turn + depth) % sizeof(types)];
	struct stele_cell *items;

	if (type != STELE_TYPE_LIST)
		return fill_scalar(f, type);
	items = fill_take(f, 2, sizeof(*items));
	items[0] = fill_scalar(f, STELE_TYPE_I64);
	items[1] = stele_cell_of(STELE_TYPE_NULL);
	return stele_cell_list(items, 2);
}

static struct stele_cell fill_elements(struct fill *f,
				       const struct stele_type_info *info)
{
	struct stele_cell cell = stele_cell_of(info->type);
	struct stele_ndarray *array;

	cell.element = (uint8_t)info->element;
	cell.u.ptr = fill_take(f, 2, stele_type_width(info->element));
	cell.len = 2;
	if (info->type == STELE_TYPE_ARRAY)
		return cell;
	array = fill_take(f, 1, sizeof(*array));
	array->data = cell.u.ptr;
	array->element = (uint8_t)info->element;
	array->nr_axes = 1;
	array->shape[0] = 2;
	array->strides[0] = (int64_t)stele_type_width(info->element);
	cell = stele_cell_of(info->type);
	cell.u.ndarray = array;
	return cell;
}

/* LIST and SET have an item, DICT a pair, TUPLE as many as are declared. */
static struct stele_cell fill_items(struct fill *f, uint32_t type,
				    const struct stele_type_info *info,
				    unsigned depth)
{
	struct stele_cell cell = stele_cell_of(info->type), *items;
	uint32_t nr = info->type == STELE_TYPE_TUPLE ? info->nr_items : 1;
	uint32_t item;
	bool nullable;

	items = fill_take(f, nr + 1, sizeof(*items));
	cell.u.cells = items;
	if (info->type == STELE_TYPE_DICT)
		*items++ = fill_cell(f, info->key, false, depth);
	for (cell.len = 0; cell.len < nr; cell.len++) {
		item = info->item;
		nullable = info->nullable_items;
		if (info->type == STELE_TYPE_TUPLE &&
		    stele_schema_tuple_item(f->schema, type, (uint32_t)cell.len,
					    &item, &nullable))
			fuzz_fail("no such item");
		items[cell.len] = fill_cell(f, item, nullable, depth);
	}
	return cell;
}

/* The key that the row of this turn has. */
static struct stele_cell
fill_ref(struct fill *f, const struct stele_type_info *info, unsigned depth)
{
	struct stele_field_info field = { 0 };
	uint32_t record = info->record, number, step = 0;
	struct stele_type_info type;

	while (!stele_schema_table_step(f->schema, info->table, 0, step++,
					&number)) {
		if (stele_schema_field(f->schema, record, number, &field) ||
		    stele_schema_type(f->schema, field.type, &type))
			fuzz_fail("no such field");
		record = type.record;
	}
	return fill_cell(f, field.type, false, depth);
}

static struct stele_cell fill_cell(struct fill *f, uint32_t number,
				   bool nullable, unsigned depth)
{
	struct stele_type_info info;
	struct stele_user *user;
	struct stele_cell cell;
	uint32_t nr;

	if (stele_schema_type(f->schema, number, &info))
		fuzz_fail("no such type");
	if (nullable && (f->turn % 3 == 1 || depth >= FILL_DEPTH))
		return stele_cell_of(STELE_TYPE_NULL);
	if (depth > 2 * FILL_DEPTH || f->failed) {
		f->failed = true;
		return stele_cell_of(STELE_TYPE_NULL);
	}
	switch (info.type) {
	case STELE_TYPE_LIST:
	case STELE_TYPE_SET:
	case STELE_TYPE_DICT:
	case STELE_TYPE_TUPLE:
		return fill_items(f, number, &info, depth + 1);
	case STELE_TYPE_ARRAY:
	case STELE_TYPE_NDARRAY:
		return fill_elements(f, &info);
	case STELE_TYPE_RECORD:
		cell = stele_cell_of(STELE_TYPE_RECORD);
		cell.record = info.record;
		cell.u.cells = fill_record(f, info.record, depth + 1, &nr);
		cell.len = nr;
		return cell;
	case STELE_TYPE_REF:
		return fill_ref(f, &info, depth + 1);
	case STELE_TYPE_ANY:
		return fill_any(f, depth);
	case STELE_TYPE_USER:
		user = fill_take(f, 1, sizeof(*user));
		*user = (struct stele_user){ info.name.ptr, info.name.len,
					     "bytes", 5 };
		cell = stele_cell_of(STELE_TYPE_USER);
		cell.u.user = user;
		return cell;
	default:
		return fill_scalar(f, info.type);
	}
}

#endif /* FILL_H */
