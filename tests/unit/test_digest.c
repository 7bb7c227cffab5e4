// SPDX-License-Identifier: MIT
/*
 * The digest is the one that `fsverity digest` computes, tree included, by
 * every way of building it; and one wrong bit anywhere is found where it is.
 *
 * Needs the command of Debian's package fsverity. STELE_TEST_SEED repeats a
 * run.
 */
#include "digest.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#define BLOCK ((size_t)STELE_DIGEST_BLOCK_BYTES)
#define LEAF_SPAN (128 * BLOCK)

static uint64_t seed;

static uint64_t random_u64(void)
{
	static uint64_t state;
	uint64_t x;

	if (!state)
		state = seed;
	x = state += UINT64_C(0x9e3779b97f4a7c15);
	x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
	return x ^ x >> 31;
}

static void *must_alloc(size_t len)
{
	void *p = malloc(len ? len : 1);

	assert_non_null(p);
	return p;
}

static uint8_t *random_bytes(size_t len)
{
	uint8_t *p = must_alloc(len + 8);
	uint64_t x;
	size_t i;

	for (i = 0; i < len; i += 8) {
		x = random_u64();
		memcpy(p + i, &x, 8);
	}
	return p;
}

static int memory_write(void *tree, const void *buf, size_t len,
			uint64_t tree_offset)
{
	memcpy((uint8_t *)tree + tree_offset, buf, len);
	return 0;
}

/* An image: data, and the tree and digest built from it by one thread. */
struct image {
	uint64_t len;
	uint64_t tree_bytes;
	uint8_t *data;
	uint8_t *tree;
	struct stele_digest digest;
};

static void image_init(struct image *image, uint64_t len)
{
	struct stele_digest_sink sink = { .write = memory_write };

	image->len = len;
	image->data = random_bytes(len);
	image->tree_bytes = stele_digest_tree_bytes(len);
	image->tree = must_alloc(image->tree_bytes);
	/* So that padding which was not written shows. */
	memset(image->tree, 0xee, image->tree_bytes);
	sink.arg = image->tree;
	assert_int_equal(stele_digest_build(image->data, len, 1, &sink,
					    &image->digest),
			 0);
}

static void image_free(struct image *image)
{
	free(image->data);
	free(image->tree);
}

/*
 * Files: all in one folder, made by the group's setup and emptied by teardown
 */

static char folder[] = "/tmp/stele-test-digest-XXXXXX";

static const char *path_of(const char *name)
{
	static char path[sizeof(folder) + 32];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return path;
}

static int open_new(const char *name)
{
	int fd = open(path_of(name), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC,
		      0600);

	assert_true(fd >= 0);
	return fd;
}

static void write_at(int fd, const void *p, size_t len, off_t offset)
{
	assert_int_equal(pwrite(fd, p, len, offset), len);
}

