"""Uses the dashboard as people do, in a real browser, and fails where it does not do what they expect.

usage: dashboard.py <scenario> <url> <owner key> <recording> <folder of the studio>
"""

import hashlib
import json
import pathlib
import sys
import tempfile
import time
import urllib.error
import urllib.request

import access
import alerting
import forms
import newcomer
import overview
import results
import settings
import sharing
import spending
import storm
import visit
from browser import PAGES, Browser
from line import Line
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.select import Select

scenario, url, key, recording = sys.argv[1], sys.argv[2], sys.argv[3], pathlib.Path(sys.argv[4])
MODULES = [access, alerting, forms, newcomer, overview, results, settings, sharing, spending, storm, visit]
# What the browser itself logs of the refusals and broken lines that a scenario asks for; of any other it may log nothing.
EXPECTED = {
    "form": ["status of 422"],
    "access": ["status of 401"],
    "resume": ["net::ERR_", "status of 423"],
    "limits": ["status of 422"],
    "webhooks": ["status of 422"],
    "members": ["/api/alerts"],
    "newcomer": ["net::ERR_"],
    "blind": ["/api/alerts", "/alerting/readyz", "status of 503"],
}


def ask(method, path, body=None, token=key):
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    data = json.dumps(body).encode() if body is not None else None
    with urllib.request.urlopen(urllib.request.Request(url + path, data, headers, method=method), timeout=60) as answer:
        return answer.read()


def field(browser, name):
    return browser.one(f"[name={name}]")


def jobs_counted(browser):
    return int(browser.one("[data-kpi=jobs] .tile-value").text.replace(",", ""))


def run_normalize(browser):
    """From the overview to a finished job."""
    browser.click("New job")
    forms.upload(browser, recording)
    Select(field(browser, "preset")).select_by_visible_text("podcast")
    browser.click("Run")
    browser.one("[data-job-state=succeeded]", 60)


def job(browser):
    """Runs a job, plays it, compares, downloads, and sees it counted."""
    browser.sign_in(key)
    before = jobs_counted(browser)
    run_normalize(browser)
    browser.says("-16 LUFS")
    # How long ago it began goes on by itself.
    began = lambda: browser.one("main .card p time").text
    said = browser.wait("when it began", began)
    browser.wait("the time to go on", lambda: began() != said, 90)
    browser.one(".waveform[data-ready=true]")
    place = "return document.querySelector('[data-side=%s] audio').currentTime"
    ready = "const all = [...document.querySelectorAll('audio')]; return all.length === 2 && all.every(a => a.readyState >= 2)"
    browser.wait("the media", lambda: browser.driver.execute_script(ready))
    browser.driver.execute_script("document.querySelector('[data-side=after] audio').play()")
    browser.wait("the sound to go on", lambda: browser.driver.execute_script(place % "after") > 0.3)
    browser.click("Before")
    browser.wait("the other side at the same place", lambda: browser.driver.execute_script(place % "before") > 0.3)
    assert browser.driver.execute_script("return document.querySelector('[data-side=after] audio').paused")
    wave = browser.one("[data-side=before] .waveform")
    wave.click()
    half = browser.driver.execute_script(
        "const a = document.querySelector('[data-side=before] audio'); a.pause(); return a.currentTime / a.duration"
    )
    assert 0.45 < half < 0.6, f"a click in the middle went to {half}"

    name = recording.stem + "-normalized.wav"
    browser.driver.execute_script("""
        window.held = 0;
        const make = URL.createObjectURL;
        URL.createObjectURL = (content) => { window.held += 1; return make.call(URL, content); };
    """)
    browser.click(f"Download: {name}")
    kept = browser.downloads / name
    browser.wait("the download", kept.exists)
    identifier = browser.driver.current_url.rsplit("/", 1)[-1]
    [file] = json.loads(ask("GET", f"/audio/jobs/{identifier}"))["result"]["files"]
    browser.wait("all of it", lambda: kept.stat().st_size == file["size"])
    assert "sha256:" + hashlib.sha256(kept.read_bytes()).hexdigest() == file["digest"]
    assert browser.driver.execute_script("return window.held") == 0, "the page holds what goes to the disk"
    content = f"/files/{file['file']}/content"
    guest = json.loads(ask("POST", "/keys", {"name": "guest", "scopes": ["files:read"]}))

    def ticket(path, by=key):
        return json.loads(ask("POST", "/auth/download", {"path": path}, by))["token"]

    def cookie(text):
        return {"Cookie": f"a=b; avstudio_download={text}"}

    own, late = ticket(content), ticket("/files", guest["key"])
    ask("DELETE", f"/keys/{guest['id']}")
    for method, path, headers, status in [
        ("GET", content, cookie(own), 200), ("HEAD", content, cookie(own), 200), ("GET", content + "?a=b", cookie(own), 200),
        # It opens nothing else, changes nothing, and is no key.
        ("GET", "/files", cookie(own), 401), ("DELETE", content.removesuffix("/content"), cookie(own), 401),
        ("POST", "/keys", cookie(ticket("/keys")), 401), ("GET", content, {"Authorization": f"Bearer {own}"}, 401),
        # A key is no such token, and a token ends with its key.
        ("GET", content, cookie(key), 401), ("GET", content, cookie("avs_wrong"), 401), ("GET", "/files", cookie(late), 401),
    ]:  # fmt: skip
        body = b"{}" if method == "POST" else None
        try:
            request = urllib.request.Request(url + path, body, headers, method=method)
            got = urllib.request.urlopen(request, timeout=60).status
        except urllib.error.HTTPError as refusal:
            got = refusal.code
        assert got == status, (method, path, headers, got)

    browser.click("Overview")
    browser.wait("the job to be counted", lambda: jobs_counted(browser) == before + 1)
    browser.one(".timeline rect.succeeded")


