"""The scenario of alerts, with a stand-in for Slack on this machine."""

import contextlib
import http.server
import json
import threading
import time

from selenium.webdriver.support.select import Select

FILE = """version: 1
rules:
  - {{name: {rule}, kind: threshold, metric: {metric}, window: 10m, above: 2, by: [script], severity: critical,
     annotations: {{summary: "{{{{ $labels.script }}}} broke {{{{ $value }}}} times"}}}}
receivers:
  - name: ops
    slack: [{{url: "{hook}"}}]
route: {{receiver: ops, group_by: [alertname], group_wait: 0s}}
"""


@contextlib.contextmanager
def slack():
    """Takes what incoming webhooks take, and refuses what they would."""
    taken = []

    class Hook(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            message = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            fits = self.path == "/hook" and isinstance(message.get("text"), str) and isinstance(message.get("blocks", []), list)
            taken.append(json.dumps(message) if fits else f"refused: {message}")
            self.send_response(200 if fits else 400)
            self.end_headers()
            self.wfile.write(b"ok" if fits else b"invalid_payload")

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/hook", taken
    finally:
        server.shutdown()
        server.server_close()


def alerts(browser, ask, key):
    """A rule of the rule file fires of what is measured: Slack hears of it, it is on the overview, is acknowledged and silenced,
    and its receiver can be tried."""
    number = time.time_ns()
    rule, metric, script = f"Broken{number}", f"broken_{number}", f"upload-{number}.py"
    file = browser.studio / "alerts.yaml"
    earlier = file.read_bytes() if file.exists() else None
    with slack() as (hook, taken):
        try:
            file.write_text(FILE.format(rule=rule, metric=metric, hook=hook))
            browser.sign_in(key)
            browser.go("alerts")
            browser.wait("the rule", lambda: rule in browser.text() or browser.driver.refresh(), 60)
            browser.go("")
            ask("POST", "/api/metrics", {"script_name": script, "metric_type": metric, "value": 3})
            care(browser, script, taken)
        finally:
            if earlier is None:
                file.unlink()
            else:
                file.write_bytes(earlier)


def care(browser, script, taken):
    """From the word on the overview to the test of the receiver."""
    words = f"{script} broke 3 times"
    browser.wait("Slack to hear of it", lambda: any(words in message for message in taken), 60)
    links = lambda: next((e for e in browser.all(".health a") if "firing" in e.text), None)
    browser.wait("the way to what fires", links, 60).click()

    def item():
        return next((e for e in browser.all("[data-alert]") if words in e.text), None)

    def act(text):
        next(e for e in browser.wait("the alert", item).find_elements("tag name", "button") if e.text == text).click()

    def says(text):
        browser.wait(text, lambda: item() and text in item().text)

    says("Firing")
    browser.wait("what was sent", lambda: any("ops" in row.text and "Delivered" in row.text for row in browser.all("tbody tr")))
    act("Acknowledge")
    says("Acknowledged by owner (key_")
    browser.phone()
    assert browser.overflow() <= 0 and not browser.accessibility(), (browser.overflow(), browser.accessibility())
    browser.desk()
    act("Silence")
    Select(browser.one("dialog[open] select")).select_by_index(0)
    browser.one("[name=comment]").send_keys("The new disk comes tomorrow")
    browser.one("dialog button[type=submit]").click()
    browser.says("The alert is silenced.")
    says("Silenced")
    silence = browser.wait("the silence", lambda: next((row for row in browser.all("tbody tr") if script in row.text), None))
    assert "owner (key_" in silence.text, silence.text
    silence.find_element("tag name", "button").click()
    browser.says("The silence has ended.")
    browser.wait("its end", lambda: not any(script in row.text and "End now" in row.text for row in browser.all("tbody tr")))
    before = len(taken)
    browser.click("Send a test: ops")
    browser.says("is on its way.")
    browser.wait("the test to arrive", lambda: any("test" in message.lower() for message in taken[before:]))
    assert not [message for message in taken if message.startswith("refused")], taken
