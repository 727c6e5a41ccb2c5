// Puts HTML whose root elements carry ids into the page: morphs what is there, adds where data-swap says so.
export async function swapFragments(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  for (const root of [...template.content.children]) await swapOne(root);
}

async function swapOne(root) {
  const [how, selector] = split(root.dataset.swap ?? "outer");
  const present = root.id ? document.getElementById(root.id) : null;
  const into = selector ?? root.dataset.into;
  delete root.dataset.swap;
  delete root.dataset.into;
  if (how === "delete") return present?.remove();
  if (how === "inner") return swap(present, root.innerHTML, "innerMorph");
  if (how === "append" || how === "prepend" || (!present && into)) {
    // The same element twice on a page would be two truths.
    present?.remove();
    return swap(document.querySelector(into), root.outerHTML, how === "prepend" ? "afterbegin" : "beforeend");
  }
  if (present && into && !present.parentElement.matches(into)) document.querySelector(into)?.append(present);
  return swap(present, root.outerHTML, "outerMorph");
}

function split(instruction) {
  const colon = instruction.indexOf(":");
  return colon < 0 ? [instruction, undefined] : [instruction.slice(0, colon), instruction.slice(colon + 1)];
}

async function swap(target, html, how) {
  if (!target) return;
  await window.htmx.swap({ text: html, target, swap: how, sourceElement: document.body });
}
