/* SPDX-License-Identifier: MIT */
/*
 * Bars in the terminal: a title, then one bar for each figure, the largest as
 * wide as there is room.
 */
#ifndef DEMO_CHART_H
#define DEMO_CHART_H

#include <langinfo.h>
#include <stdio.h>
#include <string.h>

#define CHART_COLUMNS 48

struct chart_bar {
	const char *name;
	double value;
	const char *text; /* the value, as it is printed behind the bar */
};

static inline void chart_print(const char *title, const struct chart_bar *bars,
			       size_t nr)
{
	bool utf8 = !strcmp(nl_langinfo(CODESET), "UTF-8");
	double largest = 0;

	for (size_t i = 0; i < nr; i++)
		if (bars[i].value > largest)
			largest = bars[i].value;
	printf("\n%s\n", title);
	for (size_t i = 0; i < nr; i++) {
		int columns =
			largest > 0 ?
				bars[i].value / largest * CHART_COLUMNS + 0.5 :
				0;

		printf("  %-8s ", bars[i].name);
		for (int c = 0; c < (columns ? columns : 1); c++)
			fputs(utf8 ? "█" : "#", stdout);
		printf(" %s\n", bars[i].text);
	}
}

#endif
