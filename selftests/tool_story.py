#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""
What `closewatch story' makes of the recordings of both ends, beside what the programs of
this test have done and what crossed the interface of either end. Two hosts are network
namespaces, with a router between them that alone delays and loses. As root, with the
module loaded and `closewatch' in PATH.
"""
import importlib.util
import json
import os
import random
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(sys.argv[0]))
sys.path.insert(0, HERE + "/lib")
from hosts import A, B, INTERFACE, NAMES, address, enter, network_down, network_up, quiet  # noqa: E402
from tap import needs, run, skip_all  # noqa: E402
from wire import Wire  # noqa: E402

needs("closewatch", "ip", "tc")
if not importlib.util.find_spec("jsonschema"):
    skip_all("needs Python's jsonschema")

SEED = int(os.environ.get("SEED") or random.randrange(1 << 30))
WAVES, CONNECTIONS = 3, 25
TRIES = 4       # where events were lost
SERVER_PORT, CLIENT_PORT = 7500, 40000
# A segment is stamped at the interface; the emulator may stop its CPU before the socket has it.
CLOSE_CALL = 100_000_000
RANDOM = random.Random(SEED)
DIR = tempfile.mkdtemp(prefix="story.")


# --- what programs do ---

class End:
    def __init__(self, sock):
        self.sock, self.written, self.read = sock, 0, 0
        self.left = self.closed = None  # when, by the first act and by the last
        sock.setblocking(False)
        self.cookie = struct.unpack("Q", sock.getsockopt(socket.SOL_SOCKET, 57, 8))[0]  # SO_COOKIE

    def write(self, size):
        try:
            self.written += self.sock.send(bytes(size))
        except OSError:
            pass

    def take(self, size):
        try:
            self.read += len(self.sock.recv(size))
        except OSError:
            pass

    def shut(self):
        begin = time.time_ns()
        try:
            self.sock.shutdown(socket.SHUT_WR)
            self.left = self.left or (begin, time.time_ns())
        except OSError:
            pass

    def close(self, abort):
        begin = time.time_ns()
        if abort:
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.sock.close()
        self.closed = begin, time.time_ns()
        self.left = self.left or self.closed


class Connection:
    """A is the client."""
    def __init__(self, v6, port, end, flow):
        self.v6, self.port, self.end, self.flow = v6, port, end, flow
        self.steps = [(random_step(), RANDOM.randrange(2)) for _ in range(RANDOM.randrange(1, 9))]
        for who in RANDOM.sample((A, B), 2):
            if RANDOM.random() < .25:
                self.steps.append((lambda e: e.shut(), who))
                self.steps += [(random_step(), RANDOM.randrange(2)) for _ in range(RANDOM.randrange(3))]
            abort = RANDOM.random() < .4
            if abort and RANDOM.random() < .8:
                self.steps.append((lambda e: e.write(60000), who))
            self.steps.append((lambda e, abort=abort: e.close(abort), who))

    def step(self):
        do, who = self.steps.pop(0)
        do(self.end[who])

    def key(self, end):
        """Of what this end sends."""
        ends = (address(A, self.v6), self.port), (address(B, self.v6), SERVER_PORT)
        return ends[end] + ends[not end]


def random_step():
    size = RANDOM.choice((1, 100, 4000, 60000))
    if RANDOM.random() < .3:
        return lambda e: time.sleep(.001)
    if RANDOM.random() < .5:
        return lambda e: e.write(size)
    return lambda e: e.take(size)


class Scene:
    def __init__(self):
        network_up("delay", "20ms", "loss", "4%")
        self.wires, self.listeners = [], []
        for end in (A, B):
            enter(end)
            self.wires.append(Wire(INTERFACE))
        for v6 in (False, True):
            enter(B)
            self.listeners.append(socket.create_server(
                (address(B, v6), SERVER_PORT), family=socket.AF_INET6 if v6 else socket.AF_INET, backlog=64))
        self.connections = []

    def connect(self, v6, port):
        enter(A)
        client = socket.socket(socket.AF_INET6 if v6 else socket.AF_INET)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            client.bind((address(A, v6), port))
            client.connect((address(B, v6), SERVER_PORT))
        except OSError:
            client.close()
            return None
        return End(client), End(self.listeners[v6].accept()[0])

    def begin(self, n):
        """The same ports in each wave, where those before are over at both ends."""
        v6, port = n % 2 == 1, CLIENT_PORT + n
        ends = self.connect(v6, port)
        while not ends:
            port += CONNECTIONS
            ends = self.connect(v6, port)
        self.read()
        again = sum((c.v6, c.port) == (v6, port) for c in self.connections)
        self.connections.append(Connection(v6, port, ends, again))

    def read(self):
        for wire in self.wires:
            wire.read()

    def wave(self):
        for n in range(CONNECTIONS):
            self.begin(n)
        going = self.connections[-CONNECTIONS:]
        while going:
            connection = RANDOM.choice(going)
            connection.step()
            going = [c for c in going if c.steps]
            if RANDOM.random() < .3:
                time.sleep(RANDOM.choice((.001, .01, .05)))
            self.read()
        self.await_quiet()

    def await_quiet(self):
        end = time.monotonic() + 60
        while not quiet():
            assert time.monotonic() < end, "connections did not end"
            self.read()
            time.sleep(.05)
        self.read()


# --- recording ---

RECORDERS = {}


def record(name, *words):
    said = open(DIR + "/said." + name, "w+", encoding="utf-8")    # pylint: disable=consider-using-with
    RECORDERS[name] = subprocess.Popen(["closewatch", "record", *words, DIR + "/" + name], stderr=said)
    end = time.monotonic() + 60
    while "recording into" not in open(said.name, encoding="utf-8").read():
        assert time.monotonic() < end and RECORDERS[name].poll() is None, name
        time.sleep(.02)


def record_all():
    for name, end in (("a", A), ("b", B)):
        record(name, "-a", "--netns", NAMES[end])
        record("brief-" + name, "--netns", NAMES[end])
    record("both", "-a", "--all-netns", "-P", str(SERVER_PORT))


def stop_all():
    for recorder in RECORDERS.values():
        recorder.send_signal(signal.SIGTERM)
    return [r.wait() for r in RECORDERS.values()]


def something_was_lost():
    """Such as by a probe that was hit inside the handler of another: then nothing is proved."""
    said = [story(*(DIR + "/" + name for name in names))[1]
            for names in (("a", "b"), ("brief-a", "brief-b"), ("both",))]
    return any("were lost" in s for s in said)


def forget_all():
    SCENE.connections.clear()
    for wire in SCENE.wires:
        wire.flows.clear()
    for name in RECORDERS:
        shutil.rmtree(DIR + "/" + name)


def story(*words):
    got = subprocess.run(["closewatch", "story", "-j", *words], text=True, capture_output=True, check=False)
    assert got.returncode == 0, got.stderr
    with open(DIR + "/stories", "a", encoding="utf-8") as f:
        f.write(got.stdout)
    return [json.loads(line) for line in got.stdout.splitlines()], got.stderr


# --- the two beside each other ---

def told_of(stories):
    """By the cookies of both ends, which no two connections share."""
    told = {}
    for s in stories:
        key = tuple(int(s[end]["cookie"]) if end in s else None for end in ("a", "b"))
        assert key not in told, key
        told[key] = s
    return told


def judge_bytes(c, s, end, scene, brief):
    """What one end sent, and the other received and read; each by its own interface."""
    this, that = s["ab"[end]], s["ab"[not end]]
    sent, received = int(this["sent"]) - int(this["retransmitted"]), int(that["received"])
    out = scene.wires[end].flows[c.key(end)][c.flow]
    come = scene.wires[not end].flows[c.key(end)][c.flow]
    back = scene.wires[not end].flows[c.key(not end)][c.flow]
    known = back.acked - (come.fin is not None and back.acked > come.fin)
    # Without its fate, an end may have sent more than it has told.
    final = not brief or "not_received" in this
    assert sent == out.end if final else sent <= out.end, ("sent", sent, out.end)
    if "lost_bytes" in this or not brief:
        assert sent + int(this["lost_bytes"]) == c.end[end].written, ("never sent", this, c.end[end].written)
    assert known <= received <= come.whole, ("received", known, that, come.whole)
    if final:
        assert int(this["not_received"]) == sent - received, this
    assert int(that["read"]) == c.end[not end].read, ("read", that, c.end[not end].read)
    return sent > received


def judge_fin(c, s, end, scene, brief):
    """One that waited behind data for ever has not crossed its interface."""
    said = re.search(r"\b%s sent FIN\b" % "AB"[end], s["story"]) is not None
    left = scene.wires[end].flows[c.key(end)][c.flow].fin is not None
    assert left or not said, ("never left", "AB"[end])
    # A shutdown is quiet.
    assert said or not left or brief, ("left", "AB"[end])


def first_left(c, end, scene):
    """Begin and end of the act that sent FIN or RST; None: neither left."""
    flow = scene.wires[end].flows[c.key(end)][c.flow]
    if flow.fin is not None:
        return c.end[end].left
    return c.end[end].closed if flow.reset else None


def before_hearing(c, end, scene):
    """Did it close before the FIN or RST of the other end came? None: by too little."""
    heard = scene.wires[end].flows[c.key(not end)][c.flow].over
    begin, after = first_left(c, end, scene) or (None, None)
    if begin is None:
        return False
    if heard is None or after < heard - CLOSE_CALL:
        return True
    return False if heard < begin - CLOSE_CALL else None


FIRST = {(True, True): "both", (True, False): "a", (False, True): "b"}


def judge_first(c, s, scene, brief):
    said = before_hearing(c, A, scene), before_hearing(c, B, scene)
    if None in said or (brief and s["first"] == "unknown"):
        return 0
    assert s["first"] == FIRST[said], (s["first"], said)
    return 1


def records_of(cookies):
    for name in "ab":
        for file in sorted(os.listdir(DIR + "/" + name)):
            with open("%s/%s/%s" % (DIR, name, file), encoding="utf-8") as f:
                yield from (line for line in f if any('"cookie":"%d"' % n in line for n in cookies))


def judge(scene, stories, brief=False):
    told = told_of(stories)
    assert len(told) == len(scene.connections), (len(told), len(scene.connections))
    firsts = missing = 0
    for c in scene.connections:
        key = c.end[A].cookie, c.end[B].cookie
        try:
            assert key in told, "not joined"
            for end in (A, B):
                missing += judge_bytes(c, told[key], end, scene, brief)
                judge_fin(c, told[key], end, scene, brief)
            firsts += judge_first(c, told[key], scene, brief)
        except (AssertionError, KeyError):
            print("# %s port %d again %d: %s" % (key, c.port, c.flow, json.dumps(told.get(key))))
            print("# " + "# ".join(records_of(key)))
            raise
    print("# seed %d: %d connections, %d with ports used before, %d certain who was first, %d ways with bytes missing" %
          (SEED, len(told), sum(c.flow > 0 for c in scene.connections), firsts, missing))
    assert firsts >= 10 and missing >= 3 and any(c.flow for c in scene.connections)


SCENE = Scene()


def play():
    record_all()
    for _ in range(WAVES):
        SCENE.wave()
        time.sleep(1.1)     # tcp_tw_reuse wants a second
    assert stop_all() == [0] * 5


def both_recordings_tell_what_was_done_and_what_crossed_the_wire():
    play()
    for _ in range(TRIES):
        if not something_was_lost():
            break
        print("# inconclusive: events were lost")
        forget_all()
        play()
    assert SCENE.wires[A].lost() == SCENE.wires[B].lost() == 0
    stories, said = story(DIR + "/a", DIR + "/b")
    assert "connections joined\n" in said, said
    judge(SCENE, stories)


def recordings_without_what_ended_well_claim_no_more():
    judge(SCENE, story(DIR + "/brief-a", DIR + "/brief-b")[0], brief=True)


def one_recording_of_both_ends_tells_the_same():
    def facts(stories):
        return sorted([s["first"]] + [s[end][fact] for end in "ab" for fact in ("cookie", "received", "read")]
                      for s in stories)
    stories, _ = story(DIR + "/both")
    for s in stories:   # the server is the first there
        s["a"], s["b"] = s["b"], s["a"]
        s["first"] = {"a": "b", "b": "a"}.get(s["first"], s["first"])
    assert facts(stories) == facts(story(DIR + "/a", DIR + "/b")[0])


def clocks_that_differ_change_nothing_but_are_told():
    os.mkdir(DIR + "/late")
    for name in os.listdir(DIR + "/b"):
        with open("%s/b/%s" % (DIR, name), encoding="utf-8") as f, open(DIR + "/late/" + name, "w", encoding="utf-8") as to:
            # A day, of which no month has only one more
            to.write(re.sub(r'("time":"\d{4}-\d\d-)(\d\d)', lambda m: "%s%02d" % (m[1], int(m[2]) % 27 + 1), f.read()))
    stories, said = story(DIR + "/a", DIR + "/late")
    assert "B's clock is about" in said, said
    judge(SCENE, stories)


def one_end_alone_is_said_to_be_alone():
    stories, said = story(DIR + "/a")
    assert stories == [] and "0 connections joined; %d not" % len(SCENE.connections) in said, said
    stories, _ = story("-a", DIR + "/a")
    assert len(stories) == len(SCENE.connections)
    for s in stories:
        assert "b" not in s and "not_received" not in s["a"] and s["first"] in ("b", "unknown"), s
        assert "; the other end is not recorded" in s["story"], s


def conditions_are_of_either_end():
    port = str(SCENE.connections[0].port)
    n = sum(c.port == SCENE.connections[0].port for c in SCENE.connections)
    for words in (("-L", port), ("-D", port)):
        assert len(story(*words, DIR + "/a", DIR + "/b")[0]) == n


def stories_are_as_the_schema_says():
    subprocess.run([sys.executable, HERE + "/lib/validate.py", HERE + "/closewatch.schema.json", DIR + "/stories"],
                   check=True)


TESTS = (
    both_recordings_tell_what_was_done_and_what_crossed_the_wire,
    recordings_without_what_ended_well_claim_no_more, one_recording_of_both_ends_tells_the_same,
    clocks_that_differ_change_nothing_but_are_told, one_end_alone_is_said_to_be_alone, conditions_are_of_either_end,
    stories_are_as_the_schema_says,
)


def clean_up():
    for recorder in RECORDERS.values():
        recorder.kill()
    network_down()
    shutil.rmtree(DIR)


try:
    STATUS = run(TESTS)
finally:
    clean_up()
sys.exit(STATUS)
