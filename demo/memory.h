/* SPDX-License-Identifier: MIT */
/*
 * The memory of this process, as the kernel accounts for it: proc(5),
 * smaps_rollup for the process and smaps for one mapping. *Private* is what
 * would be free if this process alone ended; *Pss* is that, and of each page
 * that others map too its share.
 */
#ifndef DEMO_MEMORY_H
#define DEMO_MEMORY_H

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "die.h"

struct memory {
	uint64_t private_bytes;
	uint64_t private_dirty_bytes;
	uint64_t shared_bytes;
	uint64_t pss_bytes;
	uint64_t segment_bytes; /* Shared_Clean of the segment's mapping */
};

static FILE *memory_file(const char *path)
{
	FILE *file = fopen(path, "re");

	if (!file)
		die(path, -errno);
	return file;
}

/* The bytes in a line of the kind "Pss:   12 kB", if it is of this name. */
static uint64_t memory_line(const char *line, const char *name)
{
	size_t len = strlen(name);

	if (strncmp(line, name, len) || line[len] != ':')
		return 0;
	return strtoull(line + len + 1, NULL, 10) * 1024;
}

static void memory_of_process(struct memory *memory)
{
	FILE *file = memory_file("/proc/self/smaps_rollup");
	char line[256];

	while (fgets(line, sizeof(line), file)) {
		uint64_t dirty = memory_line(line, "Private_Dirty");

		memory->private_dirty_bytes += dirty;
		memory->private_bytes +=
			dirty + memory_line(line, "Private_Clean");
		memory->shared_bytes += memory_line(line, "Shared_Clean") +
					memory_line(line, "Shared_Dirty");
		memory->pss_bytes += memory_line(line, "Pss");
	}
	fclose(file);
}

/* A mapping's lines follow one that begins "START-END ", in hexadecimal. */
static void memory_of_mapping(const void *start, struct memory *memory)
{
	FILE *file = memory_file("/proc/self/smaps");
	char *line = NULL;
	size_t room = 0;
	bool inside = false;

	while (getline(&line, &room, file) > 0) {
		uint64_t first, end;

		if (sscanf(line, "%" SCNx64 "-%" SCNx64 " ", &first, &end) == 2)
			inside = (uintptr_t)start >= first &&
				 (uintptr_t)start < end;
		else if (inside)
			memory->segment_bytes +=
				memory_line(line, "Shared_Clean");
	}
	free(line);
	fclose(file);
}

static void memory_measure(const void *segment, struct memory *memory)
{
	memset(memory, 0, sizeof(*memory));
	memory_of_process(memory);
	if (segment)
		memory_of_mapping(segment, memory);
}

#endif
