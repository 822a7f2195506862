"""Single-key shortcuts, as docs/viewer.md lists them, and switching them off."""

import re

import tale as story

CHAT = f"/chat/{story.ADA}"
FOCUS = "() => document.activeElement.id"


def press(one, *keys):
    for key in keys:
        one.page.keyboard.press(key)


def test_messages_chats_and_pages(reader, tale):
    one = reader(tale)
    one.go(f"{CHAT}#m10")
    press(one, "j", "j")
    assert one.eval(FOCUS) == "m12"
    press(one, "k")
    assert one.eval(FOCUS) == "m11"
    press(one, "n")
    one.page.wait_for_url(f"**/chat/{story.club()}*")
    press(one, "p")
    one.page.wait_for_url(f"**{CHAT}*")
    press(one, "g")
    one.page.wait_for_selector(".months")
    one.page.go_back()
    one.page.wait_for_selector("#history")
    press(one, "End")
    one.page.wait_for_url("**#newest")
    press(one, "?")
    one.page.wait_for_selector(".settings")
    press(one, "Escape")
    one.page.wait_for_selector("#history")
    assert one.page.url.endswith(f"{CHAT}#newest"), "back where one was"
    press(one, "Escape")
    one.page.wait_for_selector(".welcome")


def test_the_page_that_was_asked_for_last_is_the_one_that_comes(reader, tale):
    one = reader(tale)
    held = []
    # Before the page is there: in one that is, Chromium may let a request pass for a moment longer.
    one.page.route(re.compile("/search"), lambda route: held.append(route))
    one.go(CHAT)
    with one.page.expect_request(re.compile("/search")):
        press(one, "/")
    press(one, "?")
    one.page.wait_for_selector(".settings")
    with one.page.expect_response(re.compile("/search")):
        held.pop().continue_()
    one.eval("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert one.page.url.endswith("/settings") and one.all(".settings").count() == 1


def test_slash_searches_the_open_chat(reader, tale):
    one = reader(tale)
    one.go(CHAT)
    press(one, "/")
    one.page.wait_for_url(f"**/search?chat={story.ADA}")
    one.until("() => document.activeElement.name === 'q'")
    press(one, "j", "n")
    assert one.page.input_value("input[name=q]") == "jn", "who types is not interrupted"


def test_they_can_be_switched_off(reader, tale):
    one = reader(tale)
    one.go("/settings")
    one.all("input[name=keys]").uncheck()
    one.all(".settings button").click()
    one.page.wait_for_load_state()
    one.go(CHAT)
    press(one, "j", "?", "/")
    assert one.page.url.endswith(CHAT) and one.eval(FOCUS) == ""


def test_settings_change_language_and_colours(reader, tale):
    one = reader(tale)
    one.go("/settings")
    one.all("select[name=language]").select_option("ar")
    one.all("input[name=theme][value=dark]").check()
    one.all(".settings button").click()
    one.page.wait_for_selector("html[dir=rtl][data-theme=dark]")
    assert one.all("[role=status]").count() == 1
    paper = one.eval("() => getComputedStyle(document.body).backgroundColor")
    assert sum(map(int, paper[4:-1].split(","))) < 120, paper
    one.go(CHAT)
    assert one.page.get_attribute("html", "lang") == "ar"


def test_pictures_stand_still_when_the_reader_says_so(reader, tale):
    one = reader(tale)
    one.go("/settings")
    one.all("input[name=motion][value=still]").check()
    one.all(".settings button").click()
    one.page.wait_for_selector(".settings [role=status]")
    one.go(f"/chat/{story.DORA}#m10")
    one.page.wait_for_selector("#m10 .emoji.known", state="attached")
    assert one.eval("() => [...document.querySelectorAll('.moving.known')].every((one) => one.matches('.stopped'))")
    assert one.all("#m10 .drawn").count() == 0
    one.all("#m10 .emoji[data-tgs]").click()
    one.page.wait_for_selector("#m10 .drawn svg path", state="attached")


def test_names_are_found_while_one_types(reader, tale):
    one = reader(tale)
    one.go("/")
    one.all(".find input[type=search]").press_sequentially("ches")
    one.until("() => document.querySelectorAll('.chat-row').length === 1")
    assert one.all(".chat-row").inner_text().startswith(("CC", "Chess"))


def test_the_back_button_comes_back_to_the_place(reader, tale):
    one = reader(tale)
    one.go(CHAT)
    one.eval("() => { document.getElementById('main').scrollTop = 700; }")
    # By hand: Playwright would scroll before it clicks.
    one.eval("() => document.querySelector('.page-title').click()")
    one.page.wait_for_selector(".profile")
    one.page.go_back()
    one.page.wait_for_selector("#history")
    one.until("() => Math.abs(document.getElementById('main').scrollTop - 700) < 40")
