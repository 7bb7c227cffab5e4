// SPDX-License-Identifier: MIT
/*
 * The builder's calls: each checks its arguments and the builder's state, lays
 * down one unit, and commits it or drops it.  Errors of the caller's data leave
 * the builder as it was; errors of the system end the build.
 */
#include <unistr.h>

#include "builder.h"
#include "hash.h"
#include "options.h"
#include "schema_default.h"

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

static int set_options(struct stele_builder *b,
		       const struct stele_build_options *given,
		       struct stele_error *err)
{
	struct stele_build_options *o = &b->options;
	int rc = stele_options_read(o, sizeof(*o), given, err);

	if (rc)
		return rc;
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

int stele_builder_fail(const struct stele_builder *b, int rc,
		       struct stele_error *err)
{
	return stele_fail(err, rc, "%s: %s", b->name, stele_strerror(rc));
}

static int init(struct stele_builder *b, const char *name,
		const struct stele_schema *schema)
{
	static uint64_t nr_builders;
	int rc;

	/* tag bits stay as they are; no two builders alike */
	b->salt = stele_hash_u64(__atomic_add_fetch(&nr_builders, 1,
						    __ATOMIC_RELAXED),
				 (uintptr_t)b) &
		  ~7ull;
	b->name = strdup(name);
	if (!b->name)
		return -ENOMEM;
	rc = schema ? stele_schema_clone(schema, &b->schema) :
		      stele_schema_empty(&b->schema);
	if (!rc)
		rc = stele_share_init(&b->share, b->options.share_log2);
	if (!rc)
		rc = stele_schema_defaults(b->schema, &b->defaults,
					   &b->default_bytes);
	return rc;
}

static int create_output(struct stele_builder *b, bool memfd,
			 struct stele_error *err)
{
	if (!memfd)
		return stele_output_create_file(b->name, b->options.flags,
						b->options.mode, &b->out, err);
	if (b->options.flags & STELE_BUILD_F_VERITY)
		return stele_fail(err, -EINVAL, "%s: a memfd has no fs-verity",
				  b->name);
	return stele_output_create_memfd(b->name, &b->out, err);
}

/* The header's place and the schema's tables. */
static int start(struct stele_builder *b, struct stele_error *err)
{
	int rc = stele_output_zeros(b->out, STELE_FMT_BLOCK);

	return rc ? rc : stele_tables_declare(b, err);
}

static int create(const char *name, bool memfd,
		  const struct stele_schema *schema,
		  const struct stele_build_options *options,
		  struct stele_builder **builder, struct stele_error *err)
{
	struct stele_builder *b = calloc(1, sizeof(*b));
	int rc;

	if (!b)
		return stele_fail(err, -ENOMEM, "%s: %s", name,
				  stele_strerror(-ENOMEM));
	rc = set_options(b, options, err);
	if (rc)
		goto err_free;
	rc = init(b, name, schema);
	if (rc) {
		stele_fail(err, rc, "%s: %s", name, stele_strerror(rc));
		goto err_free;
	}
	rc = create_output(b, memfd, err);
	if (rc)
		goto err_free;
	rc = start(b, err);
	if (rc) {
		if (stele_unit_is_fatal(rc))
			stele_builder_fail(b, rc, err);
		goto err_free;
	}
	*builder = b;
	return 0;

err_free:
	stele_builder_free(b);
	return rc;
}

int stele_builder_create(const char *path, const struct stele_schema *schema,
			 const struct stele_build_options *options,
			 struct stele_builder **builder,
			 struct stele_error *err)
{
	return create(path, false, schema, options, builder, err);
}

int stele_builder_create_memfd(const char *name,
			       const struct stele_schema *schema,
			       const struct stele_build_options *options,
			       struct stele_builder **builder,
			       struct stele_error *err)
{
	return create(name, true, schema, options, builder, err);
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
	stele_buffer_free(&b->row_keys);
	free(b->pages.bytes);
	stele_buffer_free(&b->pending);
	stele_buffer_free(&b->pending_keys);
	stele_buffer_free(&b->reserved);
	stele_buffer_free(&b->immediates);
	stele_buffer_free(&b->default_bytes);
	free(b->defaults);
	free(b->name);
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

bool stele_unit_is_fatal(int rc)
{
	return rc > -STELE_E_FORMAT && rc != -EINVAL;
}

/* A unit that failed is dropped. */
int stele_unit_drop(struct stele_builder *b, int rc, struct stele_error *err)
{
	stele_stage_rollback(b);
	return stele_unit_is_fatal(rc) ? stele_unit_fail(b, rc, err) : rc;
}

/* What cannot be undone any more has failed. */
int stele_unit_fail(struct stele_builder *b, int rc, struct stele_error *err)
{
	b->state = STELE_BUILD_FAILED;
	return stele_unit_is_fatal(rc) ? stele_builder_fail(b, rc, err) : rc;
}

int stele_unit_commit(struct stele_builder *b, uint64_t row,
		      struct stele_error *err)
{
	int rc = stele_stage_commit(b, err);

