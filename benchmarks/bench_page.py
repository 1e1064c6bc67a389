"""Time 汇总看板.html in Chromium: how long until it is drawn, and how long a filter takes in each part of it.

    .venv/bin/python benchmarks/bench_page.py FILE

Opens the page several times without a network and prints the median of each; the page is to open within 1 s, and a filter to be done
within 300 ms, with 1,000 committees. Needs the browser of the tests.
"""

from __future__ import annotations

import shutil
import statistics
import sys
import time
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

TIMES = 5
DRAWN = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
TYPED = """([name, text]) => new Promise(done => {
  const begun = performance.now(), field = document.getElementById(name);
  field.value = text;
  field.dispatchEvent(new Event("input"));
  requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - begun)));
})"""
PARTS = {"overview": "总览", "units": "单位", "heat": "指标对照"}


def once(browser: Browser, path: Path) -> dict[str, float]:
    """Return the milliseconds of one visit, by what was done."""
    context = browser.new_context(offline=True)
    page = context.new_page()
    begun = time.perf_counter()
    page.goto(path.absolute().as_uri())
    page.wait_for_selector("#c-weak canvas, #receipt:not([hidden])")
    page.evaluate(DRAWN)
    taken = {"打开": 1000 * (time.perf_counter() - begun)}
    for part, name in PARTS.items():
        page.click(f"#tab-{part}")
        page.evaluate(DRAWN)
        taken[f"筛选　{name}"] = page.evaluate(TYPED, ["q", "1"])
        page.click("#clear")
    context.close()
    return taken


def main() -> int:
    """Print the medians."""
    path, program = Path(sys.argv[1]), shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        visits = [once(browser, path) for _ in range(TIMES)]
        browser.close()
    print(f"{path.stat().st_size / 1e6:.2f} MB")
    for name in visits[0]:
        print(f"{name}　{statistics.median(visit[name] for visit in visits):.0f} ms")
    return 0


if __name__ == "__main__":
    sys.exit(main())