static uint8_t *read_whole(const char *name, size_t expected_len)
{
	uint8_t *p = must_alloc(expected_len + 1);
	int fd = open(path_of(name), O_RDONLY | O_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(read(fd, p, expected_len + 1), expected_len);
	close(fd);
	return p;
}

/*
 * What fsverity makes of a file: its digest printed, and the files "tree" and
 * "descriptor".
 */
static void fsverity_digest(const char *name, char hex[65])
{
	char command[512], line[256] = "";
	FILE *out;
	int status;

	snprintf(command, sizeof(command),
		 "cd %s && fsverity digest --out-merkle-tree=tree "
		 "--out-descriptor=descriptor %s",
		 folder, name);
	out = popen(command, "re");
	assert_non_null(out);
	if (!fgets(line, sizeof(line), out))
		line[0] = '\0';
	status = pclose(out);
	if (status == 127 << 8)
		fail_msg("no command fsverity: install package fsverity");
	assert_int_equal(status, 0);
	assert_int_equal(sscanf(line, "sha256:%64[0-9a-f] ", hex), 1);
}

static void to_hex(const uint8_t *p, char hex[65])
{
	int i;

	for (i = 0; i < STELE_DIGEST_BYTES; i++)
		sprintf(hex + 2 * i, "%02x", p[i]);
}

static void assert_hex_equal(const uint8_t *p, const char *expected)
{
	char hex[65];

	to_hex(p, hex);
	assert_string_equal(hex, expected);
}

static void assert_same_as_fsverity(const struct image *image)
{
	uint8_t *tree, *descriptor;
	char hex[65];
	int fd;

	fd = open_new("data");
	write_at(fd, image->data, image->len, 0);
	close(fd);
	fsverity_digest("data", hex);
	assert_hex_equal(image->digest.identity, hex);
	tree = read_whole("tree", image->tree_bytes);
	assert_memory_equal(tree, image->tree, image->tree_bytes);
	free(tree);
	descriptor = read_whole("descriptor", 256);
	assert_memory_equal(descriptor + 16, image->digest.root,
			    STELE_DIGEST_BYTES);
	free(descriptor);
}

/* Every byte of the tree must come, and from the same data the same. */
static void assert_memory_build_same(const struct image *image,
				     unsigned int nr_threads)
{
	uint8_t *tree = must_alloc(image->tree_bytes);
	struct stele_digest_sink sink = { memory_write, tree };
	struct stele_digest digest;

	memset(tree, 0x11, image->tree_bytes);
	assert_int_equal(stele_digest_build(image->data, image->len, nr_threads,
					    &sink, &digest),
			 0);
	assert_memory_equal(&digest, &image->digest, sizeof(digest));
	assert_memory_equal(tree, image->tree, image->tree_bytes);
	free(tree);
}

/* Data and tree in one file, both at odd places, the tree behind the data. */
static void assert_file_build_same(const struct image *image,
				   unsigned int nr_threads)
{
	const uint64_t start = 777;
	struct stele_digest_file file = { .offset = start + image->len + 99 };
	struct stele_digest_sink sink = { stele_digest_file_write, &file };
	struct stele_digest digest;
	uint8_t *whole;

	file.fd = open_new("image");
	write_at(file.fd, image->data, image->len, start);
	assert_int_equal(ftruncate(file.fd, file.offset), 0);
	assert_int_equal(stele_digest_build_fd(file.fd, start, image->len,
					       nr_threads, &sink, &digest),
			 0);
	close(file.fd);
	assert_memory_equal(&digest, &image->digest, sizeof(digest));
	whole = read_whole("image", file.offset + image->tree_bytes);
	assert_memory_equal(whole + start, image->data, image->len);
	assert_memory_equal(whole + file.offset, image->tree,
			    image->tree_bytes);
	free(whole);
}

/* Pieces from nothing up to a few blocks, or all of it at once. */
static void assert_stream_same(const struct image *image, size_t max_piece)
{
	uint8_t *tree = must_alloc(image->tree_bytes);
	struct stele_digest_sink sink = { memory_write, tree };
	struct stele_digest_stream *stream;
	struct stele_digest digest;
	uint64_t at = 0;
	size_t piece;

	memset(tree, 0x22, image->tree_bytes);
	assert_int_equal(stele_digest_begin(&stream, image->len, &sink), 0);
	while (at < image->len) {
		piece = random_u64() % (max_piece + 1);
		if (piece > image->len - at)
			piece = image->len - at;
		assert_int_equal(stele_digest_update(stream, image->data + at,
						     piece),
				 0);
		at += piece;
	}
	assert_int_equal(stele_digest_end(stream, &digest), 0);
	assert_memory_equal(&digest, &image->digest, sizeof(digest));
	assert_memory_equal(tree, image->tree, image->tree_bytes);
	free(tree);
}

static void assert_check_finds_nothing(const struct image *image,
				       unsigned int nr_threads)
{
	struct stele_digest_fault fault = { .offset = 123 };

	assert_int_equal(stele_digest_check(image->data, image->len,
					    image->tree, &image->digest,
					    nr_threads, &fault),
			 0);
	assert_int_equal(fault.offset, 123);
}

static void every_way_of_building_gives_what_fsverity_gives(void **state)
{
	static const uint64_t lengths[] = {
		0,
		1,
		BLOCK - 1,
		BLOCK,
		BLOCK + 1,
		LEAF_SPAN,
		LEAF_SPAN + 1,
		2 * LEAF_SPAN + 1,
		20 * 1000 * 1000,
		128 * LEAF_SPAN,
		128 * LEAF_SPAN + 1,
	};
	struct image image;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		image_init(&image, lengths[i]);
		assert_same_as_fsverity(&image);
		assert_memory_build_same(&image, 4);
		assert_memory_build_same(&image, 0);
		assert_file_build_same(&image, 1);
		assert_file_build_same(&image, 4);
		assert_stream_same(&image, 3 * BLOCK);
		assert_stream_same(&image, image.len);
		assert_check_finds_nothing(&image, 1);
		assert_check_finds_nothing(&image, 4);
		image_free(&image);
	}
}

