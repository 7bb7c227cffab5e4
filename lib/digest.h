/* SPDX-License-Identifier: MIT */
/*
 * The digest of a segment: what makes it one certain segment and no other.
 *
 * It is the fs-verity digest (SHA-256, 4 KiB blocks, no salt) of the sealed
 * bytes [0, L). The data is cut into blocks, the last one padded with zeros;
 * the hashes of 128 blocks make one block of the level above, until one block
 * is left. That block's hash is the *root*; the SHA-256 of a 256-byte
 * descriptor holding L and the root is the *identity*.
 *
 * Levels are counted from the leaves (level 0 holds the hashes of the data),
 * but lie in the tree the other way round: the top block first, leaves last,
 * each level padded with zeros to whole blocks. Offsets named "tree offset"
 * count from the first byte of the tree. Up to 4 KiB of data have no tree, the
 * root being the hash of the one block; no data at all has a root of zeros.
 *
 * Stands between builder and publish on the path schema -> builder -> publish
 * -> open -> lookup -> demand load; demand load comes back for
 * stele_digest_check_block().
 *
 * Every function returns 0 or -errno. All may be called from any thread; a
 * hasher and a stream belong to one thread at a time.
 */
#ifndef STELE_DIGEST_H
#define STELE_DIGEST_H

#include <stddef.h>
#include <stdint.h>

#define STELE_DIGEST_BYTES 32
#define STELE_DIGEST_BLOCK_BYTES 4096
#define STELE_DIGEST_FANOUT (STELE_DIGEST_BLOCK_BYTES / STELE_DIGEST_BYTES)
/* 2^52 blocks are the most a 64-bit length has; 128^8 = 2^56 cover them. */
#define STELE_DIGEST_MAX_LEVELS 8

struct stele_digest {
	uint8_t root[STELE_DIGEST_BYTES];
	uint8_t identity[STELE_DIGEST_BYTES];
};

/* Where each level lies in the tree of @data_bytes bytes; [0] is the leaves. */
struct stele_digest_layout {
	uint64_t data_bytes;
	uint64_t data_blocks;
	uint64_t tree_bytes;
	unsigned int nr_levels;
	uint64_t level_blocks[STELE_DIGEST_MAX_LEVELS];
	uint64_t level_start[STELE_DIGEST_MAX_LEVELS]; /* tree offset */
};

void stele_digest_layout_init(struct stele_digest_layout *layout, uint64_t len);
uint64_t stele_digest_tree_bytes(uint64_t len);

/* Identity of @len bytes whose root is @root. -ENOMEM, -ENOTSUP. */
int stele_digest_identity(uint64_t len, const uint8_t *root, uint8_t *identity);

/*
 * Building
 *
 * The tree goes to a sink, in whole blocks, every byte of it once and in no
 * certain order; with several threads @write is called by several at once. It
 * returns 0 or -errno, which ends the building and becomes its result. A NULL
 * sink wants no tree.
 */
struct stele_digest_sink {
	int (*write)(void *arg, const void *buf, size_t len,
		     uint64_t tree_offset);
	void *arg;
};

/* The sink that puts the tree into a file: @write for a struct like this. */
struct stele_digest_file {
	int fd;
	uint64_t offset; /* of the tree in the file */
};

int stele_digest_file_write(void *file, const void *buf, size_t len,
			    uint64_t tree_offset);

/*
 * Digest of @len bytes, in memory or from @offset of a file, by @nr_threads
 * threads, the caller's among them; 0 means one for each CPU. If the system
 * grants fewer, fewer do the work. The result does not depend on them. Takes
 * about 1 MiB a thread and len / 16384 bytes.
 *
 * -ENOMEM, -ENOTSUP (no SHA-256 to be had), -ENODATA (the file ends early),
 * -EFBIG (@offset + @len is no file offset), what pread() or the sink says.
 */
int stele_digest_build(const void *data, uint64_t len, unsigned int nr_threads,
		       const struct stele_digest_sink *sink,
		       struct stele_digest *out);
int stele_digest_build_fd(int fd, uint64_t offset, uint64_t len,
			  unsigned int nr_threads,
			  const struct stele_digest_sink *sink,
			  struct stele_digest *out);

/*
 * The same for data that passes by, in order and in pieces of any size, so
 * that a copy needs no second read. The length must be known at the beginning,
 * since the place of every tree block depends on it. Takes len / 16384 bytes.
 *
 * Update gives -EMSGSIZE when more than @len bytes come; end gives -ENODATA
 * when fewer came. After an error the stream can only be ended. End always
 * frees the stream; with @out NULL it does nothing else and returns 0.
 */
struct stele_digest_stream;

int stele_digest_begin(struct stele_digest_stream **stream, uint64_t len,
		       const struct stele_digest_sink *sink);
int stele_digest_update(struct stele_digest_stream *stream, const void *data,
			size_t len);
int stele_digest_end(struct stele_digest_stream *stream,
		     struct stele_digest *out);

/*
 * Checking
 *
 * The order is: identity against root; tree from its first byte, which is
 * also from the root down; data from its first byte. The first disagreement
 * ends the check, for nothing can be said about what a wrong hash covers.
 */
enum stele_digest_part {
	STELE_DIGEST_PART_NONE,
	STELE_DIGEST_PART_IDENTITY, /* length, root and identity disagree */
	STELE_DIGEST_PART_TREE,
	STELE_DIGEST_PART_DATA,
};

/*
 * Data can be judged by the block, so @offset is that of a block. A tree block
 * is compared with what it covers as well: @offset is the first byte that
 * differs from it, or the block's first when none does or hashing failed.
 */
struct stele_digest_fault {
	enum stele_digest_part part;
	uint64_t offset; /* of the part named; 0 for the identity */
};

/*
 * Checks @len bytes of data and the stele_digest_tree_bytes(@len) bytes at
 * @tree against @expect, by threads as above. -EBADMSG with *@fault filled
 * when they disagree, else *@fault is not written. @fault may be NULL.
 */
int stele_digest_check(const void *data, uint64_t len, const void *tree,
		       const struct stele_digest *expect,
		       unsigned int nr_threads,
		       struct stele_digest_fault *fault);

/*
 * One block at a time, for demand loading. The hash of data block n is at tree
 * offset stele_digest_hash_offset(layout, 0, n); that of block n of level l,
 * the top excepted, at stele_digest_hash_offset(layout, l + 1, n); that of the
 * top is the root.
 */
static inline uint64_t
stele_digest_hash_offset(const struct stele_digest_layout *layout,
			 unsigned int level, uint64_t block)
{
	return layout->level_start[level] + block * STELE_DIGEST_BYTES;
}

/* SHA-256 made ready, so that checking a block allocates nothing. */
struct stele_digest_hasher;

int stele_digest_hasher_new(struct stele_digest_hasher **hasher);
void stele_digest_hasher_free(struct stele_digest_hasher *hasher);

/*
 * 0 when the @len bytes (at most one block; less is padded with zeros) have
 * the hash @expect, else -EBADMSG.
 */
int stele_digest_check_block(struct stele_digest_hasher *hasher,
			     const void *block, size_t len,
			     const uint8_t *expect);

#endif
