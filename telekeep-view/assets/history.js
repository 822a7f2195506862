// The messages of a chat or topic: scrolling on in both directions, and jumps inside the page.

import { feed } from "./feed.js";
import { onPage } from "./page.js";

const start = feed({
  list: "#history",
  group: ".day",
  key: "day",
  items: "article",
  inside: ".said",
  most: 360,
  olderFirst: true,
  end: ".page-end",
  way: (list, article, newer) =>
    `${list.dataset.base}?${newer ? `after=${lastId(article)}` : `before=${article.dataset.id}`}`,
});

onPage((main) => {
  const list = start(main);
  main.onscroll = null;
  if (!list) return;
  const button = main.querySelector(".to-newest");
  const away = () => {
    const far = main.scrollHeight - main.scrollTop - main.clientHeight > 900;
    button?.classList.toggle("shown", far || list.querySelector(":scope > .newer") !== null);
  };
  main.onscroll = away;
  away();
});

/** An album is one article with several ids. */
function lastId(article) {
  const ids = [...article.querySelectorAll(":scope > span[id^=m]")].map((span) => Number(span.id.slice(1)));
  return Math.max(Number(article.dataset.id), ...ids);
}

// A quoted message that is on the page: no loading, just a glance at it. Before page.js would load it.
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[data-jump]");
  const found = link && document.getElementById(`m${link.dataset.jump}`)?.closest("article");
  if (!found || event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
  event.preventDefault();
  found.scrollIntoView({ block: "center" });
  found.focus({ preventScroll: true });
  found.classList.remove("flash");
  requestAnimationFrame(() => found.classList.add("flash"));
}, true);
