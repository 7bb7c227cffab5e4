// SPDX-License-Identifier: MIT
/*
 * Changed images: samples with random bytes, or with fields of their structures
 * set to values at the edge, then sealed anew in part or in whole, opened,
 * verified and walked.  Prints TAP.
 *
 * Image i of seed s is always the same:
 *   mutate [--seed S] [--count N]                    all of them
 *   mutate --seed S --first I --count 1 [--write F]  this one, kept as F
 */
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "alter.h"
#include "later.h"
#include "sample.h"
#include "trial.h"

#define DEFAULT_SEED 20261123u
#define COUNT 100000u
#define COUNT_LONG 1000000u
#define LARGE_ONE_IN 25u
#define STEPS 300u
#define MAX_SHOWN 20u
#define MAX_BASES 32u

/* What is sealed anew after a change. */
enum sealing {
	SEALED_NOT,
	SEALED_HEADER, /* opening gets further, verify must refuse */
	SEALED_WHOLE, /* verify has to look for itself */
};

/* What is promised of every image; the names are those of the tests. */
enum promise { NO_HARM, REFUSED, WALKED, NR_PROMISES };

static const char *const promises[NR_PROMISES] = {
	"changed_images_do_no_harm_and_refusals_say_why",
	"verify_refuses_every_change_that_was_not_sealed_and_no_other",
	"what_verify_accepts_is_walked_without_an_error",
};

struct base {
	const char *name;
	struct specimen image;
	struct specimen work; /* the same, changed */
	struct anatomy anatomy;
};

static struct {
	struct base bases[MAX_BASES];
	size_t nr_small;
	size_t nr_bases;
	uint64_t seed, image; /* at hand */
	unsigned faults[NR_PROMISES];
	uint64_t calls, refused;
	uint64_t made[NR_ALTER], opened[NR_ALTER], accepted[NR_ALTER];
} state;

static void add_base(const char *name, struct specimen *image)
{
	struct base *b = &state.bases[state.nr_bases++];

	b->name = name;
	b->image = *image;
	specimen_copy(&b->work, &b->image);
	anatomy_of(&b->anatomy, &b->image);
}

static void make_bases(void)
{
	struct specimen image;

	for (size_t i = 0; i < nr_samples; i++) {
		sample_build(&samples[i], &image);
		add_base(samples[i].name, &image);
	}
	for (size_t i = 0; i < nr_laters; i++) {
		struct stele_fmt_header *header;

		later_build(&laters[i], &image);
		header = specimen_header(&image);
		if (header->incompat || header->major != STELE_FMT_MAJOR)
			specimen_free(&image); /* refused before all else */
		else
			add_base(laters[i].name, &image);
	}
	state.nr_small = state.nr_bases;
	for (size_t i = 0; i < nr_large_samples; i++) {
		sample_build(&large_samples[i], &image);
		add_base(large_samples[i].name, &image);
	}
}

static void free_bases(void)
{
	for (size_t i = 0; i < state.nr_bases; i++) {
		specimen_free(&state.bases[i].image);
		specimen_free(&state.bases[i].work);
		anatomy_free(&state.bases[i].anatomy);
	}
}

static void tell(void)
{
	char text[80];
	int n = snprintf(text, sizeof(text),
			 "\n# seed %" PRIu64 ", image %" PRIu64 "\n",
			 state.seed, state.image);

	if (write(2, text, (size_t)n) < 0)
		_exit(5);
}

static void fault(enum promise promise, const struct base *base,
		  enum alter_kind kind, int rc, const char *what)
{
	if (++state.faults[promise] > MAX_SHOWN)
		return;
	printf("# seed %" PRIu64 ", image %" PRIu64
	       ": '%s' with other %s: %s (%d)\n",
	       state.seed, state.image, base->name, alter_names[kind], what,
	       rc);
}

/* Change the base's copy; which kind of change was the first. */
static enum alter_kind change(struct base *b, struct random *r)
{
	unsigned n = 1 + (unsigned)random_below(r, 3);
	enum alter_kind kind = ALTER_BYTES, first = ALTER_BYTES;

	memcpy(b->work.bytes, b->image.bytes, b->image.len);
	b->work.len = b->image.len;
	if (random_below(r, 2)) {
		alter(&b->anatomy, &b->work, r, ALTER_BYTES);
		return ALTER_BYTES;
	}
	for (unsigned i = 0; i < n;) {
		kind = 1 + random_below(r, NR_ALTER - 1);
		if (!alter(&b->anatomy, &b->work, r, kind))
			continue;
		if (!i++)
			first = kind;
	}
	return first;
}

