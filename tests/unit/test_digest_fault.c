// SPDX-License-Identifier: MIT
/*
 * Every failing call unwinds: each allocation, OpenSSL call, read, write and
 * thread of the digest fails once, by its number, until a run needs no more.
 * The error is the expected one, nothing leaks (what is acquired is counted),
 * and the same work done again afterwards is right.
 *
 * Includes the source under other names for what it calls, so that nothing but
 * the digest fails.
 */
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <openssl/err.h>
#include <openssl/evp.h>

/* Calls of one kind are counted; the one numbered @fail_at fails. */
struct point {
	long calls;
	long fail_at;
};

static struct point alloc_point, ssl_point, io_point, thread_point;
static long nr_held; /* memory and contexts acquired and not yet freed */
static size_t io_limit; /* longest read or write; 0: what is asked for */
static bool io_interrupted; /* every other read or write ends by EINTR */

static bool fails(struct point *point)
{
	long n = __atomic_add_fetch(&point->calls, 1, __ATOMIC_RELAXED);

	return n == point->fail_at;
}

static void *hold(void *p)
{
	if (p)
		__atomic_add_fetch(&nr_held, 1, __ATOMIC_RELAXED);
	return p;
}

static void let_go(const void *p)
{
	if (p)
		__atomic_sub_fetch(&nr_held, 1, __ATOMIC_RELAXED);
}

static void *fault_malloc(size_t len)
{
	return fails(&alloc_point) ? NULL : hold(malloc(len));
}

static void *fault_calloc(size_t n, size_t len)
{
	return fails(&alloc_point) ? NULL : hold(calloc(n, len));
}

static void fault_free(void *p)
{
	let_go(p);
	free(p);
}

static EVP_MD_CTX *fault_ctx_new(void)
{
	return fails(&alloc_point) ? NULL : hold(EVP_MD_CTX_new());
}

static void fault_ctx_free(EVP_MD_CTX *ctx)
{
	let_go(ctx);
	EVP_MD_CTX_free(ctx);
}

static bool queue_errors; /* as OpenSSL does */

static bool ssl_fails(void)
{
	if (!fails(&ssl_point))
		return false;
	if (queue_errors)
		ERR_put_error(ERR_LIB_EVP, 0, EVP_R_INITIALIZATION_ERROR,
			      "a fault", 1);
	return true;
}

static int fault_init(EVP_MD_CTX *ctx, const EVP_MD *md,
		      const OSSL_PARAM *params)
{
	return ssl_fails() ? 0 : EVP_DigestInit_ex2(ctx, md, params);
}

static int fault_update(EVP_MD_CTX *ctx, const void *p, size_t len)
{
	return ssl_fails() ? 0 : EVP_DigestUpdate(ctx, p, len);
}

static int fault_final(EVP_MD_CTX *ctx, uint8_t *out, unsigned int *len)
{
	return ssl_fails() ? 0 : EVP_DigestFinal_ex(ctx, out, len);
}

static bool no_sha256;

static EVP_MD *fault_fetch(OSSL_LIB_CTX *ctx, const char *name,
			   const char *properties)
{
	return no_sha256 ? NULL : EVP_MD_fetch(ctx, name, properties);
}

static bool io_fails(size_t *len)
{
	static _Thread_local bool interrupt;

	if (fails(&io_point)) {
		errno = EIO;
		return true;
	}
	interrupt = io_interrupted && !interrupt;
	if (interrupt) {
		errno = EINTR;
		return true;
	}
	if (io_limit && *len > io_limit)
		*len = io_limit;
	return false;
}

static ssize_t fault_pread(int fd, void *p, size_t len, off_t offset)
{
	return io_fails(&len) ? -1 : pread(fd, p, len, offset);
}

static ssize_t fault_pwrite(int fd, const void *p, size_t len, off_t offset)
{
	return io_fails(&len) ? -1 : pwrite(fd, p, len, offset);
}

static int fault_thread(pthread_t *thread, const pthread_attr_t *attr,
			void *(*run)(void *), void *arg)
{
	return fails(&thread_point) ? EAGAIN :
				      pthread_create(thread, attr, run, arg);
}

static bool no_cpu_count;

static long fault_sysconf(int name)
{
	return no_cpu_count ? -1 : sysconf(name);
}

#define malloc fault_malloc
#define calloc fault_calloc
#define free fault_free
#define EVP_MD_CTX_new fault_ctx_new
#define EVP_MD_CTX_free fault_ctx_free
#define EVP_DigestInit_ex2 fault_init
#define EVP_DigestUpdate fault_update
#define EVP_DigestFinal_ex fault_final
#define EVP_MD_fetch fault_fetch
#define pread fault_pread
#define pwrite fault_pwrite
#define pthread_create fault_thread
#define sysconf fault_sysconf
#include "digest.c"
#include "digest_hasher.c"
#undef pread

