// SPDX-License-Identifier: MIT
/*
 * The unit at hand: its objects at the positions they will have, the run of
 * ASCII strings that is open, and the sharing of equal contents.
 *
 * A content that may be shared is compared with what was written, which by then
 * may be in the file alone: pages that are read back are kept, a bounded number
 * of them, so that what is shared often costs no system call.
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
	b->row_keys.len = 0;
	b->pending.len = 0;
	b->pending_keys.len = 0;
	b->nr_keyless = 0;
	b->depth = 0;
}

/* Zeros up to where the next head may stand; ends the open run. */
static int pad(struct stele_stage *stage)
{
	stage->run = NO_RUN;
	return stele_buffer_zeros(&stage->bytes, -stage->bytes.len & 7);
}

int stele_stage_space(struct stele_builder *b, uint64_t bytes, uint64_t *pos)
{
	struct stele_stage *stage = &b->stage;
	int rc = pad(stage);

	*pos = stage->base + stage->bytes.len;
	if (!rc)
		rc = stele_buffer_zeros(&stage->bytes, bytes);
	if (!rc)
		stage->nr_objects++;
	return rc;
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
	uint64_t head = STELE_FMT_HEAD(STELE_FMT_KIND_RUN, 0, 0);
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

/* ------------------------------------------------------------- readback */

/* The memory of a page; behind the last is one for what is not yet a page. */
static uint8_t *page_at(const struct stele_stage_pages *pages, unsigned slot)
{
	return pages->bytes + (size_t)slot * STELE_STAGE_PAGE;
}

/* A whole page of what is appended, kept for the next time. */
static int keep_page(struct stele_builder *b, uint64_t number,
		     const uint8_t **page)
{
	struct stele_stage_pages *pages = &b->pages;
	unsigned slot = number % STELE_STAGE_PAGES;
	uint8_t *bytes = page_at(pages, slot);
	int rc;

	*page = bytes;
	if (pages->number[slot] == number)
		return 0;
	pages->number[slot] = 0;
	rc = stele_output_read(b->out, number * STELE_STAGE_PAGE, bytes,
			       STELE_STAGE_PAGE);
	if (!rc)
		pages->number[slot] = number;
	return rc;
}

/*
 * The bytes at pos, up to `len` or as many as lie together: a run that is valid
 * until the next call.
 */
static int look(struct stele_builder *b, uint64_t pos, size_t len,
		const uint8_t **p, size_t *run)
{
	uint64_t number = pos / STELE_STAGE_PAGE;
	size_t in_page = pos % STELE_STAGE_PAGE;
	int rc;

	*run = len;
	if (pos >= b->stage.base) {
		*p = stele_stage_at(b, pos);
		return 0;
	}
	if (!b->pages.bytes) {
		b->pages.bytes =
			malloc((STELE_STAGE_PAGES + 1) * STELE_STAGE_PAGE);
		if (!b->pages.bytes)
			return -ENOMEM;
	}
	if (*run > STELE_STAGE_PAGE - in_page)
		*run = STELE_STAGE_PAGE - in_page;
	if ((number + 1) * STELE_STAGE_PAGE <= b->stage.base) {
		rc = keep_page(b, number, p);
		*p += in_page;
		return rc;
	}
	*p = page_at(&b->pages, STELE_STAGE_PAGES);
	return stele_output_read(b->out, pos,
				 page_at(&b->pages, STELE_STAGE_PAGES), *run);
}

int stele_stage_read(struct stele_builder *b, uint64_t pos, void *p, size_t len)
{
	uint8_t *to = p;

	while (len) {
		const uint8_t *from;
		size_t run;
		int rc = look(b, pos, len, &from, &run);

		if (rc)
			return rc;
		memcpy(to, from, run);
		pos += run;
		to += run;
		len -= run;
	}
	return 0;
}

int stele_stage_patch(struct stele_builder *b, uint64_t pos, const void *p,
		      size_t len)
{
	uint64_t last = (pos + len - 1) / STELE_STAGE_PAGE;

	for (uint64_t n = pos / STELE_STAGE_PAGE; n <= last; n++)
		if (b->pages.number[n % STELE_STAGE_PAGES] == n)
			b->pages.number[n % STELE_STAGE_PAGES] = 0;
	return stele_output_patch(b->out, pos, p, len);
}

/* Whether the bytes laid down at pos are these; 1, 0 or an error. */
static int written_equal(struct stele_builder *b, uint64_t pos,
			 const uint8_t *payload, uint64_t len)
{
	while (len) {
		const uint8_t *p;
		size_t run;
		int rc = look(b, pos, len, &p, &run);

		if (rc)
			return rc;
		if (memcmp(p, payload, run))
			return 0;
		pos += run;
		payload += run;
		len -= run;
	}
	return 1;
}

/* -------------------------------------------------------------- sharing */

/*
 * The slot of a content; *word is set and *found true where its value is equal.
 * skip: bytes between the word's position and the payload.
 */
static int find_shared(struct stele_builder *b, uint64_t hash, uint64_t head,
		       const void *payload, uint64_t len, unsigned skip,
		       struct stele_share_slot **slot, bool *found,
		       uint64_t *word)
{
	bool candidate;
	int rc = 1;

	*slot = stele_share_find(&b->share, hash, head, payload, len,
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

	if (share && b->share.slots) {
		hash = stele_hash_bytes(payload, len, head);
		rc = find_shared(b, hash, head, payload, len, prefix ? 16 : 8,
				 &slot, &found, word);
	}
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
	struct stele_share_slot *slot = NULL;
	uint64_t hash = 0, off;
	bool found = false;
	int rc = 0;

	if (b->share.slots) {
		hash = stele_hash_bytes(p, len, head);
		rc = find_shared(b, hash, head, p, len, 0, &slot, &found, word);
	}
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

int stele_stage_unify(struct stele_builder *b,
		      const struct stele_stage_mark *mark, uint64_t pos,
		      uint64_t front, uint64_t data_len, uint64_t *word)
{
	const uint8_t *object = stele_stage_at(b, pos);
	const uint8_t *data = object + (stele_stage_data(pos, front) - pos);
	struct stele_share_slot *slot;
	uint64_t head, hash;
	bool candidate;
	int rc = 0;

	*word = pos;
	if (!b->share.slots)
		return 0;
	memcpy(&head, object, sizeof(head));
	hash = stele_hash_bytes(object + 8, front, head);
	if (data_len)
		hash = stele_hash_bytes(data, data_len, hash);
	slot = stele_share_find(&b->share, hash, head, NULL, 0, &candidate);
	if (candidate)
		rc = written_equal(b, slot->word + 8, object + 8, front);
	if (rc > 0)
		rc = written_equal(b, stele_stage_data(slot->word, front), data,
				   data_len);
	if (rc < 0)
		return rc;
	if (!rc)
		return stele_share_take(&b->share, slot, hash, head, NULL, 0,
					pos);
	*word = slot->word;
	stele_stage_reset(b, mark);
	b->share.nr_shared++;
	return 0;
}

/* ------------------------------------------------------------- unit's end */

int stele_stage_commit(struct stele_builder *b, struct stele_error *err)
{
	struct stele_stage *stage = &b->stage;
	int rc = pad(stage);

	if (!rc && stage->base + stage->bytes.len > STELE_FMT_ASCII_MAX_OFF)
		rc = stele_fail(err, -STELE_E_LIMIT,
				"objects beyond 2^48 bytes of one segment");
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

void stele_stage_mark(const struct stele_builder *b,
		      struct stele_stage_mark *mark)
{
	const struct stele_stage *stage = &b->stage;

	mark->len = stage->bytes.len;
	mark->run = stage->run;
	mark->run_head = 0;
	if (stage->run != NO_RUN)
		memcpy(&mark->run_head, stage->bytes.ptr + stage->run,
		       sizeof(mark->run_head));
	mark->nr_objects = stage->nr_objects;
	mark->share = stele_share_mark(&b->share);
}

void stele_stage_reset(struct stele_builder *b,
		       const struct stele_stage_mark *mark)
{
	struct stele_stage *stage = &b->stage;

	stele_share_rollback(&b->share, mark->share);
	stage->bytes.len = mark->len;
	stage->run = mark->run;
	if (stage->run != NO_RUN)
		memcpy(stage->bytes.ptr + stage->run, &mark->run_head,
		       sizeof(mark->run_head));
	stage->nr_objects = mark->nr_objects;
}

void stele_stage_rollback(struct stele_builder *b)
{
	const struct stele_stage_mark begin = { .run = NO_RUN };

	stele_stage_reset(b, &begin);
}
