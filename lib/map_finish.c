// SPDX-License-Identifier: MIT
/*
 * From spilled entries to a table: the spill is divided by hash into slices
 * (map_slice.h), each slice is built by itself (bucket_build.h,
 * integer_build.h, filter_build.h) by any thread, and what comes out is appended
 * in the order of the slices (ordered.h).  A slice of a bucket table is one
 * partition; a slice of an integer table is some groups; one of a filter is one
 * part.
 *
 * The number of slices, buckets and lines comes from the entries alone, so the
 * bytes depend neither on the threads nor on the memory at hand.
 */
#include "map_finish.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bucket_build.h"
#include "fail.h"
#include "filter.h"
#include "filter_build.h"
#include "integer_build.h"
#include "map_probe.h"
#include "ordered.h"

#define SLICE_BYTES (8u << 20) /* of a bucket table, in the mean, at most */
#define SLICE_ENTRIES (1u << 22)
#define FILTER_ENTRIES (1u << 18) /* of a filter's slice */
#define SLOT_BYTES 3u /* tag and offset of an entry in a bucket */

#define MAX_GROWTHS 4u /* of an integer table by 3 %, then it is hashed anew */
#define MAX_SEEDS 8u
/* The groups are a multiple of the slices; that may add one part in so many. */
#define ROUNDING 250u

struct finishing;
struct part;

/* Build part i from its slice, in any thread. */
typedef int build_fn(const struct finishing *f, uint64_t i,
		     const struct stele_slice *slice, struct part *part);

struct finishing {
	struct stele_map_build *b;
	struct stele_map_build_result *result;
	struct stele_slices *slices;
	uint64_t nr_slices;
	build_fn *build;
	int (*progress)(void *arg, uint64_t done, uint64_t all);
	void *arg;
	uint64_t done; /* entries */

	/* the table's data: how much is written, and where we are in it */
	uint64_t written;
	uint64_t at;

	struct stele_bucket_table buckets;
	struct stele_buffer separators;
	struct stele_spill *overflow; /* entries out of line, in order */
	struct stele_buffer references; /* struct reference */

	unsigned common_bits; /* of the hashes of a filter's slice */

	struct stele_integer_table lines;
	bool dry; /* counts keys, writes nothing */
	uint64_t nr_dry; /* keys so counted */

	struct stele_buffer duplicate; /* -STELE_E_DUPLICATE: the key */
};

/* What is made of a slice: one of the three, the others zero. */
struct part {
	struct stele_bucket_part buckets;
	struct stele_integer_part lines;
	struct stele_filter_part filter;
	int refused; /* -STELE_E_DUPLICATE or -EAGAIN, for who takes it */
};

/* An entry out of line: what names it, and where it is in the overflow run. */
struct reference {
	uint64_t at; /* offset in the image */
	uint64_t off;
};

/* ---------------------------------------------------------------- output */

/*
 * Where the data goes: to a multiple of 2 MiB where it is more than that or
 * would lie across one, else of 4 KiB; so no bucket and no group crosses an
 * extent.
 */
static int begin_data(struct finishing *f, uint64_t len)
{
	struct stele_output *out = f->b->out;
	uint64_t align = STELE_FMT_BLOCK;
	uint64_t at = (stele_output_tail(out) + align - 1) & ~(align - 1);
	int rc;

	if (at / STELE_FMT_EXTENT != (at + len - 1) / STELE_FMT_EXTENT)
		align = STELE_FMT_EXTENT;
	rc = stele_output_align(out, align);
	f->result->fmt.data_off = stele_output_tail(out);
	return rc;
}

/* The next bytes of the data: over what an earlier trial wrote, or appended. */
static int put_data(struct finishing *f, const void *p, uint64_t len)
{
	uint64_t over = f->written - f->at;
	int rc = 0;

	if (!f->written)
		rc = begin_data(f, f->nr_slices > 1 ? len + STELE_FMT_EXTENT :
						      len);
	if (over > len)
		over = len;
	if (!rc && over)
		rc = stele_output_patch(
			f->b->out, f->result->fmt.data_off + f->at, p, over);
	if (!rc && len > over)
		rc = stele_output_append(f->b->out, (const uint8_t *)p + over,
					 len - over);
	f->at += len;
	if (f->at > f->written)
		f->written = f->at;
	return rc;
}

