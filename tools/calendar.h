/* SPDX-License-Identifier: MIT */
/*
 * Dates and times of day as text: YYYY-MM-DD, YYYY-MM-DDTHH:MM:SS, and the latter
 * with a fraction of six digits that are not all 0.  One spelling a value, so
 * that text which reads also prints as it was.  Years 1 to 9999, proleptic
 * Gregorian, no leap seconds, no zones.
 */
#ifndef STELE_TOOLS_CALENDAR_H
#define STELE_TOOLS_CALENDAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CALENDAR_TEXT_BYTES 40

/* Days from 1970-01-01.  False where the text is none. */
bool calendar_read_date(const char *text, size_t len, int64_t *days);

/* Microseconds from 1970-01-01T00:00:00. */
bool calendar_read_datetime(const char *text, size_t len, int64_t *us);

/* The length; 0 where the value is outside of the years. */
size_t calendar_print_date(int64_t days, char text[CALENDAR_TEXT_BYTES]);
size_t calendar_print_datetime(int64_t us, char text[CALENDAR_TEXT_BYTES]);

#endif /* STELE_TOOLS_CALENDAR_H */
