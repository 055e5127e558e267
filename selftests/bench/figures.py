# SPDX-License-Identifier: GPL-2.0
"""
What was measured, from lines of run, seed, name and values.

A figure is what a run adds to "none" on the same seed: the median over seeds of
the medians of repeats, and the least and the most of all repeats.
"""
import collections
import statistics

Row = collections.namedtuple("Row", "run work wanted goal title added least most lost")
PEERS = ("bpftrace-count", "bpftrace-printf", "tcplife", "tcpstates")


class Results:
    def __init__(self, path):
        self.about = {}
        self.values = collections.defaultdict(lambda: collections.defaultdict(list))
        with open(path, encoding="utf-8") as lines:
            for fields in (line.rstrip("\n").split("\t") for line in lines):
                if fields[0].startswith("# "):
                    self.about[fields[0][2:]] = fields[1]
                else:
                    run, seed, name, *values = fields
                    self.values[run, name][seed].append([float(v) for v in values])

    def of(self, run, name):
        """By seed, the first value of each repeat"""
        return {seed: [v[0] for v in rows] for seed, rows in self.values.get((run, name), {}).items()}

    def medians(self, run, name):
        return {seed: statistics.median(v) for seed, v in self.of(run, name).items()}

    def median(self, run, name):
        values = self.medians(run, name)
        return statistics.median(values.values()) if values else None

    def added(self, run, work):
        """(median, least, most), or None for each without a measurement"""
        base = self.medians("none", work)
        by_seed = {s: [x - base[s] for x in v] for s, v in self.of(run, work).items() if s in base}
        if not by_seed:
            return None, None, None
        every = [x for v in by_seed.values() for x in v]
        return statistics.median(map(statistics.median, by_seed.values())), min(every), max(every)

    def table(self, name):
        """The rows of a run that has more than one value each: name and median values"""
        for run, key in list(self.values):
            if run == name and key != "lost":
                every = [v for rows in self.values[run, key].values() for v in rows]
                yield key, [statistics.median(column) for column in zip(*every)]

    def seeds(self):
        return sorted({seed for v in self.values.values() for seed in v})


def rows(path, results):
    """The table's rows in their order"""
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            if line.startswith("#"):
                continue
            run, work, wanted, goal, title = line.rstrip("\n").split("\t")
            measured = (*results.added(run, work), results.median(run, "lost")) if results else (None,) * 4
            yield Row(run, work, number(wanted), number(goal), title, *measured)


def number(text):
    return None if text == "-" else int(text)