def live(browser):
    """What pipelines tell is on the page at once; scripts can be sorted and opened; the figures lead to their rows."""
    # Nothing is asked for by the clock: what changes on the page, the stream has told.
    browser.driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": "window.setInterval = () => 0"})
    browser.sign_in(key)
    browser.one(".connection[data-state=live]")
    ask("PUT", "/api/pipelines/nightly", {"status": "running", "step": "Cutting the pauses", "progress": 0.4})
    browser.says("Cutting the pauses")
    ask("PUT", "/api/pipelines/nightly", {"status": "failed", "step": "The archive is full"})
    browser.says("The archive is full")
    browser.wait("the word of it", lambda: any("failed" in link.text for link in browser.all(".health a")))
    before = jobs_counted(browser)
    ask("POST", "/api/metrics", {"script_name": "upload.py", "metric_type": "jobs", "value": 1})
    browser.wait("the figure to follow", lambda: jobs_counted(browser) == before + 1)
    errors = json.loads(ask("GET", "/api/pipeline-status"))["today"]["errors"]
    row = {"script_name": "upload.py", "metric_type": "errors", "value": 2, "run_id": "upload-1", "labels": {"error_type": "timeout"}}
    ask("POST", "/api/metrics", [row, {**row, "metric_type": "jobs", "value": 5}])
    ask("POST", "/api/metrics", {"script_name": "llm", "metric_type": "cost_dollars", "value": 1.5, "labels": {"model": "gpt-x"}})
    # The line of what is wrong names the script, and leads to it and to all of them.
    line = browser.wait("the errors", lambda: next((e for e in browser.all(".health li") if f"{errors + 2} errors today" in e.text), None))
    assert "upload.py (" in line.text, line.text
    browser.click(f"{errors + 2} errors today")
    worst = max(json.loads(ask("GET", "/api/pipeline-status"))["today"]["most_errors"], key=lambda one: one["errors"])["script_name"]
    browser.says("Measurements behind the figure")
    browser.wait("the worst first", lambda: [e.text for e in browser.all("tbody tr")][0].startswith(worst))
    browser.wait("why", lambda: any("upload-1" in e.text and "error_type=timeout" in e.text for e in browser.all("tbody tr")))
    browser.go("")
    browser.wait("the worst first", lambda: [e.text for e in browser.all(".top-scripts tbody tr")][0].startswith(worst))
    browser.one("[data-kpi=errors] a").click()
    browser.says("Measurements behind the figure")
    browser.wait("the worst first", lambda: [e.text for e in browser.all("tbody tr")][0].startswith(worst))
    browser.go("scripts")
    browser.wait("the worst first", lambda: browser.all("tbody tr")[0].text.startswith(worst))
    assert browser.one("th[aria-sort=descending]").text.startswith("Errors")
    browser.button("Script").click()
    browser.wait("another order", lambda: browser.one("th[aria-sort=descending]").text.startswith("Script"))
    browser.click("upload.py")
    browser.says("All measurements")
    # What went wrong with it, and in which run.
    why = lambda: any("error_type=timeout" in e.text and "upload-1" in e.text for e in browser.all(".stack tbody tr"))
    browser.wait("why", why)
    browser.click("upload-1")
    browser.one("dialog[open]").send_keys(Keys.ESCAPE)
    browser.wait("the dialog to close", lambda: not browser.all("dialog[open]"))
    browser.go("costs")
    Select(browser.one("section .tools select")).select_by_visible_text("Model")
    browser.says("gpt-x")
    browser.wait("its cost", lambda: any(row.text.startswith("gpt-x") and "$" in row.text for row in browser.all("tbody tr")))