/* Byte i of the data is i mod 251. From fsverity 1.5; also in FORMAT.md. */
static const struct {
	uint64_t len;
	const char *root;
	const char *identity;
} vectors[] = {
	{ 0, "0000000000000000000000000000000000000000000000000000000000000000",
	  "3d248ca542a24fc62d1c43b916eae5016878e2533c88238480b26128a1f1af95" },
	{ 1, "ad7facb2586fc6e966c004d7d1d16b024f5805ff7cb47c7a85dabd8b48892ca7",
	  "b803429503d95915829b29fdbc8bbad142f3abfd11b1cadf5526582e685c0551" },
	{ 4095,
	  "ae33e9b44d75dc888c7afc37ae024bb90c3ed9ed4c12086c192fe13feebb309c",
	  "5f4953aad672b0188023d6cd6fbce9d09508eb7dad165b6298ce0086bc1e72db" },
	{ 4096,
	  "d67c656e01756650d77717b0839985a056ec28ffe174601d690fc407a2ceffca",
	  "13e9b8848ae484a36acb3f3cac0ceb2f7601e96633d15c92f9bd3dd44e492157" },
	{ 4097,
	  "9281fce0c40dfec63487b986806368f10224370b496de24d42498a1db0a660f1",
	  "b0d074abef4d544404facfab6ba242f6a8ccbde90f1325cd286f3c8aa8d0f8aa" },
	{ 524288,
	  "16bf19cdcf03688f4c8b71ca58b73047f9cdbbc083ee15089b2b556d5980b7ee",
	  "d82861203d50ae9b60948504a704f35f5118bd229aeb1a22d6dae47b1767c4c4" },
	{ 524289,
	  "748b4293f4f7dc97cd6854b30a27dc061ee71dd4f326703b19e1bc4ba2dde727",
	  "4dc6905041c9c4ee73e13b53f63f5d289c46da359b664a965ead7f8cc4d799d4" },
	{ 1052749,
	  "acd99710806dd0049f892f15ecbd5408a1785f64c0f0d082896ba9a4a10cebb1",
	  "5242b29f0036774d356c4ece76e1dfc30fedef65c967f2e232866216fc2c37a2" },
};

static void digests_of_known_data_are_those_written_down(void **state)
{
	struct stele_digest digest;
	uint8_t identity[STELE_DIGEST_BYTES];
	uint8_t *data;
	size_t i, j;

	(void)state;
	for (i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
		data = must_alloc(vectors[i].len);
		for (j = 0; j < vectors[i].len; j++)
			data[j] = j % 251;
		assert_int_equal(stele_digest_build(data, vectors[i].len, 1,
						    NULL, &digest),
				 0);
		assert_hex_equal(digest.root, vectors[i].root);
		assert_hex_equal(digest.identity, vectors[i].identity);
		assert_int_equal(stele_digest_identity(vectors[i].len,
						       digest.root, identity),
				 0);
		assert_memory_equal(identity, digest.identity,
				    sizeof(identity));
		free(data);
	}
}

static void no_data_needs_no_pointer(void **state)
{
	struct stele_digest digest;

	(void)state;
	assert_int_equal(stele_digest_build(NULL, 0, 4, NULL, &digest), 0);
	assert_hex_equal(digest.identity, vectors[0].identity);
	assert_int_equal(stele_digest_check(NULL, 0, NULL, &digest, 4, NULL),
			 0);
}

