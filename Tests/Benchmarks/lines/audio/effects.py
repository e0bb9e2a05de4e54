"""A chain of effects over ten minutes of 48 kHz stereo, with and without reverberation, against pedalboard and sox."""

import json

import recordings
from measure import Cost, interleaved, run
from operation import operate
from table import ratio

DRY = [
    {"type": "compressor", "threshold_db": -20, "ratio": 3, "knee_db": 6, "attack_ms": 10, "release_ms": 120},
    {
        "type": "eq",
        "bands": [
            {"type": "low_shelf", "frequency_hz": 120, "gain_db": 3},
            {"type": "peak", "frequency_hz": 1000, "gain_db": -2, "q": 1},
            {"type": "high_shelf", "frequency_hz": 8000, "gain_db": 2},
        ],
    },
    {"type": "gain", "gain_db": 3},
    {"type": "limiter", "ceiling_dbtp": -1, "release_ms": 80},
]
REVERB = {"type": "reverb", "mix": 0.2, "decay_seconds": 1.2}
CHAINS = {"reverb": [*DRY[:2], REVERB, *DRY[2:]], "dry": DRY}
SOX_DYNAMICS = [
    "compand",
    "0.01,0.12",
    "6:-60,-60,-20,-20,0,-13.3",
    "bass",
    "3",
    "120",
    "equalizer",
    "1000",
    "1q",
    "-2",
    "treble",
    "2",
    "8000",
]
SOX_LIMITER = ["gain", "-l", "3"]
TARGET = 0.7


def run_lines(bench):
    recording, output, result = recordings.quiet(bench.folder), bench.folder / "chain.wav", bench.folder / "chain.json"
    rows = []
    for kind, effects in CHAINS.items():
        inner = []

        def ours(_, effects=effects, kind=kind):
            return operate(bench, "effects", {"chain": {"effects": effects}, "format": "wav"}, [recording], kind).cost

        def pedalboard(_, kind=kind, inner=inner):
            cost = run([bench.venv / "python", bench.peer("pedalboard_chain.py"), recording, output, kind, result])
            inner.append(Cost(json.loads(result.read_text()), cost.wall, cost.memory))
            return inner[-1]

        reverb = ["reverb", "40"] if kind == "reverb" else []
        sox = ["sox", recording, output, *SOX_DYNAMICS, *reverb, *SOX_LIMITER]
        contenders = {"ours": ours, "pedalboard": pedalboard, "sox": lambda _, sox=sox: run(sox)}
        costs = interleaved(1 if bench.quick else bench.runs, contenders)
        title = f"effects on 10 min, {'with' if reverb else 'without'} reverberation: CPU"
        rows += [
            ratio(title, costs["ours"].cpu, costs["pedalboard"].cpu, "s", TARGET, "pedalboard, Python's start not counted"),
            ratio(title, costs["ours"].cpu, costs["sox"].cpu, "s", None, "sox"),
        ]
    return rows
