// Nobody loses a word: saves a section while somebody writes, and keeps in the browser what is not saved yet.
(() => {
  "use strict";
  const form = document.querySelector("form[data-drafting]");
  const session = window.portalSession;
  if (!form || !session) return;
  const PAUSE = 2000; // after the last change
  const AT_MOST = 15000; // after the first change that is not saved
  const PATIENCE = 30000; // for an answer
  const savesItself = form.dataset.drafting === "autosave";
  const status = form.querySelector("[data-save-status]");
  const said = status.querySelector("[data-save-said]");
  const pending = status.querySelector("[data-save-pending]");
  const alert = status.querySelector("[data-save-alert]");
  // Where a press goes: a page that answers another form may have an address of its own.
  const target = new URL(form.getAttribute("action") || location.href, location.href).pathname;
  const place = `${session.prefix}${target}:`;
  const TECHNICAL = new Set(["csrfmiddlewaretoken", "typed_by", "settling", "version", "base"]);
  const isText = (name) => !TECHNICAL.has(name) && !/-(id|(TOTAL|INITIAL|MIN_NUM|MAX_NUM)_FORMS)$/.test(name);

  // --- What stands in the form -------------------------------------------------------------------------
  const fields = () => [...new FormData(form)].filter(([, value]) => typeof value === "string");
  const plain = (list) => JSON.stringify(
    list.filter(([name]) => isText(name) || name.endsWith("TOTAL_FORMS"))
      .map(([name, value]) => [name, value.replace(/\r\n?/g, "\n").trim()]),
  );
  const now = () => plain(fields());
  const hasFile = () => [...form.querySelectorAll("input[type=file]")].some((box) => box.files.length);

  let stored = "unsaved" in form.dataset ? "" : now(); // what the portal has, as far as we know
  let answered = stored; // what the portal gave its answer to, saved or refused in part
  const isDirty = () => now() !== answered;
  const isUnsaved = () => now() !== stored;

  // --- Kept in the browser -------------------------------------------------------------------------------
  let keeping;
  let hasRoom = true;

  function keep() {
    clearTimeout(keeping);
    try {
      if (isUnsaved()) {
        localStorage.setItem(place + session.tab, JSON.stringify({ at: Date.now(), fields: fields().filter(([name]) => name !== "csrfmiddlewaretoken") }));
      } else localStorage.removeItem(place + session.tab);
      hasRoom = true;
    } catch {
      if (hasRoom) warn(status.dataset.noRoom);
      hasRoom = false;
    }
  }
  const keepSoon = () => {
    clearTimeout(keeping);
    keeping = setTimeout(keep, 400);
  };

  // --- What the page says ----------------------------------------------------------------------------------
  const say = (text) => { if (said.textContent !== text) said.textContent = text; };
  const warn = (text) => { if (alert.textContent !== text) alert.textContent = text; };
  const note = (text) => {
    pending.textContent = text;
    pending.hidden = !text;
  };

  let mistakes = [];
  function showMistakes() {
    for (const old of form.querySelectorAll("[data-field-unsaved]")) {
      const box = document.getElementById(old.dataset.fieldUnsaved);
      if (box) box.setAttribute("aria-describedby", (box.getAttribute("aria-describedby") || "").replace(old.id, "").trim());
      old.remove();
    }
    for (const { target, text } of mistakes) {
      const box = document.getElementById(target) || document.getElementById(`${target}_0`);
      if (!box || box === document.activeElement) continue; // not while somebody is still writing there
      const words = document.createElement("p");
      words.className = "field-unsaved";
      words.id = `onbewaard-${target}`;
      words.dataset.fieldUnsaved = box.id;
      words.textContent = text;
      const before = box.closest(".input-group, .form-check") || box;
      if (box.matches("fieldset")) box.querySelector("legend").after(words);
      else before.before(words);
      box.setAttribute("aria-describedby", `${box.getAttribute("aria-describedby") || ""} ${words.id}`.trim());
    }
  }
  form.addEventListener("focusout", () => setTimeout(showMistakes));

  // --- Saving ------------------------------------------------------------------------------------------------
  let timer;
  let since = 0; // when the first change was made that is not saved
  let flight = null; // never two at once
  let cut = null; // ends the wait for an answer
  let lost = null; // sent, and no answer: sent again unchanged, so that it never clashes with itself
  let tries = 0;
  let stopped = ""; // why nothing is saved any more

  function plan(wait = PAUSE) {
    if (!savesItself || stopped) return;
    since ||= Date.now();
    clearTimeout(timer);
    timer = setTimeout(run, Math.max(0, Math.min(wait, lost ? wait : since + AT_MOST - Date.now())));
  }

  async function run() {
    clearTimeout(timer);
    if (stopped || flight || !(lost || isDirty())) return;
    flight = send();
    await flight;
    flight = null;
    if (!stopped && (lost || isDirty())) plan(lost ? Math.min(60000, 2000 * 2 ** Math.min(tries, 5)) : PAUSE);
  }

  async function send() {
    session.renewTokens();
    const sent = lost || { fields: fields(), plain: now() };
    const body = new FormData();
    for (const [name, value] of sent.fields) {
      if (name !== "csrfmiddlewaretoken") body.append(name, value);
    }
    body.append("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    body.append("autosave", "yes");
    cut = new AbortController();
    const patience = setTimeout(() => cut.abort(), PATIENCE);
    note(status.dataset.busy);
    try {
      const answer = await fetch(target, { method: "POST", body, redirect: "error", signal: cut.signal });
      const why = answer.headers.get("Save-Outcome");
      if (why) refuse(why);
      else take(await answer.text(), sent, Number(answer.headers.get("Session-Seconds"))); // a refusal too has its words
    } catch {
      fail(sent, hasRoom ? status.dataset.offline : status.dataset.unkept);
    } finally {
      clearTimeout(patience);
      keep();
    }
  }

  function fail(sent, text) {
    lost = sent;
    tries += 1;
    note("");
    warn(text);
  }

  function refuse(why) {
    note("");
    if (why === "signed-out") {
      stopped = why;
      warn(status.dataset.signedOut);
      document.dispatchEvent(new CustomEvent("portal:session", { detail: { seconds: 0 } }));
    } else {
      stopped = why;
      warn(status.dataset.otherPerson);
    }
  }

  function take(html, sent, seconds) {
    const part = new DOMParser().parseFromString(html, "text/html").querySelector("[data-autosave]");
    if (!part) return fail(sent, status.dataset.trouble);
    const text = part.querySelector("[data-status]").textContent.trim();
    lost = null;
    tries = 0;
    note("");
    if (seconds) document.dispatchEvent(new CustomEvent("portal:session", { detail: { seconds } }));
    if (part.dataset.autosave !== "saved") {
      stopped = part.dataset.autosave;
      warn(text);
      status.querySelector("[data-save-compare]").hidden = stopped !== "clash";
      return undefined;
    }
    form.elements.version.value = part.dataset.version;
    form.elements.base.value = part.dataset.base;
    for (const row of part.querySelectorAll("input[type=hidden]")) {
      if (form.elements[row.name]) form.elements[row.name].value = row.value;
    }
    const left = [...part.querySelectorAll("[data-unsaved]")];
    mistakes = left.map((one) => ({ target: one.dataset.unsaved, text: one.textContent.trim() }));
    answered = sent.plain;
    if (!left.length) stored = sent.plain;
    else if (stored === sent.plain) stored = "";
    since = isDirty() ? Date.now() : 0;
    warn("");
    const labels = [...new Set(left.map((one) => one.dataset.label))].join(", ");
    say(labels ? `${text} ${status.dataset.partly} ${labels}.` : text);
    if (isDirty()) note(status.dataset.dirty);
    showMistakes();
    if (!isUnsaved() && !hasFile()) document.dispatchEvent(new CustomEvent("portal:saved"));
    return undefined;
  }

  function changed(event) {
    if (event.target.type === "file" || event.target.closest("[data-save-status]")) return;
    keepSoon();
    if (savesItself && !stopped && !flight && isDirty()) note(status.dataset.dirty);
    plan();
  }
  form.addEventListener("input", changed); // not "change": words that appear at a blur move the button one aims at
  window.addEventListener("online", () => { if (lost) run(); });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState !== "hidden") return;
    keep();
    run();
  });
  window.addEventListener("pagehide", keep);
  document.addEventListener("portal:signed-out", () => {
    stopped ||= "signed-out";
    keep();
  });
  document.addEventListener("portal:signed-in", () => {
    if (stopped !== "signed-out") return;
    stopped = "";
    warn("");
    plan(0);
  });

  // --- A normal press: first let the save that is under way land, then post -----------------------------------
  let isWaiting = false;
  let isReleased = false;
  const within = (ms, promise) => Promise.race([promise, new Promise((resolve) => setTimeout(resolve, ms))]);
  async function land() {
    if (flight) await within(10000, flight);
    if (flight) cut.abort();
    if (lost && navigator.onLine) await within(10000, send());
  }
  form.addEventListener("submit", (event) => {
    clearTimeout(timer);
    session.renewTokens();
    keep();
    if (isReleased || !(flight || lost)) {
      stopped ||= "submitted";
      return;
    }
    event.preventDefault();
    if (isWaiting) return;
    isWaiting = true;
    event.submitter?.setAttribute("aria-busy", "true");
    land().then(() => {
      isWaiting = false;
      isReleased = true;
      form.requestSubmit(event.submitter);
      isReleased = false;
    });
  });
  // Back to a page that was handed in: what it knows is old.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted && stopped === "submitted") location.reload();
  });
  document.querySelector("[data-kept-leave]")?.addEventListener("click", () => {
    stored = now();
    keep();
    document.dispatchEvent(new CustomEvent("portal:saved"));
  });

  // --- Text that never reached the portal -----------------------------------------------------------------------
  const offer = document.querySelector("[data-kept-offer]");
  const boxes = (name) => [...form.elements].filter((box) => box.name === name);

  function leftovers() {
    const found = [];
    try {
      for (const key of Object.keys(localStorage).filter((one) => one.startsWith(place))) {
        const kept = JSON.parse(localStorage.getItem(key));
        if (plain(kept.fields) === now()) {
          if (!("unsaved" in form.dataset)) localStorage.removeItem(key);
        } else if (key === place + session.tab) { // out of the way of what is written from now on
          const other = `${place}${Math.random().toString(36).slice(2)}`;
          localStorage.setItem(other, JSON.stringify(kept));
          localStorage.removeItem(key);
          found.push([other, kept]);
        } else found.push([key, kept]);
      }
    } catch { /* nothing readable was kept */ }
    return found.sort(([, a], [, b]) => b.at - a.at);
  }

  function labelOf(box) {
    const row = box.closest("[data-form-row]");
    const label = box.type === "radio" ? box.closest("fieldset").querySelector("legend") : box.labels?.[0];
    const words = (label?.textContent || box.name).replace(/\s*\([^()]*\)\s*$/, "").trim();
    if (!row) return words;
    const table = row.parentElement.closest("fieldset").querySelector("legend").textContent.replace(/\s*\([^()]*\)\s*$/, "").trim();
    return `${table}, ${row.querySelector("legend").textContent.trim()}: ${words}`;
  }

  function wordsOf(box, values) {
    if (box?.tagName === "SELECT") return values.map((value) => [...box.options].find((one) => one.value === value)?.text ?? value).join(", ");
    if (box?.type === "radio") return values.map((value) => boxes(box.name).find((one) => one.value === value)?.labels[0].textContent.trim() ?? value).join(", ");
    return values.map((value) => (value === "on" ? "✓" : value)).join("\n");
  }

  function compare(kept) {
    const body = offer.querySelector("tbody");
    const [caption, mine, theirs] = [...offer.querySelectorAll("thead th")].map((one) => one.textContent);
    body.replaceChildren();
    const values = (list, name) => list.filter(([one]) => one === name).map(([, value]) => value).filter(Boolean);
    const names = new Set([...kept, ...fields()].map(([name]) => name).filter((name) => isText(name) && !name.endsWith("-DELETE")));
    for (const name of names) {
      const [here, there] = [values(kept, name), values(fields(), name)];
      if (here.join("\n").trim() === there.join("\n").replace(/\r\n?/g, "\n").trim()) continue;
      const box = boxes(name)[0];
      const row = document.createElement("tr");
      const head = document.createElement("th");
      head.scope = "row";
      head.textContent = box ? labelOf(box) : caption;
      row.append(head);
      for (const [label, text] of [[mine, wordsOf(box, here)], [theirs, box || /-\d+-/.test(name) ? wordsOf(box, there) : body.dataset.gone]]) {
        const cell = document.createElement("td");
        cell.dataset.label = label;
        cell.textContent = text || body.dataset.nothing;
        row.append(cell);
      }
      body.append(row);
    }
    return body.rows.length;
  }

  function restore(kept) {
    const of = (name) => kept.filter(([one]) => one === name).map(([, value]) => value);
    for (const [name, value] of kept.filter(([one]) => one.endsWith("-TOTAL_FORMS"))) {
      const prefix = name.slice(0, -"-TOTAL_FORMS".length);
      const total = form.elements[name];
      const add = form.querySelector(`[data-add-row="${prefix}"]`);
      for (let turn = 0; total && add && turn < 60 && Number(total.value) < Number(value); turn += 1) add.click();
      for (const row of form.querySelectorAll(`[data-rows="${prefix}"] > [data-form-row]`)) {
        const number = Number(row.querySelector("[name]").name.slice(prefix.length + 1).split("-")[0]);
        if (number >= Number(value) && !row.hidden) row.querySelector("[data-remove-row]").click();
      }
    }
    const known = new Set(kept.map(([name]) => name));
    const taken = new Map();
    for (const box of form.elements) {
      const isTick = box.type === "checkbox" || box.type === "radio";
      if (!box.name || box.type === "file" || box.type === "submit" || !isText(box.name) || !(known.has(box.name) || isTick)) continue;
      const values = of(box.name);
      if (isTick) box.checked = values.includes(box.value);
      else {
        const place = taken.get(box.name) || 0;
        taken.set(box.name, place + 1);
        box.value = values[place] ?? "";
      }
      const row = box.name.endsWith("-DELETE") && box.closest("[data-form-row]");
      if (row) row.hidden = Boolean(box.value);
    }
    // What it was written upon: when somebody saved since, both texts are shown.
    for (const name of ["version", "base"]) form.elements[name].value = of(name)[0] ?? form.elements[name].value;
    for (const box of form.querySelectorAll("textarea, input:not([type=hidden], [type=file])")) box.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function next(found) {
    const [first, ...rest] = found;
    if (!first || !compare(first[1].fields)) {
      if (first) localStorage.removeItem(first[0]);
      offer.hidden = true;
      if (rest.length) next(rest);
      return;
    }
    const [key, kept] = first;
    const at = new Date(kept.at);
    const clock = at.toLocaleTimeString("nl-BE", { hour: "2-digit", minute: "2-digit" });
    const isToday = at.toDateString() === new Date().toDateString();
    const title = offer.querySelector("h2");
    title.textContent = title.dataset.text.replace("{moment}", isToday ? clock : `${at.toLocaleDateString("nl-BE", { day: "numeric", month: "long" })}, ${clock}`);
    offer.hidden = false;
    const done = () => {
      try { localStorage.removeItem(key); } catch { /* then it is offered once more */ }
      offer.hidden = true;
      next(rest);
    };
    offer.querySelector("[data-kept-restore]").onclick = () => {
      restore(kept.fields);
      keep();
      done();
      form.querySelector("input:not([type=hidden]), select, textarea")?.focus();
    };
    offer.querySelector("[data-kept-discard]").onclick = () => {
      done();
      document.getElementById("inhoud")?.focus();
    };
  }

  if (offer) next(leftovers());
  if ("unsaved" in form.dataset) {
    keep();
    plan();
  }
})();
