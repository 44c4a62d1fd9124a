// Fetches the page anew every few seconds and swaps what it says, so that focus, selection and
// scroll position stay. Without scripts, the page reloads itself (see its <noscript>).
"use strict";

const EVERY_MS = 3000;

async function refresh() {
  let text = null;
  try {
    const answer = await fetch(location.href, { cache: "no-store" });
    text = answer.ok ? await answer.text() : null;
  } catch {
    // The daemon is stopped, or the network is gone: said below.
  }
  document.body.classList.toggle("stale", text === null);
  if (text === null) return;
  const fresh = new DOMParser().parseFromString(text, "text/html");
  document.title = fresh.title;
  for (const part of fresh.querySelectorAll("[data-part]")) {
    const shown = document.getElementById(part.id);
    if (shown === null || shown.parentElement.id !== part.parentElement.id) {
      document.querySelector("main").replaceWith(fresh.querySelector("main"));
      return;
    }
    if (shown.innerHTML !== part.innerHTML) shown.innerHTML = part.innerHTML;
  }
  if (document.querySelectorAll("[data-part]").length
      !== fresh.querySelectorAll("[data-part]").length) {
    document.querySelector("main").replaceWith(fresh.querySelector("main"));
  }
}

setInterval(() => { if (!document.hidden) refresh(); }, EVERY_MS);
document.addEventListener("visibilitychange", () => { if (!document.hidden) refresh(); });
