"""How far word times are from the truth, against faster-whisper with the same weights.

Three truths. Speech of espeak-ng, whose library tells where each word begins. Real single words put one after the other, cut to
what sounds, so that beginnings and ends are known to the sample. Real prompts with silence around them: where the first word
begins and the last one ends is seen in the samples; what is inside a prompt does not count.
"""

import difflib

import espeak_events
import numpy as np
import signals
import spoken_words
from operation import operate
from speech_material import RATE, clips, faster_whisper, joined, transcript
from studio import ROOT
from table import limit, note
from word_errors import words

SENTENCES, STRINGS, PROMPTS = 30, 10, 60
QUICK_SENTENCES, QUICK_STRINGS, QUICK_PROMPTS = 8, 3, 12
WORDS = 6  # of a string
# What is recorded under each name, where that is one word which is written in one way.
SPOKEN = (
    "ball bow coat ear earring eye eyebrow flower hair hat moustache mouth nose shorts skirt spectacles stick "
    "sunglasses tie umbrella egypt_arch egypt_birds egypt_boy egypt_bridge egypt_camel egypt_cart egypt_column "
    "egypt_donkey egypt_girl egypt_grass egypt_man egypt_oasis egypt_pyramid egypt_road egypt_woman moon_alien "
    "moon_astronaut moon_earth moon_hotel moon_monster moon_planet moon_radar moon_rocket moon_satellite moon_sign "
    "moon_star pizzeria_bacon pizzeria_cheese pizzeria_cucumber pizzeria_mushroom pizzeria_olive pizzeria_onion "
    "pizzeria_pepper pizzeria_pineapple pizzeria_salami pizzeria_tomato tv_bicycle tv_car tv_cyclist tv_train "
    "tv_tree"
).split()
TARGET = 80  # ms
_AUDIBLE = 0.03  # of the prompt's peak: 30 dB under it


def synthetic(bench, count):
    """Recordings with (word, beginning, end) of every word; ends are not known."""
    texts = [clip.text for clip in clips({"en": count}) if not any(character.isdigit() for character in clip.text)]
    rate, said = espeak_events.say(texts)
    for number, (samples, events) in enumerate(said):
        path = signals.write(
            bench.folder / "word-times" / f"espeak-{number}.wav", np.concatenate([np.zeros(rate // 2), samples]), rate
        )
        yield path, [(part, at + 0.5, None) for word, at in events for part in words(word)[:1]]


def strings(bench, count):
    """Recordings of real words in a row with (word, beginning, end) of every one."""
    spoken_words.main(ROOT / "var/words")
    random = np.random.default_rng(5)
    names = random.permutation(SPOKEN)
    for number in range(count):
        truth, parts, frames = [], [], 0
        for name in names[number * WORDS : (number + 1) * WORDS]:
            word = signals.read(ROOT / f"var/words/en/{name}.wav")[:, 0]
            silence = np.zeros(int(random.uniform(0.06, 0.2) * RATE) if frames else RATE // 2)
            begin = frames + len(silence)
            frames = begin + len(word)
            truth.append((name.split("_")[-1], begin / RATE, frames / RATE))
            parts += [silence, word]
        yield (
            signals.write(
                bench.folder / "word-times" / f"words-{number}.wav", np.concatenate([*parts, np.zeros(RATE // 4)]), RATE
            ),
            truth,
        )


def real(bench, count):
    """One recording of prompts with pauses, and where each prompt's sound begins and ends."""
    samples, places = joined(clips({"en": count}), 3600, (0.6, 1.2))
    truth = []
    for clip, start in places:
        sound = np.abs(samples[int(start * RATE) : int((start + clip.seconds) * RATE)])
        loud = np.flatnonzero(sound > _AUDIBLE * sound.max())
        spoken = words(clip.text)
        truth += [(word, None, None) for word in spoken]
        truth[-len(spoken)] = (spoken[0], start + loud[0] / RATE, None)
        truth[-1] = (spoken[-1], truth[-1][1], start + loud[-1] / RATE)
    return signals.write(bench.folder / "word-times" / f"prompts-{count}.wav", samples, RATE), truth


def differences(truth, heard):
    """Absolute differences of beginnings and ends in ms, for the words that both have in the same order."""
    found = {"begins": [], "ends": []}
    matcher = difflib.SequenceMatcher(None, [word for word, *_ in truth], [word for word, *_ in heard], autojunk=False)
    for block in matcher.get_matching_blocks():
        pairs = zip(truth[block.a : block.a + block.size], heard[block.b : block.b + block.size], strict=True)
        for (_, begin, end), (_, other_begin, other_end) in pairs:
            if begin is not None:
                found["begins"].append(1000 * abs(other_begin - begin))
            if end is not None:
                found["ends"].append(1000 * abs(other_end - end))
    return found


def ours(bench, path, folder):
    outcome = operate(bench, "transcribe", {"language": "en", "formats": "document"}, [path], folder)
    said = [word for segment in transcript(outcome)["segments"] for word in segment["words"]]
    return [(part, word["start_seconds"], word["end_seconds"]) for word in said for part in words(word["text"])]


def compared(bench, name, material):
    """Differences of both over recordings with their truths."""
    options = {"language": "en", "beam_size": 1, "word_timestamps": True}
    answers, _ = faster_whisper(bench, [(path, options) for path, _ in material], f"times-{name}")
    transcripts = bench.side_by_side(lambda item: ours(bench, item[1][0], item[0]), enumerate(material))
    mine, theirs = {"begins": [], "ends": []}, {"begins": [], "ends": []}
    for (_, truth), answer, said in zip(material, answers, transcripts, strict=True):
        heard = [(part, begin, end) for word, begin, end in answer["words"] for part in words(word)]
        for total, found in ((mine, differences(truth, said)), (theirs, differences(truth, heard))):
            for kind, values in found.items():
                total[kind] += values
    return mine, theirs


def row(title, mine, theirs):
    medians = np.median(mine), np.median(theirs)
    rows = [limit(f"word times, {title}: median difference", medians[0], TARGET, "ms", f"{medians[1]:.0f} ms faster-whisper")]
    tails = [
        f"{np.percentile(values, 90):.0f} ms, {np.mean(np.array(values) <= 200) * 100:.0f} %, {len(values)} words"
        for values in (mine, theirs)
    ]
    return [*rows, note(f"word times, {title}: 90th percentile, within 200 ms", tails[0], f"{tails[1]} faster-whisper")]


def run_lines(bench):
    mine, theirs = compared(bench, "synthetic", list(synthetic(bench, QUICK_SENTENCES if bench.quick else SENTENCES)))
    rows = row("beginnings, espeak-ng", mine["begins"], theirs["begins"])
    mine, theirs = compared(bench, "words", list(strings(bench, QUICK_STRINGS if bench.quick else STRINGS)))
    rows += row("beginnings, real words in a row", mine["begins"], theirs["begins"])
    rows += row("ends, real words in a row", mine["ends"], theirs["ends"])
    mine, theirs = compared(bench, "real", [real(bench, QUICK_PROMPTS if bench.quick else PROMPTS)])
    rows += row("first words' beginnings, real prompts", mine["begins"], theirs["begins"])
    return rows + row("last words' ends, real prompts", mine["ends"], theirs["ends"])
