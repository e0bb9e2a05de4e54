"""GET of a small JSON document, 64 keep-alive connections: requests for each CPU second, against nginx's static file."""

import contextlib
import re
import subprocess
import time

from measure import Servers
from nginx_static import nginx_static
from table import ratio

SECONDS, CONNECTIONS = 4, 64


def load(url, servers):
    """Requests answered for each CPU second that the servers spent."""
    before = servers.cpu()
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s", url]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    if "Non-2xx" in text or "Socket errors" in text:
        raise RuntimeError(text)
    # nginx and the studio count what is under way when wrk leaves; a moment lets it end.
    time.sleep(0.2)
    return int(re.search(r"(\d+) requests in", text)[1]) / (servers.cpu() - before)


def run_lines(bench):
    studio = bench.studio()
    url = f"http://127.0.0.1:{studio.ports['audio']}/healthz"
    body = studio.service("audio").request("GET", "/healthz")
    ours, theirs = [], []
    with contextlib.ExitStack() as stack:
        static, nginx = stack.enter_context(nginx_static(bench.folder / "nginx-static", body))
        for _ in range(bench.runs):
            ours.append(load(url, Servers([studio.pid("audio")])))
            theirs.append(load(static, nginx))
    mine, peer = sorted(ours)[len(ours) // 2], sorted(theirs)[len(theirs) // 2]
    what = "GET of a small JSON, 64 connections: per second of CPU"
    return [ratio(what, mine, peer, "requests", 0.40, "nginx static", at_least=True)]
