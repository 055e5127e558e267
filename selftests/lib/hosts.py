# SPDX-License-Identifier: GPL-2.0
"""
Two hosts, A and B, as network namespaces, with a router between them that alone delays
and loses: what the interface of either sees is what that host sent and got.
"""
import ctypes
import os
import subprocess

LIBC = ctypes.CDLL(None, use_errno=True)
A, B, ROUTER = range(3)
NAMES = ["%s-%d" % (host, os.getpid()) for host in ("a", "b", "router")]
INTERFACE = "end"       # of either host


def run(*words, **kw):
    return subprocess.run(words, check=True, text=True, capture_output=True, **kw).stdout


def enter(end):
    with open("/run/netns/" + NAMES[end], encoding="ascii") as f:
        assert LIBC.setns(f.fileno(), 0x40000000) == 0, os.strerror(ctypes.get_errno())


def sysctl(name, value):
    with open("/proc/sys/net/ipv4/" + name, "w", encoding="ascii") as f:
        f.write(value)


def address(end, v6):
    return ("fd00:%d::2" if v6 else "10.%d.0.2") % (end + 1)


def network_up(*netem):
    """@netem: what tc takes for either way."""
    for name in NAMES:
        run("ip", "netns", "add", name)
    for end in (A, B):
        net, link = end + 1, "r%d" % end
        run("ip", "-n", NAMES[ROUTER], "link", "add", link, "address", "02:00:00:00:0%d:01" % net, "type", "veth",
            "peer", "name", INTERFACE, "address", "02:00:00:00:0%d:02" % net, "netns", NAMES[end])
        for name, dev, own, peer in ((NAMES[ROUTER], link, 1, 2), (NAMES[end], INTERFACE, 2, 1)):
            run("ip", "-n", name, "-batch", "-", input="""
                link set lo up
                link set {dev} up
                addr add 10.{net}.0.{own}/24 dev {dev}
                addr add fd00:{net}::{own}/64 dev {dev} nodad
                neigh add 10.{net}.0.{peer} lladdr 02:00:00:00:0{net}:0{peer} dev {dev}
                neigh add fd00:{net}::{peer} lladdr 02:00:00:00:0{net}:0{peer} dev {dev}
                """.format(dev=dev, net=net, own=own, peer=peer))
        run("ip", "-n", NAMES[end], "route", "add", "default", "via", "10.%d.0.1" % net)
        run("ip", "-n", NAMES[end], "route", "add", "default", "via", "fd00:%d::1" % net)
        run("tc", "-n", NAMES[ROUTER], "qdisc", "add", "dev", link, "root", "netem", *netem)
        enter(end)
        for name, value in (("tcp_fin_timeout", "2"), ("tcp_orphan_retries", "4"), ("tcp_retries2", "6"),
                            ("tcp_no_metrics_save", "1"), ("tcp_tw_reuse", "1")):
            sysctl(name, value)
    enter(ROUTER)
    sysctl("ip_forward", "1")
    sysctl("../ipv6/conf/all/forwarding", "1")


def quiet():
    """No socket is left but listeners and in TIME_WAIT."""
    for end in (A, B):
        enter(end)
        for name in ("tcp", "tcp6"):
            with open("/proc/thread-self/net/" + name, encoding="ascii") as f:
                if any(line.split()[3] not in ("06", "0A") for line in f.readlines()[1:]):
                    return False
    return True


def network_down():
    for name in NAMES:
        subprocess.run(["ip", "netns", "del", name], check=False, stderr=subprocess.DEVNULL)
