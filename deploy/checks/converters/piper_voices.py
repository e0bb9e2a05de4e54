"""Writes a small voice in the form that Piper's users bring: `voice.onnx` and `voice.onnx.json`.

    python piper_voices.py language speakers folder

Each symbol is a tenth of a second of a tone: 400 Hz for speaker 0, 800 Hz for speaker 1, and so on.
"""

import json
import pathlib
import sys

import numpy as np
from onnx import TensorProto

ROOT = pathlib.Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "deploy"))

from model_tools.graph import Graph  # noqa: E402 the path is set above

RATE = 22050


def network(speakers, path):
    graph = Graph("voice")
    symbols = graph.input("input", [1, "symbols"], TensorProto.INT64)
    graph.input("input_lengths", [1], TensorProto.INT64)
    graph.input("scales", [3])
    time = np.arange(RATE // 10) / RATE
    tones = np.stack([0.5 * np.sin(2 * np.pi * 400 * (index + 1) * time) for index in range(speakers)]).astype(np.float32)
    speaker = graph.input("sid", [1], TensorProto.INT64) if speakers > 1 else graph.ints(0)
    tone = graph("Gather", graph.weight("tones", tones), speaker)
    rows = graph("Mul", graph("Cast", graph("Transpose", symbols, perm=[1, 0]), to=TensorProto.FLOAT), graph.number(0.0))
    graph.output(graph("Reshape", graph("Add", rows, tone), graph.ints(1, 1, 1, -1)), "output", [1, 1, 1, "samples"])
    graph.save(path, {})


def describe(language, speakers, path):
    symbols = "_^$ .,?!abcdefghijklmnopqrstuvwxyzəɛɪʊɔɑʁʃŋøœæˈˌː"
    path.write_text(json.dumps({
        "audio": {"sample_rate": RATE, "quality": "test"},
        "espeak": {"voice": language},
        "inference": {"noise_scale": 0.667, "length_scale": 1, "noise_w": 0.8},
        "phoneme_type": "espeak",
        "phoneme_id_map": {symbol: [index] for index, symbol in enumerate(symbols)},
        "num_symbols": len(symbols),
        "num_speakers": speakers,
        "language": {"code": f"{language}_XX", "family": language, "name_english": language},
    }))


if __name__ == "__main__":
    language, speakers, folder = sys.argv[1], int(sys.argv[2]), pathlib.Path(sys.argv[3])
    network(speakers, folder / "voice.onnx")
    describe(language, speakers, folder / "voice.onnx.json")
