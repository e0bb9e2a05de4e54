"""Streams of 50 events, 5 ms apart: time to the first byte, CPU an event, and a thousand at once."""

import json
import socket
import time

from lines.gateway.contenders import QUESTION, UPSTREAM, contenders, least_and_middle, load
from measure import MB, memory
from table import limit, number, ratio

EVENTS, MILLISECONDS = 50, 5
ASKED = QUESTION | {"stream": True, "stream_options": {"include_usage": True}}


def first_bytes(contender, count):
    """Milliseconds to the first byte of the body of streams that are read to their ends, sorted."""
    key = contender.script.read_text().partition("Bearer ")[2].partition("'")[0]
    body = json.dumps(ASKED).encode()
    head = "POST /v1/chat/completions HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\n"
    request = f"{head}Authorization: Bearer {key}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body
    connection = socket.create_connection(("127.0.0.1", contender.port))
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    times = []
    for _ in range(count):
        began, received, first = time.perf_counter(), b"", None
        connection.sendall(request)
        while not received.endswith(b"\r\n0\r\n\r\n"):
            received += connection.recv(65536)
            if first is None and b"data: " in received:
                first = time.perf_counter()
        times.append((first - began) * 1000)
    connection.close()
    return sorted(times)


def run_lines(bench):
    rows = []
    upstream = [bench.compiled("event_upstream.c"), UPSTREAM, EVENTS, MILLISECONDS]
    count = 40 if bench.quick else 120
    with contenders(bench, ("nginx", "smg"), ASKED, upstream) as all_:
        for contender in all_.values():
            first_bytes(contender, 5)
        times = {name: first_bytes(contender, count) for name, contender in all_.items()}
        at = lambda name, share: times[name][int(len(times[name]) * share)]
        added = lambda name, share: at(name, share) - at("direct", share)
        for share, target in ((0.5, None), (0.99, 1.2)):
            peers = ", ".join(f"{number(added(name, share))} ms {name}" for name in ("nginx", "smg"))
            what = f"added to a stream's first byte, 1 stream, p{share * 100:.0f}"
            rows.append(limit(what, added("studio", share), target, "ms", peers))
        costs = {name: [] for name in ("nginx", "smg", "studio")}
        for _ in range(bench.runs):
            for name, list_ in costs.items():
                list_.append(load(all_[name], 50, 4).cpu / EVENTS)
        middle = {name: least_and_middle(list_)[1] for name, list_ in costs.items()}
        rows.append(ratio("event of 50 streams: CPU", middle["studio"], middle["smg"], "µs", 0.5, "smg"))
        rows.append(ratio("event of 50 streams: CPU", middle["studio"], middle["nginx"], "µs", None, "nginx"))
        long = {name: load(all_[name], 1000, 10).latencies[50] for name in ("nginx", "studio")}
        rows.append(ratio("1,000 streams at once: time of one, p50", long["studio"], long["nginx"], "s", 4 / 3, "nginx"))
        rows.append(limit("1,000 streams at once: memory, peak", memory(all_["studio"].pid) / MB, 100, "MB"))
    return rows
