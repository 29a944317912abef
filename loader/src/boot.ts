import { adopt, redirect, replayOrder, takeCalls, type Adopted } from "./adopt";
import { complain } from "./console";
import { createClient, pluginLoader } from "./client";
import type { Client } from "./client-api";
import { loadPlugins, type Filter } from "./destination";
import { createDispatcher } from "./dispatcher";
import { createEmitter } from "./emitter";
import { inTime, type Environment } from "./environment";
import { createEventFactory } from "./event-factory";
import { createIdentity, type Identity } from "./identity";
import { fetchRest, LAZY_DEADLINE_MS } from "./lazy";
import { readManifest, type Manifest } from "./manifest";
import { dictionary, isFunction, reasonOf, type Dictionary } from "./objects";
import { readOptions, type IdentityOptions, type LoadOptions } from "./options";
import { bufferedPage } from "./page";
import type { AskConsent, Consent, Gate, Parts } from "./parts";
import type { Plugin, PluginFactory } from "./plugin";
import { isLoadable } from "./routing";
import { loadFactory } from "./script";
import { cookieStore, createStorage, openStores, type Store } from "./storage";

/** What the edge puts in front of the client's code: one source's key, its edge and its settings document. */
export interface Inlined {
  readonly writeKey: string;
  /** Base URL of the edge, without a slash at its end. */
  readonly cdn: string;
  readonly settings: unknown;
  /** By address, what the destinations' code that is in the same file has set; the others' is loaded. */
  readonly inlined?: Readonly<Record<string, PluginFactory>> | undefined;
  /** The tag of this script, where it is a half of a loader. */
  readonly tag?: HTMLOrSVGScriptElement | undefined;
}

export interface BootParts {
  readonly env: Environment;
  readonly inlined: Inlined;
  readonly parts?: Parts;
  /** The nonce of this script's tag, passed on to the scripts that it inserts. */
  readonly nonce?: string | undefined;
  readonly tag?: HTMLOrSVGScriptElement | undefined;
  /** Milliseconds that each destination has to become ready, and for each event; LOAD_DEADLINE_MS without it. */
  readonly loadDeadline?: number | undefined;
}

/** Of the queue of promises. The client takes about ten to have code inside this script ready, and that code some of its own. */
const TURNS = 64;

const NOTHING: Manifest = { integrations: {}, remotePlugins: [] };

/** The composition root of a page: adopts the snippet, makes the client and starts it. */
export function boot(parts: BootParts): void {
  const { env, inlined } = parts;
  const adopted = adopt(env.window, inlined.writeKey, parts.tag);
  if (!adopted) return;
  const options = readOptions(adopted.stub._loadOptions);
  const { settings, cdn } = inlined;
  const document = asked(options, "updateCDNSettings", settings, settings, settings);
  const run = (disabled: unknown): void => {
    const go = (enabled: boolean, consent?: Consent): Client =>
      start(parts, adopted, options, document, enabled, consent);
    const waitFor = (ask: AskConsent): void => {
      ask(document, adopted.stub, env, (consent) => go(true, consent) as unknown as Dictionary);
    };
    const part = parts.parts?.consent;
    if (disabled) go(false);
    else if (part) waitFor(part);
    else if (options.consent === undefined) go(true);
    else {
      // The page asks its visitor, though no destination of the source demands it. Without the code that waits for the
      // answer, the answer is no.
      void inTime(env, LAZY_DEADLINE_MS, fetchRest({ ...parts, cdn })).then(
        (rest) => {
          waitFor(rest.consent);
        },
        (thrown: unknown) => {
          const reason = reasonOf(thrown);
          complain("no consent is assumed:", thrown);
          go(false).emit("error", { code: "consent_unknown", reason });
        },
      );
    }
  };
  // A page that wanted to decide and could not has not agreed: disabled. Only one that decides later waits.
  const verdict = asked(options, "disable", document, options.disable === true, true);
  if (typeof verdict === "object") {
    void Promise.resolve(verdict).then(run, () => {
      run(true);
    });
  } else run(verdict);
}

/**
 * What an option says that may be a function of the page's own: `otherwise` where it is none, `fallback` where it throws,
 * told on the console.
 */
function asked(
  options: LoadOptions,
  name: "disable" | "updateCDNSettings",
  settings: unknown,
  otherwise: unknown,
  fallback: unknown,
): unknown {
  const option = options[name];
  try {
    return isFunction(option) ? option(settings) : otherwise;
  } catch (thrown) {
    complain(`${name} failed:`, thrown);
    return fallback;
  }
}

