// SPDX-License-Identifier: MIT
/*
 * Homes: where a segment is found, what opening refuses, what each home
 * promises, and how an image moves from one to another.
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include <stele/stele.h>

#include "failing.h"
#include "folder.h"
#include "format.h"

#define MIB ((size_t)1 << 20)

/* ------------------------------------------------------------- helpers */

static int begin_test(void **state)
{
	memset(&failing, 0, sizeof(failing));
	unsetenv("STELE_PATH");
	unsetenv("XDG_DATA_HOME");
	return make_folder(state);
}

static int end_test(void **state)
{
	memset(&failing, 0, sizeof(failing));
	return remove_folder(state);
}

/* A segment with one root, "size", and so many bytes of ballast. */
static void fill(struct stele_builder *b, size_t size, int *fd)
{
	uint8_t *ballast = calloc(1, size + 1);
	struct stele_cell cell = stele_cell_u64(size);
	struct stele_handle handle;
	struct stele_error err = { 0 };

	if (stele_builder_root(b, "size", &cell, &err))
		fail_msg("%s", err.reason);
	cell = stele_cell_of(STELE_TYPE_BYTES);
	cell.u.ptr = ballast;
	cell.len = size;
	if (stele_builder_put(b, &cell, &handle, &err))
		fail_msg("%s", err.reason);
	if (stele_builder_finish(b, fd, &err))
		fail_msg("%s", err.reason);
	stele_builder_free(b);
	free(ballast);
}

static void make_file(const char *name, size_t size)
{
	struct stele_build_options options = { .size = sizeof(options),
					       .flags = STELE_BUILD_F_NO_SYNC };
	struct stele_builder *b;
	struct stele_error err = { 0 };

	if (stele_builder_create(at(name), NULL, &options, &b, &err))
		fail_msg("%s", err.reason);
	fill(b, size, NULL);
}

static int make_memfd(size_t size)
{
	struct stele_builder *b;
	struct stele_error err = { 0 };
	int fd = -1;

	if (stele_builder_create_memfd("test", NULL, NULL, &b, &err))
		fail_msg("%s", err.reason);
	fill(b, size, &fd);
	return fd;
}

/* Cut a file short, as its owner can although its mode forbids writing. */
static void cut(const char *name, off_t len)
{
	assert_int_equal(chmod(at(name), 0644), 0);
	assert_int_equal(truncate(at(name), len), 0);
}

static struct stele_segment *open_it(const char *name, uint32_t flags)
{
	struct stele_open_options options = { .size = sizeof(options),
					      .flags = flags };
	struct stele_segment *segment = NULL;
	struct stele_error err = { 0 };

	if (stele_segment_open(name, &options, &segment, &err))
		fail_msg("%s", err.reason);
	return segment;
}

static struct stele_segment *open_it_fd(int fd, uint32_t flags)
{
	struct stele_open_options options = { .size = sizeof(options),
					      .flags = flags };
	struct stele_segment *segment = NULL;
	struct stele_error err = { 0 };

	if (stele_segment_open_fd(fd, &options, &segment, &err))
		fail_msg("%s", err.reason);
	return segment;
}

static struct stele_segment_info info_of(const struct stele_segment *segment)
{
	struct stele_segment_info info = { .size = sizeof(info) };

	assert_int_equal(stele_segment_info(segment, &info), 0);
	return info;
}

/* The code of a refusal; its reason must say `word`. */
static int refusal(const char *name, const struct stele_open_options *options,
		   const char *word)
{
	struct stele_segment *segment = NULL;
	struct stele_error err = { 0 };
	int rc = stele_segment_open(name, options, &segment, &err);

	if (!rc) {
		stele_segment_close(segment);
		return 0;
	}
	print_message("# %s\n", err.reason);
	assert_int_equal(err.code, rc);
	assert_non_null(strstr(err.reason, word));
	assert_null(segment);
	return rc;
}

static uint64_t size_root(const struct stele_segment *segment)
{
	struct stele_value value;

	assert_int_equal(stele_segment_root(segment, "size", &value), 0);
	return value.u.u;
}

/* --------------------------------------------------------------- names */

static void name_with_a_slash_is_a_path(void **state)
{
	struct stele_segment *segment;

	(void)state;
	make_file("x", 1);
	setenv("STELE_PATH", "/nowhere", 1);
	segment = open_it(at("x"), 0);
	assert_string_equal(info_of(segment).path, at("x"));
	stele_segment_close(segment);
	assert_int_equal(refusal(at("y"), NULL, at("y")), -ENOENT);
}

