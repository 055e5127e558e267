#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""members.py SCHEMA: of the JSON lines of closewatch explain on standard input, are the
members that are explained those that some verb prints? These are in SCHEMA, or stand in
the sources as the keys of what is printed. Run in userspace/."""
import glob
import json
import re
import sys

# Calls that print a fact: its key is the second argument, or the third.
CALL = re.compile(r'\b(\w+)\(\s*(?:v|d->\w+),\s*(?:w,\s*)?"([a-z][a-z0-9_]*)"')
TEXT_ONLY = {"cw_view_below", "cw_view_list_text", "cw_view_text"}
# Of the messages whose attributes are members under their own names
ATTRIBUTES = {
    "output/record_policy.c": r"\bput\(v, p, ([A-Z_0-9]+),",
    "cmd/cmd_info.c": r"CLOSEWATCH_A_INFO_(\w+)",
}
# struct counting in output/record_stats.c: its key, and what a row has
COUNTING = re.compile(r'"(\w+)", \w+_layout, &cw_\w+_names, "(\w+)",\s*"(\w+)"')


def of_schema(node):
    """The names of all properties."""
    if isinstance(node, dict):
        yield from node.get("properties", {})
        node = list(node.values())
    if isinstance(node, list):
        for child in node:
            yield from of_schema(child)


def of_sources():
    for path in glob.glob("cmd/*.c") + glob.glob("output/*.c"):
        with open(path, encoding="utf-8") as f:
            text = f.read()
        yield from (key for call, key in CALL.findall(text) if call not in TEXT_ONLY)
        yield from (key for row in COUNTING.findall(text) for key in row)
        if path in ATTRIBUTES:
            yield from (a.lower() for a in re.findall(ATTRIBUTES[path], text))


def main(schema):
    with open(schema, encoding="utf-8") as f:
        printed = set(of_schema(json.load(f))) | set(of_sources())
    lines = [json.loads(line) for line in sys.stdin]
    # That of --group-by peer is the key of its groups
    printed.add("peer")
    explained = {line["word"] for line in lines if line["kind"] == "member"}
    print("%d members; not explained: %s; not printed: %s" % (
        len(printed), " ".join(sorted(printed - explained)) or "none",
        " ".join(sorted(explained - printed)) or "none"))


main(*sys.argv[1:])
