"""Nothing that came from Telegram executes, navigates or calls home, whatever it is made of."""

import urllib.error
import urllib.parse
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
def test_texts_stay_texts(reader, attacks, full, part):
    # The list of chats stands beside every page and is the same: it is looked at where it is the page, and here without.
    one = reader(attacks, extra_http_headers={"X-Fragment": "1"}).allow(404)
    for n, chat in enumerate(hostile.chats()[part::4]):
        paths = [f"/chat/{chat}", f"/search?chat={chat}&q=canary+OR+foreign&around=1"]
        # Of these two would do: they say little more than a name or the text once more. All of them with --full.
        fewer = [f"/chat/{chat}/{chat * 100}/history", f"/profile/{chat}", f"/chat/{chat}/calendar",
                 f"/statistics?chat={chat}", f"/gallery?chat={chat}&kind=files", f"/gallery?chat={chat}&kind=links",
                 f"/chat/{chat}/members", f"/chat/{chat}/links", f"/chat/{chat}/log"]
        for path in paths + (fewer if full else [fewer[n % 2], fewer[2 + n % 7]]):
            inert(one, path)


def test_texts_stay_texts_where_chats_meet(reader, attacks):
    one = reader(attacks, size=PHONE).allow(400, 404)
    forum = -1_000_000_000_071
    for path in ("/", "/coverage", "/statistics", "/search?q=canary", "/search?q=from:script", f"/chat/{forum}",
                 f"/chat/{forum}/topic/11", f"/chat/{forum}/topics", "/gallery", "/gallery?kind=music",
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


SHOWN = """async () => {
  const pictures = [...document.querySelectorAll("img[src^='/tiny/']")];
  for (const picture of pictures) picture.loading = "eager";
  await Promise.allSettled(pictures.map((picture) => picture.decode()));
  return pictures.map((picture) => [picture.src, picture.naturalWidth, picture.naturalHeight]);
}"""
"""Pixels of a tiny picture that a page may have."""
TINY = 100


def test_tiny_pictures_are_tiny_pictures_or_nothing(reader, attacks):
    # An outline that is no drawing: the browser says what it makes of it.
    one = reader(attacks).allow(404).ignore("<path> attribute d:")
    chat = -1_000_000_000_000 - hostile.PREVIEWS
    for path in (f"/chat/{chat}", f"/gallery?chat={chat}", f"/gallery?chat={chat}&kind=videos", f"/profile/{chat}",
                 "/", "/profile/600"):
        inert(one, path)
        shown = one.eval(SHOWN)
        assert all(len(source) < 5000 and width <= TINY and height <= TINY for source, width, height in shown), path
        assert len(one.page.content()) < 400_000, path
    one.go(f"/chat/{chat}")
    good = "async (img) => { img.loading = 'eager'; await img.decode(); return img.naturalWidth; }"
    assert one.all("#m1 img.blur").evaluate(good) > 0 and one.all("#m21 img.blur").evaluate(good) > 0
    assert one.all("article").count() == 3 * len(list(hostile.stripped())), "nothing is left out"
    assert one.eval("() => Math.max(...[...document.querySelectorAll('article')].map((a) => a.offsetHeight))") < 900
    assert one.eval("() => document.getElementById('main').scrollWidth <= document.getElementById('main').clientWidth")
    assert one.all(".outline path").evaluate_all(
        "(paths) => paths.every((path) => /^[-A-Za-z0-9,.]*$/.test(path.getAttribute('d')))")


@pytest.mark.parametrize("n", range(len(list(hostile.stripped()))))
def test_tiny_pictures_by_their_address(attacks, n):
    data = list(hostile.stripped())[n][0]
    address = data.replace("+", "-").replace("/", "_").rstrip("=")
    try:
        got = headers(attacks, f"/tiny/{urllib.parse.quote(address, safe='')}")
    except urllib.error.HTTPError as refused:
        assert refused.code in (404, 414, 431)
        return
    except OSError:
        # A head out of measure ends the connection.
        assert len(address) > 30_000
        return
    assert got["content-type"] == "image/jpeg" and got["x-content-type-options"] == "nosniff"
    assert "sandbox" in got["content-security-policy"] and int(got["content-length"]) < 5000


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
