// SPDX-License-Identifier: MIT
/*
 * Verifying: a good image with something of everything is accepted; no flipped
 * byte goes unseen or leads a reader outside; digests, progress, and the bytes
 * that belong to nothing.
 */
#include "digest.h"
#include "judge.h"
#include "walk.h"

static void a_good_image_is_accepted(void **state)
{
	(void)state;
	if (judge(&w.im))
		fail_msg("invariant %u at %llu: %s", err.invariant,
			 (unsigned long long)err.offset, err.reason);
}

static void bytes_that_nobody_owns_are_zero(void **state)
{
	(void)state;
	w.im.bytes[w.im.header->section[1].off - 1] = 1;
	expect(SECTION_GAP);
	w.im.bytes[w.im.len] = 1;
	expect(TRAILER_PADDING);
	w.im.bytes[w.im.home_bytes] = 1;
	w.im.home_bytes++;
	assert_int_equal(judge(&w.im), -STELE_E_FORMAT);
	assert_int_equal(err.invariant, STELE_I_TRAILER_TAIL);
	assert_int_equal(err.offset, w.im.home_bytes - 1);
	whole_mend(&w);
	w.im.bytes[w.im.home_bytes] = 0;
}

static void digests_are_proved(void **state)
{
	uint64_t tree = (w.im.len + 4095) & ~4095ull;

	(void)state;
	w.im.bytes[w.at.bytes + 8]++;
	assert_int_equal(judge(&w.im), -STELE_E_DIGEST);
	assert_int_equal(err.invariant, STELE_I_DIGEST_DATA);
	assert_int_equal(err.offset, w.at.bytes & ~4095ull);
	whole_mend(&w);
	w.im.bytes[tree]++;
	assert_int_equal(judge(&w.im), -STELE_E_DIGEST);
	assert_int_equal(err.invariant, STELE_I_DIGEST_IDENTITY);
	whole_mend(&w);
	w.im.bytes[w.im.home_bytes - 1]++;
	assert_int_equal(judge(&w.im), -STELE_E_DIGEST);
	assert_int_equal(err.invariant, STELE_I_DIGEST_IDENTITY);
	whole_mend(&w);
}

static int stop_soon(void *arg, uint64_t done, uint64_t all)
{
	unsigned *calls = arg;

	assert_true(done <= all);
	return ++*calls == 1;
}

static int count_calls(void *arg, uint64_t done, uint64_t all)
{
	uint64_t *last = arg;

	assert_true(done >= *last && done <= all);
	*last = done == all ? UINT64_MAX : done;
	return 0;
}

/* Beyond 64 MiB the data is proved by pieces: the first, the last, the rest. */
static void digests_of_large_segments_are_proved(void **state)
{
	const uint64_t len = 129ull << 20;
	static const uint64_t offsets[] = { 8192, (64ull << 20) - 1,
					    (64ull << 20) + 5, 129ull << 20 };
	struct stele_segment seg = { 0 };
	struct handmade large;
	uint64_t last = 0;
	struct stele_verify_options options = { .size = sizeof(options),
						.threads = 2,
						.progress = count_calls,
						.arg = &last };
	uint64_t pos;

	(void)state;
	handmade_begin(&large);
	handmade_section(&large, STELE_FMT_SECTION_HEAP);
	pos = handmade_object(&large, HEAD(KIND(BYTES), 0, len), NULL, 0);
	large.len += len;
	handmade_seal(&large);
	assert_int_equal(stele_segment_attach(&seg, large.bytes,
					      large.home_bytes, &err),
			 0);
	if (stele_segment_verify(&seg, &options, &err))
		fail_msg("%u: %s", err.invariant, err.reason);
	assert_true(last == UINT64_MAX);
	for (int i = 0; i < 4; i++) {
		large.bytes[pos + offsets[i]] ^= 1;
		assert_int_equal(stele_segment_verify(&seg, NULL, &err),
				 -STELE_E_DIGEST);
		assert_int_equal(err.invariant, STELE_I_DIGEST_DATA);
		assert_int_equal(err.offset, (pos + offsets[i]) & ~4095ull);
		large.bytes[pos + offsets[i]] ^= 1;
	}
	/* a leaf block of the tree */
	large.bytes[large.home_bytes - 4096] ^= 1;
	assert_int_equal(stele_segment_verify(&seg, NULL, &err),
			 -STELE_E_DIGEST);
	assert_int_equal(err.invariant, STELE_I_DIGEST_TREE);
	stele_segment_detach(&seg);
	handmade_free(&large);
}

