// Fetches the page anew every few seconds and changes only what it says differently, so that focus,
// selection and scroll position stay, and a screen reader reads out what is new, and nothing else.
// Without scripts, the page reloads itself (see its <noscript>).
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
  if (document.title !== fresh.title) document.title = fresh.title;
  makeAlike(document.getElementById("main"), fresh.getElementById("main"));
}

// Change `shown` into `fresh`, node by node, and leave alone what is alike.
function makeAlike(shown, fresh) {
  if (shown.isEqualNode(fresh)) return;
  if (shown.nodeType !== fresh.nodeType || shown.nodeName !== fresh.nodeName) {
    shown.replaceWith(document.adoptNode(fresh));
    return;
  }
  if (shown.nodeType !== Node.ELEMENT_NODE) {
    if (shown.nodeValue !== fresh.nodeValue) shown.nodeValue = fresh.nodeValue;
    return;
  }
  for (const { name } of [...shown.attributes]) {
    if (!fresh.hasAttribute(name)) shown.removeAttribute(name);
  }
  for (const { name, value } of fresh.attributes) {
    if (shown.getAttribute(name) !== value) shown.setAttribute(name, value);
  }
  makeChildrenAlike(shown, [...fresh.childNodes]);
}

// What has a key keeps its node, wherever it comes to stand: a new turn goes on top of the others.
function makeChildrenAlike(shown, wanted) {
  const key = node => node.id || node.dataset?.key;
  const keyed = new Map([...shown.childNodes].filter(key).map(node => [key(node), node]));
  const stays = new Set(wanted.map(key).filter(Boolean));
  for (const [name, node] of keyed) if (!stays.has(name)) node.remove();
  let at = shown.firstChild;
  for (const node of wanted) {
    const known = keyed.get(key(node));
    keyed.delete(key(node));
    if (known !== undefined && known !== at) shown.insertBefore(known, at);
    if (known !== undefined) {
      at = known.nextSibling;
      makeAlike(known, node);
    } else if (at !== null && !key(at) && !key(node)) {
      const next = at.nextSibling;
      makeAlike(at, node);
      at = next;
    } else {
      shown.insertBefore(document.adoptNode(node), at);
    }
  }
  while (at !== null) {
    const next = at.nextSibling;
    at.remove();
    at = next;
  }
}

setInterval(() => { if (!document.hidden) refresh(); }, EVERY_MS);
document.addEventListener("visibilitychange", () => { if (!document.hidden) refresh(); });
