"""Reads a CTranslate2 `model.bin`, version 6, without CTranslate2."""

import struct
from pathlib import Path

import numpy as np

# CTranslate2's DataType: float32, int8, int16, int32, float16. bfloat16 (5) has no numpy type and no model here uses it.
_TYPES = {0: np.float32, 1: np.int8, 2: np.int16, 3: np.int32, 4: np.float16}


class _Reader:
    def __init__(self, data: bytes) -> None:
        self.data = data
        self.position = 0

    def number(self, code: str) -> int:
        value = struct.unpack_from("<" + code, self.data, self.position)[0]
        self.position += struct.calcsize("<" + code)
        return value

    def text(self) -> str:
        """A string with its length in front; the length counts the closing NUL."""
        length = self.number("H")
        value = self.data[self.position : self.position + length - 1].decode()
        self.position += length
        return value

    def array(self, shape: list[int], kind: int, size: int) -> np.ndarray:
        value = np.frombuffer(self.data, _TYPES[kind], size // np.dtype(_TYPES[kind]).itemsize, self.position)
        self.position += size
        return value.reshape(shape)


def read_variables(parts: list[Path]) -> dict[str, np.ndarray]:
    """Returns the named arrays of a model that lies in one or more consecutive files.

    Half-precision arrays become float32; aliases are resolved.
    Raises ValueError when the file is of another version, kind or length.
    """
    data = b"".join(part.read_bytes() for part in parts)
    reader = _Reader(data)
    try:
        version, kind = reader.number("I"), reader.text()
        reader.number("I")  # revision of the specification
        if version != 6:
            raise ValueError(f"{parts[0].name}: CTranslate2 format {version} ({kind}), only 6 is known")
        variables = {}
        for _ in range(reader.number("I")):
            name = reader.text()
            shape = [reader.number("I") for _ in range(reader.number("B"))]
            value = reader.array(shape, reader.number("B"), reader.number("I"))
            variables[name] = value.astype(np.float32) if value.dtype == np.float16 else value
        for _ in range(reader.number("I")):
            alias = reader.text()
            variables[alias] = variables[reader.text()]
    except (struct.error, KeyError, UnicodeDecodeError) as error:
        raise ValueError(f"{parts[0].name}: not a whole CTranslate2 model: {error}") from error
    if reader.position != len(data):
        raise ValueError(f"{parts[0].name}: {len(data) - reader.position} bytes too many")
    return variables
