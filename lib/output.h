/* SPDX-License-Identifier: MIT */
/*
 * The image while it is being made: an unnamed file or a memfd that is appended
 * to in order, patched here and there, and at last given its name.
 *
 * Until stele_output_publish() nothing has a name that a reader would open; a
 * crash leaves nothing; or, where the file system has no O_TMPFILE and in the
 * instant in which an old file is replaced, a file named
 * ".NAME.stele-tmp.0123456789abcdef", which the next build of that name removes.
 */
#ifndef STELE_OUTPUT_H
#define STELE_OUTPUT_H

#include <stele/builder.h>

struct stele_output;

/* flags, mode: as in stele_build_options. */
int stele_output_create_file(const char *path, uint32_t flags, uint32_t mode,
			     struct stele_output **out,
			     struct stele_error *err);
int stele_output_create_memfd(const char *name, struct stele_output **out,
			      struct stele_error *err);

/* Where the next append goes. */
uint64_t stele_output_tail(const struct stele_output *out);

/* Append through a buffer of 1 MiB; larger runs go straight.  -errno. */
int stele_output_append(struct stele_output *out, const void *p, size_t len);
/* 1 MiB or more costs nothing: a hole, for others to pwrite() into. */
int stele_output_zeros(struct stele_output *out, size_t len);
/* The first `len` bytes of a file; -ENODATA where it is shorter. */
int stele_output_append_file(struct stele_output *out, int fd, uint64_t len);
/* Zeros up to a multiple of align. */
int stele_output_align(struct stele_output *out, uint64_t align);

/* Read or rewrite bytes below the tail. */
int stele_output_read(struct stele_output *out, uint64_t off, void *p,
		      size_t len);
int stele_output_patch(struct stele_output *out, uint64_t off, const void *p,
		       size_t len);

/* All buffered bytes to the descriptor. */
int stele_output_flush(struct stele_output *out);
/* The descriptor, for pread, pwrite and mmap by others; stays ours. */
int stele_output_fd(const struct stele_output *out);

/*
 * A further unnamed temporary file beside the output (or a memfd for a memfd),
 * for spills; close-on-exec; the caller closes it.
 */
int stele_output_temporary(struct stele_output *out, int *fd);

/*
 * Flush, cut to the tail, sync, set mode and seal, name it in one step, sync the
 * folder.  *fd (may be NULL) is a read-only descriptor.
 */
int stele_output_publish(struct stele_output *out, int *fd,
			 struct stele_error *err);

/* Frees; what was not published vanishes.  NULL is fine. */
void stele_output_free(struct stele_output *out);

#endif /* STELE_OUTPUT_H */
