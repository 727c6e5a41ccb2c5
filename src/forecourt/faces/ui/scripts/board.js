// Moves cards on the planning board by pointer, touch and keyboard. The server decides; a refused card goes back to where it was.
import { Announcer } from "./board/announcer.js";
import { byKeyboard } from "./board/keyboard.js";
import { byPointer } from "./board/pointer.js";
import { Plan } from "./board/plan.js";

for (const element of document.querySelectorAll("[data-board]")) {
  const plan = new Plan(element, new Announcer(element));
  byPointer(plan);
  byKeyboard(plan);
  plan.followTime();
}
