"""RQ on Redis: jobs that do nothing. Prints jobs a second with many in flight, and the median latency of one at a time."""

import json
import statistics
import sys
import time

import redis
import rq

# What the workers import it as.
NOTHING = "rq_jobs.nothing"


def nothing():
    pass


def main():
    port, count, in_flight = map(int, sys.argv[1:])
    queue = rq.Queue("bench", connection=redis.Redis(port=port))
    latencies = []
    for _ in range(100):
        began = time.monotonic()
        queue.enqueue(NOTHING).latest_result(timeout=10)
        latencies.append(time.monotonic() - began)
    began, before, enqueued = time.monotonic(), queue.finished_job_registry.count, 0
    while (finished := queue.finished_job_registry.count - before) < count:
        room = min(in_flight - (enqueued - finished), count - enqueued)
        if room > 0:
            queue.enqueue_many([rq.Queue.prepare_data(NOTHING) for _ in range(room)])
            enqueued += room
        else:
            time.sleep(0.001)
    json.dump({"rate": count / (time.monotonic() - began), "p50": statistics.median(latencies)}, sys.stdout)


if __name__ == "__main__":
    main()
