// SPDX-License-Identifier: MIT
/*
 * The bytes of an image on their way to a file or memfd.
 *
 * [0, flushed) are in the file, [flushed, tail) in the buffer; reading and
 * patching look at both.  Every transfer names its offset, so nobody depends on
 * the descriptor's position, and others may read and write the file below
 * `flushed` through it.  A long run of zeros is a hole.
 *
 * The reader's descriptor is opened when the file is made.  Publishing closes
 * the writer's, so that nothing can write to what has a name.
 */
#include "output.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <linux/fsverity.h>

#include "descriptor.h"
#include "fail.h"
#include "memfd.h"
#include "target.h"

#define BUFFER_BYTES ((size_t)1 << 20)
#define DEFAULT_MODE 0444u

struct stele_output {
	int fd;
	int reader;
	bool memfd;
	uint32_t flags;
	uint32_t mode;
	uint64_t flushed;
	size_t used;
	uint8_t *buffer;
	struct stele_target target; /* of a file */
	char temporary[STELE_TARGET_TEMPORARY_BYTES]; /* name so far, or "" */
};

/* ------------------------------------------------------------ creating */

static struct stele_output *output_new(void)
{
	struct stele_output *out = calloc(1, sizeof(*out));

	if (!out)
		return NULL;
	out->fd = -1;
	out->reader = -1;
	out->target.folder = -1;
	out->buffer = malloc(BUFFER_BYTES);
	if (!out->buffer) {
		free(out);
		return NULL;
	}
	return out;
}

static int check_options(const char *path, uint32_t flags, uint32_t mode,
			 struct stele_error *err)
{
	if (flags & ~STELE_BUILD_F_ALL)
		return stele_fail(err, -EINVAL, "unknown build flags %#x",
				  flags & ~STELE_BUILD_F_ALL);
	if (mode & ~0555u)
		return stele_fail(
			err, -EINVAL,
			"%s: mode %#o: a segment's file can be read and nothing else",
			path, mode);
	return 0;
}

/* Before a long build, not after it: whether verity could be enabled. */
static int check_verity(const struct stele_output *out, struct stele_error *err)
{
	struct fsverity_digest digest = { .digest_size = 0 };

	/* ENODATA: it could be, but is not. */
	if (!*out->temporary &&
	    ioctl(out->reader, FS_IOC_MEASURE_VERITY, &digest) < 0 &&
	    errno == ENODATA)
		return 0;
	return stele_fail(
		err, -EOPNOTSUPP,
		"%s: the file system of its folder has no fs-verity (ext4: tune2fs -O verity)",
		out->target.path);
}

int stele_output_create_file(const char *path, uint32_t flags, uint32_t mode,
			     struct stele_output **result,
			     struct stele_error *err)
{
	struct stele_output *out;
	int rc = check_options(path, flags, mode, err);

	if (rc)
		return rc;
	out = output_new();
	if (!out)
		return stele_fail(err, -ENOMEM, "%s: out of memory", path);
	out->flags = flags;
	out->mode = mode;
	rc = stele_target_open(path, !(flags & STELE_BUILD_F_NO_REPLACE),
			       &out->target, err);
	if (rc)
		goto err_free;
	stele_target_sweep(&out->target);
	rc = stele_target_make(&out->target, DEFAULT_MODE, out->temporary,
			       &out->fd, &out->reader);
	if (rc) {
		stele_fail(err, rc, "%s: cannot make a file in its folder: %s",
			   path, stele_strerror(rc));
		goto err_free;
	}
	if (flags & STELE_BUILD_F_VERITY)
		rc = check_verity(out, err);
	if (rc)
		goto err_free;
	*result = out;
	return 0;

err_free:
	stele_output_free(out);
	return rc;
}

int stele_output_create_memfd(const char *name, struct stele_output **result,
			      struct stele_error *err)
{
	struct stele_output *out;
	int rc;

	if (strlen(name) > STELE_MEMFD_MAX_NAME)
		return stele_fail(err, -EINVAL,
				  "a memfd's name has %u bytes at most",
				  STELE_MEMFD_MAX_NAME);
	out = output_new();
	if (!out)
		return stele_fail(err, -ENOMEM, "%s: out of memory", name);
	out->memfd = true;
	out->fd = rc = stele_memfd_create(name, false);
	if (rc >= 0)
		out->reader = rc = stele_fd_reopen(out->fd);
	if (rc < 0) {
		stele_output_free(out);
		return stele_fail(err, rc, "%s: cannot make a memfd: %s", name,
				  stele_strerror(rc));
	}
	*result = out;
	return 0;
}

