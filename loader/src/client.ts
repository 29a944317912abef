import { aliasCall, pageCall, trackCall, userCall, type Callback } from "./arguments";
import type { Context } from "./context";
import { Destination, loadPlugins } from "./destination";
import type { Dispatcher } from "./dispatcher";
import type { Emitter, Listener } from "./emitter";
import { within, type Environment } from "./environment";
import type { AnalyticsEvent, EventType } from "./event";
import type { EventFactory } from "./event-factory";
import type { Identity } from "./identity";
import type { ManifestOutcome } from "./manifest";
import { isFunction, isString, type Dictionary } from "./objects";
import { splitPage } from "./page";
import type { Plugin } from "./plugin";
import type { Storage } from "./storage";
import { VERSION } from "./version";

/** Milliseconds between a call and its callback, as analytics.js has always waited. */
const CALLBACK_DELAY_MS = 300;
const CALLBACK_DEADLINE_MS = 1_000;

/** Methods of the official client that this one does not have; a page that calls one goes on. */
export const ABSENT = [
  "trackSubmit", "trackClick", "trackLink", "trackForm",
  "addSourceMiddleware", "addIntegrationMiddleware", "addDestinationMiddleware",
] as const;

export interface ClientParts {
  readonly env: Environment;
  readonly writeKey: string;
  readonly cdn: string;
  /** The settings document as it was inlined. */
  readonly document: unknown;
  readonly outcome: ManifestOutcome;
  readonly options: unknown;
  readonly user: Identity;
  readonly group: Identity;
  readonly storage: Storage;
  readonly events: EventFactory;
  readonly dispatcher: Dispatcher;
  readonly emitter: Emitter;
}

/** What `window.analytics` becomes: the public methods of analytics.js. None of them throws at the page. */
export class Client {
  initialized = false;
  readonly VERSION = VERSION;
  readonly settings: { readonly writeKey: string; readonly cdnURL: string; readonly cdnSettings: unknown; timeout: number };
  readonly options: unknown;
  /** Whether the inlined manifest could be used, and if not, why. */
  readonly manifest: ManifestOutcome;
  readonly storage: Storage;
  private debugging = false;

  constructor(private readonly parts: ClientParts) {
    const { writeKey, cdn, document, outcome, options, storage } = parts;
    this.settings = { writeKey, cdnURL: cdn, cdnSettings: document, timeout: CALLBACK_DELAY_MS };
    this.options = options;
    this.manifest = outcome;
    this.storage = storage;
    for (const method of [...METHODS, ...ABSENT]) {
      const own: unknown = (this as unknown as Dictionary)[method];
      // Pages take methods off the object and call them bare.
      (this as unknown as Dictionary)[method] = isFunction(own)
        ? (own.bind(this) as unknown)
        : (): Promise<this> => this.absent(method);
    }
  }

  /** Events: the README of `loader/` lists their names and arguments. */
  on(event: string, listener: Listener): this {
    this.parts.emitter.on(event, listener);
    return this;
  }

  once(event: string, listener: Listener): this {
    this.parts.emitter.once(event, listener);
    return this;
  }

  off(event: string, listener: Listener): this {
    this.parts.emitter.off(event, listener);
    return this;
  }

  emit(event: string, ...args: unknown[]): this {
    this.parts.emitter.emit(event, ...args);
    return this;
  }

  user(): Identity {
    return this.parts.user;
  }

  setAnonymousId(id?: string | null): string | null {
    return this.parts.user.anonymousId(id);
  }

  track(...args: unknown[]): Promise<Context> {
    const [given, page] = splitPage(args);
    const call = trackCall(given);
    if (!call) return this.invalid("track", "the event's name is missing: track(name, properties?, options?)");
    return this.send(this.parts.events.track(call, page), call.callback, (event) => [call.event, event.properties]);
  }

  page(...args: unknown[]): Promise<Context> {
    return this.view("page", args);
  }

  screen(...args: unknown[]): Promise<Context> {
    return this.view("screen", args);
  }

  identify(...args: unknown[]): Promise<Context> {
    const [given, page] = splitPage(args);
    const call = userCall(given);
    this.parts.user.identify(call.id, call.traits);
    return this.send(this.parts.events.identify(call, page), call.callback, (event) => [event.userId, event.traits]);
  }

  /** Without arguments, the group itself. */
  group(...args: unknown[]): Promise<Context> | Identity {
    const [given, page] = splitPage(args);
    if (given.length === 0) return this.parts.group;
    const call = userCall(given);
    this.parts.group.identify(call.id, call.traits);
    const event = this.parts.events.group(call, this.parts.group, page);
    return this.send(event, call.callback, ({ groupId, traits }) => [groupId, traits]);
  }

