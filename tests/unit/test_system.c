// SPDX-License-Identifier: MIT
/*
 * What the system may lack or have: calls of older kernels, threads, fs-verity,
 * a pool of huge pages.  The calls are defined here, so each is tried on every
 * machine; what a real kernel makes of them, test_home.c tries where it can.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/fsverity.h>
#include <pthread.h>
#include <stele/stele.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include "descriptor.h"
#include "folder.h"
#include "mapping.h"
#include "memfd.h"
#include "ordered.h"
#include "target.h"

#ifndef MFD_HUGE_2MB
#define MFD_HUGE_2MB (21u << 26)
#endif
#ifndef MFD_NOEXEC_SEAL
#define MFD_NOEXEC_SEAL 8u
#endif

/* What the system has; all false: as it is. */
static struct {
	bool old_memfd; /* knows no MFD_NOEXEC_SEAL */
	bool any_pool; /* takes any memfd for one of huge pages */
	bool old_madvise; /* knows no MADV_POPULATE_READ */
	bool no_space; /* writes nothing, without an error */
	bool verity; /* all files can be under fs-verity */
	bool other_verity; /* they are, by another hash */
	int verity_error;
	unsigned interrupts; /* of enabling it */
	unsigned asked; /* for fs-verity */
	int advice; /* the last */
} has;

static const uint8_t file_digest[32] = { 7, [31] = 9 };

static int lacks_nothing(void **state)
{
	memset(&has, 0, sizeof(has));
	return make_folder(state);
}

int memfd_create(const char *name, unsigned flags)
{
	if (has.old_memfd && flags & MFD_NOEXEC_SEAL) {
		errno = EINVAL;
		return -1;
	}
	if (has.any_pool)
		flags &= ~(MFD_HUGETLB | MFD_HUGE_2MB);
	return (int)syscall(SYS_memfd_create, name, flags);
}

int madvise(void *p, size_t len, int advice)
{
	has.advice = advice;
	if (has.old_madvise && advice == MADV_POPULATE_READ) {
		errno = EINVAL;
		return -1;
	}
	return (int)syscall(SYS_madvise, p, len, advice);
}

ssize_t pwrite(int fd, const void *p, size_t len, off_t off)
{
	return has.no_space ? 0 : syscall(SYS_pwrite64, fd, p, len, off);
}

int pthread_create(pthread_t *thread, const pthread_attr_t *attr,
		   void *(*start)(void *), void *arg)
{
	(void)thread;
	(void)attr;
	(void)start;
	(void)arg;
	return EAGAIN;
}

static int measure(struct fsverity_digest *digest)
{
	if (!has.asked && !has.other_verity) {
		errno = ENODATA;
		return -1;
	}
	digest->digest_algorithm = has.other_verity ?
					   FS_VERITY_HASH_ALG_SHA512 :
					   FS_VERITY_HASH_ALG_SHA256;
	digest->digest_size = has.other_verity ? 64 : 32;
	memcpy(digest->digest, file_digest, sizeof(file_digest));
	return 0;
}

/* What the kernel wants of a file: no writer, and the right to make one. */
static int enable(int fd, const struct fsverity_enable_arg *arg)
{
	struct stat st;

	if (has.interrupts && has.interrupts--) {
		errno = EINTR;
		return -1;
	}
	assert_int_equal(fstat(fd, &st), 0);
	assert_true(st.st_mode & 0200);
	assert_int_equal(fcntl(fd, F_GETFL) & O_ACCMODE, O_RDONLY);
	assert_int_equal(arg->version, 1);
	assert_int_equal(arg->hash_algorithm, FS_VERITY_HASH_ALG_SHA256);
	assert_int_equal(arg->block_size, 4096);
	has.asked++;
	errno = has.verity_error;
	return has.verity_error ? -1 : 0;
}

int ioctl(int fd, unsigned long request, ...)
{
	va_list args;
	void *arg;

	va_start(args, request);
	arg = va_arg(args, void *);
	va_end(args);
	if (has.verity && request == FS_IOC_MEASURE_VERITY)
		return measure(arg);
	if (has.verity && request == FS_IOC_ENABLE_VERITY)
		return enable(fd, arg);
	return (int)syscall(SYS_ioctl, fd, request, arg);
}

/* -------------------------------------------------------------- an image */

static struct stele_error err;

static int build(uint32_t flags, uint32_t mode)
{
	struct stele_build_options o = { .size = sizeof(o),
					 .flags = flags,
					 .mode = mode };
	struct stele_builder *b;
	int rc = stele_builder_create(at("s.stele"), NULL, &o, &b, &err);

	if (rc)
		return rc;
	rc = stele_builder_finish(b, NULL, &err);
	stele_builder_free(b);
	return rc;
}

