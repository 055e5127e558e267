#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""names.py SPEC FOLDER: write names_gen.c and names_gen.h, the words of the
spec's enums and of an event's members with what they mean, into FOLDER."""
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
	{enum}_words, {count}, {enum}_docs,
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


def structs_of(spec, attributes):
    """The members of its structs that are no attributes, as an enum without values."""
    known = [a["name"] for a in attributes["entries"]]
    members = [dict(m, name=ident(m["name"])) for d in spec["definitions"]
               if d["type"] == "struct" for m in d["members"] if m["name"] != "has"]
    return {"name": "a-more", "doc": attributes["doc"],
            "entries": [m for m in members if m["name"] not in known]}


def source(enum):
    prefix = "CLOSEWATCH_" + ident(enum["name"]).upper()
    count = prefix + "_MAX + 1"
    rows = docs = ""
    for i, e in enumerate(enum["entries"]):
        value = "%s_%s" % (prefix, ident(e["name"]).upper())
        if enum["name"] == "a-more":
            value, count = i, i + 1
        rows += '\t[%s] = CW_WORD_IS("%s"),\n' % (value, word(enum["name"], e["name"]))
        docs += "\t[%s] = %s,\n" % (value, text(e["doc"]))
    return SOURCE.format(enum=ident(enum["name"]), rows=rows, docs=docs, count=count,
                         name="member" if enum["name"].startswith("a-") else enum["name"],
                         doc=text(enum["doc"]))


def main(path, folder):
    with open(path, encoding="utf-8") as f:
        spec = yaml.safe_load(f)
    event = event_of(spec)
    enums = [d for d in spec["definitions"] if d["type"] == "enum"]
    enums += [event, structs_of(spec, event)]
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
