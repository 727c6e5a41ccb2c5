// The same moves by keyboard: Enter or space picks a card up, arrows move it, Enter drops, Escape cancels, o opens it.
import { STEP } from "./plan.js";

const WAYS = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export function byKeyboard(plan) {
  let move;

  const pickUp = (card) => {
    move = plan.lift(card);
    plan.hover(move, move.lane, move.from);
    plan.announcer.say("picked", { plate: card.querySelector(".plate")?.textContent ?? "", lane: move.lane.dataset.name, time: plan.time(move.from) });
  };

  const go = ([minutes, lanes]) => {
    const all = plan.lanes;
    const at = Math.min(all.length - 1, Math.max(0, all.indexOf(move.to.lane) + lanes));
    const from = minutes ? plan.snapped(move.to.from + minutes, move.length) : move.to.from;
    all[at].scrollIntoView({ block: "nearest" });
    plan.hover(move, all[at], from);
    plan.announcer.say(move.to.isTaken ? "taken" : "at", { lane: all[at].dataset.name, time: plan.time(from) });
  };

  plan.element.addEventListener("keydown", (event) => {
    const card = plan.card(event.target);
    if (!card || event.ctrlKey || event.metaKey || event.altKey) return;
    if (!move && (event.key === "Enter" || event.key === " ")) pickUp(card);
    else if (!move && event.key === "o" && card.href) location.assign(card.href);
    else if (!move && WAYS[event.key]) neighbour(plan, card, event.key)?.focus();
    else if (move && WAYS[event.key]) go(WAYS[event.key]);
    else if (move && (event.key === "Enter" || event.key === " ")) { plan.drop(move); move = undefined; }
    else if (move && (event.key === "Escape" || event.key === "Tab")) { plan.cancel(move); move = undefined; }
    else return;
    if (event.key !== "Tab") event.preventDefault();
    event.stopPropagation();
  });
  plan.element.addEventListener("focusout", () => {
    // Losing the focus to a click elsewhere must not leave the board held.
    setTimeout(() => { if (move && !move.card.contains(document.activeElement)) { plan.cancel(move); move = undefined; } });
  });
}

/** The next card in time, or the nearest in the next lane that has one. */
function neighbour(plan, card, key) {
  const order = (one, other) => plan.from(one) - plan.from(other);
  const lane = plan.lane(card);
  const mine = [...lane.querySelectorAll(".board-card")].sort(order);
  if (key === "ArrowLeft" || key === "ArrowRight") return mine[mine.indexOf(card) + (key === "ArrowRight" ? 1 : -1)];
  const lanes = key === "ArrowDown" ? plan.lanes.slice(plan.lanes.indexOf(lane) + 1) : plan.lanes.slice(0, plan.lanes.indexOf(lane)).reverse();
  const away = (one) => Math.abs(plan.from(one) - plan.from(card));
  for (const next of lanes) {
    const cards = [...next.querySelectorAll(".board-card")];
    if (cards.length) return cards.reduce((best, one) => (away(one) < away(best) ? one : best));
  }
  return undefined;
}