static void layout_holds_for_every_length(void **state)
{
	struct stele_digest_layout layout;
	uint64_t blocks = UINT64_C(1) << 52, tree_blocks = 0;

	(void)state;
	assert_int_equal(stele_digest_tree_bytes(0), 0);
	assert_int_equal(stele_digest_tree_bytes(BLOCK), 0);
	assert_int_equal(stele_digest_tree_bytes(BLOCK + 1), BLOCK);
	assert_int_equal(stele_digest_tree_bytes(LEAF_SPAN), BLOCK);
	assert_int_equal(stele_digest_tree_bytes(LEAF_SPAN + 1), 3 * BLOCK);
	assert_int_equal(stele_digest_tree_bytes(128 * LEAF_SPAN), 129 * BLOCK);
	assert_int_equal(stele_digest_tree_bytes(128 * LEAF_SPAN + 1),
			 (129 + 2 + 1) * BLOCK);

	stele_digest_layout_init(&layout, UINT64_MAX);
	assert_int_equal(layout.nr_levels, STELE_DIGEST_MAX_LEVELS);
	assert_int_equal(layout.data_blocks, blocks);
	while (blocks > 1) {
		blocks = (blocks + 127) / 128;
		tree_blocks += blocks;
	}
	assert_int_equal(layout.tree_bytes, tree_blocks * BLOCK);
	assert_int_equal(layout.level_start[7], 0);
	assert_int_equal(layout.level_start[0],
			 (tree_blocks - layout.level_blocks[0]) * BLOCK);
}

/*
 * Faults
 */

static void assert_fault(const struct image *image, unsigned int nr_threads,
			 enum stele_digest_part part, uint64_t offset)
{
	struct stele_digest_fault fault = { .part = STELE_DIGEST_PART_NONE };

	assert_int_equal(stele_digest_check(image->data, image->len,
					    image->tree, &image->digest,
					    nr_threads, &fault),
			 -EBADMSG);
	assert_int_equal(fault.part, part);
	assert_int_equal(fault.offset, offset);
}

static void flip(uint8_t *p)
{
	*p ^= 1u << random_u64() % 8;
}

static void assert_tree_flip_found(struct image *image, uint64_t offset,
				   unsigned int nr_threads)
{
	uint8_t kept = image->tree[offset];

	flip(&image->tree[offset]);
	assert_fault(image, nr_threads, STELE_DIGEST_PART_TREE, offset);
	image->tree[offset] = kept;
}

static void assert_data_flip_found(struct image *image, uint64_t offset,
				   unsigned int nr_threads)
{
	uint8_t kept = image->data[offset];

	flip(&image->data[offset]);
	assert_fault(image, nr_threads, STELE_DIGEST_PART_DATA,
		     offset / BLOCK * BLOCK);
	image->data[offset] = kept;
}

static void each_flipped_tree_byte_is_found_where_it_is(void **state)
{
	struct image image;
	uint64_t i;

	(void)state;
	image_init(&image, 2 * LEAF_SPAN + 3 * BLOCK + 77);
	assert_int_equal(image.tree_bytes, 4 * BLOCK);
	for (i = 0; i < image.tree_bytes; i++)
		assert_tree_flip_found(&image, i, i % 64 ? 1 : 4);
	image_free(&image);
}

static void flips_in_a_tree_of_three_levels_are_found(void **state)
{
	struct image image;
	uint64_t i, block;

	(void)state;
	image_init(&image, 130 * LEAF_SPAN + 5);
	for (block = 0; block < image.tree_bytes / BLOCK; block++)
		assert_tree_flip_found(&image,
				       block * BLOCK + random_u64() % BLOCK, 4);
	for (i = 0; i < 32; i++)
		assert_data_flip_found(&image, random_u64() % image.len, 4);
	image_free(&image);
}

