"""Photos, sounds, films and stickers, from the archive's blobs to what is seen and heard."""

import pytest

import tale as story
from reader import PHONE

CHAT = f"/chat/{story.ADA}"
PLAYS = "() => !document.querySelector('#player audio').paused"
TIME = "() => document.querySelector('#player audio').currentTime"
SHOWN = "(id) => document.querySelector('#lightbox img').src.endsWith(`/photo/${id}/y`)"


def lightbox(one, id="m40"):
    one.go(CHAT)
    one.all(f"#{id} a[data-photo]").first.click()
    one.page.wait_for_selector("#lightbox[open]")
    one.until("() => document.querySelector('#lightbox img').naturalWidth > 0")
    return one


def test_a_photo_opens_large_and_keys_go_through_all(reader, tale):
    one = lightbox(reader(tale))
    one.until(SHOWN, 100)
    for key, id in [("ArrowRight", 101), ("ArrowRight", 102), ("ArrowLeft", 101), ("End", 103), ("Home", 100)]:
        one.page.keyboard.press(key)
        one.until(SHOWN, id)
    assert "the harbour" in one.all("#lightbox .caption").inner_text()
    assert one.all("#lightbox .previous").is_hidden()
    one.page.keyboard.press("Escape")
    one.page.wait_for_selector("#lightbox", state="hidden")
    assert one.eval("() => document.activeElement.dataset.photo") == "photo/100/y", "focus comes back"
    assert CHAT in one.page.url


def test_arrows_are_mirrored_from_right_to_left(reader, tale):
    one = lightbox(reader(tale, language="ar"))
    one.page.keyboard.press("ArrowLeft")
    one.until(SHOWN, 101)


def test_photos_zoom_by_keys_wheel_and_double_click(reader, tale):
    one = lightbox(reader(tale))
    width = "() => Math.round(document.querySelector('#lightbox img').getBoundingClientRect().width)"
    first = one.eval(width)
    one.page.keyboard.press("+")
    assert one.eval(width) == pytest.approx(first * 1.5, abs=2)
    one.page.keyboard.press("0")
    assert one.eval(width) == first
    one.page.mouse.move(640, 400)
    one.page.mouse.wheel(0, -100)
    one.until("(first) => document.querySelector('#lightbox img').getBoundingClientRect().width > first + 5", first)
    one.page.keyboard.press("0")
    one.page.mouse.dblclick(640, 400)
    one.until("(first) => document.querySelector('#lightbox img').getBoundingClientRect().width > first * 2", first)


def test_a_swipe_goes_on_and_down_closes(reader, tale):
    one = lightbox(reader(tale, size=PHONE))
    swipe(one, (300, 400), (100, 410))
    one.until(SHOWN, 101)
    swipe(one, (200, 300), (205, 500))
    one.page.wait_for_selector("#lightbox", state="hidden")


def swipe(one, start, end):
    one.page.mouse.move(*start)
    one.page.mouse.down()
    one.page.mouse.move(*end, steps=4)
    one.page.mouse.up()


def test_what_is_hidden_stays_out_of_the_large_view(reader, tale):
    one = lightbox(reader(tale))
    one.page.keyboard.press("End")
    one.until(SHOWN, 103)


def test_a_hidden_photo_shows_at_the_first_click_and_opens_at_the_second(reader, tale):
    one = reader(tale)
    one.go(CHAT)
    photo = one.all("#m44 .picture")
    blurred = "(figure) => getComputedStyle(figure.querySelector('img')).filter.includes('blur')"
    assert photo.evaluate(blurred)
    photo.locator("a[data-photo]").focus()
    assert photo.evaluate(blurred), "one may pass by"
    photo.click()
    assert not photo.evaluate(blurred) and one.all("#lightbox[open]").count() == 0
    photo.click()
    one.page.wait_for_selector("#lightbox[open]")
    one.go(CHAT)
    photo.locator("a[data-photo]").press("Enter")
    assert not photo.evaluate(blurred) and one.all("#lightbox[open]").count() == 0, "by keys as by a click"


def play(one, id="m45"):
    one.go(CHAT)
    one.all(f"#{id} a.play").click()
    one.page.wait_for_selector("#player:not([hidden])")
    one.until(PLAYS)


