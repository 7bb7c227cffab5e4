/* SPDX-License-Identifier: MIT */
/*
 * What sharing is worth, measured: several processes get ready, look packages
 * up and walk the dependencies of one, first on a segment that all of them map,
 * then on a copy of their own each. Both are done in one run, answer the same
 * questions, and have to give the same answers.
 *
 * The processes meet at a barrier before they look up, so that all compete for
 * the cores, and before and after they measure their memory, so that all are
 * there to share it.
 *
 * usage: workers [-p PROCESSES] [-n LOOKUPS] SEGMENT PACKAGE
 */
#include <errno.h>
#include <locale.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "chart.h"
#include "memory.h"
#include "way_heap.h"
#include "way_segment.h"

#define MAX_PROCESSES 64

struct run {
	const char *segment;
	struct stele_str package;
	uint64_t nr_lookups;
	uint32_t nr_processes;
	struct questions questions;
};

/* What one process did; the process writes it, its parent reads it. */
struct result {
	double ready_s;
	double lookups_s;
	double batches_s; /* of the same lookups, many at once; 0: no such way */
	double closure_s;
	struct answer lookups;
	struct answer batches;
	struct answer closure;
	struct memory memory;
};

struct meeting {
	pthread_barrier_t barrier;
	struct result results[MAX_PROCESSES];
};

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec * 1e-9;
}

static double since(double *begin)
{
	double end = now(), seconds = end - *begin;

	*begin = end;
	return seconds;
}

static void work(const struct run *run, const struct way *way, uint32_t number,
		 struct meeting *meeting)
{
	struct result *result = &meeting->results[number];
	double t = now();
	void *packages = way->open(run->segment);

	result->ready_s = since(&t);
	pthread_barrier_wait(&meeting->barrier);
	t = now();
	way->look_up(packages, &run->questions, run->nr_lookups, number + 1,
		     &result->lookups);
	result->lookups_s = since(&t);
	if (way->look_up_many) {
		way->look_up_many(packages, &run->questions, run->nr_lookups,
				  number + 1, &result->batches);
		result->batches_s = since(&t);
	}
	way->close_over(packages, run->package, &result->closure);
	result->closure_s = since(&t);
	pthread_barrier_wait(&meeting->barrier);
	memory_measure(way->mapping(packages), &result->memory);
	pthread_barrier_wait(&meeting->barrier);
}

/* A process that fails leaves others waiting at the barrier: end those too. */
static void wait_for_all(pid_t *pids, uint32_t nr)
{
	uint32_t left = nr;
	int status, failed = 0;

	while (left) {
		pid_t pid = wait(&status);

		if (pid < 0 && errno == EINTR)
			continue;
		if (pid < 0)
			die("waiting for a process", -errno);
		left--;
		for (uint32_t i = 0; i < nr; i++)
			if (pids[i] == pid)
				pids[i] = 0;
		if (!status || failed)
			continue;
		failed = WIFEXITED(status) ? WEXITSTATUS(status) : DEMO_SYSTEM;
		for (uint32_t i = 0; i < nr; i++)
			if (pids[i])
				kill(pids[i], SIGKILL);
	}
	if (failed)
		exit(failed);
}

static struct result *run_way(const struct run *run, const struct way *way)
{
	struct meeting *meeting = shared_memory(sizeof(*meeting));
	pthread_barrierattr_t shared;
	pid_t pids[MAX_PROCESSES] = { 0 };

	pthread_barrierattr_init(&shared);
	pthread_barrierattr_setpshared(&shared, PTHREAD_PROCESS_SHARED);
	pthread_barrier_init(&meeting->barrier, &shared, run->nr_processes);
	fflush(stdout);
	for (uint32_t i = 0; i < run->nr_processes; i++) {
		pids[i] = fork();
		if (!pids[i]) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			work(run, way, i, meeting);
			_exit(0);
		}
		if (pids[i] < 0) {
			int error = errno;

			while (i--)
				kill(pids[i], SIGKILL);
			die("a process", -error);
		}
	}
	wait_for_all(pids, run->nr_processes);
	return meeting->results;
}

/* ---- what is printed */

static void text_bytes(char text[16], double bytes)
{
	snprintf(text, 16, "%.1f MB", bytes / 1e6);
}

