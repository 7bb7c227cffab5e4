// SPDX-License-Identifier: MIT
/*
 * What Debian's static libraries, built against glibc, want of it and musl
 * lacks: the checked forms of a few calls, which here are the plain ones, and
 * the contexts of libcrypto's asynchronous jobs, which nothing of ours starts.
 * Only for `make VARIANT=musl`, which shows that our own code needs no glibc; a
 * system that lives on musl has libraries of its own.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void *__memcpy_chk(void *to, const void *from, size_t len, size_t room);
void *__memset_chk(void *to, int byte, size_t len, size_t room);
int __fprintf_chk(FILE *file, int level, const char *format, ...);
int __vfprintf_chk(FILE *file, int level, const char *format, va_list args);
long __fdelt_chk(long fd);
int getcontext(void *context);
int setcontext(const void *context);
void makecontext(void *context, void (*start)(void), int nr, ...);

static void check(size_t len, size_t room)
{
	if (len > room)
		abort();
}

void *__memcpy_chk(void *to, const void *from, size_t len, size_t room)
{
	check(len, room);
	return memcpy(to, from, len);
}

void *__memset_chk(void *to, int byte, size_t len, size_t room)
{
	check(len, room);
	return memset(to, byte, len);
}

int __vfprintf_chk(FILE *file, int level, const char *format, va_list args)
{
	(void)level;
	return vfprintf(file, format, args);
}

int __fprintf_chk(FILE *file, int level, const char *format, ...)
{
	va_list args;
	int len;

	va_start(args, format);
	len = __vfprintf_chk(file, level, format, args);
	va_end(args);
	return len;
}

long __fdelt_chk(long fd)
{
	check((size_t)fd, 1023);
	return fd / (8 * (long)sizeof(long));
}

int getcontext(void *context)
{
	(void)context;
	return -1;
}

int setcontext(const void *context)
{
	(void)context;
	return -1;
}

void makecontext(void *context, void (*start)(void), int nr, ...)
{
	(void)context;
	(void)start;
	(void)nr;
	abort();
}
