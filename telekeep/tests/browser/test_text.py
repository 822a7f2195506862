"""What stands around the text of a message, and what blocks of code can do."""

import cards
import tale as story

CHAT = f"/chat/{story.ADA}"
TOP = "(one) => one.getBoundingClientRect().top"


def test_a_preview_stands_where_the_message_says(reader, tale):
    one = reader(tale)
    one.go(f"/chat/{cards.CHAT}")
    above = {id: one.all(f"#m{id} .preview").evaluate(TOP) < one.all(f"#m{id} .text").evaluate(TOP)
             for id in (cards.SMALL, cards.LARGE)}
    assert above == {cards.SMALL: False, cards.LARGE: True}
    assert one.all(f"#m{cards.LARGE} .preview .picture img").bounding_box()["width"] > 150
    assert one.all(f"#m{cards.SMALL} .preview.beside .picture img").bounding_box()["width"] < 100
    below = f"#m{cards.BELOW}"
    assert one.all(f"{below} .text").evaluate(TOP) < one.all(f"{below} .picture").evaluate(TOP), "the caption above"


def test_code_is_copied_with_a_button(reader, tale):
    one = reader(tale)
    one.context.grant_permissions(["clipboard-read", "clipboard-write"])
    one.go(f"{CHAT}?at=17#m17")
    button = one.all("#m17 pre button.copy")
    button.focus()
    assert button.inner_text() == "Copy" and button.bounding_box()["height"] >= 24
    button.press("Enter")
    one.until("() => document.querySelector('#m17 button.copy').textContent === 'Copied'")
    assert one.eval("() => navigator.clipboard.readText()") == "let x = 1;"
    one.context.clear_permissions()


def test_without_scripts_there_is_no_button(reader, tale):
    one = reader(tale, java_script_enabled=False, watch=False)
    one.go(f"{CHAT}?at=17#m17")
    assert one.all("#m17 pre").count() == 1 and one.all("button.copy").count() == 0


def test_a_folded_quote_opens_by_keyboard(reader, tale):
    one = reader(tale)
    one.go(f"{CHAT}?at=18#m18")
    quote = one.all("#m18 blockquote")
    low = quote.bounding_box()["height"]
    quote.press("Enter")
    assert quote.bounding_box()["height"] > low * 2
