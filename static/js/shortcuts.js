// Keys for who works through many files. Every key does what a link or a box on the page does too, so nothing is lost
// without script. Off while somebody types, and off for good when the person says so (WCAG 2.1.4).
(() => {
  "use strict";
  const dialog = document.getElementById("toetsen");
  if (!dialog) return;
  const KEPT = "pio.shortcuts"; // "off" when switched off, in this browser only

  const kept = () => {
    try { return localStorage.getItem(KEPT); } catch { return null; } // no storage: simply on
  };
  const keep = (value) => {
    try { localStorage.setItem(KEPT, value); } catch { /* only for this page then */ }
  };
  let on = kept() !== "off";

  const live = (text) => {
    const region = document.getElementById("live");
    if (region) region.textContent = text;
  };

  // --- The dialog with all keys -------------------------------------------------------------------
  const box = dialog.querySelector("[data-shortcuts-on]");
  const opener = document.querySelector("[data-shortcuts-open]");
  box.checked = on;
  box.addEventListener("change", () => {
    on = box.checked;
    keep(on ? "on" : "off");
    live(on ? dialog.dataset.saysOn : dialog.dataset.saysOff);
  });
  let before = null;
  function show() {
    before = document.activeElement;
    dialog.showModal();
    dialog.querySelector("h2").focus();
  }
  dialog.addEventListener("close", () => before?.focus?.());
  dialog.querySelector("[data-shortcuts-close]").addEventListener("click", () => dialog.close());
  if (opener) {
    opener.hidden = false;
    opener.addEventListener("click", show);
  }

  // --- Rows ------------------------------------------------------------------------------------------
  const links = () => [...document.querySelectorAll("[data-list-rows] a[data-open]")];
  const row = () => document.activeElement?.closest?.("[data-list-rows] tr");

  function move(step) {
    const all = links();
    if (!all.length) return false;
    const here = all.findIndex((link) => link.closest("tr") === row());
    const next = here < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(Math.max(here + step, 0), all.length - 1);
    all[next].focus(); // the reader says the link, and the page scrolls to it
    return true;
  }

  function open() {
    const link = row()?.querySelector("a[data-open]");
    link?.click();
    return Boolean(link);
  }

  function pick() {
    const tick = row()?.querySelector('input[type="checkbox"]');
    if (!tick) return false;
    tick.click();
    live(`${tick.getAttribute("aria-label")}: ${tick.checked ? dialog.dataset.saysPicked : dialog.dataset.saysUnpicked}`);
    return true;
  }

  // --- Links that stand on the page anyway -----------------------------------------------------------
  function follow(key) {
    const link = document.querySelector(`a[data-key="${key}"]`);
    link?.click();
    return Boolean(link);
  }

  function search() {
    const field = document.querySelector('form[role="search"] input[name="q"], form[role="search"] input[type="search"]');
    field?.focus();
    field?.select();
    return Boolean(field);
  }

  function go(key) {
    const page = dialog.dataset[`go${key.toUpperCase()}`];
    if (page) location.assign(page);
    return Boolean(page);
  }

  const KEYS = {
    "?": () => (show(), true),
    "/": search,
    j: () => move(1),
    k: () => move(-1),
    o: open,
    x: pick,
    n: () => follow("n"),
    p: () => follow("p"),
    u: () => follow("u"),
  };

  const types = (target) =>
    target.isContentEditable ||
    target.matches("textarea, select") ||
    (target.matches("input") && !["checkbox", "radio", "button", "submit"].includes(target.type));

  let waitsForPage = 0; // until when a letter after "g" names a page
  document.addEventListener("keydown", (event) => {
    if (!on || event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    if (types(event.target) || document.querySelector("dialog[open]")) return;
    let done;
    if (Date.now() < waitsForPage) {
      waitsForPage = 0;
      done = go(event.key);
    } else if (event.key === "g") {
      waitsForPage = Date.now() + 1500;
      done = true;
    } else {
      done = KEYS[event.key]?.();
    }
    if (done) event.preventDefault();
  });
})();
