// Damage on the outline of a car: tap where it is, or add a line and choose the place; both end in the same hidden JSON.
// A mark is {place, kind, x, y}: x and y in percent of the outline, seen from above, front at the top.
const CENTRES = {
  front: [50, 4], bonnet: [50, 18], windscreen: [50, 35], roof: [50, 56], rear_window: [50, 78], boot: [50, 89], rear: [50, 97],
  left_front_wing: [19, 21], left_front_door: [19, 48], left_rear_door: [19, 64], left_rear_wing: [19, 85],
  right_front_wing: [81, 21], right_front_door: [81, 48], right_rear_door: [81, 64], right_rear_wing: [81, 85],
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
