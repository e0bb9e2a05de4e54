"""What work costs: CPU seconds of whole process trees first, then wall time and peak memory."""

import dataclasses
import os
import pathlib
import statistics
import subprocess
import threading
import time

TICKS = os.sysconf("SC_CLK_TCK")
PROC = pathlib.Path("/proc")
MB = 1e6


@dataclasses.dataclass
class Cost:
    cpu: float  # seconds, user and system
    wall: float  # seconds
    memory: int  # bytes: the peak of the largest process


def run(command, **options):
    """Runs a program to its end. Its own and its waited-for descendants' CPU time count."""
    began = time.monotonic()
    process = subprocess.Popen([str(word) for word in command], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, **options)
    errors = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.stderr.close()
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise RuntimeError(f"{command[0]} ended with {process.returncode}: {errors.decode(errors='replace')[-2000:]}")
    return Cost(usage.ru_utime + usage.ru_stime, time.monotonic() - began, usage.ru_maxrss * 1024)


def _stat(pid):
    """Parent and CPU ticks of a process, the children it has waited for included (proc(5), fields 4 and 14 to 17)."""
    fields = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    return int(fields[1]), sum(map(int, fields[11:15]))


def tree(roots):
    """The processes below and including the roots, with their CPU ticks."""
    parents, ticks = {}, {}
    for entry in os.listdir(PROC):
        if entry.isdigit():
            try:
                parents[int(entry)], ticks[int(entry)] = _stat(entry)
            except (FileNotFoundError, ProcessLookupError):
                pass
    members = set()
    waiting = [pid for pid in roots if pid in ticks]
    while waiting:
        pid = waiting.pop()
        members.add(pid)
        waiting += [child for child, parent in parents.items() if parent == pid and child not in members]
    return {pid: ticks[pid] for pid in members}


def memory(pid, field="VmHWM"):
    """VmHWM (peak) or VmRSS (now) of a process in bytes; 0 once it has ended."""
    try:
        for line in (PROC / str(pid) / "status").read_text().splitlines():
            if line.startswith(field + ":"):
                return int(line.split()[1]) * 1024
    except (FileNotFoundError, ProcessLookupError):
        pass
    return 0


def forget_peak(pid):
    """Lets VmHWM begin anew (proc(5), clear_refs)."""
    (PROC / str(pid) / "clear_refs").write_text("5")


class Servers:
    """Processes that keep running: `with servers.watch() as cost:` gives what they and their children spent in the block."""

    def __init__(self, roots):
        self.roots = list(roots)

    def cpu(self):
        return sum(tree(self.roots).values()) / TICKS

    def watch(self):
        return _Watch(self)


class _Watch:
    def __init__(self, servers):
        self.servers, self.ended, self.peaks = servers, threading.Event(), {}
        self.known = set(tree(servers.roots))
        self.sampler = threading.Thread(target=self.sample)

    def sample(self):
        # VmHWM is a peak already: looking now and then is enough, and leaves the cores to what is measured.
        while not self.ended.wait(0.05):
            for pid in set(tree(self.servers.roots)) - self.known:
                self.peaks[pid] = max(self.peaks.get(pid, 0), memory(pid))

    def __enter__(self):
        self.cost = Cost(0, 0, 0)
        self.sampler.start()
        self.cpu, self.began = self.servers.cpu(), time.monotonic()
        return self.cost

    def __exit__(self, *_):
        self.cost.wall = time.monotonic() - self.began
        self.cost.cpu = self.servers.cpu() - self.cpu
        self.ended.set()
        self.sampler.join()
        self.cost.memory = max(self.peaks.values(), default=0)


def with_process(cost, job):
    """Adds what the job's process says it used: bubblewrap does not wait for it, so its time is in nobody's account."""
    return dataclasses.replace(cost, cpu=cost.cpu + job["result"]["usage"]["cpu_seconds"])


def median(costs):
    """The median of each figure by itself."""
    return Cost(*(statistics.median(getattr(cost, field.name) for cost in costs) for field in dataclasses.fields(Cost)))


def interleaved(runs, contenders):
    """Runs every contender once in each round, so that a noisy minute meets them all.

    `contenders` maps a name to a function of the round's number that gives a Cost. Returns the medians by name.
    """
    costs = {name: [] for name in contenders}
    for number in range(runs):
        for name, contender in contenders.items():
            costs[name].append(contender(number))
    return {name: median(list_) for name, list_ in costs.items()}
