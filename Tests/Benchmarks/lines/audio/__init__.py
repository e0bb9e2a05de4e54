"""The audio service's quality and speed against its peers, line by line: `deploy/bench audio`, or `deploy/bench audio.effects`."""

import importlib
import sys
import time

LINES = (
    "transcription",
    "long_transcription",
    "word_times",
    "diarization",
    "languages",
    "speech",
    "separation",
    "effects",
    "preview",
    "responses",
    "identification",
    "denoising",
)


def run_lines(bench):
    rows = []
    for name in LINES:
        began = time.monotonic()
        rows += importlib.import_module(f"lines.audio.{name}").run_lines(bench)
        print(f"bench: audio.{name}, {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
    return rows
