// SPDX-License-Identifier: MIT
/*
 * The tables of a build: the schema's, which the rows fill, and those that are
 * filled by hand.
 */
#include <unistr.h>

#include "builder.h"
#include "options.h"
#include "segment.h"

/* -------------------------------------------------------------- tables */

static int grow_tables(struct stele_builder *b, const char *name, size_t len,
		       struct stele_build_table **table,
		       struct stele_error *err)
{
	struct stele_build_table *tables;

	for (uint32_t i = 0; i < b->nr_tables; i++)
		if (b->tables[i].name_len == len &&
		    !memcmp(b->tables[i].name, name, len))
			return stele_fail(err, -STELE_E_DUPLICATE,
					  "two tables of the name '%.*s'",
					  (int)(len < 200 ? len : 200), name);
	if (b->nr_tables == STELE_MAX_TABLES)
		return stele_fail(err, -STELE_E_LIMIT, "more than %u tables",
				  STELE_MAX_TABLES);
	tables = realloc(b->tables, (b->nr_tables + 1) * sizeof(*tables));
	if (!tables)
		return -ENOMEM;
	b->tables = tables;
	*table = &tables[b->nr_tables];
	memset(*table, 0, sizeof(**table));
	(*table)->name = strndup(name, len);
	if (!(*table)->name)
		return -ENOMEM;
	(*table)->name_len = len;
	(*table)->decl = STELE_FMT_NONE;
	(*table)->record = STELE_FMT_NONE;
	b->nr_tables++;
	return 0;
}

/* Heads of objects, read some at a time. */
struct heads {
	struct stele_segment view; /* [from, from + room) of the output */
	uint64_t from;
	uint64_t end; /* of what the window has */
	uint8_t window[64 << 10] __attribute__((aligned(64)));
};

#define HEAD_BYTES 64u /* no object wants more to tell its size */

static bool read_head(struct stele_builder *b, struct heads *h, uint64_t at,
		      uint64_t *head, uint64_t *size)
{
	uint64_t tail = stele_output_tail(b->out), len;

	if (at + HEAD_BYTES > h->end && h->end < tail) {
		h->from = at & ~63ull; /* where places have a meaning */
		len = tail - h->from;
		len = len < sizeof(h->window) ? len : sizeof(h->window);
		if (at >= tail ||
		    stele_output_read(b->out, h->from, h->window, len))
			return false;
		h->end = h->from + len;
	}
	h->view.len = tail - h->from;
	return !stele_object_size(&h->view, at - h->from, head, size);
}

/* The number of the row at pos, by going from object to object. */
static bool row_at(void *arg, uint64_t pos, uint64_t *number)
{
	struct stele_builder *b = arg;
	struct heads *heads = malloc(sizeof(*heads));
	uint64_t at = STELE_FMT_BLOCK, head, size;

	*number = 0;
	if (!heads)
		return false;
	heads->end = 0;
	heads->view = (struct stele_segment){ .schema = b->schema,
					      .base = heads->window };
	while (at < pos && read_head(b, heads, at, &head, &size)) {
		*number += STELE_FMT_HEAD_KIND(head) == STELE_FMT_KIND_RECORD &&
			   STELE_FMT_HEAD_FLAGS(head) & STELE_FMT_OBJ_F_ROW;
		at += size;
	}
	free(heads);
	return at == pos;
}

static int create_map_build(struct stele_builder *b,
			    struct stele_build_table *table,
			    const struct stele_table_options *o)
{
	struct stele_map_build_options options = {
		.name = table->name,
		.key_type = table->key_type,
		.value_type = table->value_type,
		.multi = o->multi,
		.buckets = o->buckets,
		.bucket_log2 = (uint8_t)o->bucket_log2,
		.filter = o->filter,
		.duplicates = o->duplicates,
		.seed = o->hash_seed ? o->hash_seed : b->options.hash_seed,
		.row = row_at,
		.arg = b,
	};

	table->filter = o->filter;
	return stele_map_build_create(&options, b->out, &b->budget,
				      &table->build);
}

/* The schema's tables come first, under the schema's numbers. */
int stele_tables_declare(struct stele_builder *b, struct stele_error *err)
{
	for (uint32_t i = 0; i < b->schema->head->nr_tables; i++) {
		const struct stele_fmt_decl *decl = &b->schema->tables[i];
		struct stele_str name = stele_schema_str(b->schema, decl->name);
		struct stele_table_options o = {
			.multi = !!(decl->flags & STELE_FMT_DECL_F_MULTI),
			.filter = stele_decl_filter(decl),
			.duplicates = b->options.duplicates,
		};
		struct stele_build_table *table;
		int rc;

		rc = grow_tables(b, name.ptr, name.len, &table, err);
		if (rc)
			return rc;
		table->decl = i;
		table->record = decl->record;
		table->key_type = (uint8_t)stele_schema_key_type(b->schema, i);
		table->value_type = o.filter ? STELE_TYPE_BOOL :
					       STELE_TYPE_RECORD;
		rc = create_map_build(b, table, &o);
		if (rc)
			return rc;
	}
	return 0;
}

