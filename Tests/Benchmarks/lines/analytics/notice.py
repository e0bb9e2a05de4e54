"""How soon Slack is told: from publishing the measurement that crosses a rule's limit to the request that says so."""

import http.server
import json
import queue
import statistics
import threading
import time

from lines.analytics.publisher import Publisher
from table import information, limit

ROUNDS, LIMIT = 20, 2

FILE = """version: 1
rules:
  - {{name: Broken, kind: threshold, metric: broken, window: 10m, above: 2, by: [script]}}
receivers:
  - {{name: ops, slack: [{{url: "http://127.0.0.1:{port}/hook"}}]}}
route: {{receiver: ops, group_by: [script], group_wait: 0s}}
"""


class Hook(http.server.BaseHTTPRequestHandler):
    """An incoming webhook that takes everything."""

    arrivals = queue.Queue()

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.arrivals.put((time.monotonic(), body))
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *_):
        pass


def run_lines(bench):
    studio = bench.studio()
    slack = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    threading.Thread(target=slack.serve_forever, daemon=True).start()
    (studio.folder / "alerts.yaml").write_text(FILE.format(port=slack.server_port))
    service = studio.service("alerting")
    while [rule["name"] for rule in json.loads(service.request("GET", "/api/alerts/rules"))["rules"]] != ["Broken"]:
        time.sleep(0.1)
    publisher, delays = Publisher(studio), []
    for number in range(ROUNDS):
        script = f"upload-{number}.py"
        event = {"script_name": script, "metric_type": "broken", "value": 3}
        # Rounds of judging are a second apart: each measurement falls into another part of one.
        time.sleep(0.05 * number % 1)
        began = time.monotonic()
        publisher.publish(f"notice-{number}", json.dumps(event).encode())
        publisher.take()
        arrived, body = Hook.arrivals.get(timeout=30)
        if script not in body.decode():
            raise RuntimeError(f"Slack was told of something else: {body[:500]}")
        delays.append(arrived - began)
    publisher.close()
    slack.shutdown()
    (studio.folder / "alerts.yaml").write_text("version: 1\n")
    return [
        limit("from a measurement that crosses a limit to the request to Slack, worst of 20", max(delays), LIMIT, "s"),
        information("the same: median", statistics.median(delays), "s"),
    ]
