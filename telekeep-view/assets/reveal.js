// Spoilers and folded quotes open with focus alone; with this they stay open.

document.addEventListener("click", (event) => {
  const hidden = event.target.closest?.(".spoiler:not(.open), .folded:not(.open)");
  if (!hidden) return;
  hidden.classList.add("open");
  // The first click shows; only the next one follows a link inside.
  if (hidden.matches(".spoiler")) event.preventDefault();
}, true);

document.addEventListener("keydown", (event) => {
  if ((event.key === "Enter" || event.key === " ") && event.target.matches?.(".spoiler, .folded")) {
    event.target.classList.toggle("open");
    event.preventDefault();
  }
});
