import type { Context } from "./context";
import { within, type Environment } from "./environment";
import type { RemotePlugin } from "./manifest";
import { reasonOf } from "./objects";
import { callHook, checkPlugins, type Plugin, type PluginFactory, type PluginType } from "./plugin";
import { isSelected } from "./routing";

/** Milliseconds that a destination has for its script and its `load()` together. */
export const LOAD_DEADLINE_MS = 20_000;

/** How loading a destination ended. */
export type LoadOutcome = { readonly ok: true } | { readonly ok: false; readonly reason: string };

/** How one event fared at one destination. */
export type Delivery =
  | { readonly state: "delivered" | "queued" | "skipped" }
  | { readonly state: "failed"; readonly reason: unknown };

const TIMED_OUT = Symbol("timed out");

/**
 * One device-mode destination on the page:
 *
 *     loading --- script, factory, load() ---> ready    (events go straight to the plugin)
 *        |
 *        '------- error, or the deadline ----> failed   (its events are dropped; nobody else notices)
 *
 * While loading, events wait in its own queue, so that a destination which hangs holds up nothing but itself.
 */
export class Destination {
  readonly name: string;
  readonly creationName: string;
  /** Resolves once the destination is ready or failed; never rejects, never later than the deadline. */
  readonly settled: Promise<LoadOutcome>;
  private state: "loading" | "ready" | "failed" = "loading";
  private plugins: readonly Plugin[] = [];
  private queue: { ctx: Context; done: (delivery: Delivery) => void }[] = [];

  constructor(
    entry: Pick<RemotePlugin, "name" | "creationName">,
    env: Environment,
    load: (self: Destination) => Promise<readonly Plugin[]>,
    deadline = LOAD_DEADLINE_MS,
  ) {
    this.name = entry.name;
    this.creationName = entry.creationName;
    this.settled = within(env, deadline, load(this), TIMED_OUT)
      .then((plugins) => {
        if (plugins === TIMED_OUT) throw new Error(`not ready within ${String(deadline)} ms`);
        this.plugins = plugins as readonly Plugin[];
      })
      .then(
        (): LoadOutcome => ({ ok: true }),
        (thrown: unknown): LoadOutcome => ({ ok: false, reason: reasonOf(thrown) }),
      )
      .then((outcome) => {
        this.state = outcome.ok ? "ready" : "failed";
        for (const { ctx, done } of this.queue) void this.late(ctx).then(done);
        this.queue = [];
        return outcome;
      });
  }

  /** Plugins that change every event, once they are loaded. */
  ofType(...types: PluginType[]): readonly Plugin[] {
    return this.plugins.filter(({ type }) => types.includes(type));
  }

  get isReady(): boolean {
    return this.state === "ready";
  }

  /** Gives the event to the destination now, or as soon as it is ready; `done` hears of what had to wait. */
  deliver(ctx: Context, done: (delivery: Delivery) => void): Promise<Delivery> {
    const fork = ctx.fork();
    if (this.state === "ready") return this.call(fork);
    if (this.state === "failed") return Promise.resolve({ state: "skipped" });
    this.queue.push({ ctx: fork, done });
    return Promise.resolve({ state: "queued" });
  }

  /** An event that had to wait has not seen this destination's own enrichments yet. */
  private async late(ctx: Context): Promise<Delivery> {
    if (this.state === "failed") return { state: "skipped" };
    try {
      for (const plugin of this.ofType("before", "enrichment")) await callHook(plugin, ctx);
    } catch (reason) {
      return { state: "failed", reason };
    }
    return this.call(ctx);
  }

  private async call(ctx: Context): Promise<Delivery> {
    const { integrations = {} } = ctx.event;
    const chosen = this.ofType("destination").filter((plugin) =>
      isSelected(integrations, [this.creationName, ...(plugin.alternativeNames ?? []), plugin.name, this.name]),
    );
    const called = chosen.filter((plugin) => plugin[ctx.event.type] !== undefined);
    if (called.length === 0) return { state: "skipped" };
    try {
      await Promise.all(called.map((plugin) => callHook(plugin, ctx)));
      return { state: "delivered" };
    } catch (reason) {
      return { state: "failed", reason };
    }
  }
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
