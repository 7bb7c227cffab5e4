// SPDX-License-Identifier: MIT
/*
 * One store in one process, doing what `run` tells it, a command a line; each
 * answer is one line of JSON. One process a store, so that each can have its
 * own page size and all of them can stay in memory while rounds alternate
 * between them.
 *
 *	bench STORE u64|str PAIRS SEED PATH [home=H] [page=P] [bytes=N] [bucket=N]
 *	bench STORE items COUNT SEED PATH schema=PATH	see items.c
 *	bench yajl ndjson PATH				see ndjson.c
 *
 *	build			the file, from nothing to synced
 *	open			once; what follows reads it
 *	pages			what is resident, and how much of it by 2 MiB
 *	warm			bring all into memory, by the store's own scan
 *	check COUNT		ask for the first COUNT pairs
 *	get MODE COUNT SEED present|absent
 *	open-time COUNT		open and close COUNT times
 *	readers N COUNT SEED CHECK	N processes at once, each of which brings
 *				all into memory and asks for CHECK pairs first;
 *				before any open
 *
 * Every answer of every store is checked, by count and by sum of all values; a
 * wrong one ends the process with a message, and so the run.
 */
#include "data.h"
#include "die.h"
#include "items.h"
#include "ndjson.h"
#include "pages.h"
#include "peer.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define QUERIES_MAX (1 << 21)
#define CHECK_CHUNK (1 << 18)
#define READERS_MAX 64

static const struct peer *const peers[] = {
	&peer_limit,  &peer_stele, &peer_lmdb, &peer_cdb,
	&peer_sqlite, &peer_khash, &peer_absl, &peer_rocksdb,
};

struct worker {
	const struct peer *peer;
	struct peer_args args;
	struct queries queries;
	void *db;
};

void die(const char *format, ...)
{
	va_list args;

	fflush(stdout);
	fputs("bench: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	_exit(1);
}

uint64_t file_bytes(const char *path)
{
	struct stat st;

	if (stat(path, &st))
		die("%s: %s", path, strerror(errno));
	return st.st_size;
}

void file_sync(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || fsync(fd))
		die("%s: %s", path, strerror(errno));
	close(fd);
}

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ull + t.tv_nsec;
}

