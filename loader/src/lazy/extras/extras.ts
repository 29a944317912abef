import { trackForm, trackLink } from "./auto-track";
import { deregister } from "./deregister";
import type { Call, Method } from "./method";
import { queryString } from "./query-string";

/** The client's methods that few pages use, by name, but for those of middleware. */
const METHODS: Readonly<Record<string, Method>> = {
  trackLink,
  trackClick: trackLink,
  trackForm,
  trackSubmit: trackForm,
  queryString,
  deregister,
};

/** Runs one call of one of these methods, and throws what it throws. */
export function runExtra(call: Call): unknown {
  return METHODS[call.name]?.(call);
}
