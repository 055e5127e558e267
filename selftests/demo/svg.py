#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""svg.py FOLDER: read screens, each behind a line "# screen NAME COLUMNSxLINES", and
draw each as FOLDER/NAME.svg: its text and the colours of its SGR sequences."""
import html
import re
import sys

WIDTH, HEIGHT, BASE = 8.4, 18, 13
COLOURS = ["#484f58", "#ff7b72", "#3fb950", "#d29922", "#58a6ff", "#bc8cff", "#39c5cf",
           "#b1bac4"]
PLAIN, GROUND, DIM = "#e6edf3", "#0d1117", "#8b949e"


class Pen:
    def __init__(self):
        self.set("0")

    def set(self, codes):
        for code in (int(c or 0) for c in codes.split(";")):
            if code == 0:
                self.bold = self.dim = self.turned = False
                self.colour = self.ground = None
            elif code == 1:
                self.bold = True
            elif code == 2:
                self.dim = True
            elif code == 7:
                self.turned = True
            elif code == 22:
                self.bold = self.dim = False
            elif code == 27:
                self.turned = False
            elif code // 10 in (3, 9) and code % 10 < 8:
                self.colour = COLOURS[code % 10]
            elif code // 10 in (4, 10) and code % 10 < 8:
                self.ground = COLOURS[code % 10]
            elif code == 39:
                self.colour = None
            elif code == 49:
                self.ground = None
            else:
                sys.exit(f"svg.py: no picture of SGR {code}")

    def paint(self):
        ink, ground = self.colour or (DIM if self.dim else PLAIN), self.ground
        return (ground or GROUND, ink) if self.turned else (ink, ground)


def pieces(line, pen):
    """(column, text, pen's state) between the sequences of a line."""
    at = 0
    for i, part in enumerate(re.split(r"\x1b\[([0-9;]*)m|\x1b\(B|\x0f|\x0e", line)):
        if i % 2:
            if part is not None:
                pen.set(part)
        elif part:
            yield at, part, pen.paint(), pen.bold
            at += len(part)


def draw(columns, lines):
    width, height = columns * WIDTH + 24, len(lines) * HEIGHT + 24
    yield (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height}" '
           f'width="{width:g}" height="{height}" font-size="14" '
           'font-family="ui-monospace,SFMono-Regular,Menlo,DejaVu Sans Mono,monospace">')
    yield f'<rect width="100%" height="100%" rx="6" fill="{GROUND}"/>'
    pen = Pen()
    for row, line in enumerate(lines):
        y = 12 + row * HEIGHT
        for at, text, (ink, ground), bold in pieces(line, pen):
            x, wide = 12 + at * WIDTH, len(text) * WIDTH
            if ground:
                yield (f'<rect x="{x:g}" y="{y}" width="{wide:g}" height="{HEIGHT}" '
                       f'fill="{ground}"/>')
            if text.strip():
                yield (f'<text x="{x:g}" y="{y + BASE}" xml:space="preserve" '
                       f'textLength="{wide:g}" fill="{ink}"'
                       f'{" font-weight=" + chr(34) + "bold" + chr(34) if bold else ""}>'
                       f'{html.escape(text, quote=False)}</text>')
    yield "</svg>"


def main(folder):
    screens = re.split(r"^# screen (\S+) (\d+)x\d+\n", sys.stdin.read(), flags=re.M)
    if len(screens) < 4:
        sys.exit("svg.py: no screen")
    for name, columns, text in zip(screens[1::3], screens[2::3], screens[3::3]):
        lines = text.replace("\r", "").rstrip().split("\n")
        with open(f"{folder}/{name}.svg", "w", encoding="utf-8") as f:
            f.write("\n".join(draw(int(columns), lines)) + "\n")


main(sys.argv[1])
