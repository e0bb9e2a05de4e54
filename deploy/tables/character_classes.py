"""Writes Services/Gateway/Tokenization/Splitting/CharacterTable+Unicode.swift: what kind of character each code point is.

    pip install unicodedata2==16.0.0
    python3 deploy/tables/character_classes.py

Unicode 16.0 is what tiktoken 0.14's regular expressions know (regex-syntax 0.8.11). A code point newer than that is neither a
letter nor a number to them.
"""

import itertools
import textwrap
from pathlib import Path

import unicodedata2

TARGET = Path(__file__).resolve().parents[2] / "Services/Gateway/Tokenization/Splitting/CharacterTable+Unicode.swift"
# The letter of each kind; hexadecimal digits are lengths, so these come after f.
KINDS = {"Lu": "u", "Lt": "u", "Ll": "l", "Lm": "t", "Lo": "t", "Mn": "m", "Mc": "m", "Me": "m", "Nd": "n", "Nl": "n", "No": "n"}
# Unicode's White_Space (PropList.txt), which is what \s stands for.
SPACES = {0x09, 0x0B, 0x0C, 0x20, 0x85, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F, 0x205F, 0x3000}
NEWLINES = {0x0A, 0x0D}

HEAD = '''extension CharacterTable {
    /// The kind of every code point up to the last that is not `o`, in runs: u upper or title case, l lower case, t other letter,
    /// m mark, n number, s white space, r line end, o anything else; then how many, hexadecimal, where it is not one.
    ///
    /// Made by deploy/tables/character_classes.py from Unicode %s. Do not edit.
    static let unicodeRuns: StaticString = """
'''


def kind(point: int) -> str:
    if point in NEWLINES:
        return "r"
    return "s" if point in SPACES else KINDS.get(unicodedata2.category(chr(point)), "o")


def main() -> None:
    assert unicodedata2.unidata_version == "16.0.0"
    runs = [(letter, len(list(group))) for letter, group in itertools.groupby(map(kind, range(0x110000)))]
    while runs[-1][0] == "o":
        runs.pop()
    text = "".join(letter + (f"{length:x}" if length > 1 else "") for letter, length in runs)
    lines = " \\\n".join(textwrap.wrap(text, 120)).replace(" \\", "\\")
    TARGET.write_text(HEAD % unicodedata2.unidata_version + textwrap.indent(lines, " " * 8) + '\n        """\n}\n')


main()
