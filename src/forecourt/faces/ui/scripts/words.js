// A box of words, one a line (<textarea data-words>), becomes chips: Enter, comma or semicolon keeps a word, Backspace takes the last one up again.
export function watchWords() {
  dress();
  document.addEventListener("htmx:after:swap", dress);
  document.addEventListener("input", markStale);
}

function dress() {
  for (const area of document.querySelectorAll("textarea[data-words]:not([hidden])")) dressOne(area);
}

function dressOne(area) {
  const box = document.createElement("div");
  box.className = "words words-box";
  const input = document.createElement("input");
  input.className = "words-input";
  input.id = `${area.id}-input`;
  input.placeholder = area.placeholder;
  input.autocomplete = "off";
  input.maxLength = 80;
  for (const name of ["aria-describedby", "aria-invalid"]) if (area.hasAttribute(name)) input.setAttribute(name, area.getAttribute(name));
  for (const label of area.labels) label.htmlFor = input.id;
  box.append(input);
  area.hidden = true;
  area.after(box);
  for (const word of lines(area.value)) box.insertBefore(chip(area, box, word), input);
  input.addEventListener("keydown", (event) => onKey(event, area, box, input));
  input.addEventListener("blur", () => take(area, box, input));
  input.addEventListener("paste", (event) => onPaste(event, area, box, input));
  box.addEventListener("click", (event) => { if (event.target === box) input.focus(); });
  if (area.hasAttribute("data-word-focus")) { input.focus(); area.removeAttribute("data-word-focus"); }
}

const lines = (text) => text.split(/[\n;]/).map((word) => word.trim()).filter(Boolean);

function chip(area, box, word) {
  const made = document.createElement("span");
  made.className = "chip chip-own";
  made.dataset.word = word;
  const shown = document.createElement("span");
  shown.className = "word";
  shown.translate = false;
  shown.textContent = word;
  const drop = document.createElement("button");
  drop.type = "button";
  drop.className = "chip-drop";
  drop.setAttribute("aria-label", `${area.dataset.wordDrop} ${word}`);
  drop.textContent = "×";
  drop.addEventListener("click", () => { made.remove(); keep(area, box); box.querySelector("input").focus(); });
  made.append(shown, drop);
  return made;
}

function onKey(event, area, box, input) {
  const isEnd = event.key === "Enter" || event.key === "," || event.key === ";";
  if (isEnd && !event.isComposing) {
    event.preventDefault();
    take(area, box, input);
  } else if (event.key === "Backspace" && !input.value) {
    const last = box.querySelector(".chip:last-of-type");
    if (!last) return;
    event.preventDefault();
    input.value = last.dataset.word;
    last.remove();
    keep(area, box);
  }
}

function onPaste(event, area, box, input) {
  const words = lines(event.clipboardData.getData("text"));
  if (words.length < 2) return;
  event.preventDefault();
  input.value = "";
  for (const word of words) add(area, box, input, word);
  keep(area, box);
}

function take(area, box, input) {
  const words = lines(input.value);
  if (!words.length) return;
  input.value = "";
  for (const word of words) add(area, box, input, word);
  keep(area, box);
}

function add(area, box, input, word) {
  const has = [...box.querySelectorAll(".chip")].some((each) => each.dataset.word === word);
  if (!has) box.insertBefore(chip(area, box, word), input);
}

function keep(area, box) {
  area.value = [...box.querySelectorAll(".chip")].map((each) => each.dataset.word).join("\n");
  area.dispatchEvent(new Event("input", { bubbles: true }));
}

// What was tried is no longer what is written.
function markStale(event) {
  if (!event.target.name || event.target.name.startsWith("line.") || event.target.name === "note") return;
  const stale = event.target.form?.querySelector("[data-trial-stale]");
  if (stale) stale.hidden = false;
}
