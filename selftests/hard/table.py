#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""table.py SPEC: the netlink spec as tables in C, for the fuzzer."""
import sys
import yaml

MAX = {"u8": 0xff, "u16": 0xffff, "u32": 0xffffffff, "u64": 0xffffffffffffffff}
spec = yaml.safe_load(open(sys.argv[1], encoding="utf-8"))
defs = {d["name"]: d for d in spec["definitions"]}
sets = [s["name"] for s in spec["attribute-sets"]]


def const(value):
    return defs[value]["value"] if isinstance(value, str) else value


def kind(attr):
    if attr["name"].endswith("-fd"):
        return "FD"
    if attr["name"] in ("cookie", "id"):
        return attr["name"].upper()
    return attr["type"].upper()


def limits(attr):
    checks = attr.get("checks", {})
    top = MAX.get(attr["type"], 0)
    if "enum" in attr:
        enum = defs[attr["enum"]]
        top = len(enum["entries"]) + enum.get("value-start", 0) - 1
    top = checks.get("max", checks.get("max-len", top))
    return const(checks.get("min", 0)), const(top)


def name(text):
    return text.replace("-", "_")


for s in spec["attribute-sets"]:
    print(f"static const struct spec_attr spec_{name(s['name'])}[] = {{")
    for number, a in enumerate(s["attributes"], 1):
        nest = sets.index(a["nested-attributes"]) if a["type"] == "nest" else -1
        low, high = limits(a)
        print(f"\t{{ {number}, SPEC_{kind(a)}, {nest}, {low}ULL, {high}ULL }},")
    print("};\n")

print("static const struct spec_set spec_sets[] = {")
for s in sets:
    print(f"\t{{ spec_{name(s)}, {len(spec['attribute-sets'][sets.index(s)]['attributes'])} }},")
print("};\n")

top = [a["name"] for a in spec["attribute-sets"][sets.index("message")]["attributes"]]
print("static const struct spec_op spec_ops[] = {")
for number, op in enumerate(spec["operations"]["list"], 1):
    mode = next((m for m in ("do", "dump") if m in op), None)
    if not mode:
        continue
    wanted = op[mode]["request"].get("attributes", [])
    mask = sum(1 << top.index(a) for a in wanted)
    print(f"\t{{ {number}, {int(mode == 'dump')}, {mask}, \"{op['name']}\" }},")
print("};\n")
print(f"#define SPEC_MESSAGE {sets.index('message')}")
print(f"#define SPEC_POLICY {sets.index('policy')}")
