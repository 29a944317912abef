import { createRequire } from "node:module";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { aliasCall, callbackOf, pageCall, trackCall, userCall } from "../src/arguments";

type Resolver = (...args: unknown[]) => unknown[];

// The package exports only its client; the resolvers are taken from the file that it is made of.
const { resolveAliasArguments, resolveArguments, resolvePageArguments, resolveUserArguments } = createRequire(
  import.meta.url,
)("@segment/analytics-next/dist/cjs/core/arguments-resolver") as {
  resolveAliasArguments: Resolver;
  resolveArguments: Resolver;
  resolvePageArguments: Resolver;
  resolveUserArguments: (user: object) => Resolver;
};

const callback = (): void => undefined;

/** One argument as pages really pass them, the wrong ones too. */
const argument = fc.oneof(
  fc.constantFrom("", "Name", "Other", null, undefined, callback, 7, 0, true, []),
  fc.record({
    a: fc.integer(),
    event: fc.constantFrom("Whole", "", undefined),
    properties: fc.constantFrom({ p: 1 }, undefined),
  }),
  fc.constant({}),
);
const args = fc.array(argument, { maxLength: 6 });

/** What the official resolver makes of it; undefined where it throws at the page. */
function official(resolve: Resolver, given: unknown[]): unknown[] | undefined {
  try {
    return resolve(...given);
  } catch {
    return undefined;
  }
}

describe("arguments are read as the official client reads them", () => {
  test("track", () => {
    fc.assert(
      fc.property(args, (given) => {
        const theirs = official(resolveArguments, given.slice(0, 4));
        const ours = trackCall(given.slice(0, 4));
        expect(ours && [ours.event, ours.properties, callbackOf(given.slice(0, 4))]).toEqual(
          theirs && [theirs[0], theirs[1], theirs[3]],
        );
        const options = theirs?.[2];
        // Options that are no object mean nothing to either client; ours says so at once.
        if (options && Object.getPrototypeOf(options) === Object.prototype) expect(ours?.options).toEqual(options);
      }),
      { numRuns: 1_000 },
    );
  });

  test("page and screen", () => {
    fc.assert(
      fc.property(args, (given) => {
        const ours = pageCall(given.slice(0, 5));
        const theirs = official(resolvePageArguments, given.slice(0, 5));
        expect([ours.category, ours.name, ours.properties, ours.options, callbackOf(given.slice(0, 5))]).toEqual(theirs);
      }),
      { numRuns: 2_000 },
    );
  });

  test("identify and group", () => {
    fc.assert(
      fc.property(args, (given) => {
        const ours = userCall(given);
        const theirs = official(resolveUserArguments({ id: () => "known" }), given);
        expect([ours.id ?? "known", ours.traits, ours.options, callbackOf(given)]).toEqual(theirs);
      }),
      { numRuns: 2_000 },
    );
  });

  test("alias", () => {
    fc.assert(
      fc.property(args, (given) => {
        const four = given.slice(0, 4);
        // The official client passes on whatever stands first where no text does; that is no id.
        fc.pre(four.some((value) => typeof value === "string"));
        const ours = aliasCall(four);
        expect([ours.to, ours.from, ours.options, callbackOf(four)]).toEqual(official(resolveAliasArguments, four));
      }),
      { numRuns: 1_000 },
    );
  });
});
