// SPDX-License-Identifier: MIT
/*
 * The fs-verity digest: building it, in one pass and bounded memory, and
 * checking it.
 *
 * Both work on *chunks*: 256 data blocks and the two leaf blocks that cover
 * them, so that no leaf block belongs to two chunks. Threads draw chunks in
 * ascending order from one counter. Building a chunk hands its leaf blocks to
 * the sink and keeps their hashes, 32 bytes for 512 KiB of data; when all
 * chunks are done, one thread makes the upper levels from those, in place.
 * Checking holds any level, data included, against the hashes one level above.
 *
 * Chunks are drawn in order and a chunk once drawn is finished, so the lowest
 * faulty block is found whatever the number of threads.
 *
 * Freeing needs no memory and can't fail. Each thread has its own hasher and
 * buffers, all made before the first thread starts; a thread that can't be
 * started is done without.
 */
#include "digest.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "digest_hasher.h"

#define BLOCK ((size_t)STELE_DIGEST_BLOCK_BYTES)
#define HASH ((size_t)STELE_DIGEST_BYTES)
#define FANOUT ((size_t)STELE_DIGEST_FANOUT)

#define CHUNK_LEAVES ((size_t)2)
#define CHUNK_BLOCKS (CHUNK_LEAVES * FANOUT)
#define CHUNK_BYTES (CHUNK_BLOCKS * BLOCK)

_Static_assert(sizeof(off_t) == 8, "files are larger than 2 GiB");