int stele_tables_add_row(struct stele_builder *b, uint64_t pos,
			 struct stele_error *err)
{
	const struct stele_row_key *keys = (void *)b->row_keys.ptr;
	size_t n = b->row_keys.len / sizeof(*keys);
	int rc = 0;

	for (size_t i = 0; !rc && i < n; i++)
		rc = stele_map_build_add(b->tables[keys[i].table].build,
					 b->keys.ptr + keys[i].key, keys[i].len,
					 &pos, sizeof(pos), err);
	b->stats.nr_skipped_keys += b->nr_keyless;
	return rc;
}

/* ------------------------------------------------------ tables by hand */

static int check_filter(const struct stele_table_options *o,
			struct stele_error *err)
{
	if (o->filter < STELE_FMT_FILTER_MIN ||
	    o->filter > STELE_FMT_FILTER_MAX)
		return stele_fail(
			err, -EINVAL,
			"a filter's rate 1/%u is not within 1/%u..1/%u",
			o->filter, STELE_FMT_FILTER_MIN, STELE_FMT_FILTER_MAX);
	if (o->value != STELE_TYPE_BOOL)
		return stele_fail(err, -EINVAL,
				  "a filter's values are of type bool, not %s",
				  stele_type_name(o->value));
	if (o->multi || o->buckets || o->bucket_log2)
		return stele_fail(err, -EINVAL,
				  "a filter is not multi and has no buckets");
	return 0;
}

static int table_types(const struct stele_builder *b,
		       const struct stele_table_options *o,
		       struct stele_build_table *t, struct stele_error *err)
{
	switch (o->key) {
	case STELE_TYPE_STR:
		t->key_type = STELE_FMT_KEY_STR;
		break;
	case STELE_TYPE_BYTES:
		t->key_type = STELE_FMT_KEY_BYTES;
		break;
	case STELE_TYPE_I64:
		t->key_type = STELE_FMT_KEY_I64;
		break;
	case STELE_TYPE_U64:
		t->key_type = STELE_FMT_KEY_U64;
		break;
	case STELE_TYPE_ANY:
		t->key_type = STELE_FMT_KEY_CANONICAL;
		break;
	default:
		return stele_fail(err, -EINVAL, "no table with keys of type %s",
				  stele_type_name(o->key));
	}
	t->value_type = (uint8_t)o->value;
	if (o->value == STELE_TYPE_RECORD) {
		if (o->record >= b->schema->head->nr_records)
			return stele_fail(err, -EINVAL,
					  "record %u is not in the schema",
					  o->record);
		t->record = o->record;
	} else if (!stele_type_width(o->value) && o->value != STELE_TYPE_STR &&
		   o->value != STELE_TYPE_BYTES && o->value != STELE_TYPE_ANY) {
		return stele_fail(err, -EINVAL,
				  "no table with values of type %s",
				  stele_type_name(o->value));
	}
	if (o->bucket_log2 && (o->bucket_log2 < STELE_FMT_BUCKET_MIN_LOG2 ||
			       o->bucket_log2 > STELE_FMT_BUCKET_MAX_LOG2))
		return stele_fail(err, -EINVAL,
				  "bucket_log2 %u is not within %u..%u",
				  o->bucket_log2, STELE_FMT_BUCKET_MIN_LOG2,
				  STELE_FMT_BUCKET_MAX_LOG2);
	if (o->duplicates > STELE_DUPLICATES_LAST)
		return stele_fail(err, -EINVAL, "unknown duplicate policy %d",
				  (int)o->duplicates);
	if (o->multi > 1 || o->buckets > 1)
		return stele_fail(err, -EINVAL, "multi and buckets are 0 or 1");
	if (o->zero)
		return stele_fail(err, -EINVAL,
				  "reserved options are not zero");
	return o->filter ? check_filter(o, err) : 0;
}

static int check_name(const char *name, size_t len, struct stele_error *err)
{
	if (!len)
		return stele_fail(err, -STELE_E_SCHEMA,
				  "a table with an empty name");
	if (len > STELE_MAX_NAME)
		return stele_fail(err, -STELE_E_LIMIT,
				  "a table's name of more than %u bytes",
				  STELE_MAX_NAME);
	if (u8_check((const uint8_t *)name, len))
		return stele_fail(err, -STELE_E_UTF8,
				  "a table's name is not UTF-8");
	return 0;
}

