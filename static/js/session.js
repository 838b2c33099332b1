// How long a person stays signed in, in every tab at once; and whose text this browser may keep.
(() => {
  "use strict";
  const PREFIX = "pio-tekst:"; // kept text: prefix, person, address, tab (see drafting.js)
  const LEAVING = "pio-afmelden";
  const MONTH = 30 * 24 * 3600 * 1000;
  const box = document.getElementById("sessie");
  const person = box?.dataset.person || "";

  // --- Kept text -------------------------------------------------------------------------------------
  // Somebody else's text never stays; one's own stays until it is saved, thrown away, a month old, or
  // until its owner signs out.
  function purge(mayStay) {
    try {
      for (const key of Object.keys(localStorage)) {
        if (key.startsWith(PREFIX) && !mayStay(key)) localStorage.removeItem(key);
      }
    } catch { /* a browser that keeps nothing has nothing to remove */ }
  }
  const isFresh = (key) => {
    try { return Date.now() - JSON.parse(localStorage.getItem(key)).at < MONTH; } catch { return false; }
  };
  const remember = (value) => { try { sessionStorage.setItem(LEAVING, value); } catch { /* as above */ } };
  let isLeaving = false;
  try { isLeaving = sessionStorage.getItem(LEAVING) === "yes"; } catch { /* as above */ }
  remember("");
  const channel = "BroadcastChannel" in window ? new BroadcastChannel("pio-sessie") : null;
  if (!person) {
    if (isLeaving) {
      purge(() => false);
      channel?.postMessage({ over: true });
    }
    return;
  }
  purge((key) => key.startsWith(`${PREFIX}${person}:`) && isFresh(key));
  document.querySelector("form[data-sign-out]")?.addEventListener("submit", () => remember("yes"));

  // --- The time that is left ---------------------------------------------------------------------------
  const warn = Number(box.dataset.warn) * 1000;
  const dialog = box.querySelector("dialog");
  const left = box.querySelector("[data-session-left]");
  const trouble = box.querySelector("[data-session-trouble]");
  const over = box.querySelector("[data-session-over]");
  let endsAt = "seconds" in box.dataset ? Date.now() + Number(box.dataset.seconds) * 1000 : Infinity;
  let asked = 0; // 0 not yet, 1 in good time, 2 in the last minute
  let cameFrom = null;

  const cookie = (name) => document.cookie.split("; ").find((one) => one.startsWith(`${name}=`))?.slice(name.length + 1) || "";

  // Signing in gives a new token; the pages that stood open then need it too.
  function renewTokens() {
    const token = cookie("csrftoken");
    if (!token) return;
    for (const field of document.querySelectorAll("[name=csrfmiddlewaretoken]")) field.value = token;
    document.body.setAttribute("hx-headers", JSON.stringify({ "X-CSRFToken": token }));
  }

  function sayLeft() {
    const seconds = (endsAt - Date.now()) / 1000;
    const minutes = Math.ceil(seconds / 60);
    const text = seconds <= 30 ? left.dataset.soon : minutes <= 1 ? left.dataset.one : left.dataset.many.replace("{n}", minutes);
    if (left.textContent !== text) left.textContent = text; // spoken when it changes, not every second
  }

  function close() {
    if (dialog.open) dialog.close();
  }

  function showOver() {
    if (!over.hidden) return;
    close();
    over.hidden = false;
    const words = over.querySelector("template").content.cloneNode(true);
    if (!document.querySelector("form[data-drafting]")) words.querySelector("[data-text-kept]").remove();
    const link = words.querySelector("[data-session-return]");
    link.href = `${link.dataset.signIn}?next=${encodeURIComponent(location.pathname + location.search)}`;
    over.querySelector(".wrap").append(words);
    document.dispatchEvent(new CustomEvent("portal:signed-out"));
  }

  function hideOver() {
    if (over.hidden) return;
    over.hidden = true;
    over.querySelector(".wrap > p")?.remove();
  }

  function look() {
    const rest = endsAt - Date.now();
    if (rest <= 0) {
      showOver();
      return;
    }
    hideOver();
    const stage = rest > warn ? 0 : rest > 60000 ? 1 : 2;
    if (!stage) close();
    else if (stage > asked && !dialog.open) {
      cameFrom = document.activeElement;
      trouble.textContent = "";
      sayLeft();
      dialog.showModal();
      dialog.querySelector("[data-session-extend]").focus();
    }
    asked = stage ? Math.max(asked, stage) : 0;
    if (dialog.open) sayLeft();
  }

  function lasts(seconds) {
    endsAt = Date.now() + seconds * 1000;
    channel?.postMessage({ person, endsAt });
    renewTokens();
    look();
    document.dispatchEvent(new CustomEvent("portal:signed-in"));
  }

  async function extend() {
    trouble.textContent = "";
    try {
      const answer = await fetch(box.dataset.extend, {
        method: "POST",
        redirect: "manual", // to the sign-in page: the session is over
        headers: { "X-CSRFToken": cookie("csrftoken") || document.querySelector("[name=csrfmiddlewaretoken]")?.value || "" },
      });
      const seconds = Number(answer.headers.get("Session-Seconds"));
      if (answer.ok && seconds) lasts(seconds);
      else {
        endsAt = 0;
        look();
      }
    } catch {
      trouble.textContent = trouble.dataset.text;
    }
  }

  dialog.querySelector("[data-session-extend]").addEventListener("click", extend);
  dialog.querySelector("[data-session-later]").addEventListener("click", close);
  dialog.addEventListener("close", () => {
    if (cameFrom?.isConnected) cameFrom.focus();
  });
  document.addEventListener("portal:session", ({ detail }) => {
    if (detail.seconds) lasts(detail.seconds);
    else {
      endsAt = 0;
      look();
    }
  });
  document.addEventListener("htmx:afterRequest", ({ detail }) => {
    const seconds = Number(detail.xhr?.getResponseHeader("Session-Seconds"));
    if (seconds) lasts(seconds);
  });
  channel?.addEventListener("message", ({ data }) => {
    if (data.over) {
      endsAt = 0;
      look();
    } else if (data.person === person) {
      endsAt = data.endsAt;
      renewTokens();
      look();
      if (endsAt > Date.now()) document.dispatchEvent(new CustomEvent("portal:signed-in"));
    } else { // somebody else signed in
      endsAt = 0;
      look();
    }
  });

  // This tab's own place for kept text, and what was saved by the press that led to this page.
  let tab = "";
  try {
    tab = sessionStorage.getItem("pio-venster") || Math.random().toString(36).slice(2);
    sessionStorage.setItem("pio-venster", tab);
  } catch { /* one place for all tabs then */ }
  for (const note of document.querySelectorAll("[data-note^='saved:']")) {
    purge((key) => key !== `${PREFIX}${person}:${note.dataset.note.slice(6)}:${tab}`);
  }

  window.portalSession = { tab, prefix: `${PREFIX}${person}:`, renewTokens, isOver: () => endsAt <= Date.now() };
  if (Number.isFinite(endsAt)) channel?.postMessage({ person, endsAt });
  look();
  setInterval(look, 1000);
})();