static int tell_progress(struct finishing *f, uint64_t entries)
{
	f->done += entries;
	if (f->progress && f->progress(f->arg, f->done, f->b->nr_entries))
		return -ECANCELED;
	return 0;
}

/* ----------------------------------------------------------------- parts */

static void drop_part(void *result)
{
	struct part *part = result;

	stele_bucket_part_free(&part->buckets);
	stele_integer_part_free(&part->lines);
	stele_filter_part_free(&part->filter);
	free(part);
}

static int make_part(void *arg, uint64_t i, void **result)
{
	const struct finishing *f = arg;
	struct part *part = calloc(1, sizeof(*part));
	struct stele_slice slice;
	int rc;

	if (!part)
		return -ENOMEM;
	rc = stele_slice_load(f->slices, i, &slice);
	if (!rc) {
		rc = f->build(f, i, &slice, part);
		stele_slice_free(&slice);
	}
	/* what the entries are to blame for is told in their order */
	if (rc == -STELE_E_DUPLICATE || rc == -EAGAIN) {
		part->refused = rc;
		rc = 0;
	}
	if (rc)
		drop_part(part);
	else
		*result = part;
	return rc;
}

/* Divide the spill into 2^log2 slices, and make and take a part of each. */
static int run_slices(struct finishing *f, unsigned log2, build_fn *build,
		      int (*take)(void *arg, uint64_t i, void *result),
		      unsigned threads)
{
	const struct stele_ordered o = { make_part, take, drop_part, f };
	struct stele_map_build *b = f->b;
	int rc;

	f->build = build;

	f->nr_slices = UINT64_C(1) << log2;
	f->at = 0;
	f->done = 0;
	rc = stele_slices_create(b->spill, &b->form, b->counts, log2, b->out,
				 b->budget, &f->slices);
	if (rc)
		return rc;
	rc = stele_ordered_run(&o, f->nr_slices, threads);
	stele_slices_free(f->slices);
	f->slices = NULL;
	return rc;
}

/* ----------------------------------------------------------------- seeds */

/* Count the slices anew.  -EAGAIN: a key is the seed's empty key. */
static int recount(struct stele_map_build *b)
{
	struct stele_spill_walk walk;
	struct stele_spilled e;
	bool free_key = true;
	uint64_t key;
	int rc;

	memset(b->counts, 0, STELE_SLICES_MAX * sizeof(*b->counts));
	stele_spill_walk_begin(&walk, b->spill, &b->form);
	while ((rc = stele_spill_walk_next(&walk, &e)) > 0) {
		if (b->integer_table) {
			memcpy(&key, e.key, sizeof(key));
			free_key &= key != b->empty_key;
		}
		stele_slice_add(b->counts, stele_spilled_hash(&b->form, &e),
				stele_spilled_bytes(&b->form, &e));
	}
	stele_spill_walk_end(&walk);
	return rc ? rc : free_key ? 0 : -EAGAIN;
}

/* Hash all keys under another seed, which depends on all of them; 0: the first. */
static int change_seed(struct finishing *f, unsigned trial)
{
	struct stele_map_build *b = f->b;

	b->form.seed = b->options.seed;
	if (trial)
		b->form.seed = stele_hash_u64(b->fold + trial, b->form.seed);
	b->empty_key = stele_probe_empty_key(b->form.seed);
	f->result->nr_rehashed = trial > 0;
	return recount(b);
}

static uint64_t largest_slice(const struct stele_map_build *b, unsigned log2)
{
	uint64_t largest = 0, sum = 0;
	unsigned i, each = 1u << (STELE_SLICES_MAX_LOG2 - log2);

	for (i = 0; i < STELE_SLICES_MAX; i++) {
		sum = i % each ? sum + b->counts[i].entries :
				 b->counts[i].entries;
		if (sum > largest)
			largest = sum;
	}
	return largest;
}

/*
 * Keys that were picked to meet in one slice would all be in memory at once:
 * another seed parts them.  What it cannot part, a key of many values, stays under
 * the seed that was asked for.
 */