/* ------------------------------------------------------------- writing */

uint64_t stele_output_tail(const struct stele_output *out)
{
	return out->flushed + out->used;
}

int stele_output_fd(const struct stele_output *out)
{
	return out->fd;
}

int stele_output_flush(struct stele_output *out)
{
	int rc;

	if (!out->used)
		return 0;
	rc = stele_fd_write(out->fd, out->flushed, out->buffer, out->used);
	if (rc)
		return rc;
	out->flushed += out->used;
	out->used = 0;
	return 0;
}

/* Keeps every offset of the image one of a file. */
static bool fits(const struct stele_output *out, size_t len)
{
	return len <= (uint64_t)INT64_MAX - stele_output_tail(out);
}

int stele_output_append(struct stele_output *out, const void *p, size_t len)
{
	const uint8_t *from = p;
	size_t part = BUFFER_BYTES - out->used;
	int rc;

	if (!len)
		return 0;
	if (!fits(out, len))
		return -EFBIG;
	if (len >= part && out->used) {
		memcpy(out->buffer + out->used, from, part);
		out->used += part;
		rc = stele_output_flush(out);
		if (rc) {
			out->used -= part;
			return rc;
		}
		from += part;
		len -= part;
	}
	if (len >= BUFFER_BYTES) {
		rc = stele_fd_write(out->fd, out->flushed, from, len);
		if (!rc)
			out->flushed += len;
		return rc;
	}
	memcpy(out->buffer + out->used, from, len);
	out->used += len;
	return 0;
}

/* Move the tail over bytes that the file does not have. */
static int append_hole(struct stele_output *out, size_t len)
{
	int rc = stele_output_flush(out);

	if (!rc)
		rc = stele_fd_truncate(out->fd, out->flushed + len);
	if (!rc)
		out->flushed += len;
	return rc;
}

int stele_output_zeros(struct stele_output *out, size_t len)
{
	int rc;

	if (!fits(out, len))
		return -EFBIG;
	if (len >= BUFFER_BYTES)
		return append_hole(out, len);
	if (len > BUFFER_BYTES - out->used) {
		rc = stele_output_flush(out);
		if (rc)
			return rc;
	}
	memset(out->buffer + out->used, 0, len);
	out->used += len;
	return 0;
}

int stele_output_append_file(struct stele_output *out, int fd, uint64_t len)
{
	uint64_t off = 0;
	int rc = stele_output_flush(out);

	while (!rc && off < len) {
		size_t part = BUFFER_BYTES;

		if (part > len - off)
			part = len - off;
		rc = stele_fd_read(fd, off, out->buffer, part);
		if (rc)
			break;
		off += part;
		out->used = part;
		rc = stele_output_flush(out);
	}
	return rc;
}

int stele_output_align(struct stele_output *out, uint64_t align)
{
	uint64_t over = stele_output_tail(out) % align;

	return over ? stele_output_zeros(out, align - over) : 0;
}

/*
 * Cut [off, off + len) at `flushed`: *in_file bytes of it lie in the file, the
 * rest at *buffered.
 */
static int locate(const struct stele_output *out, uint64_t off, size_t len,
		  size_t *in_file, uint8_t **buffered)
{
	uint64_t tail = stele_output_tail(out);

	if (off > tail || len > tail - off)
		return -EINVAL;
	if (off >= out->flushed) {
		*in_file = 0;
		*buffered = out->buffer + (off - out->flushed);
		return 0;
	}
	*in_file = len;
	if (len > out->flushed - off)
		*in_file = out->flushed - off;
	*buffered = out->buffer;
	return 0;
}

int stele_output_read(struct stele_output *out, uint64_t off, void *p,
		      size_t len)
{
	uint8_t *buffered;
	size_t in_file;
	int rc = locate(out, off, len, &in_file, &buffered);

	if (!rc && in_file)
		rc = stele_fd_read(out->fd, off, p, in_file);
	if (!rc && len > in_file)
		memcpy((uint8_t *)p + in_file, buffered, len - in_file);
	return rc;
}

int stele_output_patch(struct stele_output *out, uint64_t off, const void *p,
		       size_t len)
{
	uint8_t *buffered;
	size_t in_file;
	int rc = locate(out, off, len, &in_file, &buffered);

	if (!rc && in_file)
		rc = stele_fd_write(out->fd, off, p, in_file);
	if (!rc && len > in_file)
		memcpy(buffered, (const uint8_t *)p + in_file, len - in_file);
	return rc;
}

