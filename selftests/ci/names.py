#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""names.py SPEC FOLDER: write names_gen.c and names_gen.h, the words of the
spec's enums and of an event's attributes with what they mean, into FOLDER."""
import os
import sys

import yaml

HEAD = """{spdx}
/* Do not edit: make spec generates it from {spec}. */
"""

SOURCE = """
static const struct cw_word {enum}_words[] = {{
{rows}}};

static const char *const {enum}_docs[] = {{
{docs}}};

const struct cw_names cw_{enum}_names = {{
	{enum}_words, {prefix}_MAX + 1, {enum}_docs,
	"{name}", {doc},
}};
"""

ALL = """
const struct cw_names *const cw_all_names[] = {{
{rows}	NULL
}};
"""


def ident(name):
    return name.replace("-", "_")


def word(enum, entry):
    # TCP states are written as the kernel and RFC 9293 write them.
    return ident(entry).upper() if enum == "state" else entry


def text(doc):
    return '"%s"' % " ".join(doc.split()).replace("\\", "\\\\").replace('"', '\\"')


def event_of(spec):
    """The attributes of an event as an enum, named as JSON names them."""
    found = [s for s in spec["attribute-sets"] if s["name"] == "event"][0]
    return {"name": "a-event", "doc": "A member of an event.",
            "entries": [dict(a, name=a["name"].replace("-", "_"))
                        for a in found["attributes"] if a["name"] != "pad"]}


def source(enum):
    prefix = "CLOSEWATCH_" + ident(enum["name"]).upper()
    rows = "".join('\t[%s_%s] = CW_WORD_IS("%s"),\n' %
                   (prefix, ident(e["name"]).upper(), word(enum["name"], e["name"]))
                   for e in enum["entries"])
    docs = "".join("\t[%s_%s] = %s,\n" %
                   (prefix, ident(e["name"]).upper(), text(e["doc"]))
                   for e in enum["entries"])
    return SOURCE.format(enum=ident(enum["name"]), rows=rows, docs=docs, prefix=prefix,
                         name=enum["name"].replace("a-event", "member"),
                         doc=text(enum["doc"]))


def main(path, folder):
    with open(path, encoding="utf-8") as f:
        spec = yaml.safe_load(f)
    enums = [d for d in spec["definitions"] if d["type"] == "enum"] + [event_of(spec)]
    name = "Documentation/netlink/specs/" + os.path.basename(path)
    with open(os.path.join(folder, "names_gen.c"), "w", encoding="utf-8") as f:
        f.write(HEAD.format(spdx="// SPDX-License-Identifier: GPL-2.0", spec=name))
        f.write('#include <linux/closewatch.h>\n\n#include "base/names_gen.h"\n')
        f.write("".join(source(e) for e in enums))
        f.write(ALL.format(rows="".join("\t&cw_%s_names,\n" % ident(e["name"])
                                        for e in enums)))
    with open(os.path.join(folder, "names_gen.h"), "w", encoding="utf-8") as f:
        f.write(HEAD.format(spdx="/* SPDX-License-Identifier: GPL-2.0 */", spec=name))
        f.write("#ifndef CLOSEWATCH_NAMES_GEN_H\n#define CLOSEWATCH_NAMES_GEN_H\n\n")
        f.write('#include "base/names.h"\n\n')
        f.write("".join("extern const struct cw_names cw_%s_names;\n" %
                        ident(e["name"]) for e in enums))
        f.write("\n/* All of them; the last is NULL. */\n"
                "extern const struct cw_names *const cw_all_names[];\n")
        f.write("\n#endif\n")


main(sys.argv[1], sys.argv[2])
