"""What an hour of film takes of memory at most: no more than its minutes do."""

import math
import subprocess

from film import SECONDS, film
from measure import MB, run
from operation import operate
from table import limit

MEMORY = 400e6
HOUR = 3600


def hour(path, source):
    """The film over and over until an hour is full, its packets as they are."""
    if not path.exists():
        again = math.ceil(HOUR / SECONDS) - 1
        made = path.with_suffix(".part.mp4")
        run(["ffmpeg", "-y", "-v", "error", "-stream_loop", again, "-i", source, "-c", "copy", "-t", HOUR, made])
        made.rename(path)


def seconds(path):
    command = ["ffprobe", "-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0", path]
    return float(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)


def run_lines(bench):
    folder = bench.folder / "video"
    source, path = folder / "film-1080-1.mp4", folder / "hour-1080.mp4"
    film(source, 1920, 1080, 1)
    hour(path, source)
    rows = []
    for name, parameters in (("scenes", {}), ("frames", {"interval_s": 60}), ("checks", {})):
        done = operate(bench, name, parameters, [path], service="video")
        told = done.measurements["duration_seconds"]
        if abs(told - seconds(path)) > 1:
            raise RuntimeError(f"{name} read {told} s of {seconds(path)}")
        rows.append(limit(f"{name} of an hour at 1080p: peak memory", done.cost.memory / MB, MEMORY / MB, "MB"))
    return rows