def keyboard(browser):
    """Without a mouse: past the navigation, to a page, back to the heading; the menu of a phone closes at Escape."""
    browser.sign_in(key)
    focused = "return document.activeElement.textContent"
    body = browser.one("body")
    browser.driver.execute_script("document.activeElement.blur()")
    body.send_keys(Keys.TAB)
    assert browser.driver.execute_script(focused) == "Skip to the content"
    browser.driver.switch_to.active_element.send_keys(Keys.ENTER)
    assert browser.driver.execute_script(focused) == "Overview"
    browser.button("Jobs").send_keys(Keys.ENTER)
    browser.wait("the heading of the page", lambda: browser.driver.execute_script(focused) == "Jobs")
    browser.go("jobs/new")
    browser.says("Normalize")
    browser.wait("the form's heading", lambda: browser.driver.execute_script(focused) == "New job")
    browser.phone()
    browser.wait("the side to go", lambda: not browser.button("Menu").get_attribute("aria-expanded") == "true")
    browser.click("Menu")
    links = lambda: [e for e in browser.all("nav.side a") if e.text == "Costs" and e.is_displayed()]
    [link] = browser.wait("the link in the menu", links)
    link.send_keys(Keys.ESCAPE)
    browser.wait("the menu to close", lambda: browser.button("Menu").get_attribute("aria-expanded") == "false")


def pages(browser):
    """Every page, light and dark, wide and narrow: what screen readers and narrow windows need."""
    browser.open()
    browser.scheme("light")
    browser.one("input[name=key]")
    found = {"sign-in": browser.accessibility()}
    browser.sign_in(key)
    run_normalize(browser)
    finished = browser.driver.current_url.split("#/")[1]
    for scheme in ("light", "dark"):
        browser.scheme(scheme)
        for place in [*PAGES, finished]:
            browser.go(place)
            browser.settle()
            found[f"{place} {scheme}"] = browser.accessibility()
    for width in (320, 360, 400):
        browser.phone(width)
        for place in [*PAGES, finished]:
            browser.go(place)
            browser.settle()
            over = browser.overflow()
            found[f"{place} {width}"] = [f"{over} px wider than the window"] if over > 0 else []
    wrong = {place: rules for place, rules in found.items() if rules}
    assert not wrong, json.dumps(wrong, indent=1)


# One scenario is about the line itself.
line = Line(int(url.rsplit(":", 1)[1]), 1_500_000) if scenario == "resume" else None
with tempfile.TemporaryDirectory() as folder, Browser(line.url if line else url, folder) as window:
    window.line, window.studio = line, pathlib.Path(sys.argv[5])
    window.downloads, window.recording = pathlib.Path(folder), recording
    scenarios = {f.__name__: f for f in (job, live, keyboard, pages)}
    try:
        if scenario in scenarios:
            scenarios[scenario](window)
        else:
            [other] = [getattr(module, scenario) for module in MODULES if hasattr(module, scenario)]
            other(window, ask, key)
    except Exception:
        print(window.driver.current_url, window.text()[:1500], *window.console(), sep="\n", file=sys.stderr)
        raise
    assert not window.policy_breaks(), window.policy_breaks()
    logged = [line for line in window.console() if not any(word in line for word in EXPECTED.get(scenario, []))]
    assert not logged, logged
    foreign = window.foreign_requests()
    assert not foreign, foreign
