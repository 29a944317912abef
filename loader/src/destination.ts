import type { Context } from "./context";
import { inTime, type Environment } from "./environment";
import type { RemotePlugin } from "./manifest";
import { reasonOf } from "./objects";
import type { Gate } from "./parts";
import { callHook, checkPlugins, type Plugin, type PluginFactory, type PluginType } from "./plugin";
import { isSelected } from "./routing";

/** Milliseconds that a destination has for its script and its `load()` together, and then for each event. */
export const LOAD_DEADLINE_MS = 20_000;

/** How loading a destination ended. */
export type LoadOutcome = { readonly ok: true } | { readonly ok: false; readonly reason: string };

/** How one event fared at one destination. */
export type Delivery =
  { readonly state: "delivered" | "skipped" } | { readonly state: "failed"; readonly reason: unknown };

/** Middleware of destinations, by creation name in lower case, or `*`: whether the event may go on, as it left it. */
export type Filter = readonly [name: string, pass: (ctx: Context, creationName: string) => Promise<unknown>];

/** A destination's own name, and its definition's. */
export type DestinationName = Pick<RemotePlugin, "name" | "creationName">;

/**
 * One device-mode destination on the page:
 *
 *     loading --- script, factory, load() ---> ready    (events go straight to the plugin)
 *        |
 *        '------- error, or the deadline ----> failed   (its events are dropped; nobody else notices)
 *
 * While loading, events wait in its own queue, so that a destination which hangs holds up nothing but itself. An event
 * that it never answers has failed at the deadline, as one at which it throws.
 */
export interface Destination {
  readonly about: DestinationName;
  /** Resolves once the destination is ready or failed; never rejects, never later than the deadline. */
  readonly settled: Promise<LoadOutcome>;
  /** Its plugins of these types, once they are loaded. */
  readonly ofType: (...types: PluginType[]) => readonly Plugin[];
  /**
   * Gives the event to the destination now, or as soon as it is ready; `done` hears how it fared. Resolves after that,
   * and at once where the event has to wait.
   */
  readonly deliver: (ctx: Context, done: (delivery: Delivery) => void) => Promise<void>;
}

export function createDestination(
  { name, creationName }: DestinationName,
  env: Environment,
  load: () => Promise<readonly Plugin[]>,
  deadline = LOAD_DEADLINE_MS,
  gate: Gate = () => true,
  filters: readonly Filter[] = [],
): Destination {
  let loaded: readonly Plugin[] = [];
  let state: "loading" | "ready" | "failed" = "loading";
  let queue: (() => unknown)[] = [];

  const ofType = (...types: PluginType[]): readonly Plugin[] => loaded.filter(({ type }) => types.includes(type) && gate());

  const offer = async (ctx: Context, early: readonly Plugin[]): Promise<Delivery> => {
    for (const plugin of early) await callHook(plugin, ctx);
    const { type, integrations } = ctx.event;
    const chosen = ofType("destination").filter(
      (plugin) =>
        plugin[type] && isSelected(integrations, [creationName, ...(plugin.alternativeNames ?? []), plugin.name, name]),
    );
    if (!chosen[0] || !gate(ctx.event)) return { state: "skipped" };
    const taken = await Promise.all(
      chosen.map(async (plugin) => {
        const own = ctx.fork();
        for (const [wanted, pass] of filters) {
          const isMeant = wanted === "*" || wanted === creationName.toLowerCase();
          if (isMeant && !(await pass(own, creationName))) return false;
        }
        await callHook(plugin, own);
        return true;
      }),
    );
    return { state: taken.includes(true) ? "delivered" : "skipped" };
  };

  const call = (ctx: Context, early: readonly Plugin[] = []): Promise<Delivery> =>
    inTime(env, deadline, offer(ctx, early)).catch((reason: unknown): Delivery => ({ state: "failed", reason }));

  const settled = inTime(env, deadline, load())
    .then((plugins): LoadOutcome => {
      loaded = plugins;
      return { ok: true };
    })
    .catch((thrown: unknown): LoadOutcome => ({ ok: false, reason: reasonOf(thrown) }))
    .then((outcome) => {
      state = outcome.ok ? "ready" : "failed";
      if (outcome.ok) for (const offered of queue) offered();
      queue = [];
      return outcome;
    });

  return {
    about: { name, creationName },
    settled,
    ofType,
    async deliver(ctx, done) {
      const fork = ctx.fork();
      if (state === "ready") await call(fork).then(done);
      // Events that had to wait have not seen this destination's own enrichments yet.
      else if (state === "loading") queue.push(() => call(fork, ofType("before", "enrichment")).then(done));
    },
  };
}

/** Runs a bundle's factory and loads what it returns; plugins that change events come before those that deliver. */
export async function loadPlugins(
  factory: PluginFactory,
  settings: RemotePlugin["settings"],
  load: (plugin: Plugin) => unknown,
): Promise<readonly Plugin[]> {
  const plugins = checkPlugins(await factory(settings));
  for (const plugin of plugins) if (plugin.type !== "destination") await load(plugin);
  await Promise.all(plugins.filter(({ type }) => type === "destination").map(load));
  return plugins;
}
