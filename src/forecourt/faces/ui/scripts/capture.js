// What people record with a phone: photos and videos, a signature, damage on the outline of a car.
import { watchDamage } from "./capture/damage.js";
import { watchSignature } from "./capture/signature.js";
import { watchUpload } from "./capture/upload.js";

const WATCHERS = { "[data-upload]": watchUpload, "[data-signature]": watchSignature, "[data-damage]": watchDamage };

function watch() {
  for (const [selector, watcher] of Object.entries(WATCHERS)) {
    for (const element of document.querySelectorAll(`${selector}:not([data-watched])`)) {
      element.dataset.watched = "";
      watcher(element);
    }
  }
}

watch();
document.addEventListener("htmx:after:swap", watch);
