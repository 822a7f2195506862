"""WCAG 2.2 AA by axe-core, and what axe cannot see: order of focus, feeds. Every page meets axe in test_everywhere.py;
here is what one must open first and, with --full, all of it in every look."""

import pytest

import accessible
import pages
import tale as story
from reader import PHONE

LOOKS = {"desktop": {}, "rtl": {"language": "ar"}, "phone": {"size": PHONE},
         "phone-rtl": {"size": PHONE, "language": "ar"}}


def found_on(one, pages):
    found = {}
    for name, path in pages.items():
        one.go(path)
        found[name] = accessible.found_in_both_schemes(one)
    return {name: problems for name, problems in found.items() if problems}


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
    assert accessible.found_in_both_schemes(one) == []
    one.all("#m40 a[data-photo]").click()
    one.page.wait_for_selector("#lightbox[open]")
    assert accessible.found_in_both_schemes(one) == []
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
