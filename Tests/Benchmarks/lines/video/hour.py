"""What an hour of film takes of memory at most, no more than its minutes do; and how far sound and pictures of an assembled hour are
apart."""

import math
import re
import subprocess

from film import SECONDS, film
from measure import MB, run
from operation import operate
from table import limit

MEMORY = 400e6
HOUR = 3600
# Five frames in 1.001 seconds: no frame lasts a whole number of samples.
RATE, FRAME = "5000/1001", 1001 / 5000
# Frames that are white for a second, with a tone: those of a film of half an hour, and cards after it, whose tones are in one track.
FILMED, CARDED = (2997, 5994, 8982), (11988, 14985, 17883)
APART = 20  # ms


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


def during(frames, time):
    """An expression of ffmpeg that is 1 for most of a second from each of these frames."""
    return "+".join(f"between({time},{frame * FRAME - 1e-6:.6f},{frame * FRAME + 0.9:.6f})" for frame in frames)


def tones(frames, length):
    """Of 44.1 kHz, which assembling brings to 48."""
    return ["-f", "lavfi", "-i", f"aevalsrc='0.8*sin(2*PI*1000*t)*({during(frames, 't')})':d={length}:s=44100"]


def begins(path, options, word):
    """The seconds that a filter of ffmpeg writes behind a word."""
    command = ["ffmpeg", "-nostats", "-i", path, *options, "-f", "null", "-"]
    told = subprocess.run(command, check=True, stderr=subprocess.PIPE, text=True).stderr
    return [float(number) for number in re.findall(word + r": ?([0-9.]+)", told)]


def apart(bench):
    """How far the beginnings of pictures and tones are from where they belong in an assembled hour, ms, at most."""
    folder = bench.folder / "video"
    film, track = folder / "step.mkv", folder / "step.flac"
    black = ["-f", "lavfi", "-i", f"color=black:s=32x32:r={RATE}:d=1850"]
    white = f"drawbox=c=white:t=fill:enable='{during(FILMED, 't')}'"
    codecs = ["-pix_fmt", "yuv420p", "-c:v", "libx264", "-preset", "ultrafast", "-c:a", "flac"]
    run(["ffmpeg", "-y", "-v", "error", *black, *tones(FILMED, 1850), "-vf", white, *codecs, film])
    run(["ffmpeg", "-y", "-v", "error", *tones(CARDED, HOUR - 10), track])
    video = [{"clip": film.name, "out_s": 1820}]
    for frame in CARDED:
        video += [{"color": f"#0{number % 2}0000", "duration_s": 4.9} for number in range(80)]
        video.append({"color": "#ffffff", "duration_s": 1, "start_s": frame * FRAME})
    timeline = {
        "canvas": {"width": 32, "height": 32, "frame_rate": RATE},
        "video": [*video, {"color": "#000000", "duration_s": 18}],
        "audio": [{"clips": [{"file": track.name, "start_s": 0}]}],
    }
    done = operate(bench, "assemble", {"timeline": timeline, "speed": "ultrafast"}, [film, track], service="video")
    wanted = [frame * FRAME for frame in FILMED + CARDED]
    seen = begins(done.files[0], ["-an", "-vf", "negate,blackdetect=d=0.4:pix_th=0.2"], "black_start")
    heard = begins(done.files[0], ["-vn", "-af", "silencedetect=n=-20dB:d=2"], "silence_end")[: len(wanted)]
    if len(seen) != len(wanted) or len(heard) != len(wanted) or seconds(done.files[0]) < HOUR - 5:
        raise RuntimeError(f"the assembled hour shows {seen} and sounds {heard}, not {wanted}")
    triples = zip(seen, heard, wanted)
    return 1000 * max(max(abs(one - other), abs(one - time), abs(other - time)) for one, other, time in triples)


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
    rows.append(limit("assembled hour: pictures and sound from their places, at most", apart(bench), APART, "ms"))
    return rows
