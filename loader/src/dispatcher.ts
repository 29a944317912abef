import { collectorUrl } from "./collector";
import { warn } from "./console";
import { Context } from "./context";
import { createDestination, type Destination, type DestinationName } from "./destination";
import type { Emitter } from "./emitter";
import { enrich } from "./enrich";
import { within, type Environment } from "./environment";
import type { AnalyticsEvent } from "./event";
import type { EventFactory } from "./event-factory";
import type { Identity } from "./identity";
import type { Manifest } from "./manifest";
import { dictionary, type Dictionary } from "./objects";
import { createOutbox, type Fate } from "./outbox";
import type { LoadOptions } from "./options";
import { payloadOf } from "./payload";
import { callHook, type Plugin, type PluginType } from "./plugin";
import { COLLECTOR, isLoadable } from "./routing";

/** Longest wait of one call's promise, in milliseconds; deliveries themselves go on. */
const DISPATCH_DEADLINE_MS = 5_000;
/** Longest wait for one plugin that changes events, in milliseconds; then the event goes on without it. */
const ENRICHMENT_DEADLINE_MS = 1_000;

export interface DispatcherParts {
  readonly env: Environment;
  readonly writeKey: string;
  readonly cdn: string;
  readonly integrations: Manifest["integrations"];
  readonly load: LoadOptions;
  readonly nonce?: string | undefined;
  readonly events: Pick<EventFactory, "blank">;
  readonly user: Identity;
  readonly emitter: Emitter;
  /** False where the page switched analytics off, or the visitor has not consented; may change the event. */
  readonly admits: (event: AnalyticsEvent) => boolean;
}

/** What `createDestination` takes, but for the environment. */
type HowToLoad = Parameters<typeof createDestination> extends [unknown, ...infer Rest] ? Rest : never;

/** Takes each event to every destination and to the collector, none of which can hold up another. */
export interface Dispatcher {
  readonly destinations: Destination[];
  /** A context that says nothing, for what happens outside any call. */
  readonly blank: () => Context;
  /** Starts a destination's life here; its outcome is announced once. */
  readonly add: (...how: HowToLoad) => Destination;
  /** Holds events until a plugin of the page's own is there that may change or refuse them. */
  readonly hold: (task: Promise<unknown>) => void;
  /** Announces a destination that cannot be loaded. */
  readonly reject: (about: DestinationName, reason: string) => void;
  /** Delivers an event; resolves when everybody who is ready has answered, and at the deadline in any case. */
  readonly dispatch: (event: AnalyticsEvent) => Promise<Context>;
}

export function createDispatcher(parts: DispatcherParts): Dispatcher {
  const { env, emitter } = parts;
  const { integrations: options } = parts.load;
  const chosen = options[COLLECTOR];
  const settings: Dictionary = { ...parts.integrations[COLLECTOR], ...dictionary(chosen) };
  const collector = collectorUrl(settings, parts.cdn);
  const destinations: Destination[] = [];
  let held: Promise<unknown> | undefined;
  const failed = new Set<string>();
  let outbox: ReturnType<typeof createOutbox> | undefined;

  const pluginsOf = (...types: PluginType[]): Plugin[] => destinations.flatMap((each) => each.ofType(...types));

  const reject = (about: DestinationName, reason: string): void => {
    failed.add(about.creationName);
    emitter.emit("destination_failed", { ...about, reason });
    warn(`${about.name} was not loaded: ${reason}`);
  };

  const announce = (ctx: Context, fate: Fate, reason?: string): void => {
    if (fate === "failed") {
      ctx.setFailedDelivery({ reason });
      emitter.emit("error", { code: "delivery_failure", reason, ctx });
    } else emitter.emit(fate, ctx, reason);
  };

  const collect = async (ctx: Context): Promise<void> => {
    const { event } = ctx;
    if (!isLoadable(options, [COLLECTOR]) || event.integrations[COLLECTOR] === false) return;
    const payload = payloadOf(event, parts, settings, [...failed]);
    // With the first event and not before: a page may have to ask its visitor whether anything is sent.
    outbox ??= createOutbox({ ...parts, collector, settings, announce });
    await outbox(ctx, payload);
  };

  const context = (event: AnalyticsEvent): Context => new Context(event, env.uuid(), env.now);

  return {
    destinations,
    blank: () => context(parts.events.blank("track")),
    reject,
    add(...how) {
      const destination = createDestination(env, ...how);
      destinations.push(destination);
      void destination.settled.then((outcome) => {
        if (outcome.ok) emitter.emit("destination_loaded", destination.about);
        else reject(destination.about, outcome.reason);
      });
      return destination;
    },
    hold(task) {
      held = Promise.all([held, task]);
      // Told by whoever failed.
      held.catch(() => undefined);
    },
    async dispatch(event) {
      const ctx = context(event);
      if (!parts.admits(event)) return ctx;
      try {
        if (held) await held;
        enrich(event, env.window);
        for (const plugin of [...pluginsOf("before"), ...pluginsOf("enrichment")]) {
          const mayRefuse = plugin.type === "before";
          const deadline = mayRefuse ? DISPATCH_DEADLINE_MS : ENRICHMENT_DEADLINE_MS;
          await within(env, deadline, callHook(plugin, ctx)).catch((reason: unknown) => {
            ctx.log("warn", `plugin ${plugin.name} failed`, { error: reason });
            // A plugin that runs before all others may refuse an event; one that only enriches may not.
            if (mayRefuse) throw reason;
          });
        }
      } catch (reason) {
        ctx.setFailedDelivery({ reason });
        return ctx;
      }
      const attempts = destinations.map(({ about, deliver }) =>
        deliver(ctx, (failure) => {
          if (!failure) emitter.emit("destination_delivered", about, ctx);
          else {
            const { reason } = failure;
            ctx.log("error", `destination ${about.name} failed`, { error: reason });
            emitter.emit("error", { code: "destination_failure", ...about, reason, ctx });
          }
        }),
      );
      await within(env, DISPATCH_DEADLINE_MS, Promise.all([...attempts, collect(ctx)]));
      for (const plugin of pluginsOf("after")) {
        callHook(plugin, ctx).catch((thrown: unknown) => {
          ctx.log("warn", `plugin ${plugin.name} failed`, { error: thrown });
        });
      }
      return ctx;
    },
  };
}
