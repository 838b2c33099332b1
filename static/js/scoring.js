// How many characters a motivation still needs, while one writes: the lengths per score come from the page.
(() => {
  "use strict";
  const length = (text) => [...text.replace(/\r\n?/g, "\n").trim()].length;

  for (const note of document.querySelectorAll("[data-needed]")) {
    const text = document.getElementById(note.dataset.motivation);
    const score = document.getElementById(note.dataset.score);
    if (!text || !score) continue;
    const lengths = JSON.parse(note.dataset.lengths);
    const show = () => {
      const missing = (lengths[score.value] ?? 0) - length(text.value);
      const words = missing === 1 && !length(text.value) ? note.dataset.none : missing === 1 ? note.dataset.one : note.dataset.many.replace("{n}", missing.toLocaleString("nl-BE"));
      note.textContent = missing > 0 ? words : "";
    };
    text.setAttribute("aria-describedby", `${text.getAttribute("aria-describedby") || ""} ${note.id}`.trim());
    text.addEventListener("input", show);
    score.addEventListener("change", show);
    show();
  }
})();
