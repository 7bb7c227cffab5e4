/* SPDX-License-Identifier: MIT */
/*
 * Tables, by name: how they are declared and stored, how much they hold; of
 * those that were filled by hand, what is under each key.  The others have what
 * the rows give.  And the roots.
 */
#include "diff.h"

#include <errno.h>
#include <stdlib.h>

struct table {
	const struct stele_map *map;
	struct stele_map_info info;
	const struct table *twin; /* of the same name on the other side */
};

/* The tables of one side: as they come, and by name. */
struct tables {
	struct table *all;
	struct table **sorted;
	uint32_t nr;
};

static int compare_names(struct stele_str a, struct stele_str b)
{
	size_t len = a.len < b.len ? a.len : b.len;
	int order = len ? memcmp(a.ptr, b.ptr, len) : 0;

	return order ? order : (a.len > b.len) - (a.len < b.len);
}

static int compare_tables(const void *a, const void *b)
{
	const struct table *const *x = a, *const *y = b;

	return compare_names((*x)->info.name, (*y)->info.name);
}

static void free_tables(struct tables *tables)
{
	free(tables->all);
	free(tables->sorted);
}

static int read_tables(struct diff *diff, unsigned side, struct tables *tables)
{
	const struct diff_side *of = &diff->sides[side];
	uint32_t nr = of->info.nr_maps;
	int rc = 0;

	tables->all = calloc(nr + 1ul, sizeof(*tables->all));
	tables->sorted = calloc(nr + 1ul, sizeof(*tables->sorted));
	if (!tables->all || !tables->sorted)
		return diff_fail(diff, side, -ENOMEM);
	for (uint32_t i = 0; !rc && i < nr; i++) {
		struct table *table = &tables->all[i];

		table->map = stele_segment_map_at(of->segment, i);
		table->info.size = sizeof(table->info);
		rc = table->map ? stele_map_info(table->map, &table->info) :
				  -STELE_E_FORMAT;
		tables->sorted[i] = table;
	}
	if (rc)
		return diff_fail(diff, side, rc);
	tables->nr = nr;
	qsort(tables->sorted, nr, sizeof(*tables->sorted), compare_tables);
	return 0;
}

/* Both lists are sorted: go through them side by side. */
static void find_twins(struct tables *a, struct tables *b)
{
	for (uint32_t i = 0, j = 0; i < a->nr && j < b->nr;) {
		int order = compare_tables(&a->sorted[i], &b->sorted[j]);

		if (!order) {
			a->sorted[i]->twin = b->sorted[j];
			b->sorted[j]->twin = a->sorted[i];
		}
		i += order <= 0;
		j += order >= 0;
	}
}

/* -------------------------------------------------------- declarations */

static void put_path(FILE *out, const struct diff_side *side, uint32_t table,
		     uint32_t record, uint32_t k)
{
	struct stele_type_info type;
	uint32_t field;

	for (uint32_t step = 0;
	     record < side->nr_records &&
	     !stele_schema_table_step(side->schema, table, k, step, &field);
	     step++) {
		const struct diff_record *at = &side->records[record];

		if (field >= at->info.nr_fields)
			return;
		fputs(step ? "." : k ? ", " : "", out);
		json_escaped(out, at->fields[field].info.name.ptr,
			     at->fields[field].info.name.len);
		if (stele_schema_type(side->schema, at->fields[field].info.type,
				      &type))
			return;
		record = type.record;
	}
}

/* "Package(name, version) multi", or how it was filled by hand. */
static int put_declaration(struct diff *diff, unsigned side,
			   const struct table *table, struct stele_str *text)
{
	const struct diff_side *of = &diff->sides[side];
	struct text_buffer *buffer = &diff->texts[side];
	struct stele_table_info info;

	text_buffer_reset(buffer);
	if (stele_schema_table(of->schema, table->info.table, &info)) {
		fputs("filled by hand", buffer->out);
		info.multi = table->info.multi;
		info.filter = table->info.filter;
	} else if (info.record < of->nr_records) {
		json_escaped(buffer->out,
			     of->records[info.record].info.name.ptr,
			     of->records[info.record].info.name.len);
		putc('(', buffer->out);
		for (uint32_t k = 0; k < info.nr_keys; k++)
			put_path(buffer->out, of, table->info.table,
				 info.record, k);
		putc(')', buffer->out);
	}
	if (info.multi)
		fputs(" multi", buffer->out);
	if (info.filter)
		fprintf(buffer->out, " filter 1/%u", info.filter);
	if (text_buffer_flush(buffer))
		return diff_fail(diff, side, -ENOMEM);
	text->ptr = buffer->text;
	text->len = buffer->len;
	return 0;
}

static struct stele_str doc_of(const struct diff_side *side,
			       const struct table *table)
{
	struct stele_table_info info;

	if (stele_schema_table(side->schema, table->info.table, &info))
		return (struct stele_str){ NULL, 0 };
	return info.doc;
}

