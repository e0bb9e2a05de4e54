"""Makes counts.txt and pieces.txt anew: what tiktoken and sentencepiece say of the strings that StringCases.swift makes too.

    pip install tiktoken==0.14.0 sentencepiece==0.2.3
    TIKTOKEN_CACHE_DIR=<folder of the vocabularies> python3 make.py [text for training]

With a text file, the small SentencePiece model is trained on it first, with Gemma's settings.
"""

import json
import sys
from pathlib import Path

import sentencepiece
import tiktoken

FOLDER = Path(__file__).parent
STRINGS, PIECE_STRINGS = 12_000, 2_000
MASK = (1 << 64) - 1


class SplitMix64:
    """G. Steele, D. Lea, C. Flood, "Fast splittable pseudorandom number generators" (2014)."""

    def __init__(self, seed: int):
        self.state = seed

    def below(self, limit: int) -> int:
        self.state = (self.state + 0x9E3779B97F4A7C15) & MASK
        mixed = (self.state ^ self.state >> 30) * 0xBF58476D1CE4E5B9 & MASK
        mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EB & MASK
        return (mixed ^ mixed >> 31) % limit


def text(number: int, alphabets: list[list[str]]) -> str:
    random = SplitMix64(number)
    chosen = [alphabets[random.below(len(alphabets))] for _ in range(1 + random.below(4))]
    parts = []
    for _ in range(1 + random.below(24)):
        alphabet = chosen[random.below(len(chosen))]
        piece = alphabet[random.below(len(alphabet))]
        parts.append(piece * (1 + random.below(12) if random.below(16) == 0 else 1))
    return "".join(parts)


def digest(ids: list[int]) -> int:
    """FNV-1a over the ids, 32 bits of it."""
    value = 0xCBF29CE484222325
    for number in ids:
        value = (value ^ number) * 0x100000001B3 & MASK
    return (value ^ value >> 32) & 0xFFFFFFFF


def train(path: str) -> None:
    sentencepiece.SentencePieceTrainer.train(
        input=path, model_prefix=str(FOLDER / "small"), vocab_size=1000, model_type="bpe", byte_fallback=True,
        add_dummy_prefix=False, remove_extra_whitespaces=False, normalization_rule_name="identity", split_digits=True,
        allow_whitespace_only_pieces=True, character_coverage=0.98, max_sentence_length=100_000,
        user_defined_symbols=["\n\n", "\n\n\n\n", "<|im_start|>", "</div>", "▁▁▁▁"])
    (FOLDER / "small.vocab").unlink()


def main() -> None:
    alphabets = json.loads((FOLDER / "alphabets.json").read_text())
    encodings = [tiktoken.get_encoding(name) for name in ("o200k_base", "cl100k_base", "p50k_base")]
    lines = []
    for number in range(STRINGS):
        ids = [encoding.encode_ordinary(text(number, alphabets)) for encoding in encodings]
        lines.append(" ".join(f"{len(each)} {digest(each):x}" for each in ids))
    (FOLDER / "counts.txt").write_text("\n".join(lines) + "\n")
    if len(sys.argv) > 1:
        train(sys.argv[1])
    model = sentencepiece.SentencePieceProcessor(model_file=str(FOLDER / "small.model"))
    pieces = [model.encode(text(number, alphabets)) for number in range(PIECE_STRINGS)]
    (FOLDER / "pieces.txt").write_text("".join(f"{len(ids)} {digest(ids):x}\n" for ids in pieces))


main()
