"""Piper's own package reading texts with the same voice: `piper_speech.py MODEL CONFIGURATION TEXTS RESULT`.

TEXTS is a JSON list; RESULT becomes a list of [CPU seconds, seconds of sound].
"""

import json
import pathlib
import sys
import time

from piper import PiperVoice


def main(model, configuration, texts, result):
    voice, figures = PiperVoice.load(model, configuration), []
    for text in json.loads(pathlib.Path(texts).read_text()):
        began, frames = time.process_time(), 0
        for chunk in voice.synthesize(text):
            frames += len(chunk.audio_float_array)
        figures.append([time.process_time() - began, frames / voice.config.sample_rate])
    pathlib.Path(result).write_text(json.dumps(figures))


main(*sys.argv[1:])
