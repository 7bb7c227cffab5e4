// SPDX-License-Identifier: MIT
/*
 * The builder's calls: each checks its arguments and the builder's state, lays
 * down one unit, and commits it or drops it.  Errors of the caller's data leave
 * the builder as it was; errors of the system end the build.
 */
#include <unistr.h>

#include "builder.h"
#include "schema_default.h"
#include "word.h"

#define DEFAULT_MEMORY (1ull << 30)
#define DEFAULT_SHARE_LOG2 16u
#define MAX_SHARE_LOG2 24u

int stele_builder_progress(const struct stele_builder *b,
			   enum stele_phase phase, uint64_t done, uint64_t all)
{
	if (b->options.progress &&
	    b->options.progress(b->options.arg, phase, done, all))
		return -ECANCELED;
	return 0;
}

/* ------------------------------------------------------------- options */

int stele_options_copy(void *to, size_t room, const void *from,
			struct stele_error *err)
{
	size_t size, n;

	memcpy(&size, from, sizeof(size));
	if (size < sizeof(size))
		return stele_fail(err, -EINVAL,
				  "an options struct without its size");
	for (n = room; n < size; n++)
		if (((const uint8_t *)from)[n])
			return stele_fail(err, -EINVAL,
					  "an option of a newer library");
	memcpy(to, from, size < room ? size : room);
	return 0;
}

static int set_options(struct stele_builder *b,
		       const struct stele_build_options *given,
		       struct stele_error *err)
{
	struct stele_build_options *o = &b->options;
	int rc;

	if (given) {
		rc = stele_options_copy(o, sizeof(*o), given, err);
		if (rc)
			return rc;
	}
	if (o->flags & ~STELE_BUILD_F_ALL)
		return stele_fail(err, -EINVAL, "unknown build flags 0x%x",
				  o->flags & ~STELE_BUILD_F_ALL);
	if (o->mode & ~0444u)
		return stele_fail(err, -EINVAL,
				  "mode %04o: a segment can only be read",
				  o->mode);
	if (o->duplicates > STELE_DUPLICATES_LAST)
		return stele_fail(err, -EINVAL, "unknown duplicate policy %d",
				  (int)o->duplicates);
	if (o->share_log2 == STELE_SHARE_NONE)
		o->share_log2 = 0;
	else if (!o->share_log2)
		o->share_log2 = DEFAULT_SHARE_LOG2;
	if (o->share_log2 > MAX_SHARE_LOG2)
		return stele_fail(err, -EINVAL,
				  "share_log2 %u is above its limit of %u",
				  o->share_log2, MAX_SHARE_LOG2);
	if (!o->memory_bytes)
		o->memory_bytes = DEFAULT_MEMORY;
	if (!o->hash_seed)
		o->hash_seed = STELE_FMT_DEFAULT_SEED;
	b->budget.left = o->memory_bytes;
	return 0;
}

/* -------------------------------------------------------------- create */

static int create(const struct stele_schema *schema,
		  const struct stele_build_options *options,
		  struct stele_builder **builder, struct stele_error *err)
{
	struct stele_builder *b = calloc(1, sizeof(*b));
	int rc;

	if (!b)
		return stele_fail(err, -ENOMEM, "no memory for a builder");
	*builder = b;
	rc = set_options(b, options, err);
	if (rc)
		return rc;
	rc = schema ? stele_schema_clone(schema, &b->schema) :
		      stele_schema_empty(&b->schema);
	if (!rc)
		rc = stele_share_init(&b->share, b->options.share_log2);
	if (!rc)
		rc = stele_schema_defaults(b->schema, &b->defaults,
					   &b->default_bytes);
	if (rc)
		stele_fail(err, rc, "no memory for a builder");
	return rc;
}

