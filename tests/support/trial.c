// SPDX-License-Identifier: MIT
/*
 * What holds for every image: a refusal says why; what verify accepts is walked
 * without an error; no byte outside [0, L) is touched by reading calls.
 */
#include "trial.h"

#include <signal.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "segment.h"
#include "walk.h"

#ifdef __SANITIZE_ADDRESS__
#define HAS_ASAN
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HAS_ASAN
#endif
#endif

#ifdef HAS_ASAN
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#else
#define ASAN_POISON_MEMORY_REGION(p, n) ((void)(p), (void)(n))
#define ASAN_UNPOISON_MEMORY_REGION(p, n) ((void)(p), (void)(n))
#endif

/* What the undefined-behaviour sanitizer asks for: an end we can tell of. */
const char *__ubsan_default_options(void);
const char *__ubsan_default_options(void)
{
	return "abort_on_error=1:print_stacktrace=1";
}

#define SECONDS 2
#define STRICT_FACTOR 10u

/* A refusal fills the error: code, and a reason of one line. */
static void check_error(struct trial *t, int rc, const struct stele_error *err)
{
	if (!rc || t->fault)
		return;
	t->rc = rc;
	if (err->code != rc)
		t->fault = "the error has another code than the call";
	else if (!memchr(err->reason, '\0', sizeof(err->reason)))
		t->fault = "the reason has no end";
	else if (!err->reason[0] || strchr(err->reason, '\n'))
		t->fault = "the reason is not one line";
}

static void walk(struct trial *t, const struct stele_segment *seg, bool strict,
		 uint64_t steps)
{
	struct walk w = { .segment = seg, .strict = strict };

	walk_segment(&w, strict ? STRICT_FACTOR * steps : steps);
	t->calls += w.calls;
	t->refused += w.refused;
	if (w.fault && !t->fault) {
		t->fault = w.fault;
		t->rc = w.fault_code;
	}
}

void trial_run(struct trial *t, const uint8_t *bytes, size_t len,
	       uint64_t steps, unsigned flags)
{
	struct stele_verify_options options = { .size = sizeof(options),
						.threads = 1 };
	struct stele_segment seg = { 0 };
	struct stele_error err = { 0 };

	*t = (struct trial){ 0 };
	t->opened = stele_segment_attach(&seg, bytes, len, &err);
	check_error(t, t->opened, &err);
	if (t->opened)
		return;
	memset(&err, 0, sizeof(err));
	t->verified = stele_segment_verify(&seg, &options, &err);
	check_error(t, t->verified, &err);
	if (flags & TRIAL_F_BOUNDS)
		ASAN_POISON_MEMORY_REGION(bytes + seg.len, len - seg.len);
	walk(t, &seg, !t->verified, steps);
	if (flags & TRIAL_F_BOUNDS)
		ASAN_UNPOISON_MEMORY_REGION(bytes + seg.len, len - seg.len);
	stele_segment_detach(&seg);
}

/* --------------------------------------------------------------- guard */

static void (*tell)(void);

static void on_signal(int number)
{
	static const char slow[] = "# a trial took more than its time\n";

	tell();
	if (number == SIGPROF) {
		if (write(2, slow, sizeof(slow) - 1) < 0)
			_exit(5);
		_exit(5);
	}
	signal(number, SIG_DFL);
	raise(number);
}

void trial_guard(void (*tell_which)(void))
{
	tell = tell_which;
	signal(SIGPROF, on_signal);
#ifdef HAS_ASAN
	__sanitizer_set_death_callback(tell);
#else
	signal(SIGSEGV, on_signal);
	signal(SIGBUS, on_signal);
#endif
	signal(SIGABRT, on_signal);
}

void trial_begin(void)
{
	const struct itimerval limit = { .it_value.tv_sec = SECONDS };

	setitimer(ITIMER_PROF, &limit, NULL);
}
