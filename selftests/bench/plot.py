# SPDX-License-Identifier: GPL-2.0
"""The rows of a connection's costs as an SVG: a dot each, on a logarithmic scale."""
import math

from figures import PEERS

LEFT, WIDTH, STEP, TOP = 300, 560, 22, 46
FIRST, LAST = 2, 5.5        # of the scale, powers of ten
STYLE = """
 text { font: 12px sans-serif; fill: #222 } .small { font-size: 11px; fill: #666 }
 .grid { stroke: #ddd } .line { stroke: #bbb } .own { fill: #1f6fb4 } .peer { fill: #d9822b }
 .wanted { stroke: #222; stroke-width: 2 } .goal { stroke: #2a8a3a; stroke-width: 2 }
""".strip("\n")


def x(value):
    exponent = math.log10(max(value, 10 ** FIRST))
    return round(LEFT + (exponent - FIRST) / (LAST - FIRST) * WIDTH, 1)


def text(at, y, words, style=""):
    words = words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f'<text x="{at}" y="{y}"{style}>{words}</text>'


def tick(value, y, name):
    return f'<line class="{name}" x1="{x(value)}" x2="{x(value)}" y1="{y - 7}" y2="{y + 7}"/>'


def mark(row, y):
    name = "peer" if row.run in PEERS else "own"
    yield text(LEFT - 12, y + 4, row.title, ' text-anchor="end"')
    yield f'<line class="line" x1="{LEFT}" x2="{x(row.added)}" y1="{y}" y2="{y}"/>'
    for kind in ("wanted", "goal"):
        if getattr(row, kind):
            yield tick(getattr(row, kind), y, kind)
    yield f'<circle class="{name}" cx="{x(row.added)}" cy="{y}" r="5"/>'
    yield text(LEFT + WIDTH + 12, y + 4, f"{row.added:,.0f}".replace(",", "\u202f"))


def scale(bottom):
    for power in range(FIRST, int(LAST) + 1):
        yield f'<line class="grid" x1="{x(10 ** power)}" x2="{x(10 ** power)}" y1="{TOP - 12}" y2="{bottom}"/>'
        yield text(x(10 ** power), bottom + 16, f"{10 ** power:,}".replace(",", "\u202f"),
                   ' class="small" text-anchor="middle"')


def svg(rows, title):
    rows = [row for row in rows if row.added is not None]
    bottom = TOP + STEP * len(rows)
    yield (f'<svg xmlns="http://www.w3.org/2000/svg" width="{LEFT + WIDTH + 90}" height="{bottom + 44}">'
           f"\n<style>\n{STYLE}\n</style>\n"
           '<rect width="100%" height="100%" fill="#fff"/>')
    yield text(LEFT, 18, title)
    yield from scale(bottom)
    for i, row in enumerate(rows):
        yield from mark(row, TOP + STEP * i + 4)
    yield text(LEFT, bottom + 36, "blue: closewatch, orange: peers; black tick: wanted at least, green tick: goal",
               ' class="small"')
    yield "</svg>"
