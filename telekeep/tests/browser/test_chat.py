"""A chat reads as in Telegram: grouping, answers, edits, deletions, albums, polls."""

import tale as story


def test_messages_are_grouped_until_a_quarter_of_an_hour_or_a_new_day(reader, tale):
    one = reader(tale)
    one.go(f"/chat/{story.ADA}")
    joined = one.eval("() => Object.fromEntries([...document.querySelectorAll('article')]"
                      ".map((a) => [a.dataset.id, a.classList.contains('joined')]))")
    assert [joined[id] for id in ("10", "11", "12", "13", "14", "15")] == [False, True, False, False, False, True]
    assert one.all(".day").count() == 3


def test_a_reply_jumps_to_its_message_and_marks_it(reader, tale):
    one = reader(tale)
    one.go(f"/chat/{story.ADA}")
    address = one.page.url
    one.all("#m14 a.quoted").click()
    one.page.wait_for_selector("#m10.flash")
    assert one.eval("() => document.activeElement.id") == "m10"
    assert one.eval("() => { const b = document.getElementById('m10').getBoundingClientRect();"
                    " return b.top > 0 && b.bottom < innerHeight; }")
    assert one.page.url == address, "no loading for what is on the page"


def test_edits_show_every_version_and_what_changed(reader, tale):
    one = reader(tale)
    one.go(f"/chat/{story.ADA}")
    one.all("#m15 .meta a").filter(has_text="edited").click()
    one.page.wait_for_selector(".versions")
    assert one.all(".versions > li").count() == 3
    assert one.all(".versions > li").nth(0).locator("ins").all_inner_texts() == ["big "]
    assert one.all(".versions > li").nth(1).locator("del").all_inner_texts() == ["nine"]


def test_what_was_deleted_is_kept_and_marked(reader, tale):
    one = reader(tale)
    one.go(f"/chat/{story.ADA}")
    said = one.all("#m16.deleted").inner_text()
    assert "I should not have said this" in said and "deleted" in said


def test_an_album_is_one_message_with_all_its_pictures(reader, tale):
    one = reader(tale)
    one.go(f"/chat/{story.ADA}?at=42#m42")
    album = one.all("article").filter(has=one.all("#m42"))
    assert album.count() == 1 and album.locator("img").count() == 3
    assert album.inner_text().startswith("three pictures")
    boxes = [picture.bounding_box() for picture in album.locator(".picture img").all()]
    assert min(box["width"] for box in boxes) > 150
    assert boxes[0]["width"] > boxes[1]["width"] * 1.9, "the odd one is as wide as the others together"


def test_a_poll_shows_its_result_and_my_vote(reader, tale):
    one = reader(tale)
    one.go(f"/chat/{story.ADA}")
    said = one.all("#m22 .poll").inner_text()
    assert "What shall we drink?" in said and "75%" in said and "25%" in said and "4 votes" in said
    assert "Tea" in one.all("#m22 .chosen").inner_text()
    widths = one.all("#m22 meter").evaluate_all("(all) => all.map((one) => one.value)")
    assert widths == [75, 25]


def test_forwards_reactions_buttons_links_and_right_to_left_words(reader, tale):
    one = reader(tale)
    one.go(f"/chat/{story.ADA}")
    assert "Forwarded from Boris" in one.all("#m19").inner_text().replace("\n", " ")
    assert "🎉 3 times" in one.all("#m20 .reactions").inner_text().replace("\n", " ")
    button = one.all("#m21 .buttons a")
    assert (button.inner_text(), button.get_attribute("href")) == ("Timetable", "https://example.org/times")
    assert "noreferrer" in button.get_attribute("rel") and "noopener" in button.get_attribute("rel")
    assert "Tide tables" in one.all("#m23 .preview").inner_text()
    assert one.all("#m24 .text").evaluate("(text) => getComputedStyle(text).direction") == "rtl"


def test_code_quotes_and_hidden_words(reader, tale):
    one = reader(tale)
    one.go(f"/chat/{story.ADA}")
    assert one.all("#m17 pre code").inner_text().strip() == "let x = 1;"
    hidden = one.all("#m17 .spoiler")
    colour = "(word) => getComputedStyle(word).color"
    assert hidden.evaluate(colour).endswith(", 0)")
    state = "(word) => [word.getAttribute('role'), word.getAttribute('aria-expanded'), word.getAttribute('aria-label')]"
    assert hidden.evaluate(state) == ["button", "false", "Hidden text"]
    hidden.focus()
    assert hidden.evaluate(colour).endswith(", 0)"), "one may pass by"
    for key in ("Enter", " "):
        hidden.press(key)
        shown = not hidden.evaluate(colour).endswith(", 0)")
        assert shown == (key == "Enter")
    hidden.click()
    assert not hidden.evaluate(colour).endswith(", 0)")
    assert hidden.evaluate(state) == ["button", "true", None]
    folded = one.all("#m18 blockquote")
    height = folded.bounding_box()["height"]
    folded.click()
    assert folded.bounding_box()["height"] > height * 2


