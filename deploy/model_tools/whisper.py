"""Converts a Whisper model from CTranslate2's format to sherpa-onnx's: encoder, decoder, tokens."""

import base64
import json
import re
from pathlib import Path

from .ctranslate2_file import read_variables
from .whisper_graph import Sizes, save_decoder, save_encoder


def _byte_of_character() -> dict[str, int]:
    """GPT-2's table of printable stand-ins for bytes (Radford et al. 2019, byte-level BPE)."""
    printable = [*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)]
    others = [byte for byte in range(256) if byte not in printable]
    table = {chr(byte): byte for byte in printable}
    return table | {chr(256 + index): byte for index, byte in enumerate(others)}


def _metadata(sizes: Sizes, config: dict, vocabulary: dict[str, int], specials: dict[str, int]) -> dict[str, object]:
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
        "blank_id": vocabulary["Ġ"], "is_multilingual": int(multilingual),
        "no_speech": specials["<|nospeech|>"] if "<|nospeech|>" in specials else specials["<|nocaptions|>"],
        "non_speech_tokens": ",".join(str(token) for token in config["suppress_ids"] if token < specials["<|endoftext|>"]),
        "transcribe": transcribe, "translate": specials["<|translate|>"],
        "sot_prev": specials["<|startofprev|>"], "sot_lm": specials["<|startoflm|>"],
        "no_timestamps": specials["<|notimestamps|>"],
        "n_alignment_heads": len(config["alignment_heads"]),
        "alignment_heads": ",".join(f"{layer}:{head}" for layer, head in config["alignment_heads"]),
    }


def convert(parts: list[Path], config_file: Path, tokenizer_file: Path, target: Path) -> None:
    """Writes `encoder.int8.onnx`, `decoder.int8.onnx` and `tokens.txt` into the folder `target`.

    parts: the pieces of model.bin in order; config_file: CTranslate2's config.json; tokenizer_file: tokenizer.json.
    """
    variables = read_variables(parts)
    sizes = Sizes.of(variables)
    config = json.loads(config_file.read_text())
    tokenizer = json.loads(tokenizer_file.read_text())
    vocabulary: dict[str, int] = tokenizer["model"]["vocab"]
    specials = {entry["content"]: entry["id"] for entry in tokenizer["added_tokens"]}
    save_encoder(target / "encoder.int8.onnx", variables, _metadata(sizes, config, vocabulary, specials))
    save_decoder(target / "decoder.int8.onnx", variables, [tuple(pair) for pair in config["alignment_heads"]])

    byte_of = _byte_of_character()
    lines = []
    for text, index in sorted(vocabulary.items(), key=lambda item: item[1]):
        if text not in specials:
            encoded = base64.b64encode(bytes(byte_of[character] for character in text)).decode()
            lines.append(f"{encoded or '='} {index}\n")  # one token is empty, and a line has two words
    (target / "tokens.txt").write_text("".join(lines))