static void first_folder_of_stele_path_wins(void **state)
{
	char list[1024];
	struct stele_segment *segment;

	(void)state;
	make_file("name.stele", 7);
	snprintf(list, sizeof(list), ":/nowhere::%s:/nowhere:", folder);
	setenv("STELE_PATH", list, 1);
	segment = open_it("name", 0);
	assert_int_equal(size_root(segment), 7);
	assert_string_equal(info_of(segment).path, at("name.stele"));
	stele_segment_close(segment);
}

static void user_names_are_of_the_user_folder(void **state)
{
	struct stele_segment *segment;
	const char *home = getenv("HOME");
	char *kept = home ? strdup(home) : NULL;

	(void)state;
	assert_int_equal(mkdir(at("stele"), 0700), 0);
	make_file("stele/name.stele", 3);
	setenv("XDG_DATA_HOME", folder, 1);
	segment = open_it("user:name", 0);
	assert_int_equal(size_root(segment), 3);
	stele_segment_close(segment);
	assert_int_equal(refusal("user:other", NULL, "other.stele"), -ENOENT);
	assert_int_equal(refusal("name", NULL, "./name"), -ENOENT);

	setenv("XDG_DATA_HOME", "relative", 1);
	setenv("HOME", folder, 1);
	assert_int_equal(refusal("user:name", NULL, at(".local/share/stele")),
			 -ENOENT);
	unsetenv("HOME");
	assert_int_equal(refusal("user:name", NULL, "HOME"), -ENOENT);
	if (kept)
		setenv("HOME", kept, 1);
	free(kept);
	assert_int_equal(unlink(at("stele/name.stele")), 0);
}

static void names_of_other_patterns_are_refused(void **state)
{
	static const char *const names[] = { "",	   ".hidden", "-x",
					     "a b",	   "user:",   "user:.x",
					     "other:name", "\xc3\xa4" };
	char name[66];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(names) / sizeof(*names); i++)
		assert_int_equal(refusal(names[i], NULL, "name"), -EINVAL);
	memset(name, 'n', 65);
	name[65] = '\0';
	assert_int_equal(refusal(name, NULL, "name"), -EINVAL);
	assert_int_equal(refusal(name + 1, NULL, "./n"), -ENOENT);
}

/* ------------------------------------------------------------- refusals */

static void what_is_no_file_is_refused(void **state)
{
	struct stele_segment *segment;
	struct stele_error err;

	(void)state;
	assert_int_equal(refusal(at(""), NULL, "folder"), -EISDIR);
	assert_int_equal(mkfifo(at("fifo"), 0600), 0);
	assert_int_equal(refusal(at("fifo"), NULL, "neither"), -STELE_E_FORMAT);
	assert_int_equal(refusal("/dev/null", NULL, "neither"),
			 -STELE_E_FORMAT);
	assert_int_equal(stele_segment_open_fd(-1, NULL, &segment, &err),
			 -EBADF);
}

static void what_is_no_segment_is_refused(void **state)
{
	struct stele_segment *segment;
	uint8_t bytes[8192];
	FILE *f;

	(void)state;
	put_file("empty", "");
	assert_int_equal(refusal(at("empty"), NULL, "0 bytes"),
			 -STELE_E_FORMAT);
	memset(bytes, 'x', sizeof(bytes));
	f = fopen(at("text"), "w");
	assert_int_equal(fwrite(bytes, 1, sizeof(bytes), f), sizeof(bytes));
	fclose(f);
	assert_int_equal(refusal(at("text"), NULL, at("text")),
			 -STELE_E_FORMAT);
	assert_int_equal(stele_segment_open(at("text"), NULL, &segment, NULL),
			 -STELE_E_FORMAT);
}

static void file_that_is_no_segment_is_not_copied(void **state)
{
	struct stele_open_options options = { .size = sizeof(options),
					      .flags = STELE_OPEN_F_COPY };

	(void)state;
	put_file("large", "no segment");
	cut("large", 1ll << 40);
	assert_int_equal(refusal(at("large"), &options, "magic"),
			 -STELE_E_FORMAT);
}

