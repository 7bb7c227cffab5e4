// SPDX-License-Identifier: MIT
/*
 * What becomes of bytes, names and folders while an image is made: whole or
 * nothing, whatever fails.  Each test works in an empty folder of its own.
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
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "failing.h"
#include "folder.h"
#include "output.h"

#define OLD "what stood there before"
#define MIB ((size_t)1 << 20)

/* Every call works again. */
static int work_again(void **state)
{
	memset(&failing, 0, sizeof(failing));
	return remove_folder(state);
}

static struct stele_output *begin(const char *name, uint32_t flags)
{
	struct stele_output *out = NULL;
	struct stele_error err = { 0 };

	if (stele_output_create_file(at(name), flags, 0, &out, &err))
		fail_msg("%s", err.reason);
	return out;
}

static int refusal_saying(const char *word, const char *path, uint32_t flags,
			  uint32_t mode)
{
	struct stele_output *out = NULL;
	struct stele_error err = { 0 };
	int rc = stele_output_create_file(path, flags, mode, &out, &err);

	stele_output_free(out);
	if (rc) {
		assert_int_equal(err.code, rc);
		assert_non_null(strstr(err.reason, word));
		print_message("# %s\n", err.reason);
	}
	return rc;
}

static int refusal(const char *path, uint32_t flags, uint32_t mode)
{
	return refusal_saying("", path, flags, mode);
}

/* Bytes that tell their place. */
static void pattern(uint8_t *p, uint64_t off, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		p[i] = (uint8_t)((off + i) * 2654435761u >> 13);
}

static uint32_t next_random(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(*seed >> 33);
}

static uint64_t print_seed(uint64_t seed)
{
	print_message("# seed %llu\n", (unsigned long long)seed);
	return seed;
}

/* --------------------------------------------------------------- bytes */

/* Appends of all sizes, with patches and reads behind them, against a copy. */
static void write_model(struct stele_output *out, uint8_t *model, size_t room,
			uint64_t seed)
{
	uint8_t *got = malloc(room);
	size_t tail = 0;

	while (tail < room) {
		size_t len = next_random(&seed) %
			     (next_random(&seed) % 4 ? 5000 : 3 * MIB);
		size_t off = tail ? next_random(&seed) % tail : 0;
		size_t part = next_random(&seed) % (tail - off + 1);

		if (len > room - tail)
			len = room - tail;
		if (next_random(&seed) % 4) {
			pattern(model + tail, tail, len);
			assert_int_equal(
				stele_output_append(out, model + tail, len), 0);
		} else {
			memset(model + tail, 0, len);
			assert_int_equal(stele_output_zeros(out, len), 0);
		}
		tail += len;
		assert_int_equal(stele_output_tail(out), tail);
		pattern(model + off, seed, part);
		assert_int_equal(
			stele_output_patch(out, off, model + off, part), 0);
		off = off > MIB ? off - MIB : 0;
		assert_int_equal(stele_output_read(out, off, got, tail - off),
				 0);
		assert_memory_equal(got, model + off, tail - off);
	}
	free(got);
}

static void bytes_are_those_that_were_given(void **state)
{
	size_t room = 24 * MIB + 77;
	uint8_t *model = malloc(room);
	struct stele_output *out = begin("x", STELE_BUILD_F_NO_SYNC);

	(void)state;
	write_model(out, model, room, print_seed(1));
	assert_int_equal(stele_output_publish(out, NULL, NULL), 0);
	stele_output_free(out);
	assert_true(holds("x", model, room));
	free(model);
}

static void short_transfers_are_continued(void **state)
{
	size_t room = 6 * MIB + 5;
	uint8_t *model = malloc(room);
	struct stele_output *out = begin("x", STELE_BUILD_F_NO_SYNC);

	(void)state;
	failing_begin(FAILING_SHORT, 0, 0);
	write_model(out, model, room, print_seed(2));
	assert_int_equal(stele_output_publish(out, NULL, NULL), 0);
	failing_end();
	stele_output_free(out);
	assert_true(holds("x", model, room));
	free(model);
}

