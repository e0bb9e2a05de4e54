"""What the gateway adds to the time of a call on one connection."""

from lines.gateway.contenders import QUESTION, contenders, least_and_middle, load
from table import limit, number

TARGETS = {50: 0.12, 99: 1}


def run_lines(bench):
    added = {name: {share: [] for share in TARGETS} for name in ("nginx", "smg", "studio")}
    with contenders(bench, ("nginx", "smg"), QUESTION) as all_:
        for contender in all_.values():
            load(contender, 1, 1)
        for _ in range(bench.runs):
            direct = load(all_["direct"], 1, 2).latencies
            for name, figures in added.items():
                latencies = load(all_[name], 1, 2).latencies
                for share, list_ in figures.items():
                    list_.append((latencies[share] - direct[share]) * 1000)
    rows = []
    for share, target in TARGETS.items():
        middle = {name: least_and_middle(figures[share]) for name, figures in added.items()}
        peers = ", ".join(f"{number(middle[name][1])} ms {name}" for name in ("nginx", "smg"))
        what = f"added to a call, 1 connection, p{share} (least {number(middle['studio'][0])})"
        rows.append(limit(what, middle["studio"][1], target, "ms", peers))
    return rows
