import { inTime } from "../environment";
import { LAZY_DEADLINE_MS, type Known } from "../lazy";
import { MIDDLEWARE } from "./extras/middleware";
import type { Call } from "./extras/method";
import type { Rest } from "./rest";

/** Filled in by the build, of `src/lazy/rest.ts`. */
declare const __REST__: Known;

/** What the first file gives: middleware, which a page's first event waits for, and where the rest is. */
export interface Early {
  /** Runs one call of a method that few pages use, and throws what it throws. */
  readonly runExtra: (call: Call) => unknown;
  readonly rest: Known;
}

/** The function that the file sets; a bundle's global is one. */
export default function early(): Early {
  let rest: Promise<Rest> | undefined;
  return {
    async runExtra(call) {
      const middleware = MIDDLEWARE[call.name];
      if (middleware) return middleware(call);
      rest ??= inTime(call.env, LAZY_DEADLINE_MS, call.fetchLazy<Rest>(call, __REST__));
      return (await rest).runExtra(call);
    },
    rest: __REST__,
  };
}
