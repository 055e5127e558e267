#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""protocol.py SPEC FILE: write the page that describes the protocol in SPEC into FILE."""
import sys
import textwrap

import yaml

HEAD = """.. SPDX-License-Identifier: GPL-2.0
.. Do not edit: make spec generates it from Documentation/netlink/specs/closewatch.yaml.

====================
The netlink protocol
====================

The generic netlink family ``%s``, version %s. This page is for those who write
programs of their own; it says no more than the spec_, from which it is generated.
Numbers are in the host's byte order.

``Documentation/examples/`` has clients to copy from, in C by libnl-3 and in Python by
its standard library alone. The kernel tree's own library (``tools/net/ynl``) needs only
the spec::

    from pyynl.lib import YnlFamily

    ynl = YnlFamily("closewatch.yaml", schema="", process_unknown=True)
    ynl.subscribe({"filter": {"local-port": 80}})
    for message in ynl.poll_ntf():
        for event in message["msg"]["event"]:
            print(event.get("facts", event))

``process_unknown`` is for words of a newer module, and for members that do not apply.
What ``closewatch -j`` prints, and ``closewatch record`` keeps, has the schema
``Documentation/netlink/closewatch.schema.json``; its members are named after attributes
and change as they may.

.. _spec: netlink/specs/closewatch.yaml

"""
SIZES = {"u8": 1, "u16": 2, "u32": 4, "u64": 8}


def title(text, line):
    return "%s\n%s\n\n" % (text, line * len(text))


def label(kind, name):
    return ".. _%s %s:\n\n" % (kind, name)


def link(kind, name):
    return "`%s <%s %s_>`__" % (name, kind, name)


def paragraph(text, indent=""):
    return textwrap.fill(" ".join(text.split()), 88, initial_indent=indent,
                         subsequent_indent=indent, break_long_words=False,
                         break_on_hyphens=False) + "\n"


def item(term, doc):
    return "%s\n%s\n" % (term, paragraph(doc, "    "))


def kind_of(spec, a):
    """Its type with what the kernel checks, as a reader of the page looks it up."""
    words = [a["type"]]
    if "nested-attributes" in a:
        words = ["nest of " + link("set", a["nested-attributes"])]
    elif "struct" in a:
        words = ["struct " + link("struct", a["struct"])]
    elif "len" in a:
        words = ["%d bytes" % a["len"]]
    if "enum" in a:
        words.append("a word of " + link("enum", a["enum"]))
    limits = {"min": "at least %s", "max": "at most %s", "max-len": "at most %s bytes"}
    consts = {d["name"]: d["value"] for d in spec["definitions"] if d["type"] == "const"}
    words += [limits[c] % consts.get(v, v) for c, v in a.get("checks", {}).items()]
    return ", ".join(words + ["may be repeated"] * a.get("multi-attr", False))


def operation(number, op):
    def listed(name, part):
        attributes = part.get("attributes", [])
        return "%s: %s\n\n" % (name, ", ".join("*%s*" % a for a in attributes) or "no attributes")
    text = title("%s (%d)" % (op["name"], number), "-")
    text += paragraph(op["doc"]) + "\n"
    for mode in ("do", "dump", "event"):
        if mode == "event" and mode in op:
            text += listed("Message", op[mode])
        elif mode in op:
            text += listed("Request (%s)" % mode, op[mode]["request"])
            if "reply" in op[mode]:
                text += listed("Reply", op[mode]["reply"])
    return text + "Rights: CAP_NET_ADMIN\n\n" * ("admin-perm" in op.get("flags", []))


def attribute_set(spec, s):
    text = label("set", s["name"]) + title(s["name"], "-")
    if "doc" in s:
        text += paragraph(s["doc"]) + "\n"
    return text + "".join(item("``%s`` (%d): %s" % (a["name"], n, kind_of(spec, a)), a["doc"])
                          for n, a in enumerate(s["attributes"], 1))


def struct(spec, d):
    """A member says what the attribute of an event of the same name does."""
    event = [s for s in spec["attribute-sets"] if s["name"] == "event"][0]
    docs = {a["name"]: a["doc"] for a in event["attributes"]}
    text = label("struct", d["name"]) + title("struct " + d["name"], "-") + paragraph(d["doc"]) + "\n"
    at = 0
    for m in d["members"]:
        text += item("``%s`` (at %d): %s" % (m["name"], at, kind_of(spec, m)),
                     docs.get(m["name"], "") + " " + m.get("doc", ""))
        at += m.get("len") or SIZES[m["type"]]
    return text


def enum(d):
    text = label("enum", d["name"]) + title(d["name"], "-") + paragraph(d["doc"]) + "\n"
    return text + "".join(item("``%s`` (%d)" % (e["name"], n), e["doc"])
                          for n, e in enumerate(d["entries"], d.get("value-start", 0)))


def main(path, output):
    with open(path, encoding="utf-8") as f:
        spec = yaml.safe_load(f)
    found = {kind: [d for d in spec["definitions"] if d["type"] == kind]
             for kind in ("struct", "enum")}
    text = HEAD % (spec["name"], spec["version"]) + spec["doc"] + "\n"
    text += title("Commands", "=")
    text += "".join(operation(n, op) for n, op in enumerate(spec["operations"]["list"], 1))
    text += title("Attributes", "=")
    text += "".join(attribute_set(spec, s) for s in spec["attribute-sets"])
    text += title("Structs", "=") + "".join(struct(spec, d) for d in found["struct"])
    text += title("Words", "=") + "".join(enum(d) for d in found["enum"])
    with open(output, "w", encoding="utf-8") as f:
        f.write(text.rstrip("\n") + "\n")


main(*sys.argv[1:])