static void access_beyond_the_tail_is_refused(void **state)
{
	struct stele_output *out = begin("x", 0);
	char c[8] = "1234567";

	(void)state;
	assert_int_equal(stele_output_append(out, c, 8), 0);
	assert_int_equal(stele_output_read(out, 4, c, 4), 0);
	assert_int_equal(stele_output_read(out, 4, c, 5), -EINVAL);
	assert_int_equal(stele_output_patch(out, 9, c, 0), -EINVAL);
	assert_int_equal(stele_output_patch(out, UINT64_MAX, c, 2), -EINVAL);
	assert_int_equal(stele_output_zeros(out, SIZE_MAX), -EFBIG);
	stele_output_free(out);
}

static void align_goes_to_the_next_multiple(void **state)
{
	struct stele_output *out = begin("x", 0);

	(void)state;
	assert_int_equal(stele_output_align(out, 4096), 0);
	assert_int_equal(stele_output_tail(out), 0);
	assert_int_equal(stele_output_append(out, "abc", 3), 0);
	assert_int_equal(stele_output_align(out, 64), 0);
	assert_int_equal(stele_output_tail(out), 64);
	assert_int_equal(stele_output_align(out, 2 * MIB), 0);
	assert_int_equal(stele_output_tail(out), 2 * MIB);
	stele_output_free(out);
}

/* A hole: the file is larger than 4 GiB and takes no room. */
static void offsets_beyond_4_gib_work(void **state)
{
	uint64_t far = 5ull << 30;
	struct stele_output *out = begin("x", STELE_BUILD_F_NO_SYNC);
	struct stat st;
	char c[3];

	(void)state;
	assert_int_equal(stele_output_zeros(out, far), 0);
	assert_int_equal(stele_output_append(out, "end", 3), 0);
	assert_int_equal(stele_output_patch(out, far - 1, "\x01", 1), 0);
	assert_int_equal(stele_output_read(out, far - 1, c, 3), 0);
	assert_memory_equal(c,
			    "\x01"
			    "en",
			    3);
	assert_int_equal(stele_output_publish(out, NULL, NULL), 0);
	stele_output_free(out);
	assert_int_equal(stat(at("x"), &st), 0);
	assert_int_equal(st.st_size, far + 3);
	assert_true(st.st_blocks < 4096);
}

static void file_is_cut_to_the_tail(void **state)
{
	struct stele_output *out = begin("x", 0);

	(void)state;
	assert_int_equal(stele_output_append(out, "abc", 3), 0);
	assert_int_equal(pwrite(stele_output_fd(out), "z", 1, 99), 1);
	assert_int_equal(stele_output_publish(out, NULL, NULL), 0);
	stele_output_free(out);
	assert_true(holds("x", "abc", 3));
}

/* --------------------------------------------------------------- names */

static void publish_text(const char *name, uint32_t flags, const char *text)
{
	struct stele_output *out = begin(name, flags);

	assert_int_equal(stele_output_append(out, text, strlen(text)), 0);
	assert_int_equal(stele_output_publish(out, NULL, NULL), 0);
	stele_output_free(out);
}

static void nothing_has_a_name_before_publish(void **state)
{
	struct stele_output *out = begin("x", 0);

	(void)state;
	assert_int_equal(stele_output_append(out, "abc", 3), 0);
	assert_int_equal(stele_output_flush(out), 0);
	assert_int_equal(entries(false), 0);
	stele_output_free(out);
	assert_int_equal(entries(false), 0);
}

static void old_file_is_replaced_and_gone(void **state)
{
	(void)state;
	put_file("x", OLD);
	publish_text("x", 0, "new");
	assert_true(holds("x", "new", 3));
	assert_int_equal(entries(false), 1);
}

static void old_file_stays_while_it_is_open(void **state)
{
	char c[sizeof(OLD)] = "";
	int fd;

	(void)state;
	put_file("x", OLD);
	fd = open(at("x"), O_RDONLY);
	publish_text("x", 0, "new");
	assert_int_equal(read(fd, c, sizeof(c)), strlen(OLD));
	assert_string_equal(c, OLD);
	close(fd);
}

static void no_replace_keeps_the_old_file(void **state)
{
	struct stele_output *out;

	(void)state;
	put_file("x", OLD);
	assert_int_equal(refusal(at("x"), STELE_BUILD_F_NO_REPLACE, 0),
			 -EEXIST);
	out = begin("y", STELE_BUILD_F_NO_REPLACE);
	put_file("y", OLD);
	assert_int_equal(stele_output_publish(out, NULL, NULL), -EEXIST);
	stele_output_free(out);
	assert_true(holds("y", OLD, strlen(OLD)));
	assert_int_equal(entries(false), 2);
}

