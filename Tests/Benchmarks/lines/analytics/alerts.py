"""What judging costs: a thousand rules over ten thousand series, each of which ten rules watch by itself. One group in a hundred
begins to fire while it is measured, a fifth of them with each round of news: changes are applied and written, too."""

import json
import re
import time

from lines.analytics.publisher import Publisher
from measure import Servers
from table import information, limit

RULES, TYPES, HOSTS, BATCH, ROUNDS = 1000, 100, 100, 500, 5
FUNCTIONS = ("sum", "avg", "min", "max", "count")


def rules():
    """Ten rules for each of a hundred types of measurements; every rule watches a hundred hosts."""
    for number in range(RULES):
        yield (
            f"  - {{name: Rule{number}, kind: threshold, metric: type-{number % TYPES}, by: [host], window: 5m, "
            f"function: {function(number)}, above: {ROUNDS + 1 if function(number) == 'count' else 1e5:g}}}"
        )


def function(number):
    return FUNCTIONS[number // TYPES % len(FUNCTIONS)]


def figures(service):
    text = service.request("GET", "/metrics").decode()
    return {name: float(value) for name, value in re.findall(r"^alerting_(\w+) (\S+)$", text, re.MULTILINE)}


def events(number):
    """One measurement of every series. The last host of each type is silent until its round comes, and is then loud enough for any
    rule: ROUNDS + 2 measurements, all of them high."""
    for kind in range(TYPES):
        for host in range(HOSTS):
            is_last = host == HOSTS - 1
            if is_last and number != 1 + kind % ROUNDS:
                continue
            event = f'{{"script_name":"s","metric_type":"type-{kind}","value":{1e6 if is_last else kind + host:g},"labels":{{"host":"h{host}"}}}}'
            yield from [event] * (ROUNDS + 2 if is_last else 1)


def send(publisher, number):
    """Gives how many were sent."""
    found = list(events(number))
    for start in range(0, len(found), BATCH):
        publisher.publish(f"alerts-{number}-{start}", ("[" + ",".join(found[start : start + BATCH]) + "]").encode())
    return len(found)


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
    process = Servers([studio.pid("alerting")])
    sent = figures(service)["measurements_total"] + send(publisher, 0)
    # The first time nearly all windows are made.
    start = wait(service, sent, 2)
    idle, spent = wait(service, 0, 10), process.cpu()
    for number in range(1, ROUNDS + 1):
        sent += send(publisher, number)
        end = wait(service, sent, 1)
    spent = process.cpu() - spent
    publisher.close()
    resting = (idle[name] - start[name]) / (idle["rounds_total"] - start["rounds_total"]) * 1e3
    firing = len(json.loads(service.request("GET", "/api/alerts?state=firing"))["alerts"])
    return [
        limit(f"{RULES} rules over {count} series with news from all: CPU of a round", (end[name] - idle[name]) / ROUNDS * 1e3, 200, "ms"),
        information("the whole process meanwhile, reading and writing too: CPU of a round", spent / ROUNDS * 1e3, "ms"),
        information("the same when nothing came: CPU of a round", resting, "ms"),
        information("windows that are watched", end["groups"], ""),
        information("alerts that fire at the end", firing, ""),
    ]  # fmt: skip
