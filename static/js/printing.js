// A button that opens the browser's own print window; without script it stays hidden and Ctrl+P works.
(() => {
  "use strict";
  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }
})();