def test_a_sound_goes_on_while_one_reads_elsewhere(reader, tale):
    one = reader(tale)
    play(one, "m56")
    one.all(".page-title").click()
    one.page.wait_for_selector(".profile")
    assert one.eval(PLAYS) and one.page.url.endswith(f"/profile/{story.ADA}")
    before = one.eval(TIME)
    one.until("(before) => document.querySelector('#player audio').currentTime > before", before)
    one.page.go_back()
    one.page.wait_for_selector("#m56 .playing")
    one.all("#player .play").click()
    one.until("() => document.querySelector('#player audio').paused")
    one.all("#player .close").click()
    assert one.all("#player").is_hidden()


def test_the_speed_stays_and_the_next_one_follows(reader, tale):
    one = reader(tale)
    play(one)
    for speed in (1.5, 2, 1, 1.5):
        one.all("#player .speed").click()
        assert one.eval("() => document.querySelector('#player audio').playbackRate") == speed
    one.until("() => document.querySelector('#player audio').src.endsWith('/document/201')")
    assert one.eval("() => document.querySelector('#player audio').playbackRate") == 1.5
    one.until("() => document.querySelector('#m46 .sound').classList.contains('playing')")


def test_the_player_tells_its_time_and_leads_to_its_message(reader, tale):
    one = reader(tale)
    play(one, "m56")
    one.until("() => / \\/ \\d+:\\d\\d$/.test(document.querySelector('#player .player-time').textContent)")
    one.all("#player .speed").click()
    one.all(".page-title").click()
    one.page.wait_for_selector(".profile")
    one.all("#player b a").click()
    one.page.wait_for_selector("#m56")
    assert one.page.url.endswith("#m56")
    one.page.reload()
    assert one.all("#player .speed").evaluate("(speed) => speed.textContent") == "1.5×", "as long as the tab is open"


def test_a_round_video_plays_at_a_click_and_shows_how_far_it_is(reader, tale):
    one = reader(tale)
    one.go(f"{CHAT}?at=50#m50")
    one.page.wait_for_selector("#m50 .round.known")
    assert one.all("#m50 video").get_attribute("controls") is None
    button = one.all("#m50 .round-play")
    button.press("Enter")
    one.until("() => parseFloat(document.querySelector('#m50 .round').style.getPropertyValue('--done')) > 0")
    assert button.get_attribute("aria-label") in ("Pause", "Play")
    one.until("() => document.querySelector('#m50 video').paused")
    button.click()
    one.until("() => !document.querySelector('#m50 video').paused")


def test_a_click_into_the_wave_starts_there(reader, tale):
    one = reader(tale)
    one.go(CHAT)
    one.all("#m47 .wave").click()
    # Told by the page in one go: the sound is short, and a slow machine comes late.
    begun = one.until("() => { const { currentTime } = document.querySelector('#player audio');"
                      " return currentTime > 0.5 && currentTime; }")
    assert begun >= 0.9, "from the middle on"


def test_music_shows_who_and_what(reader, tale):
    one = reader(tale)
    play(one, "m48")
    assert "Foghorn" in one.all("#player b").inner_text()
    assert "The Quay" in one.all("#m48").inner_text()


def test_videos_play_and_seek_through_ranges(reader, tale):
    one = reader(tale)
    one.go(CHAT)
    for id in ("m49", "m50"):
        video = one.all(f"#{id} video")
        video.evaluate("async (video) => { video.muted = true; await video.play(); video.currentTime = video.duration / 2; }")
        one.until("(id) => document.querySelector(`#${id} video`).currentTime >= 0.4", id)


def test_gifs_run_while_seen_and_stop_at_a_click(reader, tale):
    one = reader(tale)
    one.go(f"{CHAT}?at=51#m51")
    running = "() => !document.querySelector('#m51 video').paused"
    one.until(running)
    one.all("#m51 figure").click()
    one.until("() => document.querySelector('#m51 video').paused")
    assert one.all("#m51 .still").get_attribute("aria-pressed") == "true"
    one.all("#m51 figure").click()
    one.until(running)


def test_stickers_of_all_kinds_are_drawn(reader, tale):
    one = reader(tale)
    one.go(f"{CHAT}?at=52#m52")
    one.page.wait_for_selector("#m52 .drawn svg path", state="attached")
    assert one.all("#m52 .drawn svg").bounding_box()["width"] > 100
    shape = "() => document.querySelector('#m52 .drawn svg').outerHTML"
    one.until("(first) => document.querySelector('#m52 .drawn svg').outerHTML !== first", one.eval(shape))
    one.until("() => document.querySelector('#m53 video').readyState > 1")
    assert one.all("#m54 img").evaluate("(img) => img.naturalWidth") > 100


