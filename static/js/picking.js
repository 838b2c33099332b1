// One box that ticks every file of the page, half when some are ticked; and how many are, in words.
(() => {
  "use strict";
  const part = document.querySelector("[data-pick-page]");
  if (!part) return;
  const form = part.closest("form");
  const all = part.querySelector("input");
  const said = part.querySelector("[data-picked]");
  const list = form.elements.all; // every page of the list
  const ticks = [...form.querySelectorAll('input[name="files"]')];

  function show() {
    const picked = ticks.filter((tick) => tick.checked).length;
    all.checked = picked === ticks.length;
    all.indeterminate = picked > 0 && picked < ticks.length;
    const { none, one, many, all: whole } = part.dataset;
    let text = picked === 0 ? none : picked === 1 ? one : many.replace("{n}", picked);
    if (list?.checked) text = whole;
    if (said.textContent !== text) said.textContent = text;
  }

  all.addEventListener("change", () => {
    for (const tick of ticks) tick.checked = all.checked;
    show();
  });
  form.addEventListener("change", (event) => { if (event.target !== all) show(); });
  window.addEventListener("pageshow", show); // a browser that goes back puts the ticks back
  part.hidden = false;
  show();
})();
