// Keys for those who work here all day: / searches, ? helps, g and a digit opens an entry of the navigation.
let isGoing = false;

function isTyping(target) {
  return target.closest?.("input, textarea, select, [contenteditable]") !== null;
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
    isGoing = false;
  });
}
