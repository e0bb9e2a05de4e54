"""Word error rate and CPU of transcription on real prompts, against faster-whisper with the same weights when it is installed.

The clips are English prompts of Asterisk and sentences of PocketSphinx' tests (see clips.py). Slow, so only when asked for by name.
"""

import csv
import subprocess
import sys

from studio import ROOT
from table import information, limit
from word_errors import distance, words

CLIPS = 60


def clips():
    folder = ROOT / "var/clips"
    if not (folder / "clips.tsv").exists():
        subprocess.run([sys.executable, ROOT / "Tests/Benchmarks/clips.py", folder], check=True)
    rows = [row for row in csv.reader((folder / "clips.tsv").open(), delimiter="\t") if row[1] == "en"]
    step = max(1, len(rows) // CLIPS)
    return [(folder / name, float(seconds), text) for name, _, seconds, text in rows[::step][:CLIPS]]


def run_lines(bench):
    studio = bench.studio()
    door = studio.door()
    errors = total = 0
    cpu = length = 0.0
    for path, seconds, text in clips():
        job = door.job("transcribe", door.upload(path), {"language": "en", "formats": "text"})
        reference = words(text)
        errors += distance(reference, words(job["result"]["measurements"]["text"]))
        total += len(reference)
        cpu += job["result"]["usage"]["cpu_seconds"]
        length += seconds
    door.close()
    return [
        limit(f"transcribe {CLIPS} English prompts: word error rate", 100 * errors / total, 3.92, "%", "3.92 % faster-whisper, greedy"),
        information("the same: CPU of each, the models' loading included", cpu / CLIPS, "s"),
        information("the same: CPU as a share of the sound's length", cpu / length, "×"),
    ]
