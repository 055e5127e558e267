#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""names.py SPEC FOLDER: write names_gen.c and names_gen.h, the words of the
spec's enums, into FOLDER."""
import os
import sys

import yaml

HEAD = """{spdx}
/* Do not edit: make spec generates it from {spec}. */
"""

SOURCE = """
static const struct cw_word {enum}_words[] = {{
{rows}}};

const struct cw_names cw_{enum}_names = {{ {enum}_words, {prefix}_MAX + 1 }};
"""


def ident(name):
    return name.replace("-", "_")


def word(enum, entry):
    # TCP states are written as the kernel and RFC 9293 write them.
    return ident(entry).upper() if enum == "state" else entry


def source(enum):
    prefix = "CLOSEWATCH_" + ident(enum["name"]).upper()
    names = [e if isinstance(e, str) else e["name"] for e in enum["entries"]]
    rows = "".join('\t[%s_%s] = CW_WORD_IS("%s"),\n' % (prefix, ident(n).upper(),
                                            word(enum["name"], n)) for n in names)
    return SOURCE.format(enum=ident(enum["name"]), rows=rows, prefix=prefix)


def main(path, folder):
    with open(path, encoding="utf-8") as f:
        spec = yaml.safe_load(f)
    enums = [d for d in spec["definitions"] if d["type"] == "enum"]
    name = "Documentation/netlink/specs/" + os.path.basename(path)
    with open(os.path.join(folder, "names_gen.c"), "w", encoding="utf-8") as f:
        f.write(HEAD.format(spdx="// SPDX-License-Identifier: GPL-2.0", spec=name))
        f.write('#include <linux/closewatch.h>\n\n#include "base/names_gen.h"\n')
        f.write("".join(source(e) for e in enums))
    with open(os.path.join(folder, "names_gen.h"), "w", encoding="utf-8") as f:
        f.write(HEAD.format(spdx="/* SPDX-License-Identifier: GPL-2.0 */", spec=name))
        f.write("#ifndef CLOSEWATCH_NAMES_GEN_H\n#define CLOSEWATCH_NAMES_GEN_H\n\n")
        f.write('#include "base/names.h"\n\n')
        f.write("".join("extern const struct cw_names cw_%s_names;\n" %
                        ident(e["name"]) for e in enums))
        f.write("\n#endif\n")


main(sys.argv[1], sys.argv[2])
