"""How often the language spoken is detected, against faster-whisper.

Prompts by professional speakers in five languages, and in twelve more strings of single words by volunteers: the words of a
children's game, seven at a time, which tell less than a sentence.
"""

import numpy as np
import signals
import spoken_words
from operation import operate
from speech_material import LANGUAGES, clips, faster_whisper
from studio import ROOT
from table import limit, note

REAL, QUICK_REAL = 12, 3
STRINGS, WORDS = 3, 7


def strings(bench, count):
    """(path, language) pairs of words in a row."""
    spoken_words.main(ROOT / "var/words")
    for language in spoken_words.LANGUAGES[1:]:
        names = sorted((ROOT / "var/words" / language).iterdir())
        random = np.random.default_rng(3)
        random.shuffle(names)
        for number in range(min(count, len(names) // WORDS)):
            parts = []
            for name in names[number * WORDS : (number + 1) * WORDS]:
                parts += [signals.read(name)[:, 0], np.zeros(int(random.uniform(0.1, 0.3) * spoken_words.RATE))]
            path = bench.folder / "languages" / f"{language}-{number}.wav"
            yield signals.write(path, np.concatenate(parts), spoken_words.RATE), language


def rows_of(bench, title, material, name):
    """Material: (path, language) pairs."""
    jobs = bench.side_by_side(
        lambda item: operate(bench, "transcribe", {"formats": "text", "word_times": False}, [item[1][0]], item[0]),
        enumerate(material),
    )
    answers, _ = faster_whisper(bench, [(path, {"beam_size": 1}) for path, _ in material], f"languages-{name}")
    mine = [job.measurements["language"] == language for job, (_, language) in zip(jobs, material, strict=True)]
    theirs = [answer["language"] == language for answer, (_, language) in zip(answers, material, strict=True)]
    wrong = [
        f"{path.stem} {job.measurements['language']}"
        for job, (path, _), right in zip(jobs, material, mine, strict=True)
        if not right
    ]
    share, other = 100 * sum(mine) / len(mine), 100 * sum(theirs) / len(theirs)
    rows = [limit(f"language detected, {title}", share, other, "%", f"{other:.1f} % faster-whisper", at_least=True)]
    if wrong:
        rows.append(note(f"language detected, {title}: taken for others", ", ".join(wrong[:8])))
    return rows


def run_lines(bench):
    real = [(clip.path, clip.language) for clip in clips(dict.fromkeys(LANGUAGES, QUICK_REAL if bench.quick else REAL))]
    made = list(strings(bench, 1 if bench.quick else STRINGS))
    rows = rows_of(bench, f"{len(real)} real clips in {len(LANGUAGES)} languages", real, "real")
    return rows + rows_of(
        bench, f"{len(made)} strings of real words in {len(spoken_words.LANGUAGES) - 1} languages", made, "words"
    )
