// GIFs and moving stickers: they run while they are seen, stop at a click, and do not begin by
// themselves for readers who asked for less motion.

import { onPage } from "./page.js";

const calm = matchMedia("(prefers-reduced-motion: reduce)");
/** Unpacked stickers larger than this are no stickers. */
const MOST = 4 * 1024 * 1024;
/** What is drawn of a sticker: shapes, solids, nulls and groups of them; no pictures, texts or sounds. */
const LAYERS = new Set([0, 1, 3, 4]);

const animations = new WeakMap();
const seen = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    if (isIntersecting && !target.classList.contains("stopped")) run(target);
    else rest(target);
  }
}, { rootMargin: "100px" });

const added = new MutationObserver(() => begin(document.getElementById("main")));
onPage((main) => {
  begin(main);
  added.observe(main, { childList: true, subtree: true });
});

function begin(main) {
  for (const figure of main.querySelectorAll(".moving:not(.known)")) {
    figure.classList.add("known");
    figure.querySelector("video")?.removeAttribute("controls");
    if (calm.matches || document.body.dataset.motion === "still") stop(figure);
    seen.observe(figure);
  }
}

async function run(figure) {
  const video = figure.querySelector("video");
  if (video) return video.play().catch(() => stop(figure));
  if (!figure.dataset.tgs) return;
  if (animations.has(figure)) return animations.get(figure)?.play();
  animations.set(figure, null);
  try {
    animations.set(figure, await draw(figure));
    if (figure.classList.contains("stopped")) rest(figure);
  } catch {
    // The picture or emoji stays.
  }
}

function rest(figure) {
  figure.querySelector("video")?.pause();
  animations.get(figure)?.pause();
}

function stop(figure) {
  figure.classList.add("stopped");
  figure.querySelector(".still")?.setAttribute("aria-pressed", "true");
  rest(figure);
}

document.addEventListener("click", (event) => {
  const figure = event.target.closest?.(".moving.known");
  if (!figure || event.defaultPrevented || event.target.closest("a")) return;
  if (!figure.classList.contains("stopped")) return stop(figure);
  figure.classList.remove("stopped");
  figure.querySelector(".still")?.setAttribute("aria-pressed", "false");
  run(figure);
});

// A live photo moves once, in its place, when asked to. A link without this file.
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[data-live]");
  if (!link || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  const figure = link.closest("figure");
  if (figure.querySelector(".live-part")) return;
  const video = document.createElement("video");
  video.className = "live-part";
  video.playsInline = true;
  video.src = link.href;
  for (const name of ["ended", "error", "click"]) video.addEventListener(name, () => video.remove());
  figure.append(video);
  video.play().catch(() => video.remove());
});

/** Draws a .tgs: gzipped Lottie. */
async function draw(figure) {
  const [answer] = await Promise.all([fetch(figure.dataset.tgs), import("./lottie_light.min.js")]);
  if (!answer.ok) throw new Error(String(answer.status));
  const animationData = harmless(JSON.parse(await unpack(answer.body)));
  const container = document.createElement("div");
  container.className = "drawn";
  container.setAttribute("aria-hidden", "true");
  figure.append(container);
  const animation = globalThis.lottie.loadAnimation({ container, renderer: "svg", loop: true, autoplay: true, animationData });
  figure.classList.add("has-drawn");
  return animation;
}

/** Gunzips, but not without end. */
async function unpack(stream) {
  const reader = stream.pipeThrough(new DecompressionStream("gzip")).getReader();
  const decoder = new TextDecoder();
  let text = "";
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    length += value.length;
    if (length > MOST) {
      reader.cancel();
      throw new Error("too large");
    }
    text += decoder.decode(value, { stream: true });
  }
}

/** Leaves only what Telegram allows in a sticker. */
function harmless(data) {
  const layers = (list) => (Array.isArray(list) ? list.filter((layer) => LAYERS.has(layer?.ty)) : []);
  const assets = Array.isArray(data.assets) ? data.assets.filter((asset) => Array.isArray(asset?.layers)) : [];
  return {
    v: String(data.v), fr: Number(data.fr), ip: Number(data.ip), op: Number(data.op),
    w: Number(data.w), h: Number(data.h), ddd: 0,
    layers: layers(data.layers),
    assets: assets.map((asset) => ({ id: asset.id, layers: layers(asset.layers) })),
  };
}
