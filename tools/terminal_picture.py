#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Draws what a command writes to a terminal as SVG, for the documents. Development only.

    tools/terminal_picture.py docs/images/validate.svg build/dev/bin/headroom-cli report REPORT.json
"""

import argparse
import html
import os
import pty
import re
import struct
import subprocess
import sys
import termios

COLUMNS, CHARACTER, LINE, MARGIN = 100, 7.8, 18, 16
GROUND, INK = "#16181d", "#d7dae0"
COLOURS = {"31": "#f2777a", "32": "#7fc88a", "33": "#e0b060", "90": "#8a909c"}
ESCAPE = re.compile(r"\x1b\[([0-9;]*)m")


def output_of(command: list) -> str:
    """Standard output of the command in a terminal of COLUMNS columns."""
    master, slave = pty.openpty()
    import fcntl
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 60, COLUMNS, 0, 0))
    environment = dict(os.environ, TERM="xterm-256color", LC_ALL="C.UTF-8")
    environment.pop("NO_COLOR", None)
    process = subprocess.Popen(command, stdout=slave, env=environment)
    os.close(slave)
    chunks = []
    while True:
        try:
            chunk = os.read(master, 65536)
        except OSError:  # the terminal's other end is closed
            break
        if not chunk:
            break
        chunks.append(chunk)
    if process.wait() != 0:
        sys.exit(f"{command[0]} ended with status {process.returncode}")
    return b"".join(chunks).decode().replace("\r\n", "\n")


def spans(line: str) -> str:
    """A line as tspans, each where its column is: no font's widths are trusted."""
    parts, style, column = [], set(), 0
    for index, piece in enumerate(ESCAPE.split(line)):
        if index % 2 == 1:
            codes = set(piece.split(";")) - {""}
            style = set() if not codes or "0" in codes else style | codes
            continue
        for run in re.finditer(r"\S+(?: \S+)*", piece):
            colour = next((COLOURS[code] for code in style if code in COLOURS), INK)
            weight = ' font-weight="bold"' if "1" in style else ""
            x = MARGIN + (column + run.start()) * CHARACTER
            parts.append(f'<tspan x="{x:.1f}" fill="{colour}"{weight} textLength="{len(run.group()) * CHARACTER:.1f}">'
                         f"{html.escape(run.group())}</tspan>")
        column += len(piece)
    return "".join(parts)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lines", type=int, default=10**6, help="at most so many")
    parser.add_argument("picture")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    arguments = parser.parse_args()
    lines = output_of(arguments.command).rstrip("\n").split("\n")[:arguments.lines]
    width, height = 2 * MARGIN + COLUMNS * CHARACTER, 2 * MARGIN + len(lines) * LINE
    text = "\n".join(f'<text y="{MARGIN + (row + 0.75) * LINE:.1f}">{spans(line)}</text>'
                     for row, line in enumerate(lines) if line.strip())
    with open(arguments.picture, "w") as file:
        file.write(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" '
                   f'width="{width:.0f}" height="{height:.0f}" xml:space="preserve" font-size="13" '
                   f'font-family="DejaVu Sans Mono, Menlo, Consolas, monospace">\n'
                   f'<rect width="100%" height="100%" rx="8" fill="{GROUND}"/>\n{text}\n</svg>\n')


if __name__ == "__main__":
    main()