def test_a_link_in_hidden_words_is_hidden_with_them_and_followed_when_seen(reader, tale):
    one = reader(tale)
    one.go(f"/chat/{story.ADA}")
    parts = one.all("#m25 .spoiler")
    assert parts.evaluate_all("(all) => all.map((one) => one.localName)") == ["span", "a", "span"]
    assert parts.nth(1).get_attribute("href") == "https://example.org/gardener"
    parts.nth(1).press("Enter")
    assert one.all("#m25 .spoiler.open").count() == 3, "all of it opens, and no link is followed yet"
    assert len(one.context.pages) == 1
    parts.nth(0).press("Enter")
    assert one.all("#m25 .spoiler.open").count() == 0


def test_what_happened_shows_what_it_is_about(reader, tale):
    one = reader(tale)
    one.go(f"/chat/{story.club()}")
    one.all("#m7 .pin-quote").click()
    one.page.wait_for_selector("#m2.flash")
    picture = one.all("#m11 .given img")
    assert picture.evaluate("async (img) => { await img.decode(); return img.naturalWidth; }") > 0
    picture.click()
    one.page.wait_for_selector("#lightbox[open]")


def test_a_group_names_its_people_as_they_were_then(reader, tale):
    one = reader(tale)
    one.go(f"/chat/{story.club()}")
    assert one.all("#m2 .name").inner_text() == "Boris" and one.all("#m3 .name").count() == 0
    assert "Carla of the Hills" in one.all("#m4 .from").inner_text() and "“Carla”" in one.all("#m4 .from").inner_text()
    assert one.all("#m6.mine").count() == 1
    assert one.all("#m10 .from").inner_text() == "Emil Ebb deleted account"
    assert "Boris created the group “Chess Club”" in one.all("#m1").inner_text()
    assert "pinned a message" in one.all("#m7").inner_text()
    bar = one.all(".pinned-bar")
    assert "pinned words" in bar.inner_text()
    bar.click()
    one.page.wait_for_selector("#m9.flash")


def test_what_is_too_long_is_cut_at_its_end_also_from_right_to_left(reader, tale):
    one = reader(tale, language="ar", size=(320, 640))
    one.go(f"/chat/{story.club()}")
    beginning = """(one) => {
      one.textContent = "The beginning " + "and more ".repeat(20);
      const letter = document.createRange();
      letter.setStart(one.firstChild, 0);
      letter.setEnd(one.firstChild, 1);
      const [seen, box] = [letter, one].map((what) => what.getBoundingClientRect());
      return box.width > 50 && seen.left >= box.left - 1 && seen.right <= box.right + 1 && one.scrollWidth > one.clientWidth;
    }"""
    for words in (".page-head h1 bdi", ".pinned-bar [dir=auto]"):
        assert one.all(words).evaluate(beginning), words


"""What of a list is in a page, and where the next one is; read as our own scripts read pages, without showing it."""
DRAWN = """([address, kinds]) => new Promise((done, fail) => {
  const request = new XMLHttpRequest();
  request.open("GET", address);
  request.responseType = "document";
  request.onerror = fail;
  request.onload = () => {
    const page = request.responseXML;
    done([kinds.filter((kind) => page.querySelector(kind)), page.querySelector(".page-on.newer a")?.getAttribute("href")]);
  };
  request.send();
})"""


def test_the_world_shows_every_kind_of_message(reader, world):
    """Every kind of message that a backup can hold is drawn somewhere in the world."""
    one = reader(world)
    one.go("/settings")
    seen = set()
    kinds = {".poll", ".sound", ".video", ".round", ".moving", ".sticker", ".album", ".file", ".preview", ".card",
             ".quoted", ".forwarded", ".reactions", ".spoiler", "pre", "blockquote", ".service", ".dice",
             ".pinned-bar", ".topics"}
    for chat in world.chats():
        more = f"/chat/{chat['id']}?after=0"
        while more and seen != kinds:
            found, more = one.eval(DRAWN, [more, sorted(kinds - seen)])
            seen.update(found)
    assert kinds - seen == set()


def test_folders_of_the_account_stand_beside_those_of_every_list(reader, tale):
    one = reader(tale)
    one.go("/")
    names = lambda: one.all(".chat-name").all_inner_texts()
    one.all(".tabs a").filter(has_text="Rooms & boards").click()
    one.page.wait_for_selector(".tabs [aria-current]:has-text('Rooms & boards')")
    assert set(names()) == {"Chess Club", "Harbour Works", "Harbour News"}
    one.all(".tabs a").filter(has_text="أصدقاء").click()
    one.page.wait_for_selector(".tabs [aria-current]:has-text('أصدقاء')")
    assert names() == ["Dora", "Ada Lovelace"], "what is pinned in the folder comes first"
    one.all(".find input[type=search]").fill("ada")
    one.all(".find input[type=search]").press("Enter")
    one.page.wait_for_url("**name=ada*")
    assert names() == ["Ada Lovelace"]
    one.go("/?folder=1.99")
    assert one.all(".tabs [aria-current]").inner_text() == "All", "a folder that is not there is no error"
