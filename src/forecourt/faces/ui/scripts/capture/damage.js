// Damage on the outline of a car: tap where it is, or add a line and choose the place; both end in the same hidden JSON.
// A mark is {place, kind, x, y}: x and y in percent of the outline, seen from above, front at the top.
const CENTRES = {
  front: [50, 7], bonnet: [50, 22], windscreen: [50, 36], roof: [50, 57], rear_window: [50, 78], boot: [50, 88], rear: [50, 95],
  left_front_wing: [24, 22], left_front_door: [23, 48], left_rear_door: [23, 66], left_rear_wing: [24, 84],
  right_front_wing: [76, 22], right_front_door: [77, 48], right_rear_door: [77, 66], right_rear_wing: [76, 84],
};

export function watchDamage(element) {
  const plan = element.querySelector(".damage-plan");
  const list = element.querySelector(".damage-list");
  const template = element.querySelector("template");
  const value = element.querySelector("input[type=hidden]");
  let marks = JSON.parse(value.value || "[]");

  const keep = () => { value.value = JSON.stringify(marks); value.dispatchEvent(new Event("change", { bubbles: true })); };

  const draw = () => {
    for (const old of plan.querySelectorAll(".damage-mark")) old.remove();
    list.replaceChildren(...marks.map((mark, index) => row(mark, index)));
    marks.forEach((mark, index) => {
      const dot = document.createElement("span");
      dot.className = "damage-mark";
      dot.textContent = index + 1;
      dot.style.setProperty("--x", mark.x);
      dot.style.setProperty("--y", mark.y);
      plan.append(dot);
    });
    keep();
  };

  const row = (mark, index) => {
    const line = template.content.firstElementChild.cloneNode(true);
    line.querySelector(".damage-number").textContent = index + 1;
    const [place, kind] = line.querySelectorAll("select");
    place.value = mark.place;
    kind.value = mark.kind;
    place.addEventListener("change", () => { [mark.x, mark.y] = CENTRES[place.value]; mark.place = place.value; draw(); list.children[index].querySelector("select").focus(); });
    kind.addEventListener("change", () => { mark.kind = kind.value; keep(); });
    line.querySelector("button").addEventListener("click", () => { marks = marks.filter((one) => one !== mark); draw(); element.querySelector("[data-damage-add]").focus(); });
    return line;
  };

  const add = (place, x, y) => {
    marks.push({ place, kind: "scratch", x: Math.round(x), y: Math.round(y) });
    draw();
    list.lastElementChild.querySelectorAll("select")[1].focus({ preventScroll: true });
  };

  plan.addEventListener("click", (event) => {
    const box = plan.getBoundingClientRect();
    const [x, y] = [((event.clientX - box.left) / box.width) * 100, ((event.clientY - box.top) / box.height) * 100];
    add(nearest(x, y), x, y);
  });
  element.querySelector("[data-damage-add]").addEventListener("click", () => add("front", ...CENTRES.front));
  draw();
}

function nearest(x, y) {
  const away = ([a, b]) => Math.hypot((a - x) * 0.5, b - y);
  return Object.entries(CENTRES).reduce((best, one) => (away(one[1]) < away(best[1]) ? one : best))[0];
}
