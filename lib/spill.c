// SPDX-License-Identifier: MIT
/*
 * Spills: three runs of bytes, one behind the other.
 *
 *	[0, memory_len)             in `memory`, paid for from the budget
 *	[memory_len, + file_len)    in the unnamed file
 *	[.., + pending_len)         in `pending`, what the file gets next
 *
 * Once the file has begun, memory grows no more.  Reading changes nothing in
 * the spill, so any number of readers may be at it once writing is over.  The
 * budget is counted by atomic operations: spills of several threads share it.
 */
#include "spill.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "descriptor.h"

#define MEMORY_MIN ((size_t)4096)
#define PENDING_BYTES ((size_t)64 << 10)
#define WINDOW_MIN ((size_t)256 << 10)

struct stele_spill {
	struct stele_output *out;
	struct stele_budget *budget;
	uint8_t *memory;
	size_t memory_len;
	size_t memory_room; /* what was taken from the budget */
	int fd; /* -1: no file yet */
	uint8_t *pending; /* with the file */
	size_t pending_len;
	uint64_t file_len;
};

int stele_spill_create(struct stele_output *out, struct stele_budget *budget,
		       struct stele_spill **result)
{
	struct stele_spill *spill = calloc(1, sizeof(*spill));

	if (!spill)
		return -ENOMEM;
	spill->out = out;
	spill->budget = budget;
	spill->fd = -1;
	*result = spill;
	return 0;
}

void stele_spill_free(struct stele_spill *spill)
{
	if (!spill)
		return;
	__atomic_fetch_add(&spill->budget->left, spill->memory_room,
			   __ATOMIC_RELAXED);
	stele_fd_close(spill->fd);
	free(spill->pending);
	free(spill->memory);
	free(spill);
}

uint64_t stele_spill_bytes(const struct stele_spill *spill)
{
	return spill->memory_len + spill->file_len + spill->pending_len;
}

/* ------------------------------------------------------------- writing */

/* Take up to `most`, but at least `least` bytes; 0: so many are not left. */
static size_t budget_take(struct stele_budget *budget, size_t least,
			  size_t most)
{
	uint64_t left = __atomic_load_n(&budget->left, __ATOMIC_RELAXED);
	size_t taken;

	do {
		if (left < least)
			return 0;
		taken = left < most ? (size_t)left : most;
	} while (!__atomic_compare_exchange_n(
		&budget->left, &left, left - taken, true, __ATOMIC_RELAXED,
		__ATOMIC_RELAXED));
	return taken;
}

/*
 * Room for len more bytes in memory.  False where the budget, or the system,
 * has none: the file takes them then.
 */
static bool grow_memory(struct stele_spill *spill, size_t len)
{
	size_t free_bytes = spill->memory_room - spill->memory_len;
	size_t more = spill->memory_room, taken;
	uint8_t *memory;

	if (spill->fd >= 0)
		return false;
	if (len <= free_bytes)
		return true;
	if (more < MEMORY_MIN)
		more = MEMORY_MIN;
	if (more < len - free_bytes)
		more = len - free_bytes;
	if (more > SIZE_MAX / 2 - spill->memory_room)
		return false;
	taken = budget_take(spill->budget, len - free_bytes, more);
	if (!taken)
		return false;
	memory = realloc(spill->memory, spill->memory_room + taken);
	if (!memory) {
		__atomic_fetch_add(&spill->budget->left, taken,
				   __ATOMIC_RELAXED);
		return false;
	}
	spill->memory = memory;
	spill->memory_room += taken;
	return true;
}

static int begin_file(struct stele_spill *spill)
{
	uint8_t *pending = malloc(PENDING_BYTES);
	int rc;

	if (!pending)
		return -ENOMEM;
	rc = stele_output_temporary(spill->out, &spill->fd);
	if (rc) {
		free(pending);
		return rc;
	}
	spill->pending = pending;
	return 0;
}

static int write_file(struct stele_spill *spill, const void *p, size_t len)
{
	int rc = stele_fd_write(spill->fd, spill->file_len, p, len);

	if (rc)
		return rc;
	spill->file_len += len;
	__atomic_fetch_add(&spill->budget->spilled, len, __ATOMIC_RELAXED);
	return 0;
}

