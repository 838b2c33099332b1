// Comfort on top of pages that work without it. No inline handlers: everything hangs on data attributes.
(() => {
  "use strict";
  const live = (text) => {
    const region = document.getElementById("live");
    if (region) region.textContent = text;
  };

  // The server counts code points, with a line break as one character.
  const length = (text) => [...text.replace(/\r\n?/g, "\n")].length;

  // --- Character counters: <textarea data-maxlength="1000"> -------------------------------------
  const words = document.documentElement.lang.startsWith("en")
    ? { left: "characters left", over: "characters too many", cancel: "Cancel" }
    : { left: "tekens over", over: "tekens te veel", cancel: "Annuleren" };

  function counter(box) {
    const limit = Number(box.dataset.maxlength);
    if (!limit || box.dataset.counted) return;
    box.dataset.counted = "yes";
    const note = document.createElement("p");
    note.className = "char-count";
    (box.closest(".input-group") || box).after(note);
    let timer;
    const show = () => {
      const left = limit - length(box.value);
      note.classList.toggle("is-over", left < 0);
      note.textContent = `${Math.abs(left).toLocaleString("nl-BE")} ${left < 0 ? words.over : words.left}`;
      clearTimeout(timer); // spoken after a pause, not at each key
      if (document.activeElement === box && left < limit / 10) timer = setTimeout(() => live(note.textContent), 1200);
    };
    box.addEventListener("input", show);
    show();
  }

  // --- Rows of a formset: <button data-add-row="prefix"> and <template data-row="prefix"> ----------
  function addRow(button) {
    const prefix = button.dataset.addRow;
    const template = document.querySelector(`template[data-row="${prefix}"]`);
    const total = document.querySelector(`[name="${prefix}-TOTAL_FORMS"]`);
    const rows = document.querySelector(`[data-rows="${prefix}"]`);
    if (!template || !total || !rows) return false;
    const holder = document.createElement(rows.tagName);
    holder.innerHTML = template.innerHTML.replaceAll("__prefix__", total.value);
    total.value = Number(total.value) + 1;
    const row = holder.firstElementChild;
    rows.append(row);
    start(row);
    row.querySelector("input:not([type=hidden]), select, textarea")?.focus();
    return true;
  }

  function removeRow(button) {
    const row = button.closest("[data-form-row]");
    const tick = row?.querySelector('[name$="-DELETE"]');
    if (!tick) return false;
    tick.checked = true;
    if (tick.type === "hidden") tick.value = "on";
    row.hidden = true;
    const next = document.querySelector(`[data-add-row="${button.dataset.removeRow}"]`);
    next?.focus();
    row.dispatchEvent(new Event("input", { bubbles: true }));
    return true;
  }

  // --- Confirm: <button data-confirm="Wilt u …?" data-confirm-title="…"> -----------------------------
  function ask(button) {
    const dialog = document.createElement("dialog");
    dialog.className = "confirm";
    dialog.setAttribute("aria-labelledby", "confirm-title");
    const title = document.createElement("h2");
    title.id = "confirm-title";
    title.textContent = button.dataset.confirmTitle || button.textContent.trim();
    const text = document.createElement("p");
    text.textContent = button.dataset.confirm;
    const row = document.createElement("div");
    row.className = "button-row";
    const yes = document.createElement("button");
    yes.type = "button";
    yes.className = button.className;
    yes.textContent = button.textContent.trim();
    const no = document.createElement("button");
    no.type = "button";
    no.className = "btn btn-outline-secondary";
    no.textContent = words.cancel;
    row.append(yes, no);
    dialog.append(title, text, row);
    document.body.append(dialog);
    no.addEventListener("click", () => dialog.close());
    yes.addEventListener("click", () => {
      button.dataset.confirmed = "yes";
      dialog.close();
      button.form.requestSubmit(button);
    });
    dialog.addEventListener("close", () => {
      dialog.remove();
      button.focus();
    });
    dialog.showModal();
    no.focus(); // the safe answer first
  }

  // When the browser itself finds a mistake it shows that first.
  const needsAnswer = (button) =>
    button?.dataset.confirm && button.form && !button.dataset.confirmed &&
    (button.form.noValidate || button.formNoValidate || button.form.checkValidity());

  // --- Unsaved changes: <form data-guard> -------------------------------------------------------------
  let unsaved = false;
  const guarded = (target) => target.closest?.("form[data-guard]");
  document.addEventListener("input", (event) => { if (guarded(event.target)) unsaved = true; });
  window.addEventListener("beforeunload", (event) => { if (unsaved) event.preventDefault(); });

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button?.dataset.addRow && addRow(button)) event.preventDefault();
    else if (button?.dataset.removeRow && removeRow(button)) event.preventDefault();
    else if (needsAnswer(button)) {
      event.preventDefault();
      ask(button);
    }
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });
  document.addEventListener("keydown", (event) => {
    const menu = event.key === "Escape" && event.target.closest("details.menu[open]");
    if (menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });

  // A second press is ignored here for comfort; the server refuses it for certain.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post" || form.matches("[hx-post]")) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    if (guarded(form)) unsaved = false;
    event.submitter?.setAttribute("aria-busy", "true");
  });
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) {
      delete form.dataset.sent;
      for (const busy of form.querySelectorAll("[aria-busy]")) busy.removeAttribute("aria-busy");
    }
  });

  // A table that fits needs no scrolling, so it is no stop for the Tab key.
  function scrollers(root) {
    for (const box of root.querySelectorAll(".table-scroll, .chart-scroll")) {
      if (box.scrollWidth > box.clientWidth + 1) box.tabIndex = 0;
      else box.removeAttribute("tabindex");
    }
  }

  function start(root) {
    root.querySelectorAll("[data-maxlength]").forEach(counter);
    scrollers(root);
  }

  window.addEventListener("resize", () => scrollers(document));  // as when a phone is turned
  document.fonts.ready.then(() => scrollers(document));  // words of another font are wider

  document.addEventListener("htmx:load", ({ detail: { elt } }) => {
    if (elt === document.body) return;
    start(elt);
    const said = elt.matches("[data-announce]") ? elt : elt.querySelector("[data-announce]");
    if (said) live(said.textContent.trim());
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.successful && event.target.matches?.("form[data-guard]")) unsaved = false;
  });
  document.addEventListener("portal:saved", () => { unsaved = false; });
  document.addEventListener("htmx:sendError", () => live(document.body.dataset.offline));
  window.addEventListener("resize", () => scrollers(document));

  start(document);
  document.querySelector("[data-error-summary]")?.focus();
})();
