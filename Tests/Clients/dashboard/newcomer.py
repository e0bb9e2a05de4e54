"""The scenario of somebody new: every page before there is anything, while it is being loaded and when nothing answers; the first
figures with their change; and how the page looks."""

import json
import time

from overview import moment

SCOPES = [
    "files:read", "files:write", "audio:run", "video:run", "analytics:read", "analytics:write", "llm", "keys:manage",
    "webhooks:manage", "alerting:read",
]  # fmt: skip
PIPELINES = "No pipeline has reported"
# What each page says before there is anything.
NOTHING = {
    "": [
        "No script has measured anything", PIPELINES, "Nothing ran in the last 24 hours",
        "Nothing has run in the last 30 days that could be estimated from.",
        "Nobody is told of alerts: there is no receiver. Name one in alerts.yaml.",
    ],
    "overview/jobs": ["Jobs ended: 0", "Nothing here yet"],
    "jobs": ["No jobs yet"],
    "jobs/new": ["Nothing was uploaded yet"],
    "scripts": ["No script has measured anything", "Nothing is missing, sent twice, impossible or refused"],
    "scripts/audio.normalize": ["Nothing was measured in this period", "No errors in this period", "No runs in this period"],
    "costs": ["Nothing has cost anything", "Too little to project from: no whole day yet"],
    "alerts": ["Nothing is firing", "Nothing is silenced"],
    "access": ["No webhooks"],
    "settings": ["No budgets"],
}  # fmt: skip
# Measurements of this week and of the one before, and what the tile of the figure says of them: its value, its change, and whether
# that is good.
CHANGES = {
    "jobs": ("jobs", 3, 2, "3", "+50% 2 before", "change"),
    "errors": ("errors", 3, 4, "3", "-25% 4 before", "change good"),
    "cost": ("cost_dollars", 3, 2, "$3.00", "+50% $2.00 before", "change bad"),
    "llm_calls": ("llm_calls", 5, 5, "5", "0% 5 before", "change"),
    "cpu_hours": ("cpu_seconds", 90, 0, "1 min 30 s", "nothing to compare with", None),
    "media_hours": ("media_seconds", 7200, 0, "2 h", "nothing to compare with", None),
}
LINE = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}


def newcomer(browser, ask, key):
    """Somebody new is told on every page that there is nothing yet, but not before that is known: while it is loaded the page says so,
    and where nothing answers it says that. What they measure first is compared with the week before; the dark look stays."""
    owner = f"ann{time.time_ns()}"
    own = json.loads(ask("POST", "/keys", {"name": "guest", "owner": owner, "scopes": SCOPES}))["key"]
    browser.sign_in(own)
    for place, words in NOTHING.items():
        if place == "alerts":
            quiet(browser, ask)
            continue
        browser.go(place)
        for text in words:
            browser.says(text)
    waits(browser)
    breaks(browser)
    changes(browser, ask, owner)
    looks(browser)


def quiet(browser, ask):
    """The page of alerts, which are everybody's, calls empty what is empty, and nothing else."""
    no_alerts, no_silences = NOTHING["alerts"]
    name = f"First{time.time_ns()}"
    alert = {"labels": {"alertname": name}, "endsAt": moment(-1 / 24)}
    matchers = [{"name": "alertname", "value": name, "isRegex": False, "isEqual": True}]
    silence = {"matchers": matchers, "startsAt": moment(0), "endsAt": alert["endsAt"], "createdBy": "ann", "comment": "known"}
    ask("POST", "/api/v2/alerts", [alert])
    ask("POST", "/api/alerts/silences", silence)
    browser.go("alerts")
    browser.one(f"[data-alert={name}]")
    browser.one("[data-silence]")
    assert no_alerts not in browser.text() and no_silences not in browser.text(), browser.text()
    ask("POST", "/api/v2/alerts", [{**alert, "endsAt": moment(0)}])
    # Also those that others have left behind; ended, they stay in the record.
    for one in json.loads(ask("GET", "/api/alerts/silences"))["silences"]:
        ask("DELETE", f"/api/alerts/silences/{one['id']}")
    browser.driver.refresh()
    browser.says(no_silences)
    # What fires besides may begin and end at any moment.
    fires = lambda: json.loads(ask("GET", "/api/alerts?limit=1"))["total"] > 0
    browser.wait("the page to say whether anything fires", lambda: fires() != (no_alerts in browser.text()))


