/* SPDX-License-Identifier: MIT */
/*
 * One buffer that holds at least the line at hand; what is left of the next one
 * moves to its front before more is read.  There is always one byte of room
 * behind the end, for the newline that a last line may lack.
 */
#include "input.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <unistr.h>

#define INPUT_BYTES ((size_t)1 << 20)

static int fail(struct stele_error *err, int code, const char *reason)
{
	err->code = code;
	err->offset = UINT64_MAX;
	snprintf(err->reason, sizeof(err->reason), "%s", reason);
	return code;
}

static ssize_t read_some(int fd, void *p, size_t len)
{
	ssize_t n;

	do {
		n = read(fd, p, len);
	} while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : n;
}

static int write_all(int fd, const char *p, size_t len)
{
	while (len) {
		ssize_t n = write(fd, p, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		p += n;
		len -= (size_t)n;
	}
	return 0;
}

/* A file without a name; -errno. */
static int open_temporary(void)
{
	const char *folder = getenv("TMPDIR");
	char path[4096];
	int fd;

	if (!folder || !*folder)
		folder = "/tmp";
	fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR))
		return fd < 0 ? -errno : fd;
	if ((size_t)snprintf(path, sizeof(path), "%s/stele.XXXXXX", folder) >=
	    sizeof(path))
		return -ENAMETOOLONG;
	fd = mkostemp(path, O_CLOEXEC);
	if (fd < 0)
		return -errno;
	unlink(path);
	return fd;
}

static int fail_temporary(struct stele_error *err, int code, const char *what)
{
	char reason[200];

	snprintf(reason, sizeof(reason), "%s: %s", what, strerror(-code));
	return fail(err, code, reason);
}

/* Copy all of the input into a temporary file and take that in its place. */
static int spool(struct input *input, struct stele_error *err)
{
	ssize_t n = 0;
	int fd, rc = 0;

	fd = open_temporary();
	if (fd < 0)
		return fail_temporary(err, fd,
				      "no temporary file in $TMPDIR or /tmp");
	while (!rc) {
		n = read_some(input->fd, input->buffer, input->room);
		if (n <= 0)
			break;
		rc = write_all(fd, input->buffer, (size_t)n);
	}
	if (n < 0)
		rc = fail(err, (int)n, strerror((int)-n));
	else if (rc)
		rc = fail_temporary(err, rc,
				    "the temporary file cannot be written");
	close(input->fd);
	input->fd = fd;
	return rc ? rc : input_rewind(input, err);
}

int input_open(struct input *input, const char *path, bool twice,
	       struct stele_error *err)
{
	struct stat st;
	int rc = 0;

	memset(input, 0, sizeof(*input));
	input->name = path;
	if (!strcmp(path, "-"))
		input->fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
	else
		input->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (input->fd < 0 || fstat(input->fd, &st)) {
		rc = fail(err, -errno, strerror(errno));
		goto out;
	}
	input->room = INPUT_BYTES;
	input->buffer = malloc(input->room + 1);
	if (!input->buffer)
		rc = fail(err, -ENOMEM, strerror(ENOMEM));
	else if (S_ISDIR(st.st_mode))
		rc = fail(err, -EISDIR, strerror(EISDIR));
	else if (S_ISREG(st.st_mode))
		input->all_bytes = (uint64_t)st.st_size;
	else if (twice)
		rc = spool(input, err);
out:
	if (rc)
		input_close(input);
	return rc;
}

/* More bytes behind the end. */
static int fill(struct input *input, struct stele_error *err)
{
	size_t held = input->end - input->begin;
	ssize_t n;

	if (input->begin) {
		memmove(input->buffer, input->buffer + input->begin, held);
		input->seen -= input->begin;
		input->begin = 0;
		input->end = held;
	}
	if (input->end == input->room) {
		size_t room = input->room * 2;
		char *buffer = realloc(input->buffer, room + 1);

		if (!buffer)
			return fail(err, -ENOMEM,
				    "a line is too long for the "
				    "memory there is");
		input->buffer = buffer;
		input->room = room;
	}
	n = read_some(input->fd, input->buffer + input->end,
		      input->room - input->end);
	if (n < 0)
		return fail(err, (int)n, strerror((int)-n));
	input->ended = n == 0;
	input->end += (size_t)n;
	return 0;
}

/* Most text is ASCII: that is seen eight bytes at a time. */
static const char *invalid_utf8(const char *text, size_t len)
{
	uint64_t word;
	size_t i = 0;

	for (; i + 8 <= len; i += 8) {
		memcpy(&word, text + i, sizeof(word));
		if (word & 0x8080808080808080ull)
			break;
	}
	return (const char *)u8_check((const uint8_t *)text + i, len - i);
}

static int check_line(const struct line *line, struct stele_error *err)
{
	const char *bad = invalid_utf8(line->text, line->len);

	if (!bad)
		return 0;
	fail(err, -STELE_E_UTF8, "bytes that are not UTF-8");
	err->offset = (uint64_t)(bad - line->text);
	return err->code;
}

int input_line(struct input *input, struct line *line, struct stele_error *err)
{
	char *newline = NULL;
	int rc;

	for (;;) {
		newline = memchr(input->buffer + input->seen, '\n',
				 input->end - input->seen);
		input->seen = input->end;
		if (newline || input->ended)
			break;
		rc = fill(input, err);
		if (rc)
			return rc;
	}
	if (!newline && input->begin == input->end)
		return -STELE_E_ABSENT;
	if (!newline) {
		newline = input->buffer + input->end;
		*newline = '\n';
	}
	line->text = input->buffer + input->begin;
	line->len = (size_t)(newline - line->text);
	line->number = ++input->nr_lines;
	line->offset = input->offset;
	input->begin += line->len + 1;
	if (input->begin > input->end)
		input->begin = input->end;
	input->seen = input->begin;
	input->offset += line->len + 1;
	return check_line(line, err);
}

int input_rewind(struct input *input, struct stele_error *err)
{
	off_t size = lseek(input->fd, 0, SEEK_END);

	if (size < 0 || lseek(input->fd, 0, SEEK_SET) < 0)
		return fail(err, -errno, strerror(errno));
	input->all_bytes = (uint64_t)size;
	input->begin = input->seen = input->end = 0;
	input->offset = input->nr_lines = 0;
	input->ended = false;
	return 0;
}

void input_close(struct input *input)
{
	if (input->fd >= 0)
		close(input->fd);
	free(input->buffer);
	input->buffer = NULL;
	input->fd = -1;
}
