"""Speaks and transcribes through OpenAI's own SDK, unchanged, and prints what came back as JSON.

usage: openai_audio.py <base url> <key> <folder> <scratch folder>
"""

import base64
import json
import pathlib
import sys
import time

import httpx
import openai

url, key, folder = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3])
client = openai.OpenAI(base_url=url, api_key=key, max_retries=0)
sentence = "The quick brown fox jumps over the lazy dog. Then it sleeps under a tree."
found = {}

sizes = {}
for form in ("mp3", "opus", "aac", "flac", "wav", "pcm"):
    with client.audio.speech.with_streaming_response.create(model="tts-1", voice="alloy", input=sentence, response_format=form) as answer:
        answer.stream_to_file(folder / f"speech.{form}")
    sizes[form] = (folder / f"speech.{form}").stat().st_size
found["sizes"] = sizes

# A long text: its beginning comes while the rest is being spoken, and when nobody listens any more it ends.
live = pathlib.Path(sys.argv[4])
running = lambda: sum(1 for _ in live.glob("*/*/out/stream"))
with client.audio.speech.with_streaming_response.create(
    model="tts-1", voice="alloy", input=f"{sentence} " * 40, response_format="pcm"
) as answer:
    first = next(answer.iter_bytes())
    found["stream"] = {"first": len(first), "running": running()}
deadline = time.monotonic() + 60
while running() and time.monotonic() < deadline:
    time.sleep(0.05)
found["stream"]["left"] = running()

recording = folder / "speech.mp3"
found["json"] = client.audio.transcriptions.create(model="whisper-1", file=recording).text
verbose = client.audio.transcriptions.create(
    model="whisper-1", file=recording, response_format="verbose_json", timestamp_granularities=["word", "segment"], language="en"
)
found["verbose"] = {
    "text": verbose.text,
    "language": verbose.language,
    "duration": verbose.duration,
    "words": [word.word for word in verbose.words],
    "starts": [word.start for word in verbose.words],
    "segments": len(verbose.segments),
}
streamed = {"model": "gpt-4o-mini-transcribe", "file": recording, "stream": True, "language": "en", "prompt": "A fox."}
events = list(client.audio.transcriptions.create(**streamed))
found["events"] = {
    "kinds": [event.type for event in events],
    "deltas": "".join(event.delta for event in events if event.type == "transcript.text.delta"),
    "done": events[-1].text,
}
again = list(client.audio.transcriptions.create(**streamed))


# A recording of several windows: what has been heard is told while the job runs, by OpenAI's events and by the studio's own.
studio = httpx.Client(base_url=url.removesuffix("/v1"), headers={"Authorization": f"Bearer {key}"}, timeout=120)
report = """The first item of the meeting is the budget. We have spent about half of it, and most of that went into the new kitchen.
The builders came in March and left in June. Nobody was hurt, and the neighbours were kind. The second item is the summer party.
It will be in the garden on the last Saturday of July, unless it rains. Mary brings the music and Peter brings the tables. Please
tell your friends about it. The third item is the library. A teacher has given us forty books about birds, rivers and mountains.
We need more shelves, and somebody who writes a list. The last item is the old piano, which has to be tuned before the winter."""
long = folder / "long.mp3"
with client.audio.speech.with_streaming_response.create(
    model="tts-1", voice="alloy", input=report, response_format="mp3"
) as answer:
    answer.stream_to_file(long)
order = {"model": "whisper-1", "file": long, "language": "en", "response_format": "text", "temperature": 0}
found["early"] = {"deltas": 0}
with client.audio.transcriptions.create(**order, stream=True) as events:
    for event in events:
        if event.type != "transcript.text.delta":
            continue
        if found["early"]["deltas"] == 0:
            found["early"]["stream"] = studio.get("/audio/jobs", params={"limit": 1}).json()["jobs"][0]["state"]
        found["early"]["deltas"] += 1

upload = studio.post("/files", files={"file": ("long.mp3", long.read_bytes(), "audio/mpeg")}).raise_for_status().json()
task = {"input": upload["id"], "parameters": {"language": "en", "formats": "srt", "beams": 1, "temperature": 0}}
job = studio.post("/audio/transcribe", json=task).raise_for_status().json()["id"]
pieces = []
with studio.stream("GET", f"/audio/jobs/{job}/events") as answer:
    kind = ""
    for line in answer.iter_lines():
        kind = line.removeprefix("event:").strip() if line.startswith("event:") else kind
        if kind == "partial" and line.startswith("data:"):
            if not pieces:
                found["early"]["partial"] = studio.get(f"/audio/jobs/{job}").json()["state"]
            pieces.append(json.loads(line.removeprefix("data:"))["content"]["text"])
found["early"]["pieces"] = len(pieces)
text = studio.get(f"/audio/jobs/{job}").json()["result"]["measurements"]["text"]
early = found["early"]
if early.get("stream") != "running" or early.get("partial") != "running" or early["deltas"] < 2 or " ".join(pieces) != text:
    sys.exit(f"what is heard is not told before the end: {early}, {pieces} of {text}")
found["events"]["cached"] = [event.type for event in again]
try:
    list(client.audio.transcriptions.create(model="whisper-1", file=("letter.wav", b"Dear all, no sound here."), stream=True))
except openai.APIError as error:
    found["events"]["failure"] = error.message
found["srt"] = client.audio.transcriptions.create(model="whisper-1", file=recording, response_format="srt")
found["vtt"] = client.audio.transcriptions.create(model="whisper-1", file=recording, response_format="vtt")
found["text"] = client.audio.transcriptions.create(model="whisper-1", file=recording, response_format="text")
found["translation"] = client.audio.translations.create(model="whisper-1", file=recording).text
translation = client.audio.translations.create(
    model="whisper-1", file=recording, response_format="verbose_json", extra_body={"language": "de"}
)
found["translated"] = {"language": translation.language, "text": translation.text}

# Events in place of bytes, and a voice by its identifier.
with client.audio.speech.with_streaming_response.create(
    model="tts-1", voice={"id": "piper-en-us-joe"}, input=sentence, response_format="pcm", stream_format="sse"
) as answer:
    told = [json.loads(line.removeprefix("data: ")) for line in answer.iter_lines() if line.startswith("data: ")]
found["speech_events"] = {
    "type": answer.headers["content-type"].split(";")[0],
    "kinds": sorted({event["type"] for event in told}),
    "last": told[-1]["type"],
    "bytes": sum(len(base64.b64decode(event["audio"])) for event in told if "audio" in event),
}

failures = {
    "not audio": lambda: client.audio.transcriptions.create(model="whisper-1", file=("letter.wav", b"Dear all, no sound here.")),
    "unknown model": lambda: client.audio.transcriptions.create(model="nobody", file=recording),
    "no text": lambda: client.audio.speech.create(model="tts-1", voice="alloy", input=""),
    "unknown voice": lambda: client.audio.speech.create(model="tts-1", voice={"id": "nobody"}, input="Hi"),
    "no voice": lambda: client.audio.speech.create(model="tts-1", voice={"name": "nobody"}, input="Hi"),
    "unknown stream": lambda: client.audio.speech.create(
        model="tts-1", voice="alloy", input="Hi", extra_body={"stream_format": "smoke"}
    ),
    "unknown format": lambda: client.audio.speech.create(model="tts-1", voice="alloy", input="Hi", response_format="midi"),
}
found["failures"] = {}
for name, call in failures.items():
    try:
        call()
        found["failures"][name] = "none"
    except openai.APIStatusError as error:
        found["failures"][name] = f"{error.status_code} {error.message}"
print(json.dumps(found))
