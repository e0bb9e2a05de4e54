"""Divides a network into parts so that it loads faster."""

import onnx
from onnx import TensorProto, helper

# Nodes of a part. Of 50 to 300, 100 to 150 loaded a Piper voice fastest; the parts cost its runs nothing that can be measured.
_SIZE = 120


def divide(model: onnx.ModelProto, length: str) -> None:
    """Puts the nodes, part by part, into graphs of their own, each behind an If that is always taken.

    ONNX Runtime plans which values can share memory graph by graph, and looks for each through all that it has freed
    (`PlannerImpl::FindReusableTensor`): time grows with the square of a graph's nodes. The 2,755 nodes of a Piper voice took
    1.3 s of processor time, a hundred and twenty at a time less than 0.1 s.

    length: an input of int64 that is never negative. The condition is made of it, for a constant one would be folded away and
    the parts joined again. A network that holds graphs already, or values whose kind can not be told, stays as it is.
    """
    graph = onnx.shape_inference.infer_shapes(model).graph
    types = {value.name: value.type.tensor_type for value in [*graph.value_info, *graph.output]}
    nodes = list(model.graph.node)
    if any(attribute.HasField("g") for node in nodes for attribute in node.attribute) or any(
        name and name not in types for node in nodes for name in node.output
    ):
        return
    parts = [nodes[first : first + _SIZE] for first in range(0, len(nodes), _SIZE)]
    needed = {value.name for value in model.graph.output}
    divided: list[onnx.NodeProto] = []
    for number, part in reversed(list(enumerate(parts))):
        results = [name for node in part for name in node.output if name in needed]
        divided.insert(0, _part(number, part, results, types))
        needed |= {name for node in part for name in node.input}
    model.graph.initializer.append(helper.make_tensor("part_never", TensorProto.INT64, [1], [-1]))
    condition = [
        helper.make_node("Greater", [length, "part_never"], ["part_always"]),
        helper.make_node("Squeeze", ["part_always"], ["part_condition"]),
    ]
    del model.graph.node[:]
    model.graph.node.extend(condition + divided)
    # What was said of values that are now inside the parts.
    del model.graph.value_info[:]


def _part(number: int, nodes: list[onnx.NodeProto], results: list[str], types: dict) -> onnx.NodeProto:
    """One If: the nodes when it is taken, empty values of the same kinds otherwise.

    Names are known in the graphs inside, so that a result needs another one there.
    """
    inside = {name: f"{name}_in_part" for name in results}
    for node in nodes:
        for names in (node.input, node.output):
            for index, name in enumerate(names):
                names[index] = inside.get(name, name)
    empty = []
    for name in results:
        rank = len(types[name].shape.dim)
        value = helper.make_tensor("empty", types[name].elem_type, [0] * rank, [0] if rank == 0 else [])
        empty.append(helper.make_node("Constant", [], [f"{name}_left_out"], value=value))
    kinds = [types[name].elem_type for name in results]
    taken = [helper.make_tensor_value_info(inside[name], kind, None) for name, kind in zip(results, kinds, strict=True)]
    left_out = [helper.make_tensor_value_info(f"{name}_left_out", kind, None) for name, kind in zip(results, kinds, strict=True)]
    return helper.make_node(
        "If", ["part_condition"], results, f"part_{number}",
        then_branch=helper.make_graph(nodes, f"part_{number}_taken", [], taken),
        else_branch=helper.make_graph(empty, f"part_{number}_left_out", [], left_out),
    )
