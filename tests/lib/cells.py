#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""usage: cells.py < SCREENS

Print parts of screens, cell for cell: each row as its text, and where the look
changes, the look in braces.  However a colour or an attribute was said, the
same look comes out as the same words.

Each screen is what "tmux capture-pane -e -N -p" says, with a line in front of
it: "@@ FIRSTCOL COLS FIRSTROW ROWS".  A form feed comes behind
each that comes out.
"""
import re
import sys
import unicodedata

# SGR numbers: what they set, what they unset.
SETS = {1: "bold", 2: "dim", 3: "italic", 4: "under", 5: "blink", 7: "reverse",
        8: "hidden", 9: "struck"}
UNSETS = {22: ("bold", "dim"), 23: ("italic",), 24: ("under",),
          25: ("blink",), 27: ("reverse",), 28: ("hidden",), 29: ("struck",)}
DRAWN = str.maketrans("jklmnqtuvwx", "┘┐┌└┼─├┤┴┬│")
TOKEN = re.compile(r"\033\[([0-9;:]*)m|([\016\017])|(.)")


def colour(args):
    """A colour behind 38 or 48; what is taken is gone from args."""
    kind = args.pop(0) if args else 0
    n = {5: 1, 2: 3}.get(kind, 0)
    got = args[:n]
    del args[:n]
    return ",".join(map(str, got))


def change(look, text):
    """What a control sequence makes of a look."""
    args = [int(x or 0) for x in re.split("[;:]", text)]
    while args:
        n = args.pop(0)
        if n == 0:
            look.clear()
        elif n in SETS:
            look[SETS[n]] = ""
        elif n in UNSETS:
            for name in UNSETS[n]:
                look.pop(name, None)
        elif n in (38, 48):
            look["fg" if n == 38 else "bg"] = colour(args)
        elif n in (39, 49):
            look.pop("fg" if n == 39 else "bg", None)
        else:
            for first, name, add in ((30, "fg", 0), (40, "bg", 0),
                                     (90, "fg", 8), (100, "bg", 8)):
                if first <= n < first + 8:
                    look[name] = str(n - first + add)


def said(look):
    """A look in words."""
    return " ".join(k + v for k, v in sorted(look.items()))


def seen(c, look, was):
    """What is seen of a look after `was`: a blank shows little of it."""
    if c != " " or "reverse" in look:
        return look
    shown = {k: look[k] for k in ("bg", "under", "struck") if k in look}
    if "reverse" in was or any(was.get(k) != shown.get(k)
                               for k in ("bg", "under", "struck")):
        return shown
    return was


def width(c):
    """Columns of a character."""
    if unicodedata.combining(c) or unicodedata.category(c) in ("Me", "Mn", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(c) in "WF" else 1


def cells_of(line, look, drawn):
    """The cells of one line, as pairs of text and look."""
    cells = []
    for sgr, shift, c in TOKEN.findall(line):
        if shift:
            drawn[0] = shift == "\016"
        elif not c:
            change(look, sgr)
        elif width(c) == 0 and cells:
            at = -1 if cells[-1][0] else -2
            cells[at] = (cells[at][0] + c, cells[at][1])
        else:
            now = dict(look)
            if drawn[0]:
                c = c.translate(DRAWN)
            cells.append((c, now))
            cells.extend([("", now)] * (width(c) - 1))
    return cells


def show(part, lines):
    """Cut and print one screen."""
    col, cols, row, rows = part
    look, drawn = {}, [False]
    screen = [cells_of(line, look, drawn) for line in lines]
    shown = []
    for line in (screen + [[]] * rows)[row - 1:row - 1 + rows]:
        line = (line + [(" ", {})] * (col + cols))[col - 1:col - 1 + cols]
        was, out = {}, []
        for text, look in line:
            now = seen(text, look, was) if text else was
            if now != was:
                out.append("{" + said(now) + "}")
            was = now
            out.append(text)
        shown.append("".join(out).rstrip() if not was else "".join(out) + "{}")
    print("\n".join(shown).rstrip("\n"))
    print("\f")


def main():
    """All screens."""
    for text in re.split("^@@ ", sys.stdin.read(), flags=re.M)[1:]:
        part, *lines = text.split("\n")
        show(tuple(map(int, part.split())), lines)


if __name__ == "__main__":
    main()
