"""What was kept by hand."""


def test_notes_are_reached_from_settings_and_profile_looked_at_large_and_found(reader, tale):
    one = reader(tale)
    one.go("/settings")
    one.all("main a[href='/notes']").click()
    one.until("() => location.pathname === '/notes'")
    assert one.all(".notes-kept > li").count() == 2
    text = one.all("main").inner_text()
    for words in ("The quay bell rang twice.", "Carla, who was there", "photo0_y.jpg", "page.pdf", "Ada <secret>"):
        assert words in text, words
    assert len(one.all(".hash code").first.inner_text()) == 64
    one.all(".notes-kept .file-picture").first.click()
    one.until("() => document.querySelector('dialog.lightbox[open] img')?.naturalWidth > 0")
    one.page.keyboard.press("Escape")
    one.page.wait_for_selector("#lightbox", state="hidden")
    one.all("main input[name=q]").fill("crane")
    one.page.keyboard.press("Enter")
    one.until("() => location.search === '?q=crane'")
    assert one.all(".notes-kept > li").count() == 1
    one.go("/profile/5")
    one.all("main a[href='/notes?chat=5']").click()
    one.until("() => location.pathname === '/notes'")
    assert one.all(".notes-kept > li").count() == 1


def test_a_search_leads_to_the_note(reader, tale):
    one = reader(tale)
    one.go("/search?q=bell")
    one.all(".found .hit-open").click()
    one.until("() => location.pathname === '/notes' && location.hash === '#n2' && document.querySelector('#n2')")
