"""What judging costs: a thousand rules over ten thousand series, each of which ten rules watch by itself."""

import json
import re
import time

from lines.analytics.publisher import Publisher
from table import information, limit

RULES, TYPES, HOSTS, BATCH, ROUNDS = 1000, 100, 100, 500, 5
FUNCTIONS = ("sum", "avg", "min", "max", "count")


def rules():
    """Ten rules for each of a hundred types of measurements; every rule watches a hundred hosts."""
    for number in range(RULES):
        yield (
            f"  - {{name: Rule{number}, kind: threshold, metric: type-{number % TYPES}, by: [host], window: 5m, "
            f"function: {FUNCTIONS[number // TYPES % len(FUNCTIONS)]}, above: 1e9}}"
        )


def figures(service):
    text = service.request("GET", "/metrics").decode()
    return {name: float(value) for name, value in re.findall(r"^alerting_(\w+) (\S+)$", text, re.MULTILINE)}


def send(publisher, number):
    """One measurement of every series."""
    events = [
        f'{{"script_name":"s","metric_type":"type-{kind}","value":{kind + host},"labels":{{"host":"h{host}"}}}}'
        for kind in range(TYPES)
        for host in range(HOSTS)
    ]
    for start in range(0, len(events), BATCH):
        publisher.publish(f"alerts-{number}-{start}", ("[" + ",".join(events[start : start + BATCH]) + "]").encode())


def wait(service, measurements, rounds):
    """Until all are taken and then judged."""
    while (seen := figures(service))["measurements_total"] < measurements:
        time.sleep(0.1)
    last = seen["rounds_total"]
    while (seen := figures(service))["rounds_total"] < last + rounds:
        time.sleep(0.1)
    return seen


def run_lines(bench):
    studio = bench.studio()
    (studio.folder / "alerts.yaml").write_text("version: 1\nrules:\n" + "\n".join(rules()) + "\n")
    service = studio.service("alerting")
    while len(json.loads(service.request("GET", "/api/alerts/rules"))["rules"]) != RULES:
        time.sleep(0.2)
    publisher, count, name = Publisher(studio), TYPES * HOSTS, "evaluation_cpu_seconds_total"
    before = figures(service)["measurements_total"]
    send(publisher, 0)
    # The first time all windows are made.
    start = wait(service, before + count, 2)
    idle = wait(service, 0, 10)
    for number in range(1, ROUNDS + 1):
        send(publisher, number)
        end = wait(service, before + (number + 1) * count, 1)
    publisher.close()
    resting = (idle[name] - start[name]) / (idle["rounds_total"] - start["rounds_total"]) * 1e3
    return [
        limit(f"{RULES} rules over {count} series with news from all: CPU of a round", (end[name] - idle[name]) / ROUNDS * 1e3, 200, "ms"),
        information("the same when nothing came: CPU of a round", resting, "ms"),
        information("windows that are watched", end["groups"], ""),
    ]  # fmt: skip