static void text_seconds(char text[16], double seconds)
{
	if (seconds < 0.1)
		snprintf(text, 16, "%.2f ms", seconds * 1e3);
	else
		snprintf(text, 16, "%.2f s", seconds);
}

static void text_rate(char text[16], double rate)
{
	snprintf(text, 16, "%.2f M/s", rate / 1e6);
}

/* process, ready, lookups, batches, closure, private, shared, Pss */
#define ROW "%7s %8s %9s %9s %8s %9s %8s %9s\n"

static void print_result(const struct run *run, const char *number,
			 const struct result *r)
{
	char ready[16], rate[16], batches[16] = "-", closure[16];
	char private[16], shared[16], pss[16];

	text_seconds(ready, r->ready_s);
	text_rate(rate, run->nr_lookups / r->lookups_s);
	if (r->batches_s > 0)
		text_rate(batches, run->nr_lookups / r->batches_s);
	text_seconds(closure, r->closure_s);
	text_bytes(private, r->memory.private_bytes);
	text_bytes(shared, r->memory.shared_bytes);
	text_bytes(pss, r->memory.pss_bytes);
	printf(ROW, number, ready, rate, batches, closure, private, shared,
	       pss);
}

/* The figures of all processes together, as the chart compares them. */
struct total {
	double ready_s; /* the slowest */
	double rate; /* lookups of all, over the time of the slowest */
	double batch_rate;
	double private_bytes;
	double pss_bytes;
	double segment_bytes; /* of one process: all map the same pages */
};

static struct total add_up(const struct run *run, const struct result *results)
{
	struct total total = { 0 };
	double slowest = 0, slowest_batches = 0;

	for (uint32_t i = 0; i < run->nr_processes; i++) {
		const struct result *r = &results[i];

		if (r->ready_s > total.ready_s)
			total.ready_s = r->ready_s;
		if (r->lookups_s > slowest)
			slowest = r->lookups_s;
		if (r->batches_s > slowest_batches)
			slowest_batches = r->batches_s;
		if (r->memory.segment_bytes > total.segment_bytes)
			total.segment_bytes = r->memory.segment_bytes;
		total.private_bytes += r->memory.private_bytes;
		total.pss_bytes += r->memory.pss_bytes;
	}
	total.rate = run->nr_lookups * run->nr_processes / slowest;
	if (slowest_batches > 0)
		total.batch_rate =
			run->nr_lookups * run->nr_processes / slowest_batches;
	return total;
}

static void print_way(const struct run *run, const struct way *way,
		      const struct result *results)
{
	struct total total = add_up(run, results);
	char number[16], private[16], pss[16], segment[16];

	printf("\n%s\n", way->title);
	printf(ROW, "process", "ready", "lookups", "batches", "closure",
	       "private", "shared", "Pss");
	for (uint32_t i = 0; i < run->nr_processes; i++) {
		snprintf(number, sizeof(number), "%u", i + 1);
		print_result(run, number, &results[i]);
	}
	text_bytes(private, total.private_bytes);
	text_bytes(pss, total.pss_bytes);
	printf(ROW, "all", "", "", "", "", private, "", pss);
	if (total.segment_bytes > 0) {
		text_bytes(segment, total.segment_bytes);
		printf("  of the segment %s are shared and clean in each process\n",
		       segment);
	}
}

static void print_pair(const char *title, double segment, double heap,
		       void (*text)(char[16], double))
{
	char texts[2][16];
	const struct chart_bar bars[] = {
		{ way_segment.name, segment, texts[0] },
		{ way_heap.name, heap, texts[1] },
	};

	text(texts[0], segment);
	text(texts[1], heap);
	chart_print(title, bars, 2);
}

static void print_rates(const struct total *segment, const struct total *heap)
{
	char texts[3][16];
	const struct chart_bar bars[] = {
		{ way_segment.name, segment->rate, texts[0] },
		{ "batches", segment->batch_rate, texts[1] },
		{ way_heap.name, heap->rate, texts[2] },
	};

	for (int i = 0; i < 3; i++)
		text_rate(texts[i], bars[i].value);
	chart_print("lookups a second (all processes)", bars, 3);
}

