"""Who speaks when in meetings of four and six voices, as the speakers of the transcript's words tell it.

All speak English, because one language is heard in a recording: the prompts' speaker, a LibriVox reader, the studio's own Piper
voice, and the same with a larger or smaller head: pitch and formants moved together by a fifth. Turns of one to three clips follow
each other with pauses of up to a second; one in eight begins before the last has ended.
The diarization error rate is that of NIST's evaluations (RT-09): missed speech, false speech and speech of the wrong speaker over
all speech, the speakers paired so that it is least, with a collar of 0.25 s around each beginning and end, and without.
"""

import itertools
import math

import numpy as np
import signals
from operation import operate
from speech_material import RATE, clips, transcript
from table import information, note

# A voice and how much higher it is.
MEETINGS = {
    4: (("en", 1), ("reader", 1), ("joe", 1), ("en", 0.82)),
    6: (("en", 1), ("reader", 1), ("joe", 1), ("en", 0.82), ("reader", 1.2), ("joe", 1.2)),
}
SECONDS, QUICK_SECONDS = 300, 90
FRAME = 0.01
COLLAR = 0.25
BRIDGED = 0.5  # seconds between words of one turn
SENTENCES = (
    "The budget for the next quarter is nearly the same as it was before.",
    "I would rather wait until the new machines have arrived in the hall.",
    "We have spoken about this twice, and nothing has happened since then.",
    "Could somebody please write down what has been agreed so far?",
)


def voices(bench, names):
    """Samples of each voice's clips, trimmed of the silence around them."""
    found = {}
    prompts = [clip for clip in clips({"en": 60}) if clip.seconds >= 2]
    for name, higher in names:
        if name == "joe":
            paths = [
                operate(bench, "speak", {"text": text, "format": "wav"}, (), f"joe-{number}").files[0]
                for number, text in enumerate(SENTENCES)
            ]
        elif name == "reader":
            paths = [clip.path for clip in prompts if "librivox" in clip.path.name]
        else:
            paths = [clip.path for clip in prompts if not clip.path.name.startswith(("en-librivox", "en-cards"))]
        found[f"{name} {higher}"] = [trimmed(moved(signals.read(path, RATE, 1)[:, 0], higher)) for path in paths]
    return found


def moved(samples, higher):
    """Played faster, so that all frequencies are as much higher."""
    return np.interp(np.arange(0, len(samples) - 1, higher), np.arange(len(samples)), samples)