/* Another build of "x" is done while ours syncs the folder, which fails. */
static int others_build(int fd)
{
	struct stat st;

	assert_int_equal(fstat(fd, &st), 0);
	if (!S_ISDIR(st.st_mode))
		return 0;
	failing.at_sync = NULL;
	publish_text("x", 0, "theirs");
	return EIO;
}

static void failing_publish_takes_no_other_file_away(void **state)
{
	struct stele_output *out;
	int i;

	(void)state;
	for (i = 0; i < 4; i++) {
		failing.no_tmpfile = i & 2;
		if (i & 1)
			put_file("x", OLD);
		out = begin("x", 0);
		assert_int_equal(stele_output_append(out, "ours", 4), 0);
		failing.at_sync = others_build;
		assert_int_equal(stele_output_publish(out, NULL, NULL), -EIO);
		stele_output_free(out);
		assert_true(holds("x", "theirs", 6));
		assert_int_equal(entries(true), 1);
	}
}

static void folder_that_came_meanwhile_stays(void **state)
{
	struct stele_output *out = begin("x", 0);
	struct stat st;

	(void)state;
	assert_int_equal(mkdir(at("x"), 0755), 0);
	assert_int_equal(stele_output_publish(out, NULL, NULL), -EISDIR);
	stele_output_free(out);
	assert_int_equal(stat(at("x"), &st), 0);
	assert_true(S_ISDIR(st.st_mode));
	assert_int_equal(entries(false), 1);
}

static unsigned mode_of(const char *name)
{
	struct stat st;

	assert_int_equal(stat(at(name), &st), 0);
	return st.st_mode & 07777;
}

static void mode_is_0444_less_umask(void **state)
{
	mode_t old = umask(027);

	(void)state;
	publish_text("x", 0, "abc");
	umask(old);
	assert_int_equal(mode_of("x"), 0440);
}

static void mode_is_the_one_asked_for(void **state)
{
	struct stele_output *out;

	(void)state;
	assert_int_equal(stele_output_create_file(at("x"), 0, 0404, &out, NULL),
			 0);
	assert_int_equal(stele_output_publish(out, NULL, NULL), 0);
	stele_output_free(out);
	assert_int_equal(mode_of("x"), 0404);
	assert_int_equal(refusal(at("y"), 0, 0644), -EINVAL);
	assert_int_equal(refusal(at("y"), 0, 04444), -EINVAL);
}

static void unknown_flags_are_refused(void **state)
{
	(void)state;
	assert_int_equal(refusal(at("x"), STELE_BUILD_F_ALL + 1, 0), -EINVAL);
}

static void descriptor_is_read_only_and_unlocked(void **state)
{
	struct stele_output *out = begin("x", 0);
	int fd = -1, other;
	char c[4] = "";

	(void)state;
	assert_int_equal(stele_output_append(out, "abc", 3), 0);
	assert_int_equal(stele_output_publish(out, &fd, NULL), 0);
	stele_output_free(out);
	assert_int_equal(fcntl(fd, F_GETFL) & O_ACCMODE, O_RDONLY);
	assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
	assert_int_equal(read(fd, c, 4), 3);
	assert_string_equal(c, "abc");
	other = open(at("x"), O_RDONLY);
	assert_int_equal(flock(other, LOCK_EX | LOCK_NB), 0);
	close(other);
	close(fd);
}

static void second_publish_is_out_of_order(void **state)
{
	struct stele_output *out = begin("x", 0);

	(void)state;
	assert_int_equal(stele_output_publish(out, NULL, NULL), 0);
	assert_int_equal(stele_output_publish(out, NULL, NULL), -STELE_E_STATE);
	stele_output_free(out);
	assert_int_equal(entries(false), 1);
}

/* ------------------------------------------------------------- targets */

static void link_is_followed_and_stays(void **state)
{
	struct stat st;

	(void)state;
	put_file("x", OLD);
	assert_int_equal(symlink("x", at("a")), 0);
	assert_int_equal(symlink(at("a"), at("b")), 0);
	publish_text("b", 0, "new");
	assert_true(holds("x", "new", 3));
	assert_int_equal(lstat(at("b"), &st), 0);
	assert_true(S_ISLNK(st.st_mode));
	assert_int_equal(entries(false), 3);
}