static void print_chart(const struct run *run, const struct result *segment,
			const struct result *heap)
{
	struct total s = add_up(run, segment), h = add_up(run, heap);

	print_pair("memory of all processes (sum of Pss)", s.pss_bytes,
		   h.pss_bytes, text_bytes);
	print_pair("ready to answer after (the slowest process)", s.ready_s,
		   h.ready_s, text_seconds);
	print_rates(&s, &h);
}

/* ---- from the arguments to the end */

static bool same(const struct answer *a, const struct answer *b)
{
	return a->nr_found == b->nr_found && a->bytes == b->bytes;
}

static void print_answer(const char *name, const struct answer *answer)
{
	fprintf(stderr, "demo: %s: %" PRIu64 " packages, %" PRIu64 " bytes\n",
		name, answer->nr_found, answer->bytes);
}

/* a: by the segment, one by one and in batches; b: by the heap. */
static bool same_answers(const struct run *run, const struct result *a,
			 const struct result *b)
{
	for (uint32_t i = 0; i < run->nr_processes; i++) {
		if (same(&a[i].lookups, &b[i].lookups) &&
		    same(&a[i].lookups, &a[i].batches) &&
		    same(&a[i].closure, &b[i].closure))
			continue;
		fprintf(stderr, "demo: process %u: answers differ\n", i + 1);
		print_answer("segment", &a[i].lookups);
		print_answer("batches", &a[i].batches);
		print_answer("heap", &b[i].lookups);
		print_answer("walk of segment", &a[i].closure);
		print_answer("walk of heap", &b[i].closure);
		return false;
	}
	return true;
}

static void usage(void)
{
	fputs("usage: workers [-p PROCESSES] [-n LOOKUPS] SEGMENT PACKAGE\n",
	      stderr);
	exit(DEMO_USAGE);
}

static uint64_t number_argument(uint64_t most)
{
	char *end;
	unsigned long long number;

	errno = 0;
	number = strtoull(optarg, &end, 10);
	if (errno || *end || *optarg == '-' || !number || number > most)
		usage();
	return number;
}

static void read_arguments(int argc, char **argv, struct run *run)
{
	int option;

	run->nr_processes = 8;
	run->nr_lookups = 1000000;
	while ((option = getopt(argc, argv, "p:n:")) != -1) {
		if (option == 'p')
			run->nr_processes = number_argument(MAX_PROCESSES);
		else if (option == 'n')
			run->nr_lookups = number_argument(UINT32_MAX);
		else
			usage();
	}
	if (argc - optind != 2)
		usage();
	run->segment = argv[optind];
	run->package.ptr = argv[optind + 1];
	run->package.len = strlen(run->package.ptr);
}

/* The parent's own view of the segment ends before any process is counted. */
static void prepare(struct run *run)
{
	struct stele_segment *segment;
	struct stele_error err = { 0 };

	if (stele_segment_open(run->segment, NULL, &segment, &err)) {
		fprintf(stderr, "demo: %s: %s\n", run->segment, err.reason);
		exit(DEMO_BAD_INPUT);
	}
	questions_prepare(&run->questions, segment);
	stele_segment_close(segment);
}

static void print_title(const struct run *run, const struct result *first)
{
	printf("%u processes on %ld cores; each looks up %" PRIu64
	       " names at random (%" PRIu64 " found),\n"
	       "one by one and %u at once, and walks what %s depends on: "
	       "%" PRIu64 " packages\n",
	       run->nr_processes, sysconf(_SC_NPROCESSORS_ONLN),
	       run->nr_lookups, first->lookups.nr_found, SEGMENT_BATCH,
	       run->package.ptr, first->closure.nr_found);
}

int main(int argc, char **argv)
{
	const struct result *segment, *heap;
	struct run run = { 0 };

	setlocale(LC_CTYPE, "");
	read_arguments(argc, argv, &run);
	prepare(&run);
	segment = run_way(&run, &way_segment);
	heap = run_way(&run, &way_heap);
	if (!same_answers(&run, segment, heap))
		return 1;
	print_title(&run, segment);
	print_way(&run, &way_segment, segment);
	print_way(&run, &way_heap, heap);
	print_chart(&run, segment, heap);
	printf("\nall ways gave the same answers in every process\n");
	return 0;
}