def trimmed(samples):
    """What sounds, at one level: its blocks of 10 ms within 40 dB of the loudest, from the first to the last."""
    block = int(FRAME * RATE)
    power = np.square(samples[: len(samples) // block * block]).reshape(-1, block).mean(axis=1)
    loud = np.flatnonzero(power > power.max() * 1e-4)
    samples = samples[loud[0] * block : (loud[-1] + 1) * block]
    return samples * (0.05 / np.sqrt(signals.level(samples)))


def meeting(found, seconds, seed):
    """Samples, and the turns as (speaker, beginning, end)."""
    random = np.random.default_rng(seed)
    sound, turns, end, last = np.zeros(int((seconds + 60) * RATE)), [], 0.5, None
    used = dict.fromkeys(found, 0)
    while end < seconds:
        # Whoever has said the least, or one clip more, so that all are heard.
        least = min(count for name, count in used.items() if name != last)
        speaker = random.choice([name for name, count in used.items() if name != last and count <= least + 1])
        overlaps = last is not None and random.random() < 1 / 8
        begin = end + (-random.uniform(0.3, 0.8) if overlaps else random.uniform(0.2, 1))
        for _ in range(random.integers(1, 4)):
            part = found[speaker][used[speaker] % len(found[speaker])]
            used[speaker] += 1
            first = int(begin * RATE)
            sound[first : first + len(part)] += part
            turns.append((speaker, begin, begin + len(part) / RATE))
            begin += len(part) / RATE + random.uniform(0.1, 0.3)
        end, last = max(end, turns[-1][2]), speaker
    return sound[: int((end + 0.5) * RATE)], turns


def turns_of(document):
    """The turns of a transcript: words of one speaker in a row."""
    turns = []
    for segment in document["segments"]:
        for word in segment["words"]:
            speaker = word.get("speaker") or segment.get("speaker")
            if turns and turns[-1][0] == speaker and word["start_seconds"] - turns[-1][2] < BRIDGED:
                turns[-1][2] = word["end_seconds"]
            else:
                turns.append([speaker, word["start_seconds"], word["end_seconds"]])
    return turns


def grid(turns, frames):
    """Who speaks in each frame: [speakers, frames]."""
    speakers = sorted({str(turn[0]) for turn in turns})
    active = np.zeros((len(speakers), frames), bool)
    for speaker, begin, end in turns:
        active[speakers.index(str(speaker)), int(begin / FRAME) : math.ceil(end / FRAME)] = True
    return active


def error_rate(true, told, collar):
    """The diarization error rate and its parts, %: missed, false, confused."""
    frames = math.ceil(max(turn[2] for turn in [*true, *told]) / FRAME) + 1
    reference, answer = grid(true, frames), grid(told, frames)
    scored = np.ones(frames, bool)
    for _, begin, end in true:
        for edge in (begin, end) if collar else ():
            scored[max(0, int((edge - collar) / FRAME)) : math.ceil((edge + collar) / FRAME)] = False
    reference, answer = reference[:, scored], answer[:, scored]
    rows = max(len(reference), len(answer))
    together = np.zeros((rows, rows))
    together[: len(reference), : len(answer)] = reference.astype(int) @ answer.T.astype(int)
    right = best_pairing(together)
    speaking, told_speaking = reference.sum(axis=0), answer.sum(axis=0)
    missed = np.maximum(speaking - told_speaking, 0).sum()
    false = np.maximum(told_speaking - speaking, 0).sum()
    confused = np.minimum(speaking, told_speaking).sum() - right
    return [100 * value / speaking.sum() for value in (missed + false + confused, missed, false, confused)]


def best_pairing(together):
    """The most frames that a pairing of speakers makes right; exact for the few that a meeting has."""
    rows = len(together)
    if rows > 8:  # the speakers of whom most was heard
        order = np.argsort(-together.sum(axis=0))[:8]
        kept = np.flatnonzero(together.sum(axis=1))[:8]
        together = np.pad(together[np.ix_(kept, order)], ((0, 8 - len(kept)), (0, 0)))
        rows = 8
    return max(sum(together[row, column] for row, column in enumerate(order)) for order in itertools.permutations(range(rows)))


def run_lines(bench):
    rows = []
    for count, names in MEETINGS.items():
        sound, turns = meeting(voices(bench, names), QUICK_SECONDS if bench.quick else SECONDS, seed=count)
        path = signals.write(bench.folder / "diarization" / f"meeting-{count}.wav", sound, RATE)
        for known in (False, True):
            parameters = {"formats": "document", "speakers": True, "beams": 1, "speaker_count": count if known else 0}
            outcome = operate(bench, "transcribe", parameters, [path], f"meeting-{count}-{known}")
            told = turns_of(transcript(outcome))
            title = f"meeting of {count} voices, {len(sound) / RATE:.0f} s, {'number told' if known else 'number not told'}"
            collared, strict = (error_rate(turns, told, collar) for collar in (COLLAR, 0))
            kinds = ("missed", "false", "confused")
            parts = ", ".join(f"{kind} {value:.1f}" for kind, value in zip(kinds, collared[1:], strict=True))
            rows += [
                information(f"{title}: diarization error rate, collar 0.25 s", collared[0], "%"),
                note(f"{title}: of that; without a collar", f"{parts}; {strict[0]:.1f} %"),
                note(f"{title}: speakers found", f"{outcome.measurements.get('speakers')} of {count}"),
            ]
    return rows