/* Links are somebody else's. */
static void give_away_links(struct stat *st)
{
	if (S_ISLNK(st->st_mode))
		st->st_uid ^= 1;
}

/* What the kernel does where fs.protected_symlinks is 1. */
static void strangers_link_is_followed_where_not_all_may_put_one(void **state)
{
	char x[4096];
	int i;

	(void)state;
	put_file("x", OLD);
	snprintf(x, sizeof(x), "%s", at("x"));
	assert_int_equal(symlink(x, at("y")), 0);
	for (i = 0; i < 3; i++) {
		failing.at_stat = i > 0 ? give_away_links : NULL;
		assert_int_equal(chmod(folder, i == 1 ? 0755 : 01777), 0);
		if (i < 2)
			publish_text("y", 0, i ? "one" : "two");
		else
			assert_int_equal(refusal_saying("link", at("y"), 0, 0),
					 -EACCES);
	}
	failing.at_stat = NULL;
	assert_true(holds("x", "one", 3));
	assert_int_equal(entries(false), 2);
}

static void link_to_nothing_is_refused(void **state)
{
	(void)state;
	assert_int_equal(symlink("nowhere", at("x")), 0);
	assert_int_equal(refusal(at("x"), 0, 0), -ENOENT);
}

static void ring_of_links_is_refused(void **state)
{
	(void)state;
	assert_int_equal(symlink("y", at("x")), 0);
	assert_int_equal(symlink("x", at("y")), 0);
	assert_int_equal(refusal(at("x"), 0, 0), -ELOOP);
}

static void folder_is_refused(void **state)
{
	(void)state;
	assert_int_equal(refusal(folder, 0, 0), -EISDIR);
	assert_int_equal(refusal(at("."), 0, 0), -EISDIR);
	assert_int_equal(refusal(at(""), 0, 0), -EISDIR);
}

static void fifo_is_refused(void **state)
{
	(void)state;
	assert_int_equal(mkfifo(at("x"), 0600), 0);
	assert_int_equal(refusal_saying("a pipe", at("x"), 0, 0), -EINVAL);
}

static void descriptor_paths_are_refused(void **state)
{
	(void)state;
	assert_int_equal(refusal_saying("descriptor", "/dev/stdout", 0, 0),
			 -EINVAL);
	assert_int_equal(refusal_saying("descriptor", "/dev/fd/1", 0, 0),
			 -EINVAL);
	assert_int_equal(refusal_saying("a device", "/dev/null", 0, 0),
			 -EINVAL);
}

static void missing_folder_is_named(void **state)
{
	struct stele_output *out;
	struct stele_error err;

	(void)state;
	assert_int_equal(stele_output_create_file(at("no/x"), 0, 0, &out, &err),
			 -ENOENT);
	assert_non_null(strstr(err.reason, at("no")));
	put_file("f", OLD);
	assert_int_equal(refusal(at("f/x"), 0, 0), -ENOTDIR);
}

static void impossible_names_are_refused(void **state)
{
	char name[300];

	(void)state;
	memset(name, 'n', sizeof(name) - 1);
	name[299] = '\0';
	assert_int_equal(refusal(at(name), 0, 0), -ENAMETOOLONG);
	assert_int_equal(refusal("", 0, 0), -EINVAL);
}

static void longest_name_can_be_replaced(void **state)
{
	char name[256];

	(void)state;
	memset(name, 'n', sizeof(name) - 1);
	name[255] = '\0';
	publish_text(name, 0, "one");
	publish_text(name, 0, "two");
	assert_true(holds(name, "two", 3));
	assert_int_equal(entries(false), 1);
}

