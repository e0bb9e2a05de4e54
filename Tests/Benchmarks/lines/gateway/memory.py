"""Whether the gateway grows with the number of calls that it has taken."""

from lines.gateway.contenders import QUESTION, contenders, load
from measure import memory
from table import number, ratio

EARLY, LATE = 20_000, 200_000


def run_lines(bench):
    early, late = (EARLY, LATE // 4) if bench.quick else (EARLY, LATE)
    with contenders(bench, (), QUESTION) as all_:
        studio, count, sizes = all_["studio"], 0, []
        for goal in (early, late):
            while count < goal:
                count += load(studio, 32, 2).count
            sizes.append(memory(studio.pid, "VmRSS") / 1e6)
    what = f"memory after {number(late)} calls, beside after {number(early)}"
    return [ratio(what, sizes[1], sizes[0], "MB", 1.1, "")]