/* The rest, once there is an output: the header's place and the tables. */
static int start(struct stele_builder *b, struct stele_error *err)
{
	int rc = stele_output_zeros(b->out, STELE_FMT_BLOCK);

	if (rc)
		return stele_fail(err, rc, "%s", stele_strerror(rc));
	rc = stele_tables_declare(b, err);
	if (rc == -ENOMEM)
		stele_fail(err, rc, "no memory for the tables");
	return rc;
}

int stele_builder_create(const char *path, const struct stele_schema *schema,
			 const struct stele_build_options *options,
			 struct stele_builder **builder,
			 struct stele_error *err)
{
	struct stele_builder *b = NULL;
	int rc = create(schema, options, &b, err);

	if (!rc)
		rc = stele_output_create_file(path, b->options.flags,
					      b->options.mode, &b->out, err);
	if (!rc)
		rc = start(b, err);
	if (rc) {
		stele_builder_free(b);
		return rc;
	}
	*builder = b;
	return 0;
}

int stele_builder_create_memfd(const char *name,
			       const struct stele_schema *schema,
			       const struct stele_build_options *options,
			       struct stele_builder **builder,
			       struct stele_error *err)
{
	struct stele_builder *b = NULL;
	int rc = create(schema, options, &b, err);

	if (!rc && b->options.flags & STELE_BUILD_F_VERITY)
		rc = stele_fail(err, -EINVAL, "a memfd has no fs-verity");
	if (!rc)
		rc = stele_output_create_memfd(name, &b->out, err);
	if (!rc)
		rc = start(b, err);
	if (rc) {
		stele_builder_free(b);
		return rc;
	}
	*builder = b;
	return 0;
}

void stele_builder_free(struct stele_builder *b)
{
	struct stele_build_root *roots;

	if (!b)
		return;
	for (uint32_t i = 0; i < b->nr_tables; i++) {
		stele_map_build_free(b->tables[i].build);
		stele_buffer_free(&b->tables[i].result.index);
		free(b->tables[i].name);
	}
	free(b->tables);
	roots = (struct stele_build_root *)(void *)b->roots.ptr;
	for (size_t i = 0; i < b->roots.len / sizeof(*roots); i++)
		free(roots[i].name);
	stele_buffer_free(&b->roots);
	stele_spill_free(b->refs);
	stele_output_free(b->out);
	stele_schema_free(b->schema);
	stele_share_free(&b->share);
	stele_buffer_free(&b->stage.bytes);
	stele_buffer_free(&b->scratch);
	stele_buffer_free(&b->keys);
	stele_buffer_free(&b->readback);
	stele_buffer_free(&b->pending);
	stele_buffer_free(&b->pending_keys);
	stele_buffer_free(&b->reserved);
	stele_buffer_free(&b->default_bytes);
	free(b->defaults);
	free(b);
}

/* --------------------------------------------------------------- units */

int stele_unit_begin(struct stele_builder *b, struct stele_error *err)
{
	if (b->state != STELE_BUILD_OPEN)
		return stele_fail(err, -STELE_E_STATE,
				  b->state == STELE_BUILD_FAILED ?
					  "the build has failed before" :
					  "the build is finished");
	stele_stage_begin(b);
	return 0;
}

/* Ours are the caller's mistakes, but for these; the system's are the end. */
bool stele_unit_is_fatal(int rc)
{
	return rc > -STELE_E_FORMAT && rc != -EINVAL;
}

/* A unit that failed is dropped. */
int stele_unit_drop(struct stele_builder *b, int rc, struct stele_error *err)
{
	stele_stage_rollback(b);
	if (stele_unit_is_fatal(rc)) {
		b->state = STELE_BUILD_FAILED;
		return stele_fail(err, rc, "building: %s", stele_strerror(rc));
	}
	return rc;
}

/* What cannot be undone any more has failed. */
int stele_unit_fail(struct stele_builder *b, int rc, struct stele_error *err)
{
	b->state = STELE_BUILD_FAILED;
	if (rc > -STELE_E_FORMAT)
		return stele_fail(err, rc, "building: %s", stele_strerror(rc));
	return rc;
}

