// SPDX-License-Identifier: MIT
/*
 * From rows and spills to a whole image: roots, tables, references, the index
 * and the schema, the header, the digest tree and the trailer, and the name.
 * Sections follow each other in the order of enum stele_fmt_section_kind but for
 * the second heap, which holds the weak keys that no table has.
 */
#include "builder.h"
#include "digest.h"
#include "hash.h"

static void add_section(struct stele_fmt_header *header, uint32_t kind,
			uint32_t flags, uint64_t off, uint64_t end,
			uint64_t nr_items)
{
	struct stele_fmt_section *s = &header->section[header->nr_sections];

	if (off == end)
		return;
	s->kind = kind;
	s->flags = flags;
	s->off = off;
	s->len = end - off;
	s->nr_items = nr_items;
	header->nr_sections++;
}

/* --------------------------------------------------------------- roots */

static int seal_roots(struct stele_builder *b, struct stele_fmt_header *header,
		      struct stele_error *err)
{
	const struct stele_build_root *roots = (void *)b->roots.ptr;
	size_t n = b->roots.len / sizeof(*roots);
	struct stele_cell dict = stele_cell_of(STELE_TYPE_DICT), *pairs;
	struct stele_handle handle;
	int rc;

	if (!n)
		return 0;
	pairs = calloc(2 * n, sizeof(*pairs));
	if (!pairs)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		pairs[2 * i] = stele_cell_str(roots[i].name, roots[i].len);
		rc = stele_handle_give(b, roots[i].word, &handle);
		if (rc) {
			free(pairs);
			return rc;
		}
		pairs[2 * i + 1] = stele_cell_ref(handle);
	}
	dict.u.cells = pairs;
	dict.len = n;
	stele_stage_begin(b);
	rc = stele_lay_any(b, &dict, &header->roots, err);
	if (!rc)
		rc = stele_stage_commit(b, err);
	else
		stele_stage_rollback(b);
	free(pairs);
	return rc;
}

/* -------------------------------------------------------------- tables */

struct table_progress {
	struct stele_builder *b;
	uint32_t table;
};

static int table_progress(void *arg, uint64_t done, uint64_t all)
{
	const struct table_progress *p = arg;
	uint64_t n = p->b->nr_tables;

	/* per mille of all tables, each counted alike */
	return stele_builder_progress(p->b, STELE_PHASE_TABLES,
				      p->table * 1000ull +
					      (all ? done * 1000 / all : 1000),
				      n * 1000);
}

static int seal_tables(struct stele_builder *b, struct stele_fmt_header *header,
		       struct stele_error *err)
{
	uint64_t off = 0, end = 0;
	int rc = 0;

	for (uint32_t i = 0; !rc && i < b->nr_tables; i++) {
		struct stele_build_table *t = &b->tables[i];
		struct table_progress progress = { b, i };

		rc = stele_map_build_finish(t->build, b->options.threads,
					    table_progress, &progress,
					    &t->result, err);
		if (rc)
			break;
		stele_map_build_free(t->build);
		t->build = NULL;
		if (!off && t->result.fmt.data_off)
			off = t->result.fmt.data_off;
		end = stele_output_tail(b->out);
		b->stats.nr_duplicates += t->result.nr_duplicates;
		b->stats.nr_replaced_partitions += t->result.nr_replaced;
		b->stats.nr_rehashed_partitions += t->result.nr_rehashed;
	}
	if (rc || !off)
		return rc;
	b->stats.table_bytes = end - off;
	add_section(header, STELE_FMT_SECTION_TABLE_DATA, 0, off, end,
		    b->nr_tables);
	return 0;
}

/* Partitions and separators, whose places in the image are known only now. */
static int seal_index(struct stele_builder *b, struct stele_fmt_header *header)
{
	uint64_t off;
	int rc = stele_output_align(b->out, 64);

	off = stele_output_tail(b->out);
	for (uint32_t i = 0; !rc && i < b->nr_tables; i++) {
		struct stele_map_build_result *r = &b->tables[i].result;
		uint64_t at;

		if (!r->index.len)
			continue;
		rc = stele_output_align(b->out, 64);
		if (rc)
			break;
		at = stele_output_tail(b->out);
		r->fmt.partitions_off += at;
		if (r->fmt.separators_off) /* a filter has none */
			r->fmt.separators_off += at;
		rc = stele_output_append(b->out, r->index.ptr, r->index.len);
	}
	if (rc)
		return rc;
	add_section(header, STELE_FMT_SECTION_TABLE_INDEX,
		    STELE_FMT_SECTION_F_HOT, off, stele_output_tail(b->out),
		    b->nr_tables);
	return 0;
}

static int seal_descriptors(struct stele_builder *b,
			    struct stele_fmt_header *header)
{
	uint64_t off, name;
	int rc = stele_output_align(b->out, 64);

	off = stele_output_tail(b->out);
	name = off + b->nr_tables * sizeof(struct stele_fmt_table);
	for (uint32_t i = 0; !rc && i < b->nr_tables; i++) {
		struct stele_build_table *t = &b->tables[i];
		struct stele_fmt_table *fmt = &t->result.fmt;

		fmt->record = t->record;
		fmt->decl = t->decl;
		fmt->name_off = name;
		fmt->name_len = (uint32_t)t->name_len;
		name += t->name_len;
		rc = stele_output_append(b->out, fmt, sizeof(*fmt));
	}
	for (uint32_t i = 0; !rc && i < b->nr_tables; i++)
		rc = stele_output_append(b->out, b->tables[i].name,
					 b->tables[i].name_len);
	if (rc)
		return rc;
	add_section(header, STELE_FMT_SECTION_TABLES, STELE_FMT_SECTION_F_HOT,
		    off, stele_output_tail(b->out), b->nr_tables);
	return 0;
}

