"""Scenarios of figures: what is wrong, what pipelines do, what things cost, and whether what was measured is sound."""

import contextlib
import csv
import datetime
import json
import os
import signal
import sqlite3
import time

from selenium.webdriver.common.by import By
from selenium.webdriver.support.select import Select


def moment(days):
    """A moment of the day so many days ago."""
    then = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=days)
    return then.isoformat(timespec="milliseconds").replace("+00:00", "Z")


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
    [day] = [f"{then:%b} {then.day}" for then in [datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=3)]]
    health_says(browser, f"1 unusual day this week: Calls of models on {day}")


def blind(browser, ask, key):
    """What could not be asked for is not called well: with a key that may not see alerts, and while nobody answers for them. Whoever
    only sends measurements sees those, and not empty figures of jobs."""
    owner = f"ann{time.time_ns()}"
    guest = json.loads(ask("POST", "/keys", {"name": "guest", "owner": owner}))["key"]
    row = {"script_name": "cut.sh", "owner": owner, "value": 2}
    ask("POST", "/api/metrics", [{**row, "metric_type": kind} for kind in ("cost_dollars", "videos_processed")])
    browser.sign_in(guest)
    health_says(browser, "Alerts: this key lacks the scope alerting:read")
    browser.one("canvas[aria-label='Cost per day']")
    assert len(browser.all("[data-kpi]")) == 8 and "$2.00" in browser.one("[data-kpi=cost]").text
    browser.one("[data-kpi=videos_processed]")
    assert [e.text.split() for e in browser.all(".top-scripts tbody tr")] == [["cut.sh", "2", "–", "$2.00"]]
    assert "All is well" not in browser.text() and "Nobody is told" not in browser.text()
    browser.click("Sign out")
    browser.one("input[name=key]")
    os.kill(int((browser.studio / "run/alerting.pid").read_text().split()[0]), signal.SIGKILL)
    browser.sign_in(key)
    health_says(browser, "Alerts: no answer")
    assert "All is well" not in browser.text() and not browser.accessibility(), browser.accessibility()
    browser.go("alerts")
    browser.says("The alerting service is not reachable")
    browser.go("settings")
    words = {"Web server": "Ready", "Gateway": "Ready", "Audio": "Ready", "Analytics": "Ready", "Alerting": "Not ready"}
    names = "return [...document.querySelectorAll('tbody tr')].map(row => [...row.cells].slice(0, 2).map(cell => cell.innerText.trim()))"
    states = lambda: {name: state for name, state in browser.driver.execute_script(names) if name in words}
    browser.wait("which part is not ready", lambda: states() == words)
    assert not browser.accessibility(), browser.accessibility()
    # Without the gateway nothing is answered, whoever is there to answer it.
    os.kill(int((browser.studio / "run/gateway.pid").read_text().split()[0]), signal.SIGKILL)
    browser.go("costs")
    browser.says("The studio does not answer")
    assert "goes on working" not in browser.text()


def pipelines(browser, ask, key):
    """A pipeline shows since when and in which process it runs, that nothing is heard of it, and that it is gone."""
    name = f"nightly-{time.time_ns()}"
    browser.sign_in(key)
    browser.one(".connection[data-state=live]")
    ask("PUT", f"/api/pipelines/{name}", {"status": "running", "step": "Cutting", "progress": 0.4, "pid": 4711, "host": "farm-3"})

    def item():
        return next((e.text for e in browser.all(f"[data-pipeline={name}]")), "")

    browser.wait("its process", lambda: "Process 4711 on farm-3" in item() and "since " in item())
    assert "No word for long" not in item() and not browser.accessibility(), browser.accessibility()
    # Its process was killed an hour ago.
    with contextlib.closing(sqlite3.connect(browser.studio / "analytics/analytics.sqlite", timeout=30)) as store, store:
        changed = store.execute(
            "UPDATE pipeline SET state = json_set(state, '$.updated', ?) WHERE name = ?", (moment(1 / 24), name)
        ).rowcount
    assert changed == 1
    browser.driver.refresh()
    browser.wait("its silence", lambda: "No word for long" in item())
    health_says(browser, f"1 pipeline has gone silent: {name}")
    assert not browser.accessibility(), browser.accessibility()
    ask("DELETE", f"/api/pipelines/{name}")
    browser.wait("it to go", lambda: not item())


