/** What the client takes from outside: the page, the clock, ids. Only `main.ts` makes the real one. */
export interface Environment {
  readonly window: Window;
  /** Wall-clock time, in milliseconds since 1970. */
  readonly now: () => number;
  /** A version-4 UUID in lower case. */
  readonly uuid: () => string;
  readonly fetch: (
    url: string,
    init: RequestInit,
  ) => Promise<{ readonly status: number; readonly headers?: Pick<Headers, "get"> }>;
  /** Calls `run` after `ms` milliseconds, at once where they are negative; the result stops it. */
  readonly after: (ms: number, run: () => void) => () => void;
}

/** The real page. `fetch` is looked up at each call, so that what a page installs later is used. */
export function browserEnvironment(window: Window & typeof globalThis): Environment {
  return {
    window,
    now: () => Date.now(),
    uuid: () => {
      const random = window.crypto.getRandomValues(new Uint8Array(36));
      // RFC 9562 section 5.4: one digit says version 4, two bits of another (8) say variant 10.
      return "00000000-0000-4000-8000-000000000000".replace(/[08]/g, (digit, at: number) =>
        (+digit | ((random[at] as number) & (15 >> (+digit / 4)))).toString(16),
      );
    },
    fetch: (url, init) => window.fetch(url, init),
    after: (ms, run) => {
      const timer = window.setTimeout(run, ms);
      return () => {
        window.clearTimeout(timer);
      };
    },
  };
}

/** Resolves with `value`, or with `fallback` after `ms` milliseconds; never later. */
export function within<T, F = undefined>(
  env: Environment,
  ms: number,
  value: Promise<T>,
  fallback?: F,
): Promise<T | F> {
  return new Promise((resolve, reject) => {
    const stop = env.after(ms, () => {
      resolve(fallback as F);
    });
    value.then(resolve, reject).finally(stop);
  });
}

/** Resolves with `value`; rejects where it is not there after `ms` milliseconds. */
export async function inTime<T extends object>(env: Environment, ms: number, value: Promise<T>): Promise<T> {
  const found = await within(env, ms, value);
  if (!found) throw new Error(`no answer within ${ms} ms`);
  return found;
}
