"""What denoising gains: SI-SDR of the output less that of the input, on real speech with four kinds of noise at 0, 5 and 10 dB.

The 48 kHz network is also compared with DeepFilterNet's own library from Python. The speech has nothing above 8 kHz, so the 16 kHz
network is not at a disadvantage.
"""

import numpy as np
import signals
from measure import run
from operation import operate
from speech_material import clips, joined
from studio import ROOT
from table import information, limit, note
import music

SNRS = (0, 5, 10)
MODELS = {"gtcrn": 16_000, "deepfilternet3": 48_000}
VOICES = (("en", 1), ("fr", 2), ("ru", 3), ("it", 4), ("en", 5))
SECONDS = 12
SAME = 0.1  # dB


def noises(frames, rate, seed):
    """Made and recorded noises: pink, a hum in a rumble, eight voices at once, and steam."""
    random = np.random.default_rng(seed)
    shape = np.maximum(np.fft.rfftfreq(frames, 1 / rate), 20)
    white = lambda: np.fft.rfft(random.standard_normal(frames))
    hum = sum(np.sin(2 * np.pi * 50 * number * np.arange(frames) / rate + number) / number for number in range(1, 12))
    rumble = np.fft.irfft(white() / shape, frames)
    babble = np.zeros(frames)
    for number, language in enumerate(("es", "fr", "it", "ru", "es", "fr", "it", "ru")):
        voice, _ = joined(clips({language: 24})[number::2], SECONDS, (0, 0.1), seed=seed + number)
        babble += np.resize(np.repeat(voice, rate // 16_000), frames)
    steam = signals.read(ROOT / "var/music/steam.wav", rate, 1)[:, 0]
    return {
        "pink": np.fft.irfft(white() / np.sqrt(shape), frames),
        "hum and rumble": hum / hum.std() + 2 * rumble / rumble.std(),
        "babble": babble,
        "steam": np.resize(steam, frames),
    }


def material(bench, rate, voices):
    """(noise, SNR, speech, noisy file)."""
    for number, (language, seed) in enumerate(voices):
        speech, _ = joined(clips({language: 30})[seed:], SECONDS, (0.2, 0.6), seed=seed)
        source = signals.write(bench.folder / "denoising" / "speech.wav", speech, 16_000)
        speech = signals.read(source, rate, 1)[:, 0]
        for name, noise in noises(len(speech), rate, seed).items():
            for snr in SNRS:
                noisy, _ = signals.mixed(speech, noise, snr)
                scale = 0.9 / np.abs(noisy).max()
                path = bench.folder / "denoising" / f"{rate}-{number}-{name.split()[0]}-{snr}.wav"
                yield name, snr, speech * scale, signals.write(path, noisy * scale, rate)


def run_lines(bench):
    music.main(ROOT / "var/music")
    rows = []
    for model, rate in MODELS.items():
        cases = list(material(bench, rate, VOICES[:1] if bench.quick else VOICES))
        parameters = {"model": model, "format": "wav", "bit_depth": "32"}
        jobs = bench.side_by_side(lambda item: operate(bench, "denoise", parameters, [item[1][3]], item[0]), enumerate(cases))
        gains = {}
        for (name, snr, speech, path), job in zip(cases, jobs, strict=True):
            before, after = (signals.si_sdr(speech, signals.read(file)[: len(speech), 0]) for file in (path, job.files[0]))
            gains.setdefault(snr, []).append(after - before)
            gains.setdefault(name, []).append(after - before)
        name = f"denoise {rate // 1000} kHz ({model})"
        rows += [information(f"{name}: SI-SDR gained at {snr} dB", np.mean(gains[snr]), "dB") for snr in SNRS]
        kinds = ", ".join(f"{kind} {np.mean(values):.1f}" for kind, values in gains.items() if isinstance(kind, str))
        cpu = sum(job.cost.cpu for job in jobs) / sum(len(speech) / rate for _, _, speech, _ in cases)
        rows += [note(f"{name}: by noise, dB", kinds), information(f"{name}: CPU a second of sound, loading included", cpu, "s")]
        if model == "deepfilternet3":
            run([bench.venv / "python", bench.peer("deepfilternet_reference.py"), *(path for *_, path in cases)])
            reference = {snr: [] for snr in SNRS}
            for _, snr, speech, path in cases:
                after = signals.read(path.with_suffix(".reference.wav"))[:, 0]
                reference[snr].append(signals.si_sdr(speech, after) - signals.si_sdr(speech, signals.read(path)[:, 0]))
            behind = max(np.mean(reference[snr]) - np.mean(gains[snr]) for snr in SNRS)
            figures = "/".join(f"{np.mean(reference[snr]):.2f}" for snr in SNRS)
            rows.append(limit(f"{name}: SI-SDR behind its own library", behind, SAME, "dB", f"{figures} dB at 0/5/10"))
    return rows
