"""CPU, wall time, memory and errors of transcribing ten minutes of real speech with pauses, against faster-whisper.

English clips follow each other with pauses of 0.3 to 1.5 s. Both look for voice activity first: faster-whisper by `vad_filter`.
"""

import signals
from measure import MB
from operation import operate
from speech_material import RATE, clips, faster_whisper, joined
from table import limit, ratio
from word_errors import distance, words

SECONDS, QUICK_SECONDS = 600, 60
CLIPS = 150


def run_lines(bench):
    seconds = QUICK_SECONDS if bench.quick else SECONDS
    samples, places = joined(clips({"en": CLIPS}), seconds, (0.3, 1.5))
    recording = signals.write(bench.folder / f"speech-{seconds}.wav", samples, RATE)
    reference = [word for clip, _ in places for word in words(clip.text)]
    rows = []
    for beams, title in ((1, "greedy"),) if bench.quick else ((1, "greedy"), (5, "5 beams")):
        job = operate(
            bench, "transcribe", {"language": "en", "formats": "text", "word_times": False, "beams": beams}, [recording]
        )
        options = {"language": "en", "beam_size": beams, "vad_filter": True}
        (answer,), whole = faster_whisper(bench, [(recording, options)], f"long-{beams}")
        mine = 100 * distance(reference, words(job.files[0].read_text())) / len(reference)
        theirs = 100 * distance(reference, words(answer["text"])) / len(reference)
        name = f"transcribe {seconds // 60} min, {title}"
        rows += [
            ratio(f"{name}: CPU with the models' loading", job.cost.cpu, whole.cpu, "s", 1.3, "faster-whisper"),
            ratio(f"{name}: CPU of faster-whisper without its loading", job.cost.cpu, answer["cpu"], "s", None, "faster-whisper"),
            ratio(f"{name}: wall", job.cost.wall, whole.wall, "s", None, "faster-whisper"),
            limit(f"{name}: word error rate", mine, theirs, "%", f"{theirs:.2f} % faster-whisper"),
            limit(f"{name}: memory", job.cost.memory / MB, None, "MB", f"{whole.memory / MB:.0f} MB faster-whisper"),
        ]
    return rows
