/* SPDX-License-Identifier: MIT */
/*
 * Reading schemas.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "schema_file.h"
#include "text_buffer.h"

#define SUFFIX ".schema"

/* No schema is longer: a device without end stops here. */
#define MAX_SCHEMA_BYTES ((size_t)64 << 20)

/* All of a stream, as far as it goes. */
static int read_all(FILE *in, FILE *out)
{
	char part[4096];
	size_t n, len = 0;

	while ((n = fread(part, 1, sizeof(part), in))) {
		len += n;
		if (len > MAX_SCHEMA_BYTES)
			return -STELE_E_LIMIT;
		fwrite(part, 1, n, out);
	}
	if (ferror(in))
		return -errno;
	return ferror(out) ? -ENOMEM : 0;
}

/* The whole of a file, terminated; the caller frees it. */
static int read_file(const struct command *command, const char *path,
		     char **text, size_t *len)
{
	struct stele_error err = { .reason = "" };
	FILE *in = fopen(path, "re");
	struct text_buffer buffer;
	int rc, closed = 0;

	if (!in)
		return command_fail(command, path, -errno, NULL);
	rc = text_buffer_open(&buffer);
	if (!rc) {
		rc = read_all(in, buffer.out);
		closed = text_buffer_close(&buffer, rc ? NULL : text, len);
	}
	fclose(in);
	rc = rc ? rc : closed;
	if (!rc)
		return 0;
	if (rc == -STELE_E_LIMIT)
		snprintf(err.reason, sizeof(err.reason),
			 "a schema of more than %zu bytes", MAX_SCHEMA_BYTES);
	return command_fail(command, path, rc, &err);
}

int schema_file_parse(const struct command *command, const char *path,
		      struct stele_schema **schema)
{
	struct stele_error err = { .offset = UINT64_MAX };
	char place[4200];
	size_t len;
	char *text;
	int rc = read_file(command, path, &text, &len);

	if (rc)
		return rc;
	rc = stele_schema_parse(text, len, schema, &err);
	free(text);
	if (!rc)
		return 0;
	if (err.line)
		snprintf(place, sizeof(place), "%.4096s:%u:%u", path, err.line,
			 err.column);
	return command_fail(command, err.line ? place : path, rc, &err);
}

int schema_source_open(const struct command *command, const char *word,
		       struct schema_source *source)
{
	size_t len = strlen(word), suffix = strlen(SUFFIX);
	int rc;

	memset(source, 0, sizeof(*source));
	if (len > suffix && !strcmp(word + len - suffix, SUFFIX)) {
		rc = schema_file_parse(command, word, &source->parsed);
		source->schema = source->parsed;
		return rc;
	}
	rc = command_open(command, word, &source->segment);
	if (!rc)
		source->schema = stele_segment_schema(source->segment);
	return rc;
}

void schema_source_close(struct schema_source *source)
{
	stele_segment_close(source->segment);
	stele_schema_free(source->parsed);
}
