/* SPDX-License-Identifier: MIT */
/* The least that reading NDJSON costs. */
#ifndef BENCH_NDJSON_H
#define BENCH_NDJSON_H

#include <stdint.h>

/* Parse the file once, print seconds and values as JSON. */
int ndjson_main(const char *path);

#endif
