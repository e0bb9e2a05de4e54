"""Scenarios of the overview: what it says is wrong."""

import datetime
import json
import os
import signal


def moment(days):
    """A moment of the day so many days ago."""
    time = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=days)
    return time.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def health_says(browser, text):
    """What the line of what is wrong says."""
    return browser.wait(text, lambda: any(text in line.text for line in browser.all(".health")))


def unusual(browser, ask, key):
    """A day that does not fit its weeks is told of, and only that one."""
    browser.sign_in(key)
    browser.one(".health")
    rows = [
        {"script_name": "nightly.py", "metric_type": "llm_calls", "value": (1000 if days == 3 else 100) + days % 3, "timestamp": moment(days)}
        for days in range(1, 29)
    ]  # fmt: skip
    ask("POST", "/api/metrics", rows)
    browser.driver.refresh()
    health_says(browser, "1 unusual day this week")


def blind(browser, ask, key):
    """What could not be asked for is not called well: with a key that may not see alerts, and while nobody answers for them."""
    guest = json.loads(ask("POST", "/keys", {"name": "guest", "owner": "ann"}))["key"]
    browser.sign_in(guest)
    health_says(browser, "Alerts: not with this key")
    assert "All is well" not in browser.text()
    browser.click("Sign out")
    browser.one("input[name=key]")
    os.kill(int((browser.studio / "run/alerting.pid").read_text().split()[0]), signal.SIGKILL)
    browser.sign_in(key)
    health_says(browser, "Alerts: no answer")
    assert "All is well" not in browser.text() and not browser.accessibility(), browser.accessibility()
