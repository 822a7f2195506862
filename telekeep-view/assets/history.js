// Scrolling on in both directions. What is far away leaves the page again, so that a chat of any
// length needs no more memory than a few screens.

import { load, onPage } from "./page.js";

/** Messages kept in the page. */
const MOST = 360;
/** How far ahead to load, in pixels. */
const AHEAD = "1200px 0px";

let watcher = null;

onPage((main) => {
  watcher?.disconnect();
  const feed = main.querySelector("#history");
  if (!feed) return;
  watcher = new IntersectionObserver((entries) => {
    for (const entry of entries) if (entry.isIntersecting) extend(main, feed, entry.target);
  }, { root: main, rootMargin: AHEAD });
  watch(feed);
  const button = main.querySelector(".to-newest");
  const away = () => {
    const far = main.scrollHeight - main.scrollTop - main.clientHeight > 900;
    button?.classList.toggle("shown", far || feed.querySelector(".newer") !== null);
  };
  main.onscroll = away;
  away();
});

function watch(feed) {
  watcher.disconnect();
  for (const end of feed.querySelectorAll(".page-on")) watcher.observe(end);
}

/** Loads the page that `end` leads to and puts it where `end` is. */
async function extend(main, feed, end) {
  if (feed.getAttribute("aria-busy") === "true" || !end.isConnected) return;
  feed.setAttribute("aria-busy", "true");
  const older = end.classList.contains("older");
  try {
    const { page } = await load(end.querySelector("a").href);
    const more = page.getElementById("history");
    if (!end.isConnected || !more) return;
    keepingPlace(main, feed, () => {
      const days = [...more.querySelectorAll(":scope > .day")];
      const rest = more.querySelector(older ? ".page-on.older, .page-end" : ".page-on.newer");
      if (older) end.after(...days);
      else end.before(...days);
      end.replaceWith(...(rest ? [rest] : []));
      join(feed);
      // A topic is listed from its end only: there is no way back to what would be taken away.
      if (!feed.dataset.topic) prune(feed, older);
    });
  } catch {
    // The link stays and can be followed.
  } finally {
    feed.setAttribute("aria-busy", "false");
    watch(feed);
  }
}

/** Runs `change` and moves the view so that what is seen stays where it is. */
function keepingPlace(main, feed, change) {
  const top = main.getBoundingClientRect().top;
  const seen = [...feed.querySelectorAll("article")].find(
    (article) => article.getBoundingClientRect().bottom > top,
  );
  const before = seen?.getBoundingClientRect().top ?? 0;
  change();
  if (seen?.isConnected) main.scrollTop += seen.getBoundingClientRect().top - before;
}

/** One section per day, also where a day was cut in two. */
function join(feed) {
  const days = feed.querySelectorAll(":scope > .day");
  for (let i = days.length - 1; i > 0; i -= 1) {
    if (days[i].dataset.day !== days[i - 1].dataset.day) continue;
    days[i - 1].querySelector(".said").append(...days[i].querySelectorAll("article"));
    days[i].remove();
  }
}

/** Takes messages away at the other end, and leaves a way back to them. */
function prune(feed, fromEnd) {
  const articles = [...feed.querySelectorAll("article")];
  const surplus = articles.length - MOST;
  if (surplus <= 0) return;
  const gone = fromEnd ? articles.slice(-surplus) : articles.slice(0, surplus);
  const kept = fromEnd ? articles[articles.length - surplus - 1] : articles[surplus];
  for (const article of gone) {
    const day = article.closest(".day");
    article.remove();
    if (!day.querySelector("article")) day.remove();
  }
  wayBack(feed, kept, fromEnd);
}

function wayBack(feed, kept, newer) {
  const name = newer ? "newer" : "older";
  const way = newer ? `after=${lastId(kept)}` : `before=${kept.dataset.id}`;
  feed.querySelector(`:scope > .${name}`)?.remove();
  if (!newer) feed.querySelector(":scope > .page-end")?.remove();
  const link = document.createElement("a");
  link.href = `/chat/${feed.dataset.chat}?${way}`;
  link.textContent = newer ? feed.dataset.newer : feed.dataset.older;
  const end = document.createElement("p");
  end.className = `page-on ${name}`;
  end.append(link);
  if (newer) feed.querySelector("#newest").before(end);
  else feed.prepend(end);
}

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
