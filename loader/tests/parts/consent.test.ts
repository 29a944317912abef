import { beforeEach, describe, expect, test, vi } from "vitest";
import type { Client } from "../../src/client-api";
import type { Dictionary } from "../../src/objects";
import consent from "../../src/parts/consent";
import rules from "../../src/parts/rules";
import {
  arrive,
  arriveEarly, arriveRest,
  buffered,
  fail,
  freshPage,
  globals,
  inserted,
  manifest,
  recorder,
  settled,
  start,
  type Entry,
  type FakePage,
} from "../harness";

let page: FakePage;
let said: unknown[][];

beforeEach(() => {
  page = freshPage();
  said = [];
  vi.spyOn(console, "error").mockImplementation((...words: unknown[]) => said.push(words));
  vi.spyOn(console, "warn").mockImplementation(() => undefined);
});

type Choice = Record<string, unknown> | undefined;

/** A consent manager, as pages have one. */
class Manager {
  private listener: ((choice?: Choice) => void) | undefined;
  constructor(private choice?: Choice) {}
  readonly options = (more: Dictionary = {}): Dictionary => ({
    categories: () => this.choice,
    onChange: (listener: (choice?: Choice) => void) => (this.listener = listener),
    ...more,
  });
  chooses(choice: Choice): void {
    this.choice = choice;
    this.listener?.(choice);
  }
}

const ADS: Entry & Dictionary = { name: "Ads", consentSettings: { categories: ["ads"] } };
const STATS: Entry & Dictionary = { name: "Stats", consentSettings: { categories: ["stats"] } };
const FREE: Entry = { name: "Free" };

/** A manifest whose categories are those of its destinations. */
function categorized(hasUnmappedDestinations: boolean, ...entries: Entry[]): Dictionary {
  return { ...manifest(...entries), consentSettings: { allCategories: ["ads", "stats"], hasUnmappedDestinations } };
}

function visit(settings: Dictionary, options: unknown, ...calls: unknown[][]): Client {
  buffered("wk_1", calls, { _loadOptions: { consent: options } });
  return start(page, settings, { parts: { consent, rules } });
}

const client = (): Client => globals.analytics as Client;
/** The scripts of destinations. */
const loading = (): string[] =>
  inserted()
    .filter(({ src }) => !src.includes("/actions/edgewise/"))
    .map(({ src }) => src.replace(/.*\/|\.js/g, ""));
const names = (calls: readonly { event: Dictionary }[]): unknown[] => calls.map(({ event }) => event.event);
const sent = (): unknown[] => page.sent("t").map(({ event }) => event);
const kept = (): string[] => [...Object.keys(localStorage), document.cookie];

