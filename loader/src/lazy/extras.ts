import { trackForm, trackLink } from "./extras/auto-track";
import { deregister } from "./extras/deregister";
import type { Call, Method } from "./extras/method";
import { addDestinationMiddleware, addSourceMiddleware } from "./extras/middleware";
import { queryString } from "./extras/query-string";

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

/** The factory that the client fetches: runs one call of one of these methods, and throws what it throws. */
export default function extras(call: Call): unknown {
  return METHODS[call.name]?.(call);
}
