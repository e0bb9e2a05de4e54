"""Scenarios of what is shared: webhooks, and the members of an organisation."""

import json
import time

from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.select import Select

PASSWORD = "correct horse battery"


def field(browser, name):
    return browser.one(f"[name={name}]")


def row(browser, text):
    return browser.wait(text, lambda: next((row for row in browser.all("tbody tr, li") if text in row.text), None))


def looks_right(browser):
    """What is shown now is usable with a screen reader and on a phone."""
    assert not browser.accessibility(), browser.accessibility()
    browser.phone(320)
    assert browser.overflow() <= 0, browser.overflow()
    browser.desk()


def webhooks(browser, ask, key):
    """A webhook is made, tried, paused and removed; an address that is none is told of in the dialog."""
    browser.sign_in(key)
    browser.go("access")
    browser.says("No webhooks")
    browser.click("New webhook")
    field(browser, "url").send_keys("http://example.org/hooks")
    field(browser, "types").send_keys("job.* file.stored")
    looks_right(browser)
    browser.click("Make the webhook")
    browser.says("must begin with https://")
    looks_right(browser)
    field(browser, "url").send_keys(Keys.HOME + Keys.ARROW_RIGHT * 4 + "s")
    browser.click("Make the webhook")
    assert browser.one(".secret").text.startswith("whsec_")
    browser.click("Close")
    [hook] = json.loads(ask("GET", "/webhooks"))["webhooks"]
    assert (hook["url"], hook["types"]) == ("https://example.org/hooks", ["job.*", "file.stored"]), hook
    browser.click("Test: https://example.org/hooks")
    browser.says("A test is on its way.")
    browser.click("Sent to https://example.org/hooks")
    browser.wait("the test", lambda: any("test" in e.text for e in browser.all("dialog[open] tbody tr")))
    looks_right(browser)
    browser.one("dialog[open]").send_keys(Keys.ESCAPE)
    browser.wait("the dialog to close", lambda: not browser.all("dialog[open]"))
    browser.click("Pause: https://example.org/hooks")
    browser.wait("the pause", lambda: "Paused" in row(browser, "https://example.org/hooks").text)
    browser.click("Go on: https://example.org/hooks")
    browser.wait("its end", lambda: "On" in row(browser, "https://example.org/hooks").text)
    looks_right(browser)
    browser.click("Remove: https://example.org/hooks")
    browser.one("dialog[open] .danger").click()
    browser.says("The webhook is gone.")
    browser.says("No webhooks")
    assert not json.loads(ask("GET", "/webhooks"))["webhooks"]


def members(browser, ask, key):
    """An owner invites, gives roles and removes; a member sees who is there."""
    name = f"ann{time.time_ns()}"
    ask("POST", "/users", {"name": name, "email": f"{name}@example.org", "password": PASSWORD})
    browser.open()
    browser.click("With an account")
    field(browser, "email").send_keys(f"{name}@example.org")
    field(browser, "password").send_keys(PASSWORD)
    browser.click("Sign in")
    browser.one("nav.side")
    # No role sees the alerts, which are everybody's.
    lacking = "this account lacks the scope alerting:read"
    browser.wait(lacking, lambda: any(f"Alerts: {lacking}" in e.text for e in browser.all(".health li")))
    browser.go("alerts")
    browser.says("Not with this account")
    browser.says("this needs the scope alerting:read. An administrator can make a key that may.")
    assert "this key" not in browser.text().lower() and not browser.accessibility(), browser.accessibility()
    browser.go("access")
    browser.says("Members of")

    def invite(email, role):
        browser.click("Invite")
        field(browser, "email").send_keys(email)
        Select(field(browser, "role")).select_by_visible_text(role)
        browser.one("dialog[open] [type=submit]").click()
        text = browser.one(".secret").text
        browser.click("Close")
        row(browser, email)
        return text

    invite(f"no-{name}@example.org", "Owner")
    browser.click(f"Withdraw: no-{name}@example.org")
    browser.says("The invitation is withdrawn.")
    guest = {"email": f"guest-{name}@example.org", "password": PASSWORD, "name": "Guest"}
    ask("POST", "/auth/register", {**guest, "invitation": invite(guest["email"], "Viewer")})
    session = json.loads(ask("POST", "/auth/login", {"email": guest["email"], "password": PASSWORD}))["token"]
    # The newest account is theirs.
    user = json.loads(ask("GET", "/me", token=session))["user"]["id"]
    browser.driver.refresh()
    Select(browser.one(f"[aria-label='Role of {user}']")).select_by_visible_text("Editor")
    browser.says("The role holds from now on.")
    roles = {m["user"]: m["role"] for m in json.loads(ask("GET", "/organisations", token=session))["organisations"]}
    assert roles[user] == "editor", roles
    looks_right(browser)
    browser.click(f"Remove: {user}")
    browser.one("dialog[open] .danger").click()
    browser.says("The member is gone.")
    browser.wait("them to go", lambda: not browser.all(f"[aria-label='Role of {user}']"))
    assert not json.loads(ask("GET", "/organisations", token=session))["organisations"]