static void a_flipped_byte_in_each_data_block_is_found(void **state)
{
	struct image image;
	uint64_t block;

	(void)state;
	image_init(&image, 2 * LEAF_SPAN + 3 * BLOCK + 77);
	for (block = 0; block < image.len / BLOCK; block++)
		assert_data_flip_found(&image,
				       block * BLOCK + random_u64() % BLOCK,
				       1 + block % 4);
	assert_data_flip_found(&image, 0, 1);
	assert_data_flip_found(&image, BLOCK - 1, 1);
	assert_data_flip_found(&image, BLOCK, 1);
	assert_data_flip_found(&image, image.len - 77, 1);
	assert_data_flip_found(&image, image.len - 1, 1);
	image_free(&image);
}

static void each_flipped_byte_of_one_block_is_found(void **state)
{
	struct image image;
	uint64_t i;

	(void)state;
	image_init(&image, BLOCK - 1);
	for (i = 0; i < image.len; i++)
		assert_data_flip_found(&image, i, 1);
	image_free(&image);
}

static void root_and_identity_must_agree(void **state)
{
	static const uint64_t lengths[] = { 0, 1, 3 * LEAF_SPAN };
	struct image image;
	size_t i, j;

	(void)state;
	for (i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		image_init(&image, lengths[i]);
		for (j = 0; j < STELE_DIGEST_BYTES; j++) {
			image.digest.root[j] ^= 1;
			assert_fault(&image, 1, STELE_DIGEST_PART_IDENTITY, 0);
			image.digest.root[j] ^= 1;
			image.digest.identity[j] ^= 1;
			assert_fault(&image, 1, STELE_DIGEST_PART_IDENTITY, 0);
			image.digest.identity[j] ^= 1;
		}
		image_free(&image);
	}
}

/* A root of something else, with an identity which fits it. */
static void wrong_root_is_found(void **state)
{
	static const struct {
		uint64_t len;
		enum stele_digest_part part;
	} cases[] = {
		{ 0, STELE_DIGEST_PART_IDENTITY },
		{ 1, STELE_DIGEST_PART_DATA },
		{ BLOCK + 1, STELE_DIGEST_PART_TREE },
		{ 3 * LEAF_SPAN, STELE_DIGEST_PART_TREE },
	};
	struct image image;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		image_init(&image, cases[i].len);
		flip(&image.digest.root[random_u64() % STELE_DIGEST_BYTES]);
		assert_int_equal(stele_digest_identity(image.len,
						       image.digest.root,
						       image.digest.identity),
				 0);
		assert_fault(&image, 1, cases[i].part, 0);
		image_free(&image);
	}
}

static void wrong_length_is_found(void **state)
{
	struct image image;

	(void)state;
	image_init(&image, BLOCK);
	image.len--;
	assert_fault(&image, 1, STELE_DIGEST_PART_IDENTITY, 0);
	image_free(&image);
}

static void a_fault_need_not_be_told(void **state)
{
	struct image image;

	(void)state;
	image_init(&image, 2 * BLOCK);
	image.data[0] ^= 1;
	assert_int_equal(stele_digest_check(image.data, image.len, image.tree,
					    &image.digest, 1, NULL),
			 -EBADMSG);
	image_free(&image);
}

/*
 * Demand loading: each block alone
 */

static void assert_block_checked(struct stele_digest_hasher *hasher,
				 uint8_t *block, size_t len,
				 const uint8_t *expect)
{
	size_t at = random_u64() % len;

	assert_int_equal(stele_digest_check_block(hasher, block, len, expect),
			 0);
	block[at] ^= 1;
	assert_int_equal(stele_digest_check_block(hasher, block, len, expect),
			 -EBADMSG);
	block[at] ^= 1;
}

