import { createRequire } from "node:module";
import fc from "fast-check";
import { Context } from "@segment/analytics-next";
import { describe, expect, test } from "vitest";
import type { AnalyticsEvent } from "../../src/event";
import plan from "../../src/parts/plan";

type SchemaFilter = (track: unknown, settings: unknown) => { track: (ctx: Context) => Context };

// The package exports no path to it.
const { schemaFilter } = createRequire(import.meta.url)(
  "../../node_modules/@segment/analytics-next/dist/cjs/plugins/schema-filter/index.js",
) as { schemaFilter: SchemaFilter };

const NAMES = ["Acme", "Acme (Actions)", "Other", "All", "Segment.io"];
const integrations = fc.dictionary(fc.constantFrom(...NAMES), fc.oneof(fc.boolean(), fc.constant({ id: 1 })));
const planned = fc.record(
  { enabled: fc.oneof(fc.boolean(), fc.constant(undefined)), integrations: fc.oneof(integrations, fc.constant(undefined)) },
  { requiredKeys: [] },
);
const track = fc.dictionary(fc.constantFrom("A", "B", "__default"), planned);
const plugin = fc.record({
  name: fc.constantFrom("Acme (Actions)", "Mine"),
  creationName: fc.constantFrom("Acme", "Other"),
  settings: fc.record(
    { subscriptions: fc.array(fc.record({ partnerAction: fc.constantFrom("trackEvent", "pageView") })) },
    { requiredKeys: [] },
  ),
});

describe("a tracking plan", () => {
  test("makes of integrations what the official schemaFilter makes of them", () => {
    fc.assert(
      fc.property(track, fc.uniqueArray(plugin, { selector: ({ name }) => name }), integrations, fc.constantFrom("A", "B", "C", "constructor"), (rules, plugins, base, name) => {
        const event = { type: "track", event: name, integrations: { ...base } } as unknown as AnalyticsEvent;
        const theirs = new Context(structuredClone(event) as never);
        schemaFilter(rules, { remotePlugins: plugins }).track(theirs);
        plan({ plan: { track: rules }, remotePlugins: plugins }, event);
        expect(event.integrations).toEqual(theirs.event.integrations);
      }),
      { numRuns: 3_000 },
    );
  });
});
