import { aliasCall, callbackOf, pageCall, trackCall, userCall, type Options } from "./arguments";
import { LAZY_METHODS, type Client, type LazyMethods } from "./client-api";
import { complain } from "./console";
import type { Context } from "./context";
import { loadPlugins, type Filter } from "./destination";
import type { Dispatcher } from "./dispatcher";
import type { Emitter } from "./emitter";
import { inTime, within } from "./environment";
import type { AnalyticsEvent, EventType } from "./event";
import type { EventFactory } from "./event-factory";
import type { Identity } from "./identity";
import type { ManifestOutcome } from "./manifest";
import type { Early } from "./lazy/early";
import { fetchLazy, LAZY_DEADLINE_MS, type LazyOrigin } from "./lazy";
import { copy, dictionary, isFunction, isString, reasonOf, type Dictionary } from "./objects";
import { splitPage } from "./page";
import type { Plugin } from "./plugin";
import type { Storage } from "./storage";
import { VERSION } from "./version";

/** Milliseconds between a call and its callback, as analytics.js has always waited. */
const CALLBACK_DELAY_MS = 300;
const CALLBACK_DEADLINE_MS = 1_000;

export interface ClientParts extends LazyOrigin {
  readonly writeKey: string;
  /** The settings document as it was inlined. */
  readonly document: unknown;
  readonly outcome: ManifestOutcome;
  readonly options: unknown;
  readonly user: Identity;
  readonly group: Identity;
  readonly storage: Storage;
  readonly filters: Filter[];
  readonly events: EventFactory;
  readonly dispatcher: Dispatcher;
  readonly emitter: Emitter;
}

/** What a call comes to: an event, and what those get who listen for calls of its type. */
type Call = readonly [
  type: EventType,
  fields: Dictionary,
  options: Options,
  announced: (event: AnalyticsEvent) => unknown[],
];

