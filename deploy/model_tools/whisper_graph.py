"""Whisper's encoder and decoder as ONNX graphs, most of their weights in int8, in the form that sherpa-onnx loads.

Architecture: Radford et al., Robust Speech Recognition via Large-Scale Weak Supervision (2022), section 2.2.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from onnx import TensorProto

from .graph import Graph, half_linear, quantise_rows, quantised_linear

Variables = dict[str, np.ndarray]


@dataclass(frozen=True)
class Sizes:
    """The dimensions of one Whisper model."""

    mels: int
    state: int
    heads: int
    encoder_layers: int
    decoder_layers: int
    audio_context: int
    text_context: int
    vocabulary: int

    @staticmethod
    def of(variables: Variables) -> "Sizes":
        def layers(part: str) -> int:
            return len({name.split("/")[1] for name in variables if name.startswith(f"{part}/layer_") and name.count("/") > 2})

        state, mels, _ = variables["encoder/conv1/weight"].shape
        return Sizes(
            mels, state, int(variables["encoder/num_heads"]), layers("encoder"), layers("decoder"),
            variables["encoder/position_encodings/encodings"].shape[0],
            variables["decoder/position_encodings/encodings"].shape[0],
            variables["decoder/embeddings/weight"].shape[0],
        )


class _Layers:
    """The pieces that encoder and decoder share."""

    def __init__(self, graph: Graph, variables: Variables, sizes: Sizes) -> None:
        self.graph, self.variables, self.sizes = graph, variables, sizes

    def norm(self, name: str, x: str) -> str:
        gamma = self.graph.weight(name + ".gamma", self.variables[name + "/gamma"])
        beta = self.graph.weight(name + ".beta", self.variables[name + "/beta"])
        return self.graph("LayerNormalization", x, gamma, beta, axis=-1, epsilon=1e-5)

    def linear(self, name: str, x: str) -> str:
        return quantised_linear(self.graph, name, x, self.variables[name + "/weight"], self.variables.get(name + "/bias"))

    def split(self, x: str, parts: int) -> list[str]:
        return self.graph("Split", x, outputs=parts, axis=-1, num_outputs=parts)

    def self_projections(self, name: str, x: str) -> list[str]:
        """Query, key and value of self-attention."""
        projected = self.linear(f"{name}/self_attention/linear_0", self.norm(f"{name}/self_attention/layer_norm", x))
        return self.split(projected, 3)

    def feed_forward(self, name: str, x: str) -> str:
        g, last = self.graph, f"{name}/ffn/linear_1"
        inner = g("Gelu", self.linear(f"{name}/ffn/linear_0", self.norm(f"{name}/ffn/layer_norm", x)))
        # A few of the encoder's activations here are so large that one int8 scale for a whole recording drowns the rest:
        # in float the network's output is 6 dB nearer to the original, for the same time. A single token has no such neighbours.
        if name.startswith("encoder/"):
            return g("Add", x, half_linear(g, last, inner, self.variables[last + "/weight"], self.variables[last + "/bias"]))
        return g("Add", x, self.linear(last, inner))

    def heads(self, x: str, order: list[int]) -> str:
        """[N, T, state] as [N, T, heads, width], its axes then in `order`."""
        return self.graph("Transpose", self.graph("Reshape", x, self.graph.ints(0, 0, self.sizes.heads, -1)), perm=order)


def save_encoder(path: Path, variables: Variables, metadata: dict[str, object]) -> None:
    """mel [N, mels, T] to the cross-attention keys [L, N, heads, width, T/2] and values [L, N, heads, T/2, width].

    They are laid out as the decoder multiplies them, so that no step of it transposes them again.
    """
    sizes = Sizes.of(variables)
    graph = Graph("whisper-encoder")
    layers = _Layers(graph, variables, sizes)
    x = graph.input("mel", ["n_audio", sizes.mels, "T"])
    for name, stride in (("conv1", 1), ("conv2", 2)):
        kernel = graph.weight(name, variables[f"encoder/{name}/weight"])
        bias = graph.weight(name + ".bias", variables[f"encoder/{name}/bias"])
        x = graph("Gelu", graph("Conv", x, kernel, bias, kernel_shape=[3], pads=[1, 1], strides=[stride]))
    x = graph("Transpose", x, perm=[0, 2, 1])
    length = graph("Shape", x, start=1, end=2)
    positions = graph.weight("positions", variables["encoder/position_encodings/encodings"])
    x = graph("Add", x, graph("Slice", positions, graph.ints(0), length, graph.ints(0)))
    for index in range(sizes.encoder_layers):
        name = f"encoder/layer_{index}"
        attended = graph("MultiHeadAttention", *layers.self_projections(name, x), num_heads=sizes.heads)
        x = graph("Add", x, layers.linear(f"{name}/self_attention/linear_1", attended))
        x = layers.feed_forward(name, x)
    x = layers.norm("encoder/layer_norm", x)
    keys, values = [], []
    for index in range(sizes.decoder_layers):
        key, value = layers.split(layers.linear(f"decoder/layer_{index}/attention/linear_1", x), 2)
        keys.append(graph("Unsqueeze", layers.heads(key, [0, 2, 3, 1]), graph.ints(0)))
        values.append(graph("Unsqueeze", layers.heads(value, [0, 2, 1, 3]), graph.ints(0)))
    width = sizes.state // sizes.heads
    graph.output(graph("Concat", *keys, axis=0), "n_layer_cross_k", [sizes.decoder_layers, "n_audio", sizes.heads, width, "T2"])
    graph.output(graph("Concat", *values, axis=0), "n_layer_cross_v", [sizes.decoder_layers, "n_audio", sizes.heads, "T2", width])
    graph.save(path, metadata)


class _Decoder(_Layers):
    """The pieces of one decoding step.

    What a small network decides between lies close together, and rounding in its layers costs words: of 1,690 base hears 174
    wrong with all layers in int8, 161 with the decoder's in float. From small on they stay in int8, for memory's sake.
    """

    _LARGEST_IN_FLOAT = 512  # the state of Whisper base

    def linear(self, name: str, x: str) -> str:
        if self.sizes.state > self._LARGEST_IN_FLOAT:
            return super().linear(name, x)
        return half_linear(self.graph, name, x, self.variables[name + "/weight"], self.variables.get(name + "/bias"))

    def embedded(self, tokens: str, offset: str, end: str) -> str:
        """Tokens [N, n] as vectors [N, n, state], their positions added."""
        g = self.graph
        # One int8 copy of the embedding serves both ends of the network; its columns are the tokens.
        values, scale = quantise_rows(self.variables["decoder/embeddings/weight"])
        embedding, scales = g.weight("embedding", values.T), g.weight("embedding.scale", scale)
        x = g("Cast", g("Transpose", g("Gather", embedding, tokens, axis=1), perm=[1, 2, 0]), to=TensorProto.FLOAT)
        x = g("Mul", x, g("Unsqueeze", g("Gather", scales, tokens), g.ints(-1)))
        positions = g.weight("positions", self.variables["decoder/position_encodings/encodings"])
        return g("Add", x, g("Slice", positions, offset, end, g.ints(0)))

    def mask(self, offset: str, end: str) -> str:
        """A token sees itself and those before it: column <= row + offset."""
        g = self.graph
        one, last = g.weight("one", np.array(1)), g("Squeeze", end)
        rows = g("Unsqueeze", g("Range", g("Squeeze", offset), last, one), g.ints(1))
        columns = g("Range", g.weight("zero", np.array(0)), last, one)
        return g("Where", g("LessOrEqual", columns, rows), g.number(0.0), g.number(-1e9))

    def attend(self, query: str, key: str, value: str, mask: str | None) -> tuple[str, str]:
        """The attended values [N, n, state] and the weights [N, heads, n, length].

        query: [N, n, state]; key: [N, heads, width, length]; value: [N, heads, length, width].
        """
        g = self.graph
        scaling = g.number((self.sizes.state // self.sizes.heads) ** -0.5)
        weights = g("MatMul", g("Mul", self.heads(query, [0, 2, 1, 3]), scaling), key)
        weights = g("Softmax", g("Add", weights, mask) if mask else weights, axis=-1)
        attended = g("Transpose", g("MatMul", weights, value), perm=[0, 2, 1, 3])
        return g("Reshape", attended, g.ints(0, 0, -1)), weights


def save_decoder(path: Path, variables: Variables, alignment_heads: list[tuple[int, int]]) -> None:
    """One step: tokens [N, n] after `offset` earlier ones to logits [N, n, vocabulary].

    The caches come in with any length of at least `offset` and go out with `offset` + n, so that a step copies
    what was said and not the whole context. The last output has the attention of the alignment heads over the
    audio [N, heads, n, T/2], from which word times are made.
    """
    sizes = Sizes.of(variables)
    graph = Graph("whisper-decoder")
    layers = _Decoder(graph, variables, sizes)
    width, count = sizes.state // sizes.heads, sizes.decoder_layers
    tokens = graph.input("tokens", ["n_audio", "n_tokens"], TensorProto.INT64)
    past = [graph.input(f"in_n_layer_self_{kind}_cache", [count, "n_audio", "cache", sizes.state]) for kind in "kv"]
    cross_key = graph.input("n_layer_cross_k", [count, "n_audio", sizes.heads, width, "T2"])
    cross_value = graph.input("n_layer_cross_v", [count, "n_audio", sizes.heads, "T2", width])
    offset = graph.input("offset", [1], TensorProto.INT64)
    end = graph("Add", offset, graph("Shape", tokens, start=1, end=2))

    x = layers.embedded(tokens, offset, end)
    mask = layers.mask(offset, end)
    past = [graph("Slice", cache, graph.ints(0), offset, graph.ints(2)) for cache in past]
    grown: tuple[list[str], list[str]] = ([], [])
    aligned = []
    for index in range(count):
        name, layer = f"decoder/layer_{index}", graph.weight(f"layer{index}", np.array(index))
        query, *fresh = layers.self_projections(name, x)
        key, value = (graph("Concat", graph("Gather", old, layer), new, axis=1) for old, new in zip(past, fresh))
        for cache, both in zip(grown, (key, value)):
            cache.append(graph("Unsqueeze", both, graph.ints(0)))
        attended, _ = layers.attend(query, layers.heads(key, [0, 2, 3, 1]), layers.heads(value, [0, 2, 1, 3]), mask)
        x = graph("Add", x, layers.linear(f"{name}/self_attention/linear_1", attended))

        query = layers.linear(f"{name}/attention/linear_0", layers.norm(f"{name}/attention/layer_norm", x))
        attended, weights = layers.attend(query, graph("Gather", cross_key, layer), graph("Gather", cross_value, layer), None)
        if chosen := [head for at, head in alignment_heads if at == index]:
            aligned.append(graph("Gather", weights, graph.ints(*chosen), axis=1))
        x = graph("Add", x, layers.linear(f"{name}/attention/linear_2", attended))
        x = layers.feed_forward(name, x)
    x = layers.norm("decoder/layer_norm", x)
    logits = graph("DynamicQuantizeMatMul", x, "embedding", "embedding.scale")
    graph.output(logits, "logits", ["n_audio", "n_tokens", sizes.vocabulary])
    for kind, cache in zip("kv", grown):
        graph.output(graph("Concat", *cache, axis=0), f"out_n_layer_self_{kind}_cache", [count, "n_audio", "end", sizes.state])
    attention = graph("Concat", *aligned, axis=1)
    graph.output(attention, "cross_attention_weights", ["n_audio", len(alignment_heads), "n_tokens", "T2"])
    graph.save(path, {"alignment_heads": ",".join(f"{layer}:{head}" for layer, head in alignment_heads)})
