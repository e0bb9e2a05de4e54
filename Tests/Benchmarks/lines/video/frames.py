"""What single frames cost, against ffmpeg taking the same."""

import statistics

from film import film
from measure import run
from operation import operate
from table import ratio

EVERY, KEYS = 0.75, 1.05


def run_lines(bench):
    path = bench.folder / "video" / "film-1080-1.mp4"
    film(path, 1920, 1080, 1)
    pictures = bench.folder / "video" / "pictures"
    pictures.mkdir(exist_ok=True)
    rows = []
    for what, parameters, filters, target in (
        ("one frame a second", {"interval_s": 1}, ["-i", path, "-vf", "fps=1:round=up"], EVERY),
        ("key frames", {"frames": "keys"}, ["-skip_frame", "nokey", "-i", path, "-vsync", "passthrough"], KEYS),
    ):
        ours, peers = [], []
        for _ in range(bench.runs):
            command = ["ffmpeg", "-y", "-v", "error", "-threads", "2", *filters, "-q:v", "5", pictures / "%05d.jpg"]
            peers.append(run(command))
            ours.append(operate(bench, "frames", {**parameters, "packing": "zip"}, [path], service="video").cost)
        for figure in ("cpu", "wall"):
            rows.append(
                ratio(
                    f"{what} of 3 minutes at 1080p: {figure}",
                    statistics.median(getattr(cost, figure) for cost in ours),
                    statistics.median(getattr(cost, figure) for cost in peers),
                    "s", target, "ffmpeg",
                )  # fmt: skip
            )
    return rows
