#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Cases for `rsh hosts` with the answers of ClusterShell's nodeset.

usage: nodesets.py SEED NUMBER

Prints a fixed table and NUMBER random cases, each as a line with the words of
the command line, quoted for the shell, a tab, and what is to be printed, with
a blank for each newline.  An answer "!" is an error.
"""
import random
import shlex
import sys

from ClusterShell.NodeSet import NodeSet
from ClusterShell.RangeSet import RangeSet

LISTS = """
n1
n[1-3]
n[1-9/2]
n[01-03]
n[098-101]
n[1,01,001]
n[8-11,08-11]
n9,n10,n09
n0[1-3]
n[1-3]0
n1[2-3]4
[1-3]
[01-12]
1,2,3,x
n[1-2],n[2-3]
n3,n1,n2
b,a
a,b1,b2,a1
n[1-3]-ib
n[1-3]-ib[0-1]
n[1-2].a.org,n3.a.org,n4.b.org
r[1-2]n[1-3]
r[1-2]n[1-3],r3n1
r1n1,r1n2,r2n1
r1n1,r2n1,r1n2,r2n2,r3n3
r[1-2]n[1-2],r[2-3]n[2-3]
r[1-3]n[1-3]!r2n2
r[1-3]n[1-3]&r[2-4]n[2-4]
r[1-3]n[1-3]^r[2-4]n[2-4]
r[01-10]n[1-4]
r[1-12]c[1-4]s[0-1]
a[1-2]b[3-4]c[5-6],a1b3c7
a1b1c1,a1b2c1,a2b1c1,a2b2c2
n[1-5]&n[3-9]
n[1-5]!n[3-9]
n[1-5]^n[3-9]
n[1-5],x&x
x,n[1-5]!n2
n[1-9]&n[2-8]!n[3-4]^n[8-9],x
n[1-9] & n[2-8] ! n4
n1 & n2
n[1-2]!n[1-2]
n[1-10]&n[01-10]
foo-1-2,foo-1-3,foo-2-2
foo1-2-x3,foo1-2-x4
cab1node[1-4],cab2node[1-4]
cab1node[1-4],cab2node[1-3]
n[100-200],n[150-250]
n[0-0]
n00,n0,n000
10.0.0.[1-3],10.0.1.[1-3]
x[0-9],x[10-99],x[100-101]
x[00-09],x[10-99],x[100-101]
d[1-3]e[1-3],d[1-3]e4,d4e[1-4]
p1q2r3,p1q2r4,p2q2r3,p2q2r4,p1q3r3
n[
n1]
n[]
n[5-1]
n[a-b]
n[1-2
n[1-]
n1&
n1!
n1^
&n1
""".split("\n")[1:-1]

SLICES = ["0", "0-2", "1,3", "0-99", "2-100", "0-8/2", "5", "100"]


def folded(text):
    return str(NodeSet(text))


def expanded(nodeset):
    return " ".join(nodeset)


def answer(fn):
    try:
        return fn()
    except Exception:  # each kind of error is one to us
        return "!"


def sliced(text, places):
    nodes = NodeSet(text)
    out = NodeSet()
    for part in RangeSet(places).slices():
        out.update(nodes[part])
    return str(out)


def split(text, parts):
    return " ".join(str(part) for part in NodeSet(text).split(parts))


def contiguous(text):
    return " ".join(str(part) for part in NodeSet(text).contiguous())


def operated(text, steps):
    nodes = NodeSet(text)
    for letter, other in steps:
        change = {"x": nodes.difference_update,
                  "i": nodes.intersection_update,
                  "X": nodes.symmetric_difference_update}[letter]
        change(NodeSet(other))
    return str(nodes)


def case(words, fn):
    print("%s\t%s" % (" ".join(shlex.quote(w) for w in words), answer(fn)))


def all_of(text):
    """What can be asked of one list."""
    case(["-f", text], lambda: folded(text))
    case(["-e", "--sort", text], lambda: expanded(NodeSet(text)))
    case(["-c", text], lambda: str(len(NodeSet(text))))


def number(rnd):
    width = rnd.choice([0, 0, 0, 2, 3])
    return "%0*d" % (width, rnd.choice([rnd.randint(0, 12),
                                        rnd.randint(0, 120)]))


def bracket(rnd):
    parts = []
    for _ in range(rnd.choice([1, 1, 2, 3])):
        first = rnd.randint(0, 20)
        last = first + rnd.choice([0, 1, 2, 5])
        width = rnd.choice([0, 0, 0, 3])
        if first == last:
            parts.append("%0*d" % (width, first))
        else:
            parts.append("%0*d-%0*d" % (width, first, width, last))
    return "[%s]" % ",".join(parts)


def name(rnd, shapes):
    text = rnd.choice(shapes)
    while "#" in text:
        some = bracket(rnd) if rnd.random() < 0.4 else number(rnd)
        text = text.replace("#", some, 1)
    return text


def random_list(rnd):
    shapes = rnd.choice([["n#"], ["n#", "m#"], ["r#n#"], ["r#n#", "n#"],
                         ["a#-b#-c#"], ["x#.dom", "x#", "y"], ["#"]])
    count = rnd.choice([1, 2, 5, 12, 30])
    return ",".join(name(rnd, shapes) for _ in range(count))


def random_expression(rnd):
    text = random_list(rnd)
    for _ in range(rnd.choice([0, 1, 2])):
        text += rnd.choice("&!^") + name(rnd, ["n#", "r#n#", "a#-b#-c#"])
    return text


def random_case(rnd):
    text = random_expression(rnd)
    kind = rnd.randint(0, 6)
    if kind == 0:
        case(["-e", "--sort", text], lambda: expanded(NodeSet(text)))
    elif kind == 1:
        places = rnd.choice(SLICES)
        case(["-I", places, text], lambda: sliced(text, places))
    elif kind == 2:
        parts = rnd.randint(1, 7)
        case(["--split", str(parts), text], lambda: split(text, parts))
    elif kind == 3:
        case(["--contiguous", text], lambda: contiguous(text))
    elif kind == 4:
        steps = [(rnd.choice("xiX"), random_list(rnd)) for _ in range(2)]
        words = [text]
        for letter, other in steps:
            words += ["-" + letter, other]
        case(words, lambda: operated(text, steps))
    else:
        case(["-f", text], lambda: folded(text))


def main():
    rnd = random.Random(int(sys.argv[1]))
    for text in LISTS:
        all_of(text)
    for text in LISTS[:12]:
        for places in SLICES:
            case(["-I", places, text], lambda: sliced(text, places))
    for text in LISTS[20:40]:
        case(["--contiguous", text], lambda: contiguous(text))
        case(["--split", "3", text], lambda: split(text, 3))
    for _ in range(int(sys.argv[2])):
        random_case(rnd)


main()
