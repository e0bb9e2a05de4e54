"""A thin builder over the `onnx` package: nodes are made by calling them, initializers are shared by name."""

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

_MICROSOFT = "com.microsoft"
# Operators of onnxruntime's own domain that the converters use.
_OWN = {"DynamicQuantizeMatMul", "MultiHeadAttention", "FusedMatMul"}


class Graph:
    """Collects nodes and weights, then saves one checked ONNX file."""

    def __init__(self, name: str, opset: int = 20) -> None:
        self.name = name
        self.opset = opset
        self._nodes: list[onnx.NodeProto] = []
        self._weights: dict[str, onnx.TensorProto] = {}
        self._inputs: list[onnx.ValueInfoProto] = []
        self._outputs: list[onnx.ValueInfoProto] = []
        self._count = 0

    def input(self, name: str, shape: list[int | str], kind: int = TensorProto.FLOAT) -> str:
        self._inputs.append(helper.make_tensor_value_info(name, kind, shape))
        return name

    def output(self, value: str, name: str, shape: list[int | str], kind: int = TensorProto.FLOAT) -> None:
        self._nodes.append(helper.make_node("Identity", [value], [name]))
        self._outputs.append(helper.make_tensor_value_info(name, kind, shape))

    def weight(self, name: str, value: np.ndarray) -> str:
        if name not in self._weights:
            self._weights[name] = numpy_helper.from_array(np.asarray(value, order="C"), name)
        return name

    def ints(self, *values: int) -> str:
        """A constant one-dimensional tensor of int64."""
        return self.weight("i" + "_".join(map(str, values)), np.array(values, np.int64))

    def number(self, value: float) -> str:
        """A constant scalar."""
        return self.weight(f"f{value!r}", np.array(value, np.float32))

    def __call__(self, operator: str, *inputs: str, outputs: int = 1, **attributes: object) -> str | list[str]:
        """Adds a node and returns the name of its output, or the names when there are several."""
        self._count += 1
        names = [f"{operator}_{self._count}" + (f"_{index}" if outputs > 1 else "") for index in range(outputs)]
        domain = _MICROSOFT if operator in _OWN else ""
        self._nodes.append(helper.make_node(operator, list(inputs), names, names[0], domain=domain, **attributes))
        return names if outputs > 1 else names[0]

    def save(self, path: Path, metadata: dict[str, object]) -> None:
        """Writes the model with its metadata; every value becomes text."""
        graph = helper.make_graph(self._nodes, self.name, self._inputs, self._outputs, list(self._weights.values()))
        domains = [helper.make_opsetid("", self.opset)]
        if any(node.domain for node in self._nodes):
            domains.append(helper.make_opsetid(_MICROSOFT, 1))
        # IR 10 is the newest that onnxruntime 1.18 and later read.
        model = helper.make_model(graph, opset_imports=domains, ir_version=10, producer_name="avstudio")
        helper.set_model_props(model, {key: str(value) for key, value in metadata.items()})
        onnx.checker.check_model(model)
        onnx.save(model, path)


def quantised_linear(graph: Graph, name: str, x: str, weight: np.ndarray, bias: np.ndarray | None) -> str:
    """`x @ weight.T + bias` with int8 weights, one scale an output, and activations quantised row by row as they come.

    weight: [outputs, inputs]; bias: [outputs] or None.
    """
    kernel, scale = quantise_rows(weight)
    # The operator has one scale for all rows, so that one loud row would drown the others: they come to it equally loud.
    loudest = graph("ReduceMax", graph("Abs", x), graph.ints(-1))
    loudest = graph("Max", loudest, graph.number(1e-8))
    kernel, scale = graph.weight(name + ".kernel", kernel.T), graph.weight(name + ".scale", scale)
    product = graph("Mul", graph("DynamicQuantizeMatMul", graph("Div", x, loudest), kernel, scale), loudest)
    return product if bias is None else graph("Add", product, graph.weight(name + ".bias", bias.astype(np.float32)))


def half_linear(graph: Graph, name: str, x: str, weight: np.ndarray, bias: np.ndarray | None) -> str:
    """`x @ weight.T + bias` computed in single precision, with weights kept in half.

    weight: [outputs, inputs]; bias: [outputs] or None.
    """
    kernel = graph("Cast", graph.weight(name + ".kernel", weight.T.astype(np.float16)), to=TensorProto.FLOAT)
    product = graph("MatMul", x, kernel)
    return product if bias is None else graph("Add", product, graph.weight(name + ".bias", bias.astype(np.float32)))


def quantise_rows(weight: np.ndarray, limit: int = 127) -> tuple[np.ndarray, np.ndarray]:
    """Symmetric int8 values of a matrix and the scale of each of its rows."""
    scale = np.maximum(np.abs(weight).max(axis=1), 1e-8).astype(np.float32) / limit
    values = np.clip(np.rint(weight / scale[:, None]), -limit, limit).astype(np.int8)
    return values, scale
