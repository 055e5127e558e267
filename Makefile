# SPDX-License-Identifier: GPL-2.0
#
# The one front door. The module is built by Kbuild against KDIR, the utility by
# userspace/Makefile; what needs a kernel to run in happens in a guest
# (selftests/vm/).

GUEST	:= 6.1
KERNELS	:= 5.10 6.1 6.12 7.2 6.1-rt 6.12-rt 6.1-arm64 6.12-arm64
KDIR	?= /lib/modules/$(shell uname -r)/build
VM	:= selftests/vm
VERSION	:= $(shell sed -n 's/.*CW_VERSION "\(.*\)"/\1/p' module/core/version.h)

# Of check-truth
KERNEL	:= 6.1
N	:= 10000
SEED	:=

# A kernel of which nothing was said serves only if it can load what we build.
ifneq ($(wildcard $(KDIR)/Makefile),)
HOST_KERNEL := $(if $(filter file default,$(origin KDIR)),$(wildcard /proc/modules),y)
endif

all: module userspace

module:
ifneq ($(HOST_KERNEL),)
	$(MAKE) -C $(KDIR) M=$(CURDIR) modules
else ifeq ($(filter file default,$(origin KDIR)),)
	@echo "closewatch: KDIR=$(KDIR) holds no kernel headers" >&2; exit 1
else
	@echo "closewatch: this machine's kernel has no headers or cannot load" \
		"modules, so the module is built for the guest's kernel ($(GUEST));" \
		"try 'make demo'"
	@$(VM)/deps
	@cp "$$($(VM)/build $(GUEST))/closewatch.ko" closewatch.ko
	@echo "closewatch: closewatch.ko is for" \
		"$$(cat "$$($(VM)/kernel $(GUEST))/version") only"
endif

userspace:
	@pkg-config --exists libnl-genl-3.0 json-c ncursesw || $(VM)/deps
	$(MAKE) -C userspace

# Where no module can be loaded none is installed.
install: $(if $(HOST_KERNEL),module) userspace
ifneq ($(HOST_KERNEL),)
	$(MAKE) -C $(KDIR) M=$(CURDIR) INSTALL_MOD_PATH=$(DESTDIR) \
		INSTALL_MOD_DIR=updates modules_install
	$(if $(DESTDIR),,depmod -a)
endif
	$(MAKE) -C userspace install

uninstall:
ifneq ($(HOST_KERNEL),)
	rm -f $(DESTDIR)/lib/modules/$$($(MAKE) -s --no-print-directory -C $(KDIR) \
		kernelrelease)/updates/closewatch.ko*
	$(if $(DESTDIR),,depmod -a)
endif
	$(MAKE) -C userspace uninstall

# The module's source for DKMS, which reads the version in dkms.conf.
DKMS_SOURCE = $(DESTDIR)/usr/src/closewatch-$(VERSION)

install-dkms:
	find Kbuild module -name '*.[ch]' -o -name Kbuild | \
		xargs -I {} install -D -m 644 {} $(DKMS_SOURCE)/{}
	sed 's/#MODULE_VERSION#/$(VERSION)/' module/dkms.conf >$(DKMS_SOURCE)/dkms.conf

deb:
	selftests/ci/deb deb

clean:
	rm -rf closewatch.ko deb
ifneq ($(HOST_KERNEL),)
	$(MAKE) -C $(KDIR) M=$(CURDIR) clean
endif
	$(MAKE) -C userspace clean

spec:
	selftests/ci/spec.sh write

demo:
	@selftests/demo/run $(GUEST)

screens:
	@selftests/demo/screens $(GUEST)

proof:
	@selftests/demo/proof $(GUEST)

shell:
	@$(VM)/shell $(GUEST)

bench:
	@selftests/bench/bench

check:
	@selftests/ci/check.sh

check-unit:
	@selftests/ci/check.sh unit

lint:
	@selftests/ci/check.sh lint

check-kernels:
	@selftests/ci/check.sh $(KERNELS)

check-debug:
	@CLOSEWATCH_GUEST_MEMORY=2048 SUITE_SECONDS=5400 GUEST_TEST_SECONDS=1200 \
		selftests/ci/check.sh debug

check-hard:
	@selftests/ci/check.sh hard $(if $(filter file,$(origin GUEST)),,$(GUEST))

check-field:
	@selftests/ci/check.sh field

check-kselftest:
	@selftests/ci/check.sh kselftest

check-packetdrill:
	$(if $(PACKETDRILL),,$(error PACKETDRILL= does not name packetdrill's source))
	@PACKETDRILL="$(PACKETDRILL)" CLOSEWATCH_GUESTS=1 SUITE_SECONDS=7200 \
		GUEST_TEST_SECONDS=7000 $(VM)/run-suite $(GUEST) packetdrill.sh

check-install:
	@selftests/ci/check.sh install

check-clang:
	@selftests/ci/check.sh clang

fuzz:
	@selftests/vm/deps clang
	@$(MAKE) -C userspace fuzz

check-truth:
	@selftests/truth/check.sh $(KERNEL) $(N) $(SEED)

help:
	@echo "make                module (against KDIR) and utility"
	@echo "make install        both, man pages and completions (DESTDIR, PREFIX);" \
		"make uninstall"
	@echo "make install-dkms   the module's source for 'dkms install closewatch/$(VERSION)'"
	@echo "make deb            Debian packages, in deb/"
	@echo "make demo           watch it at work in a guest"
	@echo "make screens        README's pictures, from what a guest shows"
	@echo "make proof          what real servers lose without and with a drain"
	@echo "make shell          a guest to play in, everything loaded"
	@echo "make check          all tests; guest: $(GUEST)"
	@echo "make check-unit     unit tests on this host"
	@echo "make check-kernels  the guest's tests on KERNELS=\"$(KERNELS)\";" \
		"two hours are enough for four of them"
	@echo "make check-debug    the same on a kernel with KASAN, lockdep and kmemleak"
	@echo "make check-clang    some of them with the module built by clang"
	@echo "make check-hard     attacks, on 6.1 and that kernel or GUEST=; HARD_MESSAGES=," \
		"HARD_SECONDS=, HARD_PEERS=, SEED= of your choice"
	@echo "make check-field    public bug reports, rebuilt with their servers and" \
		"clients: is what is said true, and what is advised of use?"
	@echo "make check-install  the Debian packages on a fresh Debian 12 with systemd:" \
		"upgrades, another kernel, Secure Boot, purge"
	@echo "make check-kselftest  the selftests as kernel people run them (selftests/README)"
	@echo "make check-packetdrill PACKETDRILL=SOURCE  packetdrill's scripts, watched"
	@echo "make fuzz           libFuzzer on what the utility reads and shows;" \
		"FUZZ_SECONDS="
	@echo "make check-truth    N=$(N) random connections against the wire, on" \
		"KERNEL=$(KERNEL), SEED= of your choice"
	@echo "make bench          what it costs beside its peers; SERIES=, SEEDS=," \
		"RUNS=, PROFILE= (selftests/bench/bench)"
	@echo "make lint           compilers' warnings, sparse, checkpatch, rules"
	@echo "make spec           regenerate code from the netlink spec"
	@echo "make clean          what was built here (the cache stays)"
	@echo "GUEST=6.12 or 6.1-arm64 chooses the guest of demo, proof and shell."

.PHONY: all module userspace install uninstall install-dkms deb clean spec demo screens \
	proof shell bench check check-unit lint check-kernels check-debug check-clang check-hard \
	check-truth check-field check-install check-kselftest check-packetdrill fuzz help
