/* SPDX-License-Identifier: MIT */
/*
 * A stream into memory.  Unlike one of open_memstream(), it tells when the memory
 * there is did not do.
 */
#ifndef STELE_TOOLS_TEXT_BUFFER_H
#define STELE_TOOLS_TEXT_BUFFER_H

#include <stdio.h>

struct text_buffer {
	FILE *out; /* print here */
	char *text; /* once it is flushed; not terminated */
	size_t len;
	size_t room;
};

/* The buffer stays where it is until it is closed.  -ENOMEM. */
int text_buffer_open(struct text_buffer *buffer);

/* All that was printed is in the text.  -ENOMEM. */
int text_buffer_flush(struct text_buffer *buffer);

/* Begin again; only what was flushed is gone. */
void text_buffer_reset(struct text_buffer *buffer);

/*
 * End: flushed and terminated, the text is the caller's.  -ENOMEM: there is none.
 * `text` NULL: it is of no use any more.
 */
int text_buffer_close(struct text_buffer *buffer, char **text, size_t *len);

#endif /* STELE_TOOLS_TEXT_BUFFER_H */
