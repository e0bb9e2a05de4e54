"""DuckDB with the rows of lines/analytics/queries.py: duckdb_sums.py <rows> <today> <file> <questions>. Prints JSON."""

import datetime
import json
import pathlib
import sys
import time

import duckdb
import numpy

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from lines.analytics.queries import DAYS, SCRIPTS  # noqa: E402

count, today, file, questions = int(sys.argv[1]), int(sys.argv[2]), pathlib.Path(sys.argv[3]), int(sys.argv[4])
file.unlink(missing_ok=True)
db = duckdb.connect(str(file))
db.execute("CREATE TABLE metrics(script_name TEXT, metric_type TEXT, value DOUBLE, timestamp TIMESTAMP)")
for start in range(0, count, 1_000_000):
    number = numpy.arange(start, min(count, start + 1_000_000), dtype=numpy.uint64)
    spread = number * numpy.uint64(2_654_435_761) % numpy.uint64(1 << 32)
    span = numpy.uint64((DAYS - 1) * 86_400)
    times = today - (DAYS - 1) * 86_400 + (number * span // numpy.uint64(count)).astype(numpy.int64)
    scripts, values = (spread // numpy.uint64(7) % numpy.uint64(SCRIPTS)).astype(numpy.int64), (number % numpy.uint64(1000)).astype(float)
    frame = {"s": scripts, "v": values, "t": times}
    db.execute("INSERT INTO metrics SELECT printf('script-%03d', s), 'queried', v, make_timestamp(t * 1000000) FROM frame")
question = """
    SELECT script_name, CAST(date_trunc('day', timestamp) AS DATE) AS day, sum(value) FROM metrics
    WHERE metric_type = 'queried' AND timestamp >= ? GROUP BY ALL ORDER BY ALL
"""
since = datetime.datetime.fromtimestamp(today - (DAYS - 1) * 86_400, datetime.UTC).replace(tzinfo=None)
seconds = []
for _ in range(questions):
    began = time.monotonic()
    rows = db.execute(question, [since]).fetchall()
    seconds.append(time.monotonic() - began)
print(json.dumps({"seconds": seconds, "sums": [(script, day.isoformat(), value) for script, day, value in rows]}))