	if (rc)
		return stele_unit_drop(b, rc, err);
	rc = stele_ref_commit(b, row);
	return rc ? stele_unit_fail(b, rc, err) : 0;
}

int stele_unit_check_record(const struct stele_builder *b, uint32_t record,
			    struct stele_error *err)
{
	if (record < b->schema->head->nr_records)
		return 0;
	return stele_fail(err, -EINVAL, "record %u is not in the schema",
			  record);
}

int stele_builder_add(struct stele_builder *b, uint32_t record,
		      const struct stele_cell *cells, size_t len,
		      struct stele_handle *handle, struct stele_error *err)
{
	unsigned flags = STELE_FMT_OBJ_F_ROW |
			 (handle ? STELE_FMT_OBJ_F_IDENTITY : 0);
	uint64_t pos;
	int rc = stele_unit_begin(b, err);

	if (!rc)
		rc = stele_unit_check_record(b, record, err);
	if (rc)
		return rc;
	rc = stele_lay_row(b, record, flags, cells, len, &pos, err);
	if (!rc)
		rc = stele_keys_of_row(b, record, cells, len, err);
	if (rc)
		return stele_unit_drop(b, rc, err);
	rc = stele_unit_commit(b, b->stats.nr_rows, err);
	if (rc)
		return rc;
	rc = stele_tables_add_row(b, pos, err);
	if (rc)
		return stele_unit_fail(b, rc, err);
	b->stats.nr_rows++;
	if (handle)
		*handle = stele_handle_of(b, pos);
	return 0;
}

int stele_builder_put(struct stele_builder *b, const struct stele_cell *cell,
		      struct stele_handle *handle, struct stele_error *err)
{
	struct stele_handle given;
	uint64_t word;
	int rc = stele_unit_begin(b, err);

	if (rc)
		return rc;
	rc = stele_lay_identity(b, cell, &word, err);
	if (!rc)
		rc = stele_handle_give(b, word, &given);
	if (rc)
		return stele_unit_drop(b, rc, err);
	rc = stele_unit_commit(b, STELE_NO_ROW, err);
	if (!rc)
		*handle = given;
	return rc;
}

/* --------------------------------------------------------------- roots */

static int check_root_name(const struct stele_builder *b,
			   const struct stele_build_root *root,
			   struct stele_error *err)
{
	const struct stele_build_root *all = (void *)b->roots.ptr;

	if (!root->len)
		return stele_fail(err, -STELE_E_SCHEMA,
				  "a root with an empty name");
	if (root->len > STELE_MAX_NAME)
		return stele_fail(err, -STELE_E_LIMIT,
				  "a root's name of more than %u bytes",
				  STELE_MAX_NAME);
	if (u8_check((const uint8_t *)root->name, root->len))
		return stele_fail(err, -STELE_E_UTF8,
				  "a root's name is not UTF-8");
	for (size_t i = 0; i < b->roots.len / sizeof(*all); i++)
		if (all[i].hash == root->hash && all[i].len == root->len &&
		    !memcmp(all[i].name, root->name, root->len))
			return stele_fail(err, -STELE_E_DUPLICATE,
					  "two roots of the name '%.200s'",
					  root->name);
	return 0;
}

int stele_builder_root(struct stele_builder *b, const char *name,
		       const struct stele_cell *cell, struct stele_error *err)
{
	struct stele_build_root root = { .name = (char *)(uintptr_t)name,
					 .len = strlen(name) };
	int rc = stele_unit_begin(b, err);

	root.hash = stele_hash_bytes(name, root.len, 0);
	if (!rc)
		rc = check_root_name(b, &root, err);
	if (rc)
		return rc;
	rc = stele_lay_any(b, cell, &root.word, err);
	if (rc) {
		stele_fail_in(err, rc, "root '%.100s'", name);
		return stele_unit_drop(b, rc, err);
	}
	root.name = strdup(name);
	rc = root.name ? stele_buffer_reserve(&b->roots, sizeof(root)) :
			 -ENOMEM;
	rc = rc ? stele_unit_drop(b, rc, err) :
		  stele_unit_commit(b, STELE_NO_ROW, err);
	if (rc)
		free(root.name);
	else
		stele_buffer_append(&b->roots, &root, sizeof(root));
	return rc;
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