static void truncated_segment_is_refused(void **state)
{
	struct stat st;

	(void)state;
	make_file("x", 100);
	assert_int_equal(stat(at("x"), &st), 0);
	cut("x", st.st_size - 1);
	assert_int_equal(refusal(at("x"), NULL, "truncated"), -STELE_E_FORMAT);
}

static void another_owner_is_refused_with_both(void **state)
{
	struct stele_open_options options = { .size = sizeof(options),
					      .check_owner = 1,
					      .expect_owner = 54321 };
	char uid[20];

	(void)state;
	make_file("x", 1);
	snprintf(uid, sizeof(uid), " %u,", geteuid());
	assert_int_equal(refusal(at("x"), &options, "54321"), -STELE_E_OWNER);
	assert_int_equal(refusal(at("x"), &options, uid), -STELE_E_OWNER);
	options.expect_owner = geteuid();
	assert_int_equal(refusal(at("x"), &options, ""), 0);
}

static void another_identity_is_refused_with_both(void **state)
{
	struct stele_open_options options = { .size = sizeof(options),
					      .check_identity = 1 };
	struct stele_segment *segment;
	struct stele_segment_info info;
	char text[10];

	(void)state;
	make_file("x", 1);
	segment = open_it(at("x"), 0);
	info = info_of(segment);
	stele_segment_close(segment);
	snprintf(text, sizeof(text), "%02x%02x%02x", info.identity[0],
		 info.identity[1], info.identity[2]);
	memcpy(options.expect_identity, info.identity, 32);
	assert_int_equal(refusal(at("x"), &options, ""), 0);
	options.expect_identity[31] ^= 1;
	assert_int_equal(refusal(at("x"), &options, text), -STELE_E_IDENTITY);
}

static void unknown_options_are_refused(void **state)
{
	struct {
		struct stele_open_options options;
		uint64_t later;
	} longer = { .options.size = sizeof(longer) };
	struct stele_open_options options = { .size = sizeof(options) };
	struct stele_segment *none;

	(void)state;
	make_file("x", 1);
	assert_int_equal(refusal(at("x"), &longer.options, ""), 0);
	longer.later = 1ull << 40;
	assert_int_equal(refusal(at("x"), &longer.options, "later"), -EINVAL);
	options.flags = STELE_OPEN_F_ALL + 1;
	assert_int_equal(refusal(at("x"), &options, "flags"), -EINVAL);
	options.flags = 0;
	options.check_owner = 2;
	assert_int_equal(refusal(at("x"), &options, "check_owner"), -EINVAL);
	assert_int_equal(stele_segment_open_fd(0, &options, &none, NULL),
			 -EINVAL);
	options.check_owner = 0;
	options.size = 4;
	assert_int_equal(refusal(at("x"), &options, "size"), -EINVAL);
	options.size = sizeof(size_t);
	options.flags = 99;
	assert_int_equal(refusal(at("x"), &options, ""), 0);
}

/* ---------------------------------------------------------------- homes */

static void file_says_how_it_is_sealed(void **state)
{
	struct stele_segment *segment;
	struct stele_segment_info info;
	struct stat st;

	(void)state;
	make_file("x", 1);
	segment = open_it(at("x"), 0);
	info = info_of(segment);
	assert_int_equal(stat(at("x"), &st), 0);
	assert_int_equal(info.home, STELE_HOME_FILE);
	assert_int_equal(info.seal, STELE_SEAL_ADVISORY);
	assert_false(info.stable);
	assert_int_equal(info.owner, geteuid());
	assert_int_equal(info.mode, st.st_mode & 07777);
	assert_int_equal(info.image_bytes, st.st_size);
	assert_false(info.has_file_digest);
	stele_segment_close(segment);
	assert_int_equal(chmod(at("x"), 0644), 0);
	segment = open_it(at("x"), 0);
	assert_int_equal(info_of(segment).seal, STELE_SEAL_NONE);
	stele_segment_close(segment);
}

static void memfd_is_stable(void **state)
{
	int fd = make_memfd(1);
	struct stele_segment *segment = open_it_fd(fd, 0);
	struct stele_segment_info info = info_of(segment);

	(void)state;
	close(fd);
	assert_int_equal(info.home, STELE_HOME_MEMFD);
	assert_int_equal(info.seal, STELE_SEAL_MEMFD);
	assert_true(info.stable);
	assert_null(info.path);
	assert_int_equal(size_root(segment), 1);
	stele_segment_close(segment);
}

