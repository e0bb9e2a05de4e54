"""Measurements over HTTP, one a request, against FastAPI and sqlite3 with the same table."""

import contextlib
import json
import statistics
import subprocess

from load import load
from measure import Servers
from nginx_static import wait_for_port
from table import information, limit

IN_FLIGHT, PORT = 64, 18480
EVENT = json.dumps({"script_name": "upload.py", "metric_type": "requests", "value": 1.5, "run_id": "bench"}).encode()


@contextlib.contextmanager
def fastapi(bench, journal):
    database = bench.folder / f"fastapi-{journal}.sqlite"
    for file in bench.folder.glob(f"{database.name}*"):
        file.unlink()
    command = [bench.venv / "python", bench.peer("fastapi_events.py"), str(PORT), database, journal]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        wait_for_port(PORT)
        yield Servers([process.pid])
    finally:
        process.terminate()
        process.wait(20)


def measure(port, servers, count, headers=()):
    head = ["POST /api/metrics HTTP/1.1", "Host: x", "Content-Type: application/json", f"Content-Length: {len(EVENT)}", *headers]
    request = "\r\n".join([*head, "", ""]).encode() + EVENT
    before = servers.cpu()
    seconds, _ = load(port, request, count, IN_FLIGHT, lambda response: response.startswith(b"HTTP/1.1 200"))
    return count / seconds, (servers.cpu() - before) / count * 1e6


def run_lines(bench):
    studio = bench.studio()
    # nats-server and the other services have nothing to do with it.
    own = Servers([studio.pid("analytics")])
    count = 2000 if bench.quick else 20_000
    rounds = {"ours": [], "DELETE": [], "WAL": []}
    for _ in range(bench.runs):
        headers = [f"X-AVStudio-Principal: {studio.principal()}"]
        rounds["ours"].append(measure(studio.ports["analytics"], own, count, headers))
        for journal in ("DELETE", "WAL"):
            with fastapi(bench, journal) as servers:
                rounds[journal].append(measure(PORT, servers, count // 10))
    middle = lambda name, figure: statistics.median(entry[figure] for entry in rounds[name])
    rows = []
    for journal, target in (("DELETE", 10), ("WAL", None)):
        faster = middle("ours", 0) / middle(journal, 0)
        peer = f"{middle(journal, 0):.0f} /s FastAPI + sqlite3 ({journal})"
        row = limit(f"metrics over HTTP, one a request, against journal {journal}", faster, target or 0, "×", peer, at_least=True)
        row.ours, row.target = f"{middle('ours', 0):.0f} /s", target
        rows.append(row)
    rows.append(information("CPU of each", middle("ours", 1), "µs"))
    rows.append(information("CPU of each, FastAPI + sqlite3 (WAL)", middle("WAL", 1), "µs"))
    return rows