static double cpu_seconds(void)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	return u.ru_utime.tv_sec + u.ru_stime.tv_sec +
	       (u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

/* ---- getting, timed and checked */

static uint64_t get_timed(struct worker *w, enum bench_mode mode)
{
	const struct queries *q = &w->queries;
	uint64_t begin, ns;
	struct tally got;

	begin = now_ns();
	got = w->peer->get(w->db, q, mode);
	ns = now_ns() - begin;
	if (w->peer == &peer_limit)
		return ns;
	if (got.found != q->expected.found || got.sum != q->expected.sum)
		die("%s: wrong answers: found %" PRIu64 " of %" PRIu64
		    ", sum %016" PRIx64 ", not %016" PRIx64,
		    w->peer->name, got.found, q->expected.found, got.sum,
		    q->expected.sum);
	return ns;
}

static uint64_t check_pairs(struct worker *w, uint64_t count)
{
	uint64_t first, chunk, ns = 0;

	for (first = 0; first < count; first += chunk) {
		chunk = count - first;
		if (chunk > CHECK_CHUNK)
			chunk = CHECK_CHUNK;
		queries_range(&w->queries, &w->args.set, first, chunk);
		ns += get_timed(w, BENCH_INDEPENDENT);
	}
	return ns;
}

/* ---- readers: the same store in several processes at once */

struct reader {
	uint64_t begin_ns, end_ns;
	struct memory_use before;
	struct memory_use after;
	int shared_writable;
};

/* What parent and children share. */
struct readers {
	int arrived; /* at a meeting, summed over all meetings */
	int count;
	struct reader reader[READERS_MAX];
};

/* A child that dies never arrives: the others give up. */
static void readers_meet(struct readers *all, int meeting)
{
	uint64_t deadline = now_ns() + 300 * 1000000000ull;

	__atomic_add_fetch(&all->arrived, 1, __ATOMIC_ACQ_REL);
	while (__atomic_load_n(&all->arrived, __ATOMIC_ACQUIRE) <
	       all->count * meeting) {
		if (now_ns() > deadline)
			die("a reader is missing");
		usleep(100); /* the others may want this processor */
	}
}

static void reader_run(struct worker *w, struct readers *all, int at,
		       uint64_t count, uint64_t seed, uint64_t check)
{
	struct reader *me = &all->reader[at];
	cpu_set_t cpu;

	CPU_ZERO(&cpu);
	CPU_SET(at % sysconf(_SC_NPROCESSORS_ONLN), &cpu);
	sched_setaffinity(0, sizeof(cpu), &cpu);
	/* Touch the room for queries, so that it doesn't count as growth. */
	queries_random(&w->queries, &w->args.set, QUERIES_MAX, seed, false);
	me->before = pages_rollup();
	readers_meet(all, 1);
	w->db = w->peer->open(&w->args);
	if (w->peer->warm)
		w->peer->warm(w->db);
	if (w->peer != &peer_limit) /* which open brought into memory */
		check_pairs(w, check);
	readers_meet(all, 2);
	me->after = pages_rollup();
	me->shared_writable = pages_shared_writable();
	queries_random(&w->queries, &w->args.set, count, seed + at, false);
	readers_meet(all, 3);
	me->begin_ns = now_ns();
	get_timed(w, BENCH_DEPENDENT);
	me->end_ns = now_ns();
	readers_meet(all, 4);
	_exit(0);
}

static void readers_wait(int count)
{
	int i, status;

	for (i = 0; i < count; i++) {
		if (wait(&status) < 0)
			die("wait: %s", strerror(errno));
		if (!WIFEXITED(status) || WEXITSTATUS(status))
			die("a reader failed");
	}
}

static void readers_print(const struct readers *all, uint64_t lookups)
{
	int64_t pss = 0, private_bytes = 0, grown;
	uint64_t tables = 0, begin = UINT64_MAX, end = 0;
	int i, writable = 0;

	for (i = 0; i < all->count; i++) {
		const struct reader *r = &all->reader[i];

		if (r->begin_ns < begin)
			begin = r->begin_ns;
		if (r->end_ns > end)
			end = r->end_ns;
		pss += r->after.pss_bytes - r->before.pss_bytes;
		grown = r->after.private_bytes - r->before.private_bytes;
		if (grown > private_bytes)
			private_bytes = grown;
		if (r->after.page_table_bytes > tables)
			tables = r->after.page_table_bytes;
		if (r->shared_writable > writable)
			writable = r->shared_writable;
	}
	printf("{\"rate\": %.0f, \"pss\": %" PRId64
	       ", \"private_max\": %" PRId64 ", \"page_tables_max\": %" PRIu64
	       ", \"shared_writable\": %d}\n",
	       lookups * all->count * 1e9 / (end - begin), pss, private_bytes,
	       tables, writable);
}

static void do_readers(struct worker *w, int count, uint64_t lookups,
		       uint64_t seed, uint64_t check)
{
	struct readers *all;
	pid_t pid;
	int i;

	if (count < 1 || count > READERS_MAX || w->db)
		die("readers: 1 to %d, before any open", READERS_MAX);
	all = mmap(NULL, sizeof(*all), PROT_READ | PROT_WRITE,
		   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (all == MAP_FAILED)
		die("readers: %s", strerror(errno));
	all->count = count;
	/* A memfd is made by its first open and inherited by all readers. */
	w->peer->close(w->peer->open(&w->args));
	fflush(stdout);
	for (i = 0; i < count; i++) {
		pid = fork();
		if (pid < 0)
			die("fork: %s", strerror(errno));
		if (pid == 0) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			reader_run(w, all, i, lookups, seed, check);
		}
	}
	readers_wait(count);
	readers_print(all, lookups);
	munmap(all, sizeof(*all));
}

/* ---- commands */

static void do_build(struct worker *w)
{
	uint64_t begin;
	double cpu;

	if (!w->peer->build)
		die("%s: open builds it", w->peer->name);
	/* Sorting for the stores that want it is a gift. */
	if (w->peer->sorts)
		dataset_sorted(&w->args.set);
	cpu = cpu_seconds();
	begin = now_ns();
	w->peer->build(&w->args);
	printf("{\"seconds\": %.6f, \"cpu\": %.6f}\n", (now_ns() - begin) / 1e9,
	       cpu_seconds() - cpu);
}

static void do_open(struct worker *w)
{
	char version[64], shape[256] = "";

	w->db = w->peer->open(&w->args);
	w->peer->version(version, sizeof(version));
	if (w->peer->shape)
		w->peer->shape(w->db, shape, sizeof(shape));
	printf("{\"bytes\": %" PRIu64 ", \"raw\": %" PRIu64
	       ", \"version\": \"%s\"%s%s}\n",
	       w->peer->bytes(w->db, &w->args), dataset_raw_bytes(&w->args.set),
	       version, *shape ? ", " : "", shape);
}

/* What stands in memory, and on which pages: true only after all was read. */
static void do_pages(struct worker *w)
{
	struct page_use use = pages_of_large_mappings(w->queries.memory);

	printf("{\"resident\": %" PRIu64 ", \"huge\": %" PRIu64 "}\n",
	       use.resident_bytes, use.huge_bytes);
}

static void do_open_time(struct worker *w, int count)
{
	uint64_t begin;
	void *db;
	int i;

	printf("{\"us\": [");
	for (i = 0; i < count; i++) {
		begin = now_ns();
		db = w->peer->open(&w->args);
		printf("%s%.1f", i ? ", " : "", (now_ns() - begin) / 1e3);
		w->peer->close(db);
	}
	printf("]}\n");
}

static void do_get(struct worker *w, const char *mode, uint64_t count,
		   uint64_t seed, const char *which)
{
	enum bench_mode m = !strcmp(mode, "dependent") ? BENCH_DEPENDENT :
			    !strcmp(mode, "batch")     ? BENCH_BATCHED :
							 BENCH_INDEPENDENT;

	if (count > QUERIES_MAX)
		count = QUERIES_MAX;
	if (w->peer == &peer_limit) {
		w->queries.count = count;
		w->queries.seed = seed;
	} else {
		queries_random(&w->queries, &w->args.set, count, seed,
			       !strcmp(which, "absent"));
	}
	printf("{\"ns\": %.3f}\n", (double)get_timed(w, m) / count);
}

static void need_open(const struct worker *w)
{
	if (!w->db)
		die("%s: not open", w->peer->name);
}

static void command(struct worker *w, const char *line)
{
	uint64_t count, seed, check;
	char mode[16], which[16];
	int readers;

	if (!strcmp(line, "build\n")) {
		do_build(w);
	} else if (!strcmp(line, "open\n")) {
		do_open(w);
	} else if (!strcmp(line, "pages\n")) {
		do_pages(w);
	} else if (!strcmp(line, "warm\n")) {
		need_open(w);
		if (w->peer->warm)
			w->peer->warm(w->db);
		puts("{}");
	} else if (sscanf(line, "check %" SCNu64, &count) == 1) {
		need_open(w);
		printf("{\"ns\": %.3f}\n", (double)check_pairs(w, count));
	} else if (sscanf(line, "get %15s %" SCNu64 " %" SCNu64 " %15s", mode,
			  &count, &seed, which) == 4) {
		need_open(w);
		do_get(w, mode, count, seed, which);
	} else if (sscanf(line, "open-time %" SCNu64, &count) == 1) {
		do_open_time(w, count);
	} else if (sscanf(line, "readers %d %" SCNu64 " %" SCNu64 " %" SCNu64,
			  &readers, &count, &seed, &check) == 4) {
		do_readers(w, readers, count, seed, check);
	} else {
		die("no such command: %s", line);
	}
	fflush(stdout);
}

static void option(struct peer_args *args, const char *text)
{
	if (!strncmp(text, "home=", 5))
		args->home = text + 5;
	else if (!strncmp(text, "page=", 5))
		args->page = text + 5;
	else if (sscanf(text, "bytes=%" SCNu64, &args->bytes) != 1 &&
		 sscanf(text, "bucket=%" SCNu64, &args->bucket_bytes) != 1)
		die("no such option: %s", text);
}

static const struct peer *peer_by_name(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(peers) / sizeof(peers[0]); i++)
		if (!strcmp(peers[i]->name, name))
			return peers[i];
	die("no such store: %s", name);
}

