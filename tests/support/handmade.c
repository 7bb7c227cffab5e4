// SPDX-License-Identifier: MIT
/* Images made by hand. */
#include "handmade.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "digest.h"
#include "hash.h"

static void die(const char *what)
{
	fprintf(stderr, "handmade: %s\n", what);
	abort();
}

void handmade_begin(struct handmade *im)
{
	memset(im, 0, sizeof(*im));
	im->bytes = mmap(NULL, HANDMADE_ROOM, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (im->bytes == MAP_FAILED)
		die("no memory");
	im->header = (struct stele_fmt_header *)(void *)im->bytes;
	memcpy(im->header->magic, STELE_FMT_MAGIC, 8);
	im->header->major = STELE_FMT_MAJOR;
	im->header->minor = STELE_FMT_MINOR;
	im->header->header_bytes = STELE_FMT_BLOCK;
	im->header->hash_seed = STELE_FMT_DEFAULT_SEED;
	im->header->share_log2 = 16;
	im->len = STELE_FMT_BLOCK;
}

void handmade_free(struct handmade *im)
{
	if (im->bytes)
		munmap(im->bytes, HANDMADE_ROOM);
	free(im->home);
	im->bytes = NULL;
	im->home = NULL;
}

static struct stele_fmt_section *last_section(struct handmade *im)
{
	uint32_t nr = im->header->nr_sections;

	return nr ? &im->header->section[nr - 1] : NULL;
}

static void end_section(struct handmade *im)
{
	struct stele_fmt_section *s = last_section(im);

	if (s)
		s->len = im->len - s->off;
}

struct stele_fmt_section *handmade_section(struct handmade *im, uint32_t kind)
{
	struct stele_fmt_section *s;

	end_section(im);
	handmade_align(im, kind == STELE_FMT_SECTION_TABLE_DATA ? 4096 : 64);
	s = &im->header->section[im->header->nr_sections++];
	s->kind = kind;
	if (kind >= STELE_FMT_SECTION_TABLE_INDEX &&
	    kind <= STELE_FMT_SECTION_SCHEMA)
		s->flags = STELE_FMT_SECTION_F_HOT;
	s->off = im->len;
	return s;
}

uint64_t handmade_append(struct handmade *im, const void *p, uint64_t len)
{
	uint64_t off = im->len;

	if (len > HANDMADE_ROOM / 2 - im->len)
		die("too large");
	if (len)
		memcpy(im->bytes + off, p, len);
	im->len += len;
	return off;
}

void handmade_align(struct handmade *im, uint64_t align)
{
	im->len = (im->len + align - 1) & ~(align - 1);
	if (im->len > HANDMADE_ROOM / 2)
		die("too large");
}

uint64_t handmade_word(struct handmade *im, uint64_t word)
{
	return handmade_append(im, &word, sizeof(word));
}

uint64_t handmade_object(struct handmade *im, uint64_t head,
			 const void *payload, uint64_t len)
{
	uint64_t pos = handmade_word(im, head);

	handmade_append(im, payload, len);
	handmade_align(im, 8);
	last_section(im)->nr_items++;
	if (STELE_FMT_HEAD_KIND(head) == STELE_FMT_KIND_RECORD &&
	    STELE_FMT_HEAD_FLAGS(head) & STELE_FMT_OBJ_F_ROW)
		im->header->nr_rows++;
	return pos;
}

void handmade_schema(struct handmade *im, const char *text)
{
	struct stele_schema *schema;
	struct stele_error err;

	if (stele_schema_parse(text, strlen(text), &schema, &err))
		die(err.reason);
	handmade_section(im, STELE_FMT_SECTION_SCHEMA)->nr_items =
		schema->head->nr_records;
	handmade_append(im, schema->image, schema->image_bytes);
	stele_schema_free(schema);
}

uint64_t handmade_get(const struct handmade *im, uint64_t off)
{
	uint64_t word;

	memcpy(&word, im->bytes + off, sizeof(word));
	return word;
}

void handmade_put(struct handmade *im, uint64_t off, uint64_t word)
{
	memcpy(im->bytes + off, &word, sizeof(word));
}

static int put_tree(void *arg, const void *buf, size_t len, uint64_t off)
{
	memcpy((uint8_t *)arg + off, buf, len);
	return 0;
}

void handmade_sign(struct handmade *im)
{
	struct stele_fmt_trailer trailer = { .len_bytes = im->len };
	struct stele_digest_sink sink = { .write = put_tree };
	struct stele_digest digest;

	memcpy(trailer.magic, STELE_FMT_TRAILER_MAGIC, 8);
	trailer.tree_off = (im->len + 4095) & ~4095ull;
	trailer.tree_bytes = stele_digest_tree_bytes(im->len);
	sink.arg = im->bytes + trailer.tree_off;
	if (stele_digest_build(im->bytes, im->len, 1, &sink, &digest))
		die("no digest");
	memcpy(trailer.identity, digest.identity, sizeof(trailer.identity));
	im->home_bytes = trailer.tree_off + trailer.tree_bytes;
	memcpy(im->bytes + im->home_bytes, &trailer, sizeof(trailer));
	im->home_bytes += sizeof(trailer);
}

void handmade_seal(struct handmade *im)
{
	struct stele_fmt_header *h = im->header;

	if (!im->home_bytes) {
		end_section(im);
		h->len_bytes = im->len;
	}
	h->checksum = 0;
	h->checksum = stele_hash_bytes(h, sizeof(*h), 0);
	handmade_sign(im);
}

int handmade_open_cut(struct handmade *im, uint64_t bytes,
		      struct stele_segment *seg, struct stele_error *err)
{
	free(im->home);
	if (posix_memalign((void **)&im->home, 4096, bytes ? bytes : 1))
		die("no memory");
	memcpy(im->home, im->bytes, bytes);
	memset(seg, 0, sizeof(*seg));
	return stele_segment_attach(seg, im->home, bytes, err);
}

int handmade_open(struct handmade *im, struct stele_segment *seg,
		  struct stele_error *err)
{
	return handmade_open_cut(im, im->home_bytes, seg, err);
}

void handmade_close(struct handmade *im, struct stele_segment *seg)
{
	stele_segment_detach(seg);
	free(im->home);
	im->home = NULL;
}