static int spread(struct finishing *f, unsigned log2)
{
	struct stele_map_build *b = f->b;
	uint64_t before = largest_slice(b, log2);
	int rc;

	if (before >> 1 <= b->nr_entries >> log2)
		return 0;
	rc = change_seed(f, 1);
	if (rc || largest_slice(b, log2) < before / 2)
		return rc;
	return change_seed(f, 0);
}

/* --------------------------------------------------------- bucket tables */

static int build_partition(const struct finishing *f, uint64_t i,
			   const struct stele_slice *slice, struct part *part)
{
	(void)i;
	return stele_bucket_build(&f->buckets, slice, f->nr_slices == 1,
				  &part->buckets);
}

/*
 * The entries out of line follow those of the partitions before; where that
 * is in the image is known when all buckets are written.
 */
static int take_overflow(struct finishing *f, struct stele_bucket_part *part)
{
	const uint64_t *at = (const uint64_t *)(void *)part->references.ptr;
	size_t i, nr = part->references.len / sizeof(*at);
	uint64_t before;
	int rc = 0;

	if (!nr)
		return 0;
	if (!f->overflow)
		rc = stele_spill_create(f->b->out, f->b->budget, &f->overflow);
	if (rc)
		return rc;
	before = stele_spill_bytes(f->overflow);
	for (i = 0; i < nr && !rc; i++) {
		struct reference r;

		memcpy(&r.off, part->data + at[i], sizeof(r.off));
		r.off += before;
		r.at = f->at + at[i]; /* counted from the data for now */
		rc = stele_buffer_append(&f->references, &r, sizeof(r));
	}
	if (!rc)
		rc = stele_spill_append(f->overflow, part->overflow.ptr,
					part->overflow.len);
	return rc;
}

static void count_partition(struct finishing *f,
			    const struct stele_bucket_part *part)
{
	struct stele_map_build_result *result = f->result;

	result->fmt.bucket_log2 = part->bucket_log2;
	result->fmt.nr_buckets += part->fmt.nr_buckets;
	result->fmt.nr_keys += part->nr_keys;
	result->fmt.nr_values += part->nr_values;
	result->fmt.used_bytes += part->used_bytes;
	result->nr_duplicates += part->nr_duplicates;
	result->nr_replaced += part->replaced;
	result->nr_rehashed += part->fmt.hash || part->fmt.counter;
}

static int take_partition(void *arg, uint64_t i, void *result)
{
	struct finishing *f = arg;
	struct part *taken = result;
	struct stele_bucket_part *part = &taken->buckets;
	struct stele_fmt_partition *partition;
	int rc;

	if (taken->refused) {
		f->duplicate = part->duplicate;
		memset(&part->duplicate, 0, sizeof(part->duplicate));
		return taken->refused;
	}
	partition =
		(struct stele_fmt_partition *)(void *)f->result->index.ptr + i;
	*partition = part->fmt;
	partition->first_bucket = f->result->fmt.nr_buckets;
	count_partition(f, part);
	rc = take_overflow(f, part);
	if (!rc)
		rc = put_data(f, part->data, part->data_bytes);
	if (!rc)
		rc = stele_buffer_append(&f->separators, part->separators,
					 part->fmt.nr_buckets);
	return rc ? rc :
		    tell_progress(f, part->nr_values + part->nr_duplicates);
}

/* Append the entries out of line, and tell the buckets where they are. */
static int write_overflow(struct finishing *f)
{
	struct stele_fmt_table *fmt = &f->result->fmt;
	const struct reference *r, *end;
	struct stele_spill_reader reader;
	const uint8_t *p;
	size_t len = 0;
	int rc;

	if (!f->overflow)
		return 0;
	r = (const void *)f->references.ptr;
	end = r + f->references.len / sizeof(*r);
	fmt->overflow_off = stele_output_tail(f->b->out);
	fmt->overflow_bytes = stele_spill_bytes(f->overflow);
	stele_spill_rewind(f->overflow, &reader);
	while (!(rc = stele_spill_next(&reader, len, 1, &p, &len)) && len) {
		rc = stele_output_append(f->b->out, p, len);
		if (rc)
			break;
	}
	stele_spill_done(&reader);
	for (; r < end && !rc; r++) {
		uint64_t off = fmt->overflow_off + r->off;

		rc = stele_output_patch(f->b->out, fmt->data_off + r->at, &off,
					sizeof(off));
	}
	return rc;
}

