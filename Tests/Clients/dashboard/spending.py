"""Scenarios of costs: what they are shown by, what the month's end is told from, and what alerts want somebody."""

import datetime
import json
import time

from overview import health_says, moment, tiles
from selenium.webdriver.support.select import Select


def guest(ask, costs):
    """A key of somebody new, of whom only these costs are known: by script, days ago, and with a model or none."""
    owner = f"ann{time.time_ns()}"
    key = json.loads(ask("POST", "/keys", {"name": "guest", "owner": owner}))["key"]
    told(ask, owner, costs)
    return owner, key


def told(ask, owner, costs):
    rows = []
    for script, days, value, model in costs:
        row = {"script_name": script, "metric_type": "cost_dollars", "value": value, "owner": owner, "timestamp": moment(days)}
        rows.append({**row, "labels": {"model": model}} if model else row)
    ask("POST", "/api/metrics", rows)


def basis(browser):
    """What the month's end is told from."""
    return next((e.text.split("\n")[-1] for e in browser.all(".tile") if "By the end of the month" in e.text), "")


def spending(browser, ask, key):
    """Costs are shown by what tells something: by script where no model was paid for, by model where one was. The month's end is
    told from whole days, and the page says which; until there is one, that there is too little."""
    owner, own = guest(ask, [("cut.sh", 0, 3, None), ("mail.sh", 0, 1, None), ("cut.sh", 0, 0.5, "m")])
    browser.sign_in(own)
    browser.go("costs")
    by = lambda: Select(browser.one("section .tools select")).first_selected_option.text
    rows = lambda: [e.text.split() for e in browser.all(".table-frame tbody tr")]
    browser.wait("the scripts", lambda: by() == "Script" and [row[0] for row in rows()] == ["cut.sh", "mail.sh"])
    browser.wait("too little", lambda: basis(browser) == "Too little to project from: no whole day yet")
    assert tiles(browser) == {"This month so far": "$4.50", "By the end of the month": "–"}, tiles(browser)
    assert not browser.accessibility(), browser.accessibility()

    told(ask, owner, [("cut.sh", 2, 6, None)])
    browser.wait("two days", lambda: basis(browser) == "From the 2 days before today alone")
    month = lambda: json.loads(ask("GET", "/api/costs", token=own))["month"]["projected"]
    shown = lambda: float(tiles(browser)["By the end of the month"].lstrip("$").replace(",", ""))
    # The page and this ask at two moments.
    browser.wait("the month's end", lambda: abs(shown() - month()) <= 0.02)
    assert month() >= 4.5, month()
    told(ask, owner, [("cut.sh", 20, 6, None)])
    browser.wait("weeks", lambda: basis(browser) == "Each day left as its weekday was in the last 20 days")
    # What was chosen stays; what names no model leads to the scripts that it is of, and they to their pages.
    Select(browser.one("section .tools select")).select_by_visible_text("Model")
    browser.wait("the models", lambda: [row[0] for row in rows()] == ["(no", "m"])
    browser.click("(no model given)")
    browser.wait("the scripts again", lambda: by() == "Script" and "mail.sh" in browser.text())
    browser.click("mail.sh")
    browser.says("All measurements")
    browser.click("Sign out")

    browser.sign_in(guest(ask, [("cut.sh", 1, 3, None), ("llm", 1, 4, "gpt-x")])[1])
    browser.go("costs")
    browser.wait("the models", lambda: by() == "Model" and [row[0] for row in rows()] == ["gpt-x", "(no"])
    browser.wait("one day", lambda: basis(browser) == "From the one day before today alone")


def handled(browser, ask, key):
    """The overview counts the alerts that the page of alerts lists: those that want somebody, and those that somebody has seen to."""
    number = time.time_ns()
    names = [f"Open{number}", f"Seen{number}", f"Quiet{number}"]
    ends = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=1)
    alerts = [{"labels": {"alertname": name, "severity": "critical"}, "endsAt": ends.isoformat()} for name in names]
    ask("POST", "/api/v2/alerts", alerts)

    def firing():
        """The number of those that fire, the number of those that want somebody, and the alerts of this scenario."""
        found = json.loads(ask("GET", "/api/alerts?state=firing"))["alerts"]
        open_ones = json.loads(ask("GET", "/api/alerts?state=firing&unhandled=true&limit=1"))["total"]
        return len(found), open_ones, {one["name"]: one for one in found if one["name"] in names}

    browser.sign_in(key)
    seen = browser.wait("the alerts", lambda: len(firing()[2]) == 3 and firing()[2])[names[1]]
    ask("POST", f"/api/alerts/{seen['fingerprint']}/acknowledge", {"by": "ann"})
    matchers = [{"name": "alertname", "value": names[2], "isRegex": False, "isEqual": True}]
    silence = {"matchers": matchers, "startsAt": moment(0), "endsAt": ends.isoformat(), "createdBy": "ann", "comment": "known"}
    ask("POST", "/api/alerts/silences", silence)
    browser.driver.refresh()

    def words():
        all_of_them, open_ones, _ = firing()
        return f"{open_ones} {'alert is' if open_ones == 1 else 'alerts are'} firing, {all_of_them - open_ones} more handled"

    browser.wait("both numbers", lambda: any(words() in e.text for e in browser.all(".health li")))
    assert firing()[0] - firing()[1] >= 2
    browser.one(".health a").click()
    browser.wait("as many", lambda: len([e for e in browser.all("[data-alert]") if "Firing" in e.text]) == min(firing()[0], 200))

    # Where nobody is wanted any more, they are not forgotten.
    for alert in json.loads(ask("GET", "/api/alerts?state=firing"))["alerts"]:
        ask("POST", f"/api/alerts/{alert['fingerprint']}/acknowledge", {"by": "ann"})
    browser.go("")
    health_says(browser, "handled, none open")
    assert not any("firing" in e.text for e in browser.all(".health li")) and not browser.accessibility(), browser.accessibility()
    ended = moment(1 / 86_400)
    ask("POST", "/api/v2/alerts", [{**alert, "endsAt": ended} for alert in alerts])


def elsewhere(browser, ask, key):
    """Whoever is elsewhere is told in which time zone a time is meant, and that days are those of UTC."""
    number = time.time_ns()
    script, identifier = f"zone-{number}.py", f"run-{number}"
    run = {"id": identifier, "script_name": script, "timestamp": moment(1 / 1440), "ended": moment(1 / 2880)}
    ask("POST", "/api/runs", {**run, "status": "failed", "error": "the disk is full"})
    browser.driver.execute_cdp_cmd("Emulation.setTimezoneOverride", {"timezoneId": "Asia/Tokyo"})
    try:
        browser.sign_in(key)
        browser.says("What ran in the last 24 hours, in GMT+9")
        browser.says("Trends by day (UTC)")
        browser.says("Today (UTC)")
        browser.wait("what failed", lambda: any(script in e.text and "1 failed" in e.text for e in browser.all(".lanes li")))
        begun = datetime.datetime.fromisoformat(run["timestamp"]) + datetime.timedelta(hours=9)
        browser.go(f"scripts/{script}")
        text, exact = (f"{begun:%b} {begun.day}, {begun:%Y, %H:%M}{seconds} GMT+9" for seconds in ("", f"{begun::%S}"))
        browser.wait("its beginning", lambda: any(e.get_attribute("title") == exact for e in browser.all("tbody time")))
        browser.click(identifier)
        browser.says("the disk is full")
        assert text in browser.one("dialog[open]").text, browser.one("dialog[open]").text
    finally:
        browser.driver.execute_cdp_cmd("Emulation.setTimezoneOverride", {"timezoneId": ""})
