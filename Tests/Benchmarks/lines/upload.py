"""A four-gigabyte upload through the public door: the gateway's peak memory."""

import json
import os
import time

from measure import MB, forget_peak, memory
from table import limit, number

SIZE, PIECE = 4 << 30, 1 << 20


def run_lines(bench):
    studio = bench.studio()
    door = studio.door()
    piece, pid = os.urandom(PIECE), studio.pid("gateway")
    forget_peak(pid)
    began = time.monotonic()
    headers = {"Content-Type": "application/octet-stream", "Content-Length": str(SIZE), "Upload-Name": "large.bin"}
    file = json.loads(door.request("POST", "/files", (piece for _ in range(SIZE // PIECE)), headers))["id"]
    rate = SIZE / MB / (time.monotonic() - began)
    peak = memory(pid)
    door.request("DELETE", f"/files/{file}")
    door.close()
    return [limit("upload of 4 GiB: memory of the gateway", peak / MB, 64, "MB", f"at {number(rate)} MB/s")]
