// SPDX-License-Identifier: MIT
/*
 * Opening and closing a segment wherever it lives, and telling what that home
 * really promises.
 *
 * An open segment owns its descriptor, which is read-only whatever the caller's
 * was, its mapping and its path.  The seal is what the kernel enforces, found
 * out from the descriptor, never from the name.  A copy into a memfd of our own
 * is a new home: owner, mode and path stay those of the source, which is what
 * the caller asks about.
 */
#include "home.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include <linux/fsverity.h>

#include "descriptor.h"
#include "fail.h"
#include "mapping.h"
#include "options.h"
#include "output.h"
#include "segment.h"

#define ALL_SEALS (F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL)

/* ----------------------------------------------------------- examining */

/* True where the file is under fs-verity; its digest where it is SHA-256. */
static bool measure_verity(struct stele_segment *segment)
{
	union {
		struct fsverity_digest head;
		uint8_t bytes[sizeof(struct fsverity_digest) + 64];
	} digest;

	memset(&digest, 0, sizeof(digest));
	digest.head.digest_size = 64;
	if (ioctl(segment->fd, FS_IOC_MEASURE_VERITY, &digest) < 0)
		return false;
	if (digest.head.digest_algorithm == FS_VERITY_HASH_ALG_SHA256 &&
	    digest.head.digest_size == sizeof(segment->file_digest)) {
		memcpy(segment->file_digest,
		       digest.bytes + sizeof(struct fsverity_digest),
		       sizeof(segment->file_digest));
		segment->has_file_digest = true;
	}
	return true;
}

static void find_seal(struct stele_segment *segment, const struct stat *st)
{
	int seals = fcntl(segment->fd, F_GET_SEALS);

	/* Files of a tmpfs have seals as well, but a name. */
	segment->home = seals >= 0 && !st->st_nlink ? STELE_HOME_MEMFD :
						      STELE_HOME_FILE;
	if (seals >= 0 && (seals & ALL_SEALS) == ALL_SEALS)
		segment->seal = STELE_SEAL_MEMFD;
	else if (measure_verity(segment))
		segment->seal = STELE_SEAL_VERITY;
	else if (st->st_mode & 0222)
		segment->seal = STELE_SEAL_NONE;
	else
		segment->seal = STELE_SEAL_ADVISORY;
	segment->stable = segment->seal == STELE_SEAL_MEMFD ||
			  segment->seal == STELE_SEAL_VERITY;
}

/* Fill the home part of the segment from its descriptor. */
static int examine(struct stele_segment *segment, const char *what,
		   uint64_t *bytes, struct stele_error *err)
{
	struct stat st;

	if (fstat(segment->fd, &st) < 0)
		return stele_fail(err, -errno, "%s: %s", what,
				  stele_strerror(-errno));
	if (S_ISDIR(st.st_mode))
		return stele_fail(err, -EISDIR, "%s: is a folder", what);
	if (!S_ISREG(st.st_mode))
		return stele_fail(err, -STELE_E_FORMAT,
				  "%s: is neither a file nor a memfd", what);
	segment->owner = st.st_uid;
	segment->mode = st.st_mode & 07777;
	find_seal(segment, &st);
	/* again: what was sealed a moment ago was cut short before, or not */
	if (fstat(segment->fd, &st) < 0)
		return stele_fail(err, -errno, "%s: %s", what,
				  stele_strerror(-errno));
	if (st.st_size < (off_t)STELE_FMT_BLOCK)
		return stele_fail(
			err, -STELE_E_FORMAT,
			"%s: is no segment: %lld bytes, the least is %u", what,
			(long long)st.st_size, STELE_FMT_BLOCK);
	*bytes = (uint64_t)st.st_size;
	return 0;
}

/* ------------------------------------------------------------- opening */

static int check_owner(const struct stele_segment *segment,
		       const struct stele_open_options *options,
		       const char *what, struct stele_error *err)
{
	if (!options->check_owner || segment->owner == options->expect_owner)
		return 0;
	return stele_fail(err, -STELE_E_OWNER,
			  "owner is %u, expected was %u: %s", segment->owner,
			  options->expect_owner, what);
}