static int declarations(struct diff *diff, struct diff_subject *subject,
			const struct table *a, const struct table *b)
{
	struct stele_str old, now;
	int rc = put_declaration(diff, 0, a, &old);

	if (!rc)
		rc = put_declaration(diff, 1, b, &now);
	subject->what = "declared";
	if (!rc)
		rc = diff_fact_change(diff, subject, old, now);
	subject->what = "doc";
	return rc ? rc :
		    diff_fact_change(diff, subject, doc_of(&diff->sides[0], a),
				     doc_of(&diff->sides[1], b));
}

/* --------------------------------------------------------------- facts */

static const char *kind_name(enum stele_map_kind kind)
{
	static const char *const names[] = { [STELE_MAP_BUCKET] = "bucket",
					     [STELE_MAP_INTEGER] = "integer",
					     [STELE_MAP_FILTER] = "filter" };

	return names[kind];
}

static const char *key_name(enum stele_key_type key)
{
	static const char *const names[] = {
		[STELE_KEY_STR] = "str",
		[STELE_KEY_BYTES] = "bytes",
		[STELE_KEY_I64] = "i64",
		[STELE_KEY_U64] = "u64",
		[STELE_KEY_CANONICAL] = "canonical",
	};

	return names[key];
}

static int facts(struct diff *diff, struct diff_subject *subject,
		 const struct stele_map_info *a, const struct stele_map_info *b)
{
	int rc;

	subject->what = "kind";
	rc = diff_fact_text(diff, subject, kind_name(a->kind),
			    kind_name(b->kind));
	subject->what = "key";
	if (!rc)
		rc = diff_fact_text(diff, subject, key_name(a->key),
				    key_name(b->key));
	subject->what = "value";
	if (!rc)
		rc = diff_fact_text(diff, subject, stele_type_name(a->value),
				    stele_type_name(b->value));
	subject->what = "keys";
	if (!rc)
		rc = diff_fact_number(diff, subject, a->nr_keys, b->nr_keys);
	subject->what = "values";
	if (!rc && (a->multi || b->multi))
		rc = diff_fact_number(diff, subject, a->nr_values,
				      b->nr_values);
	return rc;
}

/* -------------------------------------------------------------- entries */

static bool is_integer(enum stele_key_type key)
{
	return key == STELE_KEY_I64 || key == STELE_KEY_U64;
}

static bool have_entries(const struct table *a, const struct table *b)
{
	return a->info.table == UINT32_MAX && b->info.table == UINT32_MAX &&
	       a->info.kind != STELE_MAP_FILTER &&
	       b->info.kind != STELE_MAP_FILTER &&
	       (a->info.key == b->info.key ||
		(is_integer(a->info.key) && is_integer(b->info.key)));
}

static int find_matches(const struct table *table,
			const struct stele_value *key,
			struct stele_matches *matches)
{
	if (table->info.key == STELE_KEY_CANONICAL)
		return stele_map_find_encoded(table->map, key->u.ptr, key->len,
					      matches);
	return stele_map_find(table->map, key, 1, matches);
}

/* The values under a key of two tables, or of one alone: by their numbers. */
static int matches_of(struct diff *diff, struct stele_matches *matches[2],
		      bool multi)
{
	struct diff_path path = { NULL, DIFF_INDEX, { NULL, 0 }, 0, NULL };
	const struct diff_path *at = multi ? &path : NULL;
	struct diff_value v[2] = { { .side = 0, .type = JSON_OUT_ANY },
				   { .side = 1, .type = JSON_OUT_ANY } };
	bool ended[2] = { !matches[0], !matches[1] };

	for (;; path.index++) {
		int rc = 0;

		for (unsigned side = 0; side < 2; side++) {
			if (!ended[side])
				rc = stele_matches_next(matches[side],
							&v[side].value);
			if (rc && rc != -STELE_E_ABSENT)
				return diff_fail(diff, side, rc);
			if (rc)
				ended[side] = true;
			rc = 0;
		}
		if (ended[0] && ended[1])
			return 0;
		if (ended[0] || ended[1])
			rc = diff_found(diff,
					ended[0] ? DIFF_ADDED : DIFF_REMOVED,
					at, ended[0] ? NULL : &v[0],
					ended[0] ? &v[1] : NULL);
		else
			rc = diff_values(diff, &v[0], &v[1], at);
		if (rc)
			return rc;
	}
}

/* The entries of one table that the other has not, and of the first all. */
static int half(struct diff *diff, unsigned side, const struct table *one,
		const struct table *other)
{
	struct stele_cursor cursor = STELE_CURSOR_BEGIN;
	struct stele_matches own, found, *matches[2];
	struct diff_value key = { .side = side, .type = JSON_OUT_ANY };
	int rc;

	diff->place =
		(struct diff_place){ "entry", one->info.name, &key, 1, false };
	while (!(rc = stele_map_next(one->map, &cursor, &key.value, &own))) {
		matches[side] = &own;
		matches[!side] = &found;
		rc = find_matches(other, &key.value, &found);
		if (rc && rc != -STELE_E_ABSENT)
			return diff_fail(diff, !side, rc);
		if (!rc && side)
			continue;
		if (rc)
			matches[!side] = NULL;
		rc = matches_of(diff, matches,
				one->info.multi || other->info.multi);
		if (rc)
			return rc;
	}
	return rc == -STELE_E_ABSENT ? 0 : diff_fail(diff, side, rc);
}