/* Its bytes can still change: a memfd alone promises nothing. */
static void memfd_without_seals_is_not_stable(void **state)
{
	int sealed = make_memfd(1), fd = memfd_create("test", MFD_CLOEXEC);
	uint8_t bytes[16384];
	ssize_t len = pread(sealed, bytes, sizeof(bytes), 0);
	struct stele_segment *segment;
	struct stele_segment_info info;

	(void)state;
	assert_in_range(len, 4096, sizeof(bytes) - 1);
	assert_int_equal(pwrite(fd, bytes, (size_t)len, 0), len);
	segment = open_it_fd(fd, 0);
	info = info_of(segment);
	assert_int_equal(info.home, STELE_HOME_MEMFD);
	assert_int_not_equal(info.seal, STELE_SEAL_MEMFD);
	assert_false(info.stable);
	stele_segment_close(segment);
	close(fd);
	close(sealed);
}

/* The descriptor of a memfd to cut and seal when its seals are asked for. */
static int hasty = -1;

static void cut_and_seal(int fd, int command)
{
	(void)fd;
	if (command != F_GET_SEALS || hasty < 0)
		return;
	syscall(SYS_ftruncate, hasty, 4096);
	syscall(SYS_fcntl, hasty, F_ADD_SEALS,
		F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL);
	hasty = -1;
}

