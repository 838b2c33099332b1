// Keeps the total of the weights in sight while they are typed; the server counts again.
(() => {
  "use strict";
  const form = document.querySelector("[data-weights]");
  const total = form?.querySelector("[data-weights-total]");
  if (!total) return;
  const format = new Intl.NumberFormat("nl-BE", { maximumFractionDigits: 2 });
  const count = () => {
    let sum = 0;
    for (const input of form.querySelectorAll("[data-weight] input")) {
      sum += Number.parseFloat(input.value.replace(",", ".")) || 0;
    }
    total.value = `${format.format(sum)}\u00a0%`;
  };
  form.addEventListener("input", (event) => {
    if (event.target.closest("[data-weight]")) count();
  });
})();