static enum sealing seal(struct specimen *work, struct random *r)
{
	uint64_t n = random_below(r, 8);

	if (n >= 4 && specimen_sign(work))
		return SEALED_WHOLE;
	if (n == 0)
		return SEALED_NOT;
	specimen_sign_header(work);
	return SEALED_HEADER;
}

static void judge(const struct base *b, enum alter_kind kind,
		  enum sealing sealing, const struct trial *t, bool same)
{
	bool accepted = !t->opened && !t->verified;

	if (t->fault)
		fault(accepted ? WALKED : NO_HARM, b, kind, t->rc, t->fault);
	if (same && !accepted)
		fault(REFUSED, b, kind, t->opened ? t->opened : t->verified,
		      "an unchanged image is refused");
	if (!same && accepted && sealing != SEALED_WHOLE)
		fault(REFUSED, b, kind, 0, "changed bytes are accepted");
}

static void keep(const char *path, const struct specimen *s)
{
	FILE *f = fopen(path, "wb");

	if (!f || fwrite(s->bytes, 1, s->len, f) != s->len || fclose(f))
		perror(path);
}

static void run_image(const char *write_to)
{
	struct random r = { state.seed * 0x9e3779b97f4a7c15u + state.image };
	struct base *b;
	enum alter_kind kind;
	enum sealing sealing;
	struct trial t;
	bool same;

	if (random_below(&r, LARGE_ONE_IN))
		b = &state.bases[random_below(&r, state.nr_small)];
	else
		b = &state.bases[state.nr_small +
				 random_below(&r,
					      state.nr_bases - state.nr_small)];
	kind = change(b, &r);
	sealing = seal(&b->work, &r);
	if (write_to)
		keep(write_to, &b->work);
	trial_begin();
	trial_run(&t, b->work.bytes, b->work.len, STEPS, TRIAL_F_BOUNDS);
	same = b->work.len == b->image.len &&
	       !memcmp(b->work.bytes, b->image.bytes, b->image.len);
	judge(b, kind, sealing, &t, same);
	state.made[kind]++;
	state.opened[kind] += !t.opened;
	state.accepted[kind] += !t.opened && !t.verified && !same;
	state.calls += t.calls;
	state.refused += t.refused;
}

static void report(void)
{
	for (size_t i = 0; i < NR_ALTER; i++)
		printf("# %-9s %8" PRIu64 " images, %8" PRIu64
		       " opened, %6" PRIu64 " accepted as another image\n",
		       alter_names[i], state.made[i], state.opened[i],
		       state.accepted[i]);
	printf("# %" PRIu64 " calls, %" PRIu64 " of them refused\n",
	       state.calls, state.refused);
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "seed", required_argument, NULL, 's' },
		{ "first", required_argument, NULL, 'f' },
		{ "count", required_argument, NULL, 'c' },
		{ "write", required_argument, NULL, 'w' },
		{ NULL, 0, NULL, 0 },
	};
	const char *lasting = getenv("STELE_LONG"), *write_to = NULL;
	uint64_t first = 0, count = lasting && *lasting ? COUNT_LONG : COUNT;
	int c, failed = 0;

	state.seed = DEFAULT_SEED;
	while ((c = getopt_long(argc, argv, "", options, NULL)) >= 0) {
		if (c == 's')
			state.seed = strtoull(optarg, NULL, 0);
		else if (c == 'f')
			first = strtoull(optarg, NULL, 0);
		else if (c == 'c')
			count = strtoull(optarg, NULL, 0);
		else if (c == 'w')
			write_to = optarg;
		else
			return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	printf("1..%d\n# seed %" PRIu64 "\n", NR_PROMISES, state.seed);
	make_bases();
	trial_guard(tell);
	for (uint64_t i = first; i < first + count; i++) {
		state.image = i;
		run_image(write_to);
	}
	report();
	for (int i = 0; i < NR_PROMISES; i++) {
		printf("%sok %d - %s\n", state.faults[i] ? "not " : "", i + 1,
		       promises[i]);
		failed |= state.faults[i] != 0;
	}
	free_bases();
	return failed;
}
