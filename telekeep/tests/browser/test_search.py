"""Search: words, filters, order, hits in context, what was edited away or deleted, and mistakes explained."""

import tale as story
from reader import PHONE


def hits(one, path):
    one.go(path)
    return one.all(".hit:not(.found .hit)").all_inner_texts()


def test_words_are_marked_and_lead_to_their_message(reader, tale):
    one = reader(tale)
    one.go("/search")
    one.page.keyboard.type("lighthouse")
    one.page.keyboard.press("Enter")
    one.page.wait_for_selector(".hit")
    assert one.all(".hit mark").all_inner_texts() == ["lighthouse"]
    one.all(".hit-open").click()
    one.page.wait_for_selector("#m10.target")
    assert one.eval("() => { const b = document.getElementById('m10').getBoundingClientRect();"
                    " return b.top > 0 && b.bottom < innerHeight; }")


def test_filters_by_form(reader, tale):
    one = reader(tale)
    one.go("/search")
    one.all("select[name=kind]").select_option("photo")
    one.all(".search-form button").click()
    one.page.wait_for_selector(".hit")
    assert one.all(".hit").count() >= 5 and "kind=photo" in one.page.url
    one.all("input[name=until]").fill("2023-01-01")
    one.all(".search-form button").click()
    one.page.wait_for_selector(".empty")


def test_filters_by_words(reader, tale):
    one = reader(tale)
    assert len(hits(one, "/search?q=from:boris")) >= 4
    assert len(hits(one, f"/search?chat={story.club()}&q=glad")) == 1
    assert len(hits(one, "/search?q=has:poll")) == 1
    assert len(hits(one, "/search?q=filename:timetable")) == 1


def test_what_was_edited_away_or_deleted_is_found_and_marked(reader, tale):
    one = reader(tale)
    [edited] = hits(one, "/search?q=nine")
    assert "In an earlier version" in edited and "the boat leaves at nine" in edited
    [deleted] = hits(one, "/search?q=%22should+not+have%22")
    assert "deleted" in deleted and one.all(".hit.deleted").count() == 1


def test_order_and_surroundings(reader, tale):
    one = reader(tale)
    newest = hits(one, "/search?q=boat+OR+lighthouse")
    assert newest == list(reversed(hits(one, "/search?q=boat+OR+lighthouse&sort=oldest")))
    [around] = hits(one, "/search?q=indeed&around=1")
    assert "passing this on" in around and "press here" in around


def test_a_mistake_is_explained_where_it_is(reader, tale):
    one = reader(tale)
    one.go("/search?q=boat+size:huge")
    said = one.all("[role=alert]").inner_text()
    assert "At character 6" in said, said


SHOWN = "(word) => !getComputedStyle(word).color.endsWith(', 0)')"


def test_what_is_hidden_is_found_and_opens_where_it_stands(reader, tale):
    one = reader(tale)
    for open_it in (lambda hidden: hidden.click(), lambda hidden: hidden.press("Enter")):
        one.go("/search?q=secret")
        hidden = one.all(".hit .spoiler")
        assert hidden.get_attribute("aria-label") == "Hidden text: found here"
        assert not hidden.evaluate(SHOWN)
        open_it(hidden)
        assert hidden.evaluate(SHOWN) and hidden.locator("mark").inner_text() == "secret"
        assert "/search" in one.page.url, "only the rest of the hit leads away"


def test_filters_are_folded_on_a_phone_and_wide_enough(reader, tale):
    one = reader(tale, size=PHONE)
    one.go("/search?q=boat")
    kind = one.all("select[name=kind]")
    assert kind.is_hidden()
    one.all(".filters summary").click()
    for field in ("[name=kind]", "[name=since]", "[name=until]", "[name=sort]"):
        assert one.all(field).bounding_box()["width"] > 140, field
    kind.select_option("link")
    one.all(".search-form button").click()
    one.page.wait_for_url("**kind=link**")
    assert kind.is_visible(), "what is set is shown"


def test_an_address_that_makes_no_sense_is_explained(reader, tale):
    one = reader(tale)
    one.go("/search?since=nonsense&chat=404")
    told = one.all("[role=alert]").all_inner_texts()
    assert "nonsense is no date" in told[0] and "no chat 404" in told[1]
    one.go(f"/chat/{story.ADA}?at=999#m999")
    told = one.all("#m999.target")
    assert "Message 999 is not in the archive" in told.inner_text()
    assert told.evaluate("(one) => { const box = one.getBoundingClientRect(); return box.top > 0 && box.bottom < innerHeight; }")
