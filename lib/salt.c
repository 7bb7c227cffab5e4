// SPDX-License-Identifier: MIT
/*
 * Random numbers from the kernel; early at boot it has none, and an address has
 * to do.
 */
#include <stdint.h>
#include <sys/random.h>

#include "salt.h"

uint64_t stele_salt(void)
{
	uint64_t salt;

	if (getrandom(&salt, sizeof(salt), GRND_NONBLOCK) != sizeof(salt))
		salt = (uintptr_t)&salt;
	return salt;
}
