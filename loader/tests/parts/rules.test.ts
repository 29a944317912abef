import { beforeEach, describe, expect, test, vi } from "vitest";
import type { Dictionary } from "../../src/objects";
import plainRules from "../../src/parts/plainRules";
import rules from "../../src/parts/rules";
import { arrive, buffered, freshPage, manifest, recorder, settled, start, type FakePage } from "../harness";

let page: FakePage;

beforeEach(() => {
  page = freshPage();
  vi.spyOn(console, "warn").mockImplementation(() => undefined);
});

const REFUNDS = { type: "fql", ir: JSON.stringify(["=", "event", { value: "Refund" }]) };
const ALL = { type: "all" };

/** A manifest of destinations with these rules. */
function ruled(routingRules: unknown, ...names: string[]): Dictionary {
  return { ...manifest(...names.map((name) => ({ name }))), middlewareSettings: { routingRules } };
}

function rule(destinationName: string, matcher: unknown, type: string, config: unknown = {}): Dictionary {
  return { destinationName, scope: "destinations", target_type: "workspace::project::destination", matchers: [matcher], transformers: [[{ type, config }]] };
}

const names = (calls: readonly { event: Dictionary }[]) => calls.map(({ event }) => event.event);

/** Starts a page with rules and destinations that keep what they get. */
async function visit(part: typeof rules, routingRules: unknown, ...destinations: string[]) {
  const client = start(page, ruled(routingRules, ...destinations), { parts: { rules: part } });
  const received = destinations.map((name) => recorder(name));
  for (const [index, name] of destinations.entries()) await arrive(`${name}Destination`, () => received[index]?.plugin);
  return { client, calls: received.map(({ calls }) => calls) };
}

describe.each([
  ["rules", rules],
  ["plain rules", plainRules],
])("destination filters, by the part %s,", (_name, part) => {
  test("drop an event for their destination, and for nobody else", async () => {
    const { client, calls } = await visit(part, [rule("One", REFUNDS, "drop")], "One", "Two");
    await client.track("Refund");
    await client.track("Order");
    expect(calls.map(names)).toEqual([["Order"], ["Refund", "Order"]]);
    expect(page.sent("t").map(({ event }) => event)).toEqual(["Refund", "Order"]);
  });

  test("change the event of their destination, and nobody else's", async () => {
    const allow = rule("One", ALL, "allow_properties", { allow: { properties: ["price"] } });
    const block = rule("Two", ALL, "drop_properties", { drop: { properties: ["email"], "context.page": ["search"] } });
    const { client, calls } = await visit(part, [allow, block], "One", "Two", "Three");
    await client.track("Order", { price: 3, email: "a@b.example", size: 1 });
    expect(calls.map(([call]) => call?.event.properties)).toEqual([
      { price: 3 },
      { price: 3, size: 1 },
      { price: 3, email: "a@b.example", size: 1 },
    ]);
    expect(page.sent("t")[0]?.properties).toEqual({ price: 3, email: "a@b.example", size: 1 });
  });

  test("hold for events that waited, after what the destination itself added to them", async () => {
    buffered("wk_1", [["track", "Order", { price: 3 }]]);
    start(page, ruled([rule("One", ALL, "allow_properties", { allow: { properties: ["price"] } })], "One"), { parts: { rules: part } });
    await settled();
    const { plugin, calls } = recorder("One");
    const session = recorder("session", {
      type: "enrichment",
      track: ({ event }: { event: { properties: Dictionary } }) => (event.properties.session = 1),
    });
    await arrive("OneDestination", () => [plugin, session.plugin]);
    expect(calls.map(({ event }) => event.properties)).toEqual([{ price: 3 }]);
  });

  test("count for one destination of several with its definition where they name it", async () => {
    const settings = {
      ...manifest({ name: "Shop", creationName: "GA", libraryName: "ShopDestination" }, { name: "Group", creationName: "GA", libraryName: "GroupDestination" }),
      middlewareSettings: { routingRules: [{ ...rule("GA", REFUNDS, "drop"), pluginName: "Shop" }] },
    };
    const client = start(page, settings, { parts: { rules: part } });
    const [shop, group] = [recorder("GA"), recorder("GA")];
    await arrive("ShopDestination", () => shop.plugin);
    await arrive("GroupDestination", () => group.plugin);
    await client.track("Refund");
    expect([names(shop.calls), names(group.calls)]).toEqual([[], ["Refund"]]);
  });

  test.each([
    ["IR that is no JSON", rule("One", { type: "fql", ir: "[" }, "drop")],
    ["an unknown operator", rule("One", { type: "fql", ir: '["near","event"]' }, "drop")],
    ["an unknown matcher", rule("One", { type: "sql" }, "drop")],
    ["an unknown transformer", rule("One", ALL, "explode")],
    ["no matchers", { destinationName: "One" }],
    ["no transformers", { destinationName: "One", matchers: [ALL], transformers: [] }],
  ])("that cannot be evaluated (%s) keep events from their destination alone, with an error", async (_what, faulty) => {
    const { client, calls } = await visit(part, [null, 7, faulty], "One", "Two");
    const errors: unknown[] = [];
    client.on("error", ({ code, name }: { code: string; name: string }) => errors.push([code, name]));
    await client.track("Order");
    expect(calls.map(names)).toEqual([[], ["Order"]]);
    expect(errors).toEqual([["destination_failure", "One"]]);
    expect(page.sent("t")).toHaveLength(1);
  });

  test.each([["text"], [{}], [null], [undefined]])("that are no list (%j) are none", async (routingRules) => {
    const { client, calls } = await visit(part, routingRules, "One");
    await client.track("Order");
    expect(calls.map(names)).toEqual([["Order"]]);
  });
});

describe("destination filters that need what few do", () => {
  test("sample events at their rate, the same visitor's alike", async () => {
    const sample = rule("One", ALL, "sample_event", { sample: { percent: 0.3, path: "properties.visitor" } });
    const { client, calls } = await visit(rules, [sample], "One");
    const visitors = [...Array(200).keys()];
    for (const visitor of [...visitors, ...visitors]) await client.track("Order", { visitor });
    const kept = calls[0]?.map(({ event }) => (event.properties as Dictionary).visitor) ?? [];
    expect(kept.length).toBeGreaterThan(80);
    expect(kept.length).toBeLessThan(160);
    expect(kept.slice(kept.length / 2)).toEqual(kept.slice(0, kept.length / 2));
  });

  test.each([
    ["a pattern", rule("One", { type: "fql", ir: '["match","event",{"value":"Or*"}]' }, "drop")],
    ["a sample by a value", rule("One", ALL, "sample_event", { sample: { percent: 0.3, path: "event" } })],
  ])("%s keep the event from their destination, with an error, where the page is without it", async (_what, rare) => {
    const { client, calls } = await visit(plainRules, [rare], "One", "Two");
    const errors: unknown[] = [];
    client.on("error", ({ code, name }: { code: string; name: string }) => errors.push([code, name]));
    await client.track("Order");
    expect(calls.map(names)).toEqual([[], ["Order"]]);
    expect(errors).toEqual([["destination_failure", "One"]]);
  });
});
