"""Thirty days of daily sums for each script, over ten million rows that came in like all others, beside DuckDB on the same rows."""

import json
import statistics
import subprocess
import time

from lines.analytics.publisher import Publisher
from measure import Servers
from table import information, limit

SCRIPTS, DAYS, BATCH, AHEAD, QUESTIONS = 100, 30, 400, 1000, 300


def rows_of(batch, count, today):
    """A batch's measurements: (script, value, seconds since 1970), as they came one after the other through the days before today.
    Whole values, so that sums are exact everywhere."""
    for number in range(batch * BATCH, (batch + 1) * BATCH):
        # Scripts without a pattern (Knuth, multiplicative hashing).
        script = number * 2_654_435_761 % (1 << 32) // 7 % SCRIPTS
        yield script, number % 1000, today - (DAYS - 1) * 86_400 + number * ((DAYS - 1) * 86_400) // count


def send(studio, count, today):
    """Never far ahead of what is counted: the stream refuses more than it may hold."""
    publisher = Publisher(studio)
    for batch in range(count // BATCH):
        if batch % AHEAD == 0 and batch > 0:
            service = studio.service("analytics")
            while total(answer(service)) < (batch - AHEAD) * BATCH:
                time.sleep(0.1)
            service.close()
        events = [
            f'{{"script_name":"script-{script:03}","metric_type":"queried","value":{value},"timestamp":{time}}}'
            for script, value, time in rows_of(batch, count, today)
        ]
        publisher.publish(f"query-{batch}", ("[" + ",".join(events) + "]").encode())
    publisher.close()


def answer(service):
    return json.loads(service.request("GET", f"/api/metrics/{DAYS}?type=queried"))


def total(document):
    return sum(point[1] for series in document["series"] for point in series["points"])


def wait(service, count):
    while (counted := total(answer(service))) < count:
        time.sleep(0.5)
    if counted != count:
        raise RuntimeError(f"{counted} counted of {count}")


def percentile(values, share):
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def run_lines(bench):
    studio, count = bench.studio(), 400_000 if bench.quick else 10_000_000
    today, began = int(time.time()) // 86_400 * 86_400, time.monotonic()
    send(studio, count, today)
    service = studio.service("analytics")
    wait(service, count)
    rate = count / (time.monotonic() - began)
    durations, own = [], Servers([studio.pid("analytics")])
    cpu = own.cpu()
    for _ in range(QUESTIONS):
        began = time.monotonic()
        service.request("GET", f"/api/metrics/{DAYS}?type=queried")
        durations.append(time.monotonic() - began)
    cpu = (own.cpu() - cpu) / QUESTIONS * 1e3
    document = answer(service)
    sums = {
        (series["script_name"], point[0][:10]): point[2] for series in document["series"] for point in series["points"]
    }  # fmt: skip
    peer = subprocess.run(
        [bench.venv / "python", bench.peer("duckdb_sums.py"), str(count), str(today), bench.folder / "queries.duckdb", str(QUESTIONS)],
        check=True, capture_output=True, text=True, cwd=bench.peer("").parent,
    )  # fmt: skip
    duckdb = json.loads(peer.stdout)
    theirs = {(script, day): value for script, day, value in duckdb["sums"]}
    if theirs != sums:
        raise RuntimeError(f"the sums differ from a recount: {len(theirs)} and {len(sums)} of them")
    middle, slow = statistics.median(durations) * 1e3, percentile(durations, 0.99) * 1e3
    return [
        limit(f"30 days, {SCRIPTS} scripts, daily sums of {count / 1e6:.1f} million rows: p99 with HTTP", slow, 20, "ms",
              f"{percentile(duckdb['seconds'], 0.99) * 1e3:.1f} ms DuckDB, in its process"),
        limit("the same: median against DuckDB's", middle / (statistics.median(duckdb["seconds"]) * 1e3), 1, "×",
              f"{statistics.median(duckdb['seconds']) * 1e3:.1f} ms DuckDB"),
        information("the same: median", middle, "ms"),
        information("the same: CPU of each", cpu, "ms"),
        information("the rows came in over NATS at", rate, "/s"),
    ]  # fmt: skip
