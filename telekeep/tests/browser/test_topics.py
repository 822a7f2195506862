"""Forums: the list of topics, and one topic as a chat of its own, in both directions."""

import tale as story

FORUM = f"/chat/{story.forum()}"
CRANES = f"{FORUM}/topic/{story.CRANES}"
IDS = "() => [...document.querySelectorAll('#history article')].map((one) => Number(one.dataset.id))"
"""Scrolls to an end of what is there and waits for what comes next."""
FURTHER = """async (up) => {
  const main = document.getElementById("main");
  const end = document.querySelector(up ? ".page-on.older" : ".page-on.newer");
  main.scrollTop = up ? 0 : main.scrollHeight;
  while (end.isConnected) await new Promise((done) => requestAnimationFrame(done));
}"""


def crane(n):
    return 10 + 2 * n


def topics(one):
    links = one.all(".topics a")
    return dict(zip(links.all_inner_texts(), links.evaluate_all("(all) => all.map((a) => a.getAttribute('href'))")))


def test_a_forum_offers_its_topics_newest_first(reader, tale):
    one = reader(tale)
    one.go(FORUM)
    listed = topics(one)
    assert list(listed) == ["All", "Tides", "Cranes", "General"], "by the newest message, and as named last"
    assert one.all(".topics [aria-current]").inner_text() == "All"
    said = one.all("#history").inner_text()
    assert "for everybody" in said and "crane number 149" in said, "all topics at once"
    assert one.all("#m402 .topic-chip").evaluate("(chip) => chip.querySelector('bdi').textContent") == "General"
    assert one.all(f"#m{crane(149)} .topic-chip").get_attribute("href") == f"{CRANES}?at={crane(149)}#m{crane(149)}"
    assert one.all("#m400 .topic-chip").count() == 0, "it goes on in the same topic"
    one.all(".topics a").filter(has_text="Tides").click()
    one.page.wait_for_selector("#m19")
    assert one.all(".topics [aria-current]").inner_text() == "Tides"
    assert one.all(".page-title small").inner_text() == "Tides"
    said = one.all("#history").inner_text()
    assert one.all(".topic-chip").count() == 0
    assert "tide number 4" in said and "crane" not in said.lower() and "for everybody" not in said


def test_what_is_in_no_topic_is_in_general(reader, tale):
    one = reader(tale)
    one.go(f"{FORUM}/topic/{story.GENERAL}")
    assert one.eval(IDS) == [402]


def test_a_topic_is_read_from_end_to_start_and_back(reader, tale):
    one = reader(tale)
    one.go(f"{CRANES}#newest")
    own = [story.CRANES] + [crane(n) for n in range(story.LONG)] + [400]
    met = one.eval(IDS)
    assert met == own[-len(met):] and len(met) < len(own)
    while one.all(".page-on.older").count():
        one.eval(FURTHER, True)
    assert one.eval(IDS)[-len(own):] == own, "all of the topic and nothing else"
    one.go(f"{CRANES}?at={crane(0)}#m{crane(0)}")
    while one.all(".page-on.newer").count():
        one.eval(FURTHER, False)
    assert one.eval(IDS)[-len(own):] == own


def test_a_topic_is_read_without_scripts(reader, tale):
    one = reader(tale, java_script_enabled=False, watch=False)
    one.go(CRANES)
    last = one.all("article").last.get_attribute("data-id")
    one.all(".page-on.older a").click()
    assert one.page.url.split("?")[0].endswith(CRANES)
    one.all(".page-on.newer a").click()
    assert one.all("article").last.get_attribute("data-id") == last


def test_an_answer_in_a_topic_leads_to_its_message(reader, tale):
    one = reader(tale)
    one.go(f"{CRANES}#newest")
    one.all("#m400 a.quoted").click()
    one.page.wait_for_selector(f"#m{crane(0)}.target, #m{crane(0)}.flash")


def test_a_topic_has_a_calendar_a_gallery_and_a_search_of_its_own(reader, tale):
    one = reader(tale)
    one.go(CRANES)
    one.all("main .tools a[href^='/gallery']").click()
    one.page.wait_for_selector("#gallery")
    assert one.all("#gallery .tile").count() == 1
    one.page.go_back()
    one.all("main .tools a[href*=calendar]").click()
    one.page.wait_for_selector(".month a")
    one.all(".month a").first.click()
    one.page.wait_for_selector(f"#m{crane(0)}")
    assert CRANES in one.page.url
    one.all("main .tools a[href^='/search']").click()
    one.page.wait_for_selector("input[name=q]")
    one.all("input[name=q]").fill("number 3")
    one.page.keyboard.press("Enter")
    one.page.wait_for_selector(".hit")
    texts = one.all(".hit").all_inner_texts()
    assert texts and all("crane number 3" in text for text in texts)


def test_what_stays_above_the_messages_hides_nothing_of_each_other(reader, tale):
    one = reader(tale)
    for path, bars in ((FORUM, [".page-head", ".pinned-bar", ".topics"]), (CRANES, [".page-head", ".topics"])):
        one.go(f"{path}#newest")
        one.eval("() => { const main = document.getElementById('main'); main.scrollTop = main.scrollHeight / 2; }")
        boxes = [one.all(bar).bounding_box() for bar in bars]
        # The name of the day whose messages are under the bars.
        boxes.append(one.all(".day").evaluate_all("""(all) => all.filter((day) => {
          const box = day.getBoundingClientRect();
          return box.top < 60 && box.bottom > 400; }).map((day) => {
          const { y, height } = day.querySelector(".pill").getBoundingClientRect();
          return { y, height }; })[0]"""))
        for above, below in zip(boxes, boxes[1:]):
            assert above["y"] + above["height"] <= below["y"] + 1, (path, boxes)
