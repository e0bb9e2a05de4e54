"""Gives a studio a past, so that every page has something to show: a month of measurements, runs of a day, pipelines that run, jobs
of audio and video, alerts and a silence, people, keys, a webhook and a budget. Then `pictures.py` takes pictures of the pages.

usage: history.py <url> <key> <recording or video…>
"""

import datetime
import json
import math
import random
import sys
import urllib.request

url, key, recordings = sys.argv[1], sys.argv[2], sys.argv[3:]
now = datetime.datetime.now(datetime.timezone.utc)
chance = random.Random(7)
VIDEO = [("/video/sheet", {}), ("/video/scenes", {"formats": "json,csv"})]
AUDIO = [
    ("/audio/loudness", {}),
    ("/audio/normalize", {"preset": "podcast"}),
    ("/audio/convert", {"format": "mp3"}),
    ("/audio/probe", {}),
]


def ask(method, path, body=None, **headers):
    data = body if isinstance(body, bytes) else json.dumps(body).encode() if body is not None else None
    fields = {"Authorization": f"Bearer {key}", "Content-Type": "application/json", **headers}
    with urllib.request.urlopen(urllib.request.Request(url + path, data, fields, method=method), timeout=60) as answer:
        text = answer.read()
        return json.loads(text) if text else None


def moment(time):
    return time.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def metrics(rows):
    for start in range(0, len(rows), 500):
        ask("POST", "/api/metrics", rows[start : start + 500])


def month():
    """Thirty-five days with a weekly rhythm, a rise, and one day that does not fit."""
    models = {"claude-haiku-4.5": 0.004, "gpt-5-mini": 0.002, "smollm2-135m": 0.0}
    for days in range(35, -1, -1):
        rows, day = [], now - datetime.timedelta(days=days, minutes=5)
        weekday = 0.45 if day.weekday() >= 5 else 1
        for script, rate in {"audio.normalize": 22, "audio.transcribe": 9, "nightly-captions": 6, "upload.py": 12}.items():
            odd = 3 if days == 4 and script == "upload.py" else 1
            count = round(rate * weekday * (1 + (35 - days) / 60) * chance.uniform(0.8, 1.2) * odd)
            for number in range(count):
                base = {"script_name": script, "timestamp": moment(day - datetime.timedelta(minutes=number * 3)),
                        "run_id": f"{script}-{days}-{number}"}  # fmt: skip
                if script.startswith("audio."):
                    seconds = chance.lognormvariate(1.6, 0.5)
                    values = {"jobs": 1, "processing_seconds": seconds, "media_seconds": seconds * chance.uniform(25, 40),
                              "cpu_seconds": seconds * 1.4, "waiting_seconds": chance.uniform(0.01, 0.3)}  # fmt: skip
                    if chance.random() < 0.03:
                        values["jobs_failed"] = values["errors"] = 1
                else:
                    values = {"videos_processed": 1, "captions_generated": chance.choice([0, 1]),
                              "processing_seconds": chance.lognormvariate(2.2, 0.6)}  # fmt: skip
                    if script == "upload.py":
                        values["cost_dollars"] = chance.uniform(0.05, 0.2)
                    if chance.random() < 0.05:
                        values["errors"] = 1
                rows += [{**base, "metric_type": kind, "value": value} for kind, value in values.items()]
        for number in range(round(30 * weekday * (1 + math.sin(days / 5) / 3))):
            model = chance.choice(list(models))
            labels = {"model": model, "user": chance.choice(["ana", "ben", "owner"]), "channel": chance.choice(["news", "sport"])}
            time = moment(day - datetime.timedelta(minutes=number))
            base = {"script_name": "llm", "timestamp": time, "run_id": f"call-{days}-{number}", "labels": labels}
            values = {"llm_calls": 1, "cost_dollars": models[model] * chance.uniform(0.5, 3), "llm_seconds": chance.uniform(0.4, 3)}
            rows += [{**base, "metric_type": kind, "value": value} for kind, value in values.items()]
        metrics(rows)


def day():
    """Runs of the last day, one of them still going."""
    runs = []
    for script, count, minutes in (("nightly-captions", 5, 24), ("upload.py", 9, 6), ("backup", 2, 70), ("render-shorts", 6, 15)):
        for number in range(count):
            begin = now - datetime.timedelta(hours=23 - number * 22 / count, minutes=chance.uniform(0, 40))
            end = begin + datetime.timedelta(minutes=minutes * chance.uniform(0.6, 1.4))
            run = {"id": f"{script}-{number}", "script_name": script, "timestamp": moment(begin)}
            failed = chance.random() < 0.12
            if end >= now:
                runs.append({**run, "status": "running"})
                continue
            runs.append({**run, "ended": moment(end), "status": "failed" if failed else "succeeded",
                         **({"error": "the remote side closed the connection"} if failed else {})})  # fmt: skip
    ask("POST", "/api/runs", runs)
    nightly = {"status": "running", "step": "Transcribing talk 7 of 12", "progress": 0.58, "pid": 4711}
    ask("PUT", "/api/pipelines/nightly-captions", nightly)
    ask("PUT", "/api/pipelines/render-shorts", {"status": "succeeded", "step": "Done", "progress": 1})
    ask("PUT", "/api/pipelines/backup", {"status": "failed", "step": "Copying to the archive"})


def jobs():
    for path in recordings:
        name = path.rsplit("/", 1)[-1]
        with open(path, "rb") as recording:
            headers = {"Content-Type": "application/octet-stream", "Content-Disposition": f'attachment; filename="{name}"'}
            file = ask("POST", "/files", recording.read(), **headers)["id"]
        for operation, parameters in VIDEO if name.endswith((".mp4", ".mkv")) else AUDIO:
            ask("POST", operation, {"input": file, "parameters": parameters}, Prefer="wait=20")


def alerts():
    """What fires for the next hours, and what keeps quiet."""
    ends = moment(now + datetime.timedelta(hours=6))
    for name, severity, instance, summary in [
        ("DiskNearlyFull", "critical", "farm-3", "The disk of farm-3 is full to 94 per cent"),
        ("BackupLate", "warning", "archive", "The backup has not run since yesterday"),
        ("CertificateEnds", "info", "studio", "The certificate ends in 20 days"),
    ]:
        labels = {"alertname": name, "severity": severity, "instance": instance}
        ask("POST", "/api/v2/alerts", [{"labels": labels, "annotations": {"summary": summary}, "endsAt": ends}])
    matchers = [{"name": "alertname", "value": "BackupLate", "isRegex": False, "isEqual": True}]
    ask("POST", "/api/alerts/silences", {"matchers": matchers, "startsAt": moment(now), "endsAt": ends, "createdBy": "ana",
                                         "comment": "The archive moves until tonight"})  # fmt: skip


def people():
    for name in ("ana", "ben"):
        person = {"name": name, "email": f"{name}-{now:%H%M%S}@example.org", "password": "correct horse battery"}
        ask("POST", "/users", person)
    for name in ("laptop", "nightly captions"):
        ask("POST", "/keys", {"name": name, "scopes": ["files:read", "files:write", "audio:run", "analytics:read"]})
    ask("POST", "/webhooks", {"url": "https://example.org/hooks", "types": ["job.*"]})
    ask("PUT", "/gateway/budgets/guests", {"scope": "key", "period": "month", "limit": "25", "at_limit": "stop"})


month()
day()
jobs()
alerts()
people()
