// SPDX-License-Identifier: MIT
/*
 * The text of dates, times, zoned datetimes and timedeltas.
 *
 * The calendar counts years from March, so that the leap day ends a year, and in
 * cycles of 400 years of 146,097 days.  Nothing here asks the locale.
 */
#include <stele/text.h>
#include <string.h>

#include "calendar.h"

#define CYCLE_DAYS 146097
/* days from 0000-03-01 to 1970-01-01 */
#define EPOCH_DAYS 719468

/* ------------------------------------------------------------ the days */

/* Days between 1 March and the first of the month, March being 0. */
static int days_before(int month)
{
	return (153 * month + 2) / 5;
}

static int64_t to_days(int year, int month, int day)
{
	int m = (month + 9) % 12, y = year - (month <= 2);

	return y * INT64_C(365) + y / 4 - y / 100 + y / 400 + days_before(m) +
	       day - 1 - EPOCH_DAYS;
}

static void from_days(int64_t days, int *year, int *month, int *day)
{
	int64_t n = days + EPOCH_DAYS;
	int cycle = (int)(n / CYCLE_DAYS), d = (int)(n % CYCLE_DAYS);
	/* leap days before day d of a cycle of 400 years */
	int y = (d - d / 1460 + d / 36524 - d / 146096) / 365, m;

	d -= 365 * y + y / 4 - y / 100;
	m = (5 * d + 2) / 153;
	*day = d - days_before(m) + 1;
	*month = m < 10 ? m + 3 : m - 9;
	*year = y + cycle * 400 + (*month <= 2);
}

static int days_of_month(int year, int month)
{
	static const char days[] = { 31, 28, 31, 30, 31, 30,
				     31, 31, 30, 31, 30, 31 };
	bool leap = (year % 4 == 0 && year % 100) || year % 400 == 0;

	return days[month - 1] + (month == 2 && leap);
}

/* Split microseconds into whole days and the rest, which is not negative. */
static int64_t split_day(int64_t us, int64_t *days)
{
	int64_t rest = us % STELE_DAY_US;

	*days = us / STELE_DAY_US;
	if (rest < 0) {
		rest += STELE_DAY_US;
		--*days;
	}
	return rest;
}

/* -------------------------------------------------------------- reading */

/* What is left of a text; each piece that is read goes off its front. */
struct scan {
	const char *at;
	const char *end;
};

static struct scan scan_of(const char *text, size_t len)
{
	const char *at = len ? text : ""; /* a text of no bytes may be NULL */
	struct scan s = { at, at + len };

	return s;
}

static bool is_end(const struct scan *s)
{
	return s->at == s->end;
}

static bool scan_mark(struct scan *s, char c)
{
	if (is_end(s) || *s->at != c)
		return false;
	s->at++;
	return true;
}

static bool is_digit(const struct scan *s)
{
	return !is_end(s) && *s->at >= '0' && *s->at <= '9';
}

/* A number of exactly n digits, up to max. */
static bool scan_number(struct scan *s, int n, int max, int *number)
{
	*number = 0;
	for (; n; n--) {
		if (!is_digit(s))
			return false;
		*number = *number * 10 + (*s->at++ - '0');
	}
	return *number <= max;
}

/* The one to six digits behind a point, as microseconds; without one 0. */
static bool scan_fraction(struct scan *s, int *us)
{
	int unit = 100000;

	*us = 0;
	if (!scan_mark(s, '.'))
		return true;
	if (!is_digit(s))
		return false;
	for (; unit && is_digit(s); unit /= 10)
		*us += (*s->at++ - '0') * unit;
	return true;
}

static bool scan_date(struct scan *s, int64_t *days)
{
	int year, month, day;

	if (!scan_number(s, 4, 9999, &year) || !scan_mark(s, '-') ||
	    !scan_number(s, 2, 12, &month) || !scan_mark(s, '-') ||
	    !scan_number(s, 2, 31, &day))
		return false;
	if (!year || !month || !day || day > days_of_month(year, month))
		return false;
	*days = to_days(year, month, day);
	return true;
}

/* HH:MM, as minutes. */
static bool scan_minutes(struct scan *s, int *minutes)
{
	int hour, minute;

	if (!scan_number(s, 2, 23, &hour) || !scan_mark(s, ':') ||
	    !scan_number(s, 2, 59, &minute))
		return false;
	*minutes = hour * 60 + minute;
	return true;
}

