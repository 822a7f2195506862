"""Rich messages: each block is the HTML that is meant for it, and reads in every direction and size."""

import accessible
import papers
from reader import PHONE

CHAT = f"/chat/{papers.CHAT}"
HERE = f"#m{papers.PAPER} .rich"
LEVELS = "(all) => all.map((one) => Number(one.localName[1]))"


def test_every_block_is_drawn_as_what_it_is(reader, tale):
    one = reader(tale)
    one.go(CHAT)
    for selector, text in {
        "h3.t1": "How the harbour works", "h4.t3": "Lists", "b": "bold", "i": "slanted", "mark": "marked", "sub": "2",
        "sup": "2", "del": "old", "ins": "new", ".spoiler": "hidden", "p code.math": "a^2+b^2", "ul > li": "cranes",
        "ul ul > li": "inner", "ol > li": "third", "blockquote .small": "A sailor", "blockquote.pull": "Large and in the middle",
        "pre[data-language=rust]": "println", "caption": "Tides of the week", "thead th[scope=col]": "Day",
        "tbody th[scope=row]": "Mon", "td.right": "04:12", "td[colspan='2'].center": "and so on",
        "details summary": "What is folded", "figcaption": "The quay", ".articles a[href='https://example.org/ebb']": "Ebb",
        ".buttons a": "Timetable", "p > a[href='/profile/-1000000000070']": "Chess Club", "time": "2023",
        "p.small": "Ada Lovelace",
    }.items():
        assert text in one.all(f"{HERE} {selector}").first.text_content(), selector
    words = one.all(HERE).text_content()
    for text in ("said by a later version", "pageBlockOfTheFuture", "Small print at the end", "\\int_0^1 x^2 dx", "by Boris"):
        assert text in words, text
    for part in ("figure.picture img", "figure.video video", ".sound", ".file", "p.missing", ".card", "hr", ".emoji.held"):
        assert one.all(f"{HERE} {part}").count() >= 1, part
    assert one.all(f"{HERE} ol[start='3'][type=i] > li[data-label='7b']").count() == 1
    assert one.all(f"{HERE} ol.kind-i").evaluate("(list) => getComputedStyle(list).listStyleType") == "lower-roman"
    assert one.all(f"{HERE} [role=img][aria-label=done]").count() == 1
    assert one.all(f"{HERE} [role=img][aria-label='not done']").count() == 1


def test_headings_go_down_one_step_at_a_time(reader, tale):
    one = reader(tale)
    one.go(CHAT)
    levels = [2, *one.all(f"{HERE} :is(h3, h4, h5, h6):not(details *)").evaluate_all(LEVELS)]
    assert len(levels) > 3 and all(after <= before + 1 for before, after in zip(levels, levels[1:], strict=False))


def test_what_is_folded_opens_and_links_lead_inside(reader, tale):
    one = reader(tale)
    one.go(CHAT)
    inside = one.all(f"{HERE} details").first
    assert inside.locator("p").is_hidden()
    inside.locator("summary").press("Enter")
    assert inside.locator("p").is_visible()
    one.all(f"{HERE} a[href^='#']").click()
    place = one.page.url.split("#")[1]
    assert one.eval("(id) => document.getElementById(id) !== null", place)
    photo = one.all(f"{HERE} a[data-photo]").first
    photo.click()
    one.page.wait_for_selector("#lightbox[open]")


def test_wide_tables_scroll_inside(reader, tale):
    one = reader(tale, size=PHONE)
    one.go(CHAT)
    wide = one.all(f"{HERE} .wide")
    assert wide.evaluate("(box) => box.scrollWidth > box.clientWidth && getComputedStyle(box).overflowX === 'auto'")
    assert one.eval("() => document.getElementById('main').scrollWidth <= document.getElementById('main').clientWidth")


def test_each_block_has_its_own_direction(reader, tale):
    one = reader(tale)
    one.go(CHAT)
    here = f"#m{papers.RTL} .rich"
    for part in ("h3", "ul", "ol", "table", "blockquote"):
        assert one.all(f"{here} {part}").first.evaluate("(part) => getComputedStyle(part).direction") == "rtl", part
    assert one.all(f"{HERE} ul").first.evaluate("(part) => getComputedStyle(part).direction") == "ltr"
    assert "only the beginning" in one.all(here).text_content()


def test_rich_messages_print_unfolded(reader, tale):
    one = reader(tale)
    one.go(CHAT)
    one.page.emulate_media(media="print")
    assert one.all(f"{HERE} details p").first.bounding_box()["height"] > 5
    one.page.emulate_media(media="screen")


def test_lists_show_their_first_words_and_search_finds_the_rest(reader, tale):
    one = reader(tale)
    one.go(f"/search?q=lamps&chat={papers.CHAT}")
    assert one.all(".hit").count() == 1
    one.go(f"/search?q=Ebb&chat={papers.CHAT}")
    assert one.all(".hit").count() == 1
    one.go(f"/gallery?kind=photos&chat={papers.CHAT}")
    assert one.all(f'.gallery .tile:has([href*="{papers.PAPER}"]) img').count() == 1
    one.go("/")
    assert "hidden" not in one.all(".chats").text_content()
    assert accessible.found(one) == []