/**
 * Makes the client, replays what must come first, loads the destinations, does what the page's address says, takes the
 * global, then replays the rest. Where an address with `ajs_` parameters has to wait for code, the snippet's array
 * buffers meanwhile.
 */
function start(
  parts: BootParts,
  adopted: Adopted,
  options: LoadOptions,
  document: unknown,
  enabled: boolean,
  consent: Consent | undefined,
): Client {
  const { env, inlined } = parts;
  const { integrations } = options;
  const outcome = readManifest(document);
  const manifest = outcome.ok ? outcome.manifest : NOTHING;
  let jar: Store | undefined;
  // Once for all: to find the domain, the browser is asked several times.
  const cookies = (): Store => (jar ??= cookieStore(env, options.cookie));
  const stores = (wanted: IdentityOptions): ReturnType<typeof openStores> =>
    openStores(env, enabled && wanted.persist, wanted.stores, cookies);
  const identity = (wanted: IdentityOptions): Identity =>
    createIdentity(wanted.enabled ? stores(wanted) : [], wanted.keys, env.uuid);

  const user = identity(options.user);
  const emitter = createEmitter();
  const filters: Filter[] = [];
  const group = identity(options.group);
  const events = createEventFactory(env, user, integrations);
  const common = { ...parts, ...inlined, user, group, emitter, events };
  const dispatcher = createDispatcher({
    ...common,
    integrations: manifest.integrations,
    load: options,
    admits(event) {
      parts.parts?.plan?.(document, event);
      return consent ? consent.admits(event) : enabled;
    },
  });
  const client = createClient({
    ...common,
    document,
    outcome,
    dispatcher,
    filters,
    options: adopted.stub._loadOptions ?? {},
    storage: createStorage(stores(options.user)),
  });
  const { window } = env;
  const { search, hash } = window.location;
  const calls = takeCalls(adopted.stub);
  if (options.initialPageview === true) calls.push(["page", bufferedPage(window)]);
  const [before, plugins, after] = replayOrder(calls);
  before.forEach(client.push);
  if (!outcome.ok) {
    const { reason } = outcome;
    complain(`no destination can be loaded: ${reason}`);
    client.emit("error", { code: "manifest_unusable", reason });
  }
  const load = pluginLoader(dispatcher, client);
  const addDestinations = (): void => {
    // Two destinations of one definition share its script.
    const factories: Record<string, PluginFactory | Promise<PluginFactory>> = {};
    for (const entry of manifest.remotePlugins) {
      const { name, creationName, missing } = entry;
      if (missing) dispatcher.reject({ name, creationName }, `the manifest's entry has no ${missing}`);
      if (missing || !isLoadable(integrations, [creationName, name])) continue;
      // Settings that the manifest or the page gives under the destination's name win (analytics-next lib/merged-options).
      const published = manifest.integrations[name];
      const settings = { ...entry.settings, ...(published && { ...published, ...dictionary(integrations[name]) }) };
      const add = (gate?: Gate): void => {
        const plugins = async (): Promise<readonly Plugin[]> => {
          const key = `${entry.url} ${entry.libraryName}`;
          const factory = await (factories[key] ??= inlined.inlined?.[entry.url] ?? loadFactory(window, entry, parts.nonce));
          if (gate?.() === false) throw new Error("consent was withdrawn");
          return loadPlugins(factory, settings, load);
        };
        dispatcher.add(entry, plugins, parts.loadDeadline, gate, filters);
      };
      const filter = parts.parts?.rules?.(document, entry);
      if (consent) consent.guard(entry as unknown as Dictionary, filter, add);
      else add(filter);
    }
  };
  if (enabled) addDestinations();
  plugins.forEach(client.push);
  client.initialized = true;
  client.emit("initialize", client.settings, client.options);
  const finish = async (): Promise<void> => {
    const rest = replayOrder(after.concat(takeCalls(adopted.stub))).flat();
    redirect(adopted.stub, client as unknown as Dictionary);
    if (adopted.takesGlobal) (window as unknown as Record<string, unknown>)[adopted.key] = client;
    // Code that came with this script is ready before the browser does anything else: calls that waited for it reach it
    // before they are kept and posted, which takes longer.
    for (let turns = inlined.inlined ? TURNS : 0; turns--; ) await Promise.resolve();
    rest.forEach(client.push);
  };
  // A page with routes in its hash has its parameters there.
  const query = search || hash.slice(hash.lastIndexOf("?"));
  if (enabled && options.useQueryString !== false && query.includes("ajs_")) {
    void client.queryString(query).then(finish);
  } else void finish();
  return client;
}
