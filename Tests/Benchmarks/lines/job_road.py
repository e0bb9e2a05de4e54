"""What the job road costs: operations that do nothing, from request to result, against RQ on Redis (which is not durable)."""

import contextlib
import json
import statistics
import subprocess

from load import load
from measure import Servers
from nginx_static import wait_for_port
from table import limit, number, ratio

JOBS, IN_FLIGHT, ALONE = 5000, 50, 200
REDIS_PORT = 18379


@contextlib.contextmanager
def rq(bench):
    """Redis and two RQ workers that run jobs without forking, RQ's fastest way; gives the processes."""
    folder = bench.folder / "redis"
    folder.mkdir(parents=True, exist_ok=True)
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": bench.peer("")}
    options = ["--bind", "127.0.0.1", "--port", str(REDIS_PORT), "--save", "", "--dir", str(folder)]
    processes = [subprocess.Popen(["redis-server", *options], **quiet)]
    try:
        wait_for_port(REDIS_PORT)
        worker = [
            bench.venv / "rq",
            "worker",
            "--quiet",
            "--worker-class",
            "rq.SimpleWorker",
            "--url",
            f"redis://127.0.0.1:{REDIS_PORT}",
        ]
        processes += [subprocess.Popen([*worker, "bench"], **quiet) for _ in range(2)]
        yield Servers([process.pid for process in processes])
    finally:
        for process in reversed(processes):
            process.terminate()
            process.wait(20)


def peer(bench):
    with rq(bench) as servers:
        before = servers.cpu()
        command = [bench.venv / "python", "rq_jobs.py", str(REDIS_PORT), str(JOBS), str(IN_FLIGHT)]
        figures = json.loads(subprocess.run(command, check=True, capture_output=True, cwd=bench.peer("")).stdout)
        return figures | {"cpu": (servers.cpu() - before) / (JOBS + 100)}


def ours(studio, operation, count, in_flight):
    body = b"{}"
    head = [
        f"POST /audio/{operation} HTTP/1.1", "Host: x", "Content-Type: application/json", "Prefer: wait=20",
        f"X-AVStudio-Principal: {studio.principal()}", f"Content-Length: {len(body)}", "", "",
    ]  # fmt: skip
    before = studio.processes.cpu()
    is_good = lambda response: response.startswith(b"HTTP/1.1 200") and b'"state":"succeeded"' in response
    seconds, latencies = load(studio.ports["audio"], "\r\n".join(head).encode() + body, count, in_flight, is_good)
    return {"rate": count / seconds, "p50": statistics.median(latencies), "cpu": (studio.processes.cpu() - before) / count}


def run_lines(bench):
    studio = bench.studio()
    rounds = {"ours": [], "alone": [], "sandboxed": [], "rq": []}
    for _ in range(bench.runs):
        rounds["ours"].append(ours(studio, "bench-noop", JOBS, IN_FLIGHT))
        rounds["alone"].append(ours(studio, "bench-noop", ALONE, 1))
        rounds["sandboxed"].append(ours(studio, "bench-noop-sandboxed", ALONE, 1))
        rounds["rq"].append(peer(bench))
    middle = lambda name, figure: statistics.median(entry[figure] for entry in rounds[name])
    alone, sandboxed = middle("alone", "p50") * 1e3, middle("sandboxed", "p50") * 1e3
    rq_rate, rq_p50 = middle("rq", "rate"), middle("rq", "p50") * 1e3
    return [
        limit(
            f"no-op jobs, {IN_FLIGHT} in flight, durable",
            middle("ours", "rate"),
            500,
            "/s",
            f"{number(rq_rate)} /s RQ",
            at_least=True,
        ),
        ratio("no-op jobs: CPU of each", middle("ours", "cpu") * 1e3, middle("rq", "cpu") * 1e3, "ms", None, "RQ"),
        limit("no-op job alone, without a process: p50", alone, 10, "ms", f"{number(rq_p50)} ms RQ"),
        limit("no-op job alone, in the sandbox: p50", sandboxed, 60, "ms"),
    ]
