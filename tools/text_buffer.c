/* SPDX-License-Identifier: MIT */
/*
 * A stream whose bytes go to a function, which keeps them.
 */
#include "text_buffer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

static ssize_t keep(void *cookie, const char *bytes, size_t len)
{
	struct text_buffer *buffer = cookie;
	size_t room = buffer->room ? buffer->room : 4096;
	char *text = buffer->text;

	while (room - buffer->len < len)
		room *= 2;
	if (room != buffer->room)
		text = realloc(text, room);
	if (!text)
		return 0;
	buffer->text = text;
	buffer->room = room;
	memcpy(text + buffer->len, bytes, len);
	buffer->len += len;
	return (ssize_t)len;
}

int text_buffer_open(struct text_buffer *buffer)
{
	const cookie_io_functions_t functions = { .write = keep };

	memset(buffer, 0, sizeof(*buffer));
	buffer->out = fopencookie(buffer, "w", functions);
	return buffer->out ? 0 : -ENOMEM;
}

int text_buffer_flush(struct text_buffer *buffer)
{
	return fflush(buffer->out) || ferror(buffer->out) ? -ENOMEM : 0;
}

void text_buffer_reset(struct text_buffer *buffer)
{
	buffer->len = 0;
}

int text_buffer_close(struct text_buffer *buffer, char **text, size_t *len)
{
	int rc;

	if (text)
		putc('\0', buffer->out);
	rc = text_buffer_flush(buffer);
	fclose(buffer->out);
	buffer->out = NULL;
	if (rc || !text) {
		free(buffer->text);
		return rc;
	}
	*text = buffer->text;
	*len = buffer->len - 1;
	return 0;
}