/* Three levels of tree would need 64 MiB; two, and two chunks, do. */
#define DATA_BYTES (CHUNK_BYTES + 3 * BLOCK + 1)
#define TREE_BYTES (4 * BLOCK)

static uint8_t data[DATA_BYTES];
static uint8_t tree[TREE_BYTES];
static struct stele_digest right;
static int fd; /* data at 0, room for the tree behind it */

static int memory_write(void *arg, const void *buf, size_t len,
			uint64_t tree_offset)
{
	memcpy((uint8_t *)arg + tree_offset, buf, len);
	return 0;
}

static int build_by(unsigned int nr_threads)
{
	struct stele_digest_file file = { fd, DATA_BYTES };
	struct stele_digest_sink sink = { stele_digest_file_write, &file };
	uint8_t written[TREE_BYTES];
	struct stele_digest digest;
	int err;

	err = stele_digest_build_fd(fd, 0, DATA_BYTES, nr_threads, &sink,
				    &digest);
	if (!err) {
		assert_memory_equal(&digest, &right, sizeof(digest));
		assert_int_equal(pread(fd, written, TREE_BYTES, DATA_BYTES),
				 TREE_BYTES);
		assert_memory_equal(written, tree, TREE_BYTES);
	}
	return err;
}

static int build_file(void)
{
	return build_by(1);
}

static int build_file_threads(void)
{
	return build_by(2);
}

static int stream(void)
{
	struct stele_digest_stream *s;
	struct stele_digest digest;
	int err;

	err = stele_digest_begin(&s, DATA_BYTES, NULL);
	if (err)
		return err;
	stele_digest_update(s, data, DATA_BYTES);
	err = stele_digest_end(s, &digest);
	if (!err)
		assert_memory_equal(&digest, &right, sizeof(digest));
	return err;
}

static int check_by(unsigned int nr_threads)
{
	return stele_digest_check(data, DATA_BYTES, tree, &right, nr_threads,
				  NULL);
}

static int check(void)
{
	return check_by(1);
}

static int check_threads(void)
{
	return check_by(2);
}

static int identity(void)
{
	uint8_t got[STELE_DIGEST_BYTES];
	int err;

	err = stele_digest_identity(DATA_BYTES, right.root, got);
	if (!err)
		assert_memory_equal(got, right.identity, sizeof(got));
	return err;
}

static int (*const works[])(void) = {
	build_file, build_file_threads, stream, check, check_threads, identity,
};

/* Fails call after call of @work at @point; how many calls there were. */
static long fail_each(int (*work)(void), struct point *point, int expected)
{
	long n;
	int err;

	for (n = 1;; n++) {
		point->calls = 0;
		point->fail_at = n;
		err = work();
		assert_int_equal(nr_held, 0);
		if (point->calls < n)
			break;
		assert_int_equal(err, expected);
	}
	point->fail_at = 0;
	assert_int_equal(err, 0);
	return n - 1;
}

static void fail_each_of_all(struct point *point, int expected)
{
	long n = 0;
	size_t i;

	for (i = 0; i < sizeof(works) / sizeof(works[0]); i++)
		n += fail_each(works[i], point, expected);
	assert_true(n > 0);
}

static void no_allocation_fails_unnoticed(void **state)
{
	(void)state;
	fail_each_of_all(&alloc_point, -ENOMEM);
}

/* Three OpenSSL calls a block: every one of some thousands fails once. */
static void no_openssl_call_fails_unnoticed(void **state)
{
	(void)state;
	fail_each_of_all(&ssl_point, -ENOMEM);
}

static void no_read_or_write_fails_unnoticed(void **state)
{
	(void)state;
	fail_each_of_all(&io_point, -EIO);
}

/* That the tree is wrong is known already; where in the block, is not then. */
static void a_failure_to_locate_names_the_block(void **state)
{
	struct stele_digest_fault fault;
	long n, nr_vague = 0;
	int err;

	(void)state;
	tree[3 * BLOCK + 40] ^= 1;
	for (n = 1;; n++) {
		ssl_point.calls = 0;
		ssl_point.fail_at = n;
		err = stele_digest_check(data, DATA_BYTES, tree, &right, 1,
					 &fault);
		if (err == -ENOMEM)
			continue;
		assert_int_equal(err, -EBADMSG);
		assert_int_equal(fault.part, STELE_DIGEST_PART_TREE);
		if (fault.offset != 3 * BLOCK)
			break;
		nr_vague++;
	}
	ssl_point.fail_at = 0;
	tree[3 * BLOCK + 40] ^= 1;
	assert_int_equal(fault.offset, 3 * BLOCK + 40);
	assert_true(nr_vague > 0);
}

/*
 * Every failing call of OpenSSL leaves its reason in a queue that is the
 * caller's: the next one who looks there would take it for his own.
 */
