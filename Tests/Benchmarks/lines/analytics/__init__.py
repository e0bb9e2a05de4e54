"""What recording and asking cost: `deploy/bench analytics`, or `deploy/bench analytics.queries`."""

import importlib
import sys
import time

LINES = ("messages", "requests", "queries", "alerts", "notice")


def run_lines(bench):
    rows = []
    for name in LINES:
        began = time.monotonic()
        rows += importlib.import_module(f"lines.analytics.{name}").run_lines(bench)
        print(f"bench: analytics.{name}, {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
    return rows
