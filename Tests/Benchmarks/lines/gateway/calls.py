"""CPU of a call that is answered at once: 1 KB asked, 700 bytes answered."""

from lines.gateway.contenders import QUESTION, contenders, least_and_middle, load
from table import note, number, ratio

# What the gateway may cost of what each peer does.
TARGETS = {"nginx": 5, "smg": 0.4, "LiteLLM": 1 / 200, "smg bare": None, "LiteLLM bare": None}


def run_lines(bench):
    rows = []
    with contenders(bench, TARGETS, QUESTION) as all_:
        del all_["direct"]
        for contender in all_.values():
            load(contender, 32, 1)
        for connections in (32, 128):
            costs = {name: [] for name in all_}
            for _ in range(bench.runs):
                for name, contender in all_.items():
                    costs[name].append(load(contender, connections).cpu)
            middle = {name: least_and_middle(list_) for name, list_ in costs.items()}
            what = f"model call, {connections} connections: CPU"
            for peer, target in TARGETS.items():
                rows.append(ratio(what, middle["studio"][1], middle[peer][1], "µs", target, peer))
            least = ", ".join(f"{name} {number(value)} µs" for name, (value, _) in middle.items() if name != "studio")
            rows.append(note(f"{what}, least of the rounds", f"{number(middle['studio'][0])} µs", least))
    return rows
