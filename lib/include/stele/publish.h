/* SPDX-License-Identifier: MIT */
/*
 * Homes: moving a finished image, byte for byte, from one home to another.
 *
 * A copy has the header and the identity of the segment that was opened; where
 * these have changed meanwhile the call is -STELE_E_FORMAT.  The bytes between
 * are not hashed: who does not trust the source verifies the copy, which then
 * changes no more, rather than the source.
 */
#ifndef STELE_PUBLISH_H
#define STELE_PUBLISH_H

#include <stele/builder.h>
#include <stele/segment.h>

STELE_BEGIN_DECLS

#define STELE_MEMFD_F_HUGETLB (1u << 0) /* from the reserved pool, or fail */
#define STELE_MEMFD_F_ALL 1u

/*
 * Copy an open segment into a memfd with all seals.  *fd is a read-only,
 * close-on-exec descriptor that can be sent or inherited; it is the caller's.
 * -ENOMEM also where HUGETLB was asked and the pool is too small.
 */
STELE_API int stele_publish_memfd(const struct stele_segment *segment,
				  const char *name, uint32_t flags, int *fd,
				  struct stele_error *err);

/*
 * Copy an open segment into a file: unnamed temporary, sync, link, rename, sync
 * of the folder.  mode as in stele_build_options.
 */
STELE_API int stele_publish_file(const struct stele_segment *segment,
				 const char *path, uint32_t mode,
				 uint32_t build_flags, struct stele_error *err);

STELE_END_DECLS

#endif /* STELE_PUBLISH_H */
