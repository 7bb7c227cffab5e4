/* SPDX-License-Identifier: MIT */
/*
 * The calendar counts years from March, so that the leap day ends a year, and in
 * cycles of 400 years of 146,097 days.
 */
#include "calendar.h"

#include <stdio.h>

#define DAY_US 86400000000ll
#define CYCLE_DAYS 146097
#define MIN_DAYS (-719162) /* 0001-01-01 */
#define MAX_DAYS 2932896 /* 9999-12-31 */
/* days from 0000-03-01 to 1970-01-01 */
#define EPOCH_DAYS 719468

/* Days between 1 March and the first of the month, March being 0. */
static int days_before(int month)
{
	return (153 * month + 2) / 5;
}

static int64_t to_days(int year, int month, int day)
{
	int m = (month + 9) % 12, y = year - (month <= 2);

	return y * 365ll + y / 4 - y / 100 + y / 400 + days_before(m) + day -
	       1 - EPOCH_DAYS;
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

static int month_days(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30,
				    31, 31, 30, 31, 30, 31 };
	bool leap = (year % 4 == 0 && year % 100) || year % 400 == 0;

	return days[month - 1] + (month == 2 && leap);
}

/* `nr` digits; -1 where one is none. */
static int digits(const char *text, unsigned nr)
{
	int n = 0;

	for (; nr; nr--, text++) {
		if (*text < '0' || *text > '9')
			return -1;
		n = n * 10 + (*text - '0');
	}
	return n;
}

bool calendar_read_date(const char *text, size_t len, int64_t *days)
{
	int year, month, day;

	if (len != 10 || text[4] != '-' || text[7] != '-')
		return false;
	year = digits(text, 4);
	month = digits(text + 5, 2);
	day = digits(text + 8, 2);
	if (year < 1 || month < 1 || month > 12 || day < 1 ||
	    day > month_days(year, month))
		return false;
	*days = to_days(year, month, day);
	return true;
}

bool calendar_read_datetime(const char *text, size_t len, int64_t *us)
{
	int hour, minute, second, fraction = 0;
	int64_t days;

	if ((len != 19 && len != 26) || text[10] != 'T' || text[13] != ':' ||
	    text[16] != ':' || !calendar_read_date(text, 10, &days))
		return false;
	hour = digits(text + 11, 2);
	minute = digits(text + 14, 2);
	second = digits(text + 17, 2);
	if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 ||
	    second > 59)
		return false;
	if (len == 26) {
		fraction = digits(text + 20, 6);
		if (text[19] != '.' || fraction <= 0)
			return false;
	}
	*us = days * DAY_US + ((hour * 60 + minute) * 60ll + second) * 1000000 +
	      fraction;
	return true;
}

size_t calendar_print_date(int64_t days, char text[CALENDAR_TEXT_BYTES])
{
	int year, month, day;

	if (days < MIN_DAYS || days > MAX_DAYS)
		return 0;
	from_days(days, &year, &month, &day);
	return (size_t)snprintf(text, CALENDAR_TEXT_BYTES, "%04d-%02d-%02d",
				year, month, day);
}

size_t calendar_print_datetime(int64_t us, char text[CALENDAR_TEXT_BYTES])
{
	int64_t days = us / DAY_US, rest = us % DAY_US;
	size_t len;

	if (rest < 0) {
		days--;
		rest += DAY_US;
	}
	len = calendar_print_date(days, text);
	if (!len)
		return 0;
	len += (size_t)snprintf(text + len, CALENDAR_TEXT_BYTES - len,
				"T%02d:%02d:%02d", (int)(rest / 3600000000ll),
				(int)(rest / 60000000 % 60),
				(int)(rest / 1000000 % 60));
	if (rest % 1000000)
		len += (size_t)snprintf(text + len, CALENDAR_TEXT_BYTES - len,
					".%06d", (int)(rest % 1000000));
	return len;
}
