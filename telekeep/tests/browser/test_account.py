"""The page of the account itself."""

WORDS = (
    "Collects umbrellas.", "29 February 1988", "Plumber", "quiz.example.org", "My contacts · not: Boris",
    "About the umbrella", "At nine", "PREMIUM_ACCOUNT_REQUIRED",
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
