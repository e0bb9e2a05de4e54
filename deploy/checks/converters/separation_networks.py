"""Writes small separation networks in the forms that users bring, each with its registry entry.

    python separation_networks.py mdx|htdemucs|spleeter|drums folder

Each takes a mix of tones apart by their frequency: below 250 Hz is bass, below 1.4 kHz other, below 5 kHz vocals, above drums.
"""

import json
import pathlib
import sys

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "deploy"))

from model_tools.graph import Graph  # noqa: E402 the path is set above

RATE = 44100
BANDS = {"bass": (0, 250), "other": (250, 1400), "vocals": (1400, 5000), "drums": (5000, 22050)}


def mask(stem, bins, length):
    """1 for the stem's bins of a spectrum of `length` samples, 0 for others."""
    low, high = (edge * length / RATE for edge in BANDS[stem])
    return np.array([low <= index < high for index in range(bins)], np.float32)


def mdx(folder, stem="vocals"):
    bins, frames, length = 512, 64, 1024
    graph = Graph("mdx")
    x = graph.input("input", [1, 4, bins, frames])
    kept = graph("Mul", x, graph.weight("mask", mask(stem, bins, length)[None, None, :, None]))
    graph.output(kept, "output", [1, 4, bins, frames])
    graph.save(folder / "mdx.onnx", {})
    return "mdx", {"model": "mdx.onnx"}, {"window": length, "hop": 256, "stems": [stem]}


def htdemucs(folder):
    """A bank of filters over the waveform: windowed sines over x (the window method)."""
    segment, taps, stems = 22050, 1025, ("drums", "bass", "other", "vocals")
    time = np.arange(taps) - taps // 2

    def lowpass(edge):
        return 2 * edge / RATE * np.sinc(2 * edge / RATE * time) * np.hamming(taps)

    kernels = np.stack([lowpass(BANDS[stem][1]) - lowpass(BANDS[stem][0]) for stem in stems]).astype(np.float32)
    graph = Graph("htdemucs")
    x = graph("Transpose", graph.input("mix", [1, 2, segment]), perm=[1, 0, 2])
    x = graph("Conv", x, graph.weight("kernels", kernels[:, None, :]), kernel_shape=[taps], pads=[taps // 2, taps // 2])
    x = graph("Unsqueeze", graph("Transpose", x, perm=[1, 0, 2]), graph.ints(0))
    graph.output(x, "stems", [1, 4, 2, segment])
    graph.save(folder / "htdemucs.onnx", {})
    return "htdemucs", {"model": "htdemucs.onnx"}, {}


def spleeter(folder):
    for stem in BANDS:
        graph = Graph(stem)
        x = graph.input("x", [2, "splits", 512, 1024])
        kept = graph("Mul", x, graph.weight("mask", mask(stem, 1024, 4096)))
        graph.output(kept, "y", [2, "splits", 512, 1024])
        graph.save(folder / f"{stem}.onnx", {})
    return "spleeter", {stem: f"{stem}.onnx" for stem in BANDS}, {}


def drums(folder):
    return mdx(folder, "drums")


if __name__ == "__main__":
    kind, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    engine, files, settings = globals()[kind](folder)
    entry = {"name": f"my-{kind}", "task": "separate", "engine": engine, "sample_rate": RATE, "files": files, "settings": settings}
    (folder / f"{kind}.json").write_text(json.dumps(entry))
