"""A preview of ten seconds of the ordinary chain, at the beginning, in the middle and near the end of ten minutes."""

import recordings
from operation import operate
from table import limit, note, number

from .effects import CHAINS

PLACES = (0, 300, 585)
SECONDS = 10
TARGET = 1.0


def run_lines(bench):
    recording = recordings.quiet(bench.folder)
    costs = []
    for round_ in range(1 if bench.quick else bench.runs):
        for place in PLACES:
            parameters = {"chain": {"effects": CHAINS["reverb"]}, "format": "wav", "start_s": place, "duration_s": SECONDS}
            outcome = operate(bench, "effects", parameters, [recording], f"preview-{round_}-{place}")
            assert abs(outcome.measurements["duration_seconds"] - SECONDS) < 0.01, outcome.measurements
            costs.append(outcome.cost)
    worst = max(costs, key=lambda cost: cost.wall)
    title = f"preview of {SECONDS} s with reverberation, worst of {len(costs)}"
    return [
        limit(f"{title}: wall", worst.wall, TARGET, "s"),
        note(f"{title}: CPU", f"{number(max(cost.cpu for cost in costs))} s"),
    ]