static bool scan_time(struct scan *s, int64_t *us)
{
	int minutes, second, fraction;

	if (!scan_minutes(s, &minutes) || !scan_mark(s, ':') ||
	    !scan_number(s, 2, 59, &second) || !scan_fraction(s, &fraction))
		return false;
	*us = (minutes * 60 + second) * STELE_SECOND_US + fraction;
	return true;
}

static bool scan_datetime(struct scan *s, int64_t *us)
{
	int64_t days, rest;

	if (!scan_date(s, &days) || !scan_mark(s, 'T') || !scan_time(s, &rest))
		return false;
	*us = days * STELE_DAY_US + rest;
	return true;
}

/* Z, or a sign and HH:MM[:SS]. */
static bool scan_offset(struct scan *s, int32_t *offset)
{
	bool west;
	int minutes, second = 0;

	*offset = 0;
	if (scan_mark(s, 'Z'))
		return true;
	west = scan_mark(s, '-');
	if (!west && !scan_mark(s, '+'))
		return false;
	if (!scan_minutes(s, &minutes))
		return false;
	if (scan_mark(s, ':') && !scan_number(s, 2, 59, &second))
		return false;
	*offset = minutes * 60 + second;
	if (west)
		*offset = -*offset;
	return true;
}

int stele_text_read_date(const char *text, size_t len, int64_t *days)
{
	struct scan s = scan_of(text, len);
	int64_t value;

	if (!scan_date(&s, &value) || !is_end(&s))
		return -STELE_E_TYPE;
	*days = value;
	return 0;
}

int stele_text_read_datetime(const char *text, size_t len, int64_t *us)
{
	struct scan s = scan_of(text, len);
	int64_t value;

	if (!scan_datetime(&s, &value) || !is_end(&s))
		return -STELE_E_TYPE;
	*us = value;
	return 0;
}

int stele_text_read_time(const char *text, size_t len, int64_t *us)
{
	struct scan s = scan_of(text, len);
	int64_t value;

	if (!scan_time(&s, &value) || !is_end(&s))
		return -STELE_E_TYPE;
	*us = value;
	return 0;
}

int stele_text_read_zoned(const char *text, size_t len, int64_t *utc,
			  int32_t *offset)
{
	struct scan s = scan_of(text, len);
	int64_t local;
	int32_t east;

	if (!scan_datetime(&s, &local) || !scan_offset(&s, &east) ||
	    !is_end(&s))
		return -STELE_E_TYPE;
	local -= east * STELE_SECOND_US;
	if (!stele_zoned_fits(local, east))
		return -STELE_E_RANGE;
	*utc = local;
	*offset = east;
	return 0;
}

/* ----------------------------------------------------------- timedeltas */

struct part {
	char mark;
	bool of_time; /* behind the T */
	int64_t us;
};

static const struct part parts[] = {
	{ 'D', false, STELE_DAY_US },
	{ 'H', true, 3600 * STELE_SECOND_US },
	{ 'M', true, 60 * STELE_SECOND_US },
	{ 'S', true, STELE_SECOND_US },
};
#define NR_PARTS (sizeof(parts) / sizeof(*parts))

/* Digits, if any; false where they are more than 64 bits hold. */
static bool scan_count(struct scan *s, uint64_t *count)
{
	bool fits = true;

	for (*count = 0; is_digit(s); s->at++)
		if (__builtin_mul_overflow(*count, (uint64_t)10, count) ||
		    __builtin_add_overflow(*count, (uint64_t)(*s->at - '0'),
					   count))
			fits = false;
	return fits;
}

/* One part, where it comes next: its microseconds are added to *us. */
static bool scan_part(struct scan *s, const struct part *part, uint64_t *us,
		      bool *fits)
{
	struct scan ahead = *s;
	int fraction = 0;
	uint64_t count;
	bool good = scan_count(&ahead, &count);

	if (ahead.at == s->at ||
	    (part->mark == 'S' && !scan_fraction(&ahead, &fraction)) ||
	    !scan_mark(&ahead, part->mark))
		return false;
	*s = ahead;
	if (!good ||
	    __builtin_mul_overflow(count, (uint64_t)part->us, &count) ||
	    __builtin_add_overflow(count, (uint64_t)fraction, &count) ||
	    __builtin_add_overflow(*us, count, us))
		*fits = false;
	return true;
}

/* P and parts in their order, one at least, and one behind a T. */
static bool scan_duration(struct scan *s, uint64_t *us, bool *fits)
{
	bool time = false, any = false;
	size_t i;

	*us = 0;
	*fits = true;
	if (!scan_mark(s, 'P'))
		return false;
	for (i = 0; i < NR_PARTS; i++) {
		if (parts[i].of_time && !time) {
			if (!scan_mark(s, 'T'))
				break;
			time = true;
			any = false;
		}
		any |= scan_part(s, &parts[i], us, fits);
	}
	return any && is_end(s);
}

