// SPDX-License-Identifier: MIT
/*
 * Fingerprints of records.
 *
 * The rule.  A record refers to another where the type of a field, or one within
 * that, is that record nested, or a reference by key into a table over it.
 * Records that refer to each other, directly or in a circle,
 * are a group (a strongly connected component of that graph); any other record
 * is a group of its own.  In a group records are numbered from 0 in the order
 * of their names, by length, then by bytes.
 *
 * The text of a group is, in that order, for each record
 *
 *	record "NAME"\n
 *
 * and for each of its fields, in the order of declaration,
 *
 *	\t"NAME": TYPE[?][ optional]\n
 *
 * with names always quoted, those of user types too, in JSON's spelling of
 * stele-schema(5), and TYPE as there; but a record of the same group is written as % and its number in it,
 * any other as # and the 32 lower-case hexadecimal digits of its fingerprint,
 * and a reference as "ref " or "weak ", the record in that way, and for each
 * step of the table's key a dot and the field's number from 0.  Documentation,
 * defaults, former names and the names of tables do not count.
 *
 * The fingerprint of a record is the first 16 bytes of the SHA-256 of
 * "stele layout 1\n", the text of its group, and its number in the group in
 * decimal digits with a \n.
 *
 * Groups are found by Tarjan's algorithm ("Depth-first search and linear graph
 * algorithms", SIAM J. Comput. 1(2), 1972) with a stack of its own, for a
 * hostile schema may be a chain of any length.  It gives a group after all
 * groups that it refers to.
 */
#include <errno.h>
#include <openssl/evp.h>
#include <stdlib.h>

#include "digest_hasher.h"
#include "schema_layout.h"
#include "schema_print.h"

#define PREFIX "stele layout 1\n"

struct node {
	uint32_t order; /* of discovery, from 1; 0: not met */
	uint32_t low; /* least order reached from here */
	uint32_t next; /* of its targets, to look at */
	uint32_t parent;
	uint32_t member; /* number in its group once known, else NONE */
	bool open; /* met, and its group is not known */
};

/* The digest as a sink of text. */
struct hash {
	struct stele_text text;
	EVP_MD_CTX *context;
	EVP_MD_CTX *fork;
	int rc;
};

struct walk {
	const struct stele_schema *schema;
	struct stele_fmt_record *records; /* fingerprints go here */
	struct node *nodes;
	uint32_t *first_target; /* in targets, of each record, and the end */
	struct stele_buffer targets; /* records that records refer to */
	uint32_t *open; /* stack of open records */
	uint32_t nr_open;
	uint32_t nr_met;
	struct stele_named *group;
	struct hash hash;
};

static void put_hash(struct stele_text *text, const char *p, size_t len)
{
	struct hash *hash = (struct hash *)text;

	if (!hash->rc && EVP_DigestUpdate(hash->context, p, len) != 1)
		hash->rc = -ENOMEM;
}

/* ---------------------------------------------------------------- text */

struct group_printer {
	struct stele_type_printer printer;
	const struct walk *walk;
};

static void put_record(struct group_printer *printer, uint32_t record)
{
	const struct walk *w = printer->walk;
	struct stele_text *out = printer->printer.out;
	const uint8_t *p = w->records[record].fingerprint;
	static const char hex[] = "0123456789abcdef";
	int i;

	if (w->nodes[record].open) {
		stele_text_put(out, "%");
		stele_text_number(out, w->nodes[record].member);
		return;
	}
	stele_text_put(out, "#");
	for (i = 0; i < 16; i++, p++) {
		char pair[2] = { hex[*p >> 4], hex[*p & 15] };

		out->put(out, pair, sizeof(pair));
	}
}

static void put_target(struct stele_type_printer *base,
		       const struct stele_fmt_type *type)
{
	struct group_printer *printer = (struct group_printer *)base;
	const struct stele_schema *s = base->schema;
	const uint32_t *path;
	uint32_t i;

	if (type->kind == STELE_TYPE_USER) {
		struct stele_str name = stele_schema_user(s, type);

		stele_text_quoted(base->out, name.ptr, name.len);
		return;
	}
	put_record(printer, type->arg);
	if (type->kind != STELE_TYPE_REF)
		return;
	path = s->steps + s->tables[type->arg2].first_step;
	for (i = 1; i <= *path; i++) {
		stele_text_put(base->out, ".");
		stele_text_number(base->out, path[i]);
	}
}

