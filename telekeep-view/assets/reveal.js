// Spoilers and folded quotes: a click, Enter or Space opens them, the keys close them again.

function open(hidden, to = true) {
  hidden.classList.toggle("open", to);
  if (!hidden.matches("span.spoiler")) return;
  hidden.setAttribute("aria-expanded", String(to));
  // What stands in place of the words is read aloud only as long as they are hidden.
  hidden.dataset.label ??= hidden.getAttribute("aria-label");
  if (to) hidden.removeAttribute("aria-label");
  else hidden.setAttribute("aria-label", hidden.dataset.label);
}

document.addEventListener("click", (event) => {
  const hidden = event.target.closest?.(".spoiler:not(.open), .folded:not(.open)");
  if (!hidden) return;
  open(hidden);
  // The first click shows; only the next one follows a link inside.
  if (hidden.matches(".spoiler")) event.preventDefault();
}, true);

document.addEventListener("keydown", (event) => {
  if ((event.key === "Enter" || event.key === " ") && event.target.matches?.(".spoiler, .folded")) {
    open(event.target, !event.target.classList.contains("open"));
    event.preventDefault();
  }
});

// Nobody is to follow a link that is not seen.
document.addEventListener("focusin", (event) => {
  const hidden = event.target.parentElement?.closest("span.spoiler:not(.open)");
  if (hidden) open(hidden);
});
