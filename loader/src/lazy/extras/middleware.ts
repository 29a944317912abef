import type { Client } from "../../client-api";
import type { Context } from "../../context";
import { within, type Environment } from "../../environment";
import { EVENT_TYPES, type AnalyticsEvent } from "../../event";
import { isFunction, isString, type Dictionary } from "../../objects";
import { COLLECTOR } from "../../routing";
import { VERSION } from "../../version";
import { facade } from "./facade";
import type { Call, Method } from "./method";

/** Milliseconds that one middleware has to call `next`; less than a plugin has that runs before others. */
const DEADLINE_MS = 1_000;

type Given = { readonly obj: AnalyticsEvent } | null | undefined;

function checked(run: unknown): (call: Dictionary) => unknown {
  if (!isFunction(run)) throw new TypeError("a middleware is a function");
  return run;
}

/** Runs one middleware; gives what it called `next` with, undefined where it did not. Throws what it throws. */
async function ran(
  env: Environment,
  run: (call: Dictionary) => unknown,
  event: AnalyticsEvent,
  more: Dictionary,
): Promise<Given> {
  let given: Given;
  const next = (payload: Given): void => {
    given = payload ?? null;
  };
  // Where it throws at once, that is a rejection as any other.
  const call = Promise.resolve().then(() => run({ payload: facade(event), next, ...more }));
  await within(env, DEADLINE_MS, call);
  return given;
}

/**
 * addSourceMiddleware(run): gives every event to `run`, after plugins that were there before, as analytics-next's
 * plugins/middleware does. One for which it does not call `next` goes nowhere; `next(null)` leaves it as it was.
 */
async function addSourceMiddleware({ client, env, dispatcher, args }: Call): Promise<Client> {
  const run = checked(args[0]);
  const names = [COLLECTOR, ...dispatcher.destinations.map(({ about }) => about.creationName)];
  const integrations = Object.fromEntries(names.map((name) => [name, true]));
  const hook = async (ctx: Context): Promise<void> => {
    const given = await ran(env, run, ctx.event, { integrations });
    if (given === undefined) ctx.cancel(new Error("the middleware did not call next"));
    if (given) ctx.event = given.obj;
  };
  const hooks = Object.fromEntries(EVENT_TYPES.map((type) => [type, hook]));
  const plugin = { name: `Source Middleware ${run.name}`, version: VERSION, type: "before", isLoaded: () => true };
  await client.register({ ...plugin, load: () => undefined, ...hooks });
  return client;
}

/**
 * addDestinationMiddleware(name, ...runs): the same for the events of one destination, by creation name in any case, or
 * of all (`*`). There `next(null)` drops too, and nobody else sees what a middleware changes.
 */
function addDestinationMiddleware({ client, env, filters, args: [name, ...runs] }: Call): Client {
  if (!isString(name)) throw new TypeError("addDestinationMiddleware needs the destination's name");
  for (const run of runs.map(checked)) {
    filters.push([
      name.toLowerCase(),
      async (ctx, integration) => {
        const given = await ran(env, run, ctx.event, { integration });
        if (given) ctx.event = given.obj;
        return Boolean(given);
      },
    ]);
  }
  return client;
}

/** The methods, by name. */
export const MIDDLEWARE: Readonly<Record<string, Method>> = {
  addSourceMiddleware,
  addDestinationMiddleware,
  addIntegrationMiddleware() {
    console.warn("[edgewise] addIntegrationMiddleware does nothing, as in the official client");
  },
};
