"""How clean stems are and what they cost, against Spleeter on TensorFlow with the same checkpoint.

Mixes of real speech in five languages and real music (games), both in stereo, 0 and 6 dB apart. Ratios are those of whole stems,
of 30 s each: SI-SDR, and SDR as in the Music Demixing Challenge, which is also what museval's BSSEval v4 gives over whole stems.
"""

import concurrent.futures
import json
import subprocess

import numpy as np
import signals
from measure import MB, run
from operation import operate
from speech_material import clips, joined
from studio import ROOT
from table import information, limit, ratio
import music
import spleeter_environment

RATE = 44_100
SECONDS = 30
# Music, the speech's language, and how many dB the speech is above it.
MIXES = (
    ("machine-wars", "en", 0),
    ("hell", "fr", 0),
    ("hunting", "ru", 6),
    ("palace", "es", 0),
    ("nebula", "en", 6),
    ("drascula-1", "it", 0),
    ("jungle", "en", 0),
    ("time-to-strike", "fr", 6),
)
STEMS = ("vocals", "accompaniment")
WORSE, SHARE, FLAT = 0.1, 0.07, 1.1


def mixes(bench, count):
    """Folders with mix.wav, and the true stems."""
    music.main(ROOT / "var/music")
    for number, (piece, language, above) in enumerate(MIXES[:count]):
        folder = bench.folder / "separation" / str(number)
        speech, _ = joined(clips({language: 30})[::-1], SECONDS + 5, (0.1, 0.4), seed=number)
        speech_file = signals.write(folder / "speech.wav", speech, 16_000)
        mono = signals.read(speech_file, RATE, 1)[: SECONDS * RATE, 0]
        # A little to one side, like a voice in a mix.
        speech = np.stack([mono, mono * (0.7 + 0.06 * number)], axis=1)
        ground = signals.read(ROOT / f"var/music/{piece}.wav")[20 * RATE :][: len(speech)]
        mix, ground = signals.mixed(speech, ground, above)
        scale = 0.9 / np.abs(mix).max()
        yield (
            signals.write(folder / "mix.wav", mix * scale, RATE, "FLOAT"),
            {"vocals": speech * scale, "accompaniment": ground * scale},
        )


def quality(truths, estimates):
    """By measure, both stems' decibels."""
    estimates = {name: signals.read(path)[: len(truths[name])] for name, path in estimates.items()}
    return {
        "SDR": [signals.sdr(truths[name], estimates[name]) for name in STEMS],
        "SI-SDR": [signals.si_sdr(truths[name], estimates[name]) for name in STEMS],
    }, np.max(np.abs(sum(estimates.values()) - sum(truths.values())))


def memory_rows(bench, minutes):
    """CPU and memory of recordings of several lengths."""
    costs = {}
    for length in minutes:
        path = bench.folder / "separation" / f"{length}-minutes.wav"
        if not path.exists():
            piece = ["-stream_loop", "-1", "-i", ROOT / "var/music/time-to-strike.wav", "-t", str(length * 60)]
            subprocess.run([*signals.FFMPEG, *piece, "-c:a", "pcm_s16le", path], check=True)
        outcome = operate(bench, "separate", {"format": "wav"}, [path], f"{length}-minutes")
        costs[length] = outcome.cost
        for file in outcome.files:
            file.unlink()
    first, last = minutes[0], minutes[-1]
    share = costs[first].cpu / (first * 60)
    rows = [
        limit(f"separate {first} min: CPU a second of sound", share, SHARE, "s"),
        information(f"separate {last} min: CPU a second of sound", costs[last].cpu / (last * 60), "s"),
    ]
    if last != first:
        name = f"separate {last} min: memory, against {first} min"
        rows.append(ratio(name, costs[last].memory / MB, costs[first].memory / MB, "MB", FLAT, f"for {first} min"))
    else:
        rows.append(information(f"separate {first} min: memory", costs[first].memory / MB, "MB"))
    return rows


def run_lines(bench):
    material = list(mixes(bench, 2 if bench.quick else len(MIXES)))
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        # The hour takes long and only its memory and CPU count, so it runs beside the rest.
        lengths = pool.submit(memory_rows, bench, (1, 2) if bench.quick else (10, 60))
        result = bench.folder / "spleeter.json"
        peer = run([spleeter_environment.python(), bench.peer("spleeter_reference.py"), result, *(mix for mix, _ in material)])
        totals, misfit, cpu = {"ours": {}, "spleeter": {}}, 0, []
        for number, (mix, truths) in enumerate(material):
            job = operate(bench, "separate", {"format": "wav", "bit_depth": "32"}, [mix], str(number))
            cpu.append(job.cost.cpu)
            mine, difference = quality(truths, dict(zip(STEMS, job.files, strict=True)))
            theirs, _ = quality(truths, {name: mix.with_suffix(f".{name}.wav") for name in STEMS})
            misfit = max(misfit, difference)
            for who, figures in (("ours", mine), ("spleeter", theirs)):
                for measure, values in figures.items():
                    totals[who].setdefault(measure, []).append(values)
        rows = []
        for measure in totals["ours"]:
            mine, theirs = (np.mean(totals[who][measure], axis=0) for who in ("ours", "spleeter"))
            for index, stem in enumerate(STEMS):
                behind = float(theirs[index] - mine[index])
                figures = f"{mine[index]:.2f} dB, Spleeter {theirs[index]:.2f} dB"
                rows.append(
                    limit(f"separate {len(material)} mixes, {stem}: {measure} behind Spleeter", behind, WORSE, "dB", figures)
                )
        rows.append(limit("separate: stems' sum off the mix", signals.decibels(misfit**2), -60, "dBFS"))
        seconds = json.loads(result.read_text())
        rows.append(
            ratio(f"separate {SECONDS} s: CPU with its process", np.median(cpu), seconds, "s", None, "Spleeter, model loaded")
        )
        rows.append(limit("separate: memory of Spleeter, 30 s at once", peer.memory / MB, None, "MB"))
        return rows + lengths.result()
