# SPDX-License-Identifier: MIT
#
# Builds stele out of the tree, in build/. `make help` lists the targets.
#
# A source is found by where it lies; nothing is listed twice:
#
#   lib/*.c             libstele.so, libstele.a    may include lib/*.h
#   lib/*_avx2.c        the same, with -mavx2; left out where the CPU is not x86
#   tools/*.c           the command `stele`        public headers only
#   demo/*.c            one program each           public headers only
#   doc/examples/*.c    one program each           public headers only, shared lib
#   tests/unit/*.c      one cmocka program each    may include lib/*.h
#   tests/{fault,fuzz,golden}/*.c   one program each, likewise
#   tests/count/*.c     the same, with a header made of the schema beside it
#   tests/support/*.c   linked into every test program
#   tests/bench/*.{c,cc} one program, `bench`      public headers only
#
# VARIANT=asan|tsan|clang|cov|fuzz|arm64|musl builds the same things in
# build/VARIANT/.

VERSION := $(file <VERSION)
SOMAJOR := $(firstword $(subst ., ,$(VERSION)))

PREFIX ?= /usr/local
BINDIR ?= $(PREFIX)/bin
LIBDIR ?= $(PREFIX)/lib
INCLUDEDIR ?= $(PREFIX)/include
MANDIR ?= $(PREFIX)/share/man
COMPLETIONDIR ?= $(PREFIX)/share/bash-completion/completions

CFLAGS ?= -O2 -g
CXXFLAGS ?= $(CFLAGS)

# ---- variants

VARIANT ?=
B := build$(VARIANT:%=/%)

variant_asan := -O1 -fsanitize=address,undefined -fno-sanitize-recover=all \
	-fno-omit-frame-pointer
variant_tsan := -O1 -fsanitize=thread -fno-omit-frame-pointer
variant_cov := -O1 --coverage
variant_fuzz := -O1 -fsanitize=fuzzer-no-link,address,undefined \
	-fno-sanitize-recover=all -fno-omit-frame-pointer -DSTELE_FUZZER
variant_arm64 = --sysroot=$(sysroot)
variant_musl = -isystem $(B)/include -static
ifneq ($(filter-out clang,$(VARIANT)),)
ifndef variant_$(VARIANT)
$(error VARIANT is asan, tsan, clang, cov, fuzz, arm64 or musl, not $(VARIANT))
endif
endif
ifneq ($(filter clang fuzz,$(VARIANT)),)
CC := clang
CXX := clang++
else ifeq ($(VARIANT),arm64)
CC := aarch64-linux-gnu-gcc
sysroot := $(shell setup/sysroot -p arm64)
else ifeq ($(VARIANT),musl)
CC := musl-gcc
endif
ifeq ($(origin CC),default)
CC := gcc
endif
ifeq ($(origin CXX),default)
CXX := g++
endif

# ---- flags

common_flags := -Wall -Wextra -Werror -pthread -D_GNU_SOURCE \
	-DSTELE_VERSION_STRING='"$(VERSION)"' -Ilib/include -MMD -MP \
	-ffile-prefix-map=$(CURDIR)=.
# A public call from within the library is a plain call, and may be inlined.
lib_flags := -fPIC -fvisibility=hidden -fno-semantic-interposition
ifeq ($(VARIANT),cov) # each line is its own; tests need not be slow as well
lib_flags += -O0
endif
all_cflags = -std=gnu11 $(CFLAGS) $(common_flags) $(variant_$(VARIANT))
all_cxxflags = -std=gnu++17 $(CXXFLAGS) $(common_flags) $(variant_$(VARIANT))
all_ldflags = $(CFLAGS) $(LDFLAGS) -pthread $(variant_$(VARIANT)) -Wl,--as-needed

# xxhash is header-only (XXH_INLINE_ALL), so it is not here.
lib_libs := -lcrypto -lunistring
tools_libs := -lyajl -lcsv -lunistring
test_libs := -lcmocka
ifeq ($(VARIANT),musl)
# Debian has these for glibc only: setup/musl has what they want of it.
archive_of = $(foreach l,$(1),$(shell gcc -print-file-name=lib$l.a))
lib_libs := $(B)/obj/setup/musl/glibc.o $(call archive_of,crypto unistring)
tools_libs := $(call archive_of,yajl_s csv unistring)
endif
bench_peers := absl_flat_hash_map absl_hash
bench_libs = -llmdb -lcdb -lrocksdb -lsqlite3 -lyajl $(shell pkg-config --libs $(bench_peers))

