#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""
report.py text ROWS RESULTS: the table for a terminal.
report.py write ROWS RESULTS SERIES DOCUMENT: the table, in place of what stands in
the document between the series' two comments, or as a new section at its end, and
beside it, in the folder of the document's name, the results and the plot.
"""
import os
import shutil
import sys

import figures
import plot

MISSING = "–"
CLOSES = ("pair", "unread")
HEAD = ["run", "added", "min .. max", "lost", "wanted", "goal"]


def show(value):
    return MISSING if value is None else f"{value:,.0f}".replace(",", " ")


def cells(row):
    spread = MISSING if row.added is None else f"{show(row.least)} .. {show(row.most)}"
    return [row.title, show(row.added), spread, show(row.lost), show(row.wanted), show(row.goal)]


def memory(results):
    titles = {
        "idle": "the kernel's, loaded and idle",
        "listening": "the kernel's, with one listener",
        "utility": "the utility's, watch --json at its largest",
        "connection": "a connection over loopback, both ends, to compare",
        "drain": "what its drain adds to that",
    }
    for name, title in titles.items():
        value = results.median("memory", name)
        yield [title, MISSING if value is None else show(value)]


RATES = {"rate-counters": "counters only", "rate-json": "watch --json >file", "rate-text": "watch >file"}
RATE_HEAD = ["reader", "asked", "reached", "closes", "counted", "events", "lost: ring", "socket", "missed hits"]


def rate(results):
    for run, title in RATES.items():
        for asked, values in results.table(run):
            yield [title, show(int(asked)), *map(show, values)]


def table(head, body, rule):
    body = list(body)
    width = [max(len(r[i]) for r in [head] + body) for i in range(len(head))]
    line = lambda r: "  ".join([r[0].ljust(width[0])] + [c.rjust(w) for c, w in zip(r[1:], width[1:])]).rstrip()
    edge = [] if not rule else ["  ".join("=" * w for w in width)]
    return edge + [line(head)] + edge + [line(r) for r in body] + edge


def tables(rows, results, rule=False):
    yield table(HEAD, map(cells, rows), rule)
    yield table(["bytes of memory", ""], memory(results), rule) if not rule else \
        table(["memory", "bytes"], memory(results), rule)
    rates = list(rate(results))
    if rates:
        yield table(RATE_HEAD, rates, rule)


def about(results):
    base = ", ".join(f"{work} {show(results.median('none', work))}" for work in
                     ("pair", "unread", "exchange", "response") if results.median("none", work))
    return (f"Linux {results.about['Linux']}, QEMU {results.about['QEMU']}, tree {results.about['tree']}, "
            f"seeds {' '.join(results.seeds())}. Nothing loaded: {base}.")


def section(rows, results, svg):
    yield about(results)
    for lines in tables(rows, results, rule=True):
        yield "\n".join(lines)
    yield f".. image:: {svg}\n   :alt: instructions that each run adds to a connection"


def replace(path, name, title, body):
    begin, end = f".. bench {name} begins\n", f".. bench {name} ends\n"
    with open(path, encoding="utf-8") as file:
        text = file.read()
    if begin not in text:
        text += f"\n{title}\n{'=' * len(title)}\n\n{begin}\n{end}"
    before, rest = text.split(begin)
    after = rest.split(end)[1]
    with open(path, "w", encoding="utf-8") as file:
        file.write(f"{before}{begin}\n{body}\n\n{end}{after}")


def write(rows, results, source, series, document):
    folder = os.path.splitext(document)[0]
    svg = f"{os.path.basename(folder)}/{series}.svg"
    os.makedirs(folder, exist_ok=True)
    if os.path.abspath(source) != os.path.abspath(f"{folder}/{series}.tsv"):
        shutil.copyfile(source, f"{folder}/{series}.tsv")
    closes = [row for row in rows if row.work in CLOSES]
    title = f"Instructions that a connection costs more than with nothing loaded, Linux {results.about['Linux']}"
    with open(f"{folder}/{series}.svg", "w", encoding="utf-8") as file:
        file.write("\n".join(plot.svg(closes, title)) + "\n")
    replace(document, series, f"Linux {series}", "\n\n".join(section(rows, results, svg)))


def main(how, rows_path, path, *rest):
    results = figures.Results(path)
    rows = list(figures.rows(rows_path, results))
    if how == "write":
        write(rows, results, path, *rest)
        return
    print(about(results))
    for lines in tables(rows, results):
        print("\n" + "\n".join(lines))


if __name__ == "__main__":
    main(*sys.argv[1:])
