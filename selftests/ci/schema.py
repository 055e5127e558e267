#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""schema.py SPEC FILE: write the JSON schema of events, as watch -j and record print
them, into FILE."""
import json
import sys

import yaml

from members import BOOLS, LEFT, LINGER, doc, ident

NUMBER = {"type": "string", "pattern": "^(0|[1-9][0-9]*)$"}
TEXT = {"type": "string"}
FLAG = {"type": "boolean"}
FIRSTS = ["unknown", "a", "b", "both", "between"]
U32 = {"type": "integer", "minimum": 0, "maximum": 2 ** 32 - 1}


def closed(properties, required=()):
    return {"type": "object", "additionalProperties": False,
            "required": list(required), "properties": properties}


def words(spec, enum):
    """A value that is newer than the program is its number."""
    found = [d for d in spec["definitions"] if d["name"] == enum][0]
    names = [e["name"] if isinstance(e, dict) else e for e in found["entries"]]
    if enum == "state":
        names = [ident(n).upper() for n in names]
    return {"anyOf": [{"enum": names}, NUMBER]}


def value(spec, a):
    enum = a.get("enum")
    if a["name"] in BOOLS:
        return FLAG
    if enum:
        return words(spec, enum)
    if a["name"] == "connect-error":
        return {"anyOf": [{"type": "string", "pattern": "^E[A-Z]+$"}, NUMBER]}
    if a["name"] == "time":
        return {"type": "string", "pattern":
                "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}\\.[0-9]{9}Z$"}
    if a["type"] == "u64":
        return NUMBER
    if a["type"] in ("u8", "u16", "u32"):
        return {"type": "integer", "minimum": 0,
                "maximum": 2 ** int(a["type"][1:]) - 1}
    return TEXT


def described(spec, a):
    return dict(value(spec, a), description=doc(a))


def event_of(spec):
    found = [s for s in spec["attribute-sets"] if s["name"] == "event"][0]
    more = [m for d in spec["definitions"] if d["name"] in ("facts", "more")
            for m in d["members"]]
    left = LEFT["event"] | {"type", "family"}
    # An attribute has the doc that a struct's member may lack.
    attributes = {a["name"]: a for a in more + found["attributes"]}
    return {n: a for n, a in attributes.items() if n not in left}


PROCESS = closed({"comm": TEXT, "pid": {"type": "integer"}, "fd": {"type": "integer"}},
                 ["comm", "pid", "fd"])


def properties(spec):
    attributes = event_of(spec)
    end = closed({"addr": TEXT, "port": {"type": "integer", "minimum": 0,
                                         "maximum": 65535}}, ["addr", "port"])
    all_of = {
        "event": words(spec, "event-type"),
        "family": {"anyOf": [{"enum": ["ipv4", "ipv6"]}, NUMBER]},
        "local": end, "remote": end,
        "linger": closed({short: described(spec, attributes[name])
                          for name, short in LINGER.items()}),
        "netns_name": TEXT, "listening": FLAG, "cgroup_path": TEXT,
        "container": TEXT, "pod": TEXT,
        "holders": closed({"best_effort": {"const": True}, "complete": FLAG,
                           "processes": {"type": "array", "items": PROCESS}},
                          ["best_effort", "complete", "processes"]),
        "diag": closed({"cause": TEXT, "remedy": TEXT}, ["cause", "remedy"]),
        "stack": closed({"kernel": TEXT, "program": TEXT}, ["kernel", "program"]),
    }
    all_of.update({ident(n): described(spec, a) for n, a in attributes.items()
                   if n not in LINGER})
    return all_of


def recording(event):
    """The first line of each file of a recording"""
    members = {"event": {"const": "recording"}, "time": event["time"], "version": TEXT,
               "protocol": U32, "kernel": TEXT, "boot_id": TEXT, "clock_offset_ns": NUMBER,
               "netns": NUMBER, "all": FLAG}
    return closed(members, members)


def close_wait(event):
    """Of watch --close-wait: a connection that the program has not closed"""
    same = ("time", "state", "family", "local", "remote", "cookie", "unread", "unsent",
            "unacked", "inode", "uid", "cgroup", "diag")
    members = {"event": {"const": "close-wait"},
               "waits_for": {"enum": ["close", "read", "accept", "data-ack", "fin-ack", "fin"]},
               "timer": {"enum": ["none", "retransmit", "keepalive", "minisock", "persist"]},
               "owners": {"type": "array", "items": PROCESS}}
    members.update({m: U32 for m in ("age_ms", "silent_ms", "timer_ms", "retransmits")})
    return closed(dict(members, **{m: event[m] for m in same}), ["event"])


def half(event):
    """Of a story: an end of a connection that a recording has; a cookie is a socket's"""
    same = ("netns", "local", "cookie", "path", "fate", "verdict", "closed_first", "reset_kind",
            "drain_outcome", "sent", "retransmitted", "acked", "lost_bytes", "received", "why",
            "signal", "comm", "pid", "tid", "uid", "cgroup")
    return closed(dict({m: event[m] for m in same}, not_received=NUMBER, read=NUMBER),
                  ["local"])


def story(event):
    """A line of story -j"""
    end = half(event)
    return closed({"event": {"const": "story"}, "time": event["time"], "story": TEXT,
                   "first": {"enum": FIRSTS}, "a": end, "b": end},
                  ["event", "time", "first", "story"])


def kind(name, otherwise):
    """By the word in event, so that what is wrong is found in the kind that it is."""
    return {"if": {"properties": {"event": {"const": name}}, "required": ["event"]},
            "then": {"$ref": "#/$defs/" + name}, "else": otherwise}


def main(spec_file, out_file):
    with open(spec_file, encoding="utf-8") as f:
        spec = yaml.safe_load(f)
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$comment": "Do not edit: make spec generates it from the netlink spec.",
        "title": "An event of closewatch",
        "description": "A line of watch -j, of story -j or of a recording. What does not apply is "
                       "absent.",
    }
    event = properties(spec)
    schema["$defs"] = {"event": closed(event, ["event"]), "recording": recording(event),
                       "close-wait": close_wait(event), "story": story(event)}
    tree = {"$ref": "#/$defs/event"}
    for name in ("story", "close-wait", "recording"):
        tree = kind(name, tree)
    schema.update(tree)
    with open(out_file, "w", encoding="utf-8") as f:
        json.dump(schema, f, indent=1)
        f.write("\n")


main(*sys.argv[1:])
