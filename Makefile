# sprijin: one file, not recursive; everything built lands in build/.  `make help` lists targets.
B       := build$(if $(SAN),/san)
CC      ?= cc
PKGS    := ncursesw sqlite3 libsodium libutf8proc jansson yaml-0.1 libzip expat xlsxwriter
CFLAGS_WARN := -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Wvla \
           $(if $(CI),-Werror)
HARDEN  := -fstack-protector-strong -fPIE -Wformat -Wformat-security $(if $(SAN),,-D_FORTIFY_SOURCE=2)
SANFLAGS := $(if $(SAN),-fsanitize=address -fsanitize=undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
OPT     ?= $(if $(SAN),-O1,-O2) -g
CFLAGS  ?= $(OPT)
CPPFLAGS += -Iinclude -Isrc -D_GNU_SOURCE $(shell pkg-config --cflags $(PKGS) 2>/dev/null)
ALLCFLAGS = -std=c11 $(CFLAGS) $(CFLAGS_WARN) $(HARDEN) $(SANFLAGS)
LDFLAGS += -pie -Wl,-z,relro,-z,now $(SANFLAGS)
HASH    := \#
ICONV   := $(shell printf '$(HASH)include <iconv.h>\nint main(void){iconv_open("","");return 0;}\n' | \
             $(CC) -x c -o /dev/null - 2>/dev/null || echo -liconv)
LDLIBS  += $(shell pkg-config --libs $(PKGS) 2>/dev/null) $(ICONV) -lm

LIBSRC  := $(wildcard $(addprefix src/,$(addsuffix /*.c,base db form vault record exchange report)))
APPSRC  := $(wildcard src/ui/*.c src/cli/*.c)
GENSRC  := $(B)/gen/data.c
LIBOBJ  := $(LIBSRC:%.c=$(B)/%.o) $(GENSRC:.c=.o)
APPOBJ  := $(APPSRC:%.c=$(B)/%.o)
UNITSRC := $(sort $(shell find tests/unit -name '*_test.c' 2>/dev/null))
UNITOBJ := $(UNITSRC:%.c=$(B)/%.o) $(B)/tests/unit/main.o $(B)/gen/suites.o
LANGS   := ro ru en
prefix  ?= /usr/local

all: $(B)/sprijin ## build the program
deps: ## install what building and running needs (or say what)
	@tests/tools/deps.sh run
deps-check:
	@tests/tools/deps.sh run check
deps-fuzz:
	@tests/tools/deps.sh run check fuzz
deps-lint:
	@tests/tools/deps.sh run check lint
run: deps ## build and open the program; without a terminal, show its work on a fictional interview
	@$(MAKE) --no-print-directory all && build/sprijin
check: deps-check ## build and run all tests (SAN=1: with address and undefined-behaviour sanitizers)
	@$(MAKE) --no-print-directory check-built
check-built: $(B)/sprijin $(B)/unit $(B)/screen $(B)/pty $(B)/killsave layers
	@tests/tools/check.sh $(B)
fault: deps-check ## the long runs: kill -9, full disk
	@$(MAKE) --no-print-directory $(B)/sprijin $(B)/killsave && tests/tools/fault.sh $(B) 2000
fuzz: deps-fuzz ## fuzz the parsers (FUZZ_SECONDS=60 each; needs clang)
	@tests/tools/fuzz.sh $(or $(FUZZ_SECONDS),60)
diff: all ## expressions against libxml2's XPath, DIFF_CASES=100000 of them
	@if pkg-config --exists libxml-2.0; then \
	  $(MAKE) --no-print-directory $(B)/diff_xpath && $(B)/diff_xpath $(or $(DIFF_CASES),100000); \
	else echo "diff: skipped, libxml2 with its headers is not installed (libxml2-dev)"; fi
bench: deps-check ## measure speed and size, as ratios within one run
	@$(MAKE) --no-print-directory $(B)/sprijin $(B)/bench $(B)/bench-forms $(B)/bench-many $(B)/pty && \
	  tests/tools/bench.sh $(B)
bench-peers: deps-check ## put another form engine beside ours, in one run (needs node)
	@$(MAKE) --no-print-directory $(B)/bench-forms && tests/tools/bench_peers.sh $(B)
lint: deps-lint ## clang-format, clang-tidy, cppcheck
	@mkdir -p build && LINTFLAGS="$(CPPFLAGS)" tests/tools/lint.sh
layers: ## includes point down, libraries stay in their room
	@tests/tools/layers.sh
locale: deps-check ## extract, merge and check the translations
	@tests/tools/locale.sh
format: ## lay out all C files by .clang-format
	@find src include tests -name '*.[ch]' | xargs clang-format -i
install: all ## install under $(DESTDIR)$(prefix)
	install -D -m 755 $(B)/sprijin $(DESTDIR)$(prefix)/bin/sprijin
	for f in forms/*.yaml forms/*.json; do \
	  install -D -m 644 $$f $(DESTDIR)$(prefix)/share/sprijin/$$f; done
clean: ## remove what was built
	rm -rf build
help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1\t\2/p' Makefile | expand -t 12

$(B)/sprijin: $(B)/src/main.o $(APPOBJ) $(B)/libsprijin.a
	$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)
$(B)/libsprijin.a: $(LIBOBJ)
	@rm -f $@
	@$(AR) rcs $@ $^
$(B)/unit: $(UNITOBJ) $(APPOBJ) $(B)/libsprijin.a
	$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS) $(shell pkg-config --libs check)
$(B)/screen: $(patsubst %.c,$(B)/%.o,$(wildcard tests/screen/*.c)) $(APPOBJ) $(B)/libsprijin.a
	$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)
$(B)/pty: $(patsubst %.c,$(B)/%.o,$(wildcard tests/e2e/*.c))
	$(CC) $(LDFLAGS) -o $@ $^ $(shell pkg-config --libs vterm) -lutil
$(B)/killsave: $(B)/tests/fault/killsave.o $(B)/libsprijin.a
	$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)
$(B)/diff_xpath: tests/fuzz/diff_xpath.c $(B)/libsprijin.a
	$(CC) $(CPPFLAGS) $(ALLCFLAGS) $(shell pkg-config --cflags libxml-2.0) $(LDFLAGS) -o $@ $^ \
	  $(LDLIBS) $(shell pkg-config --libs libxml-2.0)
$(B)/bench: $(patsubst %.c,$(B)/%.o,$(wildcard tests/bench/*.c)) $(APPOBJ) $(B)/libsprijin.a
	$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)
$(B)/bench-many: $(B)/tests/bench/many/many.o $(B)/libsprijin.a
	$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)
$(B)/bench-forms: $(B)/tests/bench/forms/forms.o $(B)/libsprijin.a
	$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(B)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(ALLCFLAGS) -MMD -MP -c -o $@ $<
$(B)/gen/%.o: $(B)/gen/%.c
	$(CC) $(CPPFLAGS) $(ALLCFLAGS) -Wno-overlength-strings -c -o $@ $<
$(B)/gen/%.mo: locale/%.po
	@mkdir -p $(@D)
	msgfmt -o $@ $<
$(B)/gen/data.c: $(LANGS:%=$(B)/gen/%.mo) $(LANGS:%=locale/words/%.txt) src/vault/log.sql \
                 src/record/projection.sql tests/tools/embed.sh
	@tests/tools/embed.sh $(B)/gen >$@.tmp && mv $@.tmp $@
$(B)/gen/suites.c: $(UNITSRC) tests/tools/suites.sh
	@mkdir -p $(@D)
	@tests/tools/suites.sh $(UNITSRC) >$@

-include $(shell find $(B) -name '*.d' 2>/dev/null)
.PHONY: all deps deps-check deps-lint deps-fuzz run check check-built fault fuzz diff bench bench-peers lint layers locale \
        format install clean help