static int append_file(struct stele_spill *spill, const void *p, size_t len)
{
	int rc;

	if (len > PENDING_BYTES - spill->pending_len) {
		rc = write_file(spill, spill->pending, spill->pending_len);
		if (rc)
			return rc;
		spill->pending_len = 0;
	}
	if (len >= PENDING_BYTES)
		return write_file(spill, p, len);
	memcpy(spill->pending + spill->pending_len, p, len);
	spill->pending_len += len;
	return 0;
}

int stele_spill_append(struct stele_spill *spill, const void *p, size_t len)
{
	int rc;

	if (!len)
		return 0;
	if (grow_memory(spill, len)) {
		memcpy(spill->memory + spill->memory_len, p, len);
		spill->memory_len += len;
		return 0;
	}
	if (spill->fd < 0) {
		rc = begin_file(spill);
		if (rc)
			return rc;
	}
	return append_file(spill, p, len);
}

/* ------------------------------------------------------------- reading */

void stele_spill_rewind(struct stele_spill *spill,
			struct stele_spill_reader *reader)
{
	memset(reader, 0, sizeof(*reader));
	reader->spill = spill;
}

void stele_spill_done(struct stele_spill_reader *reader)
{
	free(reader->window);
	memset(reader, 0, sizeof(*reader));
}

/* len bytes from `off`, all of which are there, out of the three runs. */
static int copy_out(const struct stele_spill *spill, uint64_t off, uint8_t *to,
		    size_t len)
{
	size_t part;

	if (len && off < spill->memory_len) {
		part = spill->memory_len - off;
		part = part < len ? part : len;
		memcpy(to, spill->memory + off, part);
		off += part;
		to += part;
		len -= part;
	}
	off -= spill->memory_len;
	if (len && off < spill->file_len) {
		uint64_t left = spill->file_len - off;
		int rc;

		part = left < len ? (size_t)left : len;
		rc = stele_fd_read(spill->fd, off, to, part);
		if (rc)
			return rc;
		off += part;
		to += part;
		len -= part;
	}
	if (len)
		memcpy(to, spill->pending + (off - spill->file_len), len);
	return 0;
}

static int fill_window(struct stele_spill_reader *reader, size_t want,
		       uint64_t rest)
{
	size_t room = want < WINDOW_MIN ? WINDOW_MIN : want;
	int rc;

	if (room > reader->window_room) {
		uint8_t *window = realloc(reader->window, room);

		if (!window)
			return -ENOMEM;
		reader->window = window;
		reader->window_room = room;
	}
	room = reader->window_room;
	if (room > rest)
		room = (size_t)rest;
	reader->window_len = 0;
	rc = copy_out(reader->spill, reader->off, reader->window, room);
	if (rc)
		return rc;
	reader->window_off = reader->off;
	reader->window_len = room;
	return 0;
}

int stele_spill_next(struct stele_spill_reader *reader, size_t used,
		     size_t want, const uint8_t **p, size_t *len)
{
	const struct stele_spill *spill = reader->spill;
	uint64_t end = stele_spill_bytes(spill), rest;
	int rc;

	if (used > end - reader->off)
		return -EINVAL;
	reader->off += used;
	rest = end - reader->off;
	if (!rest) {
		*p = NULL;
		*len = 0;
		return 0;
	}
	if (!want)
		want = 1;
	if (want > rest)
		want = (size_t)rest;
	if (reader->off < spill->memory_len &&
	    want <= spill->memory_len - reader->off) {
		*p = spill->memory + reader->off;
		*len = spill->memory_len - reader->off;
		return 0;
	}
	if (reader->off < reader->window_off ||
	    reader->off - reader->window_off > reader->window_len ||
	    want > reader->window_len - (reader->off - reader->window_off)) {
		rc = fill_window(reader, want, rest);
		if (rc)
			return rc;
	}
	*p = reader->window + (reader->off - reader->window_off);
	*len = reader->window_len - (reader->off - reader->window_off);
	return 0;
}

bool stele_spill_in_memory(const struct stele_spill *spill)
{
	return spill->fd < 0;
}
