"""One operation of the audio or video service, run as the service runs it: a process of its own that reads an order and prints its result.

The processes are started here instead of by the service, so that what they cost is in this process's account and nothing else is.
"""

import dataclasses
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import time

from measure import Cost, memory
from studio import BINARIES, ROOT

LIMITS = {"cpuSeconds": 7200, "wallSeconds": 7200, "memoryBytes": 16 << 30, "fileBytes": 40 << 30, "openFiles": 256}


@dataclasses.dataclass
class Outcome:
    cost: Cost
    files: list  # what was written, in the order of the result
    measurements: dict
    first: float  # seconds of wall time until the first sign of progress


def operate(bench, name, parameters, inputs=(), folder="0", service="audio"):
    """Runs an operation of a service over input files. The folder keeps runs apart that go on at the same time."""
    output = bench.operations / f"{name}-{folder}"
    shutil.rmtree(output, ignore_errors=True)
    output.mkdir(parents=True)
    order = {
        "operation": f"{service}.{name}",
        "parameters": parameters,
        "inputs": [{"path": str(path), "name": pathlib.Path(path).name, "mediaType": f"{service}/unknown"} for path in inputs],
        "outputFolder": str(output),
        "resources": {"models": str(ROOT / "var/models"), "presets": str(ROOT / "deploy/presets")},
        "limits": LIMITS,
    }
    began, first, result, peak = time.monotonic(), None, None, 0
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(
            [BINARIES / f"avstudio-{service}", "job"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors
        )
        with process.stdin, process.stdout:
            process.stdin.write(json.dumps(order).encode())
            process.stdin.close()
            for line in process.stdout:
                first = first or time.monotonic() - began
                # Not ru_maxrss, which begins with what this process has: the child shares its memory until it starts the program.
                peak = max(peak, memory(process.pid))
                document = json.loads(line)
                result = document.get("output") or document.get("problem") or result
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode or "measurements" not in (result or {}):
            errors.seek(0)
            raise RuntimeError(f"{service}.{name} of {inputs}: {result} {errors.read()[-2000:].decode(errors='replace')}")
    cost = Cost(usage.ru_utime + usage.ru_stime, time.monotonic() - began, peak)
    return Outcome(cost, [output / file["name"] for file in result["files"]], result["measurements"], first)