static void to_hex(const uint8_t digest[32], char text[65])
{
	static const char digits[] = "0123456789abcdef";
	int i;

	for (i = 0; i < 32; i++) {
		text[2 * i] = digits[digest[i] >> 4];
		text[2 * i + 1] = digits[digest[i] & 15];
	}
	text[64] = '\0';
}

static int check_identity(const struct stele_segment *segment,
			  const struct stele_open_options *options,
			  const char *what, struct stele_error *err)
{
	const uint8_t *found = segment->trailer.identity;
	char is[65], expected[65];

	if (!options->check_identity ||
	    !memcmp(found, options->expect_identity, 32))
		return 0;
	to_hex(found, is);
	to_hex(options->expect_identity, expected);
	return stele_fail(err, -STELE_E_IDENTITY,
			  "identity is %s, expected was %s: %s", is, expected,
			  what);
}

/* A file of another kind is refused before it fills the memory. */
static int check_magic(int fd, const char *what, struct stele_error *err)
{
	uint8_t magic[8];
	int rc = stele_fd_read(fd, 0, magic, sizeof(magic));

	if (rc)
		return stele_fail(err, rc, "%s: cannot read: %s", what,
				  stele_strerror(rc));
	if (memcmp(magic, STELE_FMT_MAGIC, sizeof(magic)))
		return stele_fail(err, -STELE_E_FORMAT,
				  "%s: is no segment: another magic number",
				  what);
	return 0;
}

/* Put a sealed copy in the place of the descriptor. */
static int copy_home(struct stele_segment *segment, const char *what,
		     uint64_t bytes, struct stele_error *err)
{
	struct stele_output *out;
	int fd, rc = check_magic(segment->fd, what, err);

	if (rc)
		return rc;
	rc = stele_output_create_memfd("stele-copy", &out, err);
	if (rc)
		return rc;
	rc = stele_output_append_file(out, segment->fd, bytes);
	if (rc)
		stele_fail(err, rc, "%s: cannot copy into memory: %s", what,
			   stele_strerror(rc));
	else
		rc = stele_output_publish(out, &fd, err);
	stele_output_free(out);
	if (rc)
		return rc;
	stele_fd_close(segment->fd);
	segment->fd = fd;
	segment->home = STELE_HOME_MEMFD;
	segment->seal = STELE_SEAL_MEMFD;
	segment->stable = true;
	return 0;
}

/* Put the segment's name before what attaching has found. */
static void name_it(struct stele_error *err, const char *what)
{
	struct stele_error found;

	if (!err)
		return;
	found = *err;
	stele_fail_at(err, found.code, found.offset, found.invariant, "%s: %s",
		      what, found.reason);
}

static int map_home(struct stele_segment *segment, const char *what,
		    uint64_t bytes, struct stele_error *err)
{
	int rc = stele_mapping_create(segment->fd, bytes, &segment->mapping,
				      &segment->mapping_bytes);

	if (rc)
		return stele_fail(err, rc, "%s: cannot map: %s", what,
				  stele_strerror(rc));
	rc = stele_segment_attach(segment, segment->mapping, bytes, err);
	if (rc)
		name_it(err, what);
	return rc;
}

static void give_up_home(struct stele_segment *segment)
{
	stele_mapping_destroy(segment->mapping, segment->mapping_bytes);
	stele_fd_close(segment->fd);
	free(segment->path);
	free(segment);
}

/* Takes over descriptor and path, whatever comes of it. */
static int open_home(int fd, char *path,
		     const struct stele_open_options *options,
		     struct stele_segment **result, struct stele_error *err)
{
	struct stele_segment *segment = calloc(1, sizeof(*segment));
	const char *what = path ? path : "descriptor";
	uint64_t bytes = 0;
	int rc;

