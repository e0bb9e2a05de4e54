"""A Whisper model in ggml's form as the converter wants it: CTranslate2's names, and what the file itself does not tell."""

from pathlib import Path

import numpy as np

from .ggml_file import GGMLFile, read_file
from .whisper_graph import Variables
from .whisper_source import WhisperSource

# In the order of their tokens (openai/whisper, tokenizer.py); Cantonese came with large-v3.
_LANGUAGES = """
    en zh de es ru ko fr ja pt tr pl ca nl ar sv it id hi fi vi he uk el ms cs ro da hu ta no th ur hr bg lt la mi ml cy sk te fa
    lv bn sr az sl kn et mk br eu is hy ne mn bs kk sq sw gl mr pa si km sn yo so af oc ka be tg sd gu am yi lo uz fo ht ps tk nn
    mt sa lb my bo tl mg as tt haw ln ha ba jw su yue
    """.split()
_TASKS = ("translate", "transcribe", "startoflm", "startofprev", "nospeech", "notimestamps")
_TIMESTAMPS = 1501
# Signs that are written but not said, alone or after a space, where they are one token (openai/whisper, non_speech_tokens).
_SIGNS = [*'"#()*+/:;<=>@[\\]^_`{|}~「」『』', *"<< >> <<< >>> -- --- -( -[ (' (\" (( )) ((( ))) [[ ]] {{ }} ♪♪ ♪♪♪".split()]
# Music: barred by its first token even where it is several.
_MUSIC = "♩♪♫♬♭♮♯"
# The cross-attention heads that follow the sound, "layer:head", by decoder layers, width and whether the model knows other
# languages than English (published with openai/whisper's models). Large v1 and v2 look alike; v1 is hardly used.
_HEADS = {
    (4, 384, False): "1:0 2:0 2:5 3:0 3:1 3:2 3:3 3:4",
    (4, 384, True): "2:2 3:0 3:2 3:3 3:4 3:5",
    (6, 512, False): "3:3 4:7 5:1 5:5 5:7",
    (6, 512, True): "3:1 4:2 4:3 4:7 5:1 5:2 5:4 5:6",
    (12, 768, False): "6:6 7:0 7:3 7:8 8:2 8:5 8:7 9:0 9:4 9:8 9:10 10:0 10:1 10:2 10:3 10:6 10:11 11:2 11:4",
    (12, 768, True): "5:3 5:9 8:0 8:4 8:7 8:8 9:0 9:7 9:9 10:5",
    (24, 1024, False): "11:4 14:1 14:12 14:14 15:4 16:0 16:4 16:9 17:12 17:14 18:7 18:10 18:15 20:0 20:3 20:9 20:14 21:12",
    (24, 1024, True): "13:15 15:4 15:15 16:1 20:0 23:4",
    (32, 1280, True): "10:12 13:17 16:11 16:12 16:13 17:15 17:16 18:4 18:11 18:19 19:11 21:2 21:3 22:3 22:9 22:12 23:5 23:7 "
                      "23:13 25:5 26:1 26:12 27:15",
    (4, 1280, True): "2:4 2:11 3:3 3:6 3:11 3:14",
}
_LARGE_V3 = "7:0 10:17 12:18 13:12 16:1 17:14 19:11 21:4 24:1 25:6"


