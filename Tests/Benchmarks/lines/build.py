"""The release build from clean. Runs once, whatever the number of runs; slow, so only when asked for by name."""

import shutil

from measure import run
from studio import ROOT
from table import limit, number


def run_lines(bench):
    scratch = bench.folder / "build"
    shutil.rmtree(scratch, ignore_errors=True)
    cost = run(["swift", "build", "-c", "release", "--static-swift-stdlib", "--scratch-path", scratch], cwd=ROOT)
    shutil.rmtree(scratch)
    return [limit("release build from clean", cost.wall / 60, 10, "min", f"{number(cost.cpu)} s of CPU")]