describe("opt-in", () => {
  test("before a choice nothing is loaded, sent or kept; a choice loads what it allows and replays", async () => {
    const manager = new Manager();
    visit(categorized(true, ADS, STATS, FREE), manager.options(), ["identify", "u1"], ["track", "Before"]);
    await settled();
    expect([loading(), page.posts, kept()]).toEqual([[], [], [""]]);
    manager.chooses({ ads: true, stats: false });
    const [ads, free] = [recorder("Ads"), recorder("Free")];
    await arrive("AdsDestination", () => ads.plugin);
    await arrive("FreeDestination", () => free.plugin);
    expect(loading()).toEqual(["Ads", "Free"]);
    expect([ads.calls, free.calls].map(names)).toEqual([[undefined, "Before", "Segment Consent Preference Updated"], [undefined, "Before", "Segment Consent Preference Updated"]]);
    expect(page.sent("t").map(({ context }) => (context as Dictionary).consent)).toEqual(
      Array(2).fill({ categoryPreferences: { ads: true, stats: false } }),
    );
  });

  test("consent that is given later loads the destination then, without what was discarded when it was refused", async () => {
    const manager = new Manager({ ads: false, stats: true });
    visit(categorized(false, ADS, STATS), manager.options({ changeEvent: false }), ["track", "Refused"]);
    expect(loading()).toEqual(["Stats"]);
    manager.chooses({ ads: true, stats: true });
    expect(loading()).toEqual(["Stats", "Ads"]);
    await client().track("Later");
    const { plugin, calls } = recorder("Ads");
    await arrive("AdsDestination", () => plugin);
    expect(names(calls)).toEqual(["Later"]);
  });

  test("consent that is withdrawn stops a destination at once, also what still waits for it", async () => {
    const manager = new Manager({ ads: true, stats: true });
    visit(categorized(false, ADS, STATS), manager.options({ changeEvent: false }), ["track", "Waits"]);
    const [ads, stats] = [recorder("Ads"), recorder("Stats")];
    const load = vi.fn();
    await arrive("StatsDestination", () => stats.plugin);
    manager.chooses({ ads: false, stats: true });
    await arrive("AdsDestination", () => ({ ...ads.plugin, load }));
    await client().track("After");
    expect([ads.calls, stats.calls].map(names)).toEqual([[], ["Waits", "After"]]);
    expect(load).not.toHaveBeenCalled();
    manager.chooses({ ads: true, stats: false });
    await client().track("Again");
    expect(names(stats.calls)).toEqual(["Waits", "After"]);
    manager.chooses({ ads: true, stats: true });
    await client().track("Back");
    expect(names(stats.calls)).toEqual(["Waits", "After", "Back"]);
  });

  test("a destination's own enrichment gets nothing after consent is withdrawn", async () => {
    const manager = new Manager({ ads: true, stats: true });
    visit(categorized(false, ADS, STATS), manager.options({ changeEvent: false }));
    const enrichment = recorder("session", { type: "enrichment" });
    await arrive("AdsDestination", () => enrichment.plugin);
    await client().track("Seen");
    manager.chooses({ ads: false, stats: true });
    await client().track("Unseen");
    expect(names(enrichment.calls)).toEqual(["Seen"]);
  });

  test("where every destination has categories and none is consented to, not even the collector gets anything", async () => {
    const manager = new Manager({ ads: false, stats: false, other: true });
    visit(categorized(false, ADS), manager.options({ changeEvent: false }), ["track", "A"], ["on", "collected", () => undefined]);
    const stub = globals.analytics as unknown[];
    stub.push(["track", "B"], ["identify", "u1"]);
    await settled();
    expect([loading(), page.posts, kept(), stub.map((call) => (call as unknown[])[0])]).toEqual([[], [], [""], ["on"]]);
    manager.chooses({ ads: true });
    await client().track("C");
    manager.chooses({ ads: false });
    await client().track("D");
    expect(sent()).toEqual(["C"]);
  });

  test("calls that wait are bounded", () => {
    const manager = new Manager();
    visit(categorized(true, ADS), manager.options());
    const stub = globals.analytics as unknown[];
    for (let call = 0; call < 2_000; call++) stub.push(["track", "A"]);
    expect(stub).toHaveLength(1_000);
  });

  test("categories of one destination win over those of its definition", () => {
    const settings = categorized(true, { ...ADS, creationName: "GA" }, { ...FREE, creationName: "GA" });
    (settings.integrations as Dictionary).GA = { consentSettings: { categories: ["stats"] } };
    visit(settings, new Manager({ ads: true }).options());
    expect(loading()).toEqual(["Ads"]);
  });

  test("a promise for the choice is waited for", async () => {
    visit(categorized(true, ADS), { categories: () => Promise.resolve({ ads: true }) }, ["track", "A"]);
    expect(loading()).toEqual([]);
    await settled();
    expect([loading(), sent()]).toEqual([["Ads"], ["A"]]);
  });

  test("a promise that a later choice has overtaken counts no more", async () => {
    let answer: (choice: Choice) => void = () => undefined;
    let tell: (choice: Choice) => void = () => undefined;
    const categories = (): Promise<Choice> => new Promise((resolve) => (answer = resolve));
    visit(categorized(true, ADS, STATS), { categories, onChange: (listener: typeof tell) => (tell = listener) });
    tell({ ads: false, stats: true });
    answer({ ads: true });
    await page.pass(10_000);
    expect([loading(), said]).toEqual([["Stats"], []]);
  });

  test("what a destination's rules drop stays dropped", async () => {
    const routingRules = [{ destinationName: "Ads", matchers: [{ type: "all" }], transformers: [[{ type: "drop" }]] }];
    visit({ ...categorized(true, ADS), middlewareSettings: { routingRules } }, new Manager({ ads: true }).options(), ["track", "A"]);
    const { plugin, calls } = recorder("Ads");
    await arrive("AdsDestination", () => plugin);
    expect(names(calls)).toEqual([]);
  });
});

describe("opt-out", () => {
  test("everything is loaded until the visitor refuses; then events stop", async () => {
    const manager = new Manager();
    visit(categorized(true, ADS, FREE), manager.options({ mode: "opt-out", changeEvent: false }), ["track", "A"]);
    const [ads, free] = [recorder("Ads"), recorder("Free")];
    await arrive("AdsDestination", () => ads.plugin);
    await arrive("FreeDestination", () => free.plugin);
    manager.chooses({ ads: false });
    await client().track("B");
    expect([ads.calls, free.calls].map(names)).toEqual([["A"], ["A", "B"]]);
    expect(page.sent("t").map(({ context }) => (context as Dictionary).consent)).toEqual([
      undefined,
      { categoryPreferences: { ads: false } },
    ]);
  });

  test("a visitor who refused on an earlier page is not loaded for", () => {
    visit(categorized(true, ADS, FREE), new Manager({ ads: false }).options({ mode: "opt-out" }));
    expect(loading()).toEqual(["Free"]);
  });
});

