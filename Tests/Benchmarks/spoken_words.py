"""Makes a set of real single words in many languages: `python3 spoken_words.py [folder]`, default var/words.

They are the words of KTuberling, spoken by volunteers (Debian package ktuberling-data, pinned, GPL). Writes 16 kHz mono WAV files
LANGUAGE/NAME.wav, cut to what sounds: where a word begins and ends in what is made of them is known to the sample.
"""

import sys
import tempfile
from pathlib import Path

import debian_packages
import numpy as np
import signals

PACKAGES = {("ktuberling-data", "4:22.12.3-1"): "fba44c875bfa31ea488dadd9263e87a4dcaea0bd47d28817f6c0dc6d2af970ed"}
LANGUAGES = ("en", "ca", "da", "de", "el", "fi", "lt", "nl", "pt", "ro", "sl", "sv", "uk")
RATE = 16_000
_AUDIBLE = 0.03  # of a word's peak: 30 dB under it
_MOST = 72  # files of a language


def trimmed(samples):
    """What sounds of a word, by the loudest value of each 5 ms."""
    step = RATE // 200
    levels = np.array([np.abs(samples[start : start + step]).max() for start in range(0, len(samples), step)])
    loud = np.flatnonzero(levels > _AUDIBLE * levels.max())
    return samples[loud[0] * step : (loud[-1] + 1) * step]


def main(target: Path) -> None:
    """Writes the words into `target`; does nothing when they are there."""
    if (target / LANGUAGES[-1]).exists():
        return
    with tempfile.TemporaryDirectory() as folder:
        share = debian_packages.unpack(PACKAGES, Path(folder))
        for language in LANGUAGES:
            for source in sorted((share / "ktuberling/sounds" / language).iterdir())[:_MOST]:
                samples = trimmed(signals.read(source, RATE, 1)[:, 0])
                signals.write(target / language / f"{source.stem}.wav", samples / np.abs(samples).max() * 0.5, RATE)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parents[2] / "var" / "words")
