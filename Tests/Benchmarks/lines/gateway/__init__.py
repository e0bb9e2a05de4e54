"""The gateway's own cost of model calls against nginx as a plain proxy, smg and LiteLLM's proxy: `deploy/bench gateway`, or
`deploy/bench gateway.streams`. Authentication, limits, a budget, the ledger and metrics are on. smg and LiteLLM have on what they have of
these; as "bare" they have nothing."""

import importlib
import sys
import time

LINES = ("calls", "delay", "streams", "memory")


def run_lines(bench):
    rows = []
    for name in LINES:
        began = time.monotonic()
        rows += importlib.import_module(f"lines.gateway.{name}").run_lines(bench)
        print(f"bench: gateway.{name}, {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
    return rows
