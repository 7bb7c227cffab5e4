#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# A program outside the tree builds and runs against an installed library, the
# shared and the static one; what was installed can be removed again.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/support/tap.sh
. tests/support/tap.sh

version=$(cat VERSION)
export PKG_CONFIG_PATH=$work/usr/lib/pkgconfig

make_at() { env -u MAKEFLAGS -u MAKELEVEL make PREFIX="$work/usr" "$@"; }

cat >"$work/program.c" <<'C'
#include <stele/stele.h>
int main(void)
{
	return 0;
}
C

flags() { read -ra words < <(pkg-config "$@" libstele); }

shared_program() {
	flags --cflags --libs
	gcc -Wl,--no-as-needed "$work/program.c" -o "$work/shared" "${words[@]}" &&
		LD_LIBRARY_PATH=$work/usr/lib "$work/shared"
}

static_program() {
	flags --cflags --libs --static
	gcc "$work/program.c" -o "$work/static" -Wl,--whole-archive \
		"${words[@]/#-lstele/-Wl,-Bstatic,-lstele,-Bdynamic,--no-whole-archive}" &&
		"$work/static"
}

staged() {
	make_at install DESTDIR="$work/stage" &&
		cmp "$work/usr/bin/stele" "$work/stage$work/usr/bin/stele" &&
		grep -qx "prefix=$work/usr" "$work/stage$work/usr/lib/pkgconfig/libstele.pc"
}

nothing_left() {
	local left
	make_at uninstall && left=$(find "$work/usr" ! -type d) && echo "$left" && [ -z "$left" ]
}

promise install_with_a_prefix make_at install DESTDIR=
promise pkg_config_gives_the_version pkg-config --exact-version="$version" libstele
promise a_program_runs_with_the_shared_library shared_program
promise a_program_runs_with_the_static_library static_program
promise the_command_runs_where_it_is_installed "$work/usr/bin/stele" --version
promise destdir_stages_the_same_files staged
promise uninstall_leaves_nothing nothing_left
finish