/* The long run of one letter in the image tells nothing more, so skip it. */
static bool is_dull(uint64_t i)
{
	return i > w.at.long_ascii + 32 && i < w.at.bytes - 8;
}

static void no_flipped_byte_goes_unseen(void **state)
{
	(void)state;
	for (uint64_t i = 0; i < w.im.home_bytes; i++) {
		if (is_dull(i) || (i > 512 && i < 4096 && i % 7))
			continue;
		w.im.bytes[i] ^= (uint8_t)(1 << i % 8);
		if (!judge(&w.im))
			fail_msg("byte %llu flipped unseen",
				 (unsigned long long)i);
		w.im.bytes[i] = w.good.bytes[i];
	}
}

/* Signed anew a flipped byte may be legal; reading it must be harmless. */
static void no_flipped_byte_leads_outside(void **state)
{
	struct stele_segment seg;
	unsigned refused = 0, all = 0;

	(void)state;
	for (uint64_t i = 4096; i < w.im.len; i++) {
		if (is_dull(i))
			continue;
		for (unsigned bit = i % 4; bit < 8; bit += 4) {
			struct walk walk = { .segment = &seg };

			w.im.bytes[i] = w.good.bytes[i] ^ (uint8_t)(1 << bit);
			if (!handmade_open(&w.im, &seg, &err)) {
				walk_segment(&walk, 25);
				refused += stele_segment_verify(&seg, NULL,
								&err) != 0;
				handmade_close(&w.im, &seg);
			} else {
				refused++;
			}
			all++;
		}
		w.im.bytes[i] = w.good.bytes[i];
	}
	assert_int_equal(refused, all);
}

static void no_signed_flip_crashes_verify(void **state)
{
	(void)state;
	for (uint64_t i = 4096; i < w.im.len; i += 1 + i % 3) {
		if (is_dull(i))
			continue;
		w.im.bytes[i] ^= 1 << i % 8;
		handmade_seal(&w.im);
		judge(&w.im);
		w.im.bytes[i] = w.good.bytes[i];
	}
	whole_mend(&w);
}

static void progress_rises_to_all_and_can_end_it(void **state)
{
	struct stele_segment seg;
	unsigned calls = 0;
	uint64_t last = 0;
	struct stele_verify_options options = { .size = sizeof(options),
						.progress = stop_soon,
						.arg = &calls };

	(void)state;
	assert_int_equal(handmade_open(&w.im, &seg, &err), 0);
	assert_int_equal(stele_segment_verify(&seg, &options, &err),
			 -ECANCELED);
	assert_int_equal(calls, 1);
	options.progress = count_calls;
	options.arg = &last;
	assert_int_equal(stele_segment_verify(&seg, &options, &err), 0);
	assert_true(last == UINT64_MAX);
	options.zero = 1;
	assert_int_equal(stele_segment_verify(&seg, &options, &err), -EINVAL);
	handmade_close(&w.im, &seg);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_good_image_is_accepted),
		cmocka_unit_test(bytes_that_nobody_owns_are_zero),
		cmocka_unit_test(digests_are_proved),
		cmocka_unit_test(digests_of_large_segments_are_proved),
		cmocka_unit_test(no_flipped_byte_goes_unseen),
		cmocka_unit_test(no_flipped_byte_leads_outside),
		cmocka_unit_test(no_signed_flip_crashes_verify),
		cmocka_unit_test(progress_rises_to_all_and_can_end_it),
	};

	return cmocka_run_group_tests(tests, make_image, free_image);
}