int stele_builder_table(struct stele_builder *b, const char *name,
			const struct stele_table_options *options,
			uint32_t *number, struct stele_error *err)
{
	struct stele_table_options o = { 0 };
	struct stele_build_table types = { .record = STELE_FMT_NONE }, *table;
	size_t len = strlen(name);
	int rc = stele_unit_begin(b, err);

	if (!rc)
		rc = check_name(name, len, err);
	if (!rc)
		rc = stele_options_read(&o, sizeof(o), options, err);
	if (!rc)
		rc = table_types(b, &o, &types, err);
	if (!rc)
		rc = grow_tables(b, name, len, &table, err);
	if (rc)
		return stele_unit_is_fatal(rc) ? stele_unit_fail(b, rc, err) :
						 rc;
	table->key_type = types.key_type;
	table->value_type = types.value_type;
	table->record = types.record;
	rc = create_map_build(b, table, &o);
	if (rc)
		return stele_unit_fail(b, rc, err);
	*number = b->nr_tables - 1;
	return 0;
}

static struct stele_build_table *
hand_table(struct stele_builder *b, uint32_t number, struct stele_error *err)
{
	if (number < b->nr_tables && b->tables[number].decl == STELE_FMT_NONE)
		return &b->tables[number];
	stele_fail(err, -EINVAL, "table %u is not one to be filled by hand",
		   number);
	return NULL;
}

/* The bytes of a value as the table keeps them, in *hold or the cell's own. */
static int table_value(struct stele_builder *b,
		       const struct stele_build_table *table,
		       const struct stele_cell *cell, uint64_t hold[2],
		       struct stele_str *bytes, struct stele_error *err)
{
	struct stele_cell scalar;
	bool ascii;
	int rc;

	hold[0] = hold[1] = 0;
	bytes->ptr = (const char *)hold;
	bytes->len = sizeof(*hold);
	if (table->value_type == STELE_TYPE_ANY)
		return stele_lay_any(b, cell, hold, err);
	if (table->value_type == STELE_TYPE_RECORD)
		return stele_lay_row_handle(b, cell, table->record, hold, err);
	if (table->value_type == STELE_TYPE_STR ||
	    table->value_type == STELE_TYPE_BYTES) {
		if (cell->type != table->value_type)
			return stele_fail_type(table->value_type, cell, err);
		bytes->ptr = cell->len ? cell->u.ptr : "";
		bytes->len = cell->len;
		return cell->type == STELE_TYPE_STR ?
			       stele_check_text(bytes->ptr, bytes->len, &ascii,
						err) :
			       0;
	}
	rc = stele_lay_scalar(table->value_type, cell, &scalar, err);
	if (rc)
		return rc;
	if (table->filter && !scalar.u.b)
		return stele_fail(
			err, -STELE_E_RANGE,
			"false in a filter, which tells what is there");
	stele_lay_raw(&scalar, hold);
	bytes->len = stele_type_width(table->value_type);
	return 0;
}

static int table_key(struct stele_builder *b,
		     const struct stele_build_table *table,
		     const struct stele_cell *cell, struct stele_str *key,
		     struct stele_error *err)
{
	bool ascii;
	int rc = stele_key_of_cell(b, table->key_type, STELE_FMT_NONE, cell,
				   key, err);

	if (!rc && cell->type == STELE_TYPE_STR)
		rc = stele_check_text(cell->u.ptr, cell->len, &ascii, err);
	if (rc)
		return stele_fail_in(err, rc, "key");
	return stele_map_build_check(table->build, key->ptr, key->len, err);
}

int stele_builder_table_add(struct stele_builder *b, uint32_t number,
			    const struct stele_cell *key,
			    const struct stele_cell *value,
			    struct stele_error *err)
{
	struct stele_build_table *table;
	struct stele_str k, v;
	uint64_t hold[2];
	int rc = stele_unit_begin(b, err);

	if (rc)
		return rc;
	table = hand_table(b, number, err);
	if (!table)
		return -EINVAL;
	rc = table_value(b, table, value, hold, &v, err);
	if (rc)
		stele_fail_in(err, rc, "value");
	else
		rc = table_key(b, table, key, &k, err);
	if (rc) {
		stele_fail_in(err, rc, "table '%.100s'", table->name);
		return stele_unit_drop(b, rc, err);
	}
	rc = stele_unit_commit(b, STELE_NO_ROW, err);
	if (rc)
		return rc;
	rc = stele_map_build_add(table->build, k.ptr, k.len, v.ptr, v.len, err);
	return rc ? stele_unit_fail(b, rc, err) : 0;
}

int stele_builder_table_add_u64(struct stele_builder *b, uint32_t number,
				uint64_t key, uint64_t value,
				struct stele_error *err)
{
	struct stele_build_table *table;
	int rc;

	if (b->state != STELE_BUILD_OPEN)
		return stele_unit_begin(b, err);
	table = hand_table(b, number, err);
	if (!table)
		return -EINVAL;
	if (table->key_type != STELE_FMT_KEY_U64 ||
	    table->value_type != STELE_TYPE_U64)
		return stele_fail(err, -STELE_E_TYPE,
				  "table '%.100s' is not one from u64 to u64",
				  table->name);
	rc = stele_map_build_add(table->build, &key, sizeof(key), &value,
				 sizeof(value), err);
	return rc && stele_unit_is_fatal(rc) ? stele_unit_fail(b, rc, err) : rc;
}
