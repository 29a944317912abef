import { byId, hour, make, prepend, say } from "./dom.js";

const KEPT = 30;
const seconds = (milliseconds) => `${(milliseconds / 1000).toFixed(1)} s`;

/** The log of changes, and how far each has come: live at the edge, then in this browser's copy. */
export class Changes {
  constructor() {
    this.list = byId("changes");
    this.waiting = [];
  }

  /** A change that was made from this page. */
  made(name, enabled, { position, changed, state, propagation_ms: took }) {
    const what = `${name} ${enabled ? "enabled" : "disabled"}`;
    if (!changed) return this.add(`${what}: it was so already.`);
    const live = state === "pending"
      ? `not live on every node yet`
      : `live on every node${took === null ? "" : ` ${took.toFixed(1)} ms after it was committed`}`;
    const follow = make("span", { class: "quiet" }, " This browser's copy has not followed yet.");
    this.add(`${what}: position ${position}, ${live}.`, follow);
    this.waiting.push({ position, follow, since: performance.now() });
  }

  /** This browser's copy was read at `position`; whether one of this page's changes was what it waited for. */
  followed(position) {
    const there = this.waiting.filter((change) => change.position <= position);
    this.waiting = this.waiting.filter((change) => change.position > position);
    for (const { follow, since } of there) say(follow, ` This browser's copy followed after ${seconds(performance.now() - since)}.`);
    return there.length > 0;
  }

  add(text, ...more) {
    prepend(this.list, make("li", {}, hour(Date.now()), text, ...more), KEPT);
  }
}
