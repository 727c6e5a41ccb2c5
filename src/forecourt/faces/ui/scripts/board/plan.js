// The geometry of the board and the one way a card is moved: place it, ask the server, keep or take back.
import { swapFragments } from "../fragments.js";
import { text, token } from "../texts.js";

export const STEP = 15;

export class Plan {
  constructor(element, announcer) {
    this.element = element;
    this.announcer = announcer;
  }

  get minutes() { return Number(getComputedStyle(this.element).getPropertyValue("--minutes")) || 660; }
  get lanes() { return [...this.element.querySelectorAll(".board-lane[data-resource]")]; }

  card(target) { return target.closest?.(".board-card[data-appointment]:not([data-fixed])"); }
  track(lane) { return lane.querySelector(".board-track"); }
  lane(card) { return card.closest(".board-lane"); }
  from(card) { return Number(card.style.getPropertyValue("--from")) || 0; }
  length(card) { return Number(card.style.getPropertyValue("--for")) || STEP; }

  snapped(minutes, length) {
    const latest = Math.max(0, this.minutes - length);
    return Math.min(Math.max(0, Math.round(minutes / STEP) * STEP), Math.floor(latest / STEP) * STEP);
  }

  /** Wall-clock time at so many minutes from the left edge, as HH:MM and as the form sends it. */
  time(minutes) {
    const at = new Date(`${this.element.dataset.start}Z`);
    at.setUTCMinutes(at.getUTCMinutes() + minutes);
    return at.toISOString().slice(11, 16);
  }

  instant(minutes) {
    const at = new Date(`${this.element.dataset.start}Z`);
    at.setUTCMinutes(at.getUTCMinutes() + minutes);
    return at.toISOString().slice(0, 16);
  }

  /** Only a hint while moving; the server is the judge. */
  isTaken(lane, from, length, card) {
    return [...lane.querySelectorAll(".board-card")].some(
      (other) => other !== card && from < this.from(other) + this.length(other) && this.from(other) < from + length,
    );
  }

  lift(card) {
    document.body.dataset.dragging = "true";
    document.documentElement.classList.add("dragging");
    card.classList.add("is-lifted");
    this.ghost = document.createElement("div");
    this.ghost.className = "board-ghost";
    this.ghost.append(document.createElement("span"), document.createElement("span"));
    this.ghost.firstChild.className = "board-ghost-time";
    this.ghost.lastChild.textContent = card.querySelector(".plate")?.textContent ?? "";
    document.body.append(this.ghost);
    this.announcer.clear();
    return { card, lane: this.lane(card), from: this.from(card), length: this.length(card), version: card.dataset.version };
  }

  /** Show where the card would go. */
  hover(move, lane, from) {
    const box = this.track(lane).getBoundingClientRect();
    const scale = box.width / this.minutes;
    const style = this.ghost.style;
    style.left = `${box.left + from * scale}px`;
    style.top = `${box.top + 4}px`;
    style.width = `${Math.max(move.length * scale, 92)}px`;
    style.height = `${box.height - 8}px`;
    this.ghost.firstChild.textContent = `${this.time(from)}–${this.time(from + move.length)}`;
    const isTaken = this.isTaken(lane, from, move.length, move.card);
    this.ghost.classList.toggle("is-refused", isTaken);
    for (const one of this.lanes) this.track(one).classList.toggle("is-target", one === lane);
    move.to = { lane, from, isTaken };
  }

  letGo(move) {
    this.ghost?.remove();
    this.ghost = undefined;
    move.card.classList.remove("is-lifted");
    for (const lane of this.lanes) this.track(lane).classList.remove("is-target");
    document.documentElement.classList.remove("dragging");
    delete document.body.dataset.dragging;
    document.dispatchEvent(new CustomEvent("dragend:board"));
  }

  cancel(move) {
    this.letGo(move);
    this.announcer.say("cancelled");
  }

  async drop(move) {
    const { lane, from } = move.to ?? move;
    const hasMoved = lane !== move.lane || from !== move.from;
    if (hasMoved) this.place(move.card, lane, from);
    move.card.classList.toggle("is-sending", hasMoved);
    this.letGo(move);
    if (!hasMoved) return this.announcer.say("cancelled");
    await this.send(move, lane, from);
    document.getElementById(move.card.id)?.focus({ preventScroll: true });
  }

  place(card, lane, from) {
    this.track(lane).append(card);
    card.style.setProperty("--from", from);
  }

  async send(move, lane, from) {
    const { card } = move;
    const values = new FormData();
    values.set("resource", lane.dataset.resource);
    values.set("starts_at", this.instant(from));
    values.set("version", move.version);
    let answer, html;
    try {
      answer = await fetch(card.dataset.moveUrl, { method: "POST", body: values, credentials: "same-origin", headers: { "X-CSRFToken": token(), "HX-Request": "true" } });
      html = await answer.text();
    } catch {
      return this.takeBack(move, text("failed"));
    }
    card.classList.remove("is-sending");
    if (answer.ok) {
      await swapFragments(html);
      this.announcer.say("moved", { lane: lane.dataset.name, time: this.time(from) });
    } else if ([409, 422].includes(answer.status)) {
      await this.refused(move, html);
    } else {
      this.takeBack(move, text(answer.status >= 500 ? "fault" : "gone"));
    }
  }

  async refused(move, html) {
    this.takeBack(move);
    const template = document.createElement("template");
    template.innerHTML = html;
    const reason = document.createDocumentFragment();
    for (const root of [...template.content.children]) {
      // The current state of cards goes to its place, the rest is the reason.
      if (root.id && root.classList.contains("board-card")) await swapFragments(root.outerHTML);
      else reason.append(root);
    }
    this.announcer.say("refused", { reason: reason.textContent.trim() });
    this.announcer.show(reason);
  }

  takeBack(move, words = "") {
    move.card.classList.remove("is-sending");
    // A live fragment may have put the card elsewhere in the meantime; then that is the truth.
    if (move.card.dataset.version === move.version && move.card.isConnected) this.place(move.card, move.lane, move.from);
    if (!words) return;
    const note = document.createElement("div");
    note.className = "notice tone-bad";
    note.textContent = words;
    this.announcer.show(note);
  }

  followTime() {
    const line = this.element.querySelector(".board-now");
    if (!line) return;
    const start = Number(line.style.getPropertyValue("--at"));
    const begun = Date.now();
    setInterval(() => line.style.setProperty("--at", Math.min(this.minutes, start + (Date.now() - begun) / 60000)), 20000);
  }
}
