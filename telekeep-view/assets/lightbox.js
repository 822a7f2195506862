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
/** Two fingers were down: what the last one does is no swipe. */
let pinched = false;

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
  // Whoever writes already goes on writing.
  if (link?.isConnected && !document.activeElement?.matches("input, textarea")) link.focus({ preventScroll: true });
});

stage.addEventListener("wheel", (event) => {
  event.preventDefault();
  zoom(scale * (event.deltaY < 0 ? 1.2 : 1 / 1.2));
}, { passive: false });
stage.addEventListener("dblclick", () => zoom(scale > 1 ? 1 : 2.5));

// One finger moves a large picture; of one that fits, a swipe goes on, or down closes. Two fingers make
// it larger and smaller around the place between them.
const fingers = new Map();
let start = null;

/** The middle between the fingers, from the middle of the stage, and how far apart they are. */
function grip() {
  const [a, b = a] = [...fingers.values()];
  const { width, height } = stage.getBoundingClientRect();
  return {
    x: (a.x + b.x) / 2 - width / 2,
    y: (a.y + b.y) / 2 - height / 2,
    apart: Math.hypot(a.x - b.x, a.y - b.y),
  };
}

/** Takes hold anew: whenever a finger comes or goes. */
function hold() {
  start = fingers.size === 0 ? null : { ...grip(), scale, shift: { ...shift }, two: fingers.size > 1 };
}

stage.addEventListener("pointerdown", (event) => {
  if (fingers.size === 2) return;
  const [x, y] = [event.clientX, event.clientY];
  // Once the pointer is captured, every later event names the stage: was it put down beside the picture?
  fingers.set(event.pointerId, { x, y, from: { x, y }, beside: event.target === stage });
  stage.setPointerCapture(event.pointerId);
  pinched = fingers.size > 1;
  hold();
});
stage.addEventListener("pointermove", (event) => {
  const finger = fingers.get(event.pointerId);
  if (!finger) return;
  Object.assign(finger, { x: event.clientX, y: event.clientY });
  const now = grip();
  if (start.two && start.apart > 0) scale = Math.min(Math.max(start.scale * now.apart / start.apart, 1), MOST);
  else if (scale === 1) return;
  // What was between the fingers stays between them.
  const grown = scale / start.scale;
  shift = scale === 1 ? { x: 0, y: 0 } : {
    x: now.x - (start.x - start.shift.x) * grown,
    y: now.y - (start.y - start.shift.y) * grown,
  };
  move();
});
stage.addEventListener("pointerup", (event) => {
  const finger = fingers.get(event.pointerId);
  fingers.delete(event.pointerId);
  hold();
  if (!finger || fingers.size > 0 || pinched || scale > 1) return;
  const [x, y] = [event.clientX - finger.from.x, event.clientY - finger.from.y];
  if (Math.abs(x) > 60 && Math.abs(x) > Math.abs(y)) show(at + ((x < 0) !== rtl ? 1 : -1));
  else if (y > 90) box.close();
  else if (Math.abs(x) + Math.abs(y) < 6 && finger.beside) box.close();
});
stage.addEventListener("pointercancel", (event) => {
  fingers.delete(event.pointerId);
  hold();
});