/* The smallest bucket whose quarter holds 99 of 100 entries. */
static unsigned choose_bucket(const struct stele_map_build *b)
{
	uint64_t larger = b->nr_entries;
	unsigned i;

	if (b->options.bucket_log2)
		return b->options.bucket_log2;
	for (i = 0; i + 2 < STELE_SIZE_CLASSES; i++) {
		larger -= b->size_class[i];
		if (larger <= b->nr_entries / 100)
			break;
	}
	return STELE_DEFAULT_MIN_LOG2 + i;
}

static unsigned choose_partitions(const struct stele_map_build *b)
{
	uint64_t bytes = b->nr_entries * SLOT_BYTES;
	unsigned log2 = 0, i;

	for (i = 0; i < STELE_SLICES_MAX; i++)
		bytes += b->counts[i].bytes;
	while (log2 < STELE_SLICES_MAX_LOG2 &&
	       (bytes >> log2 > SLICE_BYTES ||
		b->nr_entries >> log2 > SLICE_ENTRIES))
		log2++;
	return log2;
}

/* Bytes in which the largest position / 8 fits, at least 4. */
static uint8_t position_bytes(uint64_t largest)
{
	uint8_t bytes = 4;

	while (bytes < 8 && largest >> (8 * bytes))
		bytes++;
	return bytes;
}

static int finish_buckets(struct finishing *f, unsigned threads)
{
	struct stele_map_build *b = f->b;
	struct stele_fmt_table *fmt = &f->result->fmt;
	unsigned log2 = choose_partitions(b);
	int rc;

	if (b->options.value_type == STELE_TYPE_RECORD)
		fmt->value_bytes = position_bytes(b->largest);
	f->buckets = (struct stele_bucket_table){
		.form = &b->form,
		.duplicates = b->options.duplicates,
		.multi = b->options.multi,
		.record = b->options.value_type == STELE_TYPE_RECORD,
		.value_bytes = fmt->value_bytes,
		.bucket_log2 = choose_bucket(b),
		.common_bits = log2,
	};
	fmt->nr_partitions = 1u << log2;
	fmt->separators_off =
		fmt->nr_partitions * sizeof(struct stele_fmt_partition);
	rc = stele_buffer_zeros(&f->result->index, fmt->separators_off);
	if (!rc)
		rc = spread(f, log2);
	fmt->seed = b->form.seed;
	if (!rc)
		rc = run_slices(f, log2, build_partition, take_partition,
				threads);
	if (!rc)
		rc = write_overflow(f);
	if (!rc)
		rc = stele_buffer_append(&f->result->index, f->separators.ptr,
					 f->separators.len);
	return rc;
}

/* -------------------------------------------------------- integer tables */

static int build_lines(const struct finishing *f, uint64_t i,
		       const struct stele_slice *slice, struct part *part)
{
	return stele_integer_build(&f->lines, slice, i, &part->lines);
}

static int take_lines(void *arg, uint64_t i, void *result)
{
	struct finishing *f = arg;
	const struct part *taken = result;
	const struct stele_integer_part *part = &taken->lines;
	struct stele_fmt_table *fmt = &f->result->fmt;
	int rc = taken->refused;

	(void)i;
	if (rc == -STELE_E_DUPLICATE &&
	    stele_buffer_append(&f->duplicate, &part->duplicate,
				sizeof(part->duplicate)))
		return -ENOMEM;
	if (rc)
		return rc;
	if (f->dry) {
		f->nr_dry += part->nr_keys;
		return 0;
	}
	fmt->nr_keys += part->nr_keys;
	f->result->nr_duplicates += part->nr_duplicates;
	rc = put_data(f, part->lines, part->nr_lines * sizeof(*part->lines));
	return rc ? rc : tell_progress(f, part->nr_keys + part->nr_duplicates);
}

/*
 * How many lines and groups n keys get after `growths` failures; what it gives
 * is the logarithm of the number of slices, which divides the groups.
 */