def _alignment_heads(sizes: dict[str, int], is_multilingual: bool) -> list[tuple[int, int]]:
    layers, heads = sizes["text_layers"], sizes["text_heads"]
    known = _HEADS.get((layers, sizes["text_state"], is_multilingual))
    if layers == 32 and sizes["mels"] == 128:
        known = _LARGE_V3
    if known is None:  # of a size of its own, distilled say: the upper half of the decoder, as openai/whisper takes it
        return [(layer, head) for layer in range(layers // 2, layers) for head in range(heads)]
    return [tuple(map(int, pair.split(":"))) for pair in known.split()]


def _encoded(text: str, ranks: dict[bytes, int]) -> list[int]:
    """The tokens of a short text: the pair of lowest rank merged as long as there is one (Sennrich et al., ACL 2016)."""
    parts = [bytes([byte]) for byte in text.encode()]
    while len(parts) > 1:
        rank, place = min((ranks.get(parts[at] + parts[at + 1], len(ranks)), at) for at in range(len(parts) - 1))
        if rank == len(ranks):
            break
        parts[place : place + 2] = [parts[place] + parts[place + 1]]
    return [ranks[part] for part in parts]


def _non_speech(tokens: dict[int, bytes]) -> list[int]:
    ranks = {text: index for index, text in tokens.items()}
    barred = {_encoded(" -", ranks)[0], _encoded(" '", ranks)[0]}
    for sign in [*_SIGNS, *_MUSIC]:
        for row in (_encoded(sign, ranks), _encoded(" " + sign, ranks)):
            if len(row) == 1 or sign in _MUSIC:
                barred.add(row[0])
    return sorted(barred)


def _specials(vocabulary: int, texts: int) -> dict[str, int]:
    """The tokens that are not text: they follow it in a fixed order, and the number of languages is what is left."""
    languages = _LANGUAGES[: vocabulary - texts - 2 - len(_TASKS) - _TIMESTAMPS]
    names = ["endoftext", "startoftranscript", *languages, *_TASKS]
    return {f"<|{name}|>": texts + index for index, name in enumerate(names)}


def _joined(tensors: dict[str, np.ndarray], prefix: str, names: str) -> Variables:
    """Projections of an attention as one matrix and one bias. Keys have no bias."""
    weights, biases = [], []
    for name in names.split():
        weights.append(tensors[f"{prefix}.{name}.weight"])
        biases.append(tensors.get(f"{prefix}.{name}.bias", np.zeros(len(weights[-1]), np.float32)).ravel())
    return {"weight": np.concatenate(weights), "bias": np.concatenate(biases)}


def _variables(file: GGMLFile) -> Variables:
    """CTranslate2's variables of a Whisper model, from those of openai/whisper that ggml keeps."""
    tensors, variables = file.tensors, {}

    def put(name: str, parts: Variables) -> None:
        variables.update({f"{name}/{part}": value for part, value in parts.items()})

    def linear(name: str, source: str) -> None:
        put(name, {"weight": tensors[f"{source}.weight"], "bias": tensors[f"{source}.bias"].ravel()})

    def norm(name: str, source: str) -> None:
        put(name, {"gamma": tensors[f"{source}.weight"].ravel(), "beta": tensors[f"{source}.bias"].ravel()})

    for part, layers in (("encoder", file.sizes["audio_layers"]), ("decoder", file.sizes["text_layers"])):
        put(f"{part}/position_encodings", {"encodings": tensors[f"{part}.positional_embedding"]})
        for index in range(layers):
            layer, block = f"{part}/layer_{index}", f"{part}.blocks.{index}"
            norm(f"{layer}/self_attention/layer_norm", f"{block}.attn_ln")
            put(f"{layer}/self_attention/linear_0", _joined(tensors, f"{block}.attn", "query key value"))
            linear(f"{layer}/self_attention/linear_1", f"{block}.attn.out")
            norm(f"{layer}/ffn/layer_norm", f"{block}.mlp_ln")
            linear(f"{layer}/ffn/linear_0", f"{block}.mlp.0")
            linear(f"{layer}/ffn/linear_1", f"{block}.mlp.2")
            if part == "decoder":
                norm(f"{layer}/attention/layer_norm", f"{block}.cross_attn_ln")
                linear(f"{layer}/attention/linear_0", f"{block}.cross_attn.query")
                put(f"{layer}/attention/linear_1", _joined(tensors, f"{block}.cross_attn", "key value"))
                linear(f"{layer}/attention/linear_2", f"{block}.cross_attn.out")
    linear("encoder/conv1", "encoder.conv1")
    linear("encoder/conv2", "encoder.conv2")
    norm("encoder/layer_norm", "encoder.ln_post")
    norm("decoder/layer_norm", "decoder.ln")
    put("decoder/embeddings", {"weight": tensors["decoder.token_embedding.weight"]})
    return variables | {"encoder/num_heads": np.int16(file.sizes["audio_heads"])}


def read(path: Path) -> WhisperSource:
    """Reads a model. Raises ValueError when the file is of another kind, or lacks tensors or tokens."""
    file = read_file(path)
    vocabulary = file.sizes["vocabulary"]
    is_multilingual = vocabulary >= 51865
    texts = 50257 if is_multilingual else 50256
    if len(file.tokens) < texts:
        raise ValueError(f"{path.name}: {len(file.tokens)} text tokens, not {texts}")
    tokens = dict(enumerate(file.tokens[:texts]))
    try:
        return WhisperSource(
            _variables(file), tokens, _specials(vocabulary, texts), _non_speech(tokens),
            _alignment_heads(file.sizes, is_multilingual))
    except KeyError as error:
        raise ValueError(f"{path.name}: it has no {error}") from error