  alias(...args: unknown[]): Promise<Context> {
    const [given, page] = splitPage(args);
    const call = aliasCall(given);
    return this.send(this.parts.events.alias(call, page), call.callback, () => [call.to, call.from]);
  }

  reset(): void {
    this.parts.user.reset();
    this.parts.group.reset();
    this.emit("reset");
  }

  /** Resolves, and calls back, once every destination is ready or has failed. */
  async ready(callback?: unknown): Promise<unknown> {
    const outcomes = await Promise.all(this.parts.dispatcher.destinations.map(({ settled }) => settled));
    if (isFunction(callback)) callback(outcomes);
    return outcomes;
  }

  /** Adds plugins of the page's own, under the contract of `remotePlugins`. */
  async register(...plugins: unknown[]): Promise<void> {
    const { dispatcher, env } = this.parts;
    const added = plugins.map((plugin) => {
      const { name } = Object(plugin) as { name?: unknown };
      const label = isString(name) ? name : "unnamed plugin";
      const destination = new Destination({ name: label, creationName: label }, env, () =>
        loadPlugins(() => plugin, {}, this.loadPlugin),
      );
      dispatcher.add(destination);
      return destination.settled;
    });
    await Promise.all(added);
  }

  /** Hands the client to a plugin, as the remote plugin contract says. */
  readonly loadPlugin = (plugin: Plugin): unknown => {
    const { dispatcher, events } = this.parts;
    return plugin.load(dispatcher.context(events.track({ event: "system", properties: {}, options: {}, callback: undefined })), this as never);
  };

  debug(on?: boolean): this {
    this.debugging = on !== false;
    return this;
  }

  timeout(ms: number): void {
    this.settings.timeout = ms;
  }

  pageview(url: string): Promise<Context> {
    return this.page({ path: url });
  }

  /** The script is this source's own: it is loaded already. */
  load(): this {
    return this;
  }

  /** The snippet looks for this method to see that the client is on the page. */
  initialize(): Promise<this> {
    return Promise.resolve(this);
  }

  /** A buffered call, `[method, ...args]`, of code that still holds the snippet's array. */
  push(call: unknown): void {
    if (!Array.isArray(call)) return;
    const [method, ...args] = call as unknown[];
    const run: unknown = isString(method) && CALLABLE.includes(method) && (this as unknown as Dictionary)[method];
    if (!isFunction(run)) return;
    try {
      run(...args);
    } catch (thrown) {
      console.error("[edgewise]", `${String(method)} failed:`, thrown);
    }
  }

  private view(type: "page" | "screen", args: readonly unknown[]): Promise<Context> {
    const [given, page] = splitPage(args);
    const call = pageCall(given);
    const event = this.parts.events.page(type, call, page);
    return this.send(event, call.callback, ({ properties }) => [call.category, call.name, properties]);
  }

  private async send(
    event: AnalyticsEvent,
    callback: Callback | undefined,
    announced: (event: AnalyticsEvent) => unknown[],
  ): Promise<Context> {
    const { env, dispatcher } = this.parts;
    const started = env.now();
    const ctx = await dispatcher.dispatch(event);
    if (callback) {
      await new Promise<void>((resolve) => env.after(Math.max(this.settings.timeout - (env.now() - started), 0), resolve));
      const called = Promise.resolve(ctx).then(callback);
      await within(env, CALLBACK_DEADLINE_MS, called, undefined).catch((thrown: unknown) => {
        ctx.log("warn", "the callback failed", { error: thrown });
      });
    }
    if (this.debugging) ctx.flush();
    this.emit(event.type, ...announced(ctx.event), ctx.event.options);
    return ctx;
  }

  private invalid(type: EventType, reason: string): Promise<Context> {
    const ctx = this.parts.dispatcher.context({ type, messageId: "", timestamp: new Date(this.parts.env.now()), context: {}, integrations: {} });
    ctx.setFailedDelivery({ reason });
    console.error("[edgewise]", reason);
    this.emit("error", { code: "invalid_call", reason, ctx });
    return Promise.resolve(ctx);
  }

  private absent(method: string): Promise<this> {
    console.warn("[edgewise]", `${method} is not available in this client; the call was ignored`);
    return Promise.resolve(this);
  }
}

const METHODS = [
  "track", "page", "screen", "identify", "group", "alias", "reset", "ready", "register", "debug", "timeout", "pageview",
  "load", "initialize", "push", "user", "setAnonymousId", "on", "once", "off", "emit",
] as const;

/** What a buffered call may name. */
const CALLABLE: readonly string[] = [...METHODS, ...ABSENT].filter((method) => method !== "push");
