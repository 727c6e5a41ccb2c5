// What somebody was writing outlives the end of their session. A form with data-draft (who writes) and data-draft-shown-by (what its button `do` is
// called that only shows it anew) is kept in this tab when a piece of its page is refused because nobody is signed in any more, and when it is
// sent, for the sign-in may be the answer. If that comes next, and after it the same page for the same person, the form is sent once more, to be
// shown and never to be saved. Any other page of staff forgets it, and so does signing out.
import { text } from "./texts.js";
import { toast } from "./toasts.js";

const KEPT = "forecourt-draft";
const SHOWN_AGAIN = "forecourt-draft-shown";
const NOT_WRITTEN = ["csrfmiddlewaretoken", "do"];

let form = null;
let isUnsaved = false;
let isSignedOut = false;
// Who signs out wants nothing kept, whatever answer is still on its way; writing on takes that back.
let isLeaving = false;

export function watchDrafts() {
  form = document.querySelector("form[data-draft]");
  isUnsaved = form?.hasAttribute("data-draft-unsaved") ?? false;
  takeUp();
  document.addEventListener("htmx:before:swap", onAnswer);
  document.addEventListener("submit", onSubmit);
  if (!form) return;
  for (const moment of ["input", "change"]) form.addEventListener(moment, onWriting);
  form.addEventListener("click", onClick);
  window.addEventListener("beforeunload", (event) => { if (isUnsaved && !isSignedOut) event.preventDefault(); });
  window.addEventListener("pagehide", () => { if (isSignedOut) keep(); });
  window.addEventListener("pageshow", (event) => { if (event.persisted) fetchAnew(); });
}

// Pieces that are refused for want of a sign-in, or because somebody signed in anew in another tab, which makes this page's form invalid.
function onAnswer(event) {
  const context = event.detail?.ctx;
  const status = context?.response?.raw?.status;
  const isExpired = status === 403 && form !== null && (context.text?.includes("data-form-expired") ?? false);
  if (status !== 401 && !isExpired) return;
  context.swap = "none";
  event.preventDefault();
  if (isLeaving) return;
  const isKept = keep();
  if (isExpired && isKept) reopen();
  else tellSignedOut(isKept);
}

function tellSignedOut(isKept) {
  const banner = document.getElementById("signed-out-banner");
  if (!banner) return;
  isSignedOut = isKept;
  banner.querySelector("span").textContent = isKept ? banner.dataset.kept : banner.dataset.plain;
  banner.querySelector("a").search = new URLSearchParams({ next: location.pathname + location.search });
  banner.hidden = false;
}

function onSubmit(event) {
  if (event.target.matches("[data-signs-out]")) {
    isSignedOut = false;
    isLeaving = true;
    sessionStorage.removeItem(KEPT);
  } else if (form && event.target === form && !event.defaultPrevented) {
    isUnsaved = false;
    keep();
  }
}

function onWriting(event) {
  isLeaving = false;
  // A line that is only tried is nothing to lose.
  if (event.target.name && !event.target.name.startsWith("line.")) isUnsaved = true;
}

function onClick(event) {
  if (event.target.closest("[data-draft-changes]")) isUnsaved = true;
  // Whoever cancels means it.
  if (event.target.closest("a.button")) isUnsaved = false;
}

function keep() {
  if (!form) return false;
  const fields = [...new FormData(form)].filter(([name, value]) => typeof value === "string" && !NOT_WRITTEN.includes(name));
  try {
    sessionStorage.setItem(KEPT, JSON.stringify({ by: form.dataset.draft, address: address(), page: location.href, fields }));
  } catch {
    return false; // a browser that keeps nothing, or has no room
  }
  return true;
}

// The way back shows a page as it was left, with what was written in it, whoever sits here now.
function fetchAnew() {
  isUnsaved = false;
  document.body.hidden = true;
  location.reload();
}

const address = () => form.action.split("#")[0];

function reopen() {
  isUnsaved = false;
  wait(JSON.parse(sessionStorage.getItem(KEPT)));
  location.assign(address());
}

function takeUp() {
  if (sessionStorage.getItem(SHOWN_AGAIN)) {
    sessionStorage.removeItem(SHOWN_AGAIN);
    toast(text("again"));
  }
  const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? "null");
  if (!kept) return;
  if (!document.querySelector(".staff")) return wait(kept);
  sessionStorage.removeItem(KEPT);
  if (kept.isWaiting && form && address() === kept.address && form.dataset.draft === kept.by) show(kept.fields);
}

// On the way to or through the sign-in, or before a form that is no longer valid.
function wait(kept) {
  sessionStorage.setItem(KEPT, JSON.stringify({ ...kept, isWaiting: true }));
  for (const back of document.querySelectorAll("[data-draft-back]")) {
    back.href = kept.page;
    back.textContent = back.dataset.draftBack;
  }
}

function show(fields) {
  const sent = document.createElement("form");
  sent.method = "post";
  sent.action = address();
  sent.hidden = true;
  const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
  for (const [name, value] of [...fields, ["csrfmiddlewaretoken", token], ["do", form.dataset.draftShownBy]]) {
    // Many lines of words stay many lines.
    const field = document.createElement("textarea");
    field.name = name;
    field.value = value;
    sent.append(field);
  }
  sessionStorage.setItem(SHOWN_AGAIN, "yes");
  isUnsaved = false;
  document.body.append(sent);
  sent.submit();
}
