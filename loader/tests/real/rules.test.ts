import { readFileSync } from "node:fs";
import { compileFunction } from "node:vm";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Dictionary } from "../../src/objects";
import { evaluate } from "../../src/rules/fql";
import { RARE } from "../../src/rules/rare";
import { globMatches } from "../../src/rules/glob";
import { transform, type Transformer } from "../../src/rules/transform";

interface Tsub {
  readonly matches: (event: unknown, matcher: { type: string; ir: string }) => boolean;
  readonly transform: (event: Dictionary, transformers: unknown) => Dictionary | null;
}

/** What the official client itself evaluates rules with. */
function official(): Tsub {
  const code = readFileSync("node_modules/@segment/analytics-next/dist/cjs/vendor/tsub/tsub.js", "utf8");
  const module: { exports: unknown } = { exports: {} };
  const run = compileFunction(code, ["module", "exports", "self"]) as (...of: unknown[]) => void;
  run(module, module.exports, window);
  return module.exports as Tsub;
}

const tsub = official();

const RUNS = 2_000;
const TIMEOUT_MS = 60_000;

const PATHS = ["event", "userId", "properties.price", "properties.list", "properties.items", "traits.a.b", "context", "nothing.here", ""];
const TEXTS = ["", "a", "ab", "Order Completed", "order", "x[y", "price", "*", "\\", "-", "]"];

const scalar = fc.oneof(fc.constantFrom(...TEXTS), fc.integer({ min: -3, max: 3 }), fc.boolean(), fc.constant(null));
const value = fc.oneof(scalar, fc.array(scalar, { maxLength: 3 }), fc.dictionary(fc.constantFrom("a", "b"), scalar, { maxKeys: 2 }));
const event = fc.record(
  {
    type: fc.constant("track"),
    event: fc.constantFrom(...TEXTS),
    userId: fc.option(fc.string({ maxLength: 4 })),
    properties: fc.record(
      { price: value, list: fc.array(scalar, { maxLength: 4 }), items: fc.array(fc.dictionary(fc.constantFrom("a", "b", "c"), scalar)) },
      { requiredKeys: [] },
    ),
    traits: fc.record({ a: value, c: value }, { requiredKeys: [] }),
    context: fc.record({ list: value, a: value }, { requiredKeys: [] }),
  },
  { requiredKeys: ["type"] },
);

const pattern = fc.string({ unit: fc.constantFrom("a", "b", "*", "?", "[", "]", "^", "-", "\\"), maxLength: 8 });
const operand = fc.oneof(
  fc.constantFrom(...PATHS),
  value.map((literal) => ({ value: literal })),
  fc.oneof(fc.constantFrom(...TEXTS), pattern).map((literal) => ({ value: literal })),
  fc.boolean(),
);
const number = fc.oneof(
  fc.nat(2).map((literal) => ({ value: literal })),
  fc.constantFrom("event", "properties.list").map((path) => ["length", path]),
);
const { ir } = fc.letrec<{ ir: unknown; item: unknown }>((tie) => ({
  item: fc.oneof({ depthSize: "small" }, operand, tie("ir")),
  ir: fc.oneof(
    { depthSize: "small" },
    operand,
    fc.tuple(fc.constantFrom("!", "lowercase", "typeof", "length"), tie("item")),
    fc.tuple(fc.constantFrom("=", "!=", "<", "<=", ">", ">=", "contains", "match", "in"), tie("item"), tie("item")),
    fc.tuple(fc.constant("in"), operand, fc.array(operand, { maxLength: 3 })),
    fc.tuple(fc.constantFrom("<", "<=", ">", ">="), number, number),
    fc.tuple(fc.constantFrom("and", "or"), tie("ir"), tie("ir")),
    fc.tuple(fc.constantFrom("nonsense", "=", "in", "!")),
  ),
}));

const fields = fc.dictionary(
  fc.constantFrom("", "properties", "properties.items", "traits", "traits.a", "context.list", "nothing.here", "event"),
  fc.array(fc.constantFrom("price", "items", "a", "b", "c", "event", "userId", "context"), { maxLength: 4 }),
  { maxKeys: 3 },
);
const change = fc.oneof(
  fc.record({ copy: fc.constantFrom(...PATHS) }),
  fc.record({ move: fc.constantFrom(...PATHS) }),
  fc.record({ set: value }),
  fc.record({ set: scalar, to_string: fc.boolean() }),
  fc.record({ to_string: fc.constant(true) }),
);
const transformer = fc.oneof(
  fc.record({ type: fc.constant("drop_properties"), config: fc.record({ drop: fields }) }),
  fc.record({ type: fc.constant("allow_properties"), config: fc.record({ allow: fields }) }),
  fc.record({
    type: fc.constant("map_properties"),
    config: fc.record({
      map: fc.dictionary(fc.constantFrom("event", "properties.price", "properties.new", "properties.q.r", "anew"), change),
    }),
  }),
  fc.record({ type: fc.constantFrom("drop", "hash_properties", "nonsense"), config: fc.constant({}) }),
  fc.record({
    type: fc.constant("sample_event"),
    config: fc.record({ sample: fc.record({ percent: fc.constantFrom(-1, 0, 1, 2) }) }),
  }),
);

/** As it comes out of a manifest. */
const json = (given: unknown): unknown => JSON.parse(JSON.stringify(given));

/** What comes of it, where whatever is thrown is the same. */
function outcome(run: () => unknown): unknown {
  try {
    return run();
  } catch {
    return "thrown";
  }
}

describe("rules", () => {
  test("match the events that tsub matches", () => {
    fc.assert(
      fc.property(event.map(json), ir, (given, query) => {
        const text = JSON.stringify(query);
        const theirs = outcome(() => tsub.matches(given, { type: "fql", ir: text }));
        expect(outcome(() => evaluate(JSON.parse(text), given, RARE) === true)).toEqual(theirs);
      }),
      { numRuns: RUNS },
    );
  }, TIMEOUT_MS);

  test("match the patterns that tsub matches, malformed ones included", () => {
    const text = fc.string({ unit: fc.constantFrom("a", "b", "-", "]", "\\", "^"), maxLength: 6 });
    fc.assert(
      fc.property(pattern, text, (glob, name) => {
        const query = JSON.stringify(["match", "event", { value: glob }]);
        expect(globMatches(glob, name)).toBe(tsub.matches({ event: name }, { type: "fql", ir: query }));
      }),
      { numRuns: RUNS },
    );
  }, TIMEOUT_MS);

  test("make of an event what tsub makes of it", () => {
    fc.assert(
      fc.property(event, fc.array(transformer, { maxLength: 3 }), (given, list) => {
        const [ours, theirs, transformers] = [json(given), json(given), json(list)] as [Dictionary, Dictionary, unknown];
        const expected = outcome(() => tsub.transform(theirs, transformers));
        const result = outcome(() => (transform(ours, transformers as Transformer[], RARE) ? ours : null));
        expect(result).toEqual(expected);
      }),
      { numRuns: RUNS },
    );
  }, TIMEOUT_MS);

  test("sample by a value, which the tsub of the official client does not: it keeps every event", () => {
    const half = [{ type: "sample_event", config: { sample: { percent: 0.5, path: "userId" } } }];
    const users = [...Array(400).keys()].map((id) => ({ userId: `user-${String(id)}` }));
    expect(users.filter((user) => tsub.transform({ ...user }, half))).toHaveLength(400);
    const kept = users.filter((user) => transform({ ...user }, half, RARE)).length;
    expect(Math.abs(kept - 200)).toBeLessThan(50);
  });
});
