"""A reader's browser that notices everything that must never happen."""

import json
from urllib.parse import urlsplit

DESKTOP, PHONE = (1280, 800), (390, 844)
"""Milliseconds until something that was waited for is taken as not coming."""
PATIENCE = 20_000

"""In every page: what the content security policy refused, and a canary that attacks try to set, are told at once, so
that it counts also when the page is left."""
WATCH = """
document.addEventListener("securitypolicyviolation", (event) =>
  console.error(`refused: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`));
Object.defineProperty(window, "canary", { set(value) { console.error(`executed: ${value}`); } });
"""
LAID_OUT = """([width, height]) => new Promise((done) => {
  const look = () => (innerWidth === width && innerHeight === height ? done() : requestAnimationFrame(look));
  look();
})"""


class Pages:
    """Browser contexts with a page, each made once for its site and look and used again: what costs most is to start
    one. A test leaves to the next only what the browser keeps of our styles and scripts."""

    def __init__(self, browser):
        self.browser, self.free = browser, {}

    def take(self, site, watch, options):
        """An empty page of somebody who was let in."""
        free = self.free.setdefault(json.dumps([site.base, watch, options], sort_keys=True), [])
        page = free.pop() if free else self._make(watch, options)
        name, value = site.cookie
        page.context.add_cookies([{"name": name, "value": value, "url": site.base}])
        return page, lambda: (self._clean(page, site, options), free.append(page))

    def _make(self, watch, options):
        context = self.browser.new_context(**options)
        context.set_default_timeout(PATIENCE)
        if watch:
            context.add_init_script(WATCH)
        return context.new_page()

    def _clean(self, page, site, options):
        for more in page.context.pages:
            if more != page:
                more.close()
        page.unroute_all()
        page.evaluate("() => { try { sessionStorage.clear(); } catch { /* An error page has none. */ } }")
        page.context.clear_cookies()
        # Who is not let in sees a page without anything. A blank one would be another process each time.
        page.goto(site.base)
        page.emulate_media(media="null", color_scheme=options["color_scheme"])
        page.set_viewport_size(options["viewport"])


class Reader:
    """A page in a viewer, and those it opens. `end` fails when one of them did anything it must not."""

    def __init__(self, pages, site, size=DESKTOP, scheme="light", language="en", watch=True, **more):
        self.site, self.watch = site, watch
        width, height = size
        options = {"viewport": {"width": width, "height": height}, "color_scheme": scheme, "locale": language,
                   "has_touch": width < 700, "accept_downloads": True, "timezone_id": "UTC"} | more
        self.page, self.give_back = pages.take(site, watch, options)
        self.context = self.page.context
        self.problems, self.allowed, self.ignored = [], set(), []
        self.listeners = self._listeners() if watch else {}
        for event, listener in self.listeners.items():
            self.context.on(event, listener)

    def _listeners(self):
        say = self.problems.append
        return {
            "console": self._console, "request": self._request, "requestfailed": self._failed, "response": self._response,
            "weberror": lambda error: say(f"script: {error.error}"),
            "dialog": lambda dialog: (say(f"dialog: {dialog.message}"), dialog.dismiss()),
        }

    def _console(self, message):
        known = any(words in message.text for words in ("Failed to load resource", *self.ignored))
        if message.type in ("error", "warning") and not known:
            self.problems.append(f"console: {message.text}")

    def _request(self, request):
        parts = urlsplit(request.url)
        if f"{parts.scheme}://{parts.netloc}" != self.site.base and parts.scheme not in ("data", "blob", "about"):
            self.problems.append(f"foreign request: {request.url}")

    def _failed(self, request):
        # A page that is left drops what it still loads, and players drop what they do not need.
        if request.failure not in ("net::ERR_ABORTED", "NS_BINDING_ABORTED"):
            self.problems.append(f"failed: {request.url} {request.failure}")

    def _response(self, response):
        if response.status >= 400 and response.status not in self.allowed:
            self.problems.append(f"{response.status}: {response.url}")

    def allow(self, *statuses):
        """Answers that this test asks for."""
        self.allowed.update(statuses)
        return self

    def ignore(self, words):
        """Complaints of the browser that this test provokes."""
        self.ignored.append(words)
        return self

    def go(self, path, **more):
        """Opens a page, as typed into the address bar."""
        return self.page.goto(self.site.base + path, **more)

    def look(self, size, scheme):
        """Lays the page out anew, for another size and scheme."""
        width, height = size
        self.page.set_viewport_size({"width": width, "height": height})
        self.page.emulate_media(color_scheme=scheme)
        self.eval(LAID_OUT, size)

    def all(self, selector):
        return self.page.locator(selector)

    def eval(self, script, *args):
        return self.page.evaluate(script, *args)

    def until(self, script, *args):
        """Waits until the page says so; gives what it says."""
        return self.page.wait_for_function(script, arg=args[0] if args else None).json_value()

    def end(self):
        if self.watch:
            # What pages have said by now has arrived when they answer.
            for page in self.context.pages:
                page.evaluate("() => 0")
        for event, listener in self.listeners.items():
            self.context.remove_listener(event, listener)
        if self.problems:
            self.context.close()
        assert self.problems == []
        self.give_back()
