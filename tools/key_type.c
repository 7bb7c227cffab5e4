/* SPDX-License-Identifier: MIT */
/*
 * A declared table's key fields are followed through the schema.
 */
#include "key_type.h"

#include <errno.h>

bool key_type_is_text(enum stele_type type)
{
	switch (type) {
	case STELE_TYPE_STR:
	case STELE_TYPE_BYTES:
	case STELE_TYPE_DATE:
	case STELE_TYPE_DATETIME:
	case STELE_TYPE_TIME:
	case STELE_TYPE_ZONED:
	case STELE_TYPE_TIMEDELTA:
	case STELE_TYPE_UUID:
	case STELE_TYPE_DECIMAL:
	case STELE_TYPE_USER:
		return true;
	default:
		return false;
	}
}

struct key_type key_type_of(const struct stele_schema *schema, uint32_t number)
{
	struct stele_type_info info = { .type = STELE_TYPE_ANY };

	stele_schema_type(schema, number, &info);
	return (struct key_type){ number, info.type };
}

/* The type of the k-th key field of a declared table. */
static struct key_type field_type(const struct stele_schema *schema,
				  const struct stele_table_info *table,
				  uint32_t number, uint32_t k)
{
	struct key_type none = { KEY_TYPE_NONE, STELE_TYPE_ANY }, type = none;
	uint32_t record = table->record, step, field;
	struct stele_field_info info;
	struct stele_type_info of;

	for (step = 0;
	     !stele_schema_table_step(schema, number, k, step, &field);
	     step++) {
		if (stele_schema_field(schema, record, field, &info) ||
		    stele_schema_type(schema, info.type, &of))
			return none;
		type.number = info.type;
		type.type = of.type;
		record = of.record;
	}
	return type;
}

/* Of a table that was filled by hand. */
static struct key_type hand_type(enum stele_key_type key)
{
	struct key_type type = { KEY_TYPE_NONE, STELE_TYPE_ANY };

	switch (key) {
	case STELE_KEY_STR:
		type.type = STELE_TYPE_STR;
		break;
	case STELE_KEY_BYTES:
		type.type = STELE_TYPE_BYTES;
		break;
	case STELE_KEY_I64:
		type.type = STELE_TYPE_I64;
		break;
	case STELE_KEY_U64:
		type.type = STELE_TYPE_U64;
		break;
	default:
		break;
	}
	return type;
}

int key_types_read(const struct stele_schema *schema,
		   const struct stele_map *map, struct arena *arena,
		   struct key_types *types)
{
	struct stele_map_info info = { .size = sizeof(info) };
	struct stele_table_info table;
	bool declared;
	int rc = stele_map_info(map, &info);

	if (rc)
		return rc;
	declared = !stele_schema_table(schema, info.table, &table);
	types->nr = declared ? table.nr_keys : 1;
	types->encoded = info.key == STELE_KEY_CANONICAL;
	types->of = arena_items(arena, types->nr, sizeof(*types->of));
	if (!types->of)
		return -ENOMEM;
	for (uint32_t k = 0; k < types->nr; k++)
		types->of[k] =
			declared ? field_type(schema, &table, info.table, k) :
				   hand_type(info.key);
	return 0;
}
