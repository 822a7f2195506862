"""What a card tells of its kind of media."""

import pytest

import cards

CHAT = f"/chat/{cards.CHAT}"


@pytest.fixture
def board(reader, tale):
    one = reader(tale)
    one.go(CHAT)
    return one


def told(one, id):
    return one.all(f"#m{id} .card").inner_text()


def test_things_to_do_tell_who_ticked_them_and_when(board):
    rows = board.all(f"#m{cards.TODO} .tasks li").evaluate_all(
        "(all) => all.map((one) => [one.querySelector('.tick').getAttribute('aria-label'), one.querySelector('div').innerText])")
    assert [row[0] for row in rows] == ["done", "done", "not done"]
    assert rows[0][1].startswith("Ropes\n\u2068Ada Lovelace\u2069 · ") and ":" in rows[0][1]
    assert rows[1][1].startswith("Lamps\n\u2068Boris\u2069 · ") and rows[2][1] == "Sails"
    assert "2 of 3 done" in told(board, cards.TODO) and "Others may tick" in told(board, cards.TODO)


def test_giveaways_tell_the_prize_the_rules_and_the_winners(board):
    text = told(board, cards.GIVEAWAY)
    for part in ("A very good umbrella", "3 winners", "Telegram Premium for 6 months", "until ", "Only for new subscribers",
                 "Only in: DE, PL", "The winners will be named", "Harbour News"):
        assert part in text, part
    text = told(board, cards.RESULTS)
    for part in ("12 winners", "500 stars", "2 prizes were not claimed", "ended ", "Ada Lovelace", "Boris", "Carla of the Hills",
                 "and 9 more", "Harbour News", "and 1 more"):
        assert part in text, part
    assert board.all(f"#m{cards.RESULTS} a[href='/profile/5']").count() == 1
    board.all(f"#m{cards.RESULTS} .card > div > a").click()
    # This page has a message 7 too.
    board.page.wait_for_selector("#m7:has-text('something to be won')")


def test_bills_games_and_what_was_bought(board):
    text = told(board, cards.INVOICE)
    for part in ("Concert ticket", "Row four", "1,234.50 EUR", "Paid", "Test payment"):
        assert part in text, part
    assert "Fold, launch, drift." in told(board, cards.GAME)
    assert board.all(f"#m{cards.GAME} .picture img").count() == 1
    assert "50 stars" in told(board, cards.PAID) and "1 part that was not bought" in told(board, cards.PAID)
    assert board.all(f"#m{cards.PAID} .picture img").count() == 1


def test_stories_and_contacts(board):
    text = told(board, cards.STORY)
    assert "Ada Lovelace" in text and "The sea at noon" in text and "not kept" not in text
    assert board.all(f"#m{cards.STORY} .picture img").count() == 1
    assert "The story was gone already." in told(board, cards.GONE)
    text = told(board, cards.CONTACT)
    assert "Erik Strand" in text and "erik@example.org" in text and "12 Harbour Lane, Kiel, 24103" in text
    assert text.count("12345") == 1, "the number once"


def test_cards_speak_every_language(reader, tale):
    seen = set()
    for language in ("en", "de", "es", "ru", "zh-CN", "ar"):
        one = reader(tale, language=language)
        one.go(CHAT)
        text = one.all(f"#m{cards.RESULTS} .card").inner_text() + told(one, cards.TODO)
        assert "{" not in text and "media." not in text and "todo." not in text, language
        seen.add(text)
    assert len(seen) == 6