static int seal_schema(struct stele_builder *b, struct stele_fmt_header *header)
{
	uint64_t off;
	int rc = stele_output_align(b->out, 64);

	if (rc || !b->schema->head->nr_records)
		return rc;
	off = stele_output_tail(b->out);
	rc = stele_output_append(b->out, b->schema->image,
				 b->schema->image_bytes);
	if (rc)
		return rc;
	add_section(header, STELE_FMT_SECTION_SCHEMA, STELE_FMT_SECTION_F_HOT,
		    off, stele_output_tail(b->out),
		    b->schema->head->nr_records);
	return 0;
}

/* ------------------------------------------------------ header, trailer */

static int seal_header(struct stele_builder *b, struct stele_fmt_header *header)
{
	const struct stele_fmt_section *last;

	memcpy(header->magic, STELE_FMT_MAGIC, sizeof(header->magic));
	header->major = STELE_FMT_MAJOR;
	header->minor = STELE_FMT_MINOR;
	header->header_bytes = STELE_FMT_BLOCK;
	header->hash_seed = b->options.hash_seed;
	header->nr_rows = b->stats.nr_rows;
	header->share_log2 = (uint8_t)b->options.share_log2;
	header->len_bytes = STELE_FMT_BLOCK;
	if (header->nr_sections) {
		last = &header->section[header->nr_sections - 1];
		header->len_bytes = last->off + last->len;
	}
	header->checksum = stele_hash_bytes(header, sizeof(*header), 0);
	return stele_output_patch(b->out, 0, header, sizeof(*header));
}

static int seal_digest(struct stele_builder *b,
		       const struct stele_fmt_header *header)
{
	struct stele_fmt_trailer trailer = { .len_bytes = header->len_bytes };
	struct stele_digest_file file = { .fd = stele_output_fd(b->out) };
	struct stele_digest_sink sink = { stele_digest_file_write, &file };
	struct stele_digest digest;
	int rc;

	rc = stele_builder_progress(b, STELE_PHASE_DIGEST, 0,
				    header->len_bytes);
	if (!rc)
		rc = stele_output_align(b->out, STELE_FMT_BLOCK);
	memcpy(trailer.magic, STELE_FMT_TRAILER_MAGIC, sizeof(trailer.magic));
	trailer.tree_off = stele_output_tail(b->out);
	trailer.tree_bytes = stele_digest_tree_bytes(header->len_bytes);
	file.offset = trailer.tree_off;
	if (!rc)
		rc = stele_output_zeros(b->out, trailer.tree_bytes);
	if (!rc)
		rc = stele_output_flush(b->out);
	if (!rc)
		rc = stele_digest_build_fd(file.fd, 0, header->len_bytes,
					   b->options.threads, &sink, &digest);
	if (rc)
		return rc;
	memcpy(trailer.identity, digest.identity, sizeof(trailer.identity));
	return stele_output_append(b->out, &trailer, sizeof(trailer));
}

/* ---------------------------------------------------------------- all */

static void seal_heap(struct stele_builder *b, struct stele_fmt_header *header,
		      uint64_t off)
{
	uint64_t end = stele_output_tail(b->out), nr = b->nr_objects;

	b->stats.heap_bytes += end - off;
	b->nr_objects = 0;
	add_section(header, STELE_FMT_SECTION_HEAP, 0, off, end, nr);
}

static int seal(struct stele_builder *b, struct stele_fmt_header *header,
		struct stele_error *err)
{
	uint64_t late;
	int rc;

	rc = seal_roots(b, header, err);
	if (rc)
		return rc;
	seal_heap(b, header, STELE_FMT_BLOCK);
	rc = seal_tables(b, header, err);
	if (!rc)
		rc = stele_output_align(b->out, 64);
	if (rc)
		return rc;
	late = stele_output_tail(b->out);
	rc = stele_ref_resolve(b, err);
	if (rc)
		return rc;
	seal_heap(b, header, late);
	rc = seal_index(b, header);
	if (!rc)
		rc = seal_descriptors(b, header);
	if (!rc)
		rc = seal_schema(b, header);
	if (!rc)
		rc = seal_header(b, header);
	if (!rc)
		rc = seal_digest(b, header);
	return rc;
}

int stele_builder_seal(struct stele_builder *b, int *fd,
		       struct stele_error *err)
{
	struct stele_fmt_header *header = calloc(1, sizeof(*header));
	int rc;

	if (!header)
		return stele_builder_fail(b, -ENOMEM, err);
	rc = seal(b, header, err);
	free(header);
	if (!rc)
		rc = stele_builder_progress(b, STELE_PHASE_SYNC, 0, 1);
	if (rc)
		return stele_unit_is_fatal(rc) ?
			       stele_builder_fail(b, rc, err) :
			       rc;
	rc = stele_output_publish(b->out, fd, err);
	if (!rc)
		stele_builder_progress(b, STELE_PHASE_SYNC, 1, 1);
	return rc;
}
