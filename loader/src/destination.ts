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

/** Hears that an event was taken, or, with the reason, that it failed; of one that was not for this destination nothing. */
export type Done = (failure?: { readonly reason: unknown }) => void;

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
  readonly deliver: (ctx: Context, done: Done) => Promise<void>;
}

export function createDestination(
  env: Environment,
  { name, creationName }: DestinationName,
  load: () => Promise<readonly Plugin[]>,
  deadline = LOAD_DEADLINE_MS,
  gate: Gate = () => true,
  filters: readonly Filter[] = [],
): Destination {
  let loaded: readonly Plugin[] = [];
  /** The deliveries that wait; none once it is settled. */
  let queue: (() => unknown)[] | undefined = [];

  const ofType = (...types: PluginType[]): readonly Plugin[] => loaded.filter(({ type }) => types.includes(type) && gate());

  /** Of the plugins that the event is for, whether each took it. */
  const offer = async (ctx: Context, early: readonly Plugin[]): Promise<readonly boolean[]> => {
    for (const plugin of early) await callHook(plugin, ctx);
    const { type, integrations } = ctx.event;
    const chosen = ofType("destination").filter(
      (plugin) =>
        plugin[type] && isSelected(integrations, [creationName, ...(plugin.alternativeNames ?? []), plugin.name, name]),
    );
    if (!chosen[0] || !gate(ctx.event)) return [];
    return Promise.all(
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
  };

  const call = (ctx: Context, done: Done, early: readonly Plugin[] = []): Promise<void> =>
    inTime(env, deadline, offer(ctx, early)).then(
      (taken) => {
        if (taken.includes(true)) done();
      },
      (reason: unknown) => {
        done({ reason });
      },
    );

  const settled = inTime(env, deadline, load())
    .then((plugins): LoadOutcome => {
      loaded = plugins;
      return { ok: true };
    })
    .catch((thrown: unknown): LoadOutcome => ({ ok: false, reason: reasonOf(thrown) }))
    .then((outcome) => {
      const waiting = queue ?? [];
      queue = undefined;
      if (outcome.ok) for (const offered of waiting) offered();
      return outcome;
    });

  return {
    about: { name, creationName },
    settled,
    ofType,
    async deliver(ctx, done) {
      const fork = ctx.fork();
      // Events that had to wait have not seen this destination's own enrichments yet.
      if (queue) queue.push(() => call(fork, done, ofType("before", "enrichment")));
      // One that failed has no plugins, and takes nothing.
      else await call(fork, done);
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
