#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""An SFTP server that lies: usage: sftpliar.py FILE, which names the lie.
What is removed and renamed is noted in FILE.log.

It has a folder /d with what the lie says is in it, and files that any path
names.  A client has to end with an error and to write nothing it should not.
"""
import struct
import sys

OPEN, CLOSE, READ, WRITE, LSTAT, FSTAT, SETSTAT, FSETSTAT = range(3, 11)
OPENDIR, READDIR, REMOVE, MKDIR, RMDIR, REALPATH, STAT, RENAME = range(11, 19)
STATUS, HANDLE, DATA, NAME, ATTRS = range(101, 106)
FILE, FOLDER, LINK = 0o100644, 0o40755, 0o120777
NAMES = {
    "dotdot": [(b"../escaped", FILE)],
    "absolute": [(b"/tmp/escaped", FILE)],
    "inner": [(b"a/../../escaped", FILE)],
    "nul": [(b"a\0b", FILE)],
    "empty": [(b"", FILE)],
    "parent": [(b"..", FOLDER), (b"good", FILE)],
    "long": [(b"x" * 300, FILE)],
    "link-then-folder": [(b"l", LINK), (b"l", FOLDER)],
    "deep": [(b"deeper", FOLDER)],
    "late": [(b"d", FOLDER)],
    "bare": [(b"sub1", FOLDER), (b"g", FILE), (b"sub2", FOLDER)],
    "escape": [(b"\x1b]0;x\a", FOLDER)],
}
# These have it in the first folder that is read, and a file in others.
ONCE = ("late", "bare", "escape")


def text(b):
    return struct.pack(">I", len(b)) + b


def attrs(mode, size):
    return struct.pack(">IQI", 5, size, mode)


class Server:
    def __init__(self, lie):
        self.lie = lie
        self.read_already = {}
        self.opened = 0
        self.size = 100000
        self.reads = 0
        self.held = None

    def send(self, kind, number, body):
        packet = struct.pack(">BI", kind, number) + body
        sys.stdout.buffer.write(text(packet))
        sys.stdout.buffer.flush()

    @staticmethod
    def note(line):
        with open(sys.argv[1] + ".log", "a", encoding="ascii") as f:
            f.write(line + "\n")

    def status(self, number, code, message=b""):
        self.send(STATUS, number,
                  struct.pack(">I", code) + text(message) + text(b""))

    def names(self):
        if self.lie in NAMES and not (self.lie in ONCE and self.read_already):
            return NAMES[self.lie]
        return [(b"f", FILE)]

    def look(self, number, path):
        base = path.rsplit(b"/", 1)[-1]
        if self.lie == "late":
            self.held = number
        elif base in (b"d", b"deeper", b"l", b"sub1", b"sub2"):
            self.send(ATTRS, number, attrs(FOLDER, 0))
        elif self.lie == "missing":
            self.status(number, 2)
        elif self.lie in ("endless", "no-size"):
            self.send(ATTRS, number, attrs(FILE, 0))
        else:
            self.send(ATTRS, number, attrs(FILE, self.size))

    def readdir(self, number, handle):
        if self.lie == "endless-names":
            first = self.read_already.get(handle, 0)
            self.read_already[handle] = first + 100
            entries = [(b"n%d" % i, FOLDER) for i in range(first, first + 100)]
        elif self.read_already.get(handle):
            self.status(number, 1)
            return
        else:
            entries = self.names()
            self.read_already[handle] = 1
        body = struct.pack(">I", len(entries))
        if self.lie == "count":
            body = struct.pack(">I", 0xffffffff)
        for name, mode in entries:
            body += text(name) + text(b"")
            body += b"\0\0\0\0" if self.lie == "bare" else attrs(
                mode, self.size)
        self.send(NAME, number, body)

    def read(self, number, offset, length):
        lie = self.lie
        if lie == "zero":
            self.send(DATA, number, text(b""))
        elif lie == "more":
            self.send(DATA, number, text(b"x" * (length + 1)))
        elif lie == "short" and offset < self.size:
            n = min(length, 1000, self.size - offset)
            self.send(DATA, number, text(b"s" * n))
        elif lie == "fails" and offset > 0:
            self.status(number, 4, b"Failure")
        elif lie == "shrinks" and offset + length > 50000:
            self.status(number, 1)
        elif lie == "closes" and offset > 0:
            sys.exit(0)
        elif lie == "wrong-type":
            self.send(HANDLE, number, text(b"h"))
        elif lie == "twice":
            self.send(DATA, number, text(b"x" * length))
            self.send(DATA, number, text(b"x" * length))
        elif lie == "forgets":
            self.reads += 1
            self.send(DATA, number, text(b"%d" % (self.reads % 10) * length))
        elif lie == "no-size" and offset >= 70000:
            self.status(number, 1)
        elif lie == "no-size":
            self.send(DATA, number, text(b"s" * min(length, 70000 - offset)))
        else:
            self.send(DATA, number, text(b"x" * length))

    def serve(self, packet):
        kind = packet[0]
        number, = struct.unpack(">I", packet[1:5])
        n, = struct.unpack(">I", packet[5:9])
        first, rest = packet[9:9 + n], packet[9 + n:]
        if kind == FSTAT and self.lie == "grows":
            self.send(ATTRS, number, attrs(FILE, self.size + 5))
        elif kind in (STAT, LSTAT):
            self.look(number, first)
        elif kind in (OPEN, OPENDIR):
            if self.lie == "handle":
                self.send(HANDLE, number, text(b"h" * 1000))
            else:
                self.opened += 1
                self.send(HANDLE, number, text(b"%d" % self.opened))
        elif kind == READDIR:
            self.readdir(number, first)
        elif kind == READ:
            self.read(number, *struct.unpack(">QI", rest[:12]))
        elif kind == WRITE and self.lie == "full":
            self.status(number, 4, b"No space left on device")
        elif kind == WRITE and self.lie == "gone":
            sys.exit(0)
        elif kind == REMOVE and self.lie in ("full", "forgets", "stuck"):
            self.note("removed " + first.decode())
            self.status(number, 0)
        elif kind == RENAME:
            self.note("renamed")
            self.status(number, 4 if self.lie == "stuck" else 0, b"Failure")
        elif kind == CLOSE and self.held is not None:
            self.send(ATTRS, self.held, attrs(FOLDER, 0))
            self.held = None
            self.status(number, 0)
        else:
            self.status(number, 0)


def packets(stream):
    while True:
        head = stream.read(4)
        if len(head) < 4:
            return
        yield stream.read(struct.unpack(">I", head)[0])


def main():
    with open(sys.argv[1], encoding="ascii") as f:
        server = Server(f.read().strip())
    if server.lie == "text":
        sys.stdout.write("Welcome to the machine\n")
        sys.stdout.flush()
    stream = packets(sys.stdin.buffer)
    next(stream)
    version = struct.pack(">BI", 2, 2 if server.lie == "version" else 3)
    sys.stdout.buffer.write(text(version))
    sys.stdout.buffer.flush()
    for packet in stream:
        server.serve(packet)


main()
