// Collects photos and videos before they are sent: preview, remove, smaller pictures, and a progress bar while sending.
import { text } from "../texts.js";

const LARGE = 2_500_000;
const LONGEST_SIDE = 2560;

export function watchUpload(element) {
  const input = element.querySelector("input[type=file]");
  const list = element.querySelector(".upload-list");
  const limit = Number(element.dataset.limit) || 20;
  let files = [];

  const give = () => {
    const kept = new DataTransfer();
    for (const { file } of files) kept.items.add(file);
    input.files = kept.files;
    element.dataset.count = files.length;
  };

  const remove = (entry) => {
    files = files.filter((one) => one !== entry);
    URL.revokeObjectURL(entry.url);
    entry.item.remove();
    give();
    input.focus();
  };

  const add = async (chosen) => {
    const note = element.querySelector(".field-error");
    note.hidden = files.length + chosen.length <= limit;
    if (!note.hidden) note.textContent = element.dataset.textLimit;
    for (const original of chosen) {
      if (files.length >= limit) break;
      const file = await smaller(original);
      const entry = { file, url: URL.createObjectURL(file) };
      entry.item = preview(entry, element.dataset, () => remove(entry));
      files.push(entry);
      list.append(entry.item);
    }
    give();
  };

  input.addEventListener("change", () => add([...input.files]));
  // What was chosen before the page came back with a refusal.
  element.addEventListener("upload:keep", (event) => add(event.detail));
  const drop = element.querySelector(".upload-drop");
  drop.addEventListener("dragover", (event) => { event.preventDefault(); drop.classList.add("is-over"); });
  drop.addEventListener("dragleave", () => drop.classList.remove("is-over"));
  drop.addEventListener("drop", (event) => { event.preventDefault(); drop.classList.remove("is-over"); add([...event.dataTransfer.files]); });
  const form = element.closest("form");
  form?.addEventListener("submit", (event) => {
    if (!files.length || event.defaultPrevented) return;
    event.preventDefault();
    // Who taps twice means it once.
    if (form.dataset.sending === undefined) send(form, event.submitter, element, files.map(({ file }) => file));
  });
}

function preview({ file, url }, words, onRemove) {
  const item = document.createElement("div");
  item.className = "upload-item";
  const view = document.createElement(file.type.startsWith("video/") ? "video" : "img");
  view.src = url;
  if (view.tagName === "IMG") view.alt = file.name; else view.muted = true;
  // Browsers cannot show every picture that phones make; its name stands in for it.
  view.addEventListener("error", () => view.remove());
  const name = document.createElement("span");
  name.className = "upload-name";
  name.textContent = file.name;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "upload-remove";
  button.textContent = "✕";
  button.setAttribute("aria-label", words.textRemove.replace("%(name)s", file.name));
  button.addEventListener("click", onRemove);
  item.append(view, name, button);
  return item;
}

/** A phone's 12 megapixels take minutes on a bad line and show no more. */
async function smaller(file) {
  if (file.size < LARGE || !file.type.startsWith("image/")) return file;
  try {
    const picture = await createImageBitmap(file);
    const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
    const canvas = Object.assign(document.createElement("canvas"), { width: Math.round(picture.width * scale), height: Math.round(picture.height * scale) });
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.86));
    return blob && blob.size < file.size ? new File([blob], file.name.replace(/\.\w+$/, ".jpg"), { type: "image/jpeg" }) : file;
  } catch {
    return file;
  }
}

function send(form, submitter, element, files) {
  const bar = element.querySelector("progress");
  const note = element.querySelector(".field-error");
  const request = new XMLHttpRequest();
  const values = new FormData(form, submitter);
  const isBusy = (busy) => {
    bar.hidden = !busy;
    if (busy) form.dataset.sending = ""; else delete form.dataset.sending;
    for (const button of form.querySelectorAll("button[type=submit]")) button.toggleAttribute("aria-busy", busy) && button.setAttribute("aria-busy", "true");
  };
  const fail = (name) => { isBusy(false); note.hidden = false; note.textContent = text(name); };
  note.hidden = true;
  isBusy(true);
  request.upload.addEventListener("progress", (event) => { if (event.lengthComputable) { bar.max = event.total; bar.value = event.loaded; } });
  request.addEventListener("error", () => fail("failed"));
  request.addEventListener("load", () => {
    const isElsewhere = request.responseURL && new URL(request.responseURL).pathname !== new URL(form.action).pathname;
    if (request.status < 400 && (isElsewhere || !request.responseText)) location.assign(request.responseURL);
    else if (request.status >= 500 || request.status === 403 || request.status === 404 || request.status === 413) fail("fault");
    else show(request.responseText, element.querySelector("input[type=file]").name, files).then(() => isBusy(false));
  });
  request.open("POST", form.action);
  request.send(values);
}

async function show(html, name, files) {
  const content = new DOMParser().parseFromString(html, "text/html").getElementById("content");
  if (!content) return location.reload();
  await window.htmx.swap({ text: content.innerHTML, target: document.getElementById("content"), swap: "innerHTML", sourceElement: document.body });
  // Only where the server does not carry them on by itself.
  const anew = [...document.querySelectorAll("[data-upload][data-keep]")].find((each) => each.querySelector("input[type=file]").name === name);
  anew?.dispatchEvent(new CustomEvent("upload:keep", { detail: files }));
  document.querySelector("[aria-invalid=true], .notice")?.scrollIntoView({ block: "center" });
}
