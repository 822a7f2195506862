// A gallery goes on while one scrolls, as a chat does.

import { feed } from "./feed.js";
import { onPage } from "./page.js";

onPage(feed({
  list: "#gallery",
  group: ".month-of",
  key: "month",
  items: ".tile",
  inside: ".of",
  most: 300,
  olderFirst: false,
  way: (list, tile, newer) => `${list.dataset.base}&${newer ? "before" : "after"}=${tile.dataset.place}`,
}));
