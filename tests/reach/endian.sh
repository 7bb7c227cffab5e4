#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# A big-endian machine is refused when the library is compiled, in words.
set -euo pipefail
cd "$(dirname "$0")/../.."

refused() {	# target
	local said
	if said=$(clang --target="$1" -fsyntax-only -Ilib/include -x c lib/format.h 2>&1); then
		echo "not ok - ${1%%-*}_is_refused"
	elif grep -q 'error: .*big-endian machines are not supported' <<<"$said"; then
		echo "ok - ${1%%-*}_is_refused"
		return 0
	else
		echo "not ok - ${1%%-*}_is_refused"
	fi
	echo "# ${said//$'\n'/$'\n'# }"
	return 1
}

status=0
for target in s390x-linux-gnu powerpc64-linux-gnu aarch64_be-linux-gnu; do
	refused "$target" || status=1
done
echo 1..3
exit "$status"