static void failures_leave_the_caller_s_queue_of_errors(void **state)
{
	size_t i;

	(void)state;
	queue_errors = true;
	ERR_clear_error();
	fail_each_of_all(&ssl_point, -ENOMEM);
	assert_int_equal(ERR_peek_error(), 0);
	ERR_put_error(ERR_LIB_USER, 0, 42, "caller", 1);
	for (i = 0; i < sizeof(works) / sizeof(works[0]); i++) {
		ssl_point.calls = 0;
		ssl_point.fail_at = 2;
		assert_int_equal(works[i](), -ENOMEM);
	}
	ssl_point.fail_at = 0;
	queue_errors = false;
	assert_int_equal(ERR_GET_REASON(ERR_get_error()), 42);
	assert_int_equal(ERR_get_error(), 0);
}

/* fail_each() would expect an error: here the work is done all the same. */
static void a_thread_which_does_not_start_is_done_without(void **state)
{
	(void)state;
	for (thread_point.fail_at = 1; thread_point.fail_at < 4;
	     thread_point.fail_at++) {
		thread_point.calls = 0;
		assert_int_equal(build_by(4), 0);
		assert_int_equal(check_by(4), 0);
		assert_int_equal(nr_held, 0);
		assert_true(thread_point.calls > 0);
	}
	thread_point.fail_at = 0;
}

static void one_cpu_is_assumed_when_none_are_told(void **state)
{
	(void)state;
	no_cpu_count = true;
	thread_point.calls = 0;
	assert_int_equal(build_by(0), 0);
	assert_int_equal(thread_point.calls, 0);
	no_cpu_count = false;
}

static void short_and_interrupted_io_goes_on(void **state)
{
	(void)state;
	io_limit = 1000;
	io_interrupted = true;
	assert_int_equal(build_by(1), 0);
	io_limit = 0;
	io_interrupted = false;
}

/* A hasher that failed half way through a block is as good as new. */
static void a_failed_block_does_not_spoil_the_next(void **state)
{
	struct stele_digest_hasher *hasher;
	long n;

	(void)state;
	assert_int_equal(stele_digest_hasher_new(&hasher), 0);
	for (n = 1; n <= 4; n++) {
		ssl_point.calls = 0;
		ssl_point.fail_at = n;
		assert_int_equal(stele_digest_check_block(
					 hasher, data + DATA_BYTES - 1, 1,
					 tree + 3 * BLOCK + 3 * HASH),
				 -ENOMEM);
		ssl_point.fail_at = 0;
		assert_int_equal(stele_digest_check_block(
					 hasher, data + DATA_BYTES - 1, 1,
					 tree + 3 * BLOCK + 3 * HASH),
				 0);
	}
	stele_digest_hasher_free(hasher);
}

/* Must come first, while SHA-256 has not been looked up. */
static void missing_sha256_is_not_supported(void **state)
{
	uint8_t got[STELE_DIGEST_BYTES];
	struct stele_digest digest;
	struct stele_digest_stream *s;

	(void)state;
	no_sha256 = true;
	assert_int_equal(stele_digest_identity(0, right.root, got), -ENOTSUP);
	assert_int_equal(stele_digest_build(data, 1, 1, NULL, &digest),
			 -ENOTSUP);
	assert_int_equal(stele_digest_begin(&s, 1, NULL), -ENOTSUP);
	assert_int_equal(nr_held, 0);
	no_sha256 = false;
}

static void right_answers_are_made(void **state)
{
	struct stele_digest_sink sink = { memory_write, tree };
	char name[] = "/tmp/stele-test-digest-fault-XXXXXX";
	size_t i;

	(void)state;
	for (i = 0; i < DATA_BYTES; i++)
		data[i] = i % 251;
	assert_int_equal(stele_digest_tree_bytes(DATA_BYTES), TREE_BYTES);
	assert_int_equal(stele_digest_build(data, DATA_BYTES, 1, &sink, &right),
			 0);
	fd = mkstemp(name);
	assert_true(fd >= 0);
	unlink(name);
	assert_int_equal(write(fd, data, DATA_BYTES), DATA_BYTES);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(missing_sha256_is_not_supported),
		cmocka_unit_test(right_answers_are_made),
		cmocka_unit_test(no_allocation_fails_unnoticed),
		cmocka_unit_test(no_openssl_call_fails_unnoticed),
		cmocka_unit_test(no_read_or_write_fails_unnoticed),
		cmocka_unit_test(failures_leave_the_caller_s_queue_of_errors),
		cmocka_unit_test(a_failure_to_locate_names_the_block),
		cmocka_unit_test(a_thread_which_does_not_start_is_done_without),
		cmocka_unit_test(one_cpu_is_assumed_when_none_are_told),
		cmocka_unit_test(short_and_interrupted_io_goes_on),
		cmocka_unit_test(a_failed_block_does_not_spoil_the_next),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
