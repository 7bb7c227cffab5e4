// SPDX-License-Identifier: MIT
/*
 * Images whose bytes are rewritten by a second thread while they are opened,
 * verified and walked: everything that was checked must be checked on what is
 * then used.  Nothing is asked of the results but that they come.  Prints TAP.
 *
 * usage: race [--seed S] [--rounds N]
 */
#include <getopt.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "alter.h"
#include "sample.h"
#include "segment.h"
#include "trial.h"
#include "walk.h"

#define DEFAULT_SEED 20261124u
#define ROUNDS 5000u /* of each sample */
#define ROUNDS_LONG 50000u
#define STEPS 300u

struct race {
	struct specimen image; /* as it was */
	struct specimen work;
	struct anatomy anatomy;
	struct random random;
	atomic_bool ends;
};

static struct {
	uint64_t seed, round;
	const char *sample;
	uint64_t opened, verified, calls, refused;
} state;

static void tell(void)
{
	char text[160];
	int n = snprintf(text, sizeof(text),
			 "\n# seed %" PRIu64 ", '%s', round %" PRIu64 "\n",
			 state.seed, state.sample, state.round);

	if (write(2, text, (size_t)n) < 0)
		_exit(5);
}

/* Change a few things, then put all of it back: most openings succeed. */
static void *writer(void *arg)
{
	struct race *race = arg;
	struct random *r = &race->random;

	while (!atomic_load_explicit(&race->ends, memory_order_relaxed)) {
		for (uint64_t n = random_below(r, 8); n; n--)
			alter(&race->anatomy, &race->work, r,
			      random_below(r, 16) ?
				      ALTER_SCHEMA +
					      random_below(
						      r,
						      NR_ALTER - ALTER_SCHEMA) :
				      random_below(r, NR_ALTER));
		for (uint64_t n = random_below(r, 2000); n; n--)
			atomic_signal_fence(memory_order_seq_cst);
		memcpy(race->work.bytes, race->image.bytes, race->image.len);
	}
	return NULL;
}

static void read_once(struct race *race)
{
	struct stele_verify_options options = { .size = sizeof(options),
						.threads = 1 };
	struct stele_segment seg = { 0 };
	struct walk w = { .segment = &seg };

	if (stele_segment_attach(&seg, race->work.bytes, race->work.len, NULL))
		return;
	state.opened++;
	walk_segment(&w, STEPS);
	state.verified += !stele_segment_verify(&seg, &options, NULL);
	state.calls += w.calls;
	state.refused += w.refused;
	stele_segment_detach(&seg);
}

static int run_sample(const struct sample *sample, uint64_t rounds)
{
	struct race race = { .random = { state.seed } };
	pthread_t thread;

	state.sample = sample->name;
	sample_build(sample, &race.image);
	specimen_copy(&race.work, &race.image);
	anatomy_of(&race.anatomy, &race.image);
	if (pthread_create(&thread, NULL, writer, &race)) {
		perror("a thread");
		return 4;
	}
	for (uint64_t i = 0; i < rounds; i++) {
		state.round = i;
		trial_begin();
		read_once(&race);
	}
	atomic_store(&race.ends, true);
	pthread_join(thread, NULL);
	specimen_free(&race.image);
	specimen_free(&race.work);
	anatomy_free(&race.anatomy);
	return 0;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "seed", required_argument, NULL, 's' },
		{ "rounds", required_argument, NULL, 'r' },
		{ NULL, 0, NULL, 0 },
	};
	const char *lasting = getenv("STELE_LONG");
	uint64_t rounds = lasting && *lasting ? ROUNDS_LONG : ROUNDS;
	int c, rc = 0;

	state.seed = DEFAULT_SEED;
	while ((c = getopt_long(argc, argv, "", options, NULL)) >= 0) {
		if (c == 's')
			state.seed = strtoull(optarg, NULL, 0);
		else if (c == 'r')
			rounds = strtoull(optarg, NULL, 0);
		else
			return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	printf("1..1\n# seed %" PRIu64 "\n", state.seed);
	trial_guard(tell);
	for (size_t i = 0; i < nr_samples && !rc; i++)
		rc = run_sample(&samples[i], rounds);
	for (size_t i = 0; i < nr_large_samples && !rc; i++)
		rc = run_sample(&large_samples[i], rounds / 20);
	printf("# %" PRIu64 " opened, %" PRIu64 " verified, %" PRIu64
	       " calls, %" PRIu64 " of them refused\n",
	       state.opened, state.verified, state.calls, state.refused);
	if (rc)
		return rc;
	/* else the threads have not met */
	rc = !state.opened || !state.refused;
	printf("%sok 1 - bytes_that_change_while_they_are_read_do_no_harm\n",
	       rc ? "not " : "");
	return rc;
}
