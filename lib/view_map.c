// SPDX-License-Identifier: MIT
/*
 * Tables of the reader's schema and those of the segment that they are.
 */
#include "compat_report.h"
#include "fail.h"
#include "view.h"

/* The table that stands over a declaration; NULL: there is none. */
static const struct stele_map *map_of(const struct stele_segment *segment,
				      uint32_t decl)
{
	for (uint32_t i = 0; i < segment->nr_maps; i++)
		if (segment->maps[i].fmt.decl == decl)
			return &segment->maps[i];
	return NULL;
}

int stele_view_maps(struct stele_view *view, struct stele_compat *compat)
{
	uint32_t nr = view->schema->head->nr_tables, i;
	struct stele_text_fixed nowhere;
	int rc = 0;

	view->maps = calloc(nr ? nr : 1, sizeof(*view->maps));
	if (!view->maps)
		return -ENOMEM;
	stele_text_fixed_init(&nowhere, NULL, 0);
	for (i = 0; !rc && i < nr; i++) {
		struct stele_view_map *own = &view->maps[i];
		struct stele_finding f = { 0 };

		f.table = i;
		f.name = stele_schema_str(view->schema,
					  view->schema->tables[i].name);
		rc = stele_compat_table(compat, &f, &nowhere.text);
		if (rc)
			break;
		own->code = f.code;
		if (!f.code)
			own->map = map_of(view->segment, f.stored_table);
		if (!f.code && !own->map)
			own->code = -STELE_E_ABSENT;
	}
	return rc;
}

int stele_view_map(const struct stele_view *view, uint32_t table,
		   const struct stele_map **map, struct stele_error *err)
{
	const struct stele_view_map *own;
	struct stele_str name;

	if (table >= view->schema->head->nr_tables)
		return stele_fail(err, -STELE_E_ABSENT,
				  "the schema has no table %u", table);
	own = &view->maps[table];
	name = stele_schema_str(view->schema, view->schema->tables[table].name);
	if (own->code == -STELE_E_ABSENT)
		return stele_fail(err, own->code,
				  "the segment has no table '%.*s'",
				  STELE_SHOWN(name));
	if (own->code)
		return stele_fail(err, own->code,
				  "table '%.*s' of the segment is another",
				  STELE_SHOWN(name));
	*map = own->map;
	return 0;
}