describe("a page that cannot tell", () => {
  const faults: [string, unknown][] = [
    ["throws", () => { throw new Error("boom"); }],
    ["rejects", () => Promise.reject(new Error("boom"))],
    ["hangs", () => new Promise(() => undefined)],
    ["answers nonsense", () => "yes"],
    ["is no function", 7],
  ];

  test.each(faults)("(%s) has no consent, opt-in: nothing is loaded or sent, and listeners are told", async (_what, categories) => {
    const errors: unknown[] = [];
    visit(categorized(true, ADS), { categories }, ["track", "A"], ["on", "error", (error: unknown) => errors.push(error)]);
    await settled();
    await page.pass(10_000);
    expect([loading(), page.posts]).toEqual([[], []]);
    expect(errors).toEqual([{ code: "consent_unknown", reason: expect.any(String) as unknown }]);
  });

  test.each(faults)("(%s) has no consent, opt-out: what needs none goes on", async (_what, categories) => {
    const errors: unknown[] = [];
    visit(categorized(true, ADS, FREE), { categories, mode: "opt-out" }, ["on", "error", (error: unknown) => errors.push(error)]);
    await settled();
    await page.pass(10_000);
    expect(loading()).toEqual(["Free"]);
    expect(errors).toHaveLength(1);
  });

  test("and can after all is believed, with what waited", async () => {
    let answer: (choice: Choice) => void = () => undefined;
    visit(categorized(true, ADS), { categories: () => new Promise((resolve) => (answer = resolve)) }, ["track", "A"]);
    await page.pass(10_000);
    answer({ ads: true });
    await settled();
    expect(sent()).toEqual(["A"]);
  });

  test("later has no consent from then on, and the client's listeners are told", async () => {
    let fails = false;
    let change: () => void = () => undefined;
    const categories = (): Choice => {
      if (fails) throw new Error("boom");
      return { ads: true };
    };
    visit(categorized(true, ADS), { categories, onChange: (listener: () => void) => (change = listener) });
    const errors: unknown[] = [];
    client().on("error", ({ code }: { code: string }) => errors.push(code));
    fails = true;
    change();
    await client().track("B");
    expect([errors, sent()]).toEqual([["consent_unknown"], []]);
  });

  test("of changes has no consent: a visitor who withdraws would not be heard", async () => {
    const onChange = (): void => {
      throw new Error("boom");
    };
    visit(categorized(true, ADS), { categories: () => ({ ads: true }), onChange }, ["track", "A"]);
    await settled();
    expect([loading(), page.posts]).toEqual([[], []]);
  });
});

test("only true is consent", () => {
  visit(categorized(true, ADS, STATS), new Manager({ ads: "yes", stats: 1 }).options());
  expect(loading()).toEqual([]);
});

test("a page that configured no consent is told so, once, and works as without categories", async () => {
  buffered("wk_1", [["track", "A"]]);
  start(page, categorized(false, ADS), { parts: { consent } });
  await settled();
  expect([loading(), sent(), said.length]).toEqual([["Ads"], ["A"], 1]);
  expect(String(said[0]?.[1])).toContain("`consent`");
});

describe("a page that asks its visitor, on a source whose destinations need no consent", () => {
  function asking(manager: Manager, more: Dictionary = {}): unknown[] {
    const heard: unknown[] = [];
    const listener = ({ code, reason }: { code: string; reason: string }): unknown => heard.push([code, reason]);
    const calls = [["track", "Early"], ["on", "error", listener]];
    buffered("wk_1", calls, { _loadOptions: { consent: manager.options(more) } });
    start(page, manifest(FREE));
    return heard;
  }

  test("fetches what waits for the answer; until there is one nothing is loaded, sent or kept", async () => {
    const manager = new Manager();
    asking(manager);
    expect(inserted().map(({ src }) => src)).toEqual(["https://edge.example/next-integrations/actions/edgewise/early.js"]);
    await arriveRest();
    expect([page.posts, localStorage.length, document.cookie, inserted().length]).toEqual([[], 0, "", 2]);
    manager.chooses({ ads: false });
    await arrive("FreeDestination", () => recorder("Free").plugin);
    expect(page.sent("t").map(({ event }) => event)).toEqual(["Early", "Segment Consent Preference Updated"]);
    expect(page.sent("t")[0]).toMatchObject({ context: { consent: { categoryPreferences: { ads: false } } } });
  });

  test.each([
    ["cannot be had", () => fail("/actions/edgewise/"), /could not be loaded/, 1],
    ["has not come in time", () => page.pass(5_000), /^no answer within 5000 ms$/, 1],
    ["cannot be had but for its first file", () => arriveEarly().then(() => fail("/rest.js")), /could not be loaded/, 2],
    ["has come in time but for its second file", () => arriveEarly().then(() => page.pass(5_000)), /^no answer/, 2],
  ])("i37 sends nothing, and says so, where that code %s, whatever the visitor chose", async (_how, ends, reason, scripts) => {
    const heard = asking(new Manager({ ads: true }), { mode: "opt-out" });
    await ends();
    await settled();
    void (globals.analytics as Client).track("Late");
    await page.pass(60_000);
    expect(heard).toEqual([["consent_unknown", expect.stringMatching(reason)]]);
    expect([page.posts, localStorage.length, document.cookie, inserted().length]).toEqual([[], 0, "", scripts]);
  });

  test("fetches nothing where it switched everything off", () => {
    buffered("wk_1", [], { _loadOptions: { consent: {}, disable: true } });
    start(page, manifest(FREE));
    expect(inserted()).toEqual([]);
  });
});
