// Lists that go on while one scrolls, in both directions: messages of a chat, things of a gallery. What
// is far away leaves the page again, so that a list of any length needs no more memory than a few
// screens. Without this file the links at the ends lead on.

import { drop, load } from "./page.js";

/** How far ahead to load, in pixels. */
const AHEAD = "1200px 0px";

/**
 * A list of groups (days, months) of items. `kind` says where things are:
 * `list` selects the list, `group` its groups, whose `data-*` `key` tells them apart, `items` the
 * items, `inside` the element of a group that holds them; `most` items stay in the page; `olderFirst`:
 * what is older stands above; `end` selects what may stand at an end besides a link;
 * `way(list, item, newer)` is the address of what comes after an item, or before it.
 */
export function feed(kind) {
  let watcher = null;
  return (main) => {
    watcher?.disconnect();
    watcher = null;
    const list = main.querySelector(kind.list);
    if (!list) return null;
    watcher = new IntersectionObserver((entries) => {
      for (const entry of entries) if (entry.isIntersecting) extend(entry.target);
    }, { root: main, rootMargin: AHEAD });
    const mine = watcher;
    const watch = () => {
      mine.disconnect();
      for (const end of list.querySelectorAll(":scope > .page-on")) mine.observe(end);
    };
    watch();
    return list;

    /** Loads the page that `end` leads to and puts it where `end` is. */
    async function extend(end) {
      if (list.getAttribute("aria-busy") === "true" || !end.isConnected) return;
      list.setAttribute("aria-busy", "true");
      const older = end.classList.contains("older");
      const above = older === kind.olderFirst;
      try {
        const { page } = await load(end.querySelector("a").href);
        const more = page.querySelector(kind.list);
        if (!end.isConnected || !more) return;
        keepingPlace(() => {
          const groups = [...more.querySelectorAll(`:scope > ${kind.group}`)];
          const rest = more.querySelector(`:scope > .page-on.${older ? "older" : "newer"}`) ??
            (above && kind.end ? more.querySelector(kind.end) : null);
          if (above) end.after(...groups);
          else end.before(...groups);
          end.replaceWith(...(rest ? [rest] : []));
          join();
          prune(above);
        });
        drop(page);
      } catch {
        // The link stays and can be followed.
      } finally {
        list.setAttribute("aria-busy", "false");
        if (watcher === mine) watch();
      }
    }

    /** Runs `change` and moves the view so that what is seen stays where it is. */
    function keepingPlace(change) {
      const top = main.getBoundingClientRect().top;
      const seen = [...list.querySelectorAll(kind.items)].find((item) => item.getBoundingClientRect().bottom > top);
      const before = seen?.getBoundingClientRect().top ?? 0;
      change();
      if (seen?.isConnected) main.scrollTop += seen.getBoundingClientRect().top - before;
    }

    /** One group per day or month, also where one was cut in two. */
    function join() {
      const groups = list.querySelectorAll(`:scope > ${kind.group}`);
      for (let i = groups.length - 1; i > 0; i -= 1) {
        if (groups[i].dataset[kind.key] !== groups[i - 1].dataset[kind.key]) continue;
        groups[i - 1].querySelector(kind.inside).append(...groups[i].querySelectorAll(kind.items));
        groups[i].remove();
      }
    }

    /** Takes items away at the other end than the one that grew, and leaves a way back to them. */
    function prune(grewAbove) {
      const items = [...list.querySelectorAll(kind.items)];
      const surplus = items.length - kind.most;
      if (surplus <= 0) return;
      const gone = grewAbove ? items.slice(-surplus) : items.slice(0, surplus);
      const kept = grewAbove ? items[items.length - surplus - 1] : items[surplus];
      for (const item of gone) {
        const group = item.closest(kind.group);
        item.remove();
        if (!group.querySelector(kind.items)) group.remove();
      }
      wayBack(kept, grewAbove);
    }

    function wayBack(kept, below) {
      const newer = below === kind.olderFirst;
      const name = newer ? "newer" : "older";
      list.querySelector(`:scope > .page-on.${name}`)?.remove();
      if (!below && kind.end) list.querySelector(`:scope > ${kind.end}`)?.remove();
      const link = document.createElement("a");
      link.href = kind.way(list, kept, newer);
      link.textContent = newer ? list.dataset.newer : list.dataset.older;
      const end = document.createElement("p");
      end.className = `page-on ${name}`;
      end.append(link);
      const groups = list.querySelectorAll(`:scope > ${kind.group}`);
      if (below) groups[groups.length - 1].after(end);
      else groups[0].before(end);
    }
  };
}
