"""faster-whisper, int8 on one thread: what it hears in recordings and what that costs.

    faster_whisper_clips.py MODEL ORDER RESULT

ORDER is a JSON list of {"path", "options"}; RESULT becomes a list of {"text", "language", "words", "cpu"} in the same order.
"""

import json
import pathlib
import sys
import time

from faster_whisper import WhisperModel


def main(model, order, result):
    whisper = WhisperModel(model, device="cpu", compute_type="int8", cpu_threads=1, num_workers=1)
    answers = []
    for item in json.loads(pathlib.Path(order).read_text()):
        began = time.process_time()
        segments, information = whisper.transcribe(item["path"], **item["options"])
        segments = list(segments)
        words = [[word.word.strip(), word.start, word.end] for segment in segments for word in segment.words or []]
        text = " ".join(segment.text.strip() for segment in segments)
        cpu = time.process_time() - began
        answers.append({"text": text, "language": information.language, "words": words, "cpu": cpu})
    pathlib.Path(result).write_text(json.dumps(answers))


main(*sys.argv[1:])
