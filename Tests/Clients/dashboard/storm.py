"""The scenario of more alerts than anybody reads."""

import datetime
import json
import re
import time

# How often the page has asked for the alerts.
ASKED = "return performance.getEntriesByType('resource').filter(e => new URL(e.name).pathname === '/api/alerts').length"
# How much the answers held, in bytes.
SIZES = """return performance.getEntriesByType('resource').filter(e => new URL(e.name).pathname === '/api/alerts')
    .map(e => e.decodedBodySize)"""
# So many of each severity; of those without one nobody has said how bad they are.
SEVERITIES = {"critical": 120, "warning": 150, "info": 130, "": 100}
SHOWN = 200


def storm(browser, ask, key):
    """Five hundred alerts at once: the worst are shown, the rest are counted, the page asks no more often than before and can be
    used; the overview asks for little; what has ended is gone."""
    name = f"Storm{time.time_ns()}"
    alerts = [
        {"labels": {"alertname": name, "instance": f"{severity}-{number}", **({"severity": severity} if severity else {})}}
        for severity, count in reversed(SEVERITIES.items())
        for number in range(count)
    ]
    browser.sign_in(key)
    browser.go("alerts")
    browser.one("section.card")
    browser.settle()
    browser.driver.execute_script("""
        window.longest = 0;
        new PerformanceObserver(list => { window.longest = Math.max(window.longest, ...list.getEntries().map(e => e.duration)); })
            .observe({type: 'longtask'});
    """)
    began, before = time.monotonic(), browser.driver.execute_script(ASKED)
    for start in range(0, len(alerts), 10):
        ask("POST", "/api/v2/alerts", alerts[start : start + 10])

    def shown():
        return browser.driver.execute_script(
            "return [...document.querySelectorAll('[data-alert=' + arguments[0] + '] .labels')].map(e => e.textContent)", name
        )

    def severities():
        return [next((s for s in SEVERITIES if s and f"severity={s}" in labels), "") for labels in shown()]

    def number_open():
        return len(json.loads(ask("GET", "/api/alerts"))["alerts"])

    browser.wait("the rest to be counted", lambda: f"and {number_open() - SHOWN} more" in browser.text(), 60)
    asked, passed = browser.driver.execute_script(ASKED) - before, time.monotonic() - began
    assert asked <= passed / 2 + passed / 10 + 3, f"{asked} times in {passed} s"
    assert len(browser.all("[data-alert]")) == SHOWN
    assert severities() == sorted(severities(), key=list(SEVERITIES).index) and severities()[0] == "critical", severities()
    assert severities().count("critical") == SEVERITIES["critical"] and "info" not in severities()
    print(f"{asked} times asked in {passed:.1f} s, longest task {browser.driver.execute_script('return window.longest')} ms")
    # It can be used meanwhile.
    browser.one(f"[data-alert={name}] button:last-child").click()
    browser.one("dialog[open] [name=comment]")
    browser.click("Cancel")
    browser.wait("the dialog to close", lambda: not browser.all("dialog[open]"))
    browser.phone()
    assert browser.overflow() <= 0 and not browser.accessibility(), (browser.overflow(), browser.accessibility())
    browser.desk()

    # The overview names a few of them, the worst, and asks for no more than that.
    browser.driver.execute_script("performance.clearResourceTimings()")
    browser.go("")
    line = lambda: next((e.text for e in browser.all(".health li") if "alerts are firing" in e.text), "")
    browser.wait("the storm to be told of", lambda: re.search(rf"{name}.* and \d+ more", line()))
    sizes = browser.driver.execute_script(SIZES)
    assert sizes and max(sizes) < 5000, sizes
    browser.go("alerts")
    browser.wait("the list", shown)

    ended = (datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(seconds=1)).isoformat()
    for start in range(0, len(alerts), 100):
        ask("POST", "/api/v2/alerts", [{**alert, "endsAt": ended} for alert in alerts[start : start + 100]])
    browser.wait("their end", lambda: not shown(), 60)
    if number_open() == 0:
        browser.says("Nothing is firing")
