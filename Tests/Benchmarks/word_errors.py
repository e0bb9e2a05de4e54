"""Word error rate between transcripts, after what writing leaves open is made alike.

That is case, punctuation, accents (the transcripts of the Spanish and French prompts often lack them), numbers in digits or
words, and in English a few short forms. Done to both sides, whoever wrote them.
"""

import re
import unicodedata

from num2words import num2words

_LONGEST_NUMBER = 6  # digits; longer ones are read digit by digit


_SHORT_FORMS = {
    "mr": "mister",
    "mrs": "missus",
    "i'm": "i am",
    "you're": "you are",
    "that's": "that is",
    "there's": "there is",
    "isn't": "is not",
    "don't": "do not",
    "can't": "can not",
    "cannot": "can not",
    "ok": "okay",
}


def _spoken(digits: str, language: str) -> str:
    """A number in words, as the language says it."""
    parts = digits if len(digits) > _LONGEST_NUMBER or (len(digits) > 1 and digits[0] == "0") else [digits]
    return " ".join(num2words(int(part), lang=language) for part in parts).replace(" and ", " ")


def words(text: str, language: str = "en") -> list[str]:
    """The words of a text as they are compared."""
    text = text.lower().replace("’", "'")
    text = re.sub(r"(?<=\d),(?=\d{3})", "", text)
    text = re.sub(r"\d+", lambda match: f" {_spoken(match[0], language)} ", text)
    # Accents are marks of their own in the decomposed form; the Russian й stays what it is.
    text = unicodedata.normalize(
        "NFC", "".join(c for c in unicodedata.normalize("NFD", text) if c not in "\u0300\u0301\u0302\u0303\u0308\u0327")
    )
    if language != "en":
        return re.sub(r"[\W_]", " ", text).split()
    short = re.sub(r"[\w']+", lambda match: _SHORT_FORMS.get(match[0], match[0]), text.replace("-", " "))
    return re.sub(r"[^\w']|_", " ", short).replace("'", "").split()


def distance(reference: list[str], heard: list[str]) -> int:
    """Fewest insertions, deletions and substitutions between two texts (Levenshtein, 1966)."""
    row = list(range(len(heard) + 1))
    for index, word in enumerate(reference, 1):
        before, row[0] = row[0], index
        for column, other in enumerate(heard, 1):
            before, row[column] = row[column], min(row[column] + 1, row[column - 1] + 1, before + (word != other))
    return row[-1]
