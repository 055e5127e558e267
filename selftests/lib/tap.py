# SPDX-License-Identifier: GPL-2.0
"""What tests in Python need, or they skip, and how they tell their results."""
import os
import shutil
import sys
import traceback

INITIAL_USERNS = 4026531837


def skip_all(reason):
    print("TAP version 13\n1..0 # SKIP " + reason)
    sys.exit(4)


def needs(*commands):
    """Root, the module, and commands in PATH."""
    if os.geteuid() or os.stat("/proc/self/ns/user").st_ino != INITIAL_USERNS:
        skip_all("needs root of the initial user namespace")
    if not os.path.exists("/sys/module/closewatch/initstate"):
        skip_all("closewatch.ko is not loaded")
    for command in commands:
        if not shutil.which(command):
            skip_all("needs " + command)


def run(tests):
    """Each function is a claim, which its name states. The status to exit with."""
    failed = 0
    print("TAP version 13\n1..%d" % len(tests), flush=True)
    for number, test in enumerate(tests, 1):
        try:
            test()
            print("ok %d %s" % (number, test.__name__), flush=True)
        except Exception:  # pylint: disable=broad-except
            failed = 1
            print("# " + traceback.format_exc().strip().replace("\n", "\n# "))
            print("not ok %d %s" % (number, test.__name__), flush=True)
    return failed
