"""How well scenes are found, and what that costs, against PySceneDetect and against decoding alone."""

import json
import os
import statistics
import subprocess
import time

from film import film
from measure import MB, Cost, run
from operation import operate
from table import limit, note, ratio

THRESHOLDS = {"content": 27, "adaptive": 3, "histogram": 0.2, "hash": 0.35, "threshold": 12}
# Frames that the middle of what was found may lie outside of a dissolve or fade.
TOLERANCE = 2
SAME, SCORE, GRADUAL = 0.98, 0.97, 6
SHARE, DECODING = 0.55, 1.1
MEMORY = 400 * MB


def peer_cuts(bench, path, detector):
    began = time.monotonic()
    command = [bench.venv / "python", bench.peer("scene_cuts.py"), path, detector, str(THRESHOLDS[detector])]
    process = subprocess.Popen([str(word) for word in command], stdout=subprocess.PIPE)
    with process.stdout:
        answer = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"scene_cuts.py {detector} ended with {process.returncode}")
    return json.loads(answer), Cost(usage.ru_utime + usage.ru_stime, time.monotonic() - began, usage.ru_maxrss * 1024)


def our_cuts(bench, path, detector):
    outcome = operate(bench, "scenes", {"detector": detector, "formats": "json"}, [path], detector, service="video")
    document = json.loads(outcome.files[0].read_text())
    return [scene["start_frame"] for scene in document["scenes"][1:]], outcome.cost


def score(found, transitions):
    """F1, where a cut is right to the frame and a dissolve in its midst, and how many of the gradual ones were found."""
    left, hits, gradual = set(found), 0, 0
    for kind, first, last in transitions:
        slack = 0 if kind == "cut" else TOLERANCE
        hit = next((cut for cut in sorted(left) if first - slack <= cut <= last + slack), None)
        if hit is not None:
            left.remove(hit)
            hits += 1
            gradual += kind != "cut"
    return 2 * hits / (len(found) + len(transitions)), gradual


def run_lines(bench):
    sizes = [(1280, 720, 1)] if bench.quick else [(1920, 1080, 1), (1280, 720, 2)]
    rows = []
    for width, height, seed in sizes:
        path = bench.folder / "video" / f"film-{height}-{seed}.mp4"
        transitions = film(path, width, height, seed)
        decoding = [run(["ffmpeg", "-v", "error", "-threads", "2", "-i", path, "-f", "null", "-"]) for _ in range(bench.runs)]
        decoded = statistics.median(cost.cpu for cost in decoding)
        for detector in ("content", "adaptive") if bench.quick else THRESHOLDS:
            peers, ours = [], []
            for _ in range(bench.runs):
                peer, cost = peer_cuts(bench, path, detector)
                peers.append(cost.cpu)
                cuts, cost = our_cuts(bench, path, detector)
                ours.append(cost)
            cpu = statistics.median(cost.cpu for cost in ours)
            name = f"scenes {height}p, {detector}"
            same = len(set(peer) & set(cuts)) / max(1, len(set(peer) | set(cuts)))
            rows.append(limit(f"{name}: the same cuts", same, SAME, "", at_least=True))
            rows.append(ratio(f"{name}: CPU", cpu, statistics.median(peers), "s", SHARE, "PySceneDetect"))
            rows.append(ratio(f"{name}: CPU", cpu, decoded, "s", DECODING, "ffmpeg decoding"))
            rows.append(limit(f"{name}: peak memory", max(cost.memory for cost in ours) / MB, MEMORY / MB, "MB"))
            if detector == "adaptive":
                f1, gradual = score(peer, transitions)
                rows.append(note(f"{name}: F1, gradual ones of 7", "", f"{f1:.3f}, {gradual} PySceneDetect"))
        cuts, cost = our_cuts(bench, path, "shots")
        f1, gradual = score(cuts, transitions)
        rows.append(limit(f"scenes {height}p, shots: F1", f1, SCORE, "", at_least=True))
        rows.append(limit(f"scenes {height}p, shots: gradual ones of 7", gradual, GRADUAL, "", at_least=True))
        rows.append(ratio(f"scenes {height}p, shots: CPU", cost.cpu, decoded, "s", DECODING, "ffmpeg decoding"))
    return rows
