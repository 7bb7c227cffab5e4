/* SPDX-License-Identifier: MIT */
/*
 * Input by lines: a file, or standard input, as lines of valid UTF-8 with their
 * numbers and offsets.
 */
#ifndef STELE_TOOLS_INPUT_H
#define STELE_TOOLS_INPUT_H

#include <stele/error.h>

struct input {
	const char *name; /* for messages */
	int fd;
	char *buffer;
	size_t room;
	size_t begin; /* of what was not handed out yet */
	size_t seen; /* up to here there is no newline */
	size_t end;
	uint64_t offset; /* of buffer[begin] in the input */
	uint64_t nr_lines;
	uint64_t all_bytes; /* 0: not known */
	bool ended;
};

struct line {
	const char *text; /* text[len] is '\n', also where the file lacks it */
	size_t len;
	uint64_t number; /* from 1 */
	uint64_t offset; /* of its first byte */
};

/*
 * Open a file, or standard input for "-".  `twice`: it can be rewound; what is
 * no plain file is then copied into an unnamed temporary file first.
 */
int input_open(struct input *input, const char *path, bool twice,
	       struct stele_error *err);

/*
 * The next line, valid until the call after.  -STELE_E_ABSENT behind the last;
 * -STELE_E_UTF8 with the offset in the line in err->offset and the line filled
 * in; -errno.
 */
int input_line(struct input *input, struct line *line, struct stele_error *err);

int input_rewind(struct input *input, struct stele_error *err);

void input_close(struct input *input);

#endif /* STELE_TOOLS_INPUT_H */
