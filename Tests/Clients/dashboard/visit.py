"""The scenario of a first visit: what Lighthouse would look at, by hand, for every page."""

import urllib.error
import urllib.request

from browser import PAGES

# Web Vitals: https://web.dev/articles/cls (what moves within 500 ms of an input does not count; 0.1 is good) and
# https://web.dev/articles/tbt (of each task what is beyond 50 ms).
WATCH = """
    window.vitals = {shift: 0, moved: [], blocked: 0, paint: 0};
    new PerformanceObserver(list => { for (const entry of list.getEntries()) if (!entry.hadRecentInput) {
        vitals.shift += entry.value;
        const place = box => Math.round(box.x) + ',' + Math.round(box.y);
        for (const {node, previousRect, currentRect} of entry.sources) vitals.moved.push(
            `${entry.value.toFixed(3)} ${node?.className || node?.nodeName} ${place(previousRect)} to ${place(currentRect)}`);
    } }).observe({type: 'layout-shift', buffered: true});
    new PerformanceObserver(list => { for (const entry of list.getEntries()) vitals.blocked += Math.max(0, entry.duration - 50); })
        .observe({type: 'longtask', buffered: true});
    new PerformanceObserver(list => { for (const entry of list.getEntries()) vitals.paint = entry.startTime; })
        .observe({type: 'largest-contentful-paint', buffered: true});
"""
RESOURCES = """
    return [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')].map(e => e.name)
"""
HEAD = """
    return {lang: document.documentElement.lang, title: document.title,
            viewport: document.querySelector('meta[name=viewport]').content,
            headings: [...document.querySelectorAll('h1')].map(e => e.textContent)};
"""


def head(url, **headers):
    request = urllib.request.Request(url, headers={"Accept-Encoding": "gzip", **headers})
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, answer.headers, len(answer.read())
    except urllib.error.HTTPError as refusal:
        return refusal.code, refusal.headers, 0


def opened(browser, place):
    """Opens a page as for the first time, and tells how that went."""
    browser.driver.execute_cdp_cmd("Network.clearBrowserCache", {})
    browser.go(place)
    browser.driver.refresh()
    browser.one("main h2, main table, main form, main section")
    browser.settle()
    # Charts come last.
    browser.driver.execute_async_script("setTimeout(arguments[0], 500)")
    return browser.driver.execute_script("return window.vitals")


def visit(browser, ask, key):
    """Each page, opened anew: it has a language, a title of its own and a width that fits, nothing moves while it is filled, and
    all it loads is compressed and kept as long as it holds."""
    browser.sign_in(key)
    browser.driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": WATCH})
    titles, pieces, wrong = {}, set(), []
    for place, width in [(place, width) for width in (1360, 480) for place in PAGES]:
        if place == PAGES[0]:
            # A real window: of an emulated phone no shift is ever told.
            browser.driver.set_window_size(width, 900)
            browser.driver.execute_async_script("setTimeout(arguments[0], 600)")
        # A busy machine may be slow once.
        for _ in range(3):
            vitals = opened(browser, place)
            if vitals["shift"] < 0.1:
                break
        page = browser.driver.execute_script(HEAD)
        shift, blocked, paint = (vitals[name] for name in ("shift", "blocked", "paint"))
        print(f"{width} px, /{place}: shift {shift:.3f}, blocked {blocked:.0f} ms, largest paint {paint:.0f} ms")
        if vitals["shift"] >= 0.1:
            wrong.append((place, width, vitals))
        if page["lang"] != "en" or "width=device-width" not in page["viewport"] or len(page["headings"]) != 1:
            wrong.append((place, page))
        titles.setdefault(page["title"], set()).add(place)
        pieces |= {name for name in browser.driver.execute_script(RESOURCES) if name.startswith(browser.url)}
        wrong += [(place, line) for line in browser.console()]
    assert not wrong, "\n".join(map(str, wrong))
    assert all(title.endswith("AV-Studio") for title in titles) and not [s for s in titles.values() if len(s) > 1], titles

    assets = {name for name in pieces if "/assets/" in name}
    assert any(name.endswith(".js") for name in assets) and any(name.endswith(".css") for name in assets), assets
    for name in assets:
        status, headers, size = head(name)
        assert status == 200 and headers["Content-Encoding"] == "gzip" and size == int(headers["Content-Length"]), (name, headers)
        assert "immutable" in headers["Cache-Control"] and "max-age=31536000" in headers["Cache-Control"], (name, headers)
    status, headers, _ = head(browser.url + "/")
    assert headers["Content-Encoding"] == "gzip" and headers["Cache-Control"] == "no-cache", headers
    assert head(browser.url + "/", **{"If-None-Match": headers["ETag"]})[0] == 304
    # What the studio answers is compressed too, where it is worth it.
    for path in ("/audio/operations", "/api/kpis?days=7"):
        status, headers, size = head(browser.url + path, Authorization=f"Bearer {key}")
        assert headers["Content-Encoding"] == "gzip" and size < len(ask("GET", path)), (path, size, str(headers))
