#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""
closes.py [PORT]: print how TCP connections are closed, on a local port or on all. As
root, with the module loaded. Documentation/protocol.rst describes what it receives, and
has the numbers.
"""
import collections
import os
import socket
import struct
import sys

FAMILY, VERSION = b"closewatch\0", 2
SOL_NETLINK, NETLINK_NO_ENOBUFS = 270, 5
NETLINK_GENERIC, NLMSG_ERROR, NLM_F_REQUEST, NLM_F_ACK, NLA_F_NESTED = 16, 2, 1, 4, 0x8000
GENL_ID_CTRL, CTRL_CMD_GETFAMILY = 16, 3
CTRL_ATTR_FAMILY_ID, CTRL_ATTR_FAMILY_NAME, CTRL_ATTR_VERSION = 1, 2, 3

SUBSCRIBE, EVENT = 1, 4                         # commands
A_FILTER, A_EVENT = 1, 2                        # attributes of a message
A_FILTER_EVENTS, A_FILTER_LOCAL_PORT = 1, 9
A_EVENT_REMOTE_PORT, A_EVENT_COMM, A_EVENT_COUNT, A_EVENT_FACTS = 11, 32, 38, 62
TYPE_CLOSE = 0
PATHS = """unknown fin fin-behind-data fin-on-sent-data fin-lost already-fin already-closed
syn-sent listener rst-unread rst-linger0 linger0-silent rst-linger2 rst-memory repair
netns-gone drain flag-only deferred none mptcp""".split()
# The struct facts, in the host's byte order
FACTS = struct.Struct("=10Q 16s 16s 16s 8I 3H 10B")
Facts = collections.namedtuple("Facts", """has time seq cookie sent retransmitted received acked
age_ns cgroup local_addr remote_addr comm netns cpu pid tid uid unread unsent unacked family
local_port remote_port type state new_state why path fin fate verdict closed_first linger_on""")


def attribute(number, data):
    return struct.pack("=HH", 4 + len(data), number) + data + b"\0" * (-len(data) % 4)


def attributes(data):
    while len(data) >= 4:
        size, number = struct.unpack_from("=HH", data)
        yield number & 0x3fff, data[4:size]
        data = data[(size + 3) & ~3:]


def request(sock, kind, command, data):
    message = struct.pack("=BBH", command, VERSION, 0) + data
    sock.send(struct.pack("=IHHII", 16 + len(message), kind, NLM_F_REQUEST | NLM_F_ACK, 1, 0) + message)


def messages(sock):
    """Each message's command and attributes; returns when a request is acknowledged."""
    while data := sock.recv(1 << 16):
        while data:
            size, kind, _, _, _ = struct.unpack_from("=IHHII", data)
            if kind == NLMSG_ERROR:
                error = -struct.unpack_from("=i", data, 16)[0]
                if error:
                    raise OSError(error, os.strerror(error))
                return
            yield data[16], data[20:size]
            data = data[(size + 3) & ~3:]


def find_family(sock):
    request(sock, GENL_ID_CTRL, CTRL_CMD_GETFAMILY, attribute(CTRL_ATTR_FAMILY_NAME, FAMILY))
    try:
        family = {number: value for _, data in messages(sock) for number, value in attributes(data)}
    except FileNotFoundError:
        sys.exit("the closewatch module is not loaded")
    version = struct.unpack("=I", family[CTRL_ATTR_VERSION])[0]
    if version != VERSION:
        sys.exit("the module speaks version %d, this program %d" % (version, VERSION))
    return struct.unpack("=H", family[CTRL_ATTR_FAMILY_ID])[0]


def address(family, data):
    return socket.inet_ntop(family, data[:4 if family == socket.AF_INET else 16])


def show(event):
    if A_EVENT_FACTS not in event:
        print(*struct.unpack("=Q", event[A_EVENT_COUNT]), "events were lost", file=sys.stderr)
        return
    f = Facts(*FACTS.unpack_from(event[A_EVENT_FACTS]))     # a newer module's are longer
    if f.type != TYPE_CLOSE:
        return
    words = [PATHS[f.path] if f.path < len(PATHS) else "a-newer-path"]
    words.append("%s:%d" % (address(f.family, f.local_addr), f.local_port))
    # Bits are numbered as attributes.
    if f.has & 1 << A_EVENT_REMOTE_PORT:
        words.append("%s:%d" % (address(f.family, f.remote_addr), f.remote_port))
    if f.has & 1 << A_EVENT_COMM:
        words.append(f.comm.rstrip(b"\0").decode(errors="backslashreplace"))
    print(*words, flush=True)


def main(port=0):
    sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_GENERIC)
    # A lost record says more than ENOBUFS does.
    sock.setsockopt(SOL_NETLINK, NETLINK_NO_ENOBUFS, 1)
    family = find_family(sock)
    chosen = attribute(A_FILTER_EVENTS, struct.pack("=I", 1 << TYPE_CLOSE))
    if port:
        chosen += attribute(A_FILTER_LOCAL_PORT, struct.pack("=H", int(port)))
    request(sock, family, SUBSCRIBE, attribute(A_FILTER | NLA_F_NESTED, chosen))
    while True:     # the acknowledgement, then events
        for command, data in messages(sock):
            for number, nest in attributes(data):
                if command == EVENT and number == A_EVENT:
                    show(dict(attributes(nest)))


try:
    main(*sys.argv[1:])
except OSError as e:
    sys.exit("closes.py: " + e.strerror)