def quality(browser, ask, key):
    """What is wrong with the measurements stands under the scripts."""
    browser.sign_in(key)
    exact = moment(0.001)[:-4] + "7Z"
    row = {"script_name": "clock.py", "metric_type": "processing_seconds", "timestamp": exact}
    ask("POST", "/api/metrics", [{**row, "value": -3}, {**row, "value": 2}, {**row, "value": 2}])
    # In one second many things may be equal.
    ask("POST", "/api/metrics", [{**row, "script_name": "steps.py", "timestamp": exact[:19] + "Z", "value": 2}] * 2)
    browser.go("scripts")
    for words in (("Impossible value", "as low as -3"), ("Perhaps sent twice", "2 times in the same millisecond")):
        browser.wait(
            words[0], lambda words=words: any("clock.py" in row.text and all(w in row.text for w in words) for row in browser.all("tr"))
        )
    assert not any("steps.py" in row.text and "sent twice" in row.text for row in browser.all("tr"))
    assert not browser.accessibility(), browser.accessibility()
    browser.phone(320)
    assert browser.overflow() <= 0, browser.overflow()
    browser.desk()


def tiles(browser):
    """What the tiles of the costs say, in dollars."""
    values = {e.find_element(By.CLASS_NAME, "tile-title").text: e.find_element(By.CLASS_NAME, "tile-value").text
              for e in browser.all(".tiles.plain .tile")}  # fmt: skip
    return {name: values.get(name) for name in ("This month so far", "By the end of the month")}


def projection(ask):
    """What the analytics say of the month, as the page writes it."""
    month = json.loads(ask("GET", "/api/costs?days=30&by=model"))["month"]
    assert month["spent"] >= 12.34 and (month["projected"] or month["spent"]) >= month["spent"], month
    expected = "–" if month["projected"] is None else f"${month['projected']:,.2f}"
    return {"This month so far": f"${month['spent']:,.2f}", "By the end of the month": expected}


