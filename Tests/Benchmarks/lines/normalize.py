"""Normalising ten minutes: against ffmpeg-normalize, pyloudnorm, and libebur128 measuring alone."""

import math
import re
import subprocess

import recordings
from measure import MB, interleaved, run, with_process
from table import limit, number, ratio

TARGET, CEILING = -16.0, -1.0


def independent_meter(path):
    """Integrated loudness (LUFS) and true peak (dBTP) by ffmpeg's own meter, which is not libebur128."""
    meter = "ebur128=peak=true:metadata=1:framelog=verbose,ametadata=mode=print:file=-"
    command = ["ffmpeg", "-nostdin", "-loglevel", "error", "-i", path, "-af", meter, "-f", "null", "-"]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    loudness, peak = (float(re.findall(rf"r128\.{name}=(\S+)", text)[-1]) for name in ("I", "true_peak"))
    return loudness, 20 * math.log10(peak)


def run_line(bench, name, recording, has_targets):
    studio, folder = bench.studio(), bench.folder
    door = studio.door()
    file = door.upload(recording)
    last = {}

    def ours(number):
        # A target that no earlier round had, or the studio would answer with that round's result.
        last["target"] = TARGET - 0.001 * number
        with studio.processes.watch() as cost:
            last["job"] = door.job(
                "normalize", file, {"target_lufs": last["target"], "true_peak_dbtp": CEILING, "format": "wav"}
            )
        return with_process(cost, last["job"])

    output = folder / "normalized.wav"
    ffmpeg_normalize = [bench.venv / "ffmpeg-normalize", recording, "-o", output, "-f", "-t", TARGET, "-tp", CEILING, "-ar", 48000]
    pyloudnorm = [bench.venv / "python", bench.peer("pyloudnorm_normalize.py"), recording, output, TARGET]
    costs = interleaved(
        bench.runs,
        {
            "ours": ours,
            "ffmpeg-normalize": lambda _: run(ffmpeg_normalize),
            "pyloudnorm": lambda _: run(pyloudnorm),
            "libebur128": lambda _: run([bench.compiled("ebur128_meter.c", "-lebur128"), recording]),
        },
    )
    door.download(last["job"]["result"]["files"][0]["file"], folder / "ours.wav")
    door.close()
    integrated, peak = independent_meter(folder / "ours.wav")

    mine, memory = costs["ours"], costs["pyloudnorm"].memory
    aim = (lambda target: target) if has_targets else lambda _: None
    return [
        ratio(f"normalise {name}: CPU", mine.cpu, costs["ffmpeg-normalize"].cpu, "s", aim(0.10), "ffmpeg-normalize"),
        ratio(f"normalise {name}: wall", mine.wall, costs["ffmpeg-normalize"].wall, "s", aim(0.10), "ffmpeg-normalize"),
        ratio(f"normalise {name}: CPU", mine.cpu, costs["libebur128"].cpu, "s", aim(1.4), "libebur128 measuring"),
        ratio(f"normalise {name}: CPU", mine.cpu, costs["pyloudnorm"].cpu, "s", None, "pyloudnorm"),
        limit(f"normalise {name}: memory of the job", mine.memory / MB, 60, "MB", f"{number(memory / MB)} MB pyloudnorm"),
        limit(f"normalise {name}: off the target", abs(integrated - last["target"]), 0.1, "LU"),
        limit(f"normalise {name}: true peak", peak, CEILING, "dBTP"),
    ]


def run_lines(bench):
    rows = run_line(bench, "10 min of speech", recordings.quiet(bench.folder), has_targets=True)
    # Information: loud from end to end, where every stretch has to be oversampled.
    return rows + run_line(bench, "10 min, loud master", recordings.loud(bench.folder), has_targets=False)
