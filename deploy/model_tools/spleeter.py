"""Spleeter's two U-Nets as ONNX graphs.

Architecture: Jansson et al., Singing Voice Separation with Deep U-Net Convolutional Networks (ISMIR 2017), as
Hennequin et al. trained it (Spleeter, JOSS 2020): 44.1 kHz, windows of 4096, hops of 1024, 512 frames x 1024 bins.
"""

from pathlib import Path

import numpy as np
from onnx import TensorProto

from .graph import Graph
from .tensorflow_file import read_tensors

_DEPTH = 6


class _UNet:
    """One stem's network. The checkpoint counts the layers of both stems in one row: `conv2d`, `conv2d_1`, …"""

    def __init__(self, tensors: dict[str, np.ndarray], stem: int, title: str) -> None:
        self.tensors, self.stem, self.graph = tensors, stem, Graph(title)

    def tensor(self, kind: str, index: int, per_stem: int, part: str) -> np.ndarray:
        number = self.stem * per_stem + index
        return self.tensors[f"{kind}_{number}/{part}" if number else f"{kind}/{part}"]

    def stored(self, name: str, value: np.ndarray) -> str:
        """A weight kept in half precision and computed with in single: half the file, the same sound."""
        return self.graph("Cast", self.graph.weight(name, value.astype(np.float16)), to=TensorProto.FLOAT)

    def conv(self, operator: str, kind: str, index: int, x: str, **attributes: object) -> str:
        per_stem = _DEPTH + 1 if kind == "conv2d" else _DEPTH
        kernel = self.tensor(kind, index, per_stem, "kernel").transpose(3, 2, 0, 1)
        bias = self.graph.weight(f"{kind}{index}.bias", self.tensor(kind, index, per_stem, "bias"))
        stored = self.stored(f"{kind}{index}.kernel", kernel)
        return self.graph(operator, x, stored, bias, kernel_shape=kernel.shape[2:], **attributes)

    def norm(self, index: int, x: str) -> str:
        parts = [self.graph.weight(f"norm{index}.{part}", self.tensor("batch_normalization", index, 2 * _DEPTH, part))
                 for part in ("gamma", "beta", "moving_mean", "moving_variance")]
        return self.graph("BatchNormalization", x, *parts, epsilon=1e-3)

    def save(self, path: Path) -> None:
        """x [2, splits, 512, 1024], magnitudes of both channels, to those of the stem."""
        g = self.graph
        halving = {"strides": [2, 2], "pads": [1, 1, 2, 2]}  # TensorFlow's "same" for kernels of 5
        x = g("Transpose", g.input("x", [2, "splits", 512, 1024]), perm=[1, 0, 2, 3])
        skips, y = [], x
        for index in range(_DEPTH):
            y = self.conv("Conv", "conv2d", index, y, **halving)
            skips.append(y)
            if index < _DEPTH - 1:
                y = g("LeakyRelu", self.norm(index, y), alpha=0.2)
        for index in range(_DEPTH):
            if index:
                y = g("Concat", skips[_DEPTH - 1 - index], y, axis=1)
            y = self.conv("ConvTranspose", "conv2d_transpose", index, y, **halving)
            y = self.norm(_DEPTH + index, g("Relu", y))
        y = g("Sigmoid", self.conv("Conv", "conv2d", _DEPTH, y, dilations=[2, 2], pads=[3, 3, 3, 3]))
        g.output(g("Transpose", g("Mul", y, x), perm=[1, 0, 2, 3]), "y", [2, "splits", 512, 1024])
        g.save(path, {"model_type": "spleeter", "version": 1, "sample_rate": 44100, "stems": 2})


def convert(index_file: Path, data_file: Path, target: Path) -> None:
    """Writes `vocals.fp16.onnx` and `accompaniment.fp16.onnx` into the folder `target`."""
    tensors = read_tensors(index_file, data_file)
    for stem, title in enumerate(("vocals", "accompaniment")):
        _UNet(tensors, stem, title).save(target / f"{title}.fp16.onnx")