int stele_unit_commit(struct stele_builder *b, struct stele_error *err)
{
	int rc = stele_stage_commit(b);

	if (!rc)
		rc = stele_ref_commit(b);
	return rc ? stele_unit_fail(b, rc, err) : 0;
}

/*
 * The keys of a row are found for all tables before anything is kept, and found
 * again to be added: only their bytes differ from table to table.
 */
static int check_keys(struct stele_builder *b, uint32_t record,
		      const struct stele_cell *cells, uint64_t len,
		      struct stele_error *err)
{
	for (uint32_t i = 0; i < b->schema->head->nr_tables; i++) {
		struct stele_str key;
		bool found;
		int rc;

		if (b->schema->tables[i].record != record)
			continue;
		rc = stele_key_of_row(b, &b->tables[i], cells, len, &found,
				      &key, err);
		if (rc)
			return rc;
	}
	return 0;
}

static int add_keys(struct stele_builder *b, uint32_t record, uint64_t pos,
		    const struct stele_cell *cells, uint64_t len,
		    struct stele_error *err)
{
	for (uint32_t i = 0; i < b->schema->head->nr_tables; i++) {
		struct stele_build_table *table = &b->tables[i];
		struct stele_str key;
		bool found;
		int rc;

		if (b->schema->tables[i].record != record)
			continue;
		rc = stele_key_of_row(b, table, cells, len, &found, &key, err);
		if (!rc && found)
			rc = stele_map_build_add(table->build, key.ptr, key.len,
						 &pos, sizeof(pos), err);
		else if (!rc)
			b->stats.nr_skipped_keys++;
		if (rc)
			return rc;
	}
	return 0;
}

int stele_builder_add(struct stele_builder *b, uint32_t record,
		      const struct stele_cell *cells, size_t len,
		      struct stele_handle *handle, struct stele_error *err)
{
	unsigned flags = STELE_FMT_OBJ_F_ROW |
			 (handle ? STELE_FMT_OBJ_F_IDENTITY : 0);
	uint64_t pos;
	int rc = stele_unit_begin(b, err);

	if (rc)
		return rc;
	if (record >= b->schema->head->nr_records)
		return stele_fail(err, -EINVAL, "record %u is not in the schema",
				  record);
	rc = stele_lay_row(b, record, flags, cells, len, &pos, err);
	if (!rc)
		rc = check_keys(b, record, cells, len, err);
	if (rc)
		return stele_unit_drop(b, rc, err);
	rc = stele_unit_commit(b, err);
	if (rc)
		return rc;
	rc = add_keys(b, record, pos, cells, len, err);
	if (rc)
		return stele_unit_fail(b, rc, err);
	b->stats.nr_rows++;
	if (handle)
		handle->word = pos;
	return 0;
}

int stele_builder_put(struct stele_builder *b, const struct stele_cell *cell,
		      struct stele_handle *handle, struct stele_error *err)
{
	uint64_t word;
	int rc = stele_unit_begin(b, err);

	if (rc)
		return rc;
	rc = stele_lay_identity(b, cell, &word, err);
	if (rc)
		return stele_unit_drop(b, rc, err);
	rc = stele_unit_commit(b, err);
	if (!rc)
		handle->word = word;
	return rc;
}

/* ------------------------------------------------------------- reserve */

uint64_t *stele_builder_unfilled(const struct stele_builder *b, uint64_t pos)
{
	uint64_t *p = (uint64_t *)(void *)b->reserved.ptr;
	size_t low = 0, high = b->reserved.len / sizeof(*p);

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if ((p[mid] & ~1ull) < pos)
			low = mid + 1;
		else
			high = mid;
	}
	if (low == b->reserved.len / sizeof(*p) || p[low] != pos)
		return NULL;
	return &p[low];
}

static int reserve(struct stele_builder *b, uint64_t head, uint64_t bytes,
		   struct stele_handle *handle, struct stele_error *err)
{
	uint64_t pos;
	size_t at;
	int rc;

