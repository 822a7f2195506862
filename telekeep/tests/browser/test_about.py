"""What chats are beyond their messages, reached from their profile."""

import tale as story


def test_members_are_reached_from_the_profile_and_found_by_name(reader, tale):
    one = reader(tale)
    one.go(f"/profile/{story.club()}")
    text = one.all("main").inner_text()
    for words in ("Every Tuesday at the pier", "30 s", "CHAT_ADMIN_REQUIRED"):
        assert words in text, words
    one.all(f"main a[href='/chat/{story.club()}/members']").click()
    one.until("() => location.pathname.endsWith('/members')")
    text = one.all("main").inner_text()
    for words in ("Keeper of the boards", "Boris", "Carla", "4 of 40"):
        assert words in text, words
    one.all("main input[type=search]").fill("bor")
    one.all("main button[type=submit]").click()
    one.until("() => location.search.includes('q=bor')")
    text = one.all("main").inner_text()
    assert "Boris" in text and "Carla" not in text


def test_the_admin_log_shows_what_was_deleted_and_how_it_was_edited(reader, tale):
    one = reader(tale)
    one.go(f"/profile/{story.club()}")
    one.all(f"main a[href='/chat/{story.club()}/log']").click()
    one.until("() => location.pathname.endsWith('/log')")
    text = one.all("main").inner_text()
    for words in ("Selling stolen umbrellas", "Sunday", "Monday", "Draughts", "removed and shut out"):
        assert words in text, words
    one.go(f"/chat/{story.club()}/links")
    assert "Summer fair" in one.all("main").inner_text()