static void put_group_member(struct walk *w, uint32_t record)
{
	const struct stele_schema *s = w->schema;
	struct group_printer printer = { { &w->hash.text, s, put_target }, w };
	struct stele_text *out = &w->hash.text;
	struct stele_str name = stele_schema_str(s, s->records[record].name);
	uint32_t i;

	stele_text_put(out, "record ");
	stele_text_quoted(out, name.ptr, name.len);
	stele_text_put(out, "\n");
	for (i = 0; i < s->records[record].nr_fields; i++) {
		const struct stele_fmt_field *field =
			&s->fields[s->records[record].first_field + i];

		name = stele_schema_str(s, field->name);
		stele_text_put(out, "\t");
		stele_text_quoted(out, name.ptr, name.len);
		stele_text_put(out, ": ");
		stele_type_print(&printer.printer, field->type);
		if (field->flags & STELE_FMT_FIELD_F_NULLABLE)
			stele_text_put(out, "?");
		if (field->flags & STELE_FMT_FIELD_F_OPTIONAL)
			stele_text_put(out, " optional");
		stele_text_put(out, "\n");
	}
}

/* ------------------------------------------------------------- digests */

/*
 * What was hashed so far, and the number: the hash of the text is kept as is.
 */
static int finish_member(struct hash *hash, uint32_t number,
			 uint8_t fingerprint[16])
{
	uint8_t digest[EVP_MAX_MD_SIZE];
	EVP_MD_CTX *all = hash->context;

	if (hash->rc || EVP_MD_CTX_copy_ex(hash->fork, all) != 1)
		return -ENOMEM;
	hash->context = hash->fork;
	stele_text_number(&hash->text, number);
	stele_text_put(&hash->text, "\n");
	hash->context = all;
	if (hash->rc || EVP_DigestFinal_ex(hash->fork, digest, NULL) != 1)
		return -ENOMEM;
	memcpy(fingerprint, digest, 16);
	return 0;
}

/* The group is the open records from `first` on. */
static int finish_group(struct walk *w, uint32_t first)
{
	uint32_t nr = w->nr_open - first, i;
	int rc = 0;

	for (i = 0; i < nr; i++) {
		uint32_t record = w->open[first + i];

		w->group[i].name = stele_schema_str(
			w->schema, w->schema->records[record].name);
		w->group[i].number = record;
	}
	stele_names_sort(w->group, nr);
	if (EVP_DigestInit_ex(w->hash.context, EVP_sha256(), NULL) != 1)
		return -ENOMEM;
	stele_text_put(&w->hash.text, PREFIX);
	for (i = 0; i < nr; i++)
		w->nodes[w->group[i].number].member = i;
	for (i = 0; i < nr; i++)
		put_group_member(w, w->group[i].number);
	for (i = 0; i < nr && !rc; i++) {
		uint32_t record = w->group[i].number;

		rc = finish_member(&w->hash, i, w->records[record].fingerprint);
		w->nodes[record].open = false;
	}
	w->nr_open = first;
	return rc;
}

/* ------------------------------------------------------------- targets */

/*
 * Note what a type leads to for record number `mark` - 1; `seen` has the last
 * mark of each type, so that none is looked at twice.
 */
static int note_targets(struct walk *w, uint32_t *seen, uint32_t mark,
			uint32_t index)
{
	const struct stele_fmt_type *type = &w->schema->types[index];
	uint32_t i;
	int rc = 0;

	if (seen[index] == mark)
		return 0;
	seen[index] = mark;
	if (type->kind == STELE_TYPE_RECORD || type->kind == STELE_TYPE_REF)
		return stele_buffer_append(&w->targets, &type->arg,
					   sizeof(type->arg));
	for (i = 0; i < stele_type_nr_parts(type) && !rc; i++)
		rc = note_targets(w, seen, mark,
				  stele_type_part(w->schema, type, i));
	return rc;
}