def figures(browser, ask, key):
    """What an estimate and a trend say is what was measured; a budget is made and ended; what is exported is a file."""
    script = f"estimate-{time.time_ns()}"
    row = {"script_name": script, "run_id": "e"}
    values = {"media_seconds": 100, "cpu_seconds": 50}
    ask("POST", "/api/metrics", [{**row, "metric_type": kind, "value": value} for kind, value in values.items()])
    browser.sign_in(key)

    def field(label):
        return browser.driver.find_element(By.ID, browser.button(label).get_attribute("for"))

    def outcome():
        return browser.one(".estimate .outcome strong").text

    Select(field("Operation")).select_by_visible_text(script)
    browser.wait("half an hour for an hour", lambda: outcome() == "30 min 0 s")
    minutes = field("Minutes of media")
    minutes.clear()
    minutes.send_keys("10")
    browser.wait("five minutes for ten", lambda: outcome() == "5 min 0 s")
    browser.click("Language model")
    [priced] = [m for m in json.loads(ask("GET", "/llm/models"))["models"] if m["id"] == "gpt-5-mini"]
    Select(field("Model")).select_by_value("gpt-5-mini")
    price = (100 * (1000 * priced["price"]["input_per_million"] + 500 * priced["price"]["output_per_million"])) / 1e6
    assert price > 0
    browser.wait("its price", lambda: abs(float(outcome().lstrip("$").replace(",", "")) - price) < 0.006)

    def trend():
        cells = browser.driver.execute_script(
            "return [...document.querySelectorAll('figure.trend td')].map(cell => cell.textContent)"
        )
        return [float(cell.replace(",", "")) for cell in cells]

    def today():
        return next(reversed(trend()), None)

    Select(browser.one("section.wide .tools select")).select_by_visible_text("Calls of models")
    browser.wait("the trend", lambda: browser.all("canvas[aria-label='Calls of models per day']") and today() is not None)
    before = today()
    ask("POST", "/api/metrics", {**row, "metric_type": "llm_calls", "value": 5})
    browser.wait("the trend to follow", lambda: today() == before + 5)

    def days():
        chosen = browser.all(":is(.page-tools, section.wide) .choice input:checked")
        return [e.get_attribute("value") for e in chosen]

    month = trend()
    assert len(month) == 30, month
    browser.choose("section.wide .choice", "7 days")
    browser.wait("the week", lambda: trend() == month[-7:])
    # The page has another choice of days, which stays.
    assert days() == ["7", "7"], days()
    browser.choose(".page-tools .choice", "30 days")
    browser.wait("both choices", lambda: days() == ["30", "7"])
    assert trend() == month[-7:]

    browser.go("costs")
    ask("POST", "/api/metrics", {**row, "metric_type": "cost_dollars", "value": 12.34})
    browser.wait("the month's end", lambda: tiles(browser) == projection(ask))
    Select(browser.one("section .tools select")).select_by_visible_text("Model")
    # The groups are all of it: what names no model, such as this, is told too, and is no call.
    total = json.loads(ask("GET", "/api/costs?days=30&by=model"))["calls"]
    counts = lambda: [int(cell.text.replace(",", "")) for cell in browser.all("tbody tr td:nth-child(2)") if cell.text.strip("–")]
    browser.wait("every call", lambda: "(no model given)" in browser.text() and sum(counts()) == total)
    Select(browser.one("section .tools select")).select_by_visible_text("Script")
    told = lambda: next((e.text.split() for e in browser.all("tbody tr") if e.text.startswith(script)), [])
    # The five calls that this script told of, and its cost.
    browser.wait("what the script paid", lambda: told()[1:3] == ["5", "$12.34"])
    paid = f"paid-{time.time_ns()}"
    ask("POST", "/api/metrics", {"script_name": paid, "metric_type": "cost_dollars", "value": 0.5})
    other = lambda: next((e.text.split() for e in browser.all("tbody tr") if e.text.startswith(paid)), [])
    browser.wait("what was paid without a call", lambda: other()[1:3] == ["–", "$0.50"])

    browser.go("settings")
    name = f"guests-{time.time_ns()}"
    browser.click("New budget")
    browser.one("[name=id]").send_keys(name)
    browser.one("[name=limit]").send_keys("25.5")
    browser.click("Set the budget")
    browser.says("The budget holds from now on.")
    browser.wait("the budget", lambda: any(name in row.text and "$25.50" in row.text for row in browser.all("tr")))
    browser.wait("what of it is used up", lambda: "Spent $0.00 / $25.50" in browser.text())
    assert not browser.accessibility(), browser.accessibility()
    [made] = [b for b in json.loads(ask("GET", "/gateway/budgets"))["budgets"] if b["id"] == name]
    assert float(made["limit"]) == 25.5 and made["period"] == "month", made
    browser.click(f"Remove: {name}")
    browser.one("dialog[open] .danger").click()
    browser.says("The budget is gone.")
    browser.wait("its end", lambda: not any(name in row.text for row in browser.all("tr")))
    assert not [b for b in json.loads(ask("GET", "/gateway/budgets"))["budgets"] if b["id"] == name]

    browser.click("Daily sums")
    kept = browser.wait("the export", lambda: next((path for path in browser.downloads.glob("days-*.csv") if path.stat().st_size), None))
    with open(kept, newline="") as table:
        sums = {line["metric_type"]: line["sum"] for line in csv.DictReader(table) if line["script_name"] == script}
    assert sums == {"media_seconds": "100", "cpu_seconds": "50", "llm_calls": "5", "cost_dollars": "12.34"}, sums
