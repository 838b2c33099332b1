// Shows a question only while the question it depends on has the right answer.
// <div data-visible-if="name of a box" data-visible-value="its value"> holds the question, with the
// condition in words for who has no script. What was typed in a hidden question stays and is sent.
(() => {
  "use strict";
  const conditional = [...document.querySelectorAll("[data-visible-if]")];
  if (!conditional.length) return;

  function answer(name) {
    const boxes = [...document.getElementsByName(name)];
    if (boxes.length === 1 && boxes[0].type === "checkbox") return boxes[0].checked ? "on" : "";
    if (boxes[0]?.type === "radio") return boxes.find((box) => box.checked)?.value || "";
    return boxes[0]?.value || "";
  }

  // A question that hangs on a hidden question is hidden too; one with an error never is.
  function holds(part) {
    const other = document.getElementsByName(part.dataset.visibleIf)[0]?.closest("[data-visible-if]");
    return answer(part.dataset.visibleIf) === part.dataset.visibleValue && (!other || holds(other));
  }

  function refresh(event) {
    const appeared = [];
    for (const part of conditional) {
      const isShown = holds(part) || part.querySelector(".field-error") !== null;
      if (isShown && part.hidden && event) appeared.push(part);
      part.hidden = !isShown;
    }
    const region = document.getElementById("live");
    const label = appeared[0]?.querySelector("label, legend")?.textContent.trim();
    if (region && label) region.textContent = label;
  }

  for (const part of conditional) part.querySelector("[data-condition-words]").hidden = true;
  document.addEventListener("input", refresh);
  document.addEventListener("change", refresh);
  window.addEventListener("pageshow", () => refresh());
  refresh();
})();
