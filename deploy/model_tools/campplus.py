"""The speaker embedding network CAM++ as an ONNX graph.

Architecture: Wang et al., CAM++: A Fast and Efficient Network for Speaker Verification Using Context-Aware
Masking (Interspeech 2023).
"""

from pathlib import Path

import numpy as np

from .graph import Graph
from .torch_file import read_tensors

_SEGMENT = 100  # frames over which the local context is averaged


class _Network:
    def __init__(self, tensors: dict[str, np.ndarray]) -> None:
        self.tensors, self.graph = tensors, Graph("campplus")

    def norm(self, name: str, x: str) -> str:
        count = self.tensors[name + ".running_mean"].shape[0]
        # The last norm of the network has no learned scale and offset.
        defaults = {"weight": np.ones(count, np.float32), "bias": np.zeros(count, np.float32)}
        parts = [self.graph.weight(f"{name}.{kind}", self.tensors.get(f"{name}.{kind}", defaults.get(kind)))
                 for kind in ("weight", "bias", "running_mean", "running_var")]
        return self.graph("BatchNormalization", x, *parts, epsilon=1e-5)

    def conv(self, name: str, x: str, strides: tuple[int, ...] = (1,), dilation: int = 1) -> str:
        """A convolution that keeps the length when its stride is 1."""
        kernel = self.tensors[name + ".weight"]
        inputs = [x, self.graph.weight(name + ".weight", kernel)]
        if name + ".bias" in self.tensors:
            inputs.append(self.graph.weight(name + ".bias", self.tensors[name + ".bias"]))
        shape = kernel.shape[2:]
        steps = list(strides) * (len(shape) // len(strides))
        pads = [(size - 1) // 2 * dilation for size in shape]
        spread = [dilation] * len(shape)
        return self.graph("Conv", *inputs, kernel_shape=list(shape), strides=steps, pads=pads * 2, dilations=spread)

    def relu(self, name: str, x: str) -> str:
        return self.graph("Relu", self.norm(name, x))

    def residual(self, name: str, x: str, stride: int) -> str:
        """A residual block over [N, 32, bins, T]; the stride halves the bins, never the time."""
        y = self.relu(f"{name}.bn1", self.conv(f"{name}.conv1", x, (stride, 1)))
        y = self.norm(f"{name}.bn2", self.conv(f"{name}.conv2", y, (1, 1)))
        if f"{name}.shortcut.0.weight" in self.tensors:
            x = self.norm(f"{name}.shortcut.1", self.conv(f"{name}.shortcut.0", x, (stride, 1)))
        return self.graph("Relu", self.graph("Add", y, x))

    def masked(self, name: str, x: str, dilation: int) -> str:
        """Context-aware masking: a convolution weighed by the mean of everything plus that of the segment."""
        g = self.graph
        local = self.conv(f"{name}.linear_local", x, dilation=dilation)
        means = g("AveragePool", x, kernel_shape=[_SEGMENT], strides=[_SEGMENT], ceil_mode=1)
        spread = g("Expand", g("Unsqueeze", means, g.ints(-1)), g.ints(1, 1, 1, _SEGMENT))
        spread = g("Reshape", spread, g.ints(0, 0, -1))
        spread = g("Slice", spread, g.ints(0), g("Shape", x, start=2, end=3), g.ints(2))
        context = g("Add", g("ReduceMean", x, g.ints(-1), keepdims=1), spread)
        mask = g("Sigmoid", self.conv(f"{name}.linear2", g("Relu", self.conv(f"{name}.linear1", context))))
        return g("Mul", local, mask)

    def dense_block(self, name: str, x: str, layers: int, dilation: int) -> str:
        for index in range(1, layers + 1):
            layer = f"{name}.tdnnd{index}"
            y = self.conv(f"{layer}.linear1", self.relu(f"{layer}.nonlinear1.batchnorm", x))
            y = self.masked(f"{layer}.cam_layer", self.relu(f"{layer}.nonlinear2.batchnorm", y), dilation)
            x = self.graph("Concat", x, y, axis=1)
        return x

    def statistics(self, x: str) -> str:
        """Mean and unbiased standard deviation over time, [N, C, T] to [N, 2C, 1]."""
        g = self.graph
        mean = g("ReduceMean", x, g.ints(-1), keepdims=1)
        away = g("Sub", x, mean)
        count = g("Cast", g("Shape", x, start=2, end=3), to=1)
        total = g("ReduceSum", g("Mul", away, away), g.ints(-1), keepdims=1)
        variance = g("Div", total, g("Max", g("Sub", count, g.number(1.0)), g.number(1.0)))
        return g("Concat", mean, g("Sqrt", variance), axis=1)


def convert(checkpoint: Path, target: Path) -> None:
    """Writes `model.onnx` into the folder `target`: filter-bank frames x [N, T, 80] to an embedding [N, 192]."""
    network = _Network(read_tensors(checkpoint))
    g = network.graph
    x = g.input("x", ["N", "T", 80])
    x = g("Unsqueeze", g("Transpose", x, perm=[0, 2, 1]), g.ints(1))
    x = network.relu("head.bn1", network.conv("head.conv1", x, (1, 1)))
    for name in ("head.layer1", "head.layer2"):
        x = network.residual(f"{name}.1", network.residual(f"{name}.0", x, 2), 1)
    x = network.relu("head.bn2", network.conv("head.conv2", x, (2, 1)))
    x = g("Reshape", x, g.ints(0, 320, -1))
    x = network.relu("xvector.tdnn.nonlinear.batchnorm", network.conv("xvector.tdnn.linear", x, (2,)))
    for index, layers, dilation in ((1, 12, 1), (2, 24, 2), (3, 16, 2)):
        x = network.dense_block(f"xvector.block{index}", x, layers, dilation)
        x = network.conv(f"xvector.transit{index}.linear", network.relu(f"xvector.transit{index}.nonlinear.batchnorm", x))
    x = network.statistics(network.relu("xvector.out_nonlinear.batchnorm", x))
    x = network.norm("xvector.dense.nonlinear.batchnorm", network.conv("xvector.dense.linear", x))
    g.output(g("Squeeze", x, g.ints(-1)), "embedding", ["N", 192])
    g.save(target / "model.onnx", {
        "framework": "3d-speaker", "version": 1, "language": "zh-en", "output_dim": 192, "sample_rate": 16000,
        "normalize_samples": 1, "feature_normalize_type": "global-mean",
    })
