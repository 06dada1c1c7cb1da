# SPDX-License-Identifier: Apache-2.0
"""memfind.py PID TEXT - where the memory of a process has a text.

A line for each area that holds it: how often, and the flags of the area as in
/proc/PID/smaps ("lo" is locked, "dd" is left out of core dumps).
"""
import re
import sys

pid, text = sys.argv[1], sys.argv[2].encode()
area = None
with open(f"/proc/{pid}/smaps") as smaps, open(f"/proc/{pid}/mem", "rb", 0) as mem:
    for line in smaps:
        head = re.match(r"([0-9a-f]+)-([0-9a-f]+) r", line)
        if head:
            area = [int(n, 16) for n in head.groups()]
        elif re.match(r"[0-9a-f]+-", line):
            area = None
        elif line.startswith("VmFlags:") and area:
            try:
                mem.seek(area[0])
                n = mem.read(area[1] - area[0]).count(text)
            except (OSError, ValueError, OverflowError):
                continue
            if n:
                print(n, *line.split()[1:])