int stele_text_read_timedelta(const char *text, size_t len, int64_t *us)
{
	struct scan s = scan_of(text, len);
	bool negative = scan_mark(&s, '-'), fits;
	uint64_t count;

	if (!scan_duration(&s, &count, &fits))
		return -STELE_E_TYPE;
	if (!fits || count > (uint64_t)INT64_MAX + negative)
		return -STELE_E_RANGE;
	*us = (int64_t)(negative ? 0 - count : count);
	return 0;
}

/* ------------------------------------------------------------- printing */

/* A number of n digits, or of as many as it has where n is 0. */
static char *put_number(char *p, uint64_t number, int n)
{
	char digits[20];
	int i = 0;

	do {
		digits[i++] = (char)('0' + number % 10);
		number /= 10;
	} while (number || i < n);
	while (i)
		*p++ = digits[--i];
	return p;
}

static char *put_fraction(char *p, uint64_t us)
{
	if (!us)
		return p;
	*p++ = '.';
	return put_number(p, us, 6);
}

static char *put_date(char *p, int64_t days)
{
	int year, month, day;

	from_days(days, &year, &month, &day);
	p = put_number(p, (uint64_t)year, 4);
	*p++ = '-';
	p = put_number(p, (uint64_t)month, 2);
	*p++ = '-';
	return put_number(p, (uint64_t)day, 2);
}

/* HH:MM, and :SS where there are seconds or they are wanted. */
static char *put_clock(char *p, uint64_t seconds, bool always)
{
	p = put_number(p, seconds / 3600, 2);
	*p++ = ':';
	p = put_number(p, seconds / 60 % 60, 2);
	if (!always && seconds % 60 == 0)
		return p;
	*p++ = ':';
	return put_number(p, seconds % 60, 2);
}

static char *put_time(char *p, int64_t us)
{
	p = put_clock(p, (uint64_t)(us / STELE_SECOND_US), true);
	return put_fraction(p, (uint64_t)(us % STELE_SECOND_US));
}

static char *put_datetime(char *p, int64_t us)
{
	int64_t days, rest = split_day(us, &days);

	p = put_date(p, days);
	*p++ = 'T';
	return put_time(p, rest);
}

static size_t end(char *text, char *p)
{
	*p = '\0';
	return (size_t)(p - text);
}

size_t stele_text_print_date(int64_t days, char text[STELE_TEXT_BYTES])
{
	bool fits = stele_calendar_fits(STELE_TYPE_DATE, days);

	return end(text, fits ? put_date(text, days) : text);
}

size_t stele_text_print_datetime(int64_t us, char text[STELE_TEXT_BYTES])
{
	bool fits = stele_calendar_fits(STELE_TYPE_DATETIME, us);

	return end(text, fits ? put_datetime(text, us) : text);
}

size_t stele_text_print_time(int64_t us, char text[STELE_TEXT_BYTES])
{
	bool fits = stele_calendar_fits(STELE_TYPE_TIME, us);

	return end(text, fits ? put_time(text, us) : text);
}

size_t stele_text_print_zoned(int64_t utc, int32_t offset,
			      char text[STELE_TEXT_BYTES])
{
	char *p = text;

	if (stele_zoned_fits(utc, offset)) {
		p = put_datetime(p, utc + offset * STELE_SECOND_US);
		*p++ = offset < 0 ? '-' : '+';
		p = put_clock(p, (uint64_t)(offset < 0 ? -offset : offset),
			      false);
	}
	return end(text, p);
}

size_t stele_text_print_timedelta(int64_t us, char text[STELE_TEXT_BYTES])
{
	uint64_t left = us < 0 ? 0 - (uint64_t)us : (uint64_t)us;
	bool time = false;
	char *p = text;
	size_t i;

	if (us < 0)
		*p++ = '-';
	*p++ = 'P';
	for (i = 0; i < NR_PARTS; i++) {
		uint64_t unit = (uint64_t)parts[i].us, count = left / unit;
		bool last = i == NR_PARTS - 1;

		/* seconds: also with a fraction alone, and for no time at all */
		if (!count && !(last && (left || !us)))
			continue;
		if (parts[i].of_time && !time)
			*p++ = 'T';
		time = parts[i].of_time;
		p = put_number(p, count, 0);
		left %= unit;
		if (last)
			p = put_fraction(p, left);
		*p++ = parts[i].mark;
	}
	return end(text, p);
}
