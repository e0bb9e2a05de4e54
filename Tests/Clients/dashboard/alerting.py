"""The scenario of alerts, with a stand-in for Slack on this machine."""

import contextlib
import http.server
import json
import re
import threading
import time

from selenium.webdriver.support.select import Select

FILE = """version: 1
rules:
  - {{name: {rule}, kind: threshold, metric: {metric}, window: 10m, above: 2, by: [script], severity: critical,
     annotations: {{summary: "{{{{ $labels.script }}}} broke {{{{ $value }}}} times"}}}}
receivers:
  - name: {receiver}
    slack: [{{url: "{hook}"}}]
route: {{receiver: {receiver}, group_by: [alertname], group_wait: 0s}}
"""


@contextlib.contextmanager
def slack(refusal=lambda: None):
    """Takes what incoming webhooks take, and refuses what they would; all of it while there is a refusal, a status and a text."""
    taken = []

    class Hook(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            message = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if refused := refusal():
                self.answer(*refused)
                return
            fits = self.path == "/hook" and isinstance(message.get("text"), str) and isinstance(message.get("blocks", []), list)
            taken.append(json.dumps(message) if fits else f"refused: {message}")
            self.answer(*((200, b"ok") if fits else (400, b"invalid_payload")))

        def answer(self, status, text):
            self.send_response(status)
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/hook", taken
    finally:
        server.shutdown()
        server.server_close()


@contextlib.contextmanager
def rule_file(browser):
    """The studio's file of alerts, to be written; afterwards it is as before."""
    file = browser.studio / "alerts.yaml"
    earlier = file.read_bytes()
    try:
        yield file
    finally:
        file.write_bytes(earlier)


def alerts(browser, ask, key):
    """A rule of the rule file fires of what is measured: Slack hears of it, it is on the overview, is acknowledged and silenced,
    and its receiver can be tried."""
    number = time.time_ns()
    rule, metric, script = f"Broken{number}", f"broken_{number}", f"upload-{number}.py"
    with rule_file(browser) as file, slack() as (hook, taken):
        file.write_text(FILE.format(rule=rule, metric=metric, hook=hook, receiver="ops"))
        browser.sign_in(key)
        browser.go("alerts")
        browser.wait("the rule", lambda: rule in browser.text() or browser.driver.refresh(), 60)
        # What it measures, and when it is too much.
        browser.says(f"sum of {metric} over 10m above 2, for each script")
        browser.go("")
        ask("POST", "/api/metrics", {"script_name": script, "metric_type": metric, "value": 3})
        care(browser, ask, rule, script, taken)


def refused(browser, ask, key):
    """What a receiver refused for good is shown as given up, with the reason, and sent again; a rule file with an error is told of
    with its line, while the rules of before hold."""
    # https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks, handling errors
    number, answers = time.time_ns(), [(404, b"channel_not_found")]
    rule, receiver = f"Quiet{number}", f"desk-{number}"
    with rule_file(browser) as file, slack(lambda: answers[0]) as (hook, taken):
        text = FILE.format(rule=rule, metric="quiet", hook=hook, receiver=receiver)
        file.write_text(text)
        browser.sign_in(key)
        browser.go("alerts")
        browser.wait("the rule", lambda: rule in browser.text() or browser.driver.refresh(), 60)

        def letter(*words):
            return next((e for e in browser.all("[data-delivery]") if receiver in e.text and all(word in e.text for word in words)), None)

        trial = lambda: browser.one(f"[data-trial='{receiver}'][aria-live=polite]").text
        browser.click(f"Send a test: {receiver}")
        browser.wait("what became of the test", lambda: re.match("The test was refused: .*404", trial()))
        row = browser.wait("the refusal", lambda: letter(f"Slack to {receiver}", "Given up", "404"), 60)
        assert not taken and not browser.accessibility(), (taken, browser.accessibility())
        # Alone, they are found among thousands.
        browser.choose(".choice", "Given up")
        states = lambda: {e.get_attribute("data-delivery") for e in browser.all("[data-delivery]")}
        browser.wait("the others to go", lambda: states() == {"dead"})
        row = browser.wait("the refusal", lambda: letter("Given up", "404"))
        answers[0] = None
        next(e for e in row.find_elements("tag name", "button") if e.text == "Send again").click()
        browser.says("The message is on its way again.")
        browser.wait("it to go", lambda: not letter("Given up"))
        browser.choose(".choice", "All")
        browser.wait("the delivery", lambda: letter("Delivered"), 60)
        assert len(taken) == 1 and "test" in taken[0].lower(), taken
        assert not letter("Send again")
        # Who is busy for a moment is asked again.
        answers[0] = (503, b"service_unavailable")
        browser.click(f"Send a test: {receiver}")
        browser.wait("the failure", lambda: re.search("503.*; it is tried again", trial()))
        answers[0] = None

        file.write_text(text.replace("kind: threshold", "kind: treshold"))
        place = f"alerts.yaml, line {1 + text[: text.index('kind: threshold')].count(chr(10))}:"
        failure = lambda: next((e.text for e in browser.all(".failure[role=alert]") if place in e.text), "")
        browser.wait("the error with its line", failure, 60)
        assert "kind must be one of" in failure() and "the rules of before hold" in failure(), failure()
        assert rule in browser.text() and not browser.accessibility(), browser.accessibility()
        browser.phone()
        assert browser.overflow() <= 0, browser.overflow()
        browser.desk()
        browser.go("")
        wrong = lambda words: next((m for e in browser.all(".health li") if (m := re.search(words, e.text))), None)
        browser.wait("the errors of the rules", lambda: wrong("^The rules of the alerts have errors"))
        browser.go("alerts")
        file.write_text(text)
        browser.wait("the end of it", lambda: not failure(), 60)
        browser.wait("the second attempt", lambda: len(taken) == 2, 60)

        # Whoever looks at the overview alone hears of what nobody was told of; a test is no such thing.
        given_up = lambda: json.loads(ask("GET", "/api/alerts/deliveries?limit=1"))["given_up"]
        earlier, answers[0] = given_up(), (404, b"channel_not_found")
        ask("POST", "/api/metrics", {"script_name": f"quiet-{number}.py", "metric_type": "quiet", "value": 3})
        browser.wait("the alert to be given up", lambda: given_up() == earlier + 1, 60)
        browser.go("")
        says = lambda: wrong(r"^(\d+) messages? (?:was|were) given up")
        browser.wait("what was given up", lambda: (said := says()) and int(said[1]) == given_up())
        assert not wrong("there is no receiver"), "there is one"


def care(browser, ask, rule, script, taken):
    """From the word on the overview to the test of the receiver."""
    words = f"{script} broke 3 times"
    browser.wait("Slack to hear of it", lambda: any(words in message for message in taken), 60)
    # It is named with its script.
    browser.wait("its name", lambda: any(f"{rule} in {script}" in e.text for e in browser.all(".health li")))
    links = lambda: next((e for e in browser.all(".health a") if "firing" in e.text), None)
    browser.wait("the way to what fires", links, 60).click()

    def item():
        return next((e for e in browser.all("[data-alert]") if words in e.text), None)

    def act(text):
        next(e for e in browser.wait("the alert", item).find_elements("tag name", "button") if e.text == text).click()

    def says(text):
        browser.wait(text, lambda: item() and text in item().text)

    says("Firing")
    says(rule)
    # Through what it went to whom, and all of what it said.
    sent = f"{rule} (critical): {words}"
    letters = lambda: [e for e in browser.all("[data-delivery=delivered]") if "Slack to ops" in e.text and sent in e.text]
    [letter] = browser.wait("what was sent", letters)
    assert re.search(r":\d\d:\d\d .*(UTC|GMT|[A-Z]{3,4})", letter.find_element("tag name", "time").get_attribute("title"))

    def standing():
        heading = browser.one("main h2").text
        return [int(re.search(rf"(\d+) {what}|$", heading).group(1) or 0) for what in ("firing", "of them handled")]

    def acknowledge(note=""):
        act("Acknowledge")
        browser.one("dialog[open] [name=note]").send_keys(note)
        assert not browser.accessibility(), browser.accessibility()
        browser.one("dialog[open] button[type=submit]").click()
        browser.wait("the dialog to close", lambda: not browser.all("dialog[open]"))

    firing, handled = browser.wait("how many fire", lambda: standing()[0] and standing())
    acknowledge("I look at the disk")
    browser.wait("who and why", lambda: item() and re.search("Acknowledged by owner .*: I look at the disk\n", item().text))
    browser.wait("one more to be handled", lambda: standing() == [firing, handled + 1])
    # The button is gone; who uses the keyboard goes on among the alerts.
    focused = lambda: browser.driver.switch_to.active_element.get_attribute("data-alert")
    browser.wait("the focus on an alert", focused)
    act("Unacknowledge")
    browser.wait("one less to be handled", lambda: standing() == [firing, handled])
    acknowledge()
    says("Acknowledged by owner")
    assert "I look" not in item().text, item().text
    assert "key_" not in browser.one("main").text
    # Those that the overview counts are the others.
    unhandled = lambda: json.loads(ask("GET", "/api/alerts?state=firing&unhandled=true&limit=1"))["total"]
    browser.wait("both to agree", lambda: standing()[0] - standing()[1] == unhandled())
    browser.phone()
    assert browser.overflow() <= 0 and not browser.accessibility(), (browser.overflow(), browser.accessibility())
    browser.desk()
    assert item().find_element("css selector", f"button[aria-label='Silence: {words}']").text == "Silence"
    act("Silence")
    Select(browser.one("dialog[open] select")).select_by_index(0)
    browser.one("[name=comment]").send_keys("The new disk comes tomorrow")
    browser.one("dialog button[type=submit]").click()
    browser.says("The alert is silenced.")
    says("Silenced by owner until ")
    says("The new disk comes tomorrow")
    silence = browser.wait("the silence", lambda: next((row for row in browser.all("[data-silence]") if script in row.text), None))
    assert "By owner · until " in silence.text, silence.text
    browser.phone()
    assert browser.overflow() <= 0 and not browser.accessibility(), (browser.overflow(), browser.accessibility())
    browser.desk()
    silence.find_element("tag name", "button").click()
    browser.says("The silence has ended.")
    browser.wait("its end", lambda: not any(script in row.text for row in browser.all("[data-silence]")))
    before = len(taken)
    browser.click("Send a test: ops")
    browser.says("The test has arrived.")
    assert any("test" in message.lower() for message in taken[before:]), taken
    assert not [message for message in taken if message.startswith("refused")], taken