static unsigned shape_lines(struct stele_integer_table *t, uint64_t n,
			    unsigned growths)
{
	double lines = (double)n / STELE_FMT_LINE_SLOTS / STELE_LINE_FILL;
	uint64_t groups, step;
	unsigned i, log2;

	if (n <= STELE_FMT_LINE_SLOTS)
		lines = 0;
	else if (lines < 1)
		lines = 1; /* two lines, but for one line's keys */
	for (i = 0; i < growths; i++)
		lines = lines * 1.03 + 1;
	if (lines <= STELE_FMT_GROUP_LINES - 1) {
		t->nr_groups = 1;
		t->slice_groups = 1;
		t->group_lines = (uint32_t)lines + 1;
		return 0;
	}
	groups = (uint64_t)(lines / STELE_FMT_GROUP_LINES) + 1;
	for (log2 = STELE_SLICES_MAX_LOG2; log2; log2--) {
		step = UINT64_C(1) << log2;
		if (step <= groups && -groups % step <= groups / ROUNDING)
			break;
	}
	t->slice_groups = ((groups - 1) >> log2) + 1;
	t->nr_groups = (uint64_t)t->slice_groups << log2;
	t->group_lines = STELE_FMT_GROUP_LINES;
	return log2;
}

static int place_lines(struct finishing *f, uint64_t n, unsigned growths,
		       unsigned threads)
{
	struct stele_map_build *b = f->b;
	struct stele_fmt_table *fmt = &f->result->fmt;
	unsigned log2;

	f->lines = (struct stele_integer_table){
		.form = &b->form,
		.duplicates = b->options.duplicates,
		.seed = b->form.seed,
		.empty_key = b->empty_key,
	};
	log2 = shape_lines(&f->lines, n, growths);
	if (f->lines.nr_groups > UINT32_MAX)
		return -STELE_E_LIMIT;
	fmt->nr_partitions = (uint32_t)f->lines.nr_groups;
	fmt->nr_buckets = f->lines.nr_groups * f->lines.group_lines;
	fmt->nr_keys = 0;
	f->result->nr_duplicates = 0;
	f->nr_dry = 0;
	return run_slices(f, log2, build_lines, take_lines, threads);
}

/* -EAGAIN: not under this seed. */
static int place_keys(struct finishing *f, unsigned threads)
{
	uint64_t n = f->b->nr_entries;
	unsigned growths;
	int rc = -EAGAIN;

	/* lines are for keys; where some are dropped, count those that stay */
	if (f->b->options.duplicates != STELE_DUPLICATES_ERROR) {
		f->dry = true;
		rc = place_lines(f, n, 0, threads);
		f->dry = false;
		if (rc)
			return rc;
		n = f->nr_dry;
		rc = -EAGAIN;
	}
	for (growths = 0; growths <= MAX_GROWTHS && rc == -EAGAIN; growths++) {
		rc = place_lines(f, n, growths, threads);
		f->result->nr_replaced += rc == -EAGAIN;
	}
	return rc;
}

static int finish_lines(struct finishing *f, unsigned threads)
{
	struct stele_map_build *b = f->b;
	struct stele_fmt_table *fmt = &f->result->fmt;
	unsigned trial;
	int rc;

	rc = spread(f, shape_lines(&f->lines, b->nr_entries, 0));
	if (!rc)
		rc = place_keys(f, threads);
	for (trial = 1; trial < MAX_SEEDS && rc == -EAGAIN; trial++) {
		rc = change_seed(f, trial);
		if (!rc)
			rc = place_keys(f, threads);
	}
	fmt->seed = b->form.seed;
	fmt->empty_key = b->empty_key;
	fmt->nr_values = fmt->nr_keys;
	fmt->used_bytes = fmt->nr_keys * 16;
	return rc == -EAGAIN ? -STELE_E_LIMIT : rc;
}

/* --------------------------------------------------------------- calling */

/* --------------------------------------------------------------- filters */

static int build_filter(const struct finishing *f, uint64_t i,
			const struct stele_slice *slice, struct part *part)
{
	(void)i;
	return stele_filter_build(slice, f->b->options.filter, f->b->form.seed,
				  f->common_bits, &part->filter);
}