	rc = stele_scratch_push(b, bytes, &at);
	if (!rc)
		rc = stele_stage_object(b, head, NULL, b->scratch.ptr + at,
					bytes, 8, &pos);
	if (!rc)
		rc = stele_buffer_append(&b->reserved, &pos, sizeof(pos));
	if (rc)
		return stele_unit_drop(b, rc, err);
	rc = stele_unit_commit(b, err);
	if (rc)
		return rc;
	b->nr_unfilled++;
	handle->word = pos;
	return 0;
}

static int reserve_record(struct stele_builder *b, uint32_t record,
			  unsigned flags, struct stele_handle *handle,
			  struct stele_error *err)
{
	int rc = stele_unit_begin(b, err);

	if (rc)
		return rc;
	if (record >= b->schema->head->nr_records)
		return stele_fail(err, -EINVAL, "record %u is not in the schema",
				  record);
	return reserve(b, STELE_FMT_HEAD(STELE_FMT_KIND_RECORD, flags, record),
		       b->schema->records[record].body_bytes - 8, handle, err);
}

int stele_builder_reserve_row(struct stele_builder *b, uint32_t record,
			      struct stele_handle *handle,
			      struct stele_error *err)
{
	int rc = reserve_record(b, record,
				STELE_FMT_OBJ_F_ROW | STELE_FMT_OBJ_F_IDENTITY,
				handle, err);

	if (!rc)
		b->stats.nr_rows++;
	return rc;
}

int stele_builder_reserve_record(struct stele_builder *b, uint32_t record,
				 struct stele_handle *handle,
				 struct stele_error *err)
{
	return reserve_record(b, record, STELE_FMT_OBJ_F_IDENTITY, handle, err);
}

int stele_builder_reserve_list(struct stele_builder *b, uint64_t len,
			       struct stele_handle *handle,
			       struct stele_error *err)
{
	int rc = stele_unit_begin(b, err);

	if (rc)
		return rc;
	if (len > STELE_FMT_MAX_COUNT / 8)
		return stele_fail(err, -STELE_E_LIMIT,
				  "more than 2^45 items in one list");
	return reserve(b,
		       STELE_FMT_HEAD(STELE_FMT_KIND_LIST,
				      STELE_FMT_OBJ_F_IDENTITY, len),
		       len * 8, handle, err);
}

/* Lay down what a reserved object owns; its own bytes wait in scratch. */
static int fill_unit(struct stele_builder *b, uint64_t pos, uint64_t head,
		     const struct stele_cell *cells, size_t len, size_t *at,
		     uint64_t *bytes, struct stele_error *err)
{
	uint32_t record = (uint32_t)STELE_FMT_HEAD_COUNT(head);
	int rc;

	if (STELE_FMT_HEAD_KIND(head) == STELE_FMT_KIND_LIST) {
		if (len != STELE_FMT_HEAD_COUNT(head))
			return stele_fail(
				err, -STELE_E_TYPE,
				"%zu items for a list reserved for %llu", len,
				(unsigned long long)STELE_FMT_HEAD_COUNT(head));
		rc = stele_scratch_push(b, 8, at);
		if (rc)
			return rc;
		memcpy(b->scratch.ptr, &head, sizeof(head));
		*bytes = 8 + 8 * (uint64_t)len;
		rc = stele_lay_words(b, STELE_FMT_NONE, true, cells, len, at,
				     err);
		*at = 0;
	} else {
		*bytes = b->schema->records[record].body_bytes;
		rc = stele_scratch_push(b, *bytes, at);
		if (!rc)
			rc = stele_lay_body(b, record,
					    STELE_FMT_HEAD_FLAGS(head), cells,
					    len, *at, err);
	}
	if (!rc)
		stele_ref_place(b, 0, *at, pos);
	return rc;
}

int stele_builder_fill(struct stele_builder *b, struct stele_handle handle,
		       const struct stele_cell *cells, size_t len,
		       struct stele_error *err)
{
	uint64_t *note, head, bytes = 0, pos = handle.word;
	bool row;
	size_t at;
	int rc = stele_unit_begin(b, err);

