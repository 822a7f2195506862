// Going from page to page without losing the chat list (and whatever plays): links of ours replace
// the main part only. Documents are parsed by the browser's own loader, never from strings, so no
// HTML sink is needed and the content security policy forbids all of them.

const starts = [];
/** The page that is shown, without its hash. */
let shown = location.pathname + location.search;
/** How often a page was gone to. */
let going = 0;

/** Where the pages of the account begin that an address is about. */
const rootOf = (path) => path.match(/^\/as\/[^/]+\//)?.[0] ?? "/";

/** The address of one of our pages for the account that is shown. */
export const ours = (path) => rootOf(location.pathname) + path.slice(1);

/** A path as it is without its account. */
export const plain = (path) => path.slice(rootOf(path).length - 1);

/** Calls `start(main)` for this page and for every page that takes its place. */
export function onPage(start) {
  starts.push(start);
  start(document.getElementById("main"));
}

/** Loads one of our pages as a document; without the chat list unless `whole`. */
export function load(address, whole = false) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("GET", address);
    request.responseType = "document";
    request.timeout = 30000;
    if (!whole) request.setRequestHeader("X-Fragment", "1");
    request.onload = () => {
      const page = request.responseXML;
      if (page?.getElementById("main")) resolve({ page, address: request.responseURL || address });
      else reject(new Error(String(request.status)));
    };
    request.onerror = request.ontimeout = () => reject(new Error("network"));
    request.send();
  });
}

/** Lets go of a loaded page when what is wanted was taken out: Chromium keeps one with players in it for ever. */
export function drop(page) {
  page.documentElement?.remove();
}

/** Goes to one of our pages; `push` makes an entry in the browser's history. Who goes on before a page is there does not
    get it any more. */
export async function go(address, push = true) {
  const target = new URL(address, location.href);
  const mine = going += 1;
  document.documentElement.setAttribute("aria-busy", "true");
  try {
    const loaded = await load(target.href, plain(target.pathname) === "/");
    if (mine !== going) return drop(loaded.page);
    if (push) remember();
    const final = new URL(loaded.address);
    final.hash = target.hash || place(loaded.page, final.pathname !== target.pathname);
    if (push) history.pushState({}, "", final);
    shown = location.pathname + location.search;
    replace(loaded.page);
    drop(loaded.page);
    settle(push ? null : history.state?.scroll);
  } catch {
    // The ordinary way shows what is wrong.
    if (mine === going) location.assign(target.href);
  } finally {
    if (mine === going) document.documentElement.removeAttribute("aria-busy");
  }
}

/** Where a page wants to be seen. Where a redirection led to is told without its hash: a chat is shown at the message it
    marks, or else at its end. */
function place(page, redirected) {
  const marked = page.querySelector("#history .target")?.id;
  return marked ?? (redirected && page.getElementById("newest") ? "newest" : "");
}

function replace(page) {
  const main = document.getElementById("main");
  main.replaceChildren(...page.getElementById("main").childNodes);
  document.title = page.title;
  document.body.className = page.body.className;
  const list = page.querySelector(".sidebar");
  const shown = document.querySelector(".sidebar");
  if (list && shown) shown.replaceWith(list);
  else markCurrent();
  for (const start of starts) start(main);
}

function markCurrent() {
  const here = plain(location.pathname).match(/^\/(?:chat|profile)\/(-?\d+)/)?.[1];
  for (const row of document.querySelectorAll(".chat-row")) {
    const is = here !== undefined && plain(new URL(row.href).pathname) === `/chat/${here}`;
    if (is) row.setAttribute("aria-current", "page");
    else row.removeAttribute("aria-current");
  }
}

/** Puts the page where its address, or the browser's history, says. */
function settle(scroll) {
  const main = document.getElementById("main");
  const target = location.hash ? document.getElementById(decodeURIComponent(location.hash.slice(1))) : null;
  if (typeof scroll === "number") main.scrollTop = scroll;
  else if (target) target.scrollIntoView({ block: target.id === "newest" ? "end" : "center" });
  else main.scrollTop = 0;
  const first = main.querySelector("[autofocus]") ?? (target?.matches("article") ? target : main);
  first.focus({ preventScroll: true });
}

function remember() {
  const scroll = document.getElementById("main").scrollTop;
  history.replaceState({ ...history.state, scroll }, "");
}

function isOurs(link) {
  return link.origin === location.origin && !link.target && !link.hasAttribute("download") &&
    rootOf(link.pathname) === rootOf(location.pathname) && !/^\/(?:file|assets)\//.test(link.pathname);
}

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[href]");
  if (!link || event.defaultPrevented || event.button !== 0) return;
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey || !isOurs(link)) return;
  const samePage = link.pathname === location.pathname && link.search === location.search;
  const unloaded = link.hash === "#newest" && document.querySelector(".page-on.newer");
  if (samePage && link.hash && !unloaded && document.getElementById(link.hash.slice(1))) return;
  event.preventDefault();
  go(link.href);
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "get" || event.defaultPrevented) return;
  event.preventDefault();
  const address = new URL(form.action);
  address.search = new URLSearchParams([...new FormData(form)].filter(([, value]) => value !== ""));
  go(address);
});

addEventListener("popstate", () => {
  // A jump inside the page is the browser's own matter.
  if (location.pathname + location.search !== shown) go(location.href, false);
});