static void each_block_is_checked_alone(void **state)
{
	struct stele_digest_layout layout;
	struct stele_digest_hasher *hasher;
	struct image image;
	uint64_t n, at;
	unsigned int level;

	(void)state;
	image_init(&image, 128 * LEAF_SPAN + 1);
	stele_digest_layout_init(&layout, image.len);
	assert_int_equal(layout.nr_levels, 3);
	assert_int_equal(stele_digest_hasher_new(&hasher), 0);

	for (n = 0; n < layout.data_blocks; n++) {
		at = n * BLOCK;
		assert_block_checked(
			hasher, image.data + at,
			image.len - at < BLOCK ? image.len - at : BLOCK,
			image.tree + stele_digest_hash_offset(&layout, 0, n));
	}
	for (level = 0; level < layout.nr_levels - 1; level++) {
		for (n = 0; n < layout.level_blocks[level]; n++)
			assert_block_checked(
				hasher,
				image.tree + layout.level_start[level] +
					n * BLOCK,
				BLOCK,
				image.tree + stele_digest_hash_offset(
						     &layout, level + 1, n));
	}
	assert_block_checked(hasher, image.tree, BLOCK, image.digest.root);

	stele_digest_hasher_free(hasher);
	stele_digest_hasher_free(NULL);
	image_free(&image);
}

/*
 * Errors
 */

static void a_file_that_ends_early_is_no_data(void **state)
{
	struct stele_digest digest;
	int fd = open_new("short");

	(void)state;
	write_at(fd, "abc", 3, 0);
	assert_int_equal(stele_digest_build_fd(fd, 0, 4, 1, NULL, &digest),
			 -ENODATA);
	assert_int_equal(stele_digest_build_fd(fd, 3, 0, 1, NULL, &digest), 0);
	close(fd);
}

static void what_pread_says_is_returned(void **state)
{
	struct stele_digest digest;

	(void)state;
	assert_int_equal(stele_digest_build_fd(-1, 0, 9 * LEAF_SPAN, 4, NULL,
					       &digest),
			 -EBADF);
}

static void a_place_beyond_any_file_is_refused(void **state)
{
	struct stele_digest_file file = { .fd = -1 };
	struct stele_digest digest;

	(void)state;
	assert_int_equal(stele_digest_build_fd(-1, INT64_MAX, 1, 1, NULL,
					       &digest),
			 -EFBIG);
	assert_int_equal(stele_digest_build_fd(-1, UINT64_MAX, 1, 1, NULL,
					       &digest),
			 -EFBIG);
	assert_int_equal(stele_digest_build_fd(-1, 1, UINT64_MAX, 1, NULL,
					       &digest),
			 -EFBIG);
	file.offset = INT64_MAX - 2;
	assert_int_equal(stele_digest_file_write(&file, "abc", 3, 0), -EFBIG);
	file.offset = UINT64_MAX;
	assert_int_equal(stele_digest_file_write(&file, "abc", 3, 1), -EFBIG);
}

static void what_pwrite_says_is_returned(void **state)
{
	struct stele_digest_file file = { .offset = 0 };

	(void)state;
	close(open_new("read-only"));
	file.fd = open(path_of("read-only"), O_RDONLY | O_CLOEXEC);
	assert_int_equal(stele_digest_file_write(&file, "abc", 3, 0), -EBADF);
	close(file.fd);
}

static int refuse_from(void *offset, const void *buf, size_t len,
		       uint64_t tree_offset)
{
	(void)buf;
	(void)len;
	return tree_offset >= *(uint64_t *)offset ? -ENOSPC : 0;
}

static int refuse_top(void *unused, const void *buf, size_t len,
		      uint64_t tree_offset)
{
	(void)unused;
	(void)buf;
	(void)len;
	return tree_offset ? 0 : -EDQUOT;
}

static void what_the_sink_says_is_returned(void **state)
{
	uint64_t last_leaf;
	struct stele_digest_sink leaf_sink = { refuse_from, &last_leaf };
	struct stele_digest_sink top_sink = { refuse_top, NULL };
	struct stele_digest_stream *stream;
	struct stele_digest digest;
	struct image image;

	(void)state;
	image_init(&image, 9 * LEAF_SPAN);
	last_leaf = image.tree_bytes - BLOCK;
	assert_int_equal(stele_digest_build(image.data, image.len, 4,
					    &leaf_sink, &digest),
			 -ENOSPC);
	assert_int_equal(stele_digest_build(image.data, image.len, 1, &top_sink,
					    &digest),
			 -EDQUOT);

	assert_int_equal(stele_digest_begin(&stream, image.len, &leaf_sink), 0);
	assert_int_equal(stele_digest_update(stream, image.data, image.len),
			 -ENOSPC);
	assert_int_equal(stele_digest_update(stream, image.data, 0), -ENOSPC);
	assert_int_equal(stele_digest_end(stream, &digest), -ENOSPC);

	assert_int_equal(stele_digest_begin(&stream, image.len, &top_sink), 0);
	assert_int_equal(stele_digest_update(stream, image.data, image.len), 0);
	assert_int_equal(stele_digest_end(stream, &digest), -EDQUOT);
	image_free(&image);
}

