"""CPU of reading aloud as a share of the sound's length, against Piper's own package, and how soon it begins."""

import json
import time

import soundfile
from measure import MB, run
from operation import operate
from speech_material import ROOT, clips
from table import limit, ratio

TARGET, FIRST_TARGET = 0.15, 1.0
PROMPTS, QUICK_PROMPTS = 60, 12
SHORT = (
    "The meeting is at half past nine on Monday.",
    "Please leave your message after the tone.",
    "There is one other participant in the conference.",
    "Thank you for calling, and have a pleasant day.",
)
# Long and without a comma: the longest wait.
OPENING = "It was the best of times and it was the worst of times in the town that lay between the river and the hills of my home."


def piper(bench, texts, name):
    """CPU seconds and seconds of sound by Piper, its model's loading not counted."""
    order, result = bench.folder / f"piper-{name}.order.json", bench.folder / f"piper-{name}.json"
    order.write_text(json.dumps(texts))
    voice = ROOT / "var/models/piper-en-us-joe"
    run([bench.venv / "python", bench.peer("piper_speech.py"), voice / "model.onnx", voice / "voice.json", order, result])
    cpu, sound = (sum(column) for column in zip(*json.loads(result.read_text()), strict=True))
    return cpu / sound


def first_sound(bench, text):
    """Seconds from the request to the first sound of it, through the API."""
    door = bench.studio().door()
    body = json.dumps({"model": "tts-1", "voice": "alloy", "input": text[:4000], "response_format": "pcm"})
    began = time.monotonic()
    door.connection.request("POST", "/v1/audio/speech", body, door.headers | {"Content-Type": "application/json"})
    response = door.connection.getresponse()
    beginning = response.read(4096)
    seconds = time.monotonic() - began
    while response.read(1 << 16):
        pass
    door.close()
    if response.status != 200:
        raise RuntimeError(f"/v1/audio/speech: {response.status} {beginning[:1000].decode(errors='replace')}")
    return seconds


def run_lines(bench):
    long = " ".join(clip.text for clip in clips({"en": QUICK_PROMPTS if bench.quick else PROMPTS}))
    rows = []
    for title, texts in (("a sentence", SHORT), ("a long text", (long,))):
        jobs = [operate(bench, "speak", {"text": text, "format": "wav"}, folder=str(index)) for index, text in enumerate(texts)]
        sound = sum(soundfile.info(job.files[0]).duration for job in jobs)
        share = sum(job.cost.cpu for job in jobs) / sound
        rows += [
            limit(f"speak {title}: CPU of the process a second of sound", share, TARGET, "s"),
            ratio(f"speak {title}: the same", share, piper(bench, texts, title.split()[1]), "s", None, "Piper, model loaded"),
            limit(f"speak {title}: memory", max(job.cost.memory for job in jobs) / MB, None, "MB"),
        ]
    # Of a file, which is made in whole sentences: nobody listens before it is done.
    rows.append(limit(f"a file of {len(long)} characters: first sentence ready", jobs[0].first, None, "s"))
    rows.append(limit("speak 4,000 characters: first sound through the API", first_sound(bench, f"{OPENING} {long}"), FIRST_TARGET, "s"))
    return rows
