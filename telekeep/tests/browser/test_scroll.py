"""A chat of any length: scrolled from end to start and back, nothing is missed, nothing piles up."""

import pytest

import long
from archives import HEAVY, QUICK

"""Elements and megabytes of scripts that a page may have at any time."""
NODES, HEAP = 12_000, 12

"""The ids that are in the page, in order; an album is one article of several."""
IDS = """() => [...document.querySelectorAll("#history article")].flatMap((article) => {
  const more = [...article.querySelectorAll(":scope > span[id^=m]")].map((span) => Number(span.id.slice(1)));
  return [Number(article.dataset.id), ...more].sort((a, b) => a - b);
})"""

"""Scrolls to one end and waits until something new is there; gives the ids that are in the page, in order, and
how many elements it has."""
STEP = """async (up) => {
  const main = document.getElementById("main");
  const feed = document.getElementById("history");
  const name = up ? ".page-on.older" : ".page-on.newer";
  const before = feed.querySelector(name);
  main.scrollTop = up ? 0 : main.scrollHeight;
  if (before) await new Promise((done, fail) => {
    const late = setTimeout(() => fail(new Error("nothing was loaded")), 20000);
    const look = () => {
      if (feed.querySelector(name) === before || feed.getAttribute("aria-busy") === "true") return setTimeout(look, 5);
      clearTimeout(late);
      done();
    };
    look();
  });
  return { ids: (%s)(), nodes: document.getElementsByTagName("*").length, more: feed.querySelector(name) !== null };
}""" % IDS


@pytest.fixture
def lena(reader, viewers):
    one = reader(viewers("long"))
    one.go(f"/chat/{long.CHAT}#newest")
    return one


def heap(one):
    devtools = one.page.context.new_cdp_session(one.page)
    devtools.send("HeapProfiler.collectGarbage")
    devtools.send("Performance.enable")
    metrics = devtools.send("Performance.getMetrics")["metrics"]
    devtools.detach()
    return {metric["name"]: metric["value"] for metric in metrics}


def travel(one, up, count):
    """To the end: the ids that were met."""
    met, more = set(one.eval(IDS)), True
    while more:
        now = one.eval(STEP, up)
        ids = now["ids"]
        assert ids == list(range(ids[0], ids[0] + len(ids))), "in order, none twice, none missing"
        assert met & set(range(ids[0] - 1, ids[-1] + 2)), "what comes joins what was there"
        assert now["nodes"] < NODES
        met.update(ids)
        more = now["more"]
    assert met == set(range(1, count + 1))


def test_from_end_to_start_and_back(lena, full):
    count = HEAVY if full else QUICK
    before = heap(lena)
    travel(lena, True, count)
    assert lena.all(".page-end").count() == 1
    half = heap(lena)
    travel(lena, False, count)
    for metrics in (half, heap(lena)):
        assert metrics["JSHeapUsedSize"] < before["JSHeapUsedSize"] + HEAP * 2**20
        # What was taken out of the page, and the pages it came in, are gone and not only out of sight.
        assert metrics["Nodes"] < 4 * NODES and metrics["Documents"] < 10, metrics


def test_what_is_seen_stays_where_it_is_when_more_comes(lena):
    place = """(id) => { const main = document.getElementById("main");
      const seen = id ? document.getElementById(id) : [...document.querySelectorAll("article")]
        .find((one) => one.getBoundingClientRect().bottom > main.getBoundingClientRect().top);
      return [seen.id, seen.getBoundingClientRect().top, document.querySelectorAll("article").length]; }"""
    id, top, count = lena.eval("() => { document.getElementById('main').scrollTop = 900;"
                               f" return ({place})(); }}")
    lena.until("(count) => document.querySelectorAll('article').length > count", count)
    assert abs(lena.eval(place, id)[1] - top) < 5


def test_the_button_leads_to_the_newest(lena):
    button = lena.all(".to-newest")
    lena.until("() => !document.querySelector('.to-newest').classList.contains('shown')")
    lena.eval("() => { document.getElementById('main').scrollTop -= 2000; }")
    lena.until("() => document.querySelector('.to-newest').classList.contains('shown')")
    button.click()
    lena.until("() => { const main = document.getElementById('main');"
               " return main.scrollTop + main.clientHeight > main.scrollHeight - 40; }")


def test_a_jump_to_a_date_lands_on_that_day(lena):
    lena.all(".tools a[href$=calendar]").click()
    lena.page.wait_for_selector(".month a")
    # Not at an end of the chat: there any place would do.
    link = lena.all(".month a").nth(lena.all(".month a").count() // 2)
    day = link.get_attribute("href").split("day=")[1]
    link.click()
    lena.page.wait_for_selector("#history .target")
    lena.until("(day) => [...document.querySelectorAll(`.day[data-day='${day}']`)].some((one) =>"
               " one.getBoundingClientRect().top < innerHeight && one.getBoundingClientRect().bottom > 56)", day)
