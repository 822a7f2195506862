"""Without scripts, and on paper."""

import pages
import tale as story


def test_every_page_reads_without_scripts(reader, tale):
    one = reader(tale, java_script_enabled=False, watch=False)
    for name, path in pages.of_the_tale().items():
        # What is to be read is there before pictures and films are.
        assert one.go(path, wait_until="domcontentloaded").status == 200
        assert one.all("main h1").is_visible(), name
    one.go(f"/chat/{story.ADA}")
    assert one.all("#m10 .text").is_visible() and one.all("#m45 audio").is_visible()
    one.all("#m14 a.quoted").click()
    assert one.page.url.endswith("?at=10#m10") and one.all("#m10.target").count() == 1
    one.go("/search")
    one.all("input[name=q]").fill("boat")
    one.all(".search-form button").click()
    assert one.all(".hit").count() == 1
    one.go("/settings")
    one.all("select[name=language]").select_option("de")
    one.all(".settings button").click()
    assert one.page.get_attribute("html", "lang") == "de"


def test_paging_links_go_through_a_whole_chat(reader, viewers):
    one = reader(viewers("long"), java_script_enabled=False, watch=False)
    one.go("/chat/9#newest")
    met = []
    for _ in range(3):
        ids = [int(id) for id in one.all("article").evaluate_all("(all) => all.map((a) => a.dataset.id)")]
        assert ids == sorted(ids) and (not met or ids[-1] < met[0])
        met = ids + met
        one.all(".page-on.older a").click()
    one.all(".page-on.newer a").click()
    assert one.all("article").count() > 10


def test_a_hidden_word_opens_with_focus(reader, tale):
    one = reader(tale, java_script_enabled=False, watch=False)
    one.go(f"/chat/{story.ADA}")
    hidden = one.all("#m17 .spoiler")
    colour = "(word) => getComputedStyle(word).color"
    assert hidden.evaluate(colour).endswith(", 0)")
    hidden.focus()
    assert not hidden.evaluate(colour).endswith(", 0)")


def test_pages_print_whole_and_without_tools(reader, tale):
    one = reader(tale, scheme="dark")
    one.go(f"/chat/{story.ADA}")
    one.page.emulate_media(media="print")
    assert one.all(".sidebar").is_hidden() and one.all(".page-head .tools").is_hidden()
    assert one.eval("() => getComputedStyle(document.getElementById('main')).overflowY") == "visible"
    assert one.all("#m10 .bubble").evaluate("(b) => getComputedStyle(b).backgroundColor") == "rgb(255, 255, 255)"
    folded = one.all("#m18 blockquote")
    assert folded.evaluate("(quote) => quote.scrollHeight <= quote.clientHeight + 1"), "unfolded"
    assert one.all("#m17 pre").evaluate("(pre) => getComputedStyle(pre).whiteSpace") == "pre-wrap"
    one.page.emulate_media(media="screen")
    assert one.page.pdf().count(b"/Type /Page\n") > 1, "more than what is on the screen"
