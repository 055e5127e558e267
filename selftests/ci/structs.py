#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""structs.py SPEC HEADER: add the spec's structs to HEADER, the uapi header, for
which the kernel's generator has none."""
import sys
import textwrap

import yaml

# What stands before the attributes.
MARK = "\nenum {\n\tCLOSEWATCH_A_"


def ident(name):
    return name.replace("-", "_")


def comment(text, more=" *   "):
    return textwrap.fill(" ".join(text.split()), 78, initial_indent=" * ",
                         subsequent_indent=more)


def member(m, attributes):
    """The kernel's ynl reads no string in a struct, so there a text is binary."""
    if "len" in m:
        kind = "char" if attributes.get(m["name"]) == "string" else "__u8"
        return "\t%s %s[%d];\n" % (kind, ident(m["name"]), m["len"])
    return "\t__%s %s;\n" % (m["type"], ident(m["name"]))


def struct(d, attributes):
    name = "closewatch_" + ident(d["name"])
    what, _, more = d["doc"].partition(". ")
    docs = [comment("struct %s - %s" % (name, what))]
    docs += [comment("@%s: %s" % (ident(m["name"]), m["doc"]))
             for m in d["members"] if "doc" in m]
    docs += [" *", comment(more, " * ")]
    return "\n/**\n%s\n */\nstruct %s {\n%s};\n" % (
        "\n".join(docs), name, "".join(member(m, attributes) for m in d["members"]))


def main(spec, header):
    with open(spec, encoding="utf-8") as f:
        spec = yaml.safe_load(f)
    attributes = {a["name"]: a["type"] for s in spec["attribute-sets"]
                  if s["name"] == "event" for a in s["attributes"]}
    with open(header, encoding="utf-8") as f:
        text = f.read()
    guard = "#define _UAPI_LINUX_CLOSEWATCH_H\n"
    structs = "".join(struct(d, attributes) for d in spec["definitions"]
                      if d["type"] == "struct")
    assert guard in text and MARK in text
    text = text.replace(guard, guard + "\n#include <linux/types.h>\n", 1)
    text = text.replace(MARK, structs + MARK, 1)
    with open(header, "w", encoding="utf-8") as f:
        f.write(text)


main(sys.argv[1], sys.argv[2])
