// SPDX-License-Identifier: MIT
/*
 * Names while an image is made.
 *
 * A file gets its name when it is whole, never before.  Where no file of that
 * name is, it is linked there directly.  Where one is, the new file is linked
 * to a temporary name and the two names are exchanged; only when the folder is
 * on the disk the old file goes, so that every failure can be undone.  A file
 * system that can't exchange names has the new file moved over the old one,
 * which is linked to a second name first.
 *
 * A kill between those steps leaves a file with a temporary name,
 * ".NAME.stele-tmp.0123456789abcdef".  Its maker held a lock on it; so a file
 * of that pattern which can be locked has a dead maker, and the next build of
 * NAME removes it.  Who makes such a file looks, once it has the lock, whether
 * a sweep was faster.
 */
#include "target.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#include <linux/magic.h>

#include "descriptor.h"
#include "fail.h"

#ifndef RENAME_NOREPLACE /* a C library that lacks the call: musl */
#include <linux/fs.h>
#include <sys/syscall.h>

static int renameat2(int from, const char *old, int to, const char *new,
		     unsigned flags)
{
	return (int)syscall(SYS_renameat2, from, old, to, new, flags);
}
#endif

#define MAX_LINKS 40
#define MAX_TRIES 100
#define RANDOM_DIGITS 16

/* ------------------------------------------------------------- finding */

/* "a/b/c" -> folder "a/b", name "c"; "c" -> ".", "c"; "/c" -> "/", "c". */
static const char *split(char *path, const char **name)
{
	char *slash = strrchr(path, '/');

	if (!slash) {
		*name = path;
		return ".";
	}
	*name = slash + 1;
	if (slash == path)
		return "/";
	*slash = '\0';
	return path;
}

static const char *what_it_is(mode_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFIFO:
		return "a pipe";
	case S_IFSOCK:
		return "a socket";
	default:
		return "a device";
	}
}

/* Open the folder of one step of a chain of links and take the name in it. */
static int enter(struct stele_target *target, char *path,
		 struct stele_error *err)
{
	const char *name, *folder = split(path, &name);
	int old = target->folder;
	int fd = stele_fd_open(old < 0 ? AT_FDCWD : old, folder,
			       O_RDONLY | O_DIRECTORY, 0);
	struct statfs fs;

	if (fd < 0)
		return stele_fail(err, fd, "%s: cannot open folder %s: %s",
				  target->path, folder, stele_strerror(fd));
	stele_fd_close(old);
	target->folder = fd;
	if (fstatfs(fd, &fs) < 0)
		return stele_fail(err, -errno, "%s: folder %s: %s",
				  target->path, folder, stele_strerror(-errno));
	if (fs.f_type == PROC_SUPER_MAGIC)
		return stele_fail(
			err, -EINVAL,
			"%s: is a descriptor; a segment is written to a file, which gets its name at the end",
			target->path);
	if (!*name || !strcmp(name, ".") || !strcmp(name, ".."))
		return stele_fail(err, -EISDIR, "%s: is a folder",
				  target->path);
	if (strlen(name) > NAME_MAX)
		return stele_fail(err, -ENAMETOOLONG,
				  "%s: the name is longer than %d bytes",
				  target->path, NAME_MAX);
	strcpy(target->name, name);
	return 0;
}

/*
 * In a folder where everybody may put a link, one of somebody else's could lead
 * to any file of the caller's.  The kernel refuses to follow it for open()
 * (fs.protected_symlinks), and so do we, who follow links by ourselves: the link
 * has to be the caller's or the folder's owner's.
 */
static bool is_strangers(const struct stele_target *target, uid_t owner)
{
	struct stat folder;

	if (fstat(target->folder, &folder))
		return true;
	return (folder.st_mode & (S_ISVTX | S_IWOTH)) == (S_ISVTX | S_IWOTH) &&
	       owner != geteuid() && owner != folder.st_uid;
}

/*
 * What stands under the name now.  1: a link, whose text is in `text`; 0: a
 * file may stand there.
 */
