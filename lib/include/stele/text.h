/* SPDX-License-Identifier: MIT */
/*
 * The text of calendar values and uuids, as in schemas and in stele-json(5).
 *
 *	date       2024-02-29
 *	datetime   2024-02-29T12:00:00        2024-02-29T12:00:00.500000
 *	time       12:00:00                   12:00:00.500000
 *	zoned      2024-02-29T12:00:00+01:00  2024-02-29T12:00:00.500000-05:30:15
 *	timedelta  P1DT2H3M4.000005S          -PT0.500000S                PT0S
 *	uuid       123e4567-e89b-12d3-a456-426614174000
 *
 * Years are 0001 to 9999 of the proleptic Gregorian calendar, without leap
 * seconds.  A value prints in one way: six digits of fraction or none, parts of
 * a timedelta that are 0 left out, the zone +00:00, a uuid in lower case.  What
 * is read may be spelled otherwise: one to six digits of fraction, zone Z or
 * -00:00, a timedelta of any number of hours, minutes and seconds, a uuid in any
 * case.  So text that has to stay as it is must be compared with what its value
 * prints.
 *
 * Readers take len bytes, no terminator needed, and store on success only: 0;
 * -STELE_E_TYPE: not such a text; -STELE_E_RANGE: a timedelta beyond 64 bits, a
 * zoned datetime beyond the years in UTC.  Printers terminate and give the
 * length; 0: the value is out of its range.  Any thread; nothing is allocated.
 */
#ifndef STELE_PUBLIC_TEXT_H
#define STELE_PUBLIC_TEXT_H

#include <stele/api.h>

STELE_BEGIN_DECLS

#define STELE_TEXT_BYTES 40 /* the longest text of a printer, terminated */

/* Days from 1970-01-01. */
STELE_API int stele_text_read_date(const char *text, size_t len, int64_t *days);
STELE_API size_t stele_text_print_date(int64_t days,
				       char text[STELE_TEXT_BYTES]);

/* Microseconds from 1970-01-01T00:00:00. */
STELE_API int stele_text_read_datetime(const char *text, size_t len,
				       int64_t *us);
STELE_API size_t stele_text_print_datetime(int64_t us,
					   char text[STELE_TEXT_BYTES]);

/* Microseconds from midnight. */
STELE_API int stele_text_read_time(const char *text, size_t len, int64_t *us);
STELE_API size_t stele_text_print_time(int64_t us, char text[STELE_TEXT_BYTES]);

/*
 * The text has local time: utc, microseconds from 1970-01-01T00:00:00Z, plus
 * offset, seconds east of UTC.
 */
STELE_API int stele_text_read_zoned(const char *text, size_t len, int64_t *utc,
				    int32_t *offset);
STELE_API size_t stele_text_print_zoned(int64_t utc, int32_t offset,
					char text[STELE_TEXT_BYTES]);

/* Microseconds. */
STELE_API int stele_text_read_timedelta(const char *text, size_t len,
					int64_t *us);
STELE_API size_t stele_text_print_timedelta(int64_t us,
					    char text[STELE_TEXT_BYTES]);

/* 16 bytes in the order of the text. */
STELE_API int stele_text_read_uuid(const char *text, size_t len,
				   uint8_t uuid[16]);
STELE_API size_t stele_text_print_uuid(const uint8_t uuid[16],
				       char text[STELE_TEXT_BYTES]);

STELE_END_DECLS

#endif /* STELE_PUBLIC_TEXT_H */
