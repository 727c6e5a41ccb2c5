// Keys for those who work here all day: / searches, ? helps, g and a digit opens an entry of the navigation. A page gives a key to what it shows
// with data-key: it is clicked, or, where it says data-flip, its other radio button is chosen.
let isGoing = false;

function isTyping(target) {
  return target.closest?.("input, textarea, select, [contenteditable]") !== null;
}

function press(keyed) {
  if ("flip" in keyed.dataset) keyed.querySelector("input[type=radio]:not(:checked)")?.click();
  else keyed.click();
}

export function watchKeyboard() {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    if (isGoing && /^[1-9]$/.test(event.key)) {
      document.querySelectorAll(".sidebar-link")[Number(event.key) - 1]?.click();
    } else if (event.key === "g") {
      isGoing = true;
      setTimeout(() => { isGoing = false; }, 1200);
      return;
    } else if (event.key === "/") {
      const search = document.querySelector("[data-search]");
      if (search) { event.preventDefault(); search.focus(); search.select(); }
    } else if (event.key === "?") {
      document.getElementById("keyboard-help")?.showModal();
    }
    else {
      const keyed = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
      if (keyed) { event.preventDefault(); press(keyed); }
    }
    isGoing = false;
  });
}