/* As root, who may write anywhere, in a child that is somebody else. */
static void read_only_folder_is_refused(void **state)
{
	int status;
	pid_t child;

	(void)state;
	assert_int_equal(chmod(folder, 0555), 0);
	child = fork();
	if (!child) {
		if (!geteuid() && setresuid(65534, 65534, 65534))
			_exit(1);
		_exit(refusal(at("x"), 0, 0) == -EACCES ? 0 : 2);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(chmod(folder, 0755), 0);
	assert_int_equal(status, 0);
}

static void verity_is_refused_before_the_build(void **state)
{
	int rc;

	(void)state;
	/* No file system with verity lacks O_TMPFILE; every one has it else. */
	failing.no_tmpfile = true;
	rc = refusal(at("x"), STELE_BUILD_F_VERITY, 0);
	assert_int_equal(rc, -EOPNOTSUPP);
	assert_int_equal(entries(false), 0);
}

/* ---------------------------------------- file systems without O_TMPFILE */

static void named_temporary_becomes_the_file(void **state)
{
	struct stele_output *out;

	(void)state;
	failing.no_tmpfile = true;
	out = begin("x", 0);
	assert_int_equal(entries(false), 1);
	assert_int_equal(stele_output_append(out, "new", 3), 0);
	assert_int_equal(stele_output_publish(out, NULL, NULL), 0);
	stele_output_free(out);
	assert_true(holds("x", "new", 3));
	assert_int_equal(entries(false), 1);
	publish_text("x", 0, "newer");
	assert_true(holds("x", "newer", 5));
	assert_int_equal(entries(false), 1);
}

static void plain_rename_does_as_well(void **state)
{
	(void)state;
	failing.no_exchange = true;
	put_file("x", OLD);
	publish_text("x", 0, "new");
	failing.no_tmpfile = true;
	publish_text("x", 0, "newer");
	publish_text("y", STELE_BUILD_F_NO_REPLACE, "other");
	assert_true(holds("x", "newer", 5));
	assert_true(holds("y", "other", 5));
	assert_int_equal(entries(false), 2);
}

static void named_temporary_goes_with_its_output(void **state)
{
	(void)state;
	failing.no_tmpfile = true;
	stele_output_free(begin("x", 0));
	assert_int_equal(entries(false), 0);
}

/* A child makes an output and is killed. */
static void leave_leftover(const char *name)
{
	int status;
	pid_t child = fork();

	if (!child) {
		begin(name, 0);
		kill(getpid(), SIGKILL);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
}

static void leftover_of_a_dead_maker_is_removed(void **state)
{
	(void)state;
	failing.no_tmpfile = true;
	leave_leftover("x");
	leave_leftover("other");
	assert_int_equal(entries(false), 2);
	publish_text("x", 0, "new");
	assert_int_equal(entries(false), 2);
	publish_text("other", 0, "new");
	assert_int_equal(entries(false), 2);
	assert_true(holds("x", "new", 3) && holds("other", "new", 3));
}

static void file_of_a_living_maker_stays(void **state)
{
	struct stele_output *first, *second;

	(void)state;
	failing.no_tmpfile = true;
	first = begin("x", 0);
	second = begin("x", 0);
	assert_int_equal(entries(false), 2);
	assert_int_equal(stele_output_append(first, "first", 5), 0);
	assert_int_equal(stele_output_publish(second, NULL, NULL), 0);
	stele_output_free(second);
	assert_int_equal(stele_output_publish(first, NULL, NULL), 0);
	stele_output_free(first);
	assert_true(holds("x", "first", 5));
	assert_int_equal(entries(false), 1);
}

static void files_of_other_patterns_stay(void **state)
{
	(void)state;
	put_file(".x.stele-tmp.0123456789abcde", "short");
	put_file(".x.stele-tmp.0123456789abcdeF", "not hex");
	put_file(".xx.stele-tmp.0123456789abcdef", "another name");
	put_file("x.stele-tmp.0123456789abcdef", "no dot");
	assert_int_equal(mkdir(at(".x.stele-tmp.0123456789abcde1"), 0700), 0);
	assert_int_equal(symlink("x", at(".x.stele-tmp.0123456789abcde2")), 0);
	publish_text("x", 0, "new");
	assert_int_equal(entries(false), 7);
}

/* --------------------------------------------------------------- memfd */

static void memfd_has_all_seals_and_a_reader(void **state)
{
	struct stele_output *out;
	int fd = -1, again;
	char c[4] = "", path[64];

	(void)state;
	assert_int_equal(stele_output_create_memfd("test", &out, NULL), 0);
	assert_int_equal(stele_output_append(out, "abc", 3), 0);
	assert_int_equal(stele_output_publish(out, &fd, NULL), 0);
	stele_output_free(out);
	assert_int_equal(fcntl(fd, F_GET_SEALS) & 15,
			 F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK |
				 F_SEAL_SEAL);
	assert_int_equal(fcntl(fd, F_GETFL) & O_ACCMODE, O_RDONLY);
	assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
	assert_int_equal(pread(fd, c, 4, 0), 3);
	assert_string_equal(c, "abc");
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	again = open(path, O_RDWR);
	if (again >= 0) {
		assert_int_equal(pwrite(again, "x", 1, 0), -1);
		assert_int_equal(errno, EPERM);
		assert_int_equal(ftruncate(again, 1), -1);
		close(again);
	}
	close(fd);
}

static void memfd_with_a_writable_mapping_is_not_sealed(void **state)
{
	struct stele_output *out;
	void *p;

	(void)state;
	assert_int_equal(stele_output_create_memfd("test", &out, NULL), 0);
	assert_int_equal(stele_output_append(out, "abc", 3), 0);
	p = mmap(NULL, 4096, PROT_WRITE, MAP_SHARED, stele_output_fd(out), 0);
	assert_true(p != MAP_FAILED);
	assert_int_equal(stele_output_publish(out, NULL, NULL), -EBUSY);
	munmap(p, 4096);
	stele_output_free(out);
}

static void memfd_name_has_a_limit(void **state)
{
	struct stele_output *out;
	struct stele_error err;
	char name[300];

	(void)state;
	memset(name, 'n', sizeof(name) - 1);
	name[299] = '\0';
	assert_int_equal(stele_output_create_memfd(name, &out, &err), -EINVAL);
	assert_non_null(strstr(err.reason, "249"));
}

#define FAILING_IN_FOLDER(test) \
	cmocka_unit_test_setup_teardown(test, make_folder, work_again)

int main(void)
{
	const struct CMUnitTest tests[] = {
		FAILING_IN_FOLDER(bytes_are_those_that_were_given),
		FAILING_IN_FOLDER(short_transfers_are_continued),
		FAILING_IN_FOLDER(access_beyond_the_tail_is_refused),
		FAILING_IN_FOLDER(align_goes_to_the_next_multiple),
		FAILING_IN_FOLDER(offsets_beyond_4_gib_work),
		FAILING_IN_FOLDER(file_is_cut_to_the_tail),
		FAILING_IN_FOLDER(nothing_has_a_name_before_publish),
		FAILING_IN_FOLDER(old_file_is_replaced_and_gone),
		FAILING_IN_FOLDER(old_file_stays_while_it_is_open),
		FAILING_IN_FOLDER(no_replace_keeps_the_old_file),
		FAILING_IN_FOLDER(failing_publish_takes_no_other_file_away),
		FAILING_IN_FOLDER(folder_that_came_meanwhile_stays),
		FAILING_IN_FOLDER(mode_is_0444_less_umask),
		FAILING_IN_FOLDER(mode_is_the_one_asked_for),
		FAILING_IN_FOLDER(unknown_flags_are_refused),
		FAILING_IN_FOLDER(descriptor_is_read_only_and_unlocked),
		FAILING_IN_FOLDER(second_publish_is_out_of_order),
		FAILING_IN_FOLDER(link_is_followed_and_stays),
		FAILING_IN_FOLDER(
			strangers_link_is_followed_where_not_all_may_put_one),
		FAILING_IN_FOLDER(link_to_nothing_is_refused),
		FAILING_IN_FOLDER(ring_of_links_is_refused),
		FAILING_IN_FOLDER(folder_is_refused),
		FAILING_IN_FOLDER(fifo_is_refused),
		FAILING_IN_FOLDER(descriptor_paths_are_refused),
		FAILING_IN_FOLDER(missing_folder_is_named),
		FAILING_IN_FOLDER(impossible_names_are_refused),
		FAILING_IN_FOLDER(longest_name_can_be_replaced),
		FAILING_IN_FOLDER(read_only_folder_is_refused),
		FAILING_IN_FOLDER(verity_is_refused_before_the_build),
		FAILING_IN_FOLDER(named_temporary_becomes_the_file),
		FAILING_IN_FOLDER(plain_rename_does_as_well),
		FAILING_IN_FOLDER(named_temporary_goes_with_its_output),
		FAILING_IN_FOLDER(leftover_of_a_dead_maker_is_removed),
		FAILING_IN_FOLDER(file_of_a_living_maker_stays),
		FAILING_IN_FOLDER(files_of_other_patterns_stay),
		FAILING_IN_FOLDER(memfd_has_all_seals_and_a_reader),
		FAILING_IN_FOLDER(memfd_with_a_writable_mapping_is_not_sealed),
		FAILING_IN_FOLDER(memfd_name_has_a_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
