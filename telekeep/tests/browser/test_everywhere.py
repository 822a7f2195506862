"""Every page, in every size and scheme: it is shown, nothing is refused, nothing fails, nothing goes elsewhere, nothing
has to be scrolled sideways, and axe finds nothing. The reader checks the rest (reader.py)."""

import pathlib

import pytest

import accessible
import pages
from reader import DESKTOP, PHONE

LANGUAGES = ("en", "de", "es", "ru", "zh-CN", "ar")
SMALL = (320, 640)
LOOKS = {
    "desktop": (DESKTOP, "light"), "dark": (DESKTOP, "dark"), "phone": (PHONE, "light"),
    # 1280 pixels at 400 %: what WCAG asks to read without scrolling in two directions.
    "reflow": (SMALL, "light"),
    # Desktop at 200 %.
    "zoomed": ((640, 400), "light"),
}
SIDEWAYS = """() => [document.documentElement, document.getElementById("main")]
  .filter((box) => box.clientWidth > 1 && box.scrollWidth > box.clientWidth + 1).map((box) => `${box.localName} ${box.scrollWidth}>${box.clientWidth}`)"""
BROKEN = """async () => {
  const pictures = [...document.querySelectorAll("main img")];
  for (const picture of pictures) picture.loading = "eager";
  await Promise.allSettled(pictures.map((picture) => picture.decode()));
  return pictures.filter((picture) => picture.naturalWidth === 0).map((picture) => picture.src);
}"""

"""What axe is asked for in a look. All of it once; in the others what can differ there. (With --full everything is asked
for everywhere, test_accessible.py.)"""
AXE = {("en", "desktop"): accessible.EVERYTHING, ("en", "dark"): accessible.ONLY_COLOURS,
       ("en", "phone"): accessible.ONLY_LAYOUT, ("ar", "desktop"): accessible.ONLY_WORDS}
"""Where everything that can be pressed is measured."""
TARGETS = ("desktop", "phone")
"""The list of chats stands beside every page: axe looks at it where it is the page."""
LISTS = ("chats", "folder", "chats-found")
"""Pages with nothing on them that another has not: axe need not read it twice."""
TWICE = ("chat-at", "topic-gallery", "gallery-round", "gallery-gifs", "gallery-music")
"""Pages made of what others are made of too: their colours in the dark are those of the others."""
ALIKE = ("folder", "chats-found", "topic", "topics", "topic-calendar", "small-pictures", "hits-around", "search-wrong",
         "profile-names", "statistics-chat", "gallery-videos", "gallery-voice", "gallery-links")


@pytest.fixture
def pictures(pytestconfig, request):
    """With --screenshots: takes a picture to look at."""
    folder = pytestconfig.getoption("--screenshots")

    def take(one, name):
        if folder:
            one.page.wait_for_timeout(300)
            file = f"{request.node.originalname}-{name}-{request.node.callspec.id}.png"
            one.page.screenshot(path=pathlib.Path(folder) / file)

    return take


def readable(one, name):
    assert one.all("main h1").count() == 1, name
    assert one.page.title(), name
    assert one.eval(SIDEWAYS) == [], name
    assert one.eval(BROKEN) == [], name


def usable(one, name, language, look):
    if look in TARGETS:
        assert one.eval(accessible.SMALLER) == [], (name, look)
    rules = AXE.get((language, look))
    if rules and name not in TWICE and not (look == "dark" and name in ALIKE):
        exclude = () if name in LISTS else (".chats",)
        assert accessible.found(one, rules, exclude) == [], (name, look)


def in_all_looks(one, name, path, language, looks, pictures, careful=True):
    """One visit that is laid out anew for every size and scheme: what there is to see is the same."""
    assert one.go(path).status == 200, name
    readable(one, name)
    for look in looks:
        if look == "dark" and (language, look) not in AXE:
            # The dark has other colours and nothing else.
            continue
        one.look(*LOOKS[look])
        pictures(one, f"{name}-{look}")
        assert one.eval(SIDEWAYS) == [], (name, look)
        if careful:
            usable(one, name, language, look)
    one.look(*LOOKS["desktop"])


PARTS = 4
"""The chat of the world where most people say most kinds of things."""
MIXED = "chat-oldest-group"


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("language", ["en", "ar"])
def test_pages_of_the_tale(reader, tale, pictures, language, part):
    one = reader(tale, language=language)
    # What is too wide is too wide at 320 pixels too: from right to left that is enough.
    looks = [look for look in LOOKS if (language, look) != ("ar", "zoomed")]
    for name, path in list(pages.of_the_tale().items())[part::PARTS]:
        in_all_looks(one, name, path, language, looks, pictures)


@pytest.mark.parametrize("part", range(2))
@pytest.mark.parametrize("language, looks", [("en", ["desktop", "reflow"]), ("ar", ["phone"])], ids=["en", "ar"])
def test_chats_of_a_world_with_every_kind_of_message(reader, world, pictures, language, looks, part):
    """What is said in chats of every kind. Their other pages are as those of the tale, and are looked at with --full, as
    is all of this by axe, which is shown the group here."""
    one = reader(world, language=language)
    chats = [page for page in pages.of_a_world(world).items() if page[0].startswith("chat-oldest")]
    assert MIXED in dict(chats)
    for name, path in chats[part::2]:
        in_all_looks(one, name, path, language, looks, pictures, careful=name == MIXED)


@pytest.mark.heavy
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE, SMALL], ids=lambda size: str(size[0]))
def test_every_page_in_every_language(reader, world, tale, pictures, language, scheme, size):
    for site, all_pages in ((world, pages.of_a_world(world)), (tale, pages.of_the_tale())):
        one = reader(site, size=size, scheme=scheme, language=language)
        for name, path in all_pages.items():
            assert one.go(path).status == 200, name
            pictures(one, name)
            readable(one, name)


def test_the_language_and_direction_are_those_of_the_browser(reader, tale):
    for language, code, direction in [("ar", "ar", "rtl"), ("de", "de", "ltr"), ("zh-CN", "zh-Hans", "ltr")]:
        one = reader(tale, language=language)
        one.go("/")
        assert (one.page.get_attribute("html", "lang"), one.page.get_attribute("html", "dir")) == (code, direction)


@pytest.mark.parametrize("path", pages.PROBLEMS)
def test_what_is_not_there_says_so_and_leads_back(reader, tale, path):
    status = pages.PROBLEMS[path]
    one = reader(tale).allow(status)
    assert one.go(path).status == status
    assert one.all("main h1").inner_text()
    one.all("main a").first.click()
    one.page.wait_for_selector(".chats")


def test_without_the_token_there_is_a_page_that_says_so(reader, tale, browser):
    one = reader(tale).allow(401)
    one.context.clear_cookies()
    assert one.go("/").status == 401
    assert "Ada" not in one.page.content()
    assert one.all("main h1").inner_text()


def test_the_printed_address_lets_in_and_forgets_the_token(reader, tale):
    one = reader(tale)
    one.context.clear_cookies()
    one.page.goto(tale.entrance)
    one.page.wait_for_selector(".chat-row")
    assert "token" not in one.page.url
    assert one.eval("() => document.cookie") == "", "scripts cannot read the session"
