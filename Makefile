# gohat. What is found by itself, and needs no line here: tools/gohat-X.c,
# lib/ROOM/X.c, man/X.N, tests/X.t, tests/unit/X.c, tests/fuzz/X.c.

VERSION = 0.1.0
PREFIX ?= /usr/local
BUILD ?= build

CC = cc
CFLAGS = -O2 -g -flto=auto
WARNINGS = -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
	-Wpointer-arith -Wwrite-strings -Wvla -Wformat=2 -Wundef -Wconversion \
	-Wno-sign-conversion
DEFINES = -D_GNU_SOURCE -DGOHAT_VERSION='"$(VERSION)"' -Ilib
COMPILE = $(CC) -std=gnu11 $(WARNINGS) $(DEFINES) $(PACKAGE_CFLAGS) \
	$(CPPFLAGS) $(CFLAGS)

# Asked for once, and not before `make deps` had its chance. libunistring has
# no pkg-config file.
PKG_CONFIG = pkg-config
PACKAGE_CFLAGS = $(eval PACKAGE_CFLAGS := \
	$(shell $(PKG_CONFIG) --cflags libcbor))$(PACKAGE_CFLAGS)
PACKAGE_LIBS = $(eval PACKAGE_LIBS := \
	$(shell $(PKG_CONFIG) --libs libcbor) -lunistring)$(PACKAGE_LIBS)

