"""What a page is asked for by axe-core (WCAG 2.2 AA), and by stricter rules of ours."""

import functools
import pathlib

import axe_playwright_python

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
COLOURS = ["color-contrast", "link-in-text-block"]
RUN = """async ([runOnly, rules, exclude, include]) => {
  // Days that were scrolled past keep their name above their last message, as sticky things do.
  document.getElementById("main")?.scrollTo(0, 0);
  // Floats above what one can scroll from under it.
  Object.assign(document.querySelector(".to-newest")?.style ?? {}, { position: "static", margin: "0" });
  document.getAnimations().forEach((animation) => animation.finish());
  const found = await axe.run({ include: [[include]], exclude }, { runOnly, rules, resultTypes: ["violations"] });
  return found.violations.map((one) => [one.id, one.nodes.slice(0, 3).map((node) => node.html.slice(0, 200) + " " +
    node.any.concat(node.all, node.none).map((check) => check.message).join("; ").slice(0, 300))]);
}"""
EVERYTHING = {"type": "tag", "values": TAGS}, {}
ONLY_COLOURS = {"type": "rule", "values": COLOURS}, {}
"""What may change with the size of the screen: what is there at all, where, and what scrolls."""
ONLY_LAYOUT = {"type": "rule", "values": [
    "bypass", "empty-heading", "heading-order", "landmark-main-is-top-level", "landmark-no-duplicate-main",
    "landmark-one-main", "landmark-unique", "meta-viewport", "page-has-heading-one", "region",
    "scrollable-region-focusable", "skip-link", "tabindex", "target-size"]}, {}
"""What may change with the language: names of things. Targets are measured in all (`SMALLER`)."""
ONLY_WORDS = {"type": "rule", "values": [
    "aria-command-name", "aria-dialog-name", "aria-input-field-name", "aria-meter-name", "aria-toggle-field-name",
    "aria-valid-attr-value", "button-name", "document-title", "empty-heading", "html-has-lang", "html-lang-valid",
    "image-alt", "image-redundant-alt", "input-button-name", "label", "label-title-only", "landmark-unique", "link-name",
    "select-name", "summary-name", "svg-img-alt", "valid-lang"]}, {}

"""What can be pressed, and is smaller than 24 pixels. Stricter than axe, which lets small targets be when there is room
around."""
SMALLER = """() => [...document.querySelectorAll("a[href], button, input, select, summary, [role=button]")]
  .filter((one) => one.checkVisibility() && !one.closest(".text, .sr, .foot, p, [aria-hidden=true], .service"))
  .filter((one) => !one.matches(".skip, [tabindex='-1'], label input"))
  .map((one) => [one, one.getBoundingClientRect()])
  .filter(([one, box]) => box.width < 24 || box.height < 24)
  .map(([one, box]) => `${one.outerHTML.slice(0, 120)} ${box.width}x${box.height}`)"""


@functools.cache
def axe():
    folder = pathlib.Path(axe_playwright_python.__file__).parent
    return next(folder.rglob("axe.min.js")).read_text("utf-8")


def found(one, rules=EVERYTHING, exclude=(), include="html"):
    """What axe finds in the page that is open, or in a part of it."""
    # Playwright evaluates through the debugger, which no content security policy binds: the page's own stays strict.
    # It is half a megabyte: once for each page.
    if not one.eval("() => 'axe' in window"):
        one.page.evaluate(axe())
    return one.eval(RUN, [*rules, [[part] for part in exclude], include])


def found_in_both_schemes(one):
    light = found(one)
    # Only the colours are others in the dark.
    one.page.emulate_media(color_scheme="dark")
    dark = found(one, ONLY_COLOURS)
    one.page.emulate_media(color_scheme="light")
    return light + dark
