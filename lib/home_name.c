// SPDX-License-Identifier: MIT
/*
 * From a name to a descriptor: the places where a segment of a name may be, in
 * order.  The first that has it wins; only "not there" leads on to the next, so
 * that a segment that may not be read is never quietly replaced by another.
 *
 *	name with a slash	that path
 *	user:NAME		$XDG_DATA_HOME/stele/NAME.stele, or
 *				$HOME/.local/share/stele/NAME.stele
 *	NAME			each folder of $STELE_PATH: NAME.stele;
 *				/dev/stele/NAME; /run/stele/NAME.stele;
 *				/var/lib/stele/NAME.stele
 *
 * The environment counts only where it is the user's own: not in a set-uid
 * program.
 */
#include "home.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "descriptor.h"
#include "fail.h"

#define MAX_NAME 64
#define USER_PREFIX "user:"

static bool is_name(const char *name)
{
	static const char letters[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
	static const char others[] = "._-";
	size_t i;

	if (!*name || !strchr(letters, *name))
		return false;
	for (i = 0; name[i]; i++)
		if (i >= MAX_NAME ||
		    (!strchr(letters, name[i]) && !strchr(others, name[i])))
			return false;
	return true;
}

/*
 * Try one place: folder, NAME, suffix.  1: nothing is there.  A FIFO or a
 * terminal must not hold the caller up.
 */
static int try_place(const char *folder, size_t folder_len, const char *name,
		     const char *suffix, char **path, int *fd,
		     struct stele_error *err)
{
	char *place;
	int rc;

	if (asprintf(&place, "%.*s%s%s%s", (int)folder_len, folder,
		     folder_len ? "/" : "", name, suffix) < 0)
		return stele_fail(err, -ENOMEM, "%s: out of memory", name);
	rc = stele_fd_open(AT_FDCWD, place, O_RDONLY | O_NONBLOCK | O_NOCTTY,
			   0);
	if (rc >= 0) {
		*path = place;
		*fd = rc;
		return 0;
	}
	if (rc == -ENOENT || rc == -ENOTDIR) {
		free(place);
		return 1;
	}
	stele_fail(err, rc, "%s: %s", place, stele_strerror(rc));
	free(place);
	return rc;
}

static int find_path(const char *name, char **path, int *fd,
		     struct stele_error *err)
{
	int rc = try_place("", 0, name, "", path, fd, err);

	if (rc > 0)
		return stele_fail(err, -ENOENT, "%s: %s", name,
				  stele_strerror(-ENOENT));
	return rc;
}

static int find_user(const char *name, char **path, int *fd,
		     struct stele_error *err)
{
	const char *data = secure_getenv("XDG_DATA_HOME");
	const char *below = "stele";
	char *folder;
	int rc;

	if (!data || *data != '/') {
		data = secure_getenv("HOME");
		below = ".local/share/stele";
	}
	if (!data || *data != '/')
		return stele_fail(
			err, -ENOENT,
			"user:%s: neither XDG_DATA_HOME nor HOME is set", name);
	if (asprintf(&folder, "%s/%s", data, below) < 0)
		return stele_fail(err, -ENOMEM, "user:%s: out of memory", name);
	rc = try_place(folder, strlen(folder), name, ".stele", path, fd, err);
	if (rc > 0)
		rc = stele_fail(err, -ENOENT,
				"user:%s: there is no %s/%s.stele", name,
				folder, name);
	free(folder);
	return rc;
}

static int find_listed(const char *list, const char *name, char **path, int *fd,
		       struct stele_error *err)
{
	int rc = 1;

	while (rc > 0 && *list) {
		size_t len = strcspn(list, ":");

		if (len)
			rc = try_place(list, len, name, ".stele", path, fd,
				       err);
		list += len + (list[len] == ':');
	}
	return rc;
}

static int find_system(const char *name, char **path, int *fd,
		       struct stele_error *err)
{
	static const struct {
		const char *folder;
		const char *suffix;
	} places[] = {
		{ "/dev/stele", "" },
		{ "/run/stele", ".stele" },
		{ "/var/lib/stele", ".stele" },
	};
	size_t i;
	int rc = 1;

	for (i = 0; rc > 0 && i < sizeof(places) / sizeof(*places); i++)
		rc = try_place(places[i].folder, strlen(places[i].folder), name,
			       places[i].suffix, path, fd, err);
	return rc;
}

int stele_home_find(const char *name, char **path, int *fd,
		    struct stele_error *err)
{
	bool user = !strncmp(name, USER_PREFIX, strlen(USER_PREFIX));
	const char *bare = user ? name + strlen(USER_PREFIX) : name;
	const char *list = secure_getenv("STELE_PATH");
	int rc;

	if (strchr(name, '/'))
		return find_path(name, path, fd, err);
	if (!is_name(bare))
		return stele_fail(
			err, -EINVAL,
			"\"%s\" is no name of a segment: 1 to %d letters, digits, '.', '_' or '-', the first a letter or digit; a path has a slash",
			name, MAX_NAME);
	if (user)
		return find_user(bare, path, fd, err);
	rc = list ? find_listed(list, name, path, fd, err) : 1;
	if (rc > 0)
		rc = find_system(name, path, fd, err);
	if (rc > 0)
		rc = stele_fail(
			err, -ENOENT,
			"no segment \"%s\" in %s/dev/stele, /run/stele, /var/lib/stele; for a file in this folder say ./%s",
			name, list ? "$STELE_PATH, " : "", name);
	return rc;
}