static int look(const struct stele_target *target, bool followed, bool replace,
		char text[PATH_MAX], struct stele_error *err)
{
	struct stat st;
	ssize_t len;

	if (fstatat(target->folder, target->name, &st, AT_SYMLINK_NOFOLLOW)) {
		if (errno != ENOENT)
			return stele_fail(err, -errno, "%s: %s", target->path,
					  stele_strerror(-errno));
		if (followed)
			return stele_fail(err, -ENOENT,
					  "%s: is a link to nothing",
					  target->path);
		return 0;
	}
	if (S_ISDIR(st.st_mode))
		return stele_fail(err, -EISDIR, "%s: is a folder",
				  target->path);
	if (S_ISREG(st.st_mode) && !replace)
		return stele_fail(err, -EEXIST, "%s: exists", target->path);
	if (S_ISREG(st.st_mode))
		return 0;
	if (!S_ISLNK(st.st_mode))
		return stele_fail(err, -EINVAL, "%s: is %s, not a file",
				  target->path, what_it_is(st.st_mode));
	if (is_strangers(target, st.st_uid))
		return stele_fail(
			err, -EACCES,
			"%s: is a link of user %u in a folder for everybody",
			target->path, (unsigned)st.st_uid);
	len = readlinkat(target->folder, target->name, text, PATH_MAX);
	if (len < 0)
		return stele_fail(err, -errno, "%s: %s", target->path,
				  stele_strerror(-errno));
	if (len == PATH_MAX)
		return stele_fail(err, -ENAMETOOLONG, "%s: link too long",
				  target->path);
	text[len] = '\0';
	return 1;
}

int stele_target_open(const char *path, bool replace,
		      struct stele_target *target, struct stele_error *err)
{
	char text[PATH_MAX];
	int i, rc;

	target->folder = -1;
	target->path = NULL;
	if (!*path)
		return stele_fail(err, -EINVAL, "the file's name is empty");
	if (strlen(path) >= sizeof(text))
		return stele_fail(err, -ENAMETOOLONG,
				  "the path is longer than %d bytes",
				  PATH_MAX - 1);
	target->path = strdup(path);
	if (!target->path)
		return stele_fail(err, -ENOMEM, "%s: out of memory", path);
	strcpy(text, path);
	for (i = 0; i < MAX_LINKS; i++) {
		rc = enter(target, text, err);
		if (!rc)
			rc = look(target, i > 0, replace, text, err);
		if (rc <= 0)
			break;
	}
	if (rc > 0)
		rc = stele_fail(err, -ELOOP, "%s: too many links", path);
	if (rc)
		stele_target_close(target);
	return rc;
}

void stele_target_close(struct stele_target *target)
{
	stele_fd_close(target->folder);
	target->folder = -1;
	free(target->path);
	target->path = NULL;
}

/* -------------------------------------------------------------- making */

static int random_name(const struct stele_target *target,
		       char temporary[STELE_TARGET_TEMPORARY_BYTES])
{
	uint64_t random;

	if (getrandom(&random, sizeof(random), 0) != sizeof(random))
		return errno ? -errno : -EIO;
	snprintf(temporary, STELE_TARGET_TEMPORARY_BYTES,
		 ".%.*s.stele-tmp.%0*llx", STELE_TARGET_MAX_KEPT, target->name,
		 RANDOM_DIGITS, (unsigned long long)random);
	return 0;
}

void stele_target_unlink(const struct stele_target *target,
			 const char *temporary)
{
	int saved = errno;

	if (*temporary)
		unlinkat(target->folder, temporary, 0);
	errno = saved;
}

static int make_unnamed(const struct stele_target *target, unsigned mode)
{
	int fd = stele_fd_open(target->folder, ".", O_TMPFILE | O_RDWR, mode);

	/* Kernels before 3.11 take O_TMPFILE for writing to a folder. */
	return fd == -EISDIR ? -EOPNOTSUPP : fd;
}

static int make_named(const struct stele_target *target, unsigned mode,
		      char temporary[STELE_TARGET_TEMPORARY_BYTES])
{
	int i, fd = -EEXIST;

	for (i = 0; i < MAX_TRIES && fd == -EEXIST; i++) {
		int rc = random_name(target, temporary);

		if (rc)
			return rc;
		fd = stele_fd_open(target->folder, temporary,
				   O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW,
				   mode);
	}
	if (fd < 0)
		*temporary = '\0';
	return fd;
}

