// The chat list: finds while one types, and stays where it was.

import { drop, load } from "./page.js";

let typing = 0;

document.addEventListener("input", (event) => {
  const field = event.target;
  if (!field.matches?.(".find input[type=search]")) return;
  clearTimeout(typing);
  typing = setTimeout(() => find(field), 160);
});

async function find(field) {
  const wanted = field.value;
  const address = new URL(field.form.action);
  address.search = new URLSearchParams(new FormData(field.form));
  try {
    const { page } = await load(address.href, true);
    const found = page.querySelector(".chats");
    if (found && field.value === wanted) document.querySelector(".chats").replaceChildren(...found.childNodes);
    drop(page);
  } catch {
    // Enter still sends the form.
  }
}

const PLACE = "chats-scroll";
const list = document.querySelector(".chats");
const kept = Number(sessionStorage.getItem(PLACE));
if (list && kept > 0 && !location.search.includes("folder=")) list.scrollTop = kept;
addEventListener("pagehide", () => {
  const now = document.querySelector(".chats");
  if (now) sessionStorage.setItem(PLACE, String(now.scrollTop));
});
