// SPDX-License-Identifier: MIT
/*
 * Images in memory: the digest is computed by the library, whose own tests hold
 * it against another implementation.
 */
#include "specimen.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "digest.h"
#include "hash.h"

static void *need(void *p)
{
	if (!p) {
		fputs("no memory for an image\n", stderr);
		exit(4);
	}
	return p;
}

void specimen_alloc(struct specimen *specimen, size_t room)
{
	specimen->bytes = need(aligned_alloc(64, room));
	memset(specimen->bytes, 0, room);
	specimen->len = room;
	specimen->room = room;
}

void specimen_free(struct specimen *specimen)
{
	free(specimen->bytes);
	specimen->bytes = NULL;
}

void specimen_read(struct specimen *specimen, int fd)
{
	struct stat st;
	size_t at = 0;

	if (fstat(fd, &st) || st.st_size % 64) {
		fputs("no image to read\n", stderr);
		exit(4);
	}
	specimen_alloc(specimen, (size_t)st.st_size);
	while (at < specimen->len) {
		ssize_t n = pread(fd, specimen->bytes + at, specimen->len - at,
				  (off_t)at);

		if (n <= 0) {
			perror("reading an image");
			exit(4);
		}
		at += (size_t)n;
	}
}

void specimen_copy(struct specimen *specimen, const struct specimen *from)
{
	specimen_alloc(specimen, from->room);
	memcpy(specimen->bytes, from->bytes, from->len);
	specimen->len = from->len;
}

void specimen_sign_header(struct specimen *specimen)
{
	struct stele_fmt_header *header = specimen_header(specimen);

	header->checksum = 0;
	header->checksum = stele_hash_bytes(header, sizeof(*header), 0);
}

static int write_tree(void *arg, const void *buf, size_t len, uint64_t offset)
{
	memcpy((uint8_t *)arg + offset, buf, len);
	return 0;
}

bool specimen_sign(struct specimen *specimen)
{
	uint64_t len = specimen_header(specimen)->len_bytes, tree, tree_bytes;
	struct stele_fmt_trailer trailer = { .len_bytes = len };
	struct stele_digest_sink sink = { .write = write_tree };
	struct stele_digest digest;

	if (len < STELE_FMT_BLOCK || len > specimen->room)
		return false;
	tree = (len + STELE_FMT_BLOCK - 1) & ~(uint64_t)(STELE_FMT_BLOCK - 1);
	tree_bytes = stele_digest_tree_bytes(len);
	if (tree + tree_bytes + sizeof(trailer) > specimen->room)
		return false;
	specimen_sign_header(specimen);
	memset(specimen->bytes + len, 0, specimen->room - len);
	sink.arg = specimen->bytes + tree;
	if (stele_digest_build(specimen->bytes, len, 1, &sink, &digest)) {
		fputs("no digest\n", stderr);
		exit(4);
	}
	memcpy(trailer.magic, STELE_FMT_TRAILER_MAGIC, sizeof(trailer.magic));
	trailer.tree_off = tree;
	trailer.tree_bytes = tree_bytes;
	memcpy(trailer.identity, digest.identity, sizeof(trailer.identity));
	specimen->len = tree + tree_bytes + sizeof(trailer);
	memcpy(specimen->bytes + specimen->len - sizeof(trailer), &trailer,
	       sizeof(trailer));
	return true;
}
