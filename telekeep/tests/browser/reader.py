"""A reader's browser that notices everything that must never happen."""

from urllib.parse import urlsplit

DESKTOP, PHONE = (1280, 800), (390, 844)
"""Milliseconds until something that was waited for is taken as not coming."""
PATIENCE = 10_000

"""In every page: what the content security policy refused, and a canary that attacks try to set."""
WATCH = """
window.refused = [];
document.addEventListener("securitypolicyviolation", (event) =>
  window.refused.push(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`));
"""
GATHER = "() => ({ refused: window.refused ?? [], canary: String(window.canary ?? '') })"


class Reader:
    """One browser context in a viewer. `end` fails when a page did anything it must not."""

    def __init__(self, browser, site, size=DESKTOP, scheme="light", language="en", watch=True, **more):
        self.site, self.watch = site, watch
        width, height = size
        options = {"viewport": {"width": width, "height": height}, "color_scheme": scheme, "locale": language,
                   "has_touch": width < 700, "accept_downloads": True, "timezone_id": "UTC"} | more
        self.context = browser.new_context(**options)
        name, value = site.cookie
        self.context.add_cookies([{"name": name, "value": value, "url": site.base}])
        self.context.set_default_timeout(PATIENCE)
        self.problems, self.allowed, self.ignored = [], set(), []
        if watch:
            self.context.add_init_script(WATCH)
            self._listen()
        self.page = self.context.new_page()

    def _listen(self):
        context, say = self.context, self.problems.append
        context.on("console", self._console)
        context.on("weberror", lambda error: say(f"script: {error.error}"))
        context.on("dialog", lambda dialog: (say(f"dialog: {dialog.message}"), dialog.dismiss()))
        context.on("request", self._request)
        context.on("requestfailed", self._failed)
        context.on("response", self._response)

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
        answer = self.page.goto(self.site.base + path, **more)
        self.page.wait_for_load_state("load")
        return answer

    def all(self, selector):
        return self.page.locator(selector)

    def eval(self, script, *args):
        return self.page.evaluate(script, *args)

    def until(self, script, *args):
        """Waits until the page says so."""
        self.page.wait_for_function(script, arg=args[0] if args else None)

    def end(self):
        if self.watch:
            for page in self.context.pages:
                seen = page.evaluate(GATHER)
                self.problems += [f"refused: {what}" for what in seen["refused"]]
                if seen["canary"]:
                    self.problems.append(f"executed: {seen['canary']}")
        self.context.close()
        assert self.problems == []
