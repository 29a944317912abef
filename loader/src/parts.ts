import type { Environment } from "./environment";
import type { AnalyticsEvent } from "./event";
import type { RemotePlugin } from "./manifest";
import type { Dictionary } from "./objects";

/**
 * Whether a destination may have an event, which is its own copy and may be changed; without an event, whether it may
 * have any now. Throws where that cannot be told: then it does not get the event.
 */
export type Gate = (event?: AnalyticsEvent) => boolean;

/** What the visitor's consent decides on a page whose client runs. */
export interface Consent {
  /** Whether an event goes anywhere at all; stamps it with the visitor's choice. */
  readonly admits: (event: AnalyticsEvent) => boolean;
  /** Calls `add` as soon as the destination may be loaded, with the gate for its events: `filter`, and consent. */
  readonly guard: (entry: Dictionary, filter: Gate | undefined, add: (gate: Gate) => void) => void;
}

/**
 * Starts the client, by `start`, when the visitor's choice or the lack of a demand for one allows it. Until then the
 * snippet's array goes on taking calls.
 */
export type AskConsent = (
  settings: unknown,
  stub: unknown[] & Dictionary,
  env: Pick<Environment, "after">,
  start: (consent?: Consent) => Dictionary,
) => void;

/**
 * Code that only some sources need. The edge puts the parts that a source's manifest calls for before the client, in
 * the same file, so that they cost nobody else a byte and nobody a request: `src/parts/<name>.ts` exports one as its
 * default, the build writes `__PARTS__.<name> = it`; `plainRules` is `rules` for most sources. `settings` is the settings
 * document.
 */
export interface Parts {
  /** Destination filters (`middlewareSettings.routingRules`): the gate of one destination, if it has any. */
  readonly rules?: (settings: unknown, entry: RemotePlugin) => Gate | undefined;
  /** Tracking plan (`plan.track`): changes an event's integrations. Never throws. */
  readonly plan?: (settings: unknown, event: AnalyticsEvent) => void;
  /** Consent (`consentSettings`). Where only the page asks for it, it is fetched (`lazy.ts`). */
  readonly consent?: AskConsent;
}
