"""How identifiers hidden in audio survive what happens to files, how rarely one is seen where there is none, and what marking
costs.

Carriers are real music (games) and real speech in five languages, none of which the product's own tests or settings were made
with, and four made ones. Each is marked under its own key with its own identifier, attacked, and read back blind.

A window of the false-positive count is one block length of audio (7.68 s) read under one key: unmarked music and speech under
many keys, and marked audio under keys that it was not marked with.
"""

import math
import subprocess
import wave

import music
import numpy as np
import signals
import soundfile
from operation import operate
from speech_material import LANGUAGES, RATE, clips, joined
from studio import ROOT
from table import information, limit, note

SECONDS, CUT = 64, 30
BLOCK = 7.68
SINES = "bare sines"  # nothing but six partials under 450 Hz: told apart from the rest, for there is hardly a place for a mark
WINDOWS, QUICK_WINDOWS = 10_000, 400
SPEED = 40
PIECES = (
    "machine-wars",
    "time-to-strike",
    "drascula-1",
    "drascula-5",
    "hunting",
    "graveyard",
    "jungle",
    "hell",
    "palace",
    "nebula",
)


def made():
    """Sound that no instrument plays: a plucked arpeggio, pads of saw teeth, a beat of noise, and bare sines (seed 11)."""
    random, rate = np.random.default_rng(11), 44_100
    time = np.arange(SECONDS * rate) / rate
    sway = 3 * np.sin(2 * np.pi * 0.1 * time)
    sines = sum(np.sin(2 * np.pi * f * time + sway) for f in (110, 165, 220, 277, 330, 440))
    pads = sum(np.sin(k * (2 * np.pi * f * time + sway)) / k for f in (110, 165.3, 220.7, 277.6, 330.5) for k in range(1, 24))
    beat = (
        random.standard_normal(len(time)) * np.exp(-(time % 0.5) * 18) * 0.3
        + np.sin(2 * np.pi * 55 * time) * np.exp(-(time % 0.5) * 6) * 0.4
    )
    pluck = np.zeros(len(time))
    for start in range(0, len(time) - rate, rate // 5):
        period = int(rate / random.choice([131, 165, 196, 262, 330, 392]))
        string = random.uniform(-0.5, 0.5, period)
        note_ = np.empty(rate)
        for index in range(0, rate, period):  # Karplus and Strong, Computer Music Journal 7(2), 1983
            piece = note_[index : index + period]
            piece[:] = string[: len(piece)]
            string = 0.498 * (string + np.roll(string, 1))
        pluck[start : start + rate] += note_
    return {"pads": pads, "beat": beat, "pluck": pluck, SINES: sines}, rate


def carriers(bench):
    folder = bench.folder / "identification"
    music.main(ROOT / "var/music")
    for piece in PIECES:
        samples = signals.read(ROOT / f"var/music/{piece}.wav")[: SECONDS * 44_100]
        yield piece, signals.write(folder / f"{piece}.wav", samples * 0.5 / max(0.5, np.abs(samples).max()), 44_100)
    for language in LANGUAGES:
        speech, _ = joined(clips({language: 60}), SECONDS, (0.1, 0.6), seed=7)
        yield f"speech-{language}", signals.write(folder / f"speech-{language}.wav", speech * 0.5 / np.abs(speech).max(), RATE)
    sounds, rate = made()
    for name, samples in sounds.items():
        yield name, signals.write(folder / f"{name}.wav", samples * 0.5 / np.abs(samples).max(), rate)


def attacks(path, index, voice):
    """The files that a marked file becomes, by the name of what was done to it."""
    with wave.open(str(path)) as file:
        seconds, rate = file.getnframes() / file.getframerate(), file.getframerate()
    random = np.random.default_rng(index)
    cuts = [["-ss", f"{random.uniform(0, seconds - CUT):.3f}", "-t", str(CUT)] for _ in range(4)]
    wav, mp3, aac, opus = "wav", "mp3", "m4a", "opus"
    # Opus is 48 kHz whatever goes in.
    return {
        "MP3 128": ([], ["-c:a", "libmp3lame", "-b:a", "128k"], mp3),
        "AAC 96": ([], ["-c:a", "aac", "-b:a", "96k"], aac),
        "Opus 64": ([], ["-c:a", "libopus", "-b:a", "64k"], opus),
        "resampled to 22.05 kHz": ([], ["-ar", "22050"], wav),
        "resampled to 48 kHz and back": ([], ["-af", f"aresample=48000,aresample={rate}"], wav),
        "+6 dB": ([], ["-af", "volume=6dB"], wav),
        "-6 dB": ([], ["-af", "volume=-6dB"], wav),
        "30 s, first cut": (cuts[0], [], wav),
        "30 s, second cut": (cuts[1], [], wav),
        "30 s, third cut": (cuts[2], [], wav),
        "30 s as MP3 128": (cuts[3], ["-c:a", "libmp3lame", "-b:a", "128k"], mp3),
        "speech 12 dB below": (["-i", voice], ["-filter_complex", "[0:a][1:a]amix=inputs=2:duration=first:normalize=0"], wav),
        "compressed 4:1": ([], ["-af", "acompressor=threshold=-26dB:ratio=4:attack=5:release=80:makeup=2"], wav),
    }


def attacked(path, name, index, voice):
    options, arguments, extension = attacks(path, index, voice)[name]
    target = path.with_name(f"{path.stem}.attack-{list(attacks(path, index, voice)).index(name)}.{extension}")
    before, second = ([], options) if options[:1] == ["-i"] else (options, [])
    subprocess.run([*signals.FFMPEG, *before, "-i", path, *second, *arguments, target], check=True)
    return target


def voice_below(bench, path, index):
    """Real speech for the whole of a file, 12 dB below it."""
    with wave.open(str(path)) as file:
        rate, channels = file.getframerate(), file.getnchannels()
    speech, _ = joined(clips({LANGUAGES[index % 5]: 60})[3:], SECONDS, (0.1, 0.3), seed=index)
    source = signals.write(bench.folder / "identification" / f"voice-{index}.wav", speech, RATE)
    loud, voice = signals.read(path), signals.read(source, rate, channels)
    voice = voice * np.sqrt(signals.level(loud) / signals.level(voice) / 10**1.2)
    return signals.write(source, voice, rate)


def run_lines(bench):
    folder = bench.folder / "identification"
    everything = list(carriers(bench))
    chosen = everything[::5] if bench.quick else everything
    marked, ratios, cpu, seconds = [], [], 0, 0
    for index, (name, path) in enumerate(chosen):
        identifier = f"{0x9E3779B97F4A7C15 * (index + 1) % 2**64:016x}"
        job = operate(bench, "mark", {"key": f"key {index}", "identifier": identifier, "format": "wav"}, [path], name)
        target = job.files[0].rename(folder / f"{name}.marked.wav")
        plain, changed = signals.read(path), signals.read(target)
        ratios.append(signals.sdr(plain, changed[: len(plain)]))
        marked.append((name, target, f"key {index}", identifier))
        cpu, seconds = cpu + job.cost.cpu, seconds + soundfile.info(path).duration

    def read(case):
        index, name, (carrier, path, key, identifier) = case
        target = attacked(path, name, index, folder / f"voice-{index}.wav")
        marks = operate(bench, "find-mark", {"key": key}, [target], f"{target.stem}").measurements["marks"]
        target.unlink()
        return bool(marks) and all(mark["identifier"] == identifier for mark in marks)

    for index, (_, path, _, _) in enumerate(marked):
        voice_below(bench, path, index)
    names = list(attacks(marked[0][1], 0, folder / "voice-0.wav"))
    cases = [(index, name, mark) for index, mark in enumerate(marked) for name in names]
    results = bench.side_by_side(read, cases)
    outcomes = [(carrier, name, good) for (_, name, (carrier, *_)), good in zip(cases, results, strict=True)]
    missed = [f"{carrier} {name}" for carrier, name, good in outcomes if not good and carrier != SINES]
    counted = [good for carrier, _, good in outcomes if carrier != SINES]
    sines = [good for carrier, _, good in outcomes if carrier == SINES]
    share = 100 * sum(counted) / len(counted)
    false, windows, reading = unmarked(bench, everything, marked)
    rows = [
        limit(
            f"audio ID: {len(counted)} attacked files of {len(counted) // len(names)} carriers read",
            share,
            100,
            "%",
            at_least=True,
        ),
        *([note("audio ID: attacked files of bare sines under 450 Hz read", f"{sum(sines)} of {len(sines)}")] if sines else []),
        limit(f"audio ID: identifiers seen in {windows} unmarked windows", false, 0, ""),
        information("audio ID: signal to mark, mean", np.mean(ratios), "dB"),
        note(
            "audio ID: signal to mark by carrier, dB",
            ", ".join(f"{name} {r:.0f}" for (name, *_), r in zip(marked, ratios, strict=True)),
        ),
        limit("audio ID: marking, seconds of sound a CPU second", seconds / cpu, SPEED, "×", at_least=True),
        information("audio ID: reading, seconds of sound a CPU second", reading, "×"),
    ]
    if missed:
        rows.append(note("audio ID: not read", ", ".join(missed)))
    return rows


def unmarked(bench, everything, marked):
    """Identifiers seen, windows looked at, and seconds of sound read a CPU second."""
    parts = [signals.read(path, 16_000, 1)[:, 0] for _, path in everything] + [
        signals.read(path, 16_000, 1)[:, 0] for _, path, *_ in marked
    ]
    long = signals.write(bench.folder / "identification" / "unmarked.wav", np.concatenate(parts), 16_000)
    length = sum(map(len, parts)) / 16_000
    windows = math.floor(length / BLOCK)
    rounds = math.ceil((QUICK_WINDOWS if bench.quick else WINDOWS) / windows)
    jobs = bench.side_by_side(
        lambda number: operate(bench, "find-mark", {"key": f"another key {number}"}, [long], f"unmarked-{number}"), range(rounds)
    )
    seen = sum(len(job.measurements["marks"]) for job in jobs)
    return seen, windows * rounds, length * rounds / sum(job.cost.cpu for job in jobs)