export function createClient(parts: ClientParts): Client {
  const { env, user, group, events, dispatcher, emitter } = parts;
  let debugging = false;

  /**
   * A public method that makes an event: splits the page off the arguments, and keeps whatever goes wrong from the page. A
   * call that cannot be delivered is told on the console and to `error`.
   */
  const method =
    (read: (args: readonly unknown[]) => Call) =>
    async (...given: unknown[]): Promise<Context> => {
      try {
        const [args, page] = splitPage(given);
        const [type, fields, options, announced] = read(args);
        const event = events.make(type, fields, options, page);
        const started = env.now();
        const callback = callbackOf(args);
        const ctx = await dispatcher.dispatch(event);
        if (callback) {
          await new Promise<void>((resolve) => env.after(client.settings.timeout - env.now() + started, resolve));
          await within(env, CALLBACK_DEADLINE_MS, Promise.resolve(ctx).then(callback)).catch((thrown: unknown) => {
            ctx.log("warn", "the callback failed:", { error: thrown });
          });
        }
        if (debugging) ctx.flush();
        emitter.emit(type, ...announced(ctx.event), ctx.event.options);
        return ctx;
      } catch (thrown) {
        const reason = reasonOf(thrown);
        const ctx = dispatcher.blank();
        ctx.setFailedDelivery({ reason });
        complain(reason);
        emitter.emit("error", { code: "invalid_call", reason, ctx });
        return ctx;
      }
    };

  const view = (type: "page" | "screen") =>
    method((args) => {
      const { category, name, options, ...call } = pageCall(args);
      const properties = copy(call.properties);
      if (category !== null && type === "page") properties.category = category;
      const fields = { properties, ...(category !== null && { category }), ...(name !== null && { name }) };
      return [type, fields, options, (event) => [category, name, event.properties]];
    });

  /** identify and group: one of the visitor, one of their group. */
  const known = (type: "identify" | "group", identity: Identity, field: "userId" | "groupId") =>
    method((args) => {
      const call = userCall(args);
      identity.identify(call.id ?? identity.id(), call.traits);
      const fields = { [field]: identity.id(), traits: identity.traits() };
      return [type, fields, call.options, (event) => [event[field], event.traits]];
    });

  const joinGroup = known("group", group, "groupId");

  /** A method that gives the client, so that calls can be chained. */
  const chained =
    <Args extends unknown[]>(run: (...args: Args) => unknown) =>
    (...args: Args): Client => {
      run(...args);
      return client;
    };

  let early: Promise<Early> | undefined;

  /** Runs a method that is fetched on use. Rejects where it cannot be had, or failed, and has told so. */
  const lazily = async (name: string, args: unknown[]): Promise<unknown> => {
    try {
      const { runExtra } = await (early ??= inTime(env, LAZY_DEADLINE_MS, fetchLazy(parts)));
      return await runExtra({ ...parts, client, name, args, fetchLazy });
    } catch (thrown) {
      const reason = reasonOf(thrown);
      complain(`${name} failed:`, thrown);
      emitter.emit("error", { code: "method_failure", name, reason });
      throw thrown;
    }
  };

  const client: Client = {
    ...(Object.fromEntries(
      LAZY_METHODS.map((name) => [
        name,
        (...args: unknown[]) => {
          const done = lazily(name, args);
          if (name.endsWith("Middleware")) dispatcher.hold(done);
          return done.catch(() => client);
        },
      ]),
    ) as LazyMethods),
    initialized: false,
    VERSION,
    settings: { writeKey: parts.writeKey, cdnURL: parts.cdn, cdnSettings: parts.document, timeout: CALLBACK_DELAY_MS },
    options: parts.options,
    manifest: parts.outcome,
    storage: parts.storage,
    page: view("page"),
    screen: view("screen"),
    track: method((args) => {
      const call = trackCall(args);
      if (!call) throw new Error("track needs the event's name");
      const { event, options } = call;
      return ["track", { event, properties: copy(call.properties) }, options, ({ properties }) => [event, properties]];
    }),
    identify: known("identify", user, "userId"),
    group: (...args) => (splitPage(args)[0].length ? joinGroup(...args) : group),
    alias: method((args) => {
      const { to, from, options } = aliasCall(args);
      const fields = { userId: to ?? null, ...(from !== null && { previousId: from }) };
      return ["alias", fields, options, () => [to, from]];
    }),
    pageview: (url) => client.page({ path: url }).then(() => client),
    user: () => user,
    setAnonymousId: user.anonymousId,
    reset() {
      user.reset();
      group.reset();
      emitter.emit("reset");
    },
    async ready(callback) {
      const outcomes = await Promise.all(dispatcher.destinations.map(({ settled }) => settled));
      if (isFunction(callback)) {
        await Promise.resolve(outcomes)
          .then(callback)
          .catch((thrown: unknown) => {
            complain("the callback failed:", thrown);
          });
      }
      return outcomes;
    },
    async register(...plugins) {
      const ctx = dispatcher.blank();
      const added = plugins.map((plugin) => {
        const { name: given, type } = dictionary(plugin);
        const name = isString(given) ? given : "unnamed plugin";
        const about = { name, creationName: name };
        const one = dispatcher.add(about, () => loadPlugins(() => plugin, {}, pluginLoader(dispatcher, client)));
        if (type !== "destination") dispatcher.hold(within(env, CALLBACK_DEADLINE_MS, one.settled));
        return one.settled;
      });
      await Promise.all(added);
      return ctx;
    },
    on: chained(emitter.on),
    once: chained(emitter.once),
    off: chained(emitter.off),
    emit: chained(emitter.emit),
    debug: chained((on) => (debugging = on !== false)),
    timeout(ms) {
      client.settings.timeout = ms;
    },
    load: () => client,
    initialize: () => Promise.resolve(client),
    push(call) {
      if (!Array.isArray(call)) return;
      const [name, ...args] = call as unknown[];
      const run = isString(name) ? (client as unknown as Dictionary)[name] : undefined;
      if (!isFunction(run)) return;
      try {
        run(...args);
      } catch (thrown) {
        complain(name, thrown);
      }
    },
  };
  return client;
}

/** Hands the client to plugins, as the remote plugin contract says. */
export function pluginLoader(dispatcher: Dispatcher, client: unknown) {
  return (plugin: Plugin): unknown => plugin.load(dispatcher.blank(), client as never);
}
