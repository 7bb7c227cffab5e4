// SPDX-License-Identifier: MIT
/*
 * Moving a finished image to another home.  The bytes are read through the
 * segment's descriptor, not its mapping, so that a source that is truncated
 * meanwhile is an error and no signal.
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

static int copy_to(const struct stele_segment *segment,
		   struct stele_output *out, const char *what, int *fd,
		   struct stele_error *err)
{
	int rc = stele_output_append_file(out, segment->fd,
					  segment->image_bytes);

	if (rc)
		return stele_fail(err, rc, "%s: cannot copy the segment: %s",
				  what, stele_strerror(rc));
	return stele_output_publish(out, fd, err);
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
