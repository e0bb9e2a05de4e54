"""What encoding costs, against ffmpeg with the same settings of the same encoder."""

import statistics

from film import film
from measure import MB, run
from operation import operate
from table import limit, ratio

SHARE, VARIANTS = 1.03, 0.8
MEMORY = 400 * MB
SECONDS = "40"
# The studio looks 17 frames ahead in high definition, so that memory stays bounded.
X264 = {"medium": ["-preset", "medium", "-rc-lookahead", "17"], "veryfast": ["-preset", "veryfast"]}


def run_lines(bench):
    whole = bench.folder / "video" / "film-1080-1.mp4"
    film(whole, 1920, 1080, 1)
    path = bench.folder / "video" / "film-1080-1-part.mp4"
    length = "8" if bench.quick else SECONDS
    run(["ffmpeg", "-y", "-v", "error", "-i", whole, "-t", length, "-c", "copy", path])
    made = bench.folder / "video" / "made.mp4"
    rows = []
    cases = [
        ("1080p h264 medium", {"speed": "medium"}, ["-c:v", "libx264", *X264["medium"], "-crf", "23"]),
        ("1080p h264 veryfast to 720p", {"speed": "veryfast", "height": 720},
         ["-vf", "scale=1280:720", "-c:v", "libx264", *X264["veryfast"], "-crf", "23"]),
    ]  # fmt: skip
    for what, parameters, options in cases:
        ours, peers = [], []
        for _ in range(bench.runs):
            peers.append(run(["ffmpeg", "-y", "-v", "error", "-i", path, *options, made]))
            ours.append(operate(bench, "transcode", {**parameters, "encoder": "software"}, [path], service="video").cost)
        cpu = [statistics.median(cost.cpu for cost in costs) for costs in (ours, peers)]
        rows.append(ratio(f"transcode {what}: CPU", *cpu, "s", SHARE, "ffmpeg"))
        rows.append(limit(f"transcode {what}: peak memory", max(cost.memory for cost in ours) / MB, MEMORY / MB, "MB"))
    return rows + variants(bench, path, made)


def variants(bench, path, made):
    """Four variants in one job, and four runs of ffmpeg that do to the pictures what was done in the first."""
    ours, peers = [], []
    for _ in range(bench.runs):
        outcome = operate(bench, "variants", {"count": 4, "seed": 1}, [path], service="video")
        ours.append(outcome.cost)
        values = (outcome.files[-2]).read_text().splitlines()
        names = values[0].split(",")
        total = 0
        for line in values[1:]:
            drawn = dict(zip(names, line.split(","), strict=True))
            keep, x, y = 1 - float(drawn["crop"]), drawn["crop_x"], drawn["crop_y"]
            filters = [
                f"setpts=PTS/{drawn['speed']}", "fps=25",
                f"crop=trunc(iw*{keep}/2)*2:trunc(ih*{keep}/2)*2:(iw-ow)*{x}:(ih-oh)*{y}",
                "eq=" + ":".join(f"{name}={drawn[name]}" for name in ("contrast", "brightness", "saturation", "gamma")),
                f"hue=h={drawn['hue_degrees']}", "scale=1920:1080",
            ]  # fmt: skip
            command = ["ffmpeg", "-y", "-v", "error", "-ss", drawn["trim_start_s"], "-i", path, "-vf", ",".join(filters)]
            total += run([*command, "-c:v", "libx264", *X264["veryfast"], "-crf", "23", made]).cpu
        peers.append(total)
    return [
        ratio(
            "four variants of 1080p: CPU", statistics.median(cost.cpu for cost in ours), statistics.median(peers), "s",
            VARIANTS, "ffmpeg four times",
        ),  # fmt: skip
        limit("four variants of 1080p: peak memory", max(cost.memory for cost in ours) / MB, MEMORY / MB, "MB"),
    ]
