// Voice messages and music: one player at the bottom that goes on while one reads and moves between
// pages. What the page shows of a sound follows the player.

const bar = document.getElementById("player");
const audio = bar.querySelector("audio");
const place = bar.querySelector("input");
const SPEEDS = [1, 1.5, 2];
let speed = remembered();

/** The speed of before, as long as the tab is open. */
function remembered() {
  try {
    return Math.max(SPEEDS.indexOf(Number(sessionStorage.getItem("speed"))), 0);
  } catch {
    return 0;
  }
}

const sounds = () => [...document.querySelectorAll("[data-sound]")];
const isCurrent = (sound) => audio.src !== "" && new URL(sound.dataset.sound, location.href).href === audio.src;

document.addEventListener("click", (event) => {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return;
  const sound = event.target.closest?.("[data-sound]");
  if (!sound) return;
  const wave = event.target.closest(".wave");
  if (event.target.closest("a.play")) {
    event.preventDefault();
    if (isCurrent(sound)) toggle();
    else begin(sound);
  } else if (wave) {
    const box = wave.getBoundingClientRect();
    const part = (event.clientX - box.left) / box.width;
    if (isCurrent(sound)) seek(part);
    else begin(sound, part);
  }
});

function begin(sound, part = 0) {
  const article = sound.closest("article, .tile");
  const title = bar.querySelector(".player-to");
  title.textContent = sound.querySelector(".sound-title")?.textContent ?? "";
  const to = article?.querySelector(".time, .in-chat")?.href;
  if (to) title.href = to;
  else title.removeAttribute("href");
  bar.querySelector("small").textContent = article?.getAttribute("aria-label") ?? "";
  audio.src = sound.dataset.sound;
  audio.playbackRate = SPEEDS[speed];
  bar.hidden = false;
  if (part > 0) audio.addEventListener("loadedmetadata", () => seek(part), { once: true });
  play();
}

function play() {
  for (const video of document.querySelectorAll("video:not([muted])")) video.pause();
  audio.play().catch(show);
}

const toggle = () => (audio.paused ? play() : audio.pause());

function seek(part) {
  if (Number.isFinite(audio.duration)) audio.currentTime = part * audio.duration;
}

function show() {
  const part = audio.duration > 0 ? audio.currentTime / audio.duration : 0;
  const playing = !audio.paused;
  bar.classList.toggle("playing", playing);
  const button = bar.querySelector(".play");
  button.setAttribute("aria-label", playing ? button.dataset.pause : button.dataset.play);
  place.value = String(Math.round(part * 1000));
  const times = Number.isFinite(audio.duration) ? [audio.currentTime, audio.duration] : [audio.currentTime];
  place.setAttribute("aria-valuetext", times.map(clock).join(" / "));
  bar.querySelector(".player-time").textContent = times.map(clock).join(" / ");
  for (const sound of sounds()) {
    const current = isCurrent(sound) && !bar.hidden;
    sound.classList.toggle("playing", current && playing);
    sound.style.setProperty("--done", `${current ? part * 100 : 0}%`);
  }
}

function clock(seconds) {
  const whole = Math.floor(seconds || 0);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

for (const name of ["play", "pause", "timeupdate", "durationchange", "error"]) audio.addEventListener(name, show);

// The next one of the page follows, as in Telegram.
audio.addEventListener("ended", () => {
  const all = sounds();
  const next = all[all.findIndex(isCurrent) + 1];
  if (next && all.some(isCurrent)) begin(next);
  else show();
});

place.addEventListener("input", () => seek(Number(place.value) / 1000));
bar.querySelector(".play").addEventListener("click", toggle);
bar.querySelector(".speed").addEventListener("click", (event) => {
  speed = (speed + 1) % SPEEDS.length;
  audio.playbackRate = SPEEDS[speed];
  tellSpeed();
  try {
    sessionStorage.setItem("speed", String(SPEEDS[speed]));
  } catch {
    // Then it is forgotten with the page.
  }
});

function tellSpeed() {
  bar.querySelector(".speed").textContent = `${SPEEDS[speed]}×`;
}
tellSpeed();

bar.querySelector(".close").addEventListener("click", () => {
  audio.pause();
  bar.hidden = true;
  show();
});

// One thing is heard at a time.
document.addEventListener("play", (event) => {
  if (event.target === audio || event.target.muted) return;
  audio.pause();
  for (const video of document.querySelectorAll("video")) {
    if (video !== event.target && !video.muted) video.pause();
  }
}, true);
