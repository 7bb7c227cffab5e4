// SPDX-License-Identifier: MIT
/*
 * The unit at hand: its objects at the positions they will have, the run of
 * ASCII strings that is open, and the sharing of equal contents.
 */
#include "builder.h"
#include "hash.h"
#include "word.h"

#define NO_RUN SIZE_MAX

void stele_stage_begin(struct stele_builder *b)
{
	b->stage.bytes.len = 0;
	b->stage.base = stele_output_tail(b->out);
	b->stage.run = NO_RUN;
	b->stage.nr_objects = 0;
	b->scratch.len = 0;
	b->keys.len = 0;
	b->pending.len = 0;
	b->pending_keys.len = 0;
	b->depth = 0;
}

/* Zeros up to where the next head may stand; ends the open run. */
static int pad(struct stele_stage *stage)
{
	stage->run = NO_RUN;
	return stele_buffer_zeros(&stage->bytes, -stage->bytes.len & 7);
}

int stele_stage_object(struct stele_builder *b, uint64_t head,
		       const uint64_t *prefix, const void *payload,
		       uint64_t len, unsigned align, uint64_t *pos)
{
	struct stele_stage *stage = &b->stage;
	size_t before = prefix ? 16 : 8;
	uint64_t data;
	int rc;

	rc = pad(stage);
	if (rc)
		return rc;
	data = stage->base + stage->bytes.len + before;
	rc = stele_buffer_zeros(&stage->bytes, -data & (align - 1));
	if (!rc)
		rc = stele_buffer_reserve(&stage->bytes, before + len + 8);
	if (rc)
		return rc;
	*pos = stage->base + stage->bytes.len;
	stele_buffer_append(&stage->bytes, &head, sizeof(head));
	if (prefix)
		stele_buffer_append(&stage->bytes, prefix, sizeof(*prefix));
	stele_buffer_append(&stage->bytes, payload, len);
	stage->nr_objects++;
	return pad(stage);
}

int stele_stage_run(struct stele_builder *b, const void *p, size_t len,
		    uint64_t *off)
{
	struct stele_stage *stage = &b->stage;
	uint64_t head = 0;
	int rc;

	if (stage->run != NO_RUN) {
		memcpy(&head, stage->bytes.ptr + stage->run, sizeof(head));
		if (STELE_FMT_HEAD_COUNT(head) + len > STELE_FMT_RUN_MAX)
			stage->run = NO_RUN;
	}
	if (stage->run == NO_RUN) {
		head = STELE_FMT_HEAD(STELE_FMT_KIND_RUN, 0, 0);
		rc = pad(stage);
		if (!rc)
			rc = stele_buffer_append(&stage->bytes, &head,
						 sizeof(head));
		if (rc)
			return rc;
		stage->run = stage->bytes.len - sizeof(head);
		stage->nr_objects++;
	}
	*off = stage->base + stage->bytes.len;
	rc = stele_buffer_append(&stage->bytes, p, len);
	if (rc)
		return rc;
	head = STELE_FMT_HEAD(STELE_FMT_KIND_RUN, 0,
			      STELE_FMT_HEAD_COUNT(head) + len);
	memcpy(stage->bytes.ptr + stage->run, &head, sizeof(head));
	return 0;
}

int stele_stage_read(struct stele_builder *b, uint64_t pos, void *p, size_t len)
{
	if (pos < b->stage.base)
		return stele_output_read(b->out, pos, p, len);
	memcpy(p, b->stage.bytes.ptr + (pos - b->stage.base), len);
	return 0;
}

/* Whether the bytes laid down at pos are these; 1, 0 or an error. */
static int written_equal(struct stele_builder *b, uint64_t pos,
			 const uint8_t *payload, uint64_t len)
{
	const size_t chunk = 65536;
	int rc;

	b->readback.len = 0;
	rc = stele_buffer_reserve(&b->readback, chunk);
	if (rc)
		return rc;
	while (len) {
		size_t n = len < chunk ? len : chunk;

		rc = stele_stage_read(b, pos, b->readback.ptr, n);
		if (rc)
			return rc;
		if (memcmp(b->readback.ptr, payload, n))
			return 0;
		pos += n;
		payload += n;
		len -= n;
	}
	return 1;
}

/*
 * The slot of a content; *word is set and *found true where its value is equal.
 * skip: bytes between the word's position and the payload.
 */
static int find_shared(struct stele_builder *b, uint64_t head,
		       const void *payload, uint64_t len, unsigned skip,
		       struct stele_share_slot **slot, uint64_t *hash,
		       bool *found, uint64_t *word)
{
	bool candidate;
	int rc = 1;

	*slot = stele_share_find(&b->share, head, payload, len, hash,
				 &candidate);
	*found = false;
	if (!candidate)
		return 0;
	if (len > STELE_SHARE_INLINE) {
		uint64_t pos = (*slot)->word;

		pos = STELE_FMT_TAG(pos) == STELE_FMT_TAG_ASCII ? pos >> 16 :
								  pos + skip;
		rc = written_equal(b, pos, payload, len);
	}
	if (rc <= 0)
		return rc;
	*word = (*slot)->word;
	*found = true;
	b->share.nr_shared++;
	return 0;
}

int stele_stage_content(struct stele_builder *b, uint64_t head,
			const uint64_t *prefix, const void *payload,
			uint64_t len, unsigned align, bool share,
			uint64_t *word)
{
	struct stele_share_slot *slot = NULL;
	uint64_t hash = 0;
	bool found = false;
	int rc = 0;

	if (share)
		rc = find_shared(b, head, payload, len, prefix ? 16 : 8, &slot,
				 &hash, &found, word);
	if (rc || found)
		return rc;
	rc = stele_stage_object(b, head, prefix, payload, len, align, word);
	if (!rc && slot)
		rc = stele_share_take(&b->share, slot, hash, head, payload, len,
				      *word);
	return rc;
}

int stele_stage_ascii(struct stele_builder *b, const char *p, size_t len,
		      uint64_t *word)
{
	uint64_t head = STELE_FMT_HEAD(STELE_FMT_KIND_RUN, 0, len);
	struct stele_share_slot *slot;
	uint64_t hash = 0, off;
	bool found;
	int rc;

	rc = find_shared(b, head, p, len, 0, &slot, &hash, &found, word);
	if (rc || found)
		return rc;
	rc = stele_stage_run(b, p, len, &off);
	if (rc)
		return rc;
	*word = stele_word_ascii(off, len);
	if (!slot)
		return 0;
	return stele_share_take(&b->share, slot, hash, head, p, len, *word);
}

int stele_stage_commit(struct stele_builder *b)
{
	struct stele_stage *stage = &b->stage;
	int rc = pad(stage);

	if (!rc && stage->base + stage->bytes.len > STELE_FMT_ASCII_MAX_OFF)
		rc = -EFBIG;
	if (!rc)
		rc = stele_output_append(b->out, stage->bytes.ptr,
					 stage->bytes.len);
	if (rc) {
		stele_stage_rollback(b);
		return rc;
	}
	stele_share_commit(&b->share);
	b->nr_objects += stage->nr_objects;
	return 0;
}

void stele_stage_rollback(struct stele_builder *b)
{
	stele_share_rollback(&b->share);
	b->stage.bytes.len = 0;
	b->stage.run = NO_RUN;
	b->stage.nr_objects = 0;
}