int stele_output_temporary(struct stele_output *out, int *fd)
{
	int made = out->memfd ? stele_memfd_create("stele-spill", false) :
				stele_target_scratch(&out->target);

	if (made < 0)
		return made;
	*fd = made;
	return 0;
}

/* ---------------------------------------------------------- publishing */

static void close_writer(struct stele_output *out)
{
	stele_fd_close(out->fd);
	out->fd = -1;
}

/*
 * The kernel wants no writer at all, and a mode that would let one be: the
 * mode is narrowed after that.
 */
static int enable_verity(struct stele_output *out, mode_t mode,
			 struct stele_error *err)
{
	struct fsverity_enable_arg arg = {
		.version = 1,
		.hash_algorithm = FS_VERITY_HASH_ALG_SHA256,
		.block_size = 4096,
	};
	int rc = 0;

	if (fchmod(out->reader, mode | 0200) < 0)
		rc = -errno;
	while (!rc && ioctl(out->reader, FS_IOC_ENABLE_VERITY, &arg) < 0)
		if (errno != EINTR)
			rc = -errno;
	if (!rc)
		return 0;
	return stele_fail(err, rc, "%s: cannot enable fs-verity: %s",
			  out->target.path, stele_strerror(rc));
}

static int seal_file(struct stele_output *out, struct stele_error *err)
{
	bool verity = out->flags & STELE_BUILD_F_VERITY;
	mode_t mode = out->mode;
	struct stat st;
	int rc = 0;

	close_writer(out);
	if (!mode) {
		/* What the umask left of the default. */
		if (fstat(out->reader, &st) < 0)
			return stele_fail(err, -errno, "%s: %s",
					  out->target.path,
					  stele_strerror(-errno));
		mode = st.st_mode & 07777;
	}
	if (verity)
		rc = enable_verity(out, mode, err);
	if (rc)
		return rc;
	if ((verity || out->mode) && fchmod(out->reader, mode) < 0)
		rc = -errno;
	if (!rc && !(out->flags & STELE_BUILD_F_NO_SYNC))
		rc = stele_fd_sync(out->reader);
	if (rc)
		return stele_fail(err, rc, "%s: cannot seal the file: %s",
				  out->target.path, stele_strerror(rc));
	return 0;
}

static int name_file(struct stele_output *out, struct stele_error *err)
{
	bool replace = !(out->flags & STELE_BUILD_F_NO_REPLACE);
	bool sync = !(out->flags & STELE_BUILD_F_NO_SYNC);
	int rc = stele_target_publish(&out->target, out->reader, out->temporary,
				      replace, sync);

	if (rc == -EEXIST)
		return stele_fail(err, rc, "%s: exists", out->target.path);
	if (rc)
		return stele_fail(err, rc,
				  "%s: cannot give the file its name: %s",
				  out->target.path, stele_strerror(rc));
	*out->temporary = '\0';
	flock(out->reader, LOCK_UN);
	return 0;
}

static int seal_memfd(struct stele_output *out, struct stele_error *err)
{
	int rc = stele_memfd_seal(out->fd);

	close_writer(out);
	if (rc)
		return stele_fail(err, rc, "cannot seal the memfd: %s",
				  stele_strerror(rc));
	return 0;
}

int stele_output_publish(struct stele_output *out, int *fd,
			 struct stele_error *err)
{
	int rc;

	if (out->fd < 0)
		return stele_fail(err, -STELE_E_STATE,
				  "the segment was published before");
	rc = stele_output_flush(out);
	if (!rc)
		rc = stele_fd_truncate(out->fd, out->flushed);
	if (rc)
		return stele_fail(err, rc, "%s: cannot write: %s",
				  out->memfd ? "memfd" : out->target.path,
				  stele_strerror(rc));
	if (out->memfd) {
		rc = seal_memfd(out, err);
	} else {
		rc = seal_file(out, err);
		if (!rc)
			rc = name_file(out, err);
	}
	if (rc || !fd)
		return rc;
	*fd = out->reader;
	out->reader = -1;
	return 0;
}

void stele_output_free(struct stele_output *out)
{
	if (!out)
		return;
	if (!out->memfd && out->target.folder >= 0)
		stele_target_unlink(&out->target, out->temporary);
	stele_fd_close(out->fd);
	stele_fd_close(out->reader);
	stele_target_close(&out->target);
	free(out->buffer);
	free(out);
}
