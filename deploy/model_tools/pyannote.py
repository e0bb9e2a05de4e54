"""The speaker segmentation network of pyannote as an ONNX graph.

Architecture: Bredin and Laurent, End-to-end speaker segmentation for overlap-aware resegmentation (2021), with the
powerset classes of Plaquet and Bredin (2023) and the band-pass filters of SincNet (Ravanelli and Bengio, 2018).
"""

from pathlib import Path

import numpy as np

from .graph import Graph
from .torch_file import read_tensors

_RATE = 16000
_LOWEST, _NARROWEST = 50.0, 50.0  # Hz, of a band
_FILTER_STRIDE = 10


def _band_pass_filters(tensors: dict[str, np.ndarray]) -> np.ndarray:
    """The kernels [80, 1, 251]: even (cosine) and odd (sine) windowed band-pass filters of learned bands."""
    name = "sincnet.conv1d.0.filterbank."
    low = _LOWEST + np.abs(tensors[name + "low_hz_"].astype(np.float64))
    high = np.clip(low + _NARROWEST + np.abs(tensors[name + "band_hz_"]), _LOWEST, _RATE / 2)
    time, window = tensors[name + "n_"].astype(np.float64), tensors[name + "window_"].astype(np.float64)
    band = high - low
    even = (np.sin(high * time) - np.sin(low * time)) / (time / 2) * window
    odd = (np.cos(low * time) - np.cos(high * time)) / (time / 2) * window
    kernels = [
        np.concatenate([even, 2 * band, even[:, ::-1]], 1) / (2 * band),
        np.concatenate([odd, 0 * band, -odd[:, ::-1]], 1) / (2 * band),
    ]
    return np.concatenate(kernels)[:, None, :].astype(np.float32)


def _lstm(graph: Graph, tensors: dict[str, np.ndarray], layer: int, x: str) -> str:
    """A bidirectional layer over [T, N, features]; PyTorch's gates i, f, g, o become ONNX's i, o, f, c."""

    def both(name: str, *parts: str) -> str:
        directions = []
        for ending in ("", "_reverse"):
            learned = [tensors[f"lstm.{part}_l{layer}{ending}"] for part in parts]
            gates = [np.split(value, 4) for value in learned]
            directions.append(np.concatenate([gate[index] for gate in gates for index in (0, 3, 1, 2)]))
        return graph.weight(f"lstm{layer}.{name}", np.stack(directions))

    hidden = tensors[f"lstm.weight_hh_l{layer}"].shape[1]
    weights = both("input", "weight_ih"), both("state", "weight_hh"), both("bias", "bias_ih", "bias_hh")
    y, _ = graph("LSTM", x, *weights, outputs=2, direction="bidirectional", hidden_size=hidden)
    return graph("Reshape", graph("Transpose", y, perm=[0, 2, 1, 3]), graph.ints(0, 0, -1))


def convert(checkpoint: Path, target: Path) -> None:
    """Writes `model.onnx` into the folder `target`: x [N, 1, T] to log-probabilities of 7 classes [N, frames, 7].

    The classes are nobody, one of three speakers, and each pair of them.
    """
    tensors = read_tensors(checkpoint)
    graph = Graph("pyannote-segmentation")

    def learned(name: str) -> list[str]:
        return [graph.weight(f"{name}.{kind}", tensors[f"{name}.{kind}"]) for kind in ("weight", "bias")]

    x = graph.input("x", ["N", 1, "T"])
    x = graph("InstanceNormalization", x, *learned("sincnet.wav_norm1d"), epsilon=1e-5)
    for index in range(3):
        if index == 0:
            filters = graph.weight("filters", _band_pass_filters(tensors))
            x = graph("Abs", graph("Conv", x, filters, kernel_shape=[251], strides=[_FILTER_STRIDE]))
        else:
            x = graph("Conv", x, *learned(f"sincnet.conv1d.{index}"), kernel_shape=[5])
        x = graph("MaxPool", x, kernel_shape=[3], strides=[3])
        x = graph("LeakyRelu", graph("InstanceNormalization", x, *learned(f"sincnet.norm1d.{index}"), epsilon=1e-5), alpha=0.01)
    x = graph("Transpose", x, perm=[2, 0, 1])
    for layer in range(4):
        x = _lstm(graph, tensors, layer, x)
    x = graph("Transpose", x, perm=[1, 0, 2])
    for name in ("linear.0", "linear.1", "classifier"):
        kernel = graph.weight(f"{name}.kernel", tensors[f"{name}.weight"].T)
        x = graph("Add", graph("MatMul", x, kernel), graph.weight(f"{name}.bias", tensors[f"{name}.bias"]))
        if name != "classifier":
            x = graph("LeakyRelu", x, alpha=0.01)
    graph.output(graph("LogSoftmax", x, axis=-1), "y", ["N", "frames", 7])
    graph.save(target / "model.onnx", {
        "model_type": "pyannote-segmentation-3.0", "version": 1, "sample_rate": _RATE, "window_size": 10 * _RATE,
        "num_speakers": 3, "powerset_max_classes": 2, "num_classes": 7,
        "receptive_field_size": 991, "receptive_field_shift": 270,
    })
