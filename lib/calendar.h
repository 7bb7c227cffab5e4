/* SPDX-License-Identifier: MIT */
/*
 * The ranges of calendar values, for makers, readers of text and verify alike.
 * Their text is <stele/text.h>.
 */
#ifndef STELE_CALENDAR_H
#define STELE_CALENDAR_H

#include <stele/schema.h>

#define STELE_SECOND_US INT64_C(1000000)
#define STELE_DAY_US (86400 * STELE_SECOND_US)

/* 0001-01-01 and 9999-12-31. */
#define STELE_DATE_MIN (-719162)
#define STELE_DATE_MAX 2932896
#define STELE_DATETIME_MIN (STELE_DATE_MIN * STELE_DAY_US)
#define STELE_DATETIME_MAX ((STELE_DATE_MAX + 1) * STELE_DAY_US - 1)
#define STELE_OFFSET_MAX 86399 /* seconds, either way */

/* Whether a DATE, DATETIME, TIME or TIMEDELTA may be this count. */
static inline bool stele_calendar_fits(unsigned type, int64_t count)
{
	switch (type) {
	case STELE_TYPE_DATE:
		return count >= STELE_DATE_MIN && count <= STELE_DATE_MAX;
	case STELE_TYPE_DATETIME:
		return count >= STELE_DATETIME_MIN &&
		       count <= STELE_DATETIME_MAX;
	case STELE_TYPE_TIME:
		return count >= 0 && count < STELE_DAY_US;
	default:
		return type == STELE_TYPE_TIMEDELTA;
	}
}

/* Whether an instant and its local time are of the years 1..9999. */
static inline bool stele_zoned_fits(int64_t utc, int32_t offset)
{
	return offset >= -STELE_OFFSET_MAX && offset <= STELE_OFFSET_MAX &&
	       stele_calendar_fits(STELE_TYPE_DATETIME, utc) &&
	       stele_calendar_fits(STELE_TYPE_DATETIME,
				   utc + offset * STELE_SECOND_US);
}

#endif /* STELE_CALENDAR_H */
