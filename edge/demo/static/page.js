import { Changes } from "./changes.js";
import { Destinations } from "./destinations.js";
import { byId, counted, hour, make, prepend, repeat, say } from "./dom.js";
import { configured, copyOf, enable, received, Refusal } from "./edge.js";

const LOOK_AT_COPY_MS = 250;
const ASK_EDGE_MS = 1000;
const EVENTS_SHOWN = 50;
const CLIENT_PATIENCE_MS = 5000;
const LOOPBACK = ["127.0.0.1", "localhost", "[::1]"];

const { writeKey, edge } = document.body.dataset;
const copyUrl = `${edge}/analytics.js/v1/${writeKey}/analytics.min.js`;
const frame = byId("visitor");
const notice = byId("notice");
const changes = new Changes();
const destinations = new Destinations((slug, enabled, name) => attempt(toggle, slug, enabled, name));

let copy;
let lastEvent = 0;
let patience;

/** Runs one step of the page; what it was refused stands above everything else until the same step succeeds. */
async function attempt(step, ...args) {
  try {
    await step(...args);
    settle(step);
  } catch (thrown) {
    if (!(thrown instanceof Refusal)) throw thrown;
    notice.dataset.step = step.name;
    say(notice, thrown.message);
    notice.hidden = false;
  }
}

function settle(step) {
  if (notice.dataset.step === step.name) notice.hidden = true;
}

async function toggle(slug, enabled, name) {
  const receipt = await enable(slug, enabled);
  changes.made(name, enabled, receipt);
  await Promise.all([attempt(askConfigured), attempt(lookAtCopy)]);
}

async function askConfigured() {
  destinations.configure(await configured());
}

async function askEvents() {
  const { total, by_destination: counts, events } = await received(lastEvent);
  // A number smaller than ours: the edge was started anew, and counts from one.
  if (total < lastEvent) lastEvent = 0;
  say(byId("total"), String(total));
  say(byId("total-word"), total === 1 ? "event" : "events");
  destinations.count(counts);
  for (const event of events.filter(({ number }) => number > lastEvent)) {
    lastEvent = event.number;
    prepend(byId("events"), shownEvent(event), EVENTS_SHOWN);
  }
}

function shownEvent({ call, name, received_at: at, routed, payload }) {
  const forWhom = make("span", { class: "quiet" }, routed.length > 0 ? ` for ${routed.join(", ")}` : "");
  const line = [hour(at * 1000), make("strong", {}, call), name === "" ? "" : ` ${name}`, forWhom];
  if (payload === null) return make("li", {}, ...line);
  const body = make("pre", {}, JSON.stringify(payload, null, 2));
  return make("li", {}, make("details", {}, make("summary", {}, ...line), body));
}

async function lookAtCopy() {
  const before = copy;
  copy = await copyOf(copyUrl);
  showCopy();
  const ours = changes.followed(copy.position);
  if (!before || before.etag === copy.etag) return;
  if (!ours) changes.add(`Changed from elsewhere: this browser's copy is now revision ${copy.revision}.`);
  loadVisitor();
}

function showCopy() {
  say(byId("revision"), String(copy.revision));
  say(byId("position"), String(copy.position));
  say(byId("age"), `${Math.max(0, Math.round((Date.now() - copy.answeredAt) / 1000))} s old`);
}

/** The visitor's page from its beginning, as a browser loads it: with the copy that its cache has. */
function loadVisitor() {
  frame.src = "/demo/visitor";
  clearTimeout(patience);
  patience = setTimeout(() => attempt(noClient), CLIENT_PATIENCE_MS);
}

function noClient() {
  throw new Refusal("The visitor's page has no client: its loader bundle did not start. Its console says why.");
}

/** Forgets who the visitor was, and this browser's copy. */
async function newVisitor() {
  frame.contentWindow.analytics?.reset?.();
  copy = await copyOf(copyUrl, "reload");
  showCopy();
  changes.followed(copy.position);
  loadVisitor();
}

const HEARD = {
  started(about) {
    clearTimeout(patience);
    say(byId("who"), `visitor ${about.anonymousId?.slice(0, 8) ?? "unknown"}, ${counted(about.names.length, "destination")} in the page's manifest`);
    destinations.started(about);
    settle(noClient);
  },
  loaded: (about) => destinations.loaded(about),
  failed: (about) => destinations.failed(about),
  handed: (about) => destinations.handed(about),
  delivered: (about) => destinations.delivered(about),
  collected: () => void attempt(askEvents),
};

window.addEventListener("message", ({ origin, source, data }) => {
  if (origin === location.origin && source === frame.contentWindow && Object.hasOwn(HEARD, data.type)) HEARD[data.type](data);
});
byId("new-visitor").addEventListener("click", () => void attempt(newVisitor));

document.addEventListener("click", async ({ target }) => {
  if (!target.matches("[data-copy]")) return;
  const text = target.previousElementSibling;
  // Away from this machine and without https a browser has no clipboard for pages: there the text is marked instead.
  if (navigator.clipboard) await navigator.clipboard.writeText(text.textContent);
  else getSelection().selectAllChildren(text);
  say(target, navigator.clipboard ? "Copied" : "Marked");
});

/** The copy that a browser keeps is of the edge's own address, so this page must be at that address too. */
function atHome() {
  const home = new URL(edge);
  if (home.origin === location.origin) return true;
  if (LOOPBACK.includes(home.hostname) && LOOPBACK.includes(location.hostname)) {
    location.replace(`${edge}/demo`);
    return false;
  }
  throw new Refusal(`This edge calls itself ${edge}: open ${edge}/demo, or start it with EDGE_PUBLIC_URL=${location.origin}.`);
}

void attempt(async function start() {
  if (!atHome()) return;
  loadVisitor();
  void repeat(() => attempt(lookAtCopy), LOOK_AT_COPY_MS);
  void repeat(() => attempt(askConfigured), ASK_EDGE_MS);
  void repeat(() => attempt(askEvents), ASK_EDGE_MS);
});