static int run_items(char **argv)
{
	struct items items = {
		.set.count = strtoull(argv[3], NULL, 10),
		.set.seed = strtoull(argv[4], NULL, 10),
		.path = argv[5],
	};

	if (!argv[6] || strncmp(argv[6], "schema=", 7))
		die("items: no schema=PATH");
	items.schema = argv[6] + 7;
	return items_main(argv[1], &items);
}

int main(int argc, char **argv)
{
	struct worker w = { .args = { .home = "file", .page = "any" } };
	char line[256];
	int i;

	if (argc == 4 && !strcmp(argv[2], "ndjson"))
		return ndjson_main(argv[3]);
	if (argc > 5 && !strcmp(argv[2], "items"))
		return run_items(argv);
	if (argc < 6)
		die("usage: bench STORE u64|str PAIRS SEED PATH [OPTION]...");
	w.peer = peer_by_name(argv[1]);
	w.args.set.kind = !strcmp(argv[2], "u64") ? BENCH_U64 : BENCH_STR;
	w.args.set.count = strtoull(argv[3], NULL, 10);
	w.args.set.seed = strtoull(argv[4], NULL, 10);
	w.args.path = argv[5];
	for (i = 6; i < argc; i++)
		option(&w.args, argv[i]);
	if (!w.args.set.count || w.args.set.count > UINT32_MAX)
		die("not a count of pairs: %s", argv[3]);
	queries_alloc(&w.queries, w.args.set.kind, QUERIES_MAX);
	while (fgets(line, sizeof(line), stdin))
		command(&w, line);
	return 0;
}
