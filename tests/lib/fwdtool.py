# SPDX-License-Identifier: Apache-2.0
"""Both ends of forwarded connections, for tests.

fwdtool.py free N                 N ports that nobody listens on
fwdtool.py listens PORT           the addresses of this machine's listeners
fwdtool.py echo ADDRESS           send back what comes, also after its end
fwdtool.py mute ADDRESS           accept, and read nothing
fwdtool.py flood ADDRESS          send without end, and read nothing
fwdtool.py churn ADDRESS N AT     N connections, AT at a time
fwdtool.py bulk ADDRESS BYTES     so many each way at once, compared by hash
fwdtool.py fill ADDRESS BYTES     send until so many are taken, or no more are
fwdtool.py sip ADDRESS SECONDS    read little by little, print how much
fwdtool.py pull ADDRESS N [HEX]   read so many, print the milliseconds; HEX is
                                  said to SOCKS 5, whose answer is left out
fwdtool.py sink ADDRESS           read all, and end when it does
fwdtool.py push ADDRESS N [HEX]   as pull, the other way, to a sink
fwdtool.py crowd ADDRESS N        N connections that say nothing, until stdin
                                  ends; "ready" when the far end has them all
fwdtool.py ask ADDRESS TEXT       send TEXT and its end, print the answer
fwdtool.py raw ADDRESS HEX [END]  send bytes, print what comes, as hex
fwdtool.py hold ADDRESS FILE      stay connected until FILE is there

An address is a port of 127.0.0.1, "HOST PORT" in one word, or a path.  Every
wait ends after 30 s.
"""
import hashlib
import os
import random
import resource
import socket
import sys
import threading
import time

LIMIT = 30


def place(word):
    if "/" in word:
        return socket.AF_UNIX, word
    host, _, port = word.rpartition(" ")
    host = host or "127.0.0.1"
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return family, (host, int(port))


def connect(word):
    family, address = place(word)
    s = socket.socket(family)
    s.settimeout(LIMIT)
    s.connect(address)
    return s


def listen(word):
    family, address = place(word)
    s = socket.socket(family)
    if family != socket.AF_UNIX:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.bind(address)
    s.listen(512)
    print("ready", flush=True)
    return s


def read_all(s):
    out = b""
    while True:
        piece = s.recv(65536)
        if not piece:
            return out
        out += piece


def free(n):
    taken = []
    for _ in range(int(n)):
        s = socket.socket()
        s.bind(("127.0.0.1", 0))
        taken.append(s)
        print(s.getsockname()[1])


def listens(port):
    for name, family in (("tcp", socket.AF_INET), ("tcp6", socket.AF_INET6)):
        with open("/proc/net/" + name, encoding="ascii") as f:
            for line in f.readlines()[1:]:
                words = line.split()
                host, number = words[1].split(":")
                if words[3] != "0A" or int(number, 16) != int(port):
                    continue
                raw = b"".join(
                    bytes.fromhex(host[i : i + 8])[::-1]
                    for i in range(0, len(host), 8)
                )
                print(socket.inet_ntop(family, raw))


def echo_one(s):
    try:
        while True:
            piece = s.recv(65536)
            if not piece:
                break
            s.sendall(piece)
    except OSError:
        pass
    s.close()


def echo(word):
    server = listen(word)
    while True:
        s, _ = server.accept()
        threading.Thread(target=echo_one, args=(s,), daemon=True).start()


def mute(word):
    server = listen(word)
    kept = []
    while True:
        kept.append(server.accept())


def flood_one(s):
    block = bytes(1 << 18)
    try:
        while True:
            s.sendall(block)
    except OSError:
        pass
    s.close()


def flood(word):
    server = listen(word)
    while True:
        s, _ = server.accept()
        threading.Thread(target=flood_one, args=(s,), daemon=True).start()


def sink_one(s):
    buf = bytearray(1 << 20)
    while s.recv_into(buf):
        pass
    s.close()


def sink(word):
    server = listen(word)
    while True:
        s, _ = server.accept()
        threading.Thread(target=sink_one, args=(s,), daemon=True).start()