LIB = $(BUILD)/libgohat.a
LIB_OBJECTS = $(patsubst %.c,$(BUILD)/%.o,$(wildcard lib/*/*.c))
PROGRAMS = $(patsubst tools/%.c,$(BUILD)/bin/%,$(wildcard tools/*.c))
UNITS = $(patsubst tests/unit/%.c,$(BUILD)/unit/%,$(wildcard tests/unit/*.c))
FUZZERS = $(patsubst tests/fuzz/%.c,%,$(wildcard tests/fuzz/*.c))
DUMPS = $(patsubst testdata/%.xz,$(BUILD)/testdata/%,$(wildcard testdata/*.xz))
SOURCES = $(wildcard lib/*/*.[ch] tools/*.c tests/*/*.[ch])

.DELETE_ON_ERROR:
.SECONDARY:
.PHONY: all check check-san fuzz bench lint install uninstall deps demo clean

all: $(PROGRAMS)

$(BUILD)/bin/%: $(BUILD)/tools/%.o $(LIB)
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $< $(LIB) $(PACKAGE_LIBS)

$(LIB): $(LIB_OBJECTS)
	rm -f $@
	$(AR) rcs $@ $(LIB_OBJECTS)

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(COMPILE) -MMD -MP -c -o $@ $<

-include $(wildcard $(BUILD)/*/*.d $(BUILD)/*/*/*.d)

# A newcomer's two commands. Both install what is missing, and say so.
BUILD_PACKAGES = gcc make pkg-config libcbor-dev libunistring-dev
CHECK_PACKAGES = libcmocka-dev perl python3 python3-cbor2 xz-utils jq mandoc
LINT_PACKAGES = clang clang-format clang-tidy cppcheck shellcheck mandoc

deps:
	.ci/install $(BUILD_PACKAGES)

demo:
	@.ci/install $(BUILD_PACKAGES) xz-utils
	@$(MAKE) --no-print-directory all >/dev/null
	@PATH="$(abspath $(BUILD))/bin:$$PATH" tests/demo.sh

check:
	@.ci/install $(BUILD_PACKAGES) $(CHECK_PACKAGES)
	@$(MAKE) --no-print-directory run-tests

# Each test finds the programs on PATH and the dumps in $TESTDATA.
TEST_ENVIRONMENT = BUILD="$(abspath $(BUILD))" \
	PATH="$(abspath $(BUILD))/bin:$$PATH" \
	TESTDATA="$(abspath $(BUILD))/testdata" \
	CMOCKA_MESSAGE_OUTPUT=TAP LC_ALL=C.UTF-8

run-tests: all $(UNITS) $(DUMPS)
	$(TEST_ENVIRONMENT) prove -j2 -e '' $(UNITS) tests/*.t

$(BUILD)/unit/%: $(BUILD)/tests/unit/%.o $(LIB)
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $< $(LIB) $(PACKAGE_LIBS) -lcmocka

$(BUILD)/testdata/%: testdata/%.xz
	@mkdir -p $(@D)
	xz -dc $< >$@

SANITIZE = -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all \
	-fno-omit-frame-pointer

# Programs leave their memory to exit(); units show that rooms need not.
check-san:
	@ASAN_OPTIONS=detect_leaks=0 $(MAKE) --no-print-directory \
		BUILD=$(BUILD)/san CFLAGS='$(SANITIZE)' check

FUZZ_SECONDS = 60

fuzz:
	@.ci/install $(BUILD_PACKAGES) clang libclang-rt-dev
	@for f in $(FUZZERS); do $(MAKE) --no-print-directory \
		BUILD=$(BUILD)/fuzz CC=clang \
		CFLAGS='$(SANITIZE) -fsanitize=fuzzer-no-link' \
		FUZZER=$$f run-fuzzer || exit 1; done

run-fuzzer: $(BUILD)/$(FUZZER)
	@mkdir -p $(BUILD)/corpus/$(FUZZER)
	$< -max_total_time=$(FUZZ_SECONDS) -timeout=5 -rss_limit_mb=512 \
		-print_final_stats=1 -artifact_prefix=$(BUILD)/ \
		$(BUILD)/corpus/$(FUZZER) testdata/fuzz/$(FUZZER)

$(BUILD)/$(FUZZER): $(BUILD)/tests/fuzz/$(FUZZER).o $(LIB)
	$(CC) $(CFLAGS) -fsanitize=fuzzer -o $@ $< $(LIB) $(PACKAGE_LIBS)

bench: all
	@PATH="$(abspath $(BUILD))/bin:$$PATH" BUILD="$(BUILD)" \
		OBJECTS="$(OBJECTS)" tests/bench/bench.sh

# gcc 12 does not know that tsearch(3) keeps what it is given.
GCC_BELIEVES = -Wno-analyzer-malloc-leak

lint:
	@.ci/install $(BUILD_PACKAGES) $(LINT_PACKAGES)
	clang-format --dry-run -Werror $(SOURCES)
	clang-tidy --quiet $(wildcard lib/*/*.c tools/*.c) -- -std=gnu11 \
		$(DEFINES) $(PACKAGE_CFLAGS)
	cppcheck --quiet --std=c11 --error-exitcode=1 --inline-suppr \
		--enable=warning,performance,portability $(DEFINES) lib tools
	$(MAKE) --no-print-directory BUILD=$(BUILD)/lint \
		CFLAGS='-O2 -Werror -fanalyzer $(GCC_BELIEVES)' all
	shellcheck -x .ci/install .ci/run tests/*.sh tests/*/*.sh tools/*.bash \
		$$(grep -l '^#!/bin/sh' tests/*.t)
	mandoc -Tlint -W warning man/*

install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/man/man1 \
		$(DESTDIR)$(PREFIX)/share/man/man5 \
		$(DESTDIR)$(PREFIX)/share/bash-completion/completions
	install $(PROGRAMS) $(DESTDIR)$(PREFIX)/bin
	install -m 644 man/*.1 $(DESTDIR)$(PREFIX)/share/man/man1
	install -m 644 man/*.5 $(DESTDIR)$(PREFIX)/share/man/man5
	install -m 644 tools/gohat.bash \
		$(DESTDIR)$(PREFIX)/share/bash-completion/completions/gohat

uninstall:
	rm -f $(PROGRAMS:$(BUILD)/%=$(DESTDIR)$(PREFIX)/%)
	rm -f $(patsubst man/%,$(DESTDIR)$(PREFIX)/share/man/man1/%,\
		$(wildcard man/*.1))
	rm -f $(patsubst man/%,$(DESTDIR)$(PREFIX)/share/man/man5/%,\
		$(wildcard man/*.5))
	rm -f $(DESTDIR)$(PREFIX)/share/bash-completion/completions/gohat

clean:
	rm -rf $(BUILD)
