import { byId, counted, make, say } from "./dom.js";

/** What the visitor's page last said of one destination; `state` is loading, loaded or failed. */
const nothing = () => ({ state: "loading", reason: undefined, received: [], handed: undefined });

/**
 * A destination is configured at the edge and, apart from that, on the visitor's page or not:
 *
 *                 on the page                       not on the page
 *     enabled     loading -> loaded | failed        arriving
 *     disabled    leaving                           gone (if it was there before), off
 *
 * One in cloud mode is published by name: it is "on the page" when the page knows that name.
 */
function stateOf({ enabled }, onPage, wasOnPage) {
  if (!onPage) return enabled ? "arriving" : wasOnPage ? "gone" : "off";
  return enabled ? onPage.state : "leaving";
}

const HINTS = {
  arriving: "enabled; the page has it when this browser's copy has followed",
  leaving: "disabled; the page keeps it until this browser's copy has followed",
  gone: "no longer in the manifest, so the page does not load it",
  off: "disabled",
};

const EVENTS_NAMED = 6;

const json = (value) => JSON.stringify(value, null, 2);
const withoutNothing = (payload) => Object.fromEntries(Object.entries(payload).filter(([, value]) => value != null));

/** Both lists: what is configured, beside what the page does. `toggle(slug, enabled)` is called by the switches. */
export class Destinations {
  constructor(toggle) {
    this.toggle = toggle;
    this.configured = [];
    this.onPage = new Map();
    this.unbundled = undefined;
    this.before = new Set();
    this.counts = {};
    this.rows = new Map();
  }

  /** The visitor's page began anew, with these destinations. */
  started({ names, unbundled }) {
    for (const name of [...this.onPage.keys(), ...(this.unbundled ?? [])]) this.before.add(name);
    this.onPage = new Map(names.map((name) => [name, nothing()]));
    this.unbundled = new Set(unbundled);
    this.show();
  }

  loaded({ name }) { this.change(name, { state: "loaded" }); }
  failed({ name, reason }) { this.change(name, { state: "failed", reason }); }
  handed({ name, calls }) { this.change(name, { handed: calls }); }
  delivered({ name, ...event }) {
    const { received = [] } = this.onPage.get(name) ?? {};
    this.change(name, { received: [...received, event] });
  }

  change(name, changed) {
    if (!this.onPage.has(name)) return;
    Object.assign(this.onPage.get(name), changed);
    this.show();
  }

  configure(configured) {
    this.configured = configured;
    this.show();
  }

  /** Events of each cloud-mode destination, by name. */
  count(counts) {
    this.counts = counts;
    this.show();
  }

  show() {
    for (const mode of ["device", "cloud"]) {
      const list = byId(mode);
      const ours = this.configured.filter((destination) => destination.mode === mode);
      const rows = ours.map((destination) => this.row(destination));
      if (rows.some((row, place) => list.children[place] !== row) || list.children.length !== rows.length) {
        list.replaceChildren(...(rows.length > 0 ? rows : [make("li", { class: "quiet" }, "None.")]));
      }
    }
  }

  row(destination) {
    const key = `${destination.mode} ${destination.slug}`;
    if (!this.rows.has(key)) this.rows.set(key, new Row(this.toggle));
    const row = this.rows.get(key);
    if (destination.mode === "device") this.showDevice(row, destination);
    else this.showCloud(row, destination);
    return row.element;
  }

  showDevice(row, destination) {
    const onPage = this.onPage.get(destination.plugin_name);
    const state = stateOf(destination, onPage, this.before.has(destination.plugin_name));
    const events = onPage?.received.slice(-EVENTS_NAMED).map(({ call, about }) => `${call} ${about}`.trim());
    row.show(destination, state, onPage?.reason ?? HINTS[state] ?? events.join(", "));
    row.showEvents(onPage);
  }

  showCloud(row, destination) {
    const name = destination.creation_name;
    const onPage = this.unbundled?.has(name) ? { state: "published" } : undefined;
    const state = stateOf(destination, onPage, this.before.has(name));
    const events = counted(this.counts[name] ?? 0, "event");
    row.show(destination, state, `${events} received for it by the collector${HINTS[state] ? `; ${HINTS[state]}` : ""}`);
  }
}

class Row {
  constructor(toggle) {
    this.name = make("span", { class: "name" });
    this.state = make("span", { class: "state" });
    this.button = make("button", { type: "button", role: "switch", onclick: () => this.click(toggle) });
    this.about = make("p", { class: "about" });
    this.summary = make("summary");
    this.log = make("ol", { class: "log" });
    this.details = make("details", { hidden: "" }, this.summary, this.log);
    const head = make("div", { class: "head" }, this.name, this.state, this.button);
    this.element = make("li", { class: "destination" }, head, this.about, this.details);
  }

  /** One change at a time: a second click before the edge answered would ask for the same again. */
  async click(toggle) {
    if (this.button.hasAttribute("aria-busy")) return;
    this.button.setAttribute("aria-busy", "true");
    await toggle(this.slug, !this.enabled, this.name.textContent);
    this.button.removeAttribute("aria-busy");
  }

  show({ slug, name, enabled }, state, about = "") {
    this.slug = slug;
    this.enabled = enabled;
    this.element.dataset.slug = slug;
    say(this.name, name);
    say(this.state, state);
    this.state.dataset.state = state;
    this.button.setAttribute("aria-label", name);
    this.button.setAttribute("aria-checked", String(enabled));
    say(this.about, about);
    this.about.hidden = about === "";
  }

  /** The events that the destination received and, where its vendor's queue is known, what it made of them. */
  showEvents({ received, handed } = { received: [] }) {
    this.details.hidden = received.length === 0 && !handed?.length;
    const calls = handed ? ` · ${counted(handed.length, "call")} handed to the vendor` : "";
    say(this.summary, `${counted(received.length, "event")} received${calls}`);
    const lines = [
      ...received.map(({ call, about, payload }) => ["received", call, about, json(withoutNothing(payload))].filter(Boolean).join(" ")),
      ...(handed ?? []).map(({ call, args }) => `handed to the vendor: ${call}(${args.map(json).join(", ")})`),
    ];
    if (lines.length === this.log.children.length) return;
    this.log.replaceChildren(...lines.map((line) => make("li", {}, make("pre", {}, line))));
  }
}