static struct stele_segment *opened(void)
{
	struct stele_segment *segment;

	if (stele_segment_open(at("s.stele"), NULL, &segment, &err))
		fail_msg("%s", err.reason);
	return segment;
}

static struct stele_segment_info info_of(const struct stele_segment *segment)
{
	struct stele_segment_info info = { .size = sizeof(info) };

	assert_int_equal(stele_segment_info(segment, &info), 0);
	return info;
}

/* ------------------------------------------------------------ fs-verity */

static void verity_is_enabled_when_nobody_can_write(void **state)
{
	struct stele_segment *segment;
	struct stele_segment_info info;
	struct stat st;

	(void)state;
	has.verity = true;
	has.interrupts = 2;
	assert_int_equal(build(STELE_BUILD_F_VERITY, 0440), 0);
	assert_int_equal(has.asked, 1);
	assert_int_equal(stat(at("s.stele"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0440);
	segment = opened();
	info = info_of(segment);
	assert_int_equal(info.seal, STELE_SEAL_VERITY);
	assert_true(info.stable);
	assert_true(info.has_file_digest);
	assert_memory_equal(info.file_digest, file_digest, 32);
	stele_segment_close(segment);
}

static void verity_that_fails_leaves_no_file(void **state)
{
	(void)state;
	has.verity = true;
	has.verity_error = EMFILE;
	assert_int_equal(build(STELE_BUILD_F_VERITY, 0), -EMFILE);
	assert_non_null(strstr(err.reason, "cannot enable fs-verity"));
	assert_int_equal(entries(false), 0);
}

static void verity_by_another_hash_has_no_digest_to_show(void **state)
{
	struct stele_segment *segment;
	struct stele_segment_info info;

	(void)state;
	assert_int_equal(build(0, 0), 0);
	has.verity = has.other_verity = true;
	segment = opened();
	info = info_of(segment);
	assert_int_equal(info.seal, STELE_SEAL_VERITY);
	assert_false(info.has_file_digest);
	stele_segment_close(segment);
}

/* ------------------------------------------------------------ huge pages */

static void memfd_of_huge_pages_is_sealed_and_the_same(void **state)
{
	struct stele_segment *file, *memory;
	struct stele_segment_info info;
	int fd;

	(void)state;
	assert_int_equal(build(0, 0), 0);
	file = opened();
	has.any_pool = true;
	if (stele_publish_memfd(file, "huge", STELE_MEMFD_F_HUGETLB, &fd, &err))
		fail_msg("%s", err.reason);
	assert_int_equal(fcntl(fd, F_GETFL) & O_ACCMODE, O_RDONLY);
	assert_int_equal(stele_segment_open_fd(fd, NULL, &memory, &err), 0);
	close(fd);
	info = info_of(memory);
	assert_int_equal(info.seal, STELE_SEAL_MEMFD);
	assert_memory_equal(info.identity, info_of(file).identity, 32);
	assert_int_equal(stele_segment_verify(memory, NULL, &err), 0);
	stele_segment_close(memory);
	stele_segment_close(file);
}

static void copy_into_huge_pages_is_of_what_was_opened(void **state)
{
	struct stele_segment *file;
	int fd, writer;

	(void)state;
	assert_int_equal(build(0, 0), 0);
	assert_int_equal(chmod(at("s.stele"), 0600), 0);
	file = opened();
	has.any_pool = true;
	writer = open(at("s.stele"), O_WRONLY | O_CLOEXEC);
	assert_int_equal(pwrite(writer, "x", 1, 100), 1);
	assert_int_equal(stele_publish_memfd(file, "huge",
					     STELE_MEMFD_F_HUGETLB, &fd, &err),
			 -STELE_E_FORMAT);
	assert_string_equal(
		err.reason,
		"huge: the segment has changed while it was copied");
	assert_int_equal(ftruncate(writer, 100), 0);
	assert_int_equal(stele_publish_memfd(file, "huge",
					     STELE_MEMFD_F_HUGETLB, &fd, &err),
			 -ENODATA);
	close(writer);
	stele_segment_close(file);
}

/* -------------------------------------------------- kernels that are older */

static void memfd_needs_no_flag_against_execution(void **state)
{
	int fd;

	(void)state;
	has.old_memfd = true;
	fd = stele_memfd_create("old", false);
	assert_true(fd >= 0);
	assert_int_equal(stele_memfd_seal(fd), 0);
	close(fd);
}

static void pages_are_read_ahead_where_they_cannot_be_mapped(void **state)
{
	void *p =
		mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	(void)state;
	stele_mapping_populate(p, 4096);
	assert_int_equal(has.advice, MADV_POPULATE_READ);
	has.old_madvise = true;
	stele_mapping_populate(p, 4096);
	assert_int_equal(has.advice, MADV_WILLNEED);
	has.advice = -1;
	stele_mapping_huge(p, 4096); /* it has no room for one */
	assert_int_equal(has.advice, -1);
	munmap(p, 4096);
}

/* --------------------------------------------------------------- threads */

static int make(void *arg, uint64_t i, void **result)
{
	(void)arg;
	*result = (void *)(uintptr_t)(i + 1);
	return 0;
}

static int take(void *arg, uint64_t i, void *result)
{
	assert_true((uintptr_t)result == i + 1);
	++*(unsigned *)arg;
	return 0;
}

static void drop(void *result)
{
	(void)result;
}

static void work_is_done_without_threads(void **state)
{
	unsigned taken = 0;
	const struct stele_ordered o = { make, take, drop, &taken };

	(void)state;
	assert_int_equal(stele_ordered_run(&o, 20, 4), 0);
	assert_int_equal(taken, 20);
}

/* ------------------------------------------------------------ descriptors */

static void offsets_of_files_have_63_bits(void **state)
{
	int fd = stele_memfd_create("large", false);
	void *mapping;
	char byte = 0;
	size_t got;

	(void)state;
	assert_int_equal(stele_fd_write(fd, INT64_MAX, &byte, 1), -EFBIG);
	assert_int_equal(stele_fd_write(fd, UINT64_MAX, &byte, 1), -EFBIG);
	assert_int_equal(stele_fd_read_some(fd, INT64_MAX, &byte, 1, &got),
			 -EFBIG);
	assert_int_equal(stele_fd_truncate(fd, 1ull << 63), -EFBIG);
	assert_int_equal(stele_mapping_create(fd, INT64_MAX, &mapping, &got),
			 -EFBIG);
	close(fd);
}

static void write_that_writes_nothing_is_an_error(void **state)
{
	int fd = stele_memfd_create("full", false);

	(void)state;
	has.no_space = true;
	assert_int_equal(stele_fd_write(fd, 0, "x", 1), -EIO);
	close(fd);
}

/* ---------------------------------------------------------------- targets */

static void names_of_what_is_no_file_are_refused(void **state)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct stele_target target;
	char expected[1200];

	(void)state;
	assert_true(strlen(at("socket")) < sizeof(name.sun_path));
	strcpy(name.sun_path, at("socket"));
	assert_int_equal(bind(fd, (void *)&name, sizeof(name)), 0);
	close(fd);
	assert_int_equal(stele_target_open(at("socket"), true, &target, &err),
			 -EINVAL);
	snprintf(expected, sizeof(expected), "%s: is a socket, not a file",
		 at("socket"));
	assert_string_equal(err.reason, expected);
	stele_target_close(&target);
	assert_int_equal(stele_target_open("/dev/null", true, &target, &err),
			 -EINVAL);
	assert_string_equal(err.reason, "/dev/null: is a device, not a file");
	stele_target_close(&target);
}

static void paths_have_up_to_4095_bytes(void **state)
{
	static char path[PATH_MAX + 1];
	struct stele_target target;

	(void)state;
	memset(path, '/', PATH_MAX);
	assert_int_equal(stele_target_open(path, true, &target, &err),
			 -ENAMETOOLONG);
	assert_string_equal(err.reason, "the path is longer than 4095 bytes");
	stele_target_close(&target);
}

static void folder_of_a_path_may_be_the_root(void **state)
{
	struct stele_target target;

	(void)state;
	if (stele_target_open("/none.stele-test", true, &target, &err))
		fail_msg("%s", err.reason);
	assert_string_equal(target.name, "none.stele-test");
	stele_target_close(&target);
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, lacks_nothing, remove_folder)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(verity_is_enabled_when_nobody_can_write),
		TEST(verity_that_fails_leaves_no_file),
		TEST(verity_by_another_hash_has_no_digest_to_show),
		TEST(memfd_of_huge_pages_is_sealed_and_the_same),
		TEST(copy_into_huge_pages_is_of_what_was_opened),
		TEST(memfd_needs_no_flag_against_execution),
		TEST(pages_are_read_ahead_where_they_cannot_be_mapped),
		TEST(work_is_done_without_threads),
		TEST(offsets_of_files_have_63_bits),
		TEST(write_that_writes_nothing_is_an_error),
		TEST(names_of_what_is_no_file_are_refused),
		TEST(paths_have_up_to_4095_bytes),
		TEST(folder_of_a_path_may_be_the_root),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
