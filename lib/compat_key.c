// SPDX-License-Identifier: MIT
/*
 * Keys of the reader's that hold records.  A record as a key is the names and
 * values of its fields, so one that the reader makes finds what is stored only
 * where it has the stored fields by the stored names, and nothing in the place
 * of unset ones.  A record where that is not so spoils every type that it is in.
 *
 * Types and records are one graph, types first, and its edges are followed
 * backwards: time and memory are linear in the schema, however records lead to
 * each other.
 */
#include <stdlib.h>

#include "compat.h"

struct graph {
	const struct stele_compat *compat;
	uint32_t nr_types;
	uint32_t nr; /* of nodes */
	uint32_t *ends; /* of each node's parents, those of the next behind */
	uint32_t *parents;
	uint32_t *spoiled; /* whose parents are to be looked at */
	uint32_t nr_spoiled;
};

/* A field that is not stored is unset there, which a key leaves out. */
static int is_same_key(struct stele_compat *c, uint32_t record, bool *is_same)
{
	const struct stele_fmt_record *r = &c->reader->records[record];
	uint32_t nr_stored = 0, i;
	struct stele_judgement j;
	int rc = 0;

	*is_same = true;
	if (c->records[record] == STELE_FMT_NONE)
		return 0; /* there are none that could be found */
	for (i = 0; *is_same && i < r->nr_fields; i++) {
		const struct stele_fmt_field *own =
			stele_field_at(c->reader, record, i);
		const struct stele_fmt_field *stored;

		rc = stele_compat_field(c, record, i, &j);
		if (rc)
			return rc;
		if (!j.is_stored) {
			*is_same = j.nothing == STELE_NOTHING_UNSET;
			continue;
		}
		nr_stored++;
		stored = stele_field_at(
			c->stored, c->records[record],
			c->matches[own - c->reader->fields].field);
		*is_same = !stele_names_compare(
				   stele_schema_str(c->reader, own->name),
				   stele_schema_str(c->stored, stored->name)) &&
			   (!j.may_be_unset ||
			    j.nothing == STELE_NOTHING_UNSET ||
			    j.nothing == STELE_NOTHING_NONE);
	}
	if (nr_stored < c->stored->records[c->records[record]].nr_fields)
		*is_same = false;
	return 0;
}

/* ------------------------------------------------------------ the graph */

static void record_parts(struct graph *g, uint32_t node,
			 void (*edge)(struct graph *g, uint32_t parent,
				      uint32_t child))
{
	const struct stele_compat *c = g->compat;
	const struct stele_fmt_record *r =
		&c->reader->records[node - g->nr_types];

	for (uint32_t i = r->first_field; i < r->first_field + r->nr_fields;
	     i++)
		if (c->matches[i].field != STELE_FMT_NONE)
			edge(g, node, c->reader->fields[i].type);
}

/* What a key of a type is made of. */
static void each_part(struct graph *g, uint32_t node,
		      void (*edge)(struct graph *g, uint32_t parent,
				   uint32_t child))
{
	const struct stele_schema *schema = g->compat->reader;
	const struct stele_fmt_type *t;

	if (node >= g->nr_types) {
		record_parts(g, node, edge);
		return;
	}
	t = &schema->types[node];
	switch (t->kind) {
	case STELE_TYPE_SET:
		edge(g, node, t->arg);
		break;
	case STELE_TYPE_TUPLE:
		for (uint32_t i = 0; i < t->arg2; i++)
			edge(g, node,
			     schema->steps[t->arg + i] &
				     ~STELE_FMT_STEP_NULLABLE);
		break;
	case STELE_TYPE_RECORD:
	case STELE_TYPE_REF:
		edge(g, node, g->nr_types + t->arg);
		break;
	}
}

static void count_edge(struct graph *g, uint32_t parent, uint32_t child)
{
	(void)parent;
	g->ends[child + 1]++;
}

static void place_edge(struct graph *g, uint32_t parent, uint32_t child)
{
	g->parents[g->ends[child]++] = parent;
}

static int make_graph(struct graph *g)
{
	uint32_t i;

	g->ends = calloc((size_t)g->nr + 1, sizeof(*g->ends));
	g->spoiled = calloc((size_t)g->nr + 1, sizeof(*g->spoiled));
	if (!g->ends || !g->spoiled)
		return -ENOMEM;
	for (i = 0; i < g->nr; i++)
		each_part(g, i, count_edge);
	for (i = 0; i < g->nr; i++)
		g->ends[i + 1] += g->ends[i];
	g->parents = calloc((size_t)g->ends[g->nr] + 1, sizeof(*g->parents));
	if (!g->parents)
		return -ENOMEM;
	/* each begin moves on to its end */
	for (i = 0; i < g->nr; i++)
		each_part(g, i, place_edge);
	return 0;
}

/* ------------------------------------------------------------- spoiling */

static void spoil(struct graph *g, uint32_t node)
{
	if (g->compat->other_keys[node])
		return;
	g->compat->other_keys[node] = true;
	g->spoiled[g->nr_spoiled++] = node;
}

static int spoil_all(struct stele_compat *c, struct graph *g)
{
	int rc = make_graph(g);
	bool is_same;
	uint32_t i;

	for (i = g->nr_types; !rc && i < g->nr; i++) {
		rc = is_same_key(c, i - g->nr_types, &is_same);
		if (!rc && !is_same)
			spoil(g, i);
	}
	while (!rc && g->nr_spoiled) {
		uint32_t node = g->spoiled[--g->nr_spoiled];

		for (i = node ? g->ends[node - 1] : 0; i < g->ends[node]; i++)
			spoil(g, g->parents[i]);
	}
	return rc;
}

int stele_compat_key(struct stele_compat *compat, uint32_t type, bool *is_same)
{
	struct graph g = { .compat = compat };
	int rc = 0;

	*is_same = true;
	if (!stele_type_is_word(compat->reader->types[type].kind))
		return 0;
	if (!compat->other_keys) {
		g.nr_types = compat->reader->head->nr_types;
		g.nr = g.nr_types + compat->reader->head->nr_records;
		compat->other_keys =
			calloc((size_t)g.nr + 1, sizeof(*compat->other_keys));
		rc = compat->other_keys ? spoil_all(compat, &g) : -ENOMEM;
		free(g.parents);
		free(g.spoiled);
		free(g.ends);
	}
	*is_same = rc || !compat->other_keys[type];
	return rc;
}
