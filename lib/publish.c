// SPDX-License-Identifier: MIT
/*
 * Moving a finished image to another home.  The bytes are read through the
 * segment's descriptor, not its mapping, so that a source that is truncated
 * meanwhile is an error and no signal.
 *
 * The copy has the header and the trailer that were checked at open, the identity
 * among them, or there is none; whether its bytes belong to that identity, verify
 * tells, of the copy for good.
 */
#include <stele/publish.h>

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "descriptor.h"
#include "fail.h"
#include "memfd.h"
#include "output.h"
#include "segment.h"

static int changed(const char *what, struct stele_error *err)
{
	return stele_fail(err, -STELE_E_FORMAT,
			  "%s: the segment has changed while it was copied",
			  what);
}

static bool is_same(const struct stele_segment *segment, const void *header,
		    const void *trailer)
{
	return !memcmp(header, &segment->header, sizeof(segment->header)) &&
	       !memcmp(trailer, &segment->trailer, sizeof(segment->trailer));
}

static uint64_t trailer_at(const struct stele_segment *segment)
{
	return segment->image_bytes - sizeof(segment->trailer);
}

static int check_copy(const struct stele_segment *segment,
		      struct stele_output *out, const char *what,
		      struct stele_error *err)
{
	struct stele_fmt_trailer trailer;
	struct stele_fmt_header header;
	int rc = stele_output_read(out, 0, &header, sizeof(header));

	if (!rc)
		rc = stele_output_read(out, trailer_at(segment), &trailer,
				       sizeof(trailer));
	if (rc)
		return stele_fail(err, rc, "%s: cannot read the copy: %s", what,
				  stele_strerror(rc));
	return is_same(segment, &header, &trailer) ? 0 : changed(what, err);
}

static int copy_to(const struct stele_segment *segment,
		   struct stele_output *out, const char *what, int *fd,
		   struct stele_error *err)
{
	int rc = stele_output_append_file(out, segment->fd,
					  segment->image_bytes);

	if (rc)
		return stele_fail(err, rc, "%s: cannot copy the segment: %s",
				  what, stele_strerror(rc));
	rc = check_copy(segment, out, what, err);
	return rc ? rc : stele_output_publish(out, fd, err);
}

/* Through a mapping that is gone before the seal: write() is not to be had. */
static int fill_huge(const struct stele_segment *segment, int fd)
{
	uint64_t bytes = segment->image_bytes;
	uint64_t room = (bytes + STELE_FMT_EXTENT - 1) / STELE_FMT_EXTENT *
			STELE_FMT_EXTENT;
	int rc = stele_fd_truncate(fd, room);
	void *p;

	if (rc)
		return rc;
	/* Reserves the pages: later there is no fault for lack of them. */
	p = mmap(NULL, room, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (p == MAP_FAILED)
		return -errno;
	rc = stele_fd_read(segment->fd, 0, p, bytes);
	if (!rc && !is_same(segment, p, (uint8_t *)p + trailer_at(segment)))
		rc = -STELE_E_FORMAT;
	munmap(p, room);
	return rc;
}

static int publish_huge(const struct stele_segment *segment, const char *name,
			int *result, struct stele_error *err)
{
	int reader, rc, fd;

	fd = rc = stele_memfd_create(name, true);
	if (fd < 0)
		goto err_fail;
	rc = fill_huge(segment, fd);
	if (rc)
		goto err_close;
	reader = rc = stele_fd_reopen(fd);
	if (rc < 0)
		goto err_close;
	rc = stele_memfd_seal(fd);
	stele_fd_close(fd);
	if (rc) {
		stele_fd_close(reader);
		goto err_fail;
	}
	*result = reader;
	return 0;

err_close:
	stele_fd_close(fd);
err_fail:
	if (rc == -STELE_E_FORMAT)
		return changed(name, err);
	return stele_fail(err, rc,
			  "%s: cannot make a memfd of 2 MiB pages: %s%s", name,
			  stele_strerror(rc),
			  rc == -ENOMEM ? " (vm.nr_hugepages)" : "");
}

int stele_publish_memfd(const struct stele_segment *segment, const char *name,
			uint32_t flags, int *fd, struct stele_error *err)
{
	struct stele_output *out;
	int rc;

	if (flags & ~STELE_MEMFD_F_ALL)
		return stele_fail(err, -EINVAL, "unknown memfd flags %#x",
				  flags & ~STELE_MEMFD_F_ALL);
	if (flags & STELE_MEMFD_F_HUGETLB)
		return publish_huge(segment, name, fd, err);
	rc = stele_output_create_memfd(name, &out, err);
	if (rc)
		return rc;
	rc = copy_to(segment, out, name, fd, err);
	stele_output_free(out);
	return rc;
}

int stele_publish_file(const struct stele_segment *segment, const char *path,
		       uint32_t mode, uint32_t build_flags,
		       struct stele_error *err)
{
	struct stele_output *out;
	int rc = stele_output_create_file(path, build_flags, mode, &out, err);

	if (rc)
		return rc;
	rc = copy_to(segment, out, path, NULL, err);
	stele_output_free(out);
	return rc;
}
