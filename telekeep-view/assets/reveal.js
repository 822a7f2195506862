// Spoilers and folded quotes: a click, Enter or Space opens them, the keys close them again.

const INLINE = "span.spoiler, a.spoiler";

function turn(hidden, to) {
  hidden.classList.toggle("open", to);
  if (!hidden.hasAttribute("aria-expanded")) return unlabel(hidden);
  hidden.setAttribute("aria-expanded", String(to));
  // What stands in place of the words is read aloud only as long as they are hidden.
  hidden.dataset.label ??= hidden.getAttribute("aria-label");
  if (to) hidden.removeAttribute("aria-label");
  else hidden.setAttribute("aria-label", hidden.dataset.label);
}

/** A picture that is seen says again what it is; it is not hidden any more. */
function unlabel(picture) {
  picture.querySelector("a[data-photo]")?.removeAttribute("aria-label");
}

/** Opens or closes all of a spoiler: the links in it are spoilers of their own. */
function open(hidden, to = true) {
  turn(hidden, to);
  if (!hidden.matches(INLINE)) return;
  for (const way of ["previousSibling", "nextSibling"]) {
    for (let next = hidden[way]; next?.matches?.(INLINE); next = next[way]) turn(next, to);
  }
}

document.addEventListener("click", (event) => {
  const hidden = event.target.closest?.(".spoiler:not(.open), .folded:not(.open)");
  if (!hidden) return;
  open(hidden);
  // The first click shows; only the next one follows a link inside.
  if (hidden.matches(".spoiler")) event.preventDefault();
}, true);

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" && event.key !== " ") return;
  if (!event.target.matches?.(".spoiler, .folded")) return;
  // A link that is seen is followed.
  if (event.target.matches("a.open") && event.key === "Enter") return;
  open(event.target, !event.target.classList.contains("open"));
  event.preventDefault();
});

// Nobody is to press what is not seen: a player in a spoiler.
document.addEventListener("focusin", (event) => {
  const hidden = event.target.parentElement?.closest("span.spoiler:not(.open)");
  if (hidden) open(hidden);
});