	if (rc)
		return rc;
	note = stele_builder_unfilled(b, pos);
	if (!note)
		return stele_fail(err, -STELE_E_STATE,
				  "a handle that was not reserved, or filled before");
	rc = stele_output_read(b->out, pos, &head, sizeof(head));
	if (rc)
		return stele_unit_fail(b, rc, err);
	row = STELE_FMT_HEAD_FLAGS(head) & STELE_FMT_OBJ_F_ROW;
	rc = fill_unit(b, pos, head, cells, len, &at, &bytes, err);
	if (!rc && row)
		rc = check_keys(b, (uint32_t)STELE_FMT_HEAD_COUNT(head), cells,
				len, err);
	if (rc)
		return stele_unit_drop(b, rc, err);
	rc = stele_unit_commit(b, err);
	if (rc)
		return rc;
	rc = stele_output_patch(b->out, pos, b->scratch.ptr + at, bytes);
	if (!rc && row)
		rc = add_keys(b, (uint32_t)STELE_FMT_HEAD_COUNT(head), pos,
			      cells, len, err);
	if (rc)
		return stele_unit_fail(b, rc, err);
	*note |= 1;
	b->nr_unfilled--;
	return 0;
}

/* --------------------------------------------------------------- roots */

int stele_builder_root(struct stele_builder *b, const char *name,
		       const struct stele_cell *cell, struct stele_error *err)
{
	struct stele_build_root root = { .len = strlen(name) }, *all;
	int rc = stele_unit_begin(b, err);

	if (rc)
		return rc;
	if (!root.len || root.len > STELE_MAX_NAME)
		return stele_fail(err, -STELE_E_SCHEMA,
				  "a root's name has 1 to %u bytes",
				  STELE_MAX_NAME);
	if (u8_check((const uint8_t *)name, root.len))
		return stele_fail(err, -STELE_E_UTF8,
				  "a root's name is not UTF-8");
	all = (struct stele_build_root *)(void *)b->roots.ptr;
	for (size_t i = 0; i < b->roots.len / sizeof(*all); i++)
		if (!strcmp(all[i].name, name))
			return stele_fail(err, -STELE_E_DUPLICATE,
					  "two roots of the name '%.200s'",
					  name);
	rc = stele_lay_any(b, cell, &root.word, err);
	if (rc)
		return stele_unit_drop(b, rc, err);
	root.name = strdup(name);
	rc = root.name ? stele_buffer_append(&b->roots, &root, sizeof(root)) :
			 -ENOMEM;
	if (rc) {
		free(root.name);
		return stele_unit_drop(b, rc, err);
	}
	return stele_unit_commit(b, err);
}

/* -------------------------------------------------------------- finish */

int stele_builder_finish(struct stele_builder *b, int *fd,
			 struct stele_error *err)
{
	int rc = stele_unit_begin(b, err);

	if (rc)
		return rc;
	if (b->nr_unfilled)
		return stele_fail(err, -STELE_E_STATE,
				  "%llu reserved objects were never filled",
				  (unsigned long long)b->nr_unfilled);
	rc = stele_builder_seal(b, fd, err);
	b->state = rc ? STELE_BUILD_FAILED : STELE_BUILD_FINISHED;
	return rc;
}

int stele_builder_stats(const struct stele_builder *b,
			struct stele_build_stats *stats)
{
	struct stele_build_stats all = b->stats;
	size_t size = stats->size;

	if (size < sizeof(size))
		return -EINVAL;
	all.nr_shared = b->share.nr_shared;
	all.spilled_bytes = b->budget.spilled;
	all.size = size;
	if (size > sizeof(all)) {
		memset((uint8_t *)stats + sizeof(all), 0, size - sizeof(all));
		size = sizeof(all);
	}
	memcpy(stats, &all, size);
	return 0;
}