/* --------------------------------------------------------------- tables */

/* Their keys print by the types that their table has for them. */
static int entries(struct diff *diff, const struct table *const tables[2])
{
	struct key_types types[2];
	struct arena arena = { 0 };
	int rc = 0;

	for (unsigned side = 0; !rc && side < 2; side++) {
		struct diff_side *of = &diff->sides[side];

		rc = key_types_read(of->schema, tables[side]->map, &arena,
				    &types[side]);
		rc = rc ? diff_fail(diff, side, rc) : 0;
		of->types = &types[side];
	}
	for (unsigned side = 0; !rc && side < 2; side++)
		rc = half(diff, side, tables[side], tables[!side]);
	diff->sides[0].types = diff->sides[1].types = NULL;
	arena_free(&arena);
	return rc;
}

static int two_tables(struct diff *diff, const struct table *a,
		      const struct table *b)
{
	const struct table *const both[2] = { a, b };
	struct diff_subject subject = { .kind = "table",
					.names = { a->info.name } };
	int rc = declarations(diff, &subject, a, b);

	if (!rc)
		rc = facts(diff, &subject, &a->info, &b->info);
	return rc || !have_entries(a, b) ? rc : entries(diff, both);
}

static int lone_table(struct diff *diff, unsigned side,
		      const struct table *table)
{
	struct diff_subject subject = { .kind = "table",
					.names = { table->info.name } };
	const struct stele_str none = { NULL, 0 };
	struct stele_str text;
	int rc = put_declaration(diff, side, table, &text);

	if (rc)
		return rc;
	return side ? diff_fact(diff, DIFF_ADDED, &subject, none, text) :
		      diff_fact(diff, DIFF_REMOVED, &subject, text, none);
}

static int all_tables(struct diff *diff, const struct tables *tables)
{
	int rc = 0;

	for (uint32_t i = 0; !rc && i < tables[0].nr; i++) {
		const struct table *table = &tables[0].all[i];

		rc = table->twin ? two_tables(diff, table, table->twin) :
				   lone_table(diff, 0, table);
	}
	for (uint32_t i = 0; !rc && i < tables[1].nr; i++)
		if (!tables[1].all[i].twin)
			rc = lone_table(diff, 1, &tables[1].all[i]);
	return rc;
}

int diff_tables(struct diff *diff)
{
	struct tables tables[2] = { { NULL, NULL, 0 }, { NULL, NULL, 0 } };
	int rc = read_tables(diff, 0, &tables[0]);

	if (!rc)
		rc = read_tables(diff, 1, &tables[1]);
	if (!rc) {
		find_twins(&tables[0], &tables[1]);
		rc = all_tables(diff, tables);
	}
	free_tables(&tables[0]);
	free_tables(&tables[1]);
	return rc;
}

/* ---------------------------------------------------------------- roots */

/* All roots of one side, where the other has none. */
static int lone_roots(struct diff *diff, unsigned side,
		      const struct stele_value *roots)
{
	struct diff_path path = { NULL, DIFF_KEY, { NULL, 0 }, 0, NULL };
	struct diff_value key = { .side = side, .type = JSON_OUT_ANY };
	struct diff_value root = key;
	int rc = 0;

	path.key = &key;
	for (uint64_t i = 0; !rc && i < roots->len; i++) {
		rc = stele_value_pair(roots, i, &key.value, &root.value);
		if (rc)
			return diff_fail(diff, side, rc);
		rc = side ? diff_found(diff, DIFF_ADDED, &path, NULL, &root) :
			    diff_found(diff, DIFF_REMOVED, &path, &root, NULL);
	}
	return rc;
}

int diff_roots(struct diff *diff)
{
	struct diff_value roots[2] = { { .side = 0, .type = JSON_OUT_ANY },
				       { .side = 1, .type = JSON_OUT_ANY } };
	bool has[2];

	diff->place = (struct diff_place){ .kind = "root" };
	for (unsigned side = 0; side < 2; side++) {
		int rc = stele_segment_roots(diff->sides[side].segment,
					     &roots[side].value);

		if (rc)
			return diff_fail(diff, side, rc);
		has[side] = roots[side].value.type == STELE_TYPE_DICT;
	}
	if (has[0] && has[1])
		return diff_values(diff, &roots[0], &roots[1], NULL);
	if (has[0])
		return lone_roots(diff, 0, &roots[0].value);
	return has[1] ? lone_roots(diff, 1, &roots[1].value) : 0;
}
