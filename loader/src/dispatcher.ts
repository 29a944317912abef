import { collectorUrl, post } from "./collector";
import { Context } from "./context";
import type { Delivery, Destination } from "./destination";
import type { Emitter } from "./emitter";
import { enrich } from "./enrich";
import { within, type Environment } from "./environment";
import type { AnalyticsEvent } from "./event";
import type { Identity } from "./identity";
import type { Manifest } from "./manifest";
import { isObject, type Dictionary } from "./objects";
import { payloadOf } from "./payload";
import { callHook } from "./plugin";
import { COLLECTOR, isCollected, isCollectorOn } from "./routing";
import type { Integrations } from "./event";
import type { Storage } from "./storage";

/** Longest wait of one call's promise, in milliseconds; deliveries themselves go on. */
const DISPATCH_DEADLINE_MS = 5_000;
/** Longest wait for one plugin that changes events, in milliseconds; then the event goes on without it. */
const ENRICHMENT_DEADLINE_MS = 1_000;

export interface DispatcherParts {
  readonly env: Environment;
  readonly writeKey: string;
  readonly cdn: string;
  readonly integrations: Manifest["integrations"];
  /** `integrations` of the load options. */
  readonly options: Integrations;
  readonly user: Identity;
  readonly cookies: Storage;
  readonly emitter: Emitter;
  /** False where the page switched analytics off. */
  readonly enabled: boolean;
}

/** Takes each event to every destination and to the collector, none of which can hold up another. */
export class Dispatcher {
  readonly destinations: Destination[] = [];
  /** Creation names of destinations that could not be loaded, for the collector. */
  readonly failed: string[] = [];
  private readonly settings: Dictionary;

  constructor(private readonly parts: DispatcherParts) {
    const chosen = parts.options[COLLECTOR];
    this.settings = { ...parts.integrations[COLLECTOR], ...(isObject(chosen) && chosen) };
  }

  /** Host and path prefix of the collector, with scheme. */
  get collector(): string {
    return collectorUrl(this.settings, this.parts.cdn);
  }

  context(event: AnalyticsEvent): Context {
    return new Context(event, this.parts.env.uuid(), this.parts.env.now);
  }

  /** Starts a destination's life here; its outcome is announced once. */
  add(destination: Destination): void {
    const { name, creationName } = destination;
    this.destinations.push(destination);
    void destination.settled.then((outcome) => {
      if (outcome.ok) this.parts.emitter.emit("destination_loaded", { name, creationName });
      else this.reject(name, creationName, outcome.reason);
    });
  }

  /** Announces a destination that cannot be loaded. */
  reject(name: string, creationName: string, reason: string): void {
    if (!this.failed.includes(creationName)) this.failed.push(creationName);
    this.parts.emitter.emit("destination_failed", { name, creationName, reason });
    console.warn("[edgewise]", `destination "${name}" was not loaded: ${reason}`);
  }

  /** Delivers an event; resolves when everybody who is ready has answered, and at the deadline in any case. */
  async dispatch(event: AnalyticsEvent): Promise<Context> {
    const ctx = this.context(event);
    if (!this.parts.enabled) return ctx;
    enrich(event, this.parts.env.window, this.parts.cookies);
    for (const plugin of this.destinations.flatMap((each) => each.ofType("before", "enrichment"))) {
      try {
        await within(this.parts.env, ENRICHMENT_DEADLINE_MS, callHook(plugin, ctx), undefined);
      } catch (reason) {
        ctx.log("warn", `plugin ${plugin.name} failed`, { error: reason });
        if (plugin.type !== "before") continue;
        ctx.setFailedDelivery({ reason });
        return ctx;
      }
    }
    const attempts = this.destinations.map((destination) => {
      const done = (delivery: Delivery): void => { this.report(destination, ctx, delivery); };
      return destination.deliver(ctx, done).then(done);
    });
    attempts.push(this.collect(ctx));
    await within(this.parts.env, DISPATCH_DEADLINE_MS, Promise.all(attempts), undefined);
    for (const plugin of this.destinations.flatMap((each) => each.ofType("after"))) {
      callHook(plugin, ctx).catch((reason: unknown) => { ctx.log("warn", `plugin ${plugin.name} failed`, { error: reason }); });
    }
    return ctx;
  }

  private report({ name, creationName }: Destination, ctx: Context, delivery: Delivery): void {
    if (delivery.state === "delivered") {
      this.parts.emitter.emit("destination_delivered", { name, creationName }, ctx);
    } else if (delivery.state === "failed") {
      ctx.log("error", `destination ${name} failed`, { error: delivery.reason });
      this.parts.emitter.emit("error", { code: "destination_failure", name, creationName, reason: delivery.reason, ctx });
    }
  }

  private async collect(ctx: Context): Promise<void> {
    const { env, options, integrations, user, writeKey, emitter } = this.parts;
    if (!isCollectorOn(options) || !isCollected(ctx.event.integrations)) return;
    const payload = payloadOf(ctx.event, {
      writeKey,
      settings: this.settings,
      integrations,
      user,
      failed: this.failed,
      sentAt: new Date(env.now()),
    });
    const collected = await post(env, this.collector, ctx.event.type, payload);
    if (collected.ok) {
      emitter.emit("collected", ctx);
    } else {
      ctx.setFailedDelivery(collected);
      emitter.emit("error", { code: "delivery_failure", reason: collected.reason, ctx });
    }
  }
}
