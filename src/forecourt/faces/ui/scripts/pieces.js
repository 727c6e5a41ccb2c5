// Dialogs, menus, lightbox, drawer, theme, self-sending selects: behaviour of the components, by delegation, so swapped-in HTML has it too.
import { text } from "./texts.js";

const YEAR = 365 * 24 * 3600;

export function watchPieces() {
  document.addEventListener("click", onClick);
  document.addEventListener("change", onChange);
  document.addEventListener("submit", onSubmit, true);
  document.addEventListener("keydown", onKey);
  openWaiting();
  document.addEventListener("htmx:after:swap", openWaiting);
}

// What works by script only is hidden until there is one.
function openWaiting() {
  for (const all of document.querySelectorAll("[data-choose-all][hidden]")) all.hidden = false;
  for (const dialog of document.querySelectorAll("dialog[data-open-now]")) {
    dialog.removeAttribute("data-open-now");
    if (!dialog.open) dialog.showModal();
  }
}

function onClick(event) {
  const target = event.target;
  const off = target.closest?.('[aria-disabled="true"]');
  if (off) { event.preventDefault(); event.stopPropagation(); return; }
  const opener = target.closest?.("[data-dialog-open]");
  if (opener) {
    closeMenus();
    document.getElementById(opener.dataset.dialogOpen)?.showModal();
    event.preventDefault();
  } else if (target.closest?.("[data-dialog-close]")) {
    target.closest("dialog")?.close();
  } else if (target.matches?.("dialog")) {
    const box = target.getBoundingClientRect();
    const isOutside = event.clientX < box.left || event.clientX > box.right || event.clientY < box.top || event.clientY > box.bottom;
    if (isOutside && !target.querySelector("form")) target.close();
  }
  const photo = target.closest?.("[data-lightbox]");
  if (photo && !event.ctrlKey && !event.metaKey) { event.preventDefault(); showLightbox(photo); }
  closeMenus(target.closest?.("details.menu"));
  toggleDrawer(event);
}

function onKey(event) {
  if (event.key !== "Escape") return;
  const menu = event.target.closest?.("details.menu[open]");
  if (menu) { menu.open = false; menu.querySelector("summary").focus(); event.preventDefault(); }
  document.body.classList.remove("drawer-open");
}

function closeMenus(except) {
  for (const menu of document.querySelectorAll("details.menu[open]")) if (menu !== except) menu.open = false;
}

function toggleDrawer(event) {
  const link = event.target.closest?.("[data-drawer]");
  if (link) {
    event.preventDefault();
    if (document.body.classList.toggle("drawer-open")) document.querySelector(".sidebar a")?.focus();
  } else if (!event.target.closest?.(".sidebar")) {
    document.body.classList.remove("drawer-open");
  }
}

function onChange(event) {
  if (event.target.closest?.("form[data-choice]")) choose(event.target);
  const sender = event.target.closest?.("[data-send-on-change]");
  const form = sender?.closest("form");
  if (form && !form.hasAttribute("hx-get") && !form.hasAttribute("hx-post")) form.requestSubmit();
}

// One box for all others of its form.
function choose(box) {
  const boxes = [...box.form.querySelectorAll("tbody input[type=checkbox]")];
  const all = box.form.querySelector("[data-choose-all] input");
  if (box === all) for (const each of boxes) each.checked = all.checked;
  const chosen = boxes.filter((each) => each.checked).length;
  all.checked = chosen === boxes.length;
  all.indeterminate = chosen > 0 && chosen < boxes.length;
}

function onSubmit(event) {
  const question = event.submitter?.dataset.confirm;
  if (question && !window.confirm(question)) { event.preventDefault(); event.stopPropagation(); return; }
  if (event.target.matches("[data-theme-form]") && event.submitter) chooseTheme(event);
}

// At once and without leaving the page; the form does the same by a round trip.
function chooseTheme(event) {
  event.preventDefault();
  const theme = event.submitter.value;
  const root = document.documentElement;
  if (theme === "auto") delete root.dataset.theme; else root.dataset.theme = theme;
  const secure = location.protocol === "https:" ? "; secure" : "";
  document.cookie = `forecourt_theme=${theme}; path=/; max-age=${YEAR}; samesite=lax${secure}`;
  for (const button of event.target.querySelectorAll("button[name=theme]")) button.setAttribute("aria-pressed", String(button.value === theme));
}

function showLightbox(photo) {
  const group = [...(photo.closest(".photos")?.querySelectorAll("[data-lightbox]") ?? [photo])];
  let place = group.indexOf(photo);
  const dialog = document.createElement("dialog");
  dialog.className = "lightbox";
  dialog.innerHTML = '<div class="lightbox-inner"><div class="lightbox-stage"></div><div class="lightbox-bar"><span></span><button class="button" type="button" data-dialog-close></button></div></div>';
  const stage = dialog.querySelector(".lightbox-stage");
  dialog.querySelector("button").textContent = text("close");
  const draw = () => {
    const shown = group[place];
    const words = shown.querySelector("img")?.alt ?? "";
    const view = document.createElement(shown.dataset.lightbox === "video" ? "video" : "img");
    view.src = shown.href;
    if (view.tagName === "VIDEO") view.controls = true; else view.alt = words;
    stage.replaceChildren(view);
    dialog.querySelector(".lightbox-bar span").textContent = [words, group.length > 1 ? `${place + 1} / ${group.length}` : ""].filter(Boolean).join(" · ");
    dialog.setAttribute("aria-label", words);
  };
  const turn = (by) => { place = (place + by + group.length) % group.length; draw(); };
  dialog.addEventListener("keydown", (event) => {
    if (event.key === "ArrowRight") turn(1);
    if (event.key === "ArrowLeft") turn(-1);
  });
  stage.addEventListener("click", (event) => { if (event.target.tagName === "IMG") turn(1); else if (event.target === stage) dialog.close(); });
  dialog.addEventListener("close", () => { dialog.remove(); photo.focus(); });
  document.body.append(dialog);
  draw();
  dialog.showModal();
}
