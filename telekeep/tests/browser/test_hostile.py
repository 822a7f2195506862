"""Nothing that came from Telegram executes, navigates or calls home, whatever it is made of."""

import urllib.error
import urllib.request

import pytest

import hostile
from reader import PHONE

LIVELY = """() => [...document.querySelectorAll("*")].flatMap((one) => [...one.attributes]
  .filter(({ name, value }) => name.startsWith("on") || name === "style" && one.closest(".drawn") === null && one.id !== "lightbox"
    && !one.matches(".sound, #lightbox img") || ["src", "href", "action", "srcset", "formaction"].includes(name)
    && /^[\\s\\u0000-\\u0020]*(javascript|data|vbscript|file|blob):/i.test(value))
  .map(({ name, value }) => `${one.localName} ${name}=${value.slice(0, 80)}`))"""
STRANGERS = "() => document.querySelectorAll('script:not([src^=\"/assets/\"]), iframe, object, embed, base, main style, main form[action^=http], template').length"


@pytest.fixture
def attacks(viewers):
    return viewers("hostile")


def inert(one, path):
    assert one.go(path).status in (200, 400), path
    assert one.eval(LIVELY) == [], path
    assert one.eval(STRANGERS) == 0, path
    assert one.page.url == one.site.base + path, "nothing led away"


@pytest.mark.parametrize("part", range(4))
def test_texts_stay_texts(reader, attacks, part):
    one = reader(attacks).allow(404)
    for chat in hostile.chats()[part::4]:
        for path in (f"/chat/{chat}", f"/chat/{chat}/calendar", f"/chat/{chat}/{chat * 100}/history",
                     f"/profile/{chat}", f"/statistics?chat={chat}", f"/gallery?chat={chat}&kind=files",
                     f"/gallery?chat={chat}&kind=links", f"/search?chat={chat}&q=canary+OR+foreign&around=1"):
            inert(one, path)


def test_texts_stay_texts_where_chats_meet(reader, attacks):
    one = reader(attacks, size=PHONE).allow(400, 404)
    forum = -1_000_000_000_071
    for path in ("/", "/coverage", "/statistics", "/search?q=canary", "/search?q=from:script", f"/chat/{forum}",
                 f"/chat/{forum}/topic/11", "/gallery", "/gallery?kind=music",
                 "/search?q=%22%3E%3Cscript%3Ewindow.canary%3D1%3C/script%3E",
                 "/?name=%3Cimg%20src=x%20onerror=window.canary=1%3E", "/search?q=%00%1b%e2%80%ae",
                 "/search?q=a&kind=%3Cscript%3E&since=%22onfocus=1&sort=x"):
        inert(one, path)


def test_going_from_page_to_page_runs_nothing_either(reader, attacks):
    """The same texts through our own scripts: pages put into the page, the large view, the player."""
    one = reader(attacks).allow(404)
    one.go("/")
    for chat in hostile.chats()[::5]:
        one.all(f".chat-row[href^='/chat/{chat}#']").click()
        one.page.wait_for_selector(f"#history[data-chat='{chat}']")
        one.eval("() => { for (const hidden of document.querySelectorAll('.spoiler, .folded')) hidden.click(); }")
        one.all(".page-title").click()
        one.page.wait_for_selector(".profile")
    assert one.eval(LIVELY) == []


def test_only_harmless_addresses_become_links(reader, attacks):
    one = reader(attacks).allow(404)
    one.go("/chat/50")
    for id, url in hostile.links():
        link = one.all(f"#m{id} .text a:not(.time)")
        if link.count():
            href = link.first.get_attribute("href")
            assert href.startswith(("https://", "http://", "mailto:", "tel:", "tg://", "/")), (url, href)
            assert not href.startswith("//"), href
            assert "noopener" in link.first.get_attribute("rel")


def test_stickers_draw_shapes_or_nothing(reader, attacks):
    # A sticker out of measure: the drawing says that it has no numbers for its lines.
    one = reader(attacks).allow(404).ignore("<path> attribute d: Expected number")
    one.go("/chat/50?at=7000#m7000")
    one.page.wait_for_selector("#m7000 .drawn svg path", state="attached")
    for n, _ in enumerate(hostile.animations()):
        one.all(f"#m{7000 + n}").scroll_into_view_if_needed()
    # The last ones cannot be drawn; the page lives on.
    one.until("() => document.querySelectorAll('.drawn svg').length >= 2")
    assert one.eval("() => document.querySelectorAll('.drawn image, .drawn text, .drawn script, .drawn foreignObject').length") == 0
    assert one.eval("() => ({}).canary === undefined")


def headers(site, path):
    name, value = site.cookie
    asked = urllib.request.Request(site.base + path, headers={"Cookie": f"{name}={value}"})
    with urllib.request.urlopen(asked) as answer:
        return answer.headers


@pytest.mark.parametrize("n", range(len(hostile.bodies())))
def test_files_are_saved_or_shown_inert(reader, attacks, n):
    mime, data = hostile.bodies()[n]
    path = f"/file/document/{9000 + n}"
    got = headers(attacks, path)
    kind = got["content-type"]
    assert got["x-content-type-options"] == "nosniff" and "sandbox" in got["content-security-policy"]
    assert kind == "application/octet-stream" or kind.split("/")[0] in ("image", "audio", "video")
    assert "svg" not in kind
    if kind == "application/octet-stream":
        name = got["content-disposition"]
        assert name.startswith("attachment") and "/" not in name.replace("attachment", "").split("filename*")[0]
    # A picture that is opened alone: Chromium puts it into a page of its own, whose style our policy refuses.
    one = reader(attacks, watch=kind == "application/octet-stream")
    if one.watch:
        one.go("/settings")
        with one.page.expect_download() as saving:
            one.eval("(path) => { location.href = path; }", path)
        saved = saving.value
        assert saved.path().read_bytes() == data
        assert not {"/", "\\", "\0", "\u202e"} & set(saved.suggested_filename) and ".." not in saved.suggested_filename[:2]
    else:
        one.go(path)
        assert one.page.title() != "ran" and one.eval("() => window.canary === undefined")


def test_nothing_gets_in_from_another_site(reader, attacks, tale):
    """Another port of the same computer is another site: no reading, no forms, no frames."""
    one = reader(attacks, watch=False)
    name, value = tale.cookie
    one.context.add_cookies([{"name": name, "value": value, "url": tale.base}])
    one.go("/settings")
    got = one.eval("(url) => fetch(url, { credentials: 'include' }).then((a) => a.text(), (e) => `refused ${e.name}`)",
                   tale.base + "/")
    assert got.startswith("refused")
    asked = urllib.request.Request(tale.base + "/", headers={"Cookie": f"{name}={value}", "Origin": attacks.base})
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(asked)
    assert refused.value.code == 403
