#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""
profile.py ROOT IMAGE WORK RUN: the instructions a connection that RUN adds to "none", by
stage and by function, from the plugin's counts and the guest's maps and symbols.
profile.py ROOT IMAGE WORK RUN,RUN ROWS ABOUT DOCUMENT: the stages of these as a table, in
place of what stands between the document's two comments. ABOUT says what was measured.
"""
import bisect
import collections
import os
import re
import subprocess
import sys

import figures
import report

CONNECTIONS = {"pair": 2000, "unread": 1000, "response": 500}  # as in guest
TOP_FUNCTIONS = 20
KERNEL_HALF = 1 << 63
BUILT_IN = ("kernel", "bpf", "__builtin__ftrace", "__builtin__kprobes")



def read_stages():
    with open(os.path.join(os.path.dirname(__file__), "stages"), encoding="utf-8") as lines:
        return [line.rstrip("\n").split("\t") for line in lines if not line.startswith("#")]


STAGES = read_stages()


class Elf:
    """The functions of a program or library; addresses are those of its file"""
    def __init__(self, path, debug):
        self.names = sorted(set(symbols(path, "-D") + symbols(path) + symbols(debug_of(path, debug))))
        self.starts = [at for at, _ in self.names]
        headers = run("readelf", "-lSW", path)
        self.loads = [tuple(int(n, 16) for n in m) for m in re.findall(
            r"LOAD\s+0x(\w+) 0x(\w+) 0x\w+ 0x(\w+)", headers)]
        self.plts = [(int(at, 16), int(at, 16) + int(size, 16)) for at, size in re.findall(
            r"\.plt\S*\s+PROGBITS\s+(\w+) \w+ (\w+)", headers)]

    def function(self, offset):
        at = next((offset - o + v for o, v, size in self.loads if o <= offset < o + size), offset)
        if any(begin <= at < end for begin, end in self.plts):
            return "(plt)"
        i = bisect.bisect_right(self.starts, at) - 1
        return self.names[i][1] if i >= 0 else "?"


def run(*command):
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


def symbols(path, *options):
    lines = (line.split() for line in run("nm", "--defined-only", *options, path).splitlines()) if path else ()
    return [(int(f[0], 16), f[2].split("@")[0]) for f in lines if len(f) == 3 and f[1] in "tTwWiu"]


def debug_of(path, debug):
    build_id = re.search(r"Build ID: (..)(\w+)", run("readelf", "-n", path))
    file = os.path.join(debug, build_id[1], build_id[2] + ".debug") if build_id else ""
    return file if os.path.exists(file) else None


class Space:
    """What was where in one guest"""
    def __init__(self, root, image, report):
        self.root, self.image = root, image
        self.kernel, self.maps, self.files = [], [], {}
        with open(report, encoding="utf-8", errors="replace") as lines:
            for line in lines:
                self.add(line.rstrip("\n"))
        self.kernel.sort()
        self.starts = [at for at, _ in self.kernel]

    def add(self, line):
        kind, _, rest = line.partition("\t")
        if kind == "symbol":
            at, name, module = (rest.replace("\t", " ").split() + ["[kernel]"])[:3]
            module = module.strip("[]")
            self.kernel.append((int(at, 16), (module if module in BUILT_IN else module + ".ko") + ":" + name))
        elif kind == "map":
            fields = rest.split()
            if "x" in fields[1] and len(fields) > 5:
                begin, end = (int(n, 16) for n in fields[0].split("-"))
                self.maps.append((begin, end, int(fields[2], 16), fields[5]))

    def elf(self, path):
        if path not in self.files:
            file = self.image + path.replace("/payload", "") if path.startswith("/payload") else \
                self.root + "/tree" + path
            self.files[path] = Elf(file, self.root + "/debug") if os.path.exists(file) else None
        return self.files[path]

    def name(self, at):
        if at >= KERNEL_HALF:
            i = bisect.bisect_right(self.starts, at) - 1
            return self.kernel[i][1] if i >= 0 else "kernel:?"
        for begin, end, offset, path in self.maps:
            if begin <= at < end:
                elf = self.elf(path)
                return f"{os.path.basename(path)}:{elf.function(at - begin + offset) if elf else '?'}"
        return "workload:"      # static, and the only other program


def counts(root, image, name):
    folder = f"{image}/profile/{name}"
    space = Space(root, image, f"{folder}/report")
    total = collections.Counter()
    with open(f"{folder}/counts", encoding="utf-8") as lines:
        for at, n in (line.split() for line in lines):
            total[space.name(int(at, 16))] += int(n)
    return total


def added(root, image, name, work):
    more = counts(root, image, f"{name}.{work}")
    more.subtract(counts(root, image, f"none.{work}"))
    number = CONNECTIONS[work]
    return {function: n / number for function, n in more.items() if abs(n) > number / 2}


def stage(function):
    return next(title for title, pattern in STAGES if re.search(pattern, function))


def by_stage(root, image, work, name):
    total = collections.Counter()
    for function, n in added(root, image, name, work).items():
        total[stage(function)] += n
    return total


def write(root, image, work, names, rows, about, document):
    totals = [by_stage(root, image, work, name) for name in names]
    titles = [next(row.title for row in figures.rows(rows, None) if row.run == name) for name in names]
    body = [[title] + [report.show(total[title]) for total in totals]
            for title, _ in STAGES if any(total[title] for total in totals)]
    body.append(["sum"] + [report.show(total.total()) for total in totals])
    report.replace(document, "stages", "Where it goes",
                   f"{about}:\n\n" + "\n".join(report.table(["stage", *titles], body, True)))


def main(root, image, work, name, *rest):
    if rest:
        write(root, image, work, name.split(","), *rest)
        return
    functions = added(root, image, name, work)
    stages = collections.defaultdict(list)
    for function, n in functions.items():
        stages[stage(function)].append((n, function))
    print(f"{name}, {work}: {sum(functions.values()):,.0f} instructions a connection more than with nothing loaded\n")
    for title, _ in STAGES:
        if stages[title]:
            top = ", ".join(f"{f.split(':')[1]} {n:.0f}" for n, f in sorted(stages[title], reverse=True)[:4])
            print(f"{sum(n for n, _ in stages[title]):10,.0f}  {title}  [{top}]")
    for where in (False, True):
        most = [item for item in functions.items() if stage(item[0]).startswith("utility") == where]
        print()
        for function, n in sorted(most, key=lambda item: -item[1])[:TOP_FUNCTIONS]:
            print(f"{n:10,.0f}  {function}  ({stage(function)})")


if __name__ == "__main__":
    main(*sys.argv[1:])
