// SPDX-License-Identifier: MIT
/*
 * Verifying the digest tree: the identity against the root, the tree from its
 * top, then the data by pieces, so that progress can be told and a wrong block
 * ends it early.  A piece is what one block of the tree's second level covers:
 * its digest, built by all threads, is the hash of that block.
 */
#include "digest.h"
#include "verify.h"

#define FANOUT STELE_DIGEST_FANOUT
#define BLOCK STELE_DIGEST_BLOCK_BYTES
#define PIECE ((uint64_t)FANOUT * FANOUT * BLOCK)

static int broken(struct stele_verify *v, uint64_t offset,
		  enum stele_invariant invariant, const char *what)
{
	return stele_fail_at(v->err, -STELE_E_DIGEST, offset, invariant,
			     "%s differs from its digest", what);
}

static int failed(struct stele_verify *v, int rc)
{
	return stele_fail(v->err, rc, "computing the digest: %s",
			  stele_strerror(rc));
}

/* The root is the hash of the tree's top block, or of the only data block. */
static int find_root(struct stele_verify *v, struct stele_digest *digest)
{
	const struct stele_segment *seg = v->seg;
	bool tree = seg->trailer.tree_bytes > 0;
	struct stele_digest top;
	uint8_t identity[STELE_DIGEST_BYTES];
	int rc;

	rc = stele_digest_build(seg->base + (tree ? seg->trailer.tree_off : 0),
				BLOCK, 1, NULL, &top);
	if (!rc)
		rc = stele_digest_identity(seg->len, top.root, identity);
	if (rc)
		return failed(v, rc);
	if (memcmp(identity, seg->trailer.identity, sizeof(identity)) != 0)
		return broken(v, seg->image_bytes - 32, STELE_I_DIGEST_IDENTITY,
			      "the identity");
	memcpy(digest->root, top.root, sizeof(digest->root));
	memcpy(digest->identity, identity, sizeof(identity));
	return 0;
}

/* Every block of the tree below the top has the hash that stands above it. */
static int verify_tree(struct stele_verify *v,
		       const struct stele_digest_layout *layout,
		       struct stele_digest_hasher *hasher)
{
	const uint8_t *tree = v->seg->base + v->seg->trailer.tree_off;

	for (unsigned level = layout->nr_levels; level-- > 1;) {
		uint64_t nr = layout->level_blocks[level - 1];

		for (uint64_t i = 0; i < nr; i++) {
			uint64_t at =
				layout->level_start[level - 1] + i * BLOCK;
			int rc = stele_digest_check_block(
				hasher, tree + at, BLOCK,
				tree + stele_digest_hash_offset(layout, level,
								i));

			if (rc == -EBADMSG)
				return broken(v, v->seg->trailer.tree_off + at,
					      STELE_I_DIGEST_TREE,
					      "a block of the digest tree");
			if (rc)
				return failed(v, rc);
		}
	}
	return 0;
}

/* Blocks [first, end) one by one: to name the wrong one, or for the rest. */
static int verify_blocks(struct stele_verify *v,
			 const struct stele_digest_layout *layout,
			 struct stele_digest_hasher *hasher, uint64_t first,
			 uint64_t end)
{
	const uint8_t *tree = v->seg->base + v->seg->trailer.tree_off;

	for (uint64_t i = first; i < end; i++) {
		uint64_t at = i * BLOCK, left = v->seg->len - at;
		int rc = stele_digest_check_block(
			hasher, v->seg->base + at, left < BLOCK ? left : BLOCK,
			tree + stele_digest_hash_offset(layout, 0, i));

		if (rc == -EBADMSG)
			return broken(v, at, STELE_I_DIGEST_DATA,
				      "a block of the segment");
		if (rc)
			return failed(v, rc);
	}
	return 0;
}

/* Whole pieces by all threads. */
static int verify_piece(struct stele_verify *v,
			const struct stele_digest_layout *layout,
			struct stele_digest_hasher *hasher, uint64_t i)
{
	const uint8_t *tree = v->seg->base + v->seg->trailer.tree_off;
	uint64_t first = i * FANOUT * FANOUT;
	struct stele_digest digest;
	int rc;

	rc = stele_digest_build(v->seg->base + i * PIECE, PIECE,
				v->options.threads, NULL, &digest);
	if (rc)
		return failed(v, rc);
	if (!memcmp(digest.root, tree + stele_digest_hash_offset(layout, 2, i),
		    sizeof(digest.root)))
		return stele_verify_progress(v, PIECE);
	rc = verify_blocks(v, layout, hasher, first, first + FANOUT * FANOUT);
	/* the bytes were other ones a moment ago */
	return rc ? rc :
		    broken(v, i * PIECE, STELE_I_DIGEST_DATA,
			   "a piece of the segment");
}

static int verify_data(struct stele_verify *v,
		       const struct stele_digest_layout *layout,
		       struct stele_digest_hasher *hasher,
		       const struct stele_digest *expect)
{
	const uint8_t *tree = v->seg->base + v->seg->trailer.tree_off;
	struct stele_digest_fault fault;
	uint64_t nr = 0;
	int rc = 0;

	if (layout->nr_levels < 3) {
		rc = stele_digest_check(v->seg->base, v->seg->len, tree, expect,
					v->options.threads, &fault);
		if (rc == -EBADMSG)
			return broken(v, fault.offset, STELE_I_DIGEST_DATA,
				      "a block of the segment");
		return rc ? failed(v, rc) :
			    stele_verify_progress(v, v->seg->len);
	}
	for (nr = 0; !rc && nr < v->seg->len / PIECE; nr++)
		rc = verify_piece(v, layout, hasher, nr);
	if (!rc)
		rc = verify_blocks(v, layout, hasher, nr * FANOUT * FANOUT,
				   layout->data_blocks);
	return rc ? rc : stele_verify_progress(v, v->seg->len - nr * PIECE);
}

int stele_verify_digest(struct stele_verify *v)
{
	struct stele_digest_hasher *hasher;
	struct stele_digest_layout layout;
	struct stele_digest digest;
	int rc;

	stele_digest_layout_init(&layout, v->seg->len);
	rc = find_root(v, &digest);
	if (rc)
		return rc;
	rc = stele_digest_hasher_new(&hasher);
	if (rc)
		return failed(v, rc);
	rc = verify_tree(v, &layout, hasher);
	if (!rc)
		rc = verify_data(v, &layout, hasher, &digest);
	stele_digest_hasher_free(hasher);
	return rc;
}
