// Follows the live process: swaps fragments in, holds them while something is dragged, says when it is cut off, and catches up after.
import { swapFragments } from "./fragments.js";
import { clock, text, token as csrf } from "./texts.js";

const PATIENCE = 2500;
const LONGEST_WAIT = 15000;
const REMEMBERED = 500;
const MOST_AT_ONCE = 2;

export function followLiveUpdates() {
  if (!window.EventSource) return;
  // A browser holds six connections to a place, over all of its tabs.
  for (const place of [...document.querySelectorAll("[data-live-url]")].slice(0, MOST_AT_ONCE)) new Live(place).connect();
}

class Live {
  constructor(place) {
    this.url = place.dataset.liveUrl;
    this.token = place.dataset.liveToken;
    this.renewUrl = place.dataset.renewUrl;
    this.lastId = "";
    this.seen = new Set();
    this.waiting = [];
    this.wait = 500;
    this.stale = document.getElementById("stale-banner");
    this.stale?.querySelector("[data-live-retry]")?.addEventListener("click", () => (this.hasEnded ? location.reload() : this.reconnect(0)));
    document.addEventListener("dragend:board", () => this.drain());
    window.addEventListener("online", () => this.reconnect(0));
    window.addEventListener("pagehide", () => this.source?.close());
    window.addEventListener("pageshow", (event) => { if (event.persisted) this.reconnect(0); });
  }

  connect() {
    const url = new URL(this.url, location.href);
    if (this.token) url.searchParams.set("token", this.token);
    if (this.lastId) url.searchParams.set("after", this.lastId);
    this.source?.close();
    const source = new EventSource(url);
    this.source = source;
    source.addEventListener("open", () => this.isBack());
    source.addEventListener("error", () => this.isLost(source));
    source.addEventListener("message", (event) => this.take(event));
    source.addEventListener("fragment", (event) => this.take(event));
    source.addEventListener("renew", () => this.renew().then((has) => has && this.connect()));
    source.addEventListener("reload", () => this.refetch());
    source.addEventListener("ended", () => this.end(source));
  }

  take(event) {
    if (event.lastEventId) {
      // A catch-up may repeat what came in just before.
      if (this.seen.has(event.lastEventId)) return;
      this.lastId = event.lastEventId;
      this.seen.add(this.lastId);
      if (this.seen.size > REMEMBERED) this.seen.delete(this.seen.values().next().value);
    }
    this.waiting.push(event.data);
    this.drain();
  }

  async drain() {
    if (this.isDraining) return;
    this.isDraining = true;
    try {
      // A swap under the pointer would throw the dragged card away.
      while (this.waiting.length && !document.body.dataset.dragging) await swapFragments(this.waiting.shift());
      document.body.freshAt = new Date();
      document.dispatchEvent(new CustomEvent("live:swapped"));
    } finally {
      this.isDraining = false;
    }
  }

  isBack() {
    clearTimeout(this.alarm);
    this.alarm = undefined;
    this.lostAt = undefined;
    this.wait = 500;
    if (this.stale) this.stale.hidden = true;
    delete document.body.dataset.stale;
  }

  /** The rights of this page are over. What somebody was writing stays until they ask for the page as it is now. */
  end(source) {
    source.close();
    if (!isBeingWritten()) return location.reload();
    this.hasEnded = true;
    this.lostAt = new Date();
    this.tellStale();
  }

  isLost(source) {
    if (source !== this.source) return;
    this.lostAt ??= new Date();
    this.alarm ??= setTimeout(() => this.tellStale(), PATIENCE);
    // While connecting the browser tries by itself; once it gave up (refused, token run out) it is up to us.
    if (source.readyState === EventSource.CLOSED) this.reconnect(this.wait);
  }

  tellStale() {
    if (!this.stale) return;
    this.stale.querySelector("span").textContent = text("paused", { time: clock(this.lostAt) });
    this.stale.hidden = false;
    document.body.dataset.stale = "true";
  }

  reconnect(after) {
    clearTimeout(this.retry);
    this.retry = setTimeout(async () => {
      this.wait = Math.min(this.wait * 2, LONGEST_WAIT);
      if (await this.renew()) this.connect();
      else this.reconnect(this.wait);
    }, after);
  }

  async renew() {
    if (!this.renewUrl) return true;
    try {
      const answer = await fetch(this.renewUrl, { method: "POST", headers: { "X-CSRFToken": csrf(), Accept: "application/json" }, credentials: "same-origin" });
      if (!answer.ok || answer.redirected) return false;
      this.token = (await answer.json()).token;
      return true;
    } catch {
      return false;
    }
  }

  async refetch() {
    const answer = await fetch(location.href, { credentials: "same-origin" });
    if (!answer.ok) return;
    const content = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("content");
    if (content) this.waiting.push(content.outerHTML);
    this.drain();
  }
}

function isBeingWritten() {
  return [...document.querySelectorAll("input:not([type=hidden], [type=search]), textarea")].some((field) => field.value !== field.defaultValue || field.checked !== field.defaultChecked);
}
