"""Word error rate and CPU of transcription on clips of real speech, against faster-whisper with the same weights in int8.

Languages are told, word times are off, temperatures fall back as each program's defaults have it. faster-whisper keeps its model
loaded from clip to clip, as its servers do; the studio's jobs are processes that load it each time, so both ways of counting are
shown.
"""

import numpy as np
import signals
from measure import MB
from operation import operate
from speech_material import LANGUAGES, RATE, clips, faster_whisper
from table import limit, note, ratio
from word_errors import distance, words

COUNTS = {"en": 40, "es": 15, "fr": 15, "it": 15, "ru": 15}
QUICK_COUNTS = {"en": 20, "es": 5, "fr": 5, "it": 5, "ru": 5}
PROCESSES = 4  # of faster-whisper that are started for one clip each


def error_rates(chosen, texts):
    """Word error rate in percent of all clips, and by language."""
    counts = {language: [0, 0] for language in LANGUAGES}
    for clip, text in zip(chosen, texts, strict=True):
        reference = words(clip.text, clip.language)
        counts[clip.language][0] += distance(reference, words(text, clip.language))
        counts[clip.language][1] += len(reference)
    errors, total = (sum(column) for column in zip(*counts.values(), strict=True))
    by_language = ", ".join(f"{language} {100 * wrong / count:.1f}" for language, (wrong, count) in counts.items())
    return 100 * errors / total, by_language


def run_lines(bench):
    chosen = clips(QUICK_COUNTS if bench.quick else COUNTS)
    silence = signals.write(bench.folder / "silence.wav", np.zeros(RATE // 2), RATE)
    rows = []
    for beams, title in ((1, "greedy"),) if bench.quick else ((1, "greedy"), (5, "5 beams")):
        common = {"formats": "text", "word_times": False, "beams": beams}
        jobs = bench.side_by_side(
            lambda item: operate(bench, "transcribe", common | {"language": item[1].language}, [item[1].path], item[0]),
            enumerate(chosen),
        )
        loading = np.median([operate(bench, "transcribe", common | {"language": "en"}, [silence]).cost.cpu for _ in range(3)])
        items = [(clip.path, {"language": clip.language, "beam_size": beams}) for clip in chosen]
        answers, whole = faster_whisper(bench, items, title.replace(" ", "-"))
        mine, my_languages = error_rates(chosen, [job.measurements["text"] for job in jobs])
        theirs, their_languages = error_rates(chosen, [answer["text"] for answer in answers])
        cpu = np.mean([job.cost.cpu for job in jobs])
        resident = np.mean([answer["cpu"] for answer in answers])
        name = f"transcribe {len(chosen)} clips in 5 languages, {title}"
        rows += [
            limit(f"{name}: word error rate", mine, theirs, "%", f"{theirs:.2f} % faster-whisper"),
            note(f"{name}: word error rate by language, %", my_languages, f"{their_languages} faster-whisper"),
            ratio(f"{name}: CPU a clip, models loaded", cpu - loading, resident, "s", 1.0, "faster-whisper"),
            ratio(f"{name}: CPU a clip with its process, against a loaded model", cpu, resident, "s", None, "faster-whisper"),
            limit(
                f"{name}: memory",
                max(job.cost.memory for job in jobs) / MB,
                None,
                "MB",
                f"{whole.memory / MB:.0f} MB faster-whisper",
            ),
        ]
        if beams == 1:
            some = items[:: max(1, len(items) // PROCESSES)][:PROCESSES]
            starts = [faster_whisper(bench, [item], "one")[1].cpu for item in some]
            rows.append(ratio(f"{name}: CPU a clip, a process each", cpu, np.mean(starts), "s", 1.0, "faster-whisper"))
    return rows
