#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""names.py SPEC FOLDER: write names_gen.c and names_gen.h, the words of the
spec's enums and of an event's members with what they mean, into FOLDER."""
import os
import sys

import yaml

import members

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


def word(enum, entry):
    # TCP states are written as the kernel and RFC 9293 write them.
    return members.ident(entry).upper() if enum == "state" else entry


def text(doc):
    return '"%s"' % " ".join(doc.split()).replace("\\", "\\\\").replace('"', '\\"')


def event_of(spec):
    """The attributes of an event as an enum, named as JSON names them."""
    return {"name": "a-event", "doc": "A member of an event.",
            "entries": [dict(a, json=name, doc=members.doc(a))
                        for name, a in members.of_set(spec, "event").items()]}


def structs_of(spec):
    """The members of an event's structs that are no attributes, an enum without values."""
    found = [s for s in spec["attribute-sets"] if s["name"] == "event"][0]
    known = {a["name"] for a in found["attributes"]} | members.LEFT["event"]
    return {"name": "a-more", "doc": "A member of an event.",
            "entries": [dict(m, json=members.ident(m["name"]), doc=members.doc(m))
                        for d in spec["definitions"] if d["type"] == "struct"
                        for m in d["members"] if m["name"] not in known]}


def rest_of(spec):
    """The same of what the verbs show of the module, of policies and of counters."""
    found = {(name, members.doc(a)): dict(a, json=name, doc=members.doc(a))
             for kind in members.LEFT if kind != "event"
             for name, a in members.of_set(spec, kind).items()}
    return {"name": "a-rest", "doc": "A member of info, doctor, list or stats.",
            "entries": list(found.values())}


def source(enum):
    prefix = "CLOSEWATCH_" + members.ident(enum["name"]).upper()
    count = prefix + "_MAX + 1"
    if enum["name"].startswith("a-"):
        # Those that JSON has not have no row, which may be the last.
        count = "ARRAY_SIZE(%s_words)" % members.ident(enum["name"])
    rows = docs = ""
    for i, e in enumerate(enum["entries"]):
        value = "%s_%s" % (prefix, members.ident(e["name"]).upper())
        if enum["name"] in ("a-more", "a-rest"):
            value = i
        rows += '\t[%s] = CW_WORD_IS("%s"),\n' % (
            value, e.get("json") or word(enum["name"], e["name"]))
        docs += "\t[%s] = %s,\n" % (value, text(e["doc"]))
    return SOURCE.format(enum=members.ident(enum["name"]), rows=rows, docs=docs, count=count,
                         name="member" if enum["name"].startswith("a-") else enum["name"],
                         doc=text(enum["doc"]))


def main(path, folder):
    with open(path, encoding="utf-8") as f:
        spec = yaml.safe_load(f)
    enums = [d for d in spec["definitions"] if d["type"] == "enum"]
    enums += [event_of(spec), structs_of(spec), rest_of(spec)]
    name = "Documentation/netlink/specs/" + os.path.basename(path)
    with open(os.path.join(folder, "names_gen.c"), "w", encoding="utf-8") as f:
        f.write(HEAD.format(spdx="// SPDX-License-Identifier: GPL-2.0", spec=name))
        f.write('#include <linux/closewatch.h>\n\n#include "base/names_gen.h"\n')
        f.write("".join(source(e) for e in enums))
        f.write(ALL.format(rows="".join("\t&cw_%s_names,\n" % members.ident(e["name"])
                                        for e in enums)))
    with open(os.path.join(folder, "names_gen.h"), "w", encoding="utf-8") as f:
        f.write(HEAD.format(spdx="/* SPDX-License-Identifier: GPL-2.0 */", spec=name))
        f.write("#ifndef CLOSEWATCH_NAMES_GEN_H\n#define CLOSEWATCH_NAMES_GEN_H\n\n")
        f.write('#include "base/names.h"\n\n')
        f.write("".join("extern const struct cw_names cw_%s_names;\n" %
                        members.ident(e["name"]) for e in enums))
        f.write("\n/* All of them; the last is NULL. */\n"
                "extern const struct cw_names *const cw_all_names[];\n")
        f.write("\n#endif\n")


main(sys.argv[1], sys.argv[2])
