// SPDX-License-Identifier: MIT
/*
 * One process builds a segment in memory, another reads it in place: the
 * descriptor goes over by fork, and can as well be sent over a socket. Whoever
 * has it can read the segment and nobody can change it any more.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <stele/stele.h>

static int read_it(int fd)
{
	struct stele_segment_info info = { .size = sizeof(info) };
	struct stele_segment *seg;
	struct stele_value value;
	struct stele_error err;
	int rc = stele_segment_open_fd(fd, NULL, &seg, &err);

	if (rc) {
		fprintf(stderr, "%s\n", err.reason);
		return 1;
	}
	rc = stele_segment_root(seg, "greeting", &value);
	if (!rc)
		printf("%.*s\n", (int)value.len, value.u.ptr);
	if (!rc)
		rc = stele_segment_info(seg, &info);
	if (!rc)
		printf("sealed: %s, stable: %s\n",
		       info.seal == STELE_SEAL_MEMFD ? "yes" : "no",
		       info.stable ? "yes" : "no");
	printf("writable: %s\n",
	       mmap(NULL, 1, PROT_WRITE, MAP_SHARED, fd, 0) == MAP_FAILED ?
		       strerror(errno) :
		       "yes");
	stele_segment_close(seg);
	fflush(stdout);
	return rc ? 1 : 0;
}

int main(void)
{
	const struct stele_cell text = stele_cell_str("read in place", 13);
	struct stele_builder *b = NULL;
	struct stele_error err;
	int rc, status, fd = -1;
	pid_t pid;

	rc = stele_builder_create_memfd("greeting", NULL, NULL, &b, &err);
	if (!rc)
		rc = stele_builder_root(b, "greeting", &text, &err);
	if (!rc)
		rc = stele_builder_finish(b, &fd, &err);
	stele_builder_free(b);
	if (rc) {
		fprintf(stderr, "%s\n", err.reason);
		return 1;
	}
	pid = fork();
	if (pid < 0)
		return 1;
	if (!pid)
		_exit(read_it(fd));
	close(fd);
	return waitpid(pid, &status, 0) != pid || status;
}
