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
    one.all("#m15 .meta a", ).filter(has_text="edited").click()
    one.page.wait_for_selector(".versions")
    assert one.all(".versions > li").count() == 3
    assert one.all(".versions > li").nth(0).locator("ins").all_inner_texts() == ["big "]
    assert one.all(".versions > li").nth(1).locator("del").all_inner_texts() == ["nine"]
