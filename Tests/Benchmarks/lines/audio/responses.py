"""How near the equaliser, the compressor and the limiter are to what their formulas say: the largest difference, dB.

Equaliser: the spectrum of an impulse against R. Bristow-Johnson's cookbook, where the response is above -60 dB. Compressor:
square waves, whose level is the same at every sample, stepping up and down, against Giannoulis, Massberg and Reiss (JAES 60,
2012) in double precision: soft knee (equation 4), smooth decoupled peak detector (17). Limiter: what comes out of a loud and of a
quiet tone.
"""

import itertools

import numpy as np
import signals
from operation import operate
from scipy.signal import freqz, resample_poly
from table import limit
import recordings

RATE = 48_000
TARGET = 0.1
BANDS = [
    {"type": kind, "frequency_hz": frequency, "gain_db": gain, "q": q}
    for kind, frequency, (gain, q) in itertools.product(
        ("peak", "low_shelf", "high_shelf"), (60, 1000, 9000, 16000), ((6, 0.707), (-12, 2), (18, 0.5))
    )
] + [
    {"type": kind, "frequency_hz": frequency, "gain_db": 0, "q": q}
    for kind, frequency, q in itertools.product(("low_pass", "high_pass", "band_pass", "notch"), (60, 1000, 9000), (0.707, 4))
]
COMPRESSORS = [
    {"threshold_db": -20, "ratio": 3, "knee_db": 6, "attack_ms": 10, "release_ms": 120},
    {"threshold_db": -30, "ratio": 10, "knee_db": 0, "attack_ms": 1, "release_ms": 50},
    {"threshold_db": -12, "ratio": 1.5, "knee_db": 20, "attack_ms": 50, "release_ms": 400, "makeup_db": 4},
]


def rendered(bench, effects, samples, name):
    source = signals.write(bench.folder / "responses" / f"{name}.wav", samples, RATE, "FLOAT")
    parameters = {"chain": {"effects": effects}, "format": "wav", "bit_depth": "32"}
    return signals.read(operate(bench, "effects", parameters, [source], name).files[0])[: len(samples), 0]


def cookbook(band):
    """Coefficients of a band."""
    w = 2 * np.pi * band["frequency_hz"] / RATE
    cosine, alpha, a = np.cos(w), np.sin(w) / (2 * band["q"]), 10 ** (band["gain_db"] / 40)
    slope = 2 * np.sqrt(a) * alpha
    if band["type"] == "peak":
        return [1 + alpha * a, -2 * cosine, 1 - alpha * a], [1 + alpha / a, -2 * cosine, 1 - alpha / a]
    if band["type"].endswith("shelf"):
        s = 1 if band["type"] == "low_shelf" else -1
        b = [
            a * (a + 1 - s * (a - 1) * cosine + slope),
            s * 2 * a * (a - 1 - s * (a + 1) * cosine),
            a * (a + 1 - s * (a - 1) * cosine - slope),
        ]
        return b, [
            a + 1 + s * (a - 1) * cosine + slope,
            -s * 2 * (a - 1 + s * (a + 1) * cosine),
            a + 1 + s * (a - 1) * cosine - slope,
        ]
    b = {
        "low_pass": [(1 - cosine) / 2, 1 - cosine, (1 - cosine) / 2],
        "high_pass": [(1 + cosine) / 2, -1 - cosine, (1 + cosine) / 2],
        "band_pass": [alpha, 0, -alpha],
        "notch": [1, -2 * cosine, 1],
    }[band["type"]]
    return b, [1 + alpha, -2 * cosine, 1 - alpha]


def equaliser_error(bench, band):
    samples = np.zeros((1 << 17, 1))
    samples[0] = 0.5
    spectrum = np.fft.rfft(rendered(bench, [{"type": "eq", "bands": [band]}], samples, "eq")) / 0.5
    frequencies = np.arange(len(spectrum)) * RATE / len(samples)
    ideal = np.abs(freqz(*cookbook(band), worN=2 * np.pi * frequencies / RATE)[1])
    heard = (frequencies >= 20) & (frequencies <= 20_000) & (ideal > 1e-3)
    return np.max(np.abs(20 * np.log10(np.abs(spectrum[heard]) / ideal[heard])))


def compressor_error(bench, settings):
    """Largest differences of the settled gains, and at any moment."""
    levels = [-50, -30, -24, -20, -16, -10, -3, -0.5, -40, -6, -18]
    each = int(3 * RATE)
    x = np.repeat(levels, each)
    signs = np.where(np.arange(len(x)) // 24 % 2, -1, 1)
    output = rendered(bench, [{"type": "compressor", **settings}], (10 ** (x / 20) * signs)[:, None], "compressor")
    over, knee, slope = x - settings["threshold_db"], settings["knee_db"], 1 - 1 / settings["ratio"]
    soft = (over + knee / 2) ** 2 / (2 * knee) if knee else np.zeros_like(over)
    wanted = np.where(2 * np.abs(over) <= knee, soft, np.maximum(over, 0)) * slope
    attack, release = (np.exp(-1 / (settings[name] / 1000 * RATE)) for name in ("attack_ms", "release_ms"))
    decaying = smoothed = 0.0
    reductions = np.empty(len(x))
    for index, reduction in enumerate(wanted.tolist()):
        decaying = max(reduction, release * decaying + (1 - release) * reduction)
        smoothed = attack * smoothed + (1 - attack) * decaying
        reductions[index] = smoothed
    measured = 20 * np.log10(np.abs(output)) - x
    makeup = settings.get("makeup_db", 0)
    difference = np.abs(measured - (makeup - reductions))
    settled = np.abs(measured - (makeup - wanted)).reshape(len(levels), each)[:, -RATE // 10 :]
    return settled.max(), difference.max()


def limiter_rows(bench):
    time = np.arange(2 * RATE) / RATE
    tone = np.sin(2 * np.pi * 997 * time)[:, None]
    loud = rendered(bench, [{"type": "limiter", "ceiling_dbtp": -3}], tone, "limiter")
    quiet = rendered(bench, [{"type": "limiter", "ceiling_dbtp": -3}], tone * 0.25, "limiter")
    talk = signals.read(recordings.loud(bench.folder))[: 60 * RATE]
    limited = rendered(bench, [{"type": "limiter", "ceiling_dbtp": -3, "gain_db": 6}], talk, "limiter")
    peak = lambda samples: 20 * np.log10(np.max(np.abs(resample_poly(samples, 8, 1))))
    middle = slice(RATE // 2, -RATE // 2)
    return [
        limit("limiter: a tone over the ceiling, off the ceiling", abs(peak(loud[middle]) + 3), TARGET, "dB"),
        limit("limiter: a tone under the ceiling, changed by", abs(peak(quiet[middle]) - 20 * np.log10(0.25)), TARGET, "dB"),
        limit("limiter: 60 s of a loud master with 6 dB more, true peak over the ceiling", peak(limited) + 3, TARGET, "dB"),
    ]


def run_lines(bench):
    bands = BANDS[::4] if bench.quick else BANDS
    errors = [equaliser_error(bench, band) for band in bands]
    settled, moving = (
        max(column) for column in zip(*(compressor_error(bench, settings) for settings in COMPRESSORS), strict=True)
    )
    return [
        limit(f"equaliser, {len(bands)} bands: largest difference from the cookbook", max(errors), TARGET, "dB"),
        limit("compressor, 3 settings: settled gain, largest difference", settled, TARGET, "dB"),
        limit("compressor, 3 settings: gain at any moment, largest difference", moving, TARGET, "dB"),
        *limiter_rows(bench),
    ]