/*
 * Lock a file that was made.  False: a sweep has it.  A file system without
 * locks has none for a sweep either.
 */
static bool lock_made(int reader, const char *temporary)
{
	struct stat st;

	if (flock(reader, LOCK_EX | LOCK_NB) < 0 && errno == EWOULDBLOCK)
		return false;
	return !*temporary || fstat(reader, &st) < 0 || st.st_nlink > 0;
}

static int make_once(const struct stele_target *target, unsigned mode,
		     char temporary[STELE_TARGET_TEMPORARY_BYTES], int *fd,
		     int *reader)
{
	int made, opened;

	*temporary = '\0';
	made = make_unnamed(target, mode);
	if (made == -EOPNOTSUPP)
		made = make_named(target, mode, temporary);
	if (made < 0)
		return made;
	opened = stele_fd_reopen(made);
	if (opened >= 0 && !lock_made(opened, temporary)) {
		stele_fd_close(opened);
		opened = -EAGAIN;
	}
	if (opened < 0) {
		stele_target_unlink(target, temporary);
		stele_fd_close(made);
		return opened;
	}
	*fd = made;
	*reader = opened;
	return 0;
}

int stele_target_make(const struct stele_target *target, unsigned mode,
		      char temporary[STELE_TARGET_TEMPORARY_BYTES], int *fd,
		      int *reader)
{
	int i, rc = -EAGAIN;

	for (i = 0; i < MAX_TRIES && rc == -EAGAIN; i++)
		rc = make_once(target, mode, temporary, fd, reader);
	return rc;
}

int stele_target_scratch(const struct stele_target *target)
{
	char temporary[STELE_TARGET_TEMPORARY_BYTES];
	int fd = make_unnamed(target, 0600);

	if (fd != -EOPNOTSUPP)
		return fd;
	fd = make_named(target, 0600, temporary);
	if (fd >= 0)
		stele_target_unlink(target, temporary);
	return fd;
}

/* ------------------------------------------------------------ sweeping */

static bool is_temporary(const struct stele_target *target, const char *entry)
{
	char prefix[STELE_TARGET_TEMPORARY_BYTES];
	int len = snprintf(prefix, sizeof(prefix), ".%.*s.stele-tmp.",
			   STELE_TARGET_MAX_KEPT, target->name);

	return !strncmp(entry, prefix, (size_t)len) &&
	       strlen(entry) == (size_t)len + RANDOM_DIGITS &&
	       strspn(entry + len, "0123456789abcdef") == RANDOM_DIGITS;
}

/* Unlink a file of ours whose lock nobody holds; anything else stays. */
static void remove_leftover(const struct stele_target *target,
			    const char *entry)
{
	int fd = stele_fd_open(target->folder, entry,
			       O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY,
			       0);
	struct stat st, named;

	if (fd < 0)
		return;
	if (!fstat(fd, &st) && S_ISREG(st.st_mode) && st.st_uid == geteuid() &&
	    !flock(fd, LOCK_EX | LOCK_NB) &&
	    !fstatat(target->folder, entry, &named, AT_SYMLINK_NOFOLLOW) &&
	    named.st_dev == st.st_dev && named.st_ino == st.st_ino)
		unlinkat(target->folder, entry, 0);
	stele_fd_close(fd);
}

void stele_target_sweep(const struct stele_target *target)
{
	int fd = stele_fd_open(target->folder, ".", O_RDONLY | O_DIRECTORY, 0);
	struct dirent *entry;
	DIR *dir;

	if (fd < 0)
		return;
	dir = fdopendir(fd);
	if (!dir) {
		stele_fd_close(fd);
		return;
	}
	while ((entry = readdir(dir)))
		if (is_temporary(target, entry->d_name))
			remove_leftover(target, entry->d_name);
	closedir(dir);
}

/* ---------------------------------------------------------- publishing */

static int link_descriptor(const struct stele_target *target, int reader,
			   const char *name)
{
	char path[sizeof("/proc/self/fd/") + 11];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", reader);
	if (linkat(AT_FDCWD, path, target->folder, name, AT_SYMLINK_FOLLOW))
		return -errno;
	return 0;
}

