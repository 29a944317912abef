import { beforeEach, describe, expect, test } from "vitest";
import type { AnalyticsEvent } from "../../src/event";
import plan from "../../src/parts/plan";
import { arrive, freshPage, manifest, recorder, start, type FakePage } from "../harness";

let page: FakePage;

beforeEach(() => {
  page = freshPage();
});

const PLAN = { Blocked: { enabled: false }, "Not for One": { enabled: true, integrations: { One: false } }, __default: { enabled: true } };

describe("a tracking plan", () => {
  test("keeps a disabled event from destinations, and says so to the collector", async () => {
    const client = start(page, { ...manifest({ name: "One" }, { name: "Two" }), plan: { track: PLAN } }, { parts: { plan } });
    const [one, two] = [recorder("One"), recorder("Two")];
    await arrive("OneDestination", () => one.plugin);
    await arrive("TwoDestination", () => two.plugin);
    for (const name of ["Blocked", "Not for One", "Unplanned"]) await client.track(name);
    await client.identify("u1");
    const received = ({ calls }: typeof one) => calls.map(({ method, event }) => event.event ?? method);
    expect(received(one)).toEqual(["Unplanned", "identify"]);
    expect(received(two)).toEqual(["Not for One", "Unplanned", "identify"]);
    expect(page.sent("t").map(({ integrations }) => integrations)).toEqual([{ All: false, "Segment.io": true }, { One: false }, {}]);
  });

  test("of events that are not named may disable them", () => {
    const event = { event: "New", integrations: {} } as unknown as AnalyticsEvent;
    plan({ plan: { track: { ...PLAN, __default: { enabled: false } } } }, event);
    expect(event.integrations).toEqual({ All: false, "Segment.io": true });
  });

  test.each([null, "text", { plan: null }, { plan: { track: [] } }, { plan: { track: { A: 7, __default: null } } }])(
    "that cannot be read (%j) changes nothing",
    (document) => {
      const event = { event: "A", integrations: { X: true } } as unknown as AnalyticsEvent;
      plan(document, event);
      expect(event.integrations).toEqual({ X: true });
    },
  );

  test("with a faulty entry still holds for the others", () => {
    const event = { event: "A", integrations: {} } as unknown as AnalyticsEvent;
    const remotePlugins = [null, 7, { creationName: "One", name: "One", settings: { subscriptions: [null, { partnerAction: "buy" }] } }];
    plan({ plan: { track: { A: { integrations: { One: false } }, B: [] } }, remotePlugins }, event);
    expect(event.integrations).toMatchObject({ One: false, "One buy": false });
  });
});