/* Its seals are true, the size that it had before is not. */
static void memfd_that_is_cut_then_sealed_is_refused(void **state)
{
	int sealed = make_memfd(1);
	int fd = memfd_create("test", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	struct stele_segment *segment = NULL;
	struct stele_error err = { 0 };
	uint8_t bytes[16384];
	ssize_t len = pread(sealed, bytes, sizeof(bytes), 0);

	(void)state;
	assert_in_range(len, 4097, sizeof(bytes) - 1);
	assert_int_equal(pwrite(fd, bytes, (size_t)len, 0), len);
	hasty = fd;
	failing.at_fcntl = cut_and_seal;
	assert_int_equal(stele_segment_open_fd(fd, NULL, &segment, &err),
			 -STELE_E_FORMAT);
	assert_int_equal(hasty, -1);
	close(fd);
	close(sealed);
}

/* The caller's descriptor could write; the mapping never can. */
static void mapping_cannot_be_made_writable(void **state)
{
	struct stele_segment *segment;
	void *base;
	int fd;

	(void)state;
	make_file("x", 1);
	assert_int_equal(chmod(at("x"), 0644), 0);
	fd = open(at("x"), O_RDWR);
	segment = open_it_fd(fd, 0);
	close(fd);
	base = (void *)info_of(segment).base;
	assert_int_equal(mprotect(base, 4096, PROT_READ | PROT_WRITE), -1);
	assert_int_equal(errno, EACCES);
	stele_segment_close(segment);
}

static void copy_survives_truncation(void **state)
{
	struct stele_segment *segment;
	struct stele_segment_info info;

	(void)state;
	make_file("x", 3 * MIB);
	segment = open_it(at("x"), STELE_OPEN_F_COPY);
	cut("x", 0);
	info = info_of(segment);
	assert_int_equal(info.home, STELE_HOME_MEMFD);
	assert_int_equal(info.seal, STELE_SEAL_MEMFD);
	assert_true(info.stable);
	assert_string_equal(info.path, at("x"));
	assert_int_equal(size_root(segment), 3 * MIB);
	assert_int_equal(((const uint8_t *)info.base)[info.image_bytes - 64],
			 0x89);
	stele_segment_close(segment);
}

static void large_mapping_is_aligned_to_2_mib(void **state)
{
	struct stele_segment *segment;

	(void)state;
	make_file("x", 3 * MIB);
	segment = open_it(at("x"), 0);
	assert_int_equal((uintptr_t)info_of(segment).base % (2 * MIB), 0);
	stele_segment_close(segment);
}

/* What the kernel says of this process is said of its emulator. */
static void skip_where_emulated(void)
{
	if (getenv("STELE_EMULATED")) {
		print_message("an emulator has mappings of its own\n");
		skip();
	}
}

static void populate_makes_all_pages_resident(void **state)
{
	struct stele_segment *segment;
	struct stele_segment_info info;
	int fd;

	(void)state;
	skip_where_emulated();
	fd = make_memfd(3 * MIB);
	segment = open_it_fd(fd, 0);
	info = info_of(segment);
	assert_true(info.resident_bytes < MIB);
	assert_true(info.page_bytes >= 4096);
	stele_segment_close(segment);
	segment = open_it_fd(fd, STELE_OPEN_F_POPULATE);
	info = info_of(segment);
	assert_true(info.resident_bytes >= info.image_bytes);
	stele_segment_close(segment);
	close(fd);
}

static void huge_pages_are_those_of_smaps(void **state)
{
	int fd = make_memfd(9 * MIB);
	struct stele_segment *segment = open_it_fd(fd, STELE_OPEN_F_HUGE);
	struct stele_segment_info info = info_of(segment);

	(void)state;
	print_message("# pages of %llu bytes, %llu bytes in huge ones\n",
		      (unsigned long long)info.page_bytes,
		      (unsigned long long)info.huge_bytes);
	assert_int_equal(info.huge_bytes % (2 * MIB), 0);
	assert_int_equal(info.page_bytes,
			 info.huge_bytes ? 2 * MIB :
					   (size_t)sysconf(_SC_PAGESIZE));
	assert_int_equal(size_root(segment), 9 * MIB);
	stele_segment_close(segment);
	close(fd);
}

static void info_of_another_size_is_filled_as_far(void **state)
{
	struct {
		struct stele_segment_info info;
		uint64_t later;
	} longer = { .info.size = sizeof(longer), .later = 5 };
	struct stele_segment_info info = { .size = 16, .seal = 77 };
	struct stele_segment *segment;

	(void)state;
	make_file("x", 1);
	segment = open_it(at("x"), 0);
	assert_int_equal(stele_segment_info(segment, &longer.info), 0);
	assert_int_equal(longer.later, 0);
	assert_int_equal(longer.info.size, sizeof(longer));
	info.size = offsetof(struct stele_segment_info, seal);
	assert_int_equal(stele_segment_info(segment, &info), 0);
	assert_int_equal(info.home, STELE_HOME_FILE);
	assert_int_equal(info.seal, 77);
	info.size = 0;
	assert_int_equal(stele_segment_info(segment, &info), -EINVAL);
	stele_segment_close(segment);
}

/* --------------------------------------------------------------- moving */

static bool same_image(const struct stele_segment *a,
		       const struct stele_segment *b)
{
	struct stele_segment_info left = info_of(a), right = info_of(b);

	return left.image_bytes == right.image_bytes &&
	       !memcmp(left.base, right.base, left.image_bytes);
}

static void image_moves_between_file_and_memfd(void **state)
{
	struct stele_segment *file, *memfd, *back;
	struct stele_error err = { 0 };
	int fd = -1;

	(void)state;
	make_file("x", 3 * MIB + 5);
	file = open_it(at("x"), 0);
	assert_int_equal(stele_publish_memfd(file, "test", 0, &fd, &err), 0);
	memfd = open_it_fd(fd, 0);
	assert_int_equal(fcntl(fd, F_GETFL) & O_ACCMODE, O_RDONLY);
	close(fd);
	assert_true(info_of(memfd).stable);
	assert_true(same_image(file, memfd));
	assert_int_equal(stele_publish_file(memfd, at("y"), 0400, 0, &err), 0);
	back = open_it(at("y"), 0);
	assert_int_equal(info_of(back).mode, 0400);
	assert_true(same_image(file, back));
	assert_int_equal(entries(false), 2);
	stele_segment_close(back);
	stele_segment_close(memfd);
	stele_segment_close(file);
}

static void overwrite(const char *name, uint64_t off, const char *byte)
{
	int fd;

	assert_int_equal(chmod(at(name), 0600), 0);
	fd = open(at(name), O_WRONLY | O_CLOEXEC);
	assert_int_equal(pwrite(fd, byte, 1, (off_t)off), 1);
	close(fd);
}

static void truncated_source_is_an_error(void **state)
{
	struct stele_segment *file;
	struct stele_error err = { 0 };
	int fd = -1;

	(void)state;
	make_file("x", 3 * MIB);
	file = open_it(at("x"), 0);
	cut("x", MIB);
	assert_int_equal(stele_publish_memfd(file, "test", 0, &fd, &err),
			 -ENODATA);
	assert_int_equal(stele_publish_file(file, at("y"), 0, 0, &err),
			 -ENODATA);
	assert_int_equal(fd, -1);
	assert_int_equal(entries(false), 1);
	stele_segment_close(file);
}

/* One byte of the identity, then one of the header, while the source is open. */
static void source_that_changes_is_not_copied(void **state)
{
	struct stele_segment *file;
	struct stele_error err = { 0 };
	struct stele_segment_info info;
	int fd = -1;

	(void)state;
	for (int i = 0; i < 2; i++) {
		make_file("x", 3 * MIB);
		file = open_it(at("x"), 0);
		info = info_of(file);
		overwrite("x", i ? 24 : info.image_bytes - 1, "\xff");
		assert_int_equal(stele_publish_memfd(file, "test", 0, &fd,
						     &err),
				 -STELE_E_FORMAT);
		assert_non_null(strstr(err.reason, "changed"));
		assert_int_equal(stele_publish_file(file, at("y"), 0, 0, &err),
				 -STELE_E_FORMAT);
		assert_int_equal(fd, -1);
		assert_int_equal(entries(true), 1);
		stele_segment_close(file);
	}
}

static void unknown_memfd_flags_are_refused(void **state)
{
	struct stele_segment *file;
	int fd = -1;

	(void)state;
	make_file("x", 1);
	file = open_it(at("x"), 0);
	assert_int_equal(stele_publish_memfd(file, "test", 2, &fd, NULL),
			 -EINVAL);
	stele_segment_close(file);
}

static void hugetlb_memfd_has_pages_of_2_mib(void **state)
{
	struct stele_segment *file, *huge;
	struct stele_segment_info info;
	struct stele_error err = { 0 };
	int fd = -1, rc;

	(void)state;
	skip_where_emulated();
	make_file("x", 3 * MIB);
	file = open_it(at("x"), 0);
	rc = stele_publish_memfd(file, "test", STELE_MEMFD_F_HUGETLB, &fd,
				 &err);
	if (rc == -ENOMEM) {
		assert_non_null(strstr(err.reason, "nr_hugepages"));
		stele_segment_close(file);
		print_message("no huge pages are reserved (vm.nr_hugepages)\n");
		skip();
	}
	assert_int_equal(rc, 0);
	huge = open_it_fd(fd, STELE_OPEN_F_POPULATE);
	close(fd);
	info = info_of(huge);
	assert_int_equal(info.home, STELE_HOME_MEMFD);
	assert_int_equal(info.seal, STELE_SEAL_MEMFD);
	assert_int_equal(info.page_bytes, 2 * MIB);
	assert_int_equal(info.huge_bytes, 4 * MIB);
	assert_int_equal(info.resident_bytes, 4 * MIB);
	assert_true(same_image(file, huge));
	stele_segment_close(huge);
	stele_segment_close(file);
}

#define HOME_TEST(test) \
	cmocka_unit_test_setup_teardown(test, begin_test, end_test)

int main(void)
{
	const struct CMUnitTest tests[] = {
		HOME_TEST(name_with_a_slash_is_a_path),
		HOME_TEST(first_folder_of_stele_path_wins),
		HOME_TEST(user_names_are_of_the_user_folder),
		HOME_TEST(names_of_other_patterns_are_refused),
		HOME_TEST(what_is_no_file_is_refused),
		HOME_TEST(what_is_no_segment_is_refused),
		HOME_TEST(file_that_is_no_segment_is_not_copied),
		HOME_TEST(truncated_segment_is_refused),
		HOME_TEST(another_owner_is_refused_with_both),
		HOME_TEST(another_identity_is_refused_with_both),
		HOME_TEST(unknown_options_are_refused),
		HOME_TEST(file_says_how_it_is_sealed),
		HOME_TEST(memfd_is_stable),
		HOME_TEST(memfd_without_seals_is_not_stable),
		HOME_TEST(memfd_that_is_cut_then_sealed_is_refused),
		HOME_TEST(mapping_cannot_be_made_writable),
		HOME_TEST(copy_survives_truncation),
		HOME_TEST(large_mapping_is_aligned_to_2_mib),
		HOME_TEST(populate_makes_all_pages_resident),
		HOME_TEST(huge_pages_are_those_of_smaps),
		HOME_TEST(info_of_another_size_is_filled_as_far),
		HOME_TEST(image_moves_between_file_and_memfd),
		HOME_TEST(truncated_source_is_an_error),
		HOME_TEST(source_that_changes_is_not_copied),
		HOME_TEST(unknown_memfd_flags_are_refused),
		HOME_TEST(hugetlb_memfd_has_pages_of_2_mib),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
