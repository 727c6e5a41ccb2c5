// Back to what a form's rule was before the last change, step by step, and forth again. A form with data-steps (how the names of the rule's
// fields begin) and data-steps-piece (the piece of the page that holds them) has buttons data-step="back" and "forth"; Ctrl+Z and Ctrl+Y press
// them. A step is a field that was left or chosen, or an answer that changed the piece. The server draws the rule of a step as it draws any: the
// steps are the page's own and are gone with it. In a field that is being typed in, Ctrl+Z is the browser's own until it is as it was.
const MOST = 100;
const TYPED = "input:not([type=checkbox], [type=radio]), textarea";

let form = null;
let steps = [];
let at = 0;
let isGoing = false;
let isDrawn = false;

export function watchSteps() {
  form = document.querySelector("form[data-steps]");
  if (!form) return;
  steps = [written()];
  for (const button of buttons()) button.addEventListener("click", () => step(button));
  for (const bar of form.querySelectorAll("[data-steps-bar]")) bar.hidden = false;
  form.addEventListener("change", (event) => { if (!event.target.closest("[hx-post]")) remember(); });
  document.addEventListener("htmx:after:swap", onDrawn);
  document.addEventListener("keydown", onKey);
  tell();
}

const buttons = () => form.querySelectorAll("[data-step]");
const by = (button) => (button.dataset.step === "back" ? -1 : 1);
const piece = () => document.querySelector(form.dataset.stepsPiece);
const fields = () => [...new FormData(form)].filter(([name, value]) => name.startsWith(form.dataset.steps) && typeof value === "string");
const written = () => JSON.stringify(fields());

function remember() {
  const now = written();
  if (isGoing || now === steps[at]) return;
  steps = [...steps.slice(0, at + 1), now].slice(-MOST);
  at = steps.length - 1;
  tell();
}

function onDrawn(event) {
  if (`#${event.detail?.ctx?.target?.id}` !== form.dataset.stepsPiece) return;
  isDrawn = true;
  remember();
}

function tell() {
  for (const button of buttons()) button.setAttribute("aria-disabled", String(!(at + by(button) in steps)));
}

function step(button) {
  remember(); // what was typed last and is not left yet
  const to = at + by(button);
  if (to in steps) go(to);
}

// Steps that are asked for meanwhile are gone to at once, when the answer is here.
async function go(to) {
  const before = at;
  at = to;
  tell();
  if (isGoing) return;
  isGoing = true;
  const focused = piece().contains(document.activeElement) ? document.activeElement.name : "";
  let shown = before;
  try {
    while (shown !== at) {
      const wanted = at;
      if (!(await draw(steps[wanted]))) break;
      shown = wanted;
    }
  } finally {
    isGoing = false;
    at = shown;
    if (shown !== before) steps[at] = written();
    tell();
  }
  if (focused) (form.querySelector(`[name="${CSS.escape(focused)}"]`) ?? buttons()[0]).focus();
}

// Whether it is drawn: a piece is refused where nobody is signed in any more, and none comes without network.
async function draw(told) {
  const sent = document.createElement("form");
  sent.hidden = true;
  const others = [...new FormData(form)].filter(([name, value]) => !name.startsWith(form.dataset.steps) && typeof value === "string");
  for (const [name, value] of [...others, ...JSON.parse(told), ["do", "look"]]) {
    const field = document.createElement("textarea");
    field.name = name;
    field.value = value;
    sent.append(field);
  }
  document.body.append(sent);
  isDrawn = false;
  try {
    await window.htmx.ajax("POST", form.action, { source: sent, target: form.dataset.stepsPiece, swap: "outerHTML" });
  } finally {
    sent.remove();
  }
  return isDrawn;
}

function onKey(event) {
  if (event.defaultPrevented || event.altKey || !(event.ctrlKey || event.metaKey)) return;
  const key = event.key.toLowerCase();
  const wanted = key === "y" || (key === "z" && event.shiftKey) ? "forth" : key === "z" ? "back" : "";
  if (!wanted || document.querySelector("dialog[open]") || isBeingTyped(event.target)) return;
  const button = form.querySelector(`[data-step="${wanted}"]`);
  event.preventDefault();
  if (button.getAttribute("aria-disabled") === "false") button.click();
}

function isBeingTyped(target) {
  if (!target.matches?.(TYPED)) return false;
  const kept = JSON.parse(steps[at]).find(([name]) => name === target.name);
  return kept === undefined || kept[1] !== target.value;
}
