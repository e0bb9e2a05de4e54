"""Spleeter itself, on TensorFlow: separates recordings of 44.1 kHz in stereo, each as a whole.

    spleeter_reference.py RESULT RECORDING…

Writes NAME.vocals.wav and NAME.accompaniment.wav beside each recording, and the CPU seconds that the first one takes once the
model is loaded to RESULT (JSON). Each recording gets a separator of its own: one that has answered gives its old answer again at
first, because its input pipeline reads ahead.
"""

import json
import pathlib
import sys
import time

import numpy
import soundfile
from spleeter.separator import Separator


def main(result, *recordings):
    seconds = None
    for recording in map(pathlib.Path, recordings):
        separator = Separator(multiprocess=False)
        samples, rate = soundfile.read(recording, always_2d=True)
        stems = separator.separate(samples.astype(numpy.float32))
        for name in ("vocals", "accompaniment"):
            soundfile.write(recording.with_suffix(f".{name}.wav"), stems[name], rate, subtype="FLOAT")
        if seconds is None:
            began = time.process_time()
            separator.separate(samples.astype(numpy.float32))
            seconds = time.process_time() - began
    pathlib.Path(result).write_text(json.dumps(seconds))


main(*sys.argv[1:])
