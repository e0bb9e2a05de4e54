"""Word error rate between transcripts, after what writing leaves open is made alike: case, punctuation, numbers."""

import re

_ONES = ("zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
         "seventeen eighteen nineteen").split()
_TENS = "- - twenty thirty forty fifty sixty seventy eighty ninety".split()


def _spoken(digits: str) -> str:
    """An English number up to 999,999 in words; longer ones digit by digit."""
    number = int(digits)
    if len(digits) > 6 or (len(digits) > 1 and digits[0] == "0"):
        return " ".join(_ONES[int(digit)] for digit in digits)
    if number < 20:
        return _ONES[number]
    if number < 100:
        return _TENS[number // 10] + (f" {_ONES[number % 10]}" if number % 10 else "")
    if number < 1000:
        return f"{_ONES[number // 100]} hundred" + (f" {_spoken(str(number % 100))}" if number % 100 else "")
    return f"{_spoken(str(number // 1000))} thousand" + (f" {_spoken(str(number % 1000))}" if number % 1000 else "")


def words(text: str, language: str = "en") -> list[str]:
    """The words of a text as they are compared."""
    text = text.lower().replace("’", "'").replace("-", " ").replace("ё", "е")
    if language == "en":
        text = re.sub(r"(?<=\d),(?=\d{3})", "", text)
        text = re.sub(r"\d+", lambda match: f" {_spoken(match[0])} ", text)
    return re.sub(r"[^\w']|_", " ", text).replace("'", "").split()


def distance(reference: list[str], heard: list[str]) -> int:
    """Fewest insertions, deletions and substitutions between two texts (Levenshtein, 1966)."""
    row = list(range(len(heard) + 1))
    for index, word in enumerate(reference, 1):
        before, row[0] = row[0], index
        for column, other in enumerate(heard, 1):
            before, row[column] = row[column], min(row[column] + 1, row[column - 1] + 1, before + (word != other))
    return row[-1]
