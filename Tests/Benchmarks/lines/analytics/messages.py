"""Measurements over NATS, durable on both sides: stored by the stream before it answers, counted on disk before it is told."""

import json
import statistics
import time

from lines.analytics.publisher import Publisher
from table import information, limit


def count(service, kind):
    return service.json("GET", "/api/metrics/today")["totals"].get(kind, {}).get("count", 0)


def ingest(studio, kind, messages, size):
    """Sends messages of `size` measurements each; gives measurements a second until all are counted, and the CPU of each."""
    publisher = Publisher(studio, in_flight=16 if size > 1 else 512)
    payloads = [
        json.dumps([
            {"script_name": f"script-{(message + place) % 50}", "metric_type": kind, "value": place, "run_id": f"{kind}-{message}"}
            for place in range(size)
        ]).encode()
        for message in range(messages)
    ]  # fmt: skip
    cpu, began = studio.processes.cpu(), time.monotonic()
    for message, payload in enumerate(payloads):
        publisher.publish(f"{kind}-{message}", payload)
    publisher.close()
    service = studio.service("analytics")
    while count(service, kind) < messages * size:
        time.sleep(0.02)
    seconds, cpu = time.monotonic() - began, studio.processes.cpu() - cpu
    if (counted := count(service, kind)) != messages * size:
        raise RuntimeError(f"{counted} counted of {messages * size}")
    service.close()
    return messages * size / seconds, cpu / (messages * size) * 1e6


def run_lines(bench):
    studio = bench.studio()
    many, single = [], []
    for turn in range(bench.runs):
        many.append(ingest(studio, f"many{turn}", 100 if bench.quick else 1000, 250))
        single.append(ingest(studio, f"single{turn}", 2000 if bench.quick else 20_000, 1))
    middle = lambda rounds, figure: statistics.median(entry[figure] for entry in rounds)
    return [
        limit("metrics over NATS, 250 in a message, durable", middle(many, 0), 20_000, "/s", at_least=True),
        information("CPU of each, nats-server and service", middle(many, 1), "µs"),
        information("metrics over NATS, one in a message, durable", middle(single, 0), "/s"),
        information("CPU of each, nats-server and service", middle(single, 1), "µs"),
    ]
