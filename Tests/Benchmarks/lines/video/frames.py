"""What single frames cost, against ffmpeg taking the same, and whether they are the same."""

import hashlib
import statistics
import subprocess

from film import film
from measure import run
from operation import operate
from table import limit, ratio

EVERY, KEYS = 0.75, 1.05
# How frames become pictures: what the studio asks libswscale for, whose default rounds more. The film does not tell its colours;
# the studio takes 1080 lines for those of HD (ITU-R BT.709), as players do, and ffmpeg for those of SD.
PICTURE = "scale=in_color_matrix=bt709:flags=bicubic+accurate_rnd+full_chroma_int,format=rgb24"


def pixels(path):
    """A digest of a picture's pixels."""
    command = ["ffmpeg", "-v", "error", "-i", path, "-f", "rawvideo", "-pix_fmt", "rgb24", "-"]
    return hashlib.md5(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout).hexdigest()


def identical(bench, path, folder):
    """The share of ffmpeg's frames, one a second, that the studio gives to the pixel."""
    for old in folder.glob("*.png"):
        old.unlink()
    run(["ffmpeg", "-y", "-v", "error", "-i", path, "-vf", f"fps=1:round=up,{PICTURE}", folder / "%05d.png"])
    ours = operate(bench, "frames", {"interval_s": 1, "format": "png", "packing": "files"}, [path], service="video").files
    peers = sorted(folder.glob("*.png"))
    same = sum(pixels(our) == pixels(peer) for our, peer in zip(ours, peers))
    return same / max(len(ours), len(peers))


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
    rows.append(
        limit("one frame a second: frames identical to ffmpeg's", 100 * identical(bench, path, pictures), 100, "%", at_least=True)
    )
    return rows
