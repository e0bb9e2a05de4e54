"""FastAPI and sqlite3 with the same table of metrics: fastapi_events.py <port> <database> <journal mode>."""

import sqlite3
import sys
import threading

import fastapi
import pydantic
import uvicorn

port, database, journal = int(sys.argv[1]), sys.argv[2], sys.argv[3]
app, lock = fastapi.FastAPI(), threading.Lock()
# One connection for all threads: with one for each, they wait for each other in SQLite's sleeps.
db = sqlite3.connect(database, check_same_thread=False)
db.execute(f"PRAGMA journal_mode = {journal}")


class Metric(pydantic.BaseModel):
    run_id: str | None = None
    script_name: str
    metric_type: str
    value: float
    timestamp: float | None = None


@app.post("/api/metrics")
def record(metric: Metric):
    with lock, db:
        db.execute(
            "INSERT INTO metrics(run_id, script_name, metric_type, value, timestamp)"
            " VALUES (?, ?, ?, ?, coalesce(?, (julianday('now') - 2440587.5) * 86400.0))",
            (metric.run_id, metric.script_name, metric.metric_type, metric.value, metric.timestamp),
        )
    return {"accepted": 1}


db.execute(
    "CREATE TABLE metrics(id INTEGER PRIMARY KEY, run_id TEXT, script_name TEXT, metric_type TEXT, value REAL, timestamp REAL)"
)
uvicorn.run(app, host="127.0.0.1", port=port, log_level="error", access_log=False)
