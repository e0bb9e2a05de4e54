"""Reads a TensorFlow checkpoint (`model.index` and one data shard) without TensorFlow.

The index is an uncompressed LevelDB table whose values are BundleEntryProto messages
(tensorflow/core/protobuf/tensor_bundle.proto).
"""

import struct
from collections.abc import Iterator
from pathlib import Path

import numpy as np

_MAGIC = 0xDB4775248B80FB57  # LevelDB, table/format.h
_FOOTER, _TRAILER = 48, 5  # bytes
_FLOAT = 1  # DT_FLOAT


def _varint(data: bytes, position: int) -> tuple[int, int]:
    """A base-128 number and the position after it."""
    value = shift = 0
    while True:
        byte = data[position]
        position += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, position
        shift += 7


def _block(data: bytes, offset: int, size: int) -> Iterator[tuple[bytes, bytes]]:
    """The keys and values of one table block; keys share a beginning with the one before."""
    if data[offset + size] != 0:
        raise ValueError("a compressed table")
    block = data[offset : offset + size]
    restarts = struct.unpack_from("<I", block, size - 4)[0]
    position, end, key = 0, size - 4 - 4 * restarts, b""
    while position < end:
        shared, position = _varint(block, position)
        fresh, position = _varint(block, position)
        length, position = _varint(block, position)
        key = key[:shared] + block[position : position + fresh]
        position += fresh
        yield key, block[position : position + length]
        position += length


def _fields(message: bytes) -> Iterator[tuple[int, int | bytes]]:
    """The fields of a protocol buffers message: number and value."""
    position = 0
    while position < len(message):
        tag, position = _varint(message, position)
        match tag & 7:
            case 0:
                value, position = _varint(message, position)
                yield tag >> 3, value
            case 2:
                length, position = _varint(message, position)
                yield tag >> 3, message[position : position + length]
                position += length
            case 5:
                yield tag >> 3, message[position : position + 4]
                position += 4
            case kind:
                raise ValueError(f"a field of wire type {kind}")


def _handle(value: bytes, position: int = 0) -> tuple[int, int, int]:
    """Offset and size of a block, and the position after them."""
    offset, position = _varint(value, position)
    size, position = _varint(value, position)
    return offset, size, position


def _entry(value: bytes) -> tuple[int, list[int], int, int]:
    """Type, shape, offset and size in bytes of a tensor."""
    entry = dict(_fields(value))
    axes = [dict(_fields(axis)).get(1, 0) for number, axis in _fields(entry.get(2, b"")) if number == 2]
    return entry.get(1, 0), axes, entry.get(4, 0), entry.get(5, 0)


def read_tensors(index_file: Path, data_file: Path) -> dict[str, np.ndarray]:
    """Returns the float32 tensors of a checkpoint by name.

    Raises ValueError when the index is no table, or points past the data.
    """
    index, data = index_file.read_bytes(), data_file.read_bytes()
    if len(index) < _FOOTER or struct.unpack("<Q", index[-8:])[0] != _MAGIC:
        raise ValueError(f"{index_file.name}: not the index of a TensorFlow checkpoint")
    footer = index[-_FOOTER:]
    *_, after = _handle(footer)
    offset, size, _ = _handle(footer, after)
    tensors = {}
    for _, handle in _block(index, offset, size):
        start, length, _ = _handle(handle)
        for key, value in _block(index, start, length):
            if not key:  # the bundle's header
                continue
            kind, shape, at, count = _entry(value)
            if kind != _FLOAT:
                continue
            if at + count > len(data):
                raise ValueError(f"{data_file.name}: ends before {key.decode()}")
            tensors[key.decode()] = np.frombuffer(data, np.float32, count // 4, at).reshape(shape)
    return tensors