	if (!segment) {
		rc = stele_fail(err, -ENOMEM, "%s: out of memory", what);
		stele_fd_close(fd);
		free(path);
		return rc;
	}
	segment->fd = fd;
	segment->path = path;
	rc = examine(segment, what, &bytes, err);
	if (!rc)
		rc = check_owner(segment, options, what, err);
	if (!rc && options->flags & STELE_OPEN_F_COPY)
		rc = copy_home(segment, what, bytes, err);
	if (!rc)
		rc = map_home(segment, what, bytes, err);
	if (rc) {
		give_up_home(segment);
		return rc;
	}
	rc = check_identity(segment, options, what, err);
	if (rc) {
		stele_segment_close(segment);
		return rc;
	}
	if (options->flags & STELE_OPEN_F_HUGE)
		stele_mapping_huge(segment->mapping, segment->mapping_bytes);
	if (options->flags & STELE_OPEN_F_POPULATE)
		stele_mapping_populate(segment->mapping,
				       segment->mapping_bytes);
	*result = segment;
	return 0;
}

static int take_options(const struct stele_open_options *given,
			struct stele_open_options *options,
			struct stele_error *err)
{
	int rc;

	memset(options, 0, sizeof(*options));
	rc = stele_options_read(options, sizeof(*options), given, err);
	if (rc)
		return rc;
	if (options->flags & ~STELE_OPEN_F_ALL || options->check_owner > 1 ||
	    options->check_identity > 1)
		return stele_fail(
			err, -EINVAL,
			"open options: flags %#x, check_owner %u, check_identity %u",
			options->flags, options->check_owner,
			options->check_identity);
	return 0;
}

int stele_segment_open(const char *name, const struct stele_open_options *given,
		       struct stele_segment **segment, struct stele_error *err)
{
	struct stele_open_options options;
	char *path;
	int fd, rc = take_options(given, &options, err);

	if (!rc)
		rc = stele_home_find(name, &path, &fd, err);
	if (!rc)
		rc = open_home(fd, path, &options, segment, err);
	return rc;
}

int stele_segment_open_fd(int fd, const struct stele_open_options *given,
			  struct stele_segment **segment,
			  struct stele_error *err)
{
	struct stele_open_options options;
	int ours, rc = take_options(given, &options, err);

	if (rc)
		return rc;
	/*
	 * Where there is no /proc, a second descriptor of the same kind does;
	 * kernels before 6.7 refuse to map a sealed memfd through a writable
	 * one.
	 */
	ours = stele_fd_reopen(fd);
	if (ours < 0)
		ours = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	if (ours < 0)
		return stele_fail(err, -errno, "descriptor %d: %s", fd,
				  stele_strerror(-errno));
	return open_home(ours, NULL, &options, segment, err);
}

void stele_segment_close(struct stele_segment *segment)
{
	if (!segment)
		return;
	stele_segment_detach(segment);
	give_up_home(segment);
}

/* -------------------------------------------------------------- telling */

int stele_segment_info(const struct stele_segment *segment,
		       struct stele_segment_info *result)
{
	struct stele_segment_info info = { .size = result->size };
	struct stele_mapping_usage usage;

	if (result->size < sizeof(result->size))
		return -EINVAL;
	stele_mapping_usage(segment->mapping, segment->mapping_bytes, &usage);
	info.home = segment->home;
	info.seal = segment->seal;
	info.stable = segment->stable;
	info.major = segment->header.major;
	info.minor = segment->header.minor;
	info.incompat = segment->header.incompat;
	info.compat = segment->header.compat;
	info.len_bytes = segment->len;
	info.image_bytes = segment->image_bytes;
	info.nr_rows = segment->header.nr_rows;
	info.nr_maps = segment->nr_maps;
	info.share_log2 = segment->header.share_log2;
	memcpy(info.identity, segment->trailer.identity, 32);
	memcpy(info.file_digest, segment->file_digest, 32);
	info.has_file_digest = segment->has_file_digest;
	info.owner = segment->owner;
	info.mode = segment->mode;
	info.page_bytes = usage.page_bytes;
	info.huge_bytes = usage.huge_bytes;
	info.resident_bytes = usage.resident_bytes;
	info.base = segment->base;
	info.path = segment->path;
	if (result->size > sizeof(info)) {
		memset((uint8_t *)result + sizeof(info), 0,
		       result->size - sizeof(info));
		memcpy(result, &info, sizeof(info));
	} else {
		memcpy(result, &info, info.size);
	}
	return 0;
}
