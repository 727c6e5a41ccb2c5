// Dragging with mouse, pen or finger. A finger must rest on the card first, so that the board can still be scrolled.
const SLACK = 5;
const REST = 320;
const EDGE = 48;

export function byPointer(plan) {
  const board = plan.element;
  let press;
  let move;
  let hasDragged = false;

  const begin = () => {
    if (!press || move) return;
    move = plan.lift(press.card);
    hasDragged = true;
    press.card.setPointerCapture?.(press.id);
    follow(press.last);
  };

  const follow = (event) => {
    const lane = nearest(plan.lanes, event.clientY);
    const box = plan.track(lane).getBoundingClientRect();
    const minutes = ((event.clientX - press.grip - box.left) / box.width) * plan.minutes;
    plan.hover(move, lane, plan.snapped(minutes, move.length));
    scrollAtEdge(board, event);
  };

  const end = (how) => {
    clearTimeout(press?.timer);
    if (move) how === "drop" ? plan.drop(move) : plan.cancel(move);
    press = move = undefined;
  };

  board.addEventListener("pointerdown", (event) => {
    hasDragged = false;
    const card = plan.card(event.target);
    if (!card || event.button !== 0 || document.body.dataset.dragging) return;
    press = { card, id: event.pointerId, last: event, grip: event.clientX - card.getBoundingClientRect().left };
    if (event.pointerType === "touch") press.timer = setTimeout(begin, REST);
  });

  board.addEventListener("pointermove", (event) => {
    if (!press || event.pointerId !== press.id) return;
    const way = Math.hypot(event.clientX - press.last.clientX, event.clientY - press.last.clientY);
    if (move) return follow(event);
    if (way < SLACK) return;
    if (event.pointerType === "touch") return end("cancel");
    begin();
    follow(event);
  });

  board.addEventListener("pointerup", (event) => { if (event.pointerId === press?.id) end("drop"); });
  board.addEventListener("pointercancel", (event) => { if (event.pointerId === press?.id) end("cancel"); });
  board.addEventListener("touchmove", (event) => { if (move) event.preventDefault(); }, { passive: false });
  board.addEventListener("contextmenu", (event) => { if (move) event.preventDefault(); });
  board.addEventListener("dragstart", (event) => { if (plan.card(event.target)) event.preventDefault(); });
  // A drag must not open the card that it moved.
  board.addEventListener("click", (event) => { if (hasDragged && plan.card(event.target)) { event.preventDefault(); event.stopPropagation(); } hasDragged = false; }, true);
  document.addEventListener("keydown", (event) => { if (event.key === "Escape" && move) end("cancel"); });
}

function nearest(lanes, y) {
  const away = (lane) => { const box = lane.getBoundingClientRect(); return Math.max(box.top - y, y - box.bottom, 0); };
  return lanes.reduce((best, lane) => (away(lane) < away(best) ? lane : best));
}

function scrollAtEdge(board, event) {
  const box = board.getBoundingClientRect();
  const sideways = event.clientX > box.right - EDGE ? 14 : event.clientX < box.left + EDGE ? -14 : 0;
  const upright = event.clientY > Math.min(box.bottom, innerHeight) - EDGE ? 10 : event.clientY < Math.max(box.top, 0) + EDGE ? -10 : 0;
  board.scrollBy(sideways, upright);
  if (board.scrollHeight <= board.clientHeight) scrollBy(0, upright);
}
