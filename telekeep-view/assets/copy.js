// A button in blocks of code that copies them. Who has no script has no button.

import { onPage } from "./page.js";

const LABELS = ["copy", "copied"];
const added = new MutationObserver(() => begin(document.getElementById("main")));
onPage((main) => {
  begin(main);
  added.observe(main, { childList: true, subtree: true });
});

function begin(main) {
  const [copy, copied] = LABELS.map((label) => main.querySelector("#history")?.dataset[label]);
  if (!copy || !navigator.clipboard) return;
  for (const block of main.querySelectorAll(".text pre:not(:has(> .copy))")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = copy;
    button.addEventListener("click", () => take(block, button, [copy, copied]));
    block.append(button);
  }
}

async function take(block, button, [copy, copied]) {
  try {
    await navigator.clipboard.writeText(block.querySelector("code").textContent);
  } catch {
    // Not allowed: the words can still be selected.
    return;
  }
  button.textContent = copied;
  button.classList.add("done");
  setTimeout(() => {
    button.textContent = copy;
    button.classList.remove("done");
  }, 2000);
}
