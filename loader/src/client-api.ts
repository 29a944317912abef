import type { Context } from "./context";
import type { Listener } from "./emitter";
import type { Identity } from "./identity";
import type { ManifestOutcome } from "./manifest";
import type { Storage } from "./storage";

/**
 * Methods whose code is fetched on use (`src/lazy/`); none of their promises rejects. Events wait for
 * middleware, and where its code cannot be had, none leaves: it may be there to keep something back.
 */
export const LAZY_METHODS = [
  "trackLink",
  "trackClick",
  "trackForm",
  "trackSubmit",
  "queryString",
  "deregister",
  "addSourceMiddleware",
  "addDestinationMiddleware",
  "addIntegrationMiddleware",
] as const;

export type LazyMethods = Readonly<Record<(typeof LAZY_METHODS)[number], (...args: unknown[]) => Promise<unknown>>>;

/**
 * What `window.analytics` becomes: the public methods of analytics.js. None of them throws at the page, and none
 * needs `this`, since pages take methods off the object and call them bare.
 */
export interface Client extends LazyMethods {
  initialized: boolean;
  readonly VERSION: string;
  readonly settings: {
    readonly writeKey: string;
    readonly cdnURL: string;
    readonly cdnSettings: unknown;
    timeout: number;
  };
  readonly options: unknown;
  /** Whether the inlined manifest could be used, and if not, why. */
  readonly manifest: ManifestOutcome;
  readonly storage: Storage;
  readonly track: (...args: unknown[]) => Promise<Context>;
  readonly page: (...args: unknown[]) => Promise<Context>;
  readonly screen: (...args: unknown[]) => Promise<Context>;
  readonly identify: (...args: unknown[]) => Promise<Context>;
  /** Without arguments, the group itself. */
  readonly group: (...args: unknown[]) => Promise<Context> | Identity;
  readonly alias: (...args: unknown[]) => Promise<Context>;
  readonly pageview: (url: string) => Promise<Client>;
  readonly user: () => Identity;
  readonly setAnonymousId: (id?: string | null) => string | null;
  readonly reset: () => void;
  /** Resolves, and calls back, once every destination is ready or has failed. */
  readonly ready: (callback?: unknown) => Promise<unknown>;
  /** Adds plugins of the page's own, under the contract of `remotePlugins`; resolves once each is ready or failed. */
  readonly register: (...plugins: unknown[]) => Promise<Context>;
  /** Events: the README of `loader/` lists their names and arguments. */
  readonly on: (event: string, listener: Listener) => Client;
  readonly once: (event: string, listener: Listener) => Client;
  readonly off: (event: string, listener: Listener) => Client;
  readonly emit: (event: string, ...args: unknown[]) => Client;
  readonly debug: (on?: boolean) => Client;
  readonly timeout: (ms: number) => void;
  /** The script is its source's own: it is loaded already. */
  readonly load: () => Client;
  /** The snippet looks for this method to see that a client is on the page. */
  readonly initialize: () => Promise<Client>;
  /** A buffered call, `[method, ...args]`, of code that still holds the snippet's array. */
  readonly push: (call: unknown) => void;
}
