# SPDX-License-Identifier: GPL-2.0
"""What JSON makes of the spec's attributes: how its members are called, and what they
mean there. For names.py and schema.py."""
import re

# Bytes in netlink, and no number in JSON
BOOLS = {"linger-on", "sigpipe", "dry-run", "saved", "connect-rst"}
# Members of the object linger
LINGER = {"linger-on": "on", "linger-seconds": "seconds",
          "linger-waited-ns": "waited_ns", "linger-outcome": "outcome"}
RENAMED = dict(LINGER, type="event")
# Not in JSON, or in another form: local and remote are objects
LEFT = {
    "event": {"pad", "has", "facts", "more", "local-addr", "local-port", "remote-addr",
              "remote-port"},
    "info": {"pad", "probe"},
    "probe": {"pad", "name", "fired"},
    "policy": {"pad", "socket-fd", "netns-fd", "force"},
    "stats": {"pad"},
    "tally": {"pad", "path", "fate"},
    "drain-tally": {"pad"},
    "bucket": {"pad"},
}
DOCS = {
    "time": "When the event was complete, RFC 3339 in UTC.",
    "linger-outcome": "What became of the wait that SO_LINGER asks for.",
    "all-netns": "True if the policy is for all network namespaces.",
}


def ident(name):
    return name.replace("-", "_")


def doc(a):
    """Where the words of netlink are not those of JSON."""
    text = DOCS.get(a["name"]) or " ".join(a["doc"].split())
    if a["name"] == "family":
        text = text.replace("AF_INET6", "ipv6").replace("AF_INET", "ipv4")
    text = re.sub(r"^1 (if|while)\b", r"True \1", text).replace(", 0 if ", ", false if ")
    text = text.replace("one nest for", "an object for")
    return re.sub(r"; kernel to user only|, (host|network) byte order|, 4 or 16 bytes", "",
                  text)


def of_set(spec, name):
    """The attributes of the set @name that are members, by their names in JSON."""
    found = [s for s in spec["attribute-sets"] if s["name"] == name][0]
    return {RENAMED.get(a["name"], ident(a["name"])) if name == "event" else
            ident(a["name"]): a for a in found["attributes"]
            if a["name"] not in LEFT[name]}