def line(browser, **state):
    browser.driver.execute_cdp_cmd("Network.emulateNetworkConditions", {**LINE, **state})


def turned(browser, place, words, known=None):
    """Goes to a page, whether or not it can be loaded, until it says this much; it may not call empty what nobody knows yet."""
    browser.driver.execute_script("location.hash = '#/nowhere'")
    browser.wait("another page", lambda: browser.one("h1").text == "There is no such page")
    browser.driver.execute_script("location.hash = arguments[0]", "#/" + place)
    browser.says(words)
    early = [text for text in NOTHING[place] if text != known and text in browser.text()]
    assert not early and not browser.accessibility(), (place, early, browser.accessibility())


def waits(browser):
    """No answer comes for a minute, and the stream of the pipelines none at all."""
    browser.go("")
    browser.driver.execute_cdp_cmd("Network.setBlockedURLs", {"urls": ["*/api/pipelines/events"]})
    browser.driver.refresh()
    browser.one(".connection[data-state=waiting]")
    browser.wait("all but the pipelines", lambda: len(browser.all(".loading")) == 1)
    assert "All is well" not in browser.text() and PIPELINES not in browser.text(), browser.text()
    line(browser, latency=600_000)
    for place in NOTHING:
        turned(browser, place, "Loading…")
    line(browser)
    browser.driver.execute_cdp_cmd("Network.setBlockedURLs", {"urls": []})
    browser.go("")
    browser.driver.refresh()
    browser.one(".connection[data-state=live]")
    browser.says(PIPELINES)


def breaks(browser):
    """The line is cut, and whole again."""
    line(browser, offline=True)
    for place in NOTHING:
        # What the stream has told before is known.
        turned(browser, place, "It may be stopped or starting, or the network is down.", known=PIPELINES)
        assert "goes on working" not in browser.text() and "alerting service" not in browser.text(), (place, browser.text())
        # The overview says it once.
        if not place:
            asked = lambda: [e.text for e in browser.all(".health li")]
            browser.wait("one word of it", lambda: asked() == ["The studio does not answer"])
    line(browser)
    browser.click("Try again")
    browser.says(NOTHING["settings"][0])


def changes(browser, ask, owner):
    """What each figure was a week ago."""
    rows = [
        {"script_name": "cut.sh", "owner": owner, "metric_type": kind, "value": value, "timestamp": moment(days)}
        for kind, now, before, *_ in CHANGES.values()
        for value, days in ((now, 3), (before, 10))
        if value
    ]
    ask("POST", "/api/metrics", rows)
    browser.go("")
    for name, (_, _, _, value, text, tone) in CHANGES.items():
        tile = lambda part, name=name: browser.all(f"[data-kpi={name}] {part}")
        browser.wait(f"{name} {value}", lambda: [e.text for e in tile(".tile-value")] == [value])
        assert [e.text for e in tile(".tile-change")] == [text], (name, tile(".tile-change")[0].text)
        assert [e.get_attribute("class").strip() for e in tile(".change")] == ([tone] if tone else []), name
    # Of today and the day before nothing is known.
    browser.choose(".page-tools .choice", "Today (UTC)")
    browser.wait("no change", lambda: {e.text for e in browser.all(".tile-change")} == {"nothing to compare with"})


def looks(browser):
    """Dark is dark, and stays so."""
    shown = lambda: browser.driver.execute_script("""
        const [red, green, blue] = getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number);
        return [document.documentElement.dataset.theme, red + green + blue < 200 ? 'dark' : 'light'];
    """)
    is_now = lambda look: browser.wait(look, lambda: shown() == [look, look])
    browser.scheme("light")
    browser.click("Dark appearance")
    is_now("dark")
    browser.driver.refresh()
    browser.button("Light appearance")
    is_now("dark")
    browser.go("settings")
    chosen = lambda: [e.get_attribute("value") for e in browser.all("main input[type=radio]:checked")]
    assert "dark" in chosen(), chosen()
    browser.choose("main .choice", "Light")
    is_now("light")
    browser.scheme("light")
    browser.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": "dark"}]})
    browser.driver.refresh()
    browser.button("Dark appearance")
    is_now("light")
    browser.choose("main .choice", "As the system")
    is_now("dark")
    browser.scheme("light")
    is_now("light")
