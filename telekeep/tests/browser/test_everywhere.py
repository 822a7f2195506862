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
    "desktop-light": {}, "desktop-dark": {"scheme": "dark"}, "desktop-rtl": {"language": "ar"},
    "phone-light": {"size": PHONE}, "phone-dark": {"size": PHONE, "scheme": "dark"},
    "phone-rtl": {"size": PHONE, "language": "ar"},
    # 1280 pixels at 400 %: what WCAG asks to read without scrolling in two directions.
    "reflow": {"size": SMALL}, "reflow-rtl": {"size": SMALL, "language": "ar"},
    # Desktop at 200 %.
    "zoomed": {"size": (640, 400), "device_scale_factor": 2},
}
SIDEWAYS = """() => [document.documentElement, document.getElementById("main")]
  .filter((box) => box.clientWidth > 1 && box.scrollWidth > box.clientWidth + 1).map((box) => `${box.localName} ${box.scrollWidth}>${box.clientWidth}`)"""
BROKEN = """async () => {
  const pictures = [...document.querySelectorAll("main img")];
  for (const picture of pictures) picture.loading = "eager";
  await Promise.allSettled(pictures.map((picture) => picture.decode()));
  return pictures.filter((picture) => picture.naturalWidth === 0).map((picture) => picture.src);
}"""


"""What axe and the rules of targets are asked for in a look. All of it once; in the others what can differ there. (With
--full everything is asked for everywhere, test_accessible.py.)"""
AXE = {"desktop-light": accessible.EVERYTHING, "desktop-dark": accessible.ONLY_COLOURS,
       "desktop-rtl": accessible.BUT_COLOURS, "phone-light": accessible.BUT_COLOURS}
TARGETS = ("desktop-light", "phone-light")
"""The list of chats stands beside every page: it is looked at where it is the page."""
LISTS = ("chats", "folder", "chats-found")


@pytest.fixture
def check(pytestconfig, request):
    """What is demanded of every page; with --screenshots a picture of each to look at."""
    folder = pytestconfig.getoption("--screenshots")

    def check(one, name, path):
        answer = one.go(path)
        if folder:
            one.page.wait_for_timeout(300)
            look = request.node.callspec.id
            one.page.screenshot(path=pathlib.Path(folder) / f"{request.node.originalname}-{name}-{look}.png")
        assert answer.status == 200, name
        readable(one, name)

    return check


def readable(one, name):
    assert one.all("main h1").count() == 1, name
    assert one.page.title(), name
    assert one.eval(SIDEWAYS) == [], name
    assert one.eval(BROKEN) == [], name


def usable(one, name, look):
    if look in TARGETS:
        assert one.eval(accessible.SMALLER) == [], name
    if look in AXE:
        exclude = () if name in LISTS else (".chats",)
        assert accessible.found(one, AXE[look], exclude) == [], name


@pytest.mark.parametrize("look", LOOKS)
def test_pages_of_the_tale(reader, tale, check, look):
    one = reader(tale, **LOOKS[look])
    for name, path in pages.of_the_tale().items():
        check(one, name, path)
        usable(one, name, look)


@pytest.mark.parametrize("look", ["desktop-light", "phone-rtl", "reflow"])
def test_pages_of_a_world_with_every_kind_of_message(reader, world, check, look):
    one = reader(world, **LOOKS[look])
    for name, path in pages.of_a_world(world).items():
        check(one, name, path)
        if name.startswith("chat-oldest"):
            usable(one, name, look)


def test_every_kind_of_message_in_the_dark(reader, world):
    look = "desktop-dark"
    one = reader(world, **LOOKS[look])
    for name, path in pages.of_a_world(world).items():
        if name.startswith("chat-oldest"):
            one.go(path)
            usable(one, name, look)


@pytest.mark.heavy
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE, SMALL], ids=lambda size: str(size[0]))
def test_every_page_in_every_language(reader, world, tale, check, language, scheme, size):
    for site, all_pages in ((world, pages.of_a_world(world)), (tale, pages.of_the_tale())):
        one = reader(site, size=size, scheme=scheme, language=language)
        for name, path in all_pages.items():
            check(one, name, path)


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
