// Says when the connection is gone, how old the page is, and switches off what needs the server.
import { clock, text } from "./texts.js";

const loadedAt = new Date();

export function watchConnection() {
  const banner = document.getElementById("offline-banner");
  if (!banner) return;
  const tell = () => {
    const isOffline = !navigator.onLine;
    const words = isOffline ? text("offline", { time: clock(document.body.freshAt ?? loadedAt) }) : "";
    banner.querySelector("span").textContent = words;
    banner.hidden = !isOffline;
    for (const control of document.querySelectorAll("[data-needs-network]")) {
      if (isOffline) {
        control.setAttribute("aria-disabled", "true");
        control.dataset.titleBefore ??= control.title;
        control.title = words;
      } else if ("titleBefore" in control.dataset) {
        control.removeAttribute("aria-disabled");
        control.title = control.dataset.titleBefore;
        delete control.dataset.titleBefore;
      }
    }
  };
  window.addEventListener("online", tell);
  window.addEventListener("offline", tell);
  tell();
}