static void a_stream_takes_the_length_promised(void **state)
{
	static const uint8_t data[3 * STELE_DIGEST_BLOCK_BYTES];
	struct stele_digest_stream *stream;
	struct stele_digest digest;

	(void)state;
	assert_int_equal(stele_digest_begin(&stream, 2 * BLOCK, NULL), 0);
	assert_int_equal(stele_digest_update(stream, data, BLOCK), 0);
	assert_int_equal(stele_digest_update(stream, data, BLOCK + 1),
			 -EMSGSIZE);
	assert_int_equal(stele_digest_update(stream, data, 1), -EMSGSIZE);
	assert_int_equal(stele_digest_end(stream, &digest), -EMSGSIZE);

	assert_int_equal(stele_digest_begin(&stream, 2 * BLOCK, NULL), 0);
	assert_int_equal(stele_digest_update(stream, data, 2 * BLOCK - 1), 0);
	assert_int_equal(stele_digest_end(stream, &digest), -ENODATA);

	assert_int_equal(stele_digest_begin(&stream, 0, NULL), 0);
	assert_int_equal(stele_digest_update(stream, data, 1), -EMSGSIZE);
	assert_int_equal(stele_digest_end(stream, &digest), -EMSGSIZE);
}

static void a_stream_may_be_given_up(void **state)
{
	struct stele_digest_stream *stream;

	(void)state;
	assert_int_equal(stele_digest_begin(&stream, 100 * BLOCK, NULL), 0);
	assert_int_equal(stele_digest_update(stream, "abc", 3), 0);
	assert_int_equal(stele_digest_end(stream, NULL), 0);
}

static int make_folder(void **state)
{
	(void)state;
	return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
	static const char *const names[] = {
		"data", "tree", "descriptor", "image", "short", "read-only",
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		unlink(path_of(names[i]));
	return rmdir(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			every_way_of_building_gives_what_fsverity_gives),
		cmocka_unit_test(digests_of_known_data_are_those_written_down),
		cmocka_unit_test(no_data_needs_no_pointer),
		cmocka_unit_test(layout_holds_for_every_length),
		cmocka_unit_test(each_flipped_tree_byte_is_found_where_it_is),
		cmocka_unit_test(flips_in_a_tree_of_three_levels_are_found),
		cmocka_unit_test(a_flipped_byte_in_each_data_block_is_found),
		cmocka_unit_test(each_flipped_byte_of_one_block_is_found),
		cmocka_unit_test(root_and_identity_must_agree),
		cmocka_unit_test(wrong_root_is_found),
		cmocka_unit_test(wrong_length_is_found),
		cmocka_unit_test(a_fault_need_not_be_told),
		cmocka_unit_test(each_block_is_checked_alone),
		cmocka_unit_test(a_file_that_ends_early_is_no_data),
		cmocka_unit_test(what_pread_says_is_returned),
		cmocka_unit_test(a_place_beyond_any_file_is_refused),
		cmocka_unit_test(what_pwrite_says_is_returned),
		cmocka_unit_test(what_the_sink_says_is_returned),
		cmocka_unit_test(a_stream_takes_the_length_promised),
		cmocka_unit_test(a_stream_may_be_given_up),
	};
	const char *given = getenv("STELE_TEST_SEED");

	seed = given ? strtoull(given, NULL, 0) :
		       (uint64_t)time(NULL) << 20 ^ getpid();
	print_message("STELE_TEST_SEED=%#llx\n", (unsigned long long)seed);
	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
