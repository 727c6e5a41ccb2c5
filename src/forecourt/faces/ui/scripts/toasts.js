// Short notes at the edge: Django's messages, the server's HX-Trigger {"toast": {"text", "tone"}}, and failed requests.
import { text } from "./texts.js";

const SECONDS = 7;

export function toast(words, tone = "") {
  const place = document.getElementById("toasts");
  const template = document.getElementById("toast-template");
  if (!place || !template || !words) return;
  const note = template.content.firstElementChild.cloneNode(true);
  note.querySelector("span").textContent = words;
  if (tone) note.dataset.tone = tone;
  place.append(note);
  show(place);
  fade(note, tone === "bad" ? SECONDS * 2 : SECONDS);
}

// In the top layer, else an open dialog would cover it.
function show(place) {
  if (!place.showPopover) return;
  if (place.matches(":popover-open")) place.hidePopover();
  if (place.childElementCount) place.showPopover();
}

function fade(note, seconds) {
  let timer = setTimeout(() => note.remove(), seconds * 1000);
  note.addEventListener("pointerenter", () => clearTimeout(timer));
  note.addEventListener("pointerleave", () => { timer = setTimeout(() => note.remove(), 2000); });
}

export function watchToasts() {
  const place = document.getElementById("toasts");
  if (!place) return;
  show(place);
  for (const note of place.children) fade(note, SECONDS * 2);
  place.addEventListener("click", (event) => { if (event.target.closest("[data-toast-close]")) event.target.closest(".toast").remove(); });
  document.addEventListener("toast", (event) => toast(event.detail?.text ?? event.detail?.value, event.detail?.tone));
  document.addEventListener("htmx:error", () => toast(text("failed"), "bad"));
  document.addEventListener("htmx:before:swap", (event) => {
    if (event.defaultPrevented) return;
    const context = event.detail?.ctx;
    const status = context?.response?.raw?.status ?? 200;
    if (status < 500 && status !== 404 && status !== 403) return;
    // An error page belongs on a page of its own, never inside a fragment.
    context.swap = "none";
    event.preventDefault();
    toast(text(status >= 500 ? "fault" : "gone"), "bad");
  });
}
