import { dictionary, type Dictionary } from "../../objects";

/** How events share requests: `deliveryStrategy` of the `Segment.io` settings. */
export interface Strategy {
  readonly isBatching: boolean;
  /** Events of one request at most. */
  readonly size: number;
  /** Milliseconds that an event waits for others. */
  readonly timeout: number;
}

/** Reads it; without one each event goes alone, and at once. */
export function strategyOf(settings: Dictionary): Strategy {
  const { strategy, config: given } = dictionary(settings.deliveryStrategy);
  const config = dictionary(given);
  const isBatching = strategy === "batching";
  return {
    isBatching,
    size: isBatching ? Number(config.size ?? 10) || 1 : 1,
    timeout: isBatching ? Number(config.timeout ?? 5_000) || 0 : 0,
  };
}
