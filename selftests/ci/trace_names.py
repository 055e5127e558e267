#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""trace_names.py SPEC FILE: write the words of those enums of the spec that our
tracepoints print, as __print_symbolic() wants them, into FILE."""
import os
import sys

import yaml

ENUMS = ("path", "fate", "verdict", "drain-outcome")

HEAD = """/* SPDX-License-Identifier: GPL-2.0 */
/* Do not edit: make spec generates it from Documentation/netlink/specs/{spec}. */
#ifndef CW_TRACE_NAMES_H
#define CW_TRACE_NAMES_H
"""


def macro(enum):
    lines = ["#define CW_TRACE_" + enum["name"].upper().replace("-", "_")]
    lines += ['{ %d, "%s" },' % (i, e["name"]) for i, e in enumerate(enum["entries"])]
    lines[-1] = lines[-1].rstrip(",")
    return " \\\n\t".join(lines) + "\n"


def main(path, target):
    with open(path, encoding="utf-8") as f:
        spec = yaml.safe_load(f)
    enums = [d for d in spec["definitions"] if d["name"] in ENUMS]
    with open(target, "w", encoding="utf-8") as f:
        f.write(HEAD.format(spec=os.path.basename(path)))
        f.write("".join("\n" + macro(e) for e in enums))
        f.write("\n#endif\n")


main(sys.argv[1], sys.argv[2])
