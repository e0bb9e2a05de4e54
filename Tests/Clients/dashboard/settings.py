"""Scenarios of what a studio's owner sets and takes away: rate limits, which the audit tells of, and exports."""

import csv
import json

# The pages that have something to take away: what they are asked for, and the columns that it must have.
EXPORTS = {
    "": ("PDF report", "report-*.pdf", None),
    "jobs": ("Export CSV, 30 days", "runs-*.csv", {"id", "script_name", "status", "timestamp"}),
    "scripts": ("Export CSV", "days-*.csv", {"time", "script_name", "metric_type", "sum"}),
    "costs": ("Export CSV", "breakdown-*.csv", {"date", "dimension", "value", "sum"}),
    "alerts": ("Export CSV: Deliveries", "deliveries*.csv", {"receiver", "state", "failure"}),
    "access": ("Export CSV: Audit", "audit*.csv", {"time", "owner", "path", "outcome"}),
}


def limits(browser, ask, key):
    """Limits are saved as they are entered, what the studio refuses is told of, and the audit shows who did it."""

    def tiers():
        return json.loads(ask("GET", "/limits"))["tiers"]

    before = tiers()
    browser.sign_in(key)
    browser.go("settings")

    def enter(text):
        field = browser.one("[name='owner requests']")
        field.clear()
        field.send_keys(text)
        browser.click("Save")

    enter("2000000")
    browser.says("requests must be 1 to 1000000")
    assert tiers() == before and not browser.accessibility(), browser.accessibility()
    wanted = before["owner"]["default"]["requests"] - 1
    enter(str(wanted))
    browser.says("The limits hold from now on.")
    browser.wait("the end of the refusal", lambda: "requests must be" not in browser.text())
    after = json.loads(json.dumps(before))
    after["owner"]["default"]["requests"] = wanted
    assert tiers() == after, tiers()
    browser.driver.refresh()
    browser.wait("what holds", lambda: browser.one("[name='owner requests']").get_attribute("value") == str(wanted))
    enter(str(wanted + 1))
    browser.wait("what was before", lambda: tiers() == before)

    # What was done is written down a little later.
    told = lambda: [f"{e['method']} {e['path']}" for e in json.loads(ask("GET", "/audit?limit=500"))["entries"]]
    browser.wait("all three", lambda: told().count("PUT /limits") >= 3)
    browser.go("access")

    def entries(*words):
        rows = browser.driver.execute_script("return [...document.querySelectorAll('tbody tr')].map(row => row.innerText)")
        return [row for row in rows if all(word in row for word in words)]

    browser.wait("all three in the audit", lambda: len(entries("owner", "PUT /limits")) >= 3)
    assert not entries("GET /limits"), "what was only read is among the changes"
    browser.click("Everything")
    browser.wait("what was read", lambda: entries("owner", "GET /limits", "allowed"))


def exports(browser, ask, key):
    """What a page shows can be taken from there as a file."""
    ask("POST", "/api/metrics", {"script_name": "exported.py", "metric_type": "cost_dollars", "value": 2, "labels": {"model": "m"}})
    ask("POST", "/api/runs", {"id": "exported-1", "script_name": "exported.py", "status": "succeeded"})
    browser.sign_in(key)
    for place, (text, pattern, columns) in EXPORTS.items():
        browser.go(place)
        browser.settle()
        browser.click(text)

        def kept():
            files = [path for path in browser.downloads.glob(pattern) if path.stat().st_size]
            return files and files[0].read_bytes()

        content = browser.wait(f"the file of {place or 'overview'}", kept)
        if columns is None:
            assert content.startswith(b"%PDF-") and content.rstrip().endswith(b"%%EOF"), content[:20]
        else:
            reader = csv.DictReader(content.decode().splitlines())
            assert columns <= set(reader.fieldnames), (place, reader.fieldnames)
            lines = list(reader)
            if "script_name" in columns:
                assert any(line["script_name"] == "exported.py" for line in lines), place
            elif "dimension" in columns:
                assert any(line["dimension"] == "model" and line["value"] == "m" for line in lines), lines[-3:]
            elif "path" in columns:
                assert any(line["path"] == "/api/runs" and line["outcome"] == "allowed" for line in lines), lines[:3]
