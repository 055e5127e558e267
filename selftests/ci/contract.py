#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""contract.py SPEC KEPT FILE: write what the version of SPEC promises into FILE, a line
each. Fails, and names it, if something goes that KEPT promises for the same version."""
import sys

import yaml

SIZES = {"u8": 1, "u16": 2, "u32": 4, "u64": 8}
TYPE = ("type", "len", "enum", "nested-attributes", "struct", "multi-attr")


def typed(a):
    return [a["name"]] + [key if a[key] is True else a[key] for key in TYPE if key in a]


def definition(d):
    if d["type"] == "const":
        yield [d["value"]]
    for number, entry in enumerate(d.get("entries", []), d.get("value-start", 0)):
        yield [number, entry["name"]]
    at = 0
    for member in d.get("members", []):
        yield [at] + typed(member)
        at += member.get("len") or SIZES[member["type"]]


def command(op):
    for mode in ("do", "dump", "event"):
        parts = {mode: op[mode]} if mode == "event" and mode in op else op.get(mode, {})
        for part, content in parts.items():
            for name in content.get("attributes", []):
                yield [mode, part, name]


def promises(spec):
    yield ["version", spec["version"]]
    for d in spec["definitions"]:
        yield from ([d["type"], d["name"]] + line for line in definition(d))
    for s in spec["attribute-sets"]:
        for number, a in enumerate(s["attributes"], 1):
            yield ["attribute", s["name"], number] + typed(a)
    for number, op in enumerate(spec["operations"]["list"], 1):
        yield ["command", number, op["name"]]
        yield from (["command", number, op["name"]] + line for line in command(op))


def main(path, kept, output):
    with open(path, encoding="utf-8") as f:
        now = [" ".join(map(str, line)) for line in promises(yaml.safe_load(f))]
    with open(kept, encoding="utf-8") as f:
        before = f.read().splitlines()
    gone = [line for line in before if line not in now]
    if gone and now[0] in before:
        sys.exit("\n".join(["gone, though it is promised for %s:" % now[0]] + gone))
    with open(output, "w", encoding="utf-8") as f:
        f.write("".join(line + "\n" for line in now))


main(*sys.argv[1:])
