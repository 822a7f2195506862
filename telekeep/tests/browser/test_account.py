"""The page of the account itself."""

WORDS = (
    "Collects umbrellas.", "29 February 1988", "Plumber", "quiz.example.org", "My contacts · not: Boris",
    "About the umbrella", "At nine", "PREMIUM_ACCOUNT_REQUIRED", "by links, some of them mine", "groups, bots",
    "without previews · sound: Foghorn", "# Tides",
)


def test_stories_are_reached_from_the_account_looked_at_large_and_found(reader, tale):
    one = reader(tale)
    one.go("/account")
    one.all("main a[href='/stories']").click()
    one.until("() => location.pathname === '/stories'")
    assert one.all(".told article").count() == 3
    assert "Harbour café" in one.all("main").inner_text()
    one.all("#s1-1 .picture a").click()
    one.until("() => document.querySelector('dialog.lightbox[open]')")
    one.page.keyboard.press("Escape")
    one.page.wait_for_selector("#lightbox", state="hidden")
    one.all("main input[name=q]").fill("ferry")
    one.page.keyboard.press("Enter")
    one.until("() => location.search === '?q=ferry'")
    assert one.all(".told article").count() == 1


def test_the_account_is_reached_from_the_settings_and_shows_what_is_held(reader, tale):
    one = reader(tale)
    one.go("/settings")
    one.all("main a[href='/account']").click()
    one.until("() => location.pathname === '/account'")
    text = one.all("main").inner_text()
    for words in WORDS:
        assert words in text, words
    one.all("main a[href='/profile/9']").first.click()
    one.until("() => location.pathname === '/profile/9'")


def test_shelves_are_shown_whole_and_play(reader, tale):
    one = reader(tale)
    one.go("/account")
    one.all("main a[href='/shelf/ringtones']").click()
    one.until("() => location.pathname === '/shelf/ringtones'")
    one.all("[data-sound] a.play").click()
    one.until("() => document.querySelector('#player:not([hidden])')")
    assert one.all(".player-words").inner_text().startswith("Foghorn")
    assert one.all(".shelf .missing").count() == 1
    one.go("/shelf/saved_gifs")
    assert one.all(".shelf article").count() == 60
    one.all("main a[href='/shelf/saved_gifs?after=60']").click()
    one.until("() => location.search === '?after=60'")
    assert one.all(".shelf article").count() == 10


def test_a_sticker_set_shows_every_sticker_with_its_emoji(reader, tale):
    one = reader(tale)
    one.go("/account")
    one.all("main a[href='/shelf/sticker_set/31']").click()
    one.until("() => location.pathname === '/shelf/sticker_set/31'")
    assert one.all(".stands-for").all_inner_texts() == ["😺 🐈", "🎈", "🎉 🐈", "🦊"]
    one.until("() => document.querySelector('.shelf .has-drawn svg')")
    one.all("header .back").click()
    one.until("() => location.pathname === '/shelf/sticker_sets/installed'")


def test_a_folder_leads_to_its_chats(reader, tale):
    one = reader(tale)
    one.go("/account")
    one.all(".folder h3 a").first.click()
    one.until("() => location.pathname === '/' && location.search.startsWith('?folder=')")
