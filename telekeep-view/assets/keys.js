// Single-key shortcuts; the settings page lists them and switches them off.

import { go, ours, plain } from "./page.js";

const on = () => document.body.dataset.keys === "on";
const typing = (target) => target.matches?.("input, textarea, select, [contenteditable]");

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.key === "Escape") return leave(event);
  if (!on() || typing(event.target)) return;
  const action = ACTIONS[event.key];
  if (action && action() !== false) event.preventDefault();
});

const chat = () => document.getElementById("history")?.dataset.chat;

/** Where a tool of the open chat or topic leads: it knows of both. */
function tool(start) {
  const tools = chat() ? [...document.querySelectorAll("main .tools a")] : [];
  return tools.find((link) => plain(link.pathname).startsWith(start))?.href;
}

const ACTIONS = {
  "/": () => go(tool("/search") ?? ours("/search")),
  "?": help,
  j: () => step(1),
  k: () => step(-1),
  n: () => neighbour(1),
  p: () => neighbour(-1),
  g: () => (tool("/chat/") ? go(tool("/chat/")) : false),
  End: () => (chat() ? go(`${document.getElementById("history").dataset.base}#newest`) : false),
};

/** The page that was left for the list of shortcuts. */
let before;

function help() {
  if (plain(location.pathname) === "/settings") return false;
  before = location.href;
  go(ours("/settings"));
}

/** Moves the focus to the next or previous message. */
function step(by) {
  const articles = [...document.querySelectorAll("#history article")];
  if (articles.length === 0) return false;
  const at = articles.indexOf(document.activeElement?.closest("article"));
  const main = document.getElementById("main").getBoundingClientRect();
  const seen = articles.findIndex((article) => article.getBoundingClientRect().bottom > main.top + 120);
  const next = articles[at === -1 ? Math.max(seen, 0) : at + by];
  next?.focus({ preventScroll: true });
  next?.scrollIntoView({ block: "nearest" });
  return true;
}

function neighbour(by) {
  const rows = [...document.querySelectorAll(".chat-row")];
  const at = rows.findIndex((row) => row.hasAttribute("aria-current"));
  const next = rows[at === -1 ? 0 : at + by];
  if (next) go(next.href);
  return Boolean(next);
}

function leave(event) {
  if (typing(event.target) && event.target.value) return;
  if (before && plain(location.pathname) === "/settings") {
    before = undefined;
    return history.back();
  }
  before = undefined;
  const back = document.querySelector("main .back");
  if (back) go(back.href);
}
