// The slider of a rehearsal writes its moment into the field of the form; the button shows it.
(() => {
  "use strict";
  const two = (number) => String(number).padStart(2, "0");

  for (const slider of document.querySelectorAll("[data-time-slider]")) {
    const field = document.getElementById(slider.dataset.timeSlider);
    if (!field) continue;
    slider.closest("[hidden]").hidden = false;
    const spoken = () => slider.setAttribute("aria-valuetext", field.value.replace("T", " "));
    slider.addEventListener("input", () => {
      // The field holds Brussels time, wherever this browser is.
      const parts = Object.fromEntries(
        new Intl.DateTimeFormat("nl-BE", {
          timeZone: "Europe/Brussels",
          hourCycle: "h23",
          year: "numeric",
          month: "numeric",
          day: "numeric",
          hour: "numeric",
          minute: "numeric",
          second: "numeric",
        })
          .formatToParts(new Date(Number(slider.value) * 1000))
          .map((part) => [part.type, part.value]),
      );
      field.value = `${parts.year}-${two(parts.month)}-${two(parts.day)}T${two(parts.hour)}:${two(parts.minute)}:${two(parts.second)}`;
      spoken();
    });
    spoken();
  }
})();