# ---- what there is

is_x86 := $(filter x86_64-% i%86-%,$(shell $(CC) -dumpmachine))
lib_src := $(wildcard lib/*.c)
ifeq ($(is_x86),)
lib_src := $(filter-out %_avx2.c,$(lib_src))
endif
object = $(patsubst %,$(B)/obj/%.o,$(basename $(1)))
program = $(patsubst %.c,$(B)/%,$(wildcard $(1)))

lib_obj := $(call object,$(lib_src))
tools_obj := $(call object,$(wildcard tools/*.c))
support_obj := $(call object,$(wildcard tests/support/*.c))
bench_obj := $(call object,$(wildcard tests/bench/*.c tests/bench/*.cc))
test_programs := $(foreach d,unit fault fuzz golden,$(call program,tests/$d/*.c))
fuzz_targets := $(call program,tests/fuzz/fuzz_*.c)
ifeq ($(VARIANT),)
test_programs += $(call program,tests/count/*.c)
endif
examples := $(call program,doc/examples/*.c)
demos := $(call program,demo/*.c)
map := $(wildcard lib/libstele.map)

archive := $(if $(lib_src),$(B)/libstele.a)
soname := libstele.so.$(SOMAJOR)
shared := $(if $(lib_src),$(B)/libstele.so)
command := $(if $(tools_obj),$(B)/stele)
ifeq ($(VARIANT),musl) # nothing is there to link the rest with
shared :=
test_programs :=
examples :=
demos :=
endif
ifeq ($(VARIANT),fuzz) # the rest would have no use for it
shared :=
command :=
test_programs := $(fuzz_targets)
examples :=
demos :=
endif

# ---- how it is made

MAKEFLAGS += --no-builtin-rules
ifeq ($(MAKELEVEL),0)
ifeq ($(filter -j%,$(MAKEFLAGS)),)
MAKEFLAGS += -j$(shell nproc)
endif
endif
Q := $(if $(filter 1,$(V)),,@)
say = $(if $(filter 1,$(V)),,@printf '  %-7s %s\n' $(1) $@)

.DELETE_ON_ERROR:
.SUFFIXES:
.SECONDARY:

.PHONY: all
all: $(archive) $(shared) $(command)	## library and command (the default)
	@:

$(B)/obj/lib/%.o: flags = $(lib_flags)
$(B)/obj/lib/%_avx2.o: flags = $(lib_flags) -mavx2
$(B)/obj/tests/%.o: flags = -iquote lib -iquote tests/support
$(B)/obj/tests/count/%.o: flags = -iquote lib -iquote $(B)/made
$(B)/obj/tests/fuzz/%.o: flags = -iquote lib -iquote tests/support -iquote tools
$(B)/obj/tests/bench/%.o: flags = -iquote $(B)/made

$(B)/obj/%.o: %.c Makefile VERSION
	$(call say,CC)
	@mkdir -p $(@D)
	$(Q)$(CC) $(all_cflags) $(flags) -c -o $@ $<

ifeq ($(VARIANT),musl)
$(lib_obj) $(tools_obj): | $(B)/include
$(command): | $(B)/obj/setup/musl/glibc.o

$(B)/include: setup/musl/headers
	$(Q)setup/musl/headers $@
endif

$(B)/obj/%.o: %.cc Makefile VERSION
	$(call say,CXX)
	@mkdir -p $(@D)
	$(Q)$(CXX) $(all_cxxflags) $(flags) -c -o $@ $<

$(B)/libstele.a: $(lib_obj)
	$(call say,AR)
	$(Q)rm -f $@ && $(AR) rcsD $@ $^

$(B)/libstele.so.$(VERSION): $(lib_obj) $(map)
	$(call say,LD)
	$(Q)$(CC) $(all_ldflags) -shared -Wl,-soname,$(soname) -Wl,-z,defs \
		$(map:%=-Wl,--version-script=%) -o $@ $(lib_obj) $(lib_libs)

$(B)/$(soname) $(B)/libstele.so: $(B)/libstele.so.$(VERSION)
	$(Q)ln -sf $(<F) $@

$(B)/libstele.so: | $(B)/$(soname)

# The command carries the library: one file which runs from any prefix, with no
# rpath and no ldconfig. That the shared library exports all which the command
# calls is shown by linking it again, as stele-shared.
$(B)/stele: $(tools_obj) $(archive)
	$(call say,LD)
	$(Q)$(CC) $(all_ldflags) -o $@ $^ $(tools_libs) $(lib_libs)

$(B)/stele-shared: $(tools_obj) $(shared)
	$(call say,LD)
	$(Q)$(CC) $(all_ldflags) -o $@ $(tools_obj) -L$(B) -lstele $(tools_libs) \
		-Wl,-rpath,'$$ORIGIN'

# What `stele schema --header` prints for a schema.
$(B)/made/count.h: tests/count/count.schema
$(B)/made/record.h: tests/bench/record.schema
$(B)/made/%.h: $(command)
	$(call say,MAKE)
	@mkdir -p $(@D)
	$(Q)$(command) schema --header --prefix $* $(filter %.schema,$^) >$@

$(B)/made/%_generated.h: tests/bench/%.fbs
	$(call say,FLATC)
	@mkdir -p $(@D)
	$(Q)flatc --cpp -o $(@D) $<

$(B)/obj/tests/count/count.o: $(B)/made/count.h
$(B)/obj/tests/bench/items_stele.o: $(B)/made/record.h
$(B)/obj/tests/bench/items_flatbuffers.o: $(B)/made/record_generated.h

$(test_programs): $(B)/%: $(B)/obj/%.o $(support_obj) $(archive)
	$(call say,LD)
	@mkdir -p $(@D)
	$(Q)$(CC) $(all_ldflags) $(fuzzer) -o $@ $(filter %.o,$^) \
		$(and $(fuzz_tools),$(fuzz_tools) $(tools_libs)) \
		$(archive) $(test_libs) $(lib_libs)

# Fuzz targets have the command's readers and printers, and the main() of a
# fuzzer or of tests/fuzz/replay.h.
$(fuzz_targets): fuzz_tools = $(B)/obj/tools.a
$(fuzz_targets): fuzzer = $(if $(filter fuzz,$(VARIANT)),-fsanitize=fuzzer)
$(fuzz_targets): $(B)/obj/tools.a

$(B)/obj/tools.a: $(filter-out %/stele.o,$(tools_obj))
	$(call say,AR)
	$(Q)rm -f $@ && $(AR) rcsD $@ $^

$(demos): $(B)/%: $(B)/obj/%.o $(archive)
	$(call say,LD)
	@mkdir -p $(@D)
	$(Q)$(CC) $(all_ldflags) -o $@ $^ $(lib_libs)

$(examples): $(B)/%: $(B)/obj/%.o $(shared)
	$(call say,LD)
	@mkdir -p $(@D)
	$(Q)$(CC) $(all_ldflags) -o $@ $< -L$(B) -lstele -Wl,-rpath,'$$ORIGIN/../..'

$(B)/bench: $(bench_obj) $(archive)
	$(call say,LD)
	$(Q)$(CXX) $(all_ldflags) -o $@ $^ $(bench_libs) $(lib_libs)

-include $(shell find $(B)/obj -name '*.d' 2>/dev/null)

# ---- tests

.PHONY: programs check-build check check-unit check-long coverage headers style format
programs: all $(test_programs) $(examples) $(demos) $(if $(shared),$(B)/stele-shared)	## all, with test programs, examples and demo programs

build-%:
	$(Q)$(MAKE) --no-print-directory VARIANT=$* programs

build-tsan:
	$(Q)$(MAKE) --no-print-directory VARIANT=tsan tests-threads

.PHONY: tests-threads
tests-threads: $(call program,tests/unit/test_thread*.c)

check-build: programs build-asan build-tsan build-fuzz

check:	## all tests which a change must pass (root installs what is missing)
	@setup/install build check reach
	@setup/sysroot arm64 >/dev/null
	$(Q)$(MAKE) --no-print-directory check-build build-clang build-arm64 build-musl
	@tests/run --group all

check-unit:	## tests which need no root, network or guest
	@setup/install -n build check
	$(Q)$(MAKE) --no-print-directory check-build
	@tests/run --group unit

check-long:	## what a release needs: check with larger figures, and more
	@setup/install build check reach bench
	@setup/sysroot arm64 >/dev/null
	$(Q)$(MAKE) --no-print-directory check-build build-clang build-arm64 build-musl build-cov
	@tests/run --group long

coverage:	## the lines of lib that the suites execute
	$(Q)$(MAKE) --no-print-directory build-cov
	@tests/coverage/run

headers:	## each public header compiles alone: C11, C++17, gcc, clang
	@tests/run house/headers

style:	## layout, spelling, scripts, man pages
	@tests/run house/style

format:	## rewrite C sources as .clang-format has them
	$(Q)tests/house/sources c | xargs -r -0 clang-format -i

# ---- fuzzing

.PHONY: fuzz fuzz-merge
SECONDS ?= 30
fuzz:	## each fuzz target for SECONDS=30; non-zero when one finds something
	@setup/install build check
	$(Q)$(MAKE) --no-print-directory build-fuzz
	@tests/fuzz/campaign run $(B) $(SECONDS)

fuzz-merge:	## what the cache's inputs reach more goes to tests/fuzz/corpus
	@setup/install build check
	$(Q)$(MAKE) --no-print-directory build-fuzz
	@tests/fuzz/campaign merge $(B)

# ---- demo and measurements

.PHONY: demo bench bench-scale
demo:	## real data, eight processes, figures and a chart
	@setup/install build demo
	$(Q)$(MAKE) --no-print-directory build-demo-programs
	@demo/run $(B)

.PHONY: build-demo-programs
build-demo-programs: all $(demos)
	@:

bench:	## the goals, measured; non-zero when one is missed
	@setup/install build bench
	$(Q)$(MAKE) --no-print-directory all $(B)/bench
	@tests/bench/run

bench-scale:	## the same at 100 million entries
	@setup/install build bench
	$(Q)$(MAKE) --no-print-directory all $(B)/bench
	@tests/bench/run --scale

# ---- installation

.PHONY: install uninstall
man_pages := $(wildcard doc/man/*.1 doc/man/*.3 doc/man/*.5)
man_target = $(MANDIR)/man$(subst .,,$(suffix $(1)))/$(notdir $(1))
headers := $(wildcard lib/include/stele/*.h)
D = $(DESTDIR)

install: all	## into $(DESTDIR)$(PREFIX)
	$(Q)install -d $(D)$(LIBDIR)/pkgconfig $(D)$(INCLUDEDIR)/stele $(D)$(BINDIR)
	$(Q)install -m 644 $(B)/libstele.a $(D)$(LIBDIR)/
	$(Q)install -m 755 $(B)/libstele.so.$(VERSION) $(D)$(LIBDIR)/
	$(Q)ln -sf libstele.so.$(VERSION) $(D)$(LIBDIR)/$(soname)
	$(Q)ln -sf $(soname) $(D)$(LIBDIR)/libstele.so
	$(Q)sed -e 's|@PREFIX@|$(PREFIX)|; s|@LIBDIR@|$(LIBDIR)|' \
		-e 's|@INCLUDEDIR@|$(INCLUDEDIR)|; s|@VERSION@|$(VERSION)|' \
		lib/libstele.pc.in >$(D)$(LIBDIR)/pkgconfig/libstele.pc
	$(Q)install -m 644 $(headers) $(D)$(INCLUDEDIR)/stele/
	$(Q)install -m 755 $(B)/stele $(D)$(BINDIR)/
	$(Q)$(foreach m,$(man_pages),install -D -m 644 $m $(D)$(call man_target,$m) &&) :
	$(Q)$(if $(wildcard tools/completion/stele),install -D -m 644 \
		tools/completion/stele $(D)$(COMPLETIONDIR)/stele)
	$(Q)$(if $(D),,[ "$$(id -u)" -ne 0 ] || ldconfig)

uninstall:	## what install put there
	$(Q)rm -f $(D)$(LIBDIR)/libstele.a $(D)$(LIBDIR)/libstele.so \
		$(D)$(LIBDIR)/$(soname) $(D)$(LIBDIR)/libstele.so.$(VERSION) \
		$(D)$(LIBDIR)/pkgconfig/libstele.pc $(D)$(BINDIR)/stele \
		$(D)$(COMPLETIONDIR)/stele
	$(Q)rm -f $(foreach m,$(man_pages),$(D)$(call man_target,$m))
	$(Q)rm -rf $(D)$(INCLUDEDIR)/stele

# ---- the rest

.PHONY: clean help
clean:	## remove build/
	$(Q)rm -rf build

help:	## this list
	@sed -n 's/^\([a-z-]*\):.*\t## \(.*\)/\1\t\2/p' Makefile | \
		awk -F '\t' '{ printf "  make %-12s %s\n", $$1, $$2 }'
	@echo '  V=1 shows commands; VARIANT=asan|tsan|clang|cov|fuzz|arm64|musl builds in build/VARIANT/'