static int find_targets(struct walk *w)
{
	const struct stele_schema *s = w->schema;
	uint32_t *seen = calloc((size_t)s->head->nr_types + 1, sizeof(*seen));
	uint32_t field = 0, i;
	int rc = seen ? 0 : -ENOMEM;

	for (i = 0; i < s->head->nr_records && !rc; i++) {
		uint32_t end = field + s->records[i].nr_fields;

		w->first_target[i] = (uint32_t)(w->targets.len / sizeof(*seen));
		for (; field < end && !rc; field++)
			rc = note_targets(w, seen, i + 1,
					  s->fields[field].type);
	}
	w->first_target[i] = (uint32_t)(w->targets.len / sizeof(*seen));
	free(seen);
	return rc;
}

/* -------------------------------------------------------------- groups */

static void meet(struct walk *w, uint32_t record, uint32_t parent)
{
	struct node *node = &w->nodes[record];

	node->order = node->low = ++w->nr_met;
	node->parent = parent;
	node->open = true;
	w->open[w->nr_open++] = record;
}

/* The next record that this one refers to, NONE after the last. */
static uint32_t next_target(const struct walk *w, uint32_t record)
{
	uint32_t at = w->first_target[record] + w->nodes[record].next;

	if (at == w->first_target[record + 1])
		return STELE_FMT_NONE;
	w->nodes[record].next++;
	return ((const uint32_t *)(const void *)w->targets.ptr)[at];
}

/* A record all of whose targets were looked at: the root of a group, or not. */
static int leave(struct walk *w, uint32_t record)
{
	struct node *node = &w->nodes[record];
	uint32_t first;

	if (node->parent != STELE_FMT_NONE &&
	    w->nodes[node->parent].low > node->low)
		w->nodes[node->parent].low = node->low;
	if (node->low != node->order)
		return 0;
	first = w->nr_open - 1;
	while (w->open[first] != record)
		first--;
	return finish_group(w, first);
}

static int walk_from(struct walk *w, uint32_t record)
{
	meet(w, record, STELE_FMT_NONE);
	while (record != STELE_FMT_NONE) {
		struct node *node = &w->nodes[record];
		uint32_t target = next_target(w, record);
		int rc;

		if (target == STELE_FMT_NONE) {
			rc = leave(w, record);
			if (rc)
				return rc;
			record = node->parent;
		} else if (!w->nodes[target].order) {
			meet(w, target, record);
			record = target;
		} else if (w->nodes[target].open &&
			   w->nodes[target].order < node->low) {
			node->low = w->nodes[target].order;
		}
	}
	return 0;
}

int stele_schema_fingerprint(const struct stele_schema *schema,
			     struct stele_fmt_record *records)
{
	size_t nr = schema->head->nr_records;
	struct walk w = { .schema = schema, .records = records };
	uint32_t i;
	int rc = -ENOMEM;

	if (!nr)
		return 0;
	w.nodes = calloc(nr, sizeof(*w.nodes));
	w.first_target = calloc(nr + 1, sizeof(*w.first_target));
	w.open = calloc(nr, sizeof(*w.open));
	w.group = calloc(nr, sizeof(*w.group));
	w.hash.text.put = put_hash;
	stele_crypto_begin();
	w.hash.context = EVP_MD_CTX_new();
	w.hash.fork = EVP_MD_CTX_new();
	if (!w.nodes || !w.first_target || !w.open || !w.group ||
	    !w.hash.context || !w.hash.fork)
		goto out;
	rc = find_targets(&w);
	for (i = 0; i < nr && !rc; i++)
		if (!w.nodes[i].order)
			rc = walk_from(&w, i);
out:
	EVP_MD_CTX_free(w.hash.fork);
	EVP_MD_CTX_free(w.hash.context);
	free(w.group);
	free(w.open);
	stele_buffer_free(&w.targets);
	free(w.first_target);
	free(w.nodes);
	return stele_crypto_end(rc);
}
