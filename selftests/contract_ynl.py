#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""
The spec, and nothing else of this tree, drives the module by the kernel tree's own
library: YNL is its folder tools/net/ynl. As root, with the module loaded.
"""
import os
import socket
import struct
import sys

HERE = os.path.dirname(os.path.abspath(sys.argv[0]))
sys.dont_write_bytecode = True
sys.path.insert(0, HERE + "/lib")
from tap import needs, run, skip_all  # noqa: E402

needs("ip", "unshare")
if "CONTRACT_INSIDE" not in os.environ:
    os.environ["CONTRACT_INSIDE"] = "1"
    os.execvp("unshare", ["unshare", "-n", "sh", "-c", 'ip link set lo up && exec "$@"', "sh"] + sys.argv)

sys.path.insert(0, os.environ.get("YNL", HERE + "/../ynl"))
try:
    from pyynl.lib import NlError, YnlFamily  # noqa: E402
except ImportError as e:
    skip_all("YNL is not a kernel's tools/net/ynl: %s" % e)

# make spec validates it. A word of a newer module is not unknown to us alone: a
# member that does not apply is 0, which no TCP state is.
ynl = YnlFamily(HERE + "/closewatch.yaml", schema="", process_unknown=True)
NOBODY = 65534


class Pair:
    """A connection over loopback; its server's port is the one that is listened to."""
    def __init__(self, port=0):
        listener = socket.create_server(("127.0.0.1", port))
        self.port = listener.getsockname()[1]
        self.client = socket.create_connection(listener.getsockname())
        self.server = listener.accept()[0]
        listener.close()

    def close_unread(self):
        self.client.send(b"unread")
        self.server.recv(1, socket.MSG_PEEK)
        self.server.close()


def events(wanted, port):
    """The events that come on a port until all the wanted types have."""
    found = []
    for message in ynl.poll_ntf(duration=60):
        found += [e for e in message["msg"]["event"] if e["facts"]["local-port"] == port]
        if wanted <= {e["facts"]["type"] for e in found}:
            return {e["facts"]["type"]: e for e in found}
    raise AssertionError("of %s came %s" % (wanted, found))


def subscribed(port, **more):
    ynl.subscribe({"filter": {"local-port": port, **more}})


def refused(call, *args, **kw):
    try:
        call(*args, **kw)
    except NlError as e:
        return e.error, e.nl_msg.extack or {}
    raise AssertionError("it was not refused")


def mask(enum, *words):
    return sum(1 << ynl.consts[enum].entries[w].value for w in words)


def is_in(part, whole):
    wrong = {k: whole.get(k) for k in part if whole.get(k) != part[k]}
    assert not wrong, "%s where %s was due" % (wrong, {k: part[k] for k in wrong})


# The tests; each is a function whose name is its claim.

def info_says_what_the_module_is():
    info = ynl.info({})["info"]
    assert info["version"] and info["ring-slots"] > 0, info
    is_in({"policies": 0, "drains": 0, "blind": 0}, info)


def a_close_comes_with_its_path_and_who_closed():
    pair = Pair()
    subscribed(pair.port)
    pair.close_unread()
    event = events({"close"}, pair.port)["close"]
    ynl.unsubscribe({})
    is_in({"type": "close", "path": "rst-unread", "state": "established", "new-state": "close",
           "why": "close", "fin": "none", "unread": 6, "pid": os.getpid(),
           "family": socket.AF_INET, "remote-port": pair.client.getsockname()[1],
           "local-addr": socket.inet_aton("127.0.0.1").ljust(16, b"\0")}, event["facts"])
    assert event["facts"]["comm"].rstrip(b"\0") == open("/proc/self/comm", "rb").read().rstrip()
    assert event["since-sent-ns"] > 0


def bits_are_numbered_as_attributes():
    pair = Pair()
    subscribed(pair.port, quiet=True)
    pair.server.close()
    pair.client.close()
    facts = events({"close", "fate"}, pair.port)
    ynl.unsubscribe({})
    for event, there, absent in (("close", "path", "fate"), ("fate", "fate", "path")):
        has = facts[event]["facts"]["has"]
        number = ynl.attr_sets["event"]
        assert has >> number[there].value & 1 and not has >> number[absent].value & 1, hex(has)
    is_in({"fate": "time-wait", "verdict": "delivered"}, facts["fate"]["facts"])


def what_few_events_have_is_in_more():
    pair = Pair()
    subscribed(pair.port)
    pair.client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    pair.client.close()
    event = events({"reset"}, pair.port)["reset"]
    ynl.unsubscribe({})
    is_in({"reset-kind": "received"}, event)
    is_in({"inode": os.fstat(pair.server.fileno()).st_ino, "connect-error": 0}, event["more"])


def types_are_chosen_by_the_spec_s_words():
    pair, other = Pair(), Pair()
    subscribed(pair.port, events=mask("event-type", "fate"), quiet=True)
    other.server.close()
    pair.server.close()
    pair.client.close()
    assert set(events({"fate"}, pair.port)) == {"fate"}
    ynl.unsubscribe({})


