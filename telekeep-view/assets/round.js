// Video messages: the browser's own controls do not fit into a circle. A click, Enter or Space plays and
// pauses, a ring shows how far it is. Without this file the browser's controls stay.

import { onPage } from "./page.js";

const added = new MutationObserver(() => begin(document.getElementById("main")));
onPage((main) => {
  begin(main);
  added.observe(main, { childList: true, subtree: true });
});

function begin(main) {
  for (const figure of main.querySelectorAll(".video.round:not(.known)")) {
    figure.classList.add("known");
    const video = figure.querySelector("video");
    const button = figure.querySelector(".round-play");
    if (!video || !button) continue;
    video.removeAttribute("controls");
    button.hidden = false;
    button.addEventListener("click", () => {
      if (video.paused) video.play().catch(() => show(figure, video, button));
      else video.pause();
    });
    for (const name of ["play", "pause", "ended", "timeupdate"]) {
      video.addEventListener(name, () => show(figure, video, button));
    }
  }
}

function show(figure, video, button) {
  const part = video.duration > 0 ? video.currentTime / video.duration : 0;
  figure.style.setProperty("--done", `${part * 100}%`);
  figure.classList.toggle("playing", !video.paused);
  button.setAttribute("aria-label", video.paused ? button.dataset.play : button.dataset.pause);
}
