// SPDX-License-Identifier: MIT
/* Every default of a schema, read once when a build begins. */
#include "schema_default.h"

#include "literal.h"

int stele_schema_defaults(const struct stele_schema *schema,
			  struct stele_cell **out, struct stele_buffer *bytes)
{
	uint32_t n = schema->head->nr_fields;
	struct stele_cell *cells = calloc(n ? n : 1, sizeof(*cells));
	int rc = 0;

	if (!cells)
		return -ENOMEM;
	for (uint32_t i = 0; !rc && i < n; i++) {
		const struct stele_fmt_field *f = &schema->fields[i];
		struct stele_str text = stele_schema_str(schema, f->value);

		if (f->flags & STELE_FMT_FIELD_F_DEFAULT)
			rc = stele_literal_read(
				&schema->types[f->type],
				f->flags & STELE_FMT_FIELD_F_NULLABLE, text.ptr,
				text.len, bytes, &cells[i]);
	}
	if (rc) {
		free(cells);
		return rc;
	}
	/* the bytes move no more: offsets become addresses */
	for (uint32_t i = 0; i < n; i++)
		if (stele_literal_has_bytes(&cells[i]))
			cells[i].u.ptr = bytes->ptr + cells[i].u.u;
	*out = cells;
	return 0;
}