static int link_temporary(const struct stele_target *target, int reader,
			  char temporary[STELE_TARGET_TEMPORARY_BYTES])
{
	int i, rc = -EEXIST;

	for (i = 0; i < MAX_TRIES && rc == -EEXIST; i++) {
		rc = random_name(target, temporary);
		if (!rc)
			rc = link_descriptor(target, reader, temporary);
	}
	if (rc)
		*temporary = '\0';
	return rc;
}

/* From a temporary name to the name; -EEXIST where a file is. */
static int move_fresh(const struct stele_target *target, const char *temporary)
{
	if (!renameat2(target->folder, temporary, target->folder, target->name,
		       RENAME_NOREPLACE))
		return 0;
	if (errno != EINVAL && errno != ENOSYS)
		return -errno;
	if (linkat(target->folder, temporary, target->folder, target->name, 0))
		return -errno;
	stele_target_unlink(target, temporary);
	return 0;
}

/* Whether the name is that of the file behind reader, not of a later one. */
static bool is_ours(const struct stele_target *target, int reader)
{
	struct stat ours, named;

	return !fstat(reader, &ours) &&
	       !fstatat(target->folder, target->name, &named,
			AT_SYMLINK_NOFOLLOW) &&
	       named.st_dev == ours.st_dev && named.st_ino == ours.st_ino;
}

static int exchange(const struct stele_target *target, const char *temporary)
{
	if (renameat2(target->folder, temporary, target->folder, target->name,
		      RENAME_EXCHANGE))
		return -errno;
	return 0;
}

/*
 * Where names can't be exchanged the new file is moved over the old one, which
 * keeps a second name for as long, if the file system has such a thing.
 */
static int move_over(const struct stele_target *target, int reader,
		     const char *temporary, bool sync)
{
	char kept[STELE_TARGET_TEMPORARY_BYTES];
	int rc = random_name(target, kept);

	if (rc || linkat(target->folder, target->name, target->folder, kept, 0))
		*kept = '\0';
	if (renameat(target->folder, temporary, target->folder, target->name))
		rc = -errno;
	else
		rc = sync ? stele_fd_sync(target->folder) : 0;
	if (rc && *kept && is_ours(target, reader) &&
	    !renameat(target->folder, kept, target->folder, target->name))
		return rc;
	stele_target_unlink(target, kept);
	return rc;
}

/*
 * Keeps the old file under the temporary name until the folder is synced.  Where
 * another build of the name was done meanwhile, its file stays.
 */
static int replace_old(const struct stele_target *target, int reader,
		       const char *temporary, bool sync)
{
	struct stat st;
	int rc;

	/* Else a folder that came to stand there would be moved away. */
	if (fstatat(target->folder, target->name, &st, AT_SYMLINK_NOFOLLOW) ||
	    !S_ISREG(st.st_mode) || exchange(target, temporary))
		return move_over(target, reader, temporary, sync);
	rc = sync ? stele_fd_sync(target->folder) : 0;
	if (rc) {
		if (is_ours(target, reader))
			exchange(target, temporary);
		return rc;
	}
	stele_target_unlink(target, temporary);
	return 0;
}

static int finish_fresh(const struct stele_target *target, int reader,
			bool sync)
{
	int rc = sync ? stele_fd_sync(target->folder) : 0;

	if (rc && is_ours(target, reader))
		stele_target_unlink(target, target->name);
	return rc;
}

static int publish_named(const struct stele_target *target, int reader,
			 const char *temporary, bool replace, bool sync)
{
	int rc = move_fresh(target, temporary);

	if (!rc)
		return finish_fresh(target, reader, sync);
	if (rc != -EEXIST || !replace)
		return rc;
	return replace_old(target, reader, temporary, sync);
}

int stele_target_publish(const struct stele_target *target, int reader,
			 const char *temporary, bool replace, bool sync)
{
	char linked[STELE_TARGET_TEMPORARY_BYTES];
	int rc;

	if (*temporary)
		return publish_named(target, reader, temporary, replace, sync);
	rc = link_descriptor(target, reader, target->name);
	if (!rc)
		return finish_fresh(target, reader, sync);
	if (rc != -EEXIST || !replace)
		return rc;
	rc = link_temporary(target, reader, linked);
	if (rc)
		return rc;
	rc = replace_old(target, reader, linked, sync);
	if (rc)
		stele_target_unlink(target, linked);
	return rc;
}
