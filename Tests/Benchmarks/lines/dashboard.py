"""A first visit of the dashboard, nothing in the browser's cache: bytes, and the time until the figures stand there."""

import json
import subprocess

from studio import ROOT
from table import information, limit


def run_lines(bench):
    studio = bench.studio()
    command = [ROOT / "var/browser-venv/bin/python", "-B", ROOT / "Tests/Clients/dashboard/load.py", f"http://127.0.0.1:{studio.port}", studio.key]
    visit = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return [
        limit("dashboard, first visit: compressed", visit["bytes"] / 1000, 300, "kB"),
        limit("dashboard, first visit: until the figures can be used", visit["seconds"], 1, "s"),
        information("the same: of which the page was busy", visit["blocked_seconds"], "s"),
    ]
