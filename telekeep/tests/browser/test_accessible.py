"""WCAG 2.2 AA by axe-core on every page, and what axe cannot see: order of focus, feeds, motion."""

import functools
import pathlib

import axe_playwright_python
import pytest

import pages
import tale as story
from reader import DESKTOP, PHONE

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
LOOKS = {"desktop": {}, "rtl": {"language": "ar"}, "phone": {"size": PHONE},
         "phone-rtl": {"size": PHONE, "language": "ar"}}
RUN = """async (runOnly) => {
  // Days that were scrolled past keep their name above their last message, as sticky things do.
  document.getElementById("main")?.scrollTo(0, 0);
  // Floats above what one can scroll from under it.
  Object.assign(document.querySelector(".to-newest")?.style ?? {}, { position: "static", margin: "0" });
  document.getAnimations().forEach((animation) => animation.finish());
  const found = await axe.run(document, { runOnly, resultTypes: ["violations"] });
  return found.violations.map((one) => [one.id, one.nodes.slice(0, 3).map((node) => node.html.slice(0, 200) + " " +
    node.any.concat(node.all, node.none).map((check) => check.message).join("; ").slice(0, 300))]);
}"""


@functools.cache
def axe():
    folder = pathlib.Path(axe_playwright_python.__file__).parent
    return next(folder.rglob("axe.min.js")).read_text("utf-8")


def found_by_axe(one):
    # Playwright evaluates through the debugger, which no content security policy binds: the page's own stays strict.
    one.page.evaluate(axe())
    light = one.eval(RUN, {"type": "tag", "values": TAGS})
    # Only the colours are others in the dark.
    one.page.emulate_media(color_scheme="dark")
    dark = one.eval(RUN, {"type": "rule", "values": ["color-contrast", "link-in-text-block"]})
    one.page.emulate_media(color_scheme="light")
    return light + dark


def found_on(one, pages):
    found = {}
    for name, path in pages.items():
        one.go(path)
        found[name] = found_by_axe(one)
    return {name: problems for name, problems in found.items() if problems}


@pytest.mark.parametrize("look", ["desktop", "rtl", "phone"])
def test_axe_finds_nothing_in_the_tale(reader, tale, look):
    assert found_on(reader(tale, watch=False, **LOOKS[look]), pages.of_the_tale()) == {}


@pytest.mark.parametrize("look", ["desktop", "rtl"])
def test_axe_finds_nothing_in_chats_of_a_world(reader, world, look):
    chats = {name: path for name, path in pages.of_a_world(world).items() if name.startswith("chat-oldest")}
    assert found_on(reader(world, watch=False, **LOOKS[look]), chats) == {}


@pytest.mark.heavy
@pytest.mark.parametrize("look", LOOKS)
def test_axe_finds_nothing_anywhere(reader, world, tale, look):
    assert found_on(reader(world, watch=False, **LOOKS[look]), pages.of_a_world(world)) == {}
    assert found_on(reader(tale, watch=False, **LOOKS[look]), pages.of_the_tale()) == {}


def test_axe_finds_nothing_in_what_opens(reader, tale):
    one = reader(tale, watch=False)
    one.go(f"/chat/{story.ADA}")
    one.all("#m45 a.play").click()
    one.page.wait_for_selector("#player:not([hidden])")
    assert found_by_axe(one) == []
    one.all("#m40 a[data-photo]").click()
    one.page.wait_for_selector("#lightbox[open]")
    assert found_by_axe(one) == []
    assert found_on(one, {"nowhere": "/nowhere"}) == {}
    one.context.clear_cookies()
    assert found_on(one, {"locked": "/"}) == {}


def test_the_first_tab_skips_to_the_content(reader, tale):
    one = reader(tale)
    one.go(f"/chat/{story.ADA}")
    one.page.keyboard.press("Tab")
    assert one.eval("() => document.activeElement.className") == "skip"
    one.page.keyboard.press("Enter")
    one.page.keyboard.press("Tab")
    assert one.eval("() => document.activeElement.closest('main') !== null")


def test_tab_goes_through_a_page_in_the_order_one_reads_it(reader, tale):
    one = reader(tale)
    one.go("/settings")
    order = []
    for _ in range(60):
        one.page.keyboard.press("Tab")
        order.append(one.eval("() => { const a = document.activeElement;"
                              " return a === document.body ? '' : [...document.querySelectorAll('*')].indexOf(a); }"))
        if order[-1] == "":
            break
    assert order[-1] == "" and len(order) > 15, "Tab leaves the page in the end"
    assert order[:-1] == sorted(set(order[:-1])), "nothing is reached twice or out of order"


def test_messages_are_feeds_with_named_articles(reader, tale):
    one = reader(tale)
    one.go(f"/chat/{story.club()}")
    tree = one.all("[role=feed]").evaluate_all(
        "(feeds) => feeds.map((feed) => [feed.getAttribute('aria-label'),"
        " [...feed.children].every((child) => child.localName === 'article')])")
    assert len(tree) == 2 and all(label and articles for label, articles in tree)
    labels = one.all("article.message").evaluate_all("(list) => list.map((one) => one.getAttribute('aria-label'))")
    assert labels[0].startswith("Boris, ") and all(labels)
    assert one.all("main").count() == 1 and one.all("nav[aria-label]").count() >= 2


def test_the_interface_stays_usable_with_forced_colours(reader, tale):
    one = reader(tale, forced_colors="active")
    one.go(f"/chat/{story.ADA}")
    assert one.all("#m10 .bubble").evaluate("(b) => getComputedStyle(b).borderTopStyle") == "solid"


SMALLER = """() => [...document.querySelectorAll("a[href], button, input, select, summary, [role=button]")]
  .filter((one) => one.checkVisibility() && !one.closest(".text, .sr, .foot, p, [aria-hidden=true], .service"))
  .filter((one) => !one.matches(".skip, [tabindex='-1'], label input"))
  .map((one) => [one, one.getBoundingClientRect()])
  .filter(([one, box]) => box.width < 24 || box.height < 24)
  .map(([one, box]) => `${one.outerHTML.slice(0, 120)} ${box.width}x${box.height}`)"""


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_targets_are_24_pixels_large(reader, tale, size):
    """Stricter than axe, which lets small targets be when there is room around."""
    one = reader(tale, size=size)
    for name, path in pages.of_the_tale().items():
        one.go(path)
        assert one.eval(SMALLER) == [], name