def test_with_less_motion_nothing_begins_by_itself(reader, tale):
    one = reader(tale, reduced_motion="reduce")
    one.go(f"{CHAT}?at=52#m52")
    one.page.wait_for_selector("#m52 figure.known")
    assert one.all("#m52 .drawn").count() == 0
    assert one.eval("() => [...document.querySelectorAll('.moving video')].every((video) => video.paused)")
    assert one.eval("() => document.getAnimations().filter((a) => a.effect.getTiming().duration > 10).length") == 0
    one.all("#m52 figure").click()
    one.page.wait_for_selector("#m52 .drawn svg path", state="attached")


def test_a_file_is_saved_under_its_name_and_what_is_missing_says_why(reader, tale):
    one = reader(tale)
    one.go(CHAT)
    with one.page.expect_download() as saving:
        one.all("#m60 .file-body a").click()
    assert saving.value.suggested_filename == "timetable.pdf"
    assert "Not fetched yet" in one.all("#m61").inner_text()
    assert "Not fetched yet" in one.all("#m62").inner_text()


SMALL = f"/chat/{story.DORA}"


def test_custom_emoji_are_drawn_where_they_are_held(reader, tale):
    one = reader(tale)
    one.go(f"{SMALL}#m10")
    still, filmed = one.all("#m10 .emoji img"), one.all("#m10 .emoji video")
    one.page.wait_for_selector("#m10 .emoji .drawn svg path", state="attached")
    assert still.evaluate("async (img) => { await img.decode(); return img.naturalWidth; }") > 100
    one.until("() => document.querySelector('#m10 .emoji video').readyState > 1")
    line = one.all("#m10 .text").evaluate("(text) => parseFloat(getComputedStyle(text).lineHeight)")
    for drawn in (still, filmed, one.all("#m10 .emoji .drawn")):
        box = drawn.bounding_box()
        assert 12 < box["height"] <= line and 12 < box["width"] <= line, "as high as a letter"
    assert "still 😺 drawn 🎈 filmed 🎉 missing 🦊" in one.all("#m10 .text").evaluate("(text) => text.textContent")


def test_a_custom_emoji_that_is_not_held_is_the_plain_one(reader, tale):
    one = reader(tale)
    one.go(f"{SMALL}#m10")
    wide = """(text) => [...document.querySelectorAll("#m10 .text, #m10 .text *")].flatMap((one) => [...one.childNodes])
      .filter((node) => node.nodeType === 3 && node.data.includes(text)).map((node) => {
        const range = document.createRange();
        const at = node.data.indexOf(text);
        range.setStart(node, at);
        range.setEnd(node, at + text.length);
        return range.getBoundingClientRect().width; })"""
    [seen] = one.eval(wide, "🦊")
    [replaced] = one.eval(wide, "😺")
    assert seen > 12 and one.all("#m10 .emoji").count() == 4
    hidden = one.all("#m10 .emoji-text").first.bounding_box()
    assert hidden["width"] <= 1 and replaced > 1, "still there, to be copied and read aloud"


def test_reactions_with_custom_emoji(reader, tale):
    one = reader(tale)
    one.go(f"{SMALL}#m11")
    held, missing = one.all("#m11 .reactions li").all()
    assert held.locator("img").evaluate("async (img) => { await img.decode(); return img.naturalWidth; }") > 100
    assert missing.locator("img").count() == 0 and "2" in missing.inner_text()


def test_a_live_photo_plays_in_its_place_when_asked(reader, tale):
    one = reader(tale)
    one.go(f"{SMALL}#m12")
    assert one.all("#m13 [data-live]").count() == 0, "its film is not held"
    button = one.all("#m12 [data-live]")
    assert button.inner_text() == "Live"
    button.click()
    # In one go, while it plays: the film is short.
    film, still = one.until("""() => {
      const film = document.querySelector("#m12 .live-part");
      const still = [...document.querySelectorAll("#m12 .picture img")].at(-1);
      return film?.currentTime > 0 && [film, still].map((one) => one.getBoundingClientRect().toJSON()); }""")
    assert all(abs(film[side] - still[side]) < 3 for side in ("x", "y", "width", "height")), (film, still)
    one.page.wait_for_selector("#m12 .live-part", state="detached")
    assert one.all("#lightbox[open]").count() == 0 and one.page.url.endswith("#m12"), "and the photo is back"
