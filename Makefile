# SPDX-License-Identifier: GPL-2.0
#
# The one front door. The module is built by Kbuild against KDIR, the utility by
# userspace/Makefile; what needs a kernel to run in happens in a guest
# (selftests/vm/).

GUEST	:= 6.1
KERNELS	:= 5.10 6.1 6.12 7.2
KDIR	?= /lib/modules/$(shell uname -r)/build
VM	:= selftests/vm

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
	@pkg-config --exists libnl-genl-3.0 || $(VM)/deps
	$(MAKE) -C userspace

install: all
ifneq ($(HOST_KERNEL),)
	$(MAKE) -C $(KDIR) M=$(CURDIR) INSTALL_MOD_PATH=$(DESTDIR) modules_install
	$(if $(DESTDIR),,depmod -a)
endif
	$(MAKE) -C userspace install

clean:
	rm -f closewatch.ko
ifneq ($(HOST_KERNEL),)
	$(MAKE) -C $(KDIR) M=$(CURDIR) clean
endif
	$(MAKE) -C userspace clean

spec:
	selftests/ci/spec.sh write

demo:
	@selftests/demo/run $(GUEST)

proof:
	@selftests/servers/proof $(GUEST)

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
	@selftests/ci/check.sh hard

fuzz:
	@selftests/vm/deps clang
	@$(MAKE) -C userspace fuzz

check-truth:
	@selftests/truth/check.sh $(KERNEL) $(N) $(SEED)

help:
	@echo "make                module (against KDIR) and utility"
	@echo "make install        both, and the man page (DESTDIR, PREFIX)"
	@echo "make demo           watch it at work in a guest"
	@echo "make proof          what real servers lose without and with a drain"
	@echo "make shell          a guest to play in, everything loaded"
	@echo "make check          all tests; guest: $(GUEST)"
	@echo "make check-unit     unit tests on this host"
	@echo "make check-kernels  the guest's tests on $(KERNELS)"
	@echo "make check-debug    the same on a kernel with KASAN, lockdep and kmemleak"
	@echo "make check-hard     attacks, on 6.1 and that kernel; HARD_MESSAGES=," \
		"HARD_SECONDS=, HARD_PEERS=, SEED= of your choice"
	@echo "make fuzz           libFuzzer on what the utility reads and shows;" \
		"FUZZ_SECONDS="
	@echo "make check-truth    N=$(N) random connections against the wire, on" \
		"KERNEL=$(KERNEL), SEED= of your choice"
	@echo "make bench          what it costs beside its peers; SERIES=, SEEDS=," \
		"RUNS=, PROFILE= (selftests/bench/bench)"
	@echo "make lint           compilers' warnings, sparse, checkpatch, rules"
	@echo "make spec           regenerate code from the netlink spec"
	@echo "make clean          what was built here (the cache stays)"
	@echo "GUEST=6.12 chooses the guest of demo, proof and shell."

.PHONY: all module userspace install clean spec demo proof shell bench check check-unit \
	lint check-kernels check-debug check-hard check-truth fuzz help