def sip(word, seconds):
    s = connect(word)
    total = 0
    end = time.monotonic() + float(seconds)
    while time.monotonic() < end:
        total += len(s.recv(32768))
        time.sleep(0.005)
    print(total)


def greet(word, digits):
    s = connect(word)
    if digits:
        s.sendall(bytes.fromhex(digits))
        left = 12
        while left:
            left -= len(s.recv(left))
    return s


def since(start):
    print(round((time.monotonic() - start) * 1000))


def pull(word, n, digits=""):
    s = greet(word, digits)
    buf = bytearray(1 << 20)
    left = int(n)
    start = time.monotonic()
    while left > 0:
        got = s.recv_into(buf, min(left, len(buf)))
        if not got:
            sys.exit("it ended %d bytes early" % left)
        left -= got
    since(start)


def push(word, n, digits=""):
    s = greet(word, digits)
    block = bytes(1 << 18)
    left = int(n)
    start = time.monotonic()
    while left > 0:
        left -= s.send(block[: min(left, len(block))])
    s.shutdown(socket.SHUT_WR)
    if s.recv(1):
        sys.exit("a sink speaks")
    since(start)


def crowd(word, n):
    resource.setrlimit(
        resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2
    )
    kept = [connect(word) for _ in range(int(n))]
    for s in kept:
        s.sendall(b"x")
    for s in kept:
        s.recv(1)
    print("ready", flush=True)
    sys.stdin.read()


def churn(word, n, at):
    left = list(range(int(n)))
    bad = []
    lock = threading.Lock()

    def work():
        rng = random.Random()
        while True:
            with lock:
                if not left or bad:
                    return
                left.pop()
            text = rng.randbytes(rng.randrange(1, 4000))
            try:
                s = connect(word)
                s.sendall(text)
                s.shutdown(socket.SHUT_WR)
                got = read_all(s)
                s.close()
            except OSError as e:
                got = str(e)
            if got != text:
                with lock:
                    bad.append(got)

    threads = [threading.Thread(target=work) for _ in range(int(at))]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    if bad:
        sys.exit("a connection brought back %r" % bad[0][:80])
    print("ok")


def bulk(word, n):
    size = int(n)
    block = random.Random(1).randbytes(1 << 20)
    s = connect(word)
    sent = hashlib.sha256()
    came = hashlib.sha256()

    def send():
        left = size
        while left:
            piece = block[: min(left, len(block))]
            sent.update(piece)
            s.sendall(piece)
            left -= len(piece)
        s.shutdown(socket.SHUT_WR)

    t = threading.Thread(target=send)
    t.start()
    total = 0
    while True:
        piece = s.recv(1 << 18)
        if not piece:
            break
        total += len(piece)
        came.update(piece)
    t.join()
    if total != size or sent.digest() != came.digest():
        sys.exit("%d of %d bytes came back" % (total, size))
    print("ok")


def fill(word, n):
    s = connect(word)
    s.settimeout(2)
    sent = 0
    try:
        while sent < int(n):
            sent += s.send(bytes(65536))
    except socket.timeout:
        pass
    print(sent)


def ask(word, text):
    s = connect(word)
    s.sendall(text.encode())
    s.shutdown(socket.SHUT_WR)
    sys.stdout.buffer.write(read_all(s))


def raw(word, digits, end=""):
    s = connect(word)
    try:
        for byte in bytes.fromhex(digits):
            s.sendall(bytes([byte]))
            if end == "slow":
                time.sleep(0.01)
        if end == "end":
            s.shutdown(socket.SHUT_WR)
        print(read_all(s).hex())
    except OSError:
        print("reset")


def hold(word, name):
    s = connect(word)
    print("held", flush=True)
    end = time.monotonic() + LIMIT
    while not os.path.exists(name) and time.monotonic() < end:
        time.sleep(0.02)
    s.sendall(b"still")
    s.shutdown(socket.SHUT_WR)
    print(read_all(s).decode())


globals()[sys.argv[1]](*sys.argv[2:])
