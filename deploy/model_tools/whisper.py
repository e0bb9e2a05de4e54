"""Converts a Whisper model from CTranslate2's or ggml's form to sherpa-onnx's: encoder, decoder, tokens."""

import base64
import json
import re
from pathlib import Path

from .ctranslate2_file import read_variables
from .whisper_graph import Sizes, save_decoder, save_encoder
from .whisper_source import WhisperSource


def _byte_of_character() -> dict[str, int]:
    """GPT-2's table of printable stand-ins for bytes (Radford et al. 2019, byte-level BPE)."""
    printable = [*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)]
    others = [byte for byte in range(256) if byte not in printable]
    table = {chr(byte): byte for byte in printable}
    return table | {chr(256 + index): byte for index, byte in enumerate(others)}


def _metadata(sizes: Sizes, source: WhisperSource) -> dict[str, object]:
    specials, heads = source.specials, source.alignment_heads
    multilingual = sizes.vocabulary >= 51865
    start = specials["<|startoftranscript|>"]
    languages = {name[2:-2]: index for name, index in specials.items() if re.fullmatch(r"<\|[a-z]{2,3}\|>", name)}
    languages = dict(sorted(languages.items(), key=lambda item: item[1]))
    transcribe = specials["<|transcribe|>"]
    return {
        "model_type": "whisper", "version": 2, "maintainer": "avstudio",
        "n_mels": sizes.mels, "n_audio_ctx": sizes.audio_context, "n_audio_state": sizes.state,
        "n_audio_head": sizes.heads, "n_audio_layer": sizes.encoder_layers, "n_vocab": sizes.vocabulary,
        "n_text_ctx": sizes.text_context, "n_text_state": sizes.state, "n_text_head": sizes.heads,
        "n_text_layer": sizes.decoder_layers,
        "sot": start, "sot_index": 0, "eot": specials["<|endoftext|>"],
        "sot_sequence": f"{start},{languages['en']},{transcribe}" if multilingual else start,
        "all_language_tokens": ",".join(map(str, languages.values())),
        "all_language_codes": ",".join(languages),
        "blank_id": next(index for index, text in source.tokens.items() if text == b" "), "is_multilingual": int(multilingual),
        "no_speech": specials["<|nospeech|>"] if "<|nospeech|>" in specials else specials["<|nocaptions|>"],
        "non_speech_tokens": ",".join(map(str, source.non_speech)),
        "transcribe": transcribe, "translate": specials["<|translate|>"],
        "sot_prev": specials["<|startofprev|>"], "sot_lm": specials["<|startoflm|>"],
        "no_timestamps": specials["<|notimestamps|>"],
        "n_alignment_heads": len(heads),
        "alignment_heads": ",".join(f"{layer}:{head}" for layer, head in heads),
    }


def read_ctranslate2(parts: list[Path], config_file: Path, tokenizer_file: Path) -> WhisperSource:
    """Reads a model of CTranslate2's.

    parts: the pieces of model.bin in order; config_file: CTranslate2's config.json; tokenizer_file: tokenizer.json.
    """
    config = json.loads(config_file.read_text())
    tokenizer = json.loads(tokenizer_file.read_text())
    specials = {entry["content"]: entry["id"] for entry in tokenizer["added_tokens"]}
    byte_of = _byte_of_character()
    vocabulary = sorted(tokenizer["model"]["vocab"].items(), key=lambda item: item[1])
    tokens = {index: bytes(byte_of[character] for character in text) for text, index in vocabulary if text not in specials}
    non_speech = [token for token in config["suppress_ids"] if token < specials["<|endoftext|>"]]
    heads = [tuple(pair) for pair in config["alignment_heads"]]
    return WhisperSource(read_variables(parts), tokens, specials, non_speech, heads)


def convert(source: WhisperSource, target: Path) -> None:
    """Writes `encoder.int8.onnx`, `decoder.int8.onnx` and `tokens.txt` into the folder `target`."""
    sizes = Sizes.of(source.variables)
    save_encoder(target / "encoder.int8.onnx", source.variables, _metadata(sizes, source))
    save_decoder(target / "decoder.int8.onnx", source.variables, source.alignment_heads)
    lines = []
    for index, text in source.tokens.items():
        encoded = base64.b64encode(text).decode()
        lines.append(f"{encoded or '='} {index}\n")  # one token is empty, and a line has two words
    (target / "tokens.txt").write_text("".join(lines))