def unsubscribe_says_how_many_were_delivered():
    pair = Pair()
    subscribed(pair.port, events=mask("event-type", "close"))
    pair.close_unread()
    events({"close"}, pair.port)
    is_in({"sent": 1, "lost": 0}, ynl.unsubscribe({})["listener"])


def a_policy_is_added_listed_and_drains():
    pair = Pair()
    added = ynl.policy_add({"policy": {"action": "drain", "local-port": pair.port}})["policy"]
    listed = ynl.dump("policy-get", {})
    assert len(listed) == 1, listed
    is_in({"id": added["id"], "action": "drain", "local-port": pair.port, "priority": 1000,
           "hits": 0}, listed[0]["policy"])
    subscribed(pair.port, quiet=True)
    pair.close_unread()
    is_in({"policy-id": added["id"], "action": "drain"},
          events({"close", "drain-begin"}, pair.port)["drain-begin"])
    running = ynl.dump("drain-get", {})
    assert [d["drain"]["facts"]["local-port"] for d in running] == [pair.port], running
    pair.client.close()
    is_in({"drain-outcome": "delivered", "discarded": 6},
          events({"drain-end"}, pair.port)["drain-end"])
    ynl.unsubscribe({})
    ynl.policy_del({"policy": {"id": added["id"]}})
    assert ynl.dump("policy-get", {}) == []


def a_set_replaces_the_rules_and_says_what_changed():
    rules = [{"action": "leave", "local-port": 80}, {"action": "drain", "local-port-last": 90,
                                                     "local-port": 80}]
    first = ynl.policy_set({"set": rules})["change"]
    assert [set(c) for c in first] == [{"id", "added"}] * 2, first
    second = ynl.policy_set({"set": rules[:1]})["change"]
    assert [set(c) for c in second] == [{"id"}, {"id", "removed"}], second
    assert [p["policy"]["id"] for p in ynl.dump("policy-get", {})] == [first[0]["id"]]
    ynl.policy_flush({})
    assert ynl.dump("policy-get", {}) == []


def a_bad_value_is_named_with_its_limits():
    error, extack = refused(ynl.policy_add, {"policy": {"action": "drain", "local-port": 0}})
    assert error == 34 and extack["bad-attr"] == ".policy.local-port", extack
    is_in({"type": "u16", "min-value": 1}, extack["policy"])


def a_contradiction_is_explained():
    error, extack = refused(ynl.policy_add, {"policy": {"action": "linger", "local-port": 80}})
    assert error == 22 and extack["bad-attr"] == ".policy.action", extack
    assert "needs linger-seconds" in extack["msg"], extack


def a_request_that_lacks_something_says_what():
    error, extack = refused(ynl.policy_add, {"policy": {"local-port": 80}})
    assert error == 22 and "action" in extack["msg"], extack


def an_attribute_that_it_does_not_take_is_refused():
    error, extack = refused(ynl.info, {"listener": {"sent": 1}})
    assert error == 22 and extack.get("msg"), extack


def nobody_is_refused():
    os.seteuid(NOBODY)
    try:
        error, _ = refused(ynl.info, {})
    finally:
        os.seteuid(0)
    assert error == 1


def checked(name, attributes, policy):
    """That the kernel takes these attributes of the set, by the spec's types and limits."""
    for attr in (ynl.attr_sets[name][a] for a in attributes):
        kernel = policy[attr.name]
        checks = attr.yaml.get("checks", {})
        want = {"nest": "nested", "string": "nul-string"}.get(attr.type, attr.type)
        assert kernel.type == want, (name, attr.name, kernel)
        if "min" in checks:
            assert kernel.min_value == checks["min"], (name, attr.name, kernel)
        if "max" in checks:
            assert kernel.max_value == checks["max"], (name, attr.name, kernel)
        if attr.type == "nest":
            nested = attr.yaml["nested-attributes"]
            checked(nested, [a for a in ynl.attr_sets[nested] if a != "pad"], kernel)


def the_kernel_s_policy_is_the_spec_s():
    for op in ynl.ops.values():
        for mode in ("do", "dump"):
            attributes = op.yaml.get(mode, {}).get("request", {}).get("attributes", [])
            if attributes:
                checked("message", attributes, ynl.get_policy(op.name, mode))


def stats_count_by_path():
    pair = Pair()
    subscribed(pair.port)
    pair.close_unread()
    events({"close"}, pair.port)
    ynl.unsubscribe({})
    closes = {c["path"]: c for c in ynl.stats({})["stats"]["close"]}
    assert closes["rst-unread"]["events"] >= 2 and closes["rst-unread"]["unread-bytes"] >= 12, closes


TESTS = (
    info_says_what_the_module_is, a_close_comes_with_its_path_and_who_closed,
    bits_are_numbered_as_attributes, what_few_events_have_is_in_more,
    types_are_chosen_by_the_spec_s_words, unsubscribe_says_how_many_were_delivered,
    a_policy_is_added_listed_and_drains, a_set_replaces_the_rules_and_says_what_changed,
    a_bad_value_is_named_with_its_limits, a_contradiction_is_explained,
    a_request_that_lacks_something_says_what, an_attribute_that_it_does_not_take_is_refused,
    nobody_is_refused, the_kernel_s_policy_is_the_spec_s, stats_count_by_path,
)


sys.exit(run(TESTS))