static int take_filter(void *arg, uint64_t i, void *result)
{
	struct finishing *f = arg;
	const struct part *taken = result;
	const struct stele_filter_part *part = &taken->filter;
	struct stele_fmt_table *fmt = &f->result->fmt;
	struct stele_fmt_filter *to =
		(struct stele_fmt_filter *)(void *)f->result->index.ptr + i;
	int rc;

	*to = part->fmt;
	to->first_line = fmt->nr_buckets;
	fmt->nr_buckets += part->nr_words / STELE_FILTER_LINE;
	fmt->nr_keys += part->fmt.nr_keys;
	fmt->used_bytes += part->used_bytes;
	f->result->nr_rehashed += part->fmt.counter > 0;
	rc = put_data(f, part->words, part->nr_words * sizeof(*part->words));
	return rc ? rc : tell_progress(f, part->nr_entries);
}

static int finish_filter(struct finishing *f, unsigned threads)
{
	struct stele_fmt_table *fmt = &f->result->fmt;
	unsigned log2 = 0;
	int rc;

	while (log2 < STELE_SLICES_MAX_LOG2 &&
	       f->b->nr_entries >> log2 > FILTER_ENTRIES)
		log2++;
	f->common_bits = log2;
	fmt->nr_partitions = 1u << log2;
	rc = stele_buffer_zeros(&f->result->index,
				fmt->nr_partitions *
					sizeof(struct stele_fmt_filter));
	if (!rc)
		rc = run_slices(f, log2, build_filter, take_filter, threads);
	fmt->nr_values = fmt->nr_keys;
	return rc;
}

/* --------------------------------------------------------------- calling */

static int report(struct finishing *f, int rc, struct stele_error *err)
{
	const char *name = f->b->options.name;

	if (rc == -STELE_E_DUPLICATE)
		return stele_map_report_duplicate(f->b, f->duplicate.ptr,
						  f->duplicate.len, err);
	if (rc == -STELE_E_LIMIT)
		return stele_fail(err, rc,
				  "table '%s': too many keys have alike hashes",
				  name);
	return stele_fail(err, rc, "table '%s': %s", name, stele_strerror(rc));
}

static void describe(const struct stele_map_build *b,
		     struct stele_fmt_table *fmt)
{
	fmt->kind = b->options.filter ? STELE_FMT_TABLE_FILTER :
		    b->integer_table  ? STELE_FMT_TABLE_INTEGER :
					STELE_FMT_TABLE_BUCKET;
	fmt->filter = b->options.filter;
	fmt->flags = b->options.multi ? STELE_FMT_TABLE_F_MULTI : 0;
	fmt->key_type = b->options.key_type;
	fmt->value_type = b->options.value_type;
	fmt->value_bytes = b->width;
	fmt->bucket_log2 = STELE_FMT_BUCKET_MIN_LOG2;
	fmt->record = STELE_FMT_NONE;
	fmt->decl = STELE_FMT_NONE;
	fmt->seed = b->form.seed;
	fmt->empty_key = b->integer_table ? b->empty_key : 0;
}

int stele_map_build_finish(struct stele_map_build *b, unsigned threads,
			   int (*progress)(void *arg, uint64_t done,
					   uint64_t all),
			   void *arg, struct stele_map_build_result *result,
			   struct stele_error *err)
{
	struct finishing f = {
		.b = b, .result = result, .progress = progress, .arg = arg
	};
	int rc = stele_spill_append(b->spill, b->stage.ptr, b->stage.len);

	b->stage.len = 0;
	memset(result, 0, sizeof(*result));
	describe(b, &result->fmt);
	if (!rc && b->nr_entries)
		rc = b->options.filter ? finish_filter(&f, threads) :
		     b->integer_table  ? finish_lines(&f, threads) :
					 finish_buckets(&f, threads);
	if (rc) {
		rc = report(&f, rc, err);
		stele_buffer_free(&result->index);
	}
	stele_spill_free(f.overflow);
	stele_buffer_free(&f.separators);
	stele_buffer_free(&f.references);
	stele_buffer_free(&f.duplicate);
	return rc;
}
