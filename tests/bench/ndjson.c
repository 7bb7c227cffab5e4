// SPDX-License-Identifier: MIT
/*
 * What reading NDJSON costs at least: yajl parses the file and tells of each
 * value, and nobody listens but to count the numbers and strings.
 */
#include "ndjson.h"
#include "die.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <yajl/yajl_parse.h>

static int count_number(void *values, const char *text, size_t len)
{
	(void)text;
	(void)len;
	++*(uint64_t *)values;
	return 1;
}

static int count_string(void *values, const unsigned char *text, size_t len)
{
	(void)text;
	(void)len;
	++*(uint64_t *)values;
	return 1;
}

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

static void parse(yajl_handle parser, FILE *file)
{
	static unsigned char bytes[1 << 18];
	yajl_status status = yajl_status_ok;
	size_t len;

	while (status == yajl_status_ok &&
	       (len = fread(bytes, 1, sizeof(bytes), file)))
		status = yajl_parse(parser, bytes, len);
	if (status == yajl_status_ok)
		status = yajl_complete_parse(parser);
	if (status != yajl_status_ok)
		die("yajl: %s", yajl_status_to_string(status));
}

int ndjson_main(const char *path)
{
	static const yajl_callbacks callbacks = {
		.yajl_number = count_number,
		.yajl_string = count_string,
	};
	FILE *file = fopen(path, "r");
	uint64_t values = 0;
	yajl_handle parser;
	double begin;

	if (!file)
		die("%s: %s", path, strerror(errno));
	parser = yajl_alloc(&callbacks, NULL, &values);
	if (!parser)
		die("no memory");
	yajl_config(parser, yajl_allow_multiple_values, 1);
	yajl_config(parser, yajl_dont_validate_strings, 1); /* as we do */
	begin = seconds();
	parse(parser, file);
	printf("{\"seconds\": %.6f, \"values\": %llu}\n", seconds() - begin,
	       (unsigned long long)values);
	yajl_free(parser);
	fclose(file);
	return 0;
}
