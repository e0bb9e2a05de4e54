"""Reads a Whisper model in ggml's form, as whisper.cpp writes and quantises it, without ggml.

The file: a magic number, eleven sizes, the mel filters, the text tokens, then named tensors until its end. Tensors of the
quantised types are rows of blocks of 32 values with a scale each (ggml's block_q4_0, block_q5_1, … in ggml-common.h).
"""

import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np

MAGIC = 0x67676D6C
_SIZES = ("vocabulary", "audio_context", "audio_state", "audio_heads", "audio_layers",
          "text_context", "text_state", "text_heads", "text_layers", "mels", "type")
_BLOCK = 32
# What is in front of a block's values: its scale, its offset, the fifth bits of its values.
_SCALE, _OFFSET, _HIGH = ("scale", "<f2"), ("offset", "<f2"), ("high", "<u4")
# By ggml's number of the type; the last field holds the values, one or two a byte.
_FLOATS = {0: np.dtype("<f4"), 1: np.dtype("<f2")}
_BLOCKS = {
    2: np.dtype([_SCALE, ("low", "u1", 16)]),  # q4_0
    3: np.dtype([_SCALE, _OFFSET, ("low", "u1", 16)]),  # q4_1
    6: np.dtype([_SCALE, _HIGH, ("low", "u1", 16)]),  # q5_0
    7: np.dtype([_SCALE, _OFFSET, _HIGH, ("low", "u1", 16)]),  # q5_1
    8: np.dtype([_SCALE, ("whole", "i1", _BLOCK)]),  # q8_0
}
# A thousand for each revision of the quantised forms; the first ones had other blocks.
_REVISION, _KNOWN_REVISION = 1000, 2


@dataclass(frozen=True)
class GGMLFile:
    """What a file holds: sizes by name, the bytes of the text tokens, and float32 arrays by name."""

    sizes: dict[str, int]
    tokens: list[bytes]
    tensors: dict[str, np.ndarray]


def _unpacked(blocks: np.ndarray) -> np.ndarray:
    """The values [blocks, 32] of quantised blocks."""
    fields, scale = blocks.dtype.names, blocks["scale"].astype(np.float32)[:, None]
    if "whole" in fields:
        return blocks["whole"] * scale
    # The low halves of the bytes are the first sixteen values, the high halves the others.
    values = np.concatenate([blocks["low"] & 15, blocks["low"] >> 4], axis=1)
    if "high" in fields:
        values |= ((blocks["high"][:, None] >> np.arange(_BLOCK, dtype=np.uint32)) & 1).astype(np.uint8) << 4
    if "offset" in fields:
        return values * scale + blocks["offset"].astype(np.float32)[:, None]
    middle = 16 if "high" in fields else 8
    return (values.astype(np.float32) - middle) * scale


class _Reader:
    def __init__(self, path: Path) -> None:
        self.name, self.data, self.position = path.name, np.memmap(path, np.uint8, "r"), 0

    def bytes(self, count: int) -> np.ndarray:
        value = self.data[self.position : self.position + count]
        if count < 0 or len(value) != count:
            raise ValueError(f"{self.name}: breaks off after {len(self.data)} bytes")
        self.position += count
        return value

    def numbers(self, count: int) -> tuple[int, ...]:
        return struct.unpack(f"<{count}i", self.bytes(4 * count))

    def array(self, shape: list[int], kind: int) -> np.ndarray:
        count = int(np.prod(shape, dtype=np.int64))
        if kind in _FLOATS:
            return self.bytes(count * _FLOATS[kind].itemsize).view(_FLOATS[kind]).astype(np.float32).reshape(shape)
        if kind not in _BLOCKS or shape[-1] % _BLOCK:
            raise ValueError(f"{self.name}: a tensor of ggml's type {kind} and the shape {shape}; known are "
                             "f32, f16, q4_0, q4_1, q5_0, q5_1 and q8_0")
        return _unpacked(self.bytes(count // _BLOCK * _BLOCKS[kind].itemsize).view(_BLOCKS[kind])).reshape(shape)


def read_file(path: Path) -> GGMLFile:
    """Reads a whole file; quantised and half-precision tensors become float32.

    Raises ValueError when it is of another kind, version or length.
    """
    reader = _Reader(path)
    magic, *values = reader.numbers(1 + len(_SIZES))
    sizes = dict(zip(_SIZES, values))
    if magic != MAGIC or sizes["mels"] not in (80, 128) or not 51864 <= sizes["vocabulary"] <= 51866:
        raise ValueError(f"{path.name}: not a Whisper model in ggml's form")
    if sizes["type"] > 1 and sizes["type"] // _REVISION != _KNOWN_REVISION:
        raise ValueError(f"{path.name}: quantised in revision {sizes['type'] // _REVISION} of ggml's forms, only "
                         f"{_KNOWN_REVISION} is known; quantise it anew")
    rows, columns = reader.numbers(2)
    reader.bytes(4 * rows * columns)
    (count,) = reader.numbers(1)
    tokens = [reader.bytes(reader.numbers(1)[0]).tobytes() for _ in range(count)]
    tensors = {}
    while reader.position < len(reader.data):
        dimensions, length, kind = reader.numbers(3)
        shape = list(reversed(reader.numbers(dimensions)))
        name = reader.bytes(length).tobytes().decode(errors="replace")
        tensors[name] = reader.array(shape, kind)
    return GGMLFile(sizes, tokens, tensors)
