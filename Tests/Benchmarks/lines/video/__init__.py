"""The video service's quality and speed against its peers, line by line: `deploy/bench video`, or `deploy/bench video.scenes`."""

import importlib

LINES = ("scenes", "frames", "transcode", "assemble", "hour")


def run_lines(bench):
    return [row for name in LINES for row in importlib.import_module(f"lines.video.{name}").run_lines(bench)]
