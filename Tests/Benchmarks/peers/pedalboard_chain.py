"""pedalboard: compressor, three bands, reverberation when asked for, gain and limiter over a file.

    pedalboard_chain.py INPUT OUTPUT reverb|dry RESULT

Writes the CPU seconds without those of starting Python to RESULT (JSON).
"""

import json
import pathlib
import sys
import time

from pedalboard import Compressor, Gain, HighShelfFilter, Limiter, LowShelfFilter, Pedalboard, PeakFilter, Reverb
from pedalboard.io import AudioFile


def main(source, target, kind, result):
    began = time.process_time()
    effects = [
        Compressor(threshold_db=-20, ratio=3, attack_ms=10, release_ms=120),
        LowShelfFilter(cutoff_frequency_hz=120, gain_db=3),
        PeakFilter(cutoff_frequency_hz=1000, gain_db=-2, q=1),
        HighShelfFilter(cutoff_frequency_hz=8000, gain_db=2),
        *([Reverb(room_size=0.5, wet_level=0.2, dry_level=0.8)] if kind == "reverb" else []),
        Gain(gain_db=3),
        Limiter(threshold_db=-1, release_ms=80),
    ]
    board = Pedalboard(effects)
    with AudioFile(source) as recording, AudioFile(target, "w", recording.samplerate, recording.num_channels) as output:
        while recording.tell() < recording.frames:
            output.write(board(recording.read(recording.samplerate), recording.samplerate, reset=False))
    pathlib.Path(result).write_text(json.dumps(time.process_time() - began))


main(*sys.argv[1:])