static inline uint64_t min_u64(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static uint64_t div_up(uint64_t n, uint64_t by)
{
	return n / by + (n % by != 0);
}

static size_t block_len(uint64_t len, uint64_t block)
{
	return min_u64(BLOCK, len - block * BLOCK);
}

void stele_digest_layout_init(struct stele_digest_layout *layout, uint64_t len)
{
	uint64_t blocks = div_up(len, BLOCK);
	unsigned int level;

	memset(layout, 0, sizeof(*layout));
	layout->data_bytes = len;
	layout->data_blocks = blocks;
	while (blocks > 1) {
		blocks = div_up(blocks, FANOUT);
		layout->level_blocks[layout->nr_levels++] = blocks;
	}
	for (level = layout->nr_levels; level-- > 0;) {
		layout->level_start[level] = layout->tree_bytes;
		layout->tree_bytes += layout->level_blocks[level] * BLOCK;
	}
}

uint64_t stele_digest_tree_bytes(uint64_t len)
{
	struct stele_digest_layout layout;

	stele_digest_layout_init(&layout, len);
	return layout.tree_bytes;
}

/*
 * A job: chunks [0, nr_chunks), and what is done to each. Building and
 * checking embed it; workers know it alone.
 */

struct worker;

struct job {
	int (*do_chunk)(struct worker *worker, uint64_t chunk);
	struct worker *workers; /* the first is the caller's */
	unsigned int nr_workers;
	uint64_t nr_chunks;

	pthread_mutex_t lock; /* protects what follows while workers run */
	uint64_t next_chunk;
	int err; /* no chunk is drawn once it is set */
};

struct worker {
	struct job *job;
	struct stele_digest_hasher *hasher;
	uint8_t *data; /* a chunk, when it is read from a file */
	uint8_t *leaves; /* the leaf blocks over a chunk, when building */
	pthread_t thread;
	bool started;
};

static void job_run_chunks(struct worker *worker)
{
	struct job *job = worker->job;
	uint64_t chunk;
	int err = 0;

	for (;;) {
		pthread_mutex_lock(&job->lock);
		if (err && !job->err)
			job->err = err;
		chunk = job->err ? job->nr_chunks : job->next_chunk;
		if (chunk < job->nr_chunks)
			job->next_chunk++;
		pthread_mutex_unlock(&job->lock);
		if (chunk >= job->nr_chunks)
			return;
		err = job->do_chunk(worker, chunk);
	}
}

static void *stele_digest_worker(void *arg)
{
	job_run_chunks(arg);
	return NULL;
}

/* The program's signal handlers are not run on threads it doesn't know. */
static void start_workers(struct job *job)
{
	sigset_t all, old;
	unsigned int i;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	for (i = 1; i < job->nr_workers && i < job->nr_chunks; i++)
		job->workers[i].started =
			!pthread_create(&job->workers[i].thread, NULL,
					stele_digest_worker, &job->workers[i]);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
}

static int job_run(struct job *job)
{
	unsigned int i;

	job->next_chunk = 0;
	job->err = 0;
	pthread_mutex_init(&job->lock, NULL);
	start_workers(job);
	job_run_chunks(&job->workers[0]);
	for (i = 1; i < job->nr_workers; i++) {
		if (job->workers[i].started)
			pthread_join(job->workers[i].thread, NULL);
		job->workers[i].started = false;
	}
	pthread_mutex_destroy(&job->lock);
	return job->err;
}

static void job_free_workers(struct job *job)
{
	unsigned int i;

	for (i = 0; i < job->nr_workers; i++) {
		free(job->workers[i].leaves);
		free(job->workers[i].data);
		stele_digest_hasher_free(job->workers[i].hasher);
	}
	free(job->workers);
}

static unsigned int count_workers(unsigned int nr_threads, uint64_t nr_chunks)
{
	long nr_cpus;

	if (!nr_threads) {
		nr_cpus = sysconf(_SC_NPROCESSORS_ONLN);
		nr_threads = nr_cpus > 0 ? nr_cpus : 1;
	}
	if (nr_threads > nr_chunks)
		nr_threads = nr_chunks;
	return nr_threads ? nr_threads : 1;
}

static int job_alloc_workers(struct job *job, unsigned int nr_threads,
			     size_t data_bytes, size_t leaves_bytes)
{
	struct worker *worker;
	unsigned int i;
	int err;

	job->nr_workers = count_workers(nr_threads, job->nr_chunks);
	job->workers = calloc(job->nr_workers, sizeof(*job->workers));
	if (!job->workers)
		return -ENOMEM;
	for (i = 0; i < job->nr_workers; i++) {
		worker = &job->workers[i];
		worker->job = job;
		err = stele_digest_hasher_new(&worker->hasher);
		if (err)
			goto err_free;
		err = -ENOMEM;
		if (data_bytes && !(worker->data = malloc(data_bytes)))
			goto err_free;
		if (leaves_bytes && !(worker->leaves = malloc(leaves_bytes)))
			goto err_free;
	}
	return 0;

err_free:
	job_free_workers(job);
	return err;
}

/*
 * What a tree grows from, whether the data comes in chunks or in a stream:
 * @hashes has one hash for each leaf block or, where there is no tree, the one
 * for the one data block.
 */
struct tree {
	struct stele_digest_layout layout;
	const struct stele_digest_sink *sink;
	uint8_t *hashes;
};

static int tree_init(struct tree *tree, uint64_t len,
		     const struct stele_digest_sink *sink)
{
	uint64_t nr_hashes;

	stele_digest_layout_init(&tree->layout, len);
	tree->sink = sink;
	nr_hashes = tree->layout.nr_levels ? tree->layout.level_blocks[0] : 1;
	/* Zeroed, which is the root of no data. */
	tree->hashes = calloc(nr_hashes, HASH);
	return tree->hashes ? 0 : -ENOMEM;
}

/* Blocks [first, first + nr) of @level are complete: hand on, and hash. */
static int tree_add_blocks(struct tree *tree,
			   struct stele_digest_hasher *hasher,
			   unsigned int level, uint64_t first, size_t nr,
			   const uint8_t *blocks)
{
	const struct stele_digest_sink *sink = tree->sink;
	uint64_t start = tree->layout.level_start[level] + first * BLOCK;
	size_t i;
	int err;

	if (sink) {
		err = sink->write(sink->arg, blocks, nr * BLOCK, start);
		if (err)
			return err;
	}
	for (i = 0; i < nr; i++) {
		err = stele_hasher_block(hasher, blocks + i * BLOCK, BLOCK,
					 tree->hashes + (first + i) * HASH);
		if (err)
			return err;
	}
	return 0;
}

/* Each level's hashes overwrite those they were made from, which lie behind. */
static int tree_finish(struct tree *tree, struct stele_digest_hasher *hasher,
		       struct stele_digest *out)
{
	const struct stele_digest_layout *layout = &tree->layout;
	uint8_t block[STELE_DIGEST_BLOCK_BYTES];
	uint64_t i, nr_below;
	unsigned int level;
	size_t nr;
	int err;

	for (level = 1; level < layout->nr_levels; level++) {
		nr_below = layout->level_blocks[level - 1];
		for (i = 0; i < layout->level_blocks[level]; i++) {
			nr = min_u64(FANOUT, nr_below - i * FANOUT);
			memcpy(block, tree->hashes + i * BLOCK, nr * HASH);
			memset(block + nr * HASH, 0, BLOCK - nr * HASH);
			err = tree_add_blocks(tree, hasher, level, i, 1, block);
			if (err)
				return err;
		}
	}
	memcpy(out->root, tree->hashes, HASH);
	return stele_hasher_descriptor(hasher, layout->data_bytes, out->root,
				       out->identity);
}

/*
 * Building
 */

struct build {
	struct job job;
	struct tree tree;
	const uint8_t *data; /* NULL: read from the file */
	int fd;
	uint64_t offset;
};

static struct build *build_of(struct job *job)
{
	return (struct build *)((char *)job - offsetof(struct build, job));
}

static int read_fully(int fd, uint8_t *buf, size_t len, uint64_t offset)
{
	ssize_t n;

	while (len) {
		n = pread(fd, buf, len, offset);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			return -ENODATA;
		buf += n;
		len -= n;
		offset += n;
	}
	return 0;
}

static int build_hash_data(struct worker *worker, const uint8_t *data,
			   size_t len, uint8_t *hashes)
{
	size_t i;
	int err;

	for (i = 0; i * BLOCK < len; i++) {
		err = stele_hasher_block(worker->hasher, data + i * BLOCK,
					 block_len(len, i), hashes + i * HASH);
		if (err)
			return err;
	}
	return 0;
}

static int build_chunk(struct worker *worker, uint64_t chunk)
{
	struct build *build = build_of(worker->job);
	struct tree *tree = &build->tree;
	uint64_t start = chunk * CHUNK_BYTES;
	size_t len = min_u64(CHUNK_BYTES, tree->layout.data_bytes - start);
	const uint8_t *data = build->data ? build->data + start : worker->data;
	size_t nr_leaves = div_up(len, FANOUT * BLOCK);
	size_t nr_hashes = div_up(len, BLOCK);
	int err;

	if (!build->data) {
		err = read_fully(build->fd, worker->data, len,
				 build->offset + start);
		if (err)
			return err;
	}
	if (!tree->layout.nr_levels)
		return build_hash_data(worker, data, len, tree->hashes);

	err = build_hash_data(worker, data, len, worker->leaves);
	if (err)
		return err;
	memset(worker->leaves + nr_hashes * HASH, 0,
	       nr_leaves * BLOCK - nr_hashes * HASH);
	return tree_add_blocks(tree, worker->hasher, 0, chunk * CHUNK_LEAVES,
			       nr_leaves, worker->leaves);
}

static int build_run(struct build *build, uint64_t len, unsigned int nr_threads,
		     const struct stele_digest_sink *sink,
		     struct stele_digest *out)
{
	struct job *job = &build->job;
	int err;

	job->do_chunk = build_chunk;
	job->nr_chunks = div_up(len, CHUNK_BYTES);
	err = job_alloc_workers(job, nr_threads, build->data ? 0 : CHUNK_BYTES,
				CHUNK_LEAVES * BLOCK);
	if (err)
		return err;
	err = tree_init(&build->tree, len, sink);
	if (err)
		goto out_free_workers;
	stele_crypto_begin();
	err = job_run(job);
	if (!err)
		err = tree_finish(&build->tree, job->workers[0].hasher, out);
	stele_crypto_end(err);
	free(build->tree.hashes);
out_free_workers:
	job_free_workers(job);
	return err;
}

int stele_digest_build(const void *data, uint64_t len, unsigned int nr_threads,
		       const struct stele_digest_sink *sink,
		       struct stele_digest *out)
{
	struct build build = {
		/* No data may be NULL, which elsewhere means a file. */
		.data = len ? data : stele_zero_block,
		.fd = -1,
	};

	return build_run(&build, len, nr_threads, sink, out);
}

int stele_digest_build_fd(int fd, uint64_t offset, uint64_t len,
			  unsigned int nr_threads,
			  const struct stele_digest_sink *sink,
			  struct stele_digest *out)
{
	struct build build = { .fd = fd, .offset = offset };

	if (offset > INT64_MAX || len > INT64_MAX - offset)
		return -EFBIG;
	return build_run(&build, len, nr_threads, sink, out);
}

int stele_digest_file_write(void *arg, const void *buf, size_t len,
			    uint64_t tree_offset)
{
	const struct stele_digest_file *file = arg;
	uint64_t offset = file->offset + tree_offset;
	const uint8_t *p = buf;
	ssize_t n;

	if (file->offset > INT64_MAX || offset > INT64_MAX - len)
		return -EFBIG;
	while (len) {
		n = pwrite(file->fd, p, len, offset);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		p += n;
		len -= n;
		offset += n;
	}
	return 0;
}

/*
 * Stream: one leaf block filled hash by hash, its current data block half
 * hashed in @hasher.
 */

struct stele_digest_stream {
	struct tree tree;
	struct stele_digest_sink sink;
	struct stele_digest_hasher *hasher;
	uint64_t seen_bytes;
	int err; /* the first one; nothing is done after it */
	uint8_t leaf[STELE_DIGEST_BLOCK_BYTES];
};

int stele_digest_begin(struct stele_digest_stream **stream, uint64_t len,
		       const struct stele_digest_sink *sink)
{
	struct stele_digest_stream *s;
	int err;

	s = calloc(1, sizeof(*s));
	if (!s)
		return -ENOMEM;
	if (sink)
		s->sink = *sink;
	err = stele_digest_hasher_new(&s->hasher);
	if (err)
		goto err_free;
	err = tree_init(&s->tree, len, sink ? &s->sink : NULL);
	if (err)
		goto err_free_hasher;
	*stream = s;
	return 0;

err_free_hasher:
	stele_digest_hasher_free(s->hasher);
err_free:
	free(s);
	return err;
}

/* @block, the last one fed, is whole. */
static int stream_end_block(struct stele_digest_stream *s, uint64_t block)
{
	const struct stele_digest_layout *layout = &s->tree.layout;
	size_t slot = block % FANOUT;
	int err;

	if (!layout->nr_levels)
		return stele_hasher_end(s->hasher, s->tree.hashes);

	err = stele_hasher_end(s->hasher, s->leaf + slot * HASH);
	if (err)
		return err;
	if (slot != FANOUT - 1 && block != layout->data_blocks - 1)
		return 0;
	memset(s->leaf + (slot + 1) * HASH, 0, BLOCK - (slot + 1) * HASH);
	return tree_add_blocks(&s->tree, s->hasher, 0, block / FANOUT, 1,
			       s->leaf);
}

/* Feeds at most up to the next end of a block; *@len is what was taken. */
static int stream_feed(struct stele_digest_stream *s, const uint8_t *p,
		       size_t *len)
{
	uint64_t total = s->tree.layout.data_bytes;
	uint64_t block = s->seen_bytes / BLOCK;
	size_t fill = s->seen_bytes % BLOCK;
	int err;

	*len = min_u64(*len, BLOCK - fill);
	err = fill ? 0 : stele_hasher_begin(s->hasher);
	if (!err)
		err = stele_hasher_feed(s->hasher, p, *len);
	if (err)
		return err;
	s->seen_bytes += *len;
	fill += *len;
	if (fill < BLOCK && s->seen_bytes < total)
		return 0;
	err = stele_hasher_feed(s->hasher, stele_zero_block, BLOCK - fill);
	return err ? err : stream_end_block(s, block);
}

int stele_digest_update(struct stele_digest_stream *s, const void *data,
			size_t len)
{
	const uint8_t *p = data;
	size_t taken;

	if (!s->err && len > s->tree.layout.data_bytes - s->seen_bytes)
		s->err = -EMSGSIZE;
	stele_crypto_begin();
	while (!s->err && len) {
		taken = len;
		s->err = stream_feed(s, p, &taken);
		p += taken;
		len -= taken;
	}
	return stele_crypto_end(s->err);
}

int stele_digest_end(struct stele_digest_stream *s, struct stele_digest *out)
{
	int err = 0;

	if (out) {
		err = s->err;
		if (!err && s->seen_bytes != s->tree.layout.data_bytes)
			err = -ENODATA;
		stele_crypto_begin();
		if (!err)
			err = tree_finish(&s->tree, s->hasher, out);
		stele_crypto_end(err);
	}
	free(s->tree.hashes);
	stele_digest_hasher_free(s->hasher);
	free(s);
	return err;
}

/*
 * Checking
 */

struct check {
	struct job job;
	/* The level being checked: @len bytes, against one hash a block. */
	const uint8_t *blocks;
	uint64_t len;
	const uint8_t *hashes;
	uint64_t bad_block; /* the lowest seen; under job.lock */
};

static struct check *check_of(struct job *job)
{
	return (struct check *)((char *)job - offsetof(struct check, job));
}

static int check_chunk(struct worker *worker, uint64_t chunk)
{
	struct check *check = check_of(worker->job);
	uint64_t block = chunk * CHUNK_BLOCKS;
	uint64_t end = min_u64(block + CHUNK_BLOCKS, div_up(check->len, BLOCK));
	int err = 0;

	for (; !err && block < end; block++)
		err = stele_hasher_check(worker->hasher,
					 check->blocks + block * BLOCK,
					 block_len(check->len, block),
					 check->hashes + block * HASH);
	if (err == -EBADMSG) {
		pthread_mutex_lock(&check->job.lock);
		check->bad_block = min_u64(check->bad_block, block - 1);
		pthread_mutex_unlock(&check->job.lock);
	}
	return err;
}

static int check_level(struct check *check, const uint8_t *blocks, uint64_t len,
		       const uint8_t *hashes)
{
	check->blocks = blocks;
	check->len = len;
	check->hashes = hashes;
	check->bad_block = UINT64_MAX;
	check->job.nr_chunks = div_up(len, CHUNK_BYTES);
	return job_run(&check->job);
}

/*
 * The first byte of the tree block at @slots that differs from the hashes of
 * the blocks it covers, which are the first of the @len bytes at @below, or
 * from the zeros behind them; 0 when the block is what it should be, or when
 * hashing fails: that the block is wrong is known, and worth more than -ENOMEM.
 */
static size_t tree_block_diff(struct stele_digest_hasher *hasher,
			      const uint8_t *slots, const uint8_t *below,
			      uint64_t len)
{
	uint8_t block[STELE_DIGEST_BLOCK_BYTES] = { 0 };
	size_t i;

	len = min_u64(len, FANOUT * BLOCK);
	for (i = 0; i * BLOCK < len; i++) {
		if (stele_hasher_block(hasher, below + i * BLOCK,
				       block_len(len, i), block + i * HASH))
			return 0;
	}
	for (i = 0; i < BLOCK; i++) {
		if (slots[i] != block[i])
			return i;
	}
	return 0;
}

static int check_tree(struct check *check, const uint8_t *data,
		      const uint8_t *tree, const uint8_t *root,
		      const struct stele_digest_layout *layout,
		      uint64_t *bad_offset)
{
	const uint8_t *hashes = root;
	const uint8_t *level_data, *below;
	uint64_t below_len, skip;
	unsigned int level;
	int err;

	for (level = layout->nr_levels; level-- > 0;) {
		level_data = tree + layout->level_start[level];
		err = check_level(check, level_data,
				  layout->level_blocks[level] * BLOCK, hashes);
		if (err)
			goto err_locate;
		hashes = level_data;
	}
	return 0;

err_locate:
	if (err != -EBADMSG)
		return err;
	below = level ? tree + layout->level_start[level - 1] : data;
	below_len = level ? layout->level_blocks[level - 1] * BLOCK :
			    layout->data_bytes;
	skip = check->bad_block * FANOUT * BLOCK;
	*bad_offset = layout->level_start[level] + check->bad_block * BLOCK;
	*bad_offset += tree_block_diff(check->job.workers[0].hasher,
				       tree + *bad_offset, below + skip,
				       below_len - skip);
	return err;
}

static int check_all(struct check *check, const uint8_t *data,
		     const uint8_t *tree, const struct stele_digest *expect,
		     const struct stele_digest_layout *layout,
		     struct stele_digest_fault *fault)
{
	uint8_t identity[STELE_DIGEST_BYTES];
	int err;

	fault->part = STELE_DIGEST_PART_IDENTITY;
	err = stele_hasher_descriptor(check->job.workers[0].hasher,
				      layout->data_bytes, expect->root,
				      identity);
	if (err)
		return err;
	if (memcmp(identity, expect->identity, HASH))
		return -EBADMSG;
	if (!layout->data_bytes)
		return memcmp(expect->root, stele_zero_block, HASH) ? -EBADMSG :
								      0;

	fault->part = STELE_DIGEST_PART_TREE;
	err = check_tree(check, data, tree, expect->root, layout,
			 &fault->offset);
	if (err)
		return err;

	fault->part = STELE_DIGEST_PART_DATA;
	err = check_level(check, data, layout->data_bytes,
			  layout->nr_levels ? tree + layout->level_start[0] :
					      expect->root);
	if (err == -EBADMSG)
		fault->offset = check->bad_block * BLOCK;
	return err;
}

int stele_digest_check(const void *data, uint64_t len, const void *tree,
		       const struct stele_digest *expect,
		       unsigned int nr_threads,
		       struct stele_digest_fault *fault)
{
	struct check check = { .job.do_chunk = check_chunk };
	struct stele_digest_fault found = { .part = STELE_DIGEST_PART_NONE };
	struct stele_digest_layout layout;
	int err;

	stele_digest_layout_init(&layout, len);
	/* The data has the most chunks of all levels. */
	check.job.nr_chunks = div_up(len, CHUNK_BYTES);
	err = job_alloc_workers(&check.job, nr_threads, 0, 0);
	if (err)
		return err;
	stele_crypto_begin();
	err = stele_crypto_end(
		check_all(&check, data, tree, expect, &layout, &found));
	if (err == -EBADMSG && fault)
		*fault = found;
	job_free_workers(&check.job);
	return err;
}
