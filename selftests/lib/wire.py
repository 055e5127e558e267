# SPDX-License-Identifier: GPL-2.0
"""TCP that crosses an interface, by the bytes of either direction, for tests that compare."""
import socket
import struct

FIN, SYN, RST, ACK = 1, 2, 4, 16


class Flow:
    """A direction of a connection at an interface: bytes from its first one on."""
    def __init__(self, isn):
        self.isn, self.acked = isn, 0
        self.end = self.whole = 0       # the last byte, and the last before a gap
        self.fin = self.over = None     # its place; when it, or an RST, could be taken
        self.reset = False              # an RST was seen
        self.pieces = []                # behind a gap

    def see(self, when, seq, flags, data):
        at = (seq - self.isn - 1) & 0xffffffff
        if at >= 1 << 31:
            return
        if data:
            self.end = max(self.end, at + data)
            self.pieces.append((at, at + data))
        if flags & FIN:
            self.fin = at + data
        self.reset |= bool(flags & RST)
        self.close_gaps()
        if self.over is None and (self.fin == self.whole or (flags & RST and at in (self.whole, self.end))):
            self.over = when

    def close_gaps(self):
        for begin, end in sorted(self.pieces):
            if begin <= self.whole:
                self.whole = max(self.whole, end)
        self.pieces = [piece for piece in self.pieces if piece[0] > self.whole]


class Wire:
    """Of the caller's network namespace."""
    def __init__(self, interface):
        self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(3))
        self.socket.bind((interface, 3))
        self.socket.setsockopt(socket.SOL_SOCKET, 33, 256 << 20)     # SO_RCVBUFFORCE
        self.socket.setsockopt(socket.SOL_SOCKET, 35, 1)             # SO_TIMESTAMPNS
        self.flows = {}     # by source and destination: each time the ports were used

    def read(self):
        while True:
            try:
                packet, ancillary, _, _ = self.socket.recvmsg(160, 64, socket.MSG_DONTWAIT)
            except BlockingIOError:
                return
            seconds, ns = struct.unpack("qq", ancillary[0][2][:16])
            self.take(packet, seconds * 1_000_000_000 + ns)

    def take(self, packet, when):
        if packet[0] >> 4 == 4:
            header, protocol, length = (packet[0] & 15) * 4, packet[9], struct.unpack("!H", packet[2:4])[0]
            ends = [socket.inet_ntop(socket.AF_INET, packet[n:n + 4]) for n in (12, 16)]
        else:
            header, protocol, length = 40, packet[6], 40 + struct.unpack("!H", packet[4:6])[0]
            ends = [socket.inet_ntop(socket.AF_INET6, packet[n:n + 16]) for n in (8, 24)]
        if protocol != socket.IPPROTO_TCP:
            return
        sport, dport, seq, ack, offset, flags = struct.unpack("!HHIIBB", packet[header:header + 14])
        key, back = (ends[0], sport, ends[1], dport), (ends[1], dport, ends[0], sport)
        flows = self.flows.setdefault(key, [])
        if flags & SYN and not (flows and flows[-1].isn == seq):
            flows.append(Flow(seq))
        if not flows:
            return
        flows[-1].see(when, seq, flags, length - header - (offset >> 4) * 4)
        other = self.flows.get(back)
        acked = (ack - other[-1].isn - 1) & 0xffffffff if other and flags & ACK else 0
        if acked < 1 << 31:
            flows[-1].acked = max(flows[-1].acked, acked)

    def lost(self):
        return struct.unpack("II", self.socket.getsockopt(263, 6, 8))[1]    # PACKET_STATISTICS
