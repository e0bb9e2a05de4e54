"""Compares the studio's tokens with tiktoken's, or sentencepiece's, on random strings.

    pip install tiktoken==0.14.0 sentencepiece==0.2.3
    swift build -c release --product avstudio-token-counter
    TIKTOKEN_CACHE_DIR=<folder> python3 Tests/Clients/token_counts.py o200k_base [--strings 100000] [--seed 1] [--length 80]
    python3 Tests/Clients/token_counts.py sentencepiece --model tokenizer.model
"""

import argparse
import json
import random
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ALPHABETS = json.loads((ROOT / "Tests/TokenizationTests/Fixtures/alphabets.json").read_text())
POINTS = [point for point in range(1, 0x110000) if not 0xD800 <= point < 0xE000]


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("encoding")
    parser.add_argument("--model", type=Path)
    parser.add_argument("--counter", type=Path, default=ROOT / ".build/release/avstudio-token-counter")
    parser.add_argument("--vocabularies", type=Path, default=ROOT / "var/models/openai-encodings")
    parser.add_argument("--strings", type=int, default=100_000)
    parser.add_argument("--length", type=int, default=80)
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def strings(options, piece):
    """Any code points, mixed alphabets with runs, and pieces of the vocabulary in a row."""
    dice = random.Random(options.seed)
    for _ in range(options.strings):
        length, kind = dice.randrange(1, options.length + 1), dice.randrange(4)
        if kind == 0:
            yield "".join(chr(dice.choice(POINTS)) for _ in range(length))
        elif kind == 1:
            yield "".join(piece(dice) for _ in range(length // 3 + 1))
        else:
            chosen = dice.sample(ALPHABETS, 3) if kind == 2 else ALPHABETS
            runs = (1, 1, 1, 1, 2, 3, 8, 20)
            yield "".join(dice.choice(dice.choice(chosen)) * dice.choice(runs) for _ in range(length // 2 + 1))


def peer(options):
    """What encodes, and what gives a random piece of the vocabulary."""
    if options.encoding == "sentencepiece":
        import sentencepiece

        model = sentencepiece.SentencePieceProcessor(model_file=str(options.model))
        return model.encode, lambda dice: model.id_to_piece(dice.randrange(model.get_piece_size())).replace("▁", " ")
    import tiktoken

    encoding = tiktoken.get_encoding(options.encoding)
    token = encoding.decode_single_token_bytes
    return encoding.encode_ordinary, lambda dice: token(dice.randrange(50_000)).decode("utf-8", "replace")


def studio(options, mode, path):
    vocabulary = options.model or options.vocabularies / f"{options.encoding}.bpe"
    command = [options.counter, options.encoding, vocabulary, mode, "1", path]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.split("\n")


def main():
    options = arguments()
    encode, piece = peer(options)
    texts, different = list(strings(options, piece)), 0
    with tempfile.NamedTemporaryFile() as file:
        for content in (text.encode() for text in texts):
            file.write(struct.pack("<I", len(content)) + content)
        file.flush()
        lines, counts = studio(options, "ids", file.name), studio(options, "count", file.name)
    for text, line, count in zip(texts, lines, counts, strict=False):
        expected = encode(text)
        if [int(word) for word in line.split()] != expected or int(count) != len(expected):
            different += 1
            print(f"{text!r}: {line}, not {expected}", file=sys.stderr)
    print(f"{len(texts) - different} passed, {different} failed")
    sys.exit(different > 0)


main()
