import { trackForm, trackLink } from "./auto-track";
import { deregister } from "./deregister";
import type { Call, Method } from "./method";
import { addDestinationMiddleware, addSourceMiddleware } from "./middleware";
import { queryString } from "./query-string";

/** The client's methods that few pages use, by name. */
const METHODS: Readonly<Record<string, Method>> = {
  trackLink,
  trackClick: trackLink,
  trackForm,
  trackSubmit: trackForm,
  queryString,
  deregister,
  addSourceMiddleware,
  addDestinationMiddleware,
  addIntegrationMiddleware() {
    console.warn("[edgewise] addIntegrationMiddleware does nothing, as in the official client");
  },
};

/** Runs one call of one of these methods, and throws what it throws. */
export function runExtra(call: Call): unknown {
  return METHODS[call.name]?.(call);
}
