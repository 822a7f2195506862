// Photos large: a dialog over the page, through all photos of the page. Without this file the links
// lead to the photos themselves.

const box = document.getElementById("lightbox");
const stage = box.querySelector(".stage");
const picture = box.querySelector("img");
const rtl = document.documentElement.dir === "rtl";
const MOST = 8;

let links = [];
let at = 0;
let scale = 1;
let shift = { x: 0, y: 0 };

document.addEventListener("click", (event) => {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return;
  const link = event.target.closest?.("a[data-photo]");
  if (!link) return;
  event.preventDefault();
  links = [...document.querySelectorAll("main a[data-photo]")].filter((one) => !one.closest(".spoiler:not(.open)"));
  show(Math.max(links.indexOf(link), 0));
  if (!box.open) box.showModal();
});

function show(index) {
  if (index < 0 || index >= links.length) return;
  at = index;
  const link = links[at];
  zoom(1);
  picture.src = link.href;
  picture.alt = link.querySelector("img")?.alt ?? "";
  box.querySelector(".caption").textContent = caption(link);
  box.querySelector("a.save").href = `${link.href}?save=${encodeURIComponent(link.dataset.photo.replaceAll("/", "-"))}`;
  box.querySelector(".previous").hidden = at === 0;
  box.querySelector(".next").hidden = at === links.length - 1;
}

/** What was written with it, and by whom. */
function caption(link) {
  const around = link.closest("article, .tile");
  const text = around?.querySelector(".text")?.cloneNode(true);
  text?.querySelector(".foot")?.remove();
  return [text?.textContent.trim(), around?.getAttribute("aria-label")].filter(Boolean).join("\n");
}

function zoom(to) {
  scale = Math.min(Math.max(to, 1), MOST);
  if (scale === 1) shift = { x: 0, y: 0 };
  move();
}

function move() {
  picture.style.setProperty("transform", `translate(${shift.x}px, ${shift.y}px) scale(${scale})`);
  box.classList.toggle("zoomed", scale > 1);
}

const KEYS = {
  ArrowLeft: () => show(at + (rtl ? 1 : -1)),
  ArrowRight: () => show(at + (rtl ? -1 : 1)),
  Home: () => show(0),
  End: () => show(links.length - 1),
  "+": () => zoom(scale * 1.5),
  "=": () => zoom(scale * 1.5),
  "-": () => zoom(scale / 1.5),
  0: () => zoom(1),
};

box.addEventListener("keydown", (event) => {
  // The page's own shortcuts wait; Esc closes a dialog by itself.
  event.stopPropagation();
  const action = KEYS[event.key];
  if (!action || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  action();
});
box.querySelector(".previous").addEventListener("click", () => show(at - 1));
box.querySelector(".next").addEventListener("click", () => show(at + 1));
box.querySelector(".in").addEventListener("click", () => zoom(scale * 1.5));
box.querySelector(".out").addEventListener("click", () => zoom(scale / 1.5));
box.querySelector(".close").addEventListener("click", () => box.close());
box.addEventListener("close", () => {
  picture.removeAttribute("src");
  const link = links[at];
  if (link?.isConnected) link.focus({ preventScroll: true });
});

stage.addEventListener("wheel", (event) => {
  event.preventDefault();
  zoom(scale * (event.deltaY < 0 ? 1.2 : 1 / 1.2));
}, { passive: false });
stage.addEventListener("dblclick", () => zoom(scale > 1 ? 1 : 2.5));

// Dragging moves a large picture; a swipe goes on, or down closes.
let start = null;
stage.addEventListener("pointerdown", (event) => {
  start = { x: event.clientX, y: event.clientY, from: { ...shift } };
  stage.setPointerCapture(event.pointerId);
});
stage.addEventListener("pointermove", (event) => {
  if (!start || scale === 1) return;
  shift = { x: start.from.x + event.clientX - start.x, y: start.from.y + event.clientY - start.y };
  move();
});
stage.addEventListener("pointerup", (event) => {
  if (!start) return;
  const [x, y] = [event.clientX - start.x, event.clientY - start.y];
  start = null;
  if (scale > 1) return;
  if (Math.abs(x) > 60 && Math.abs(x) > Math.abs(y)) show(at + ((x < 0) !== rtl ? 1 : -1));
  else if (y > 90) box.close();
  else if (Math.abs(x) + Math.abs(y) < 6 && event.target === stage) box.close();
});
stage.addEventListener("pointercancel", () => { start = null; });
