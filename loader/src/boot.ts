import { adopt, redirect, replayOrder, takeCalls, type Adopted } from "./adopt";
import { complain } from "./console";
import { createClient, pluginLoader, type Client } from "./client";
import { createDestination, loadPlugins } from "./destination";
import { createDispatcher, type Dispatcher } from "./dispatcher";
import { createEmitter } from "./emitter";
import type { Environment } from "./environment";
import { createEventFactory } from "./event-factory";
import { createIdentity, type Identity } from "./identity";
import { readManifest, type Manifest } from "./manifest";
import { isFunction, isObject } from "./objects";
import { readOptions, type IdentityOptions, type LoadOptions } from "./options";
import type { Plugin, PluginFactory } from "./plugin";
import { isLoadable } from "./routing";
import { loadFactory } from "./script";
import { createStorage, openStores } from "./storage";

/** What the edge puts in front of the client's code: one source's key, its edge and its settings document. */
export interface Inlined {
  readonly writeKey: string;
  /** Base URL of the edge, without a slash at its end. */
  readonly cdn: string;
  readonly settings: unknown;
  /** By address, what the destinations' code that is in the same file has set; the others' is loaded. */
  readonly inlined?: Readonly<Record<string, PluginFactory>> | undefined;
}

export interface BootParts {
  readonly env: Environment;
  readonly inlined: Inlined;
  /** The nonce of this script's tag, passed on to the scripts that it inserts. */
  readonly nonce?: string | undefined;
  /** Milliseconds that each destination has to become ready; LOAD_DEADLINE_MS without it. */
  readonly loadDeadline?: number | undefined;
}

const NOTHING: Manifest = { integrations: {}, remotePlugins: [], rejected: [] };

/** The composition root of a page: adopts the snippet, makes the client and starts it. */
export function boot(parts: BootParts): void {
  const adopted = adopt(parts.env.window, parts.inlined.writeKey);
  if (!adopted) return;
  const options = readOptions(adopted.stub?._loadOptions);
  const document = updated(parts.inlined.settings, options);
  const run = (disabled: unknown): void => {
    start(assemble(parts, adopted, options, document, !disabled));
  };
  const verdict = askDisabled(options, document);
  // Only a page that decides later waits.
  if (verdict instanceof Promise)
    void verdict.then(run, () => {
      run(true);
    });
  else run(verdict);
}

function updated(document: unknown, { updateCDNSettings }: LoadOptions): unknown {
  try {
    return updateCDNSettings ? updateCDNSettings(document) : document;
  } catch (thrown) {
    complain("updateCDNSettings failed and was ignored:", thrown);
    return document;
  }
}

/** A page that wanted to decide and could not has not agreed: disabled. */
function askDisabled({ disable }: LoadOptions, document: unknown): unknown {
  if (!isFunction(disable)) return disable;
  try {
    const verdict = disable(document);
    return typeof verdict === "object" ? Promise.resolve(verdict) : verdict;
  } catch (thrown) {
    complain("disable failed; analytics stays off:", thrown);
    return true;
  }
}

interface Assembly {
  readonly parts: BootParts;
  readonly adopted: Adopted;
  readonly options: LoadOptions;
  readonly manifest: Manifest;
  readonly client: Client;
  readonly dispatcher: Dispatcher;
  readonly load: (plugin: Plugin) => unknown;
  readonly enabled: boolean;
}

function assemble(
  parts: BootParts,
  adopted: Adopted,
  options: LoadOptions,
  document: unknown,
  enabled: boolean,
): Assembly {
  const { env, inlined } = parts;
  const { writeKey, cdn } = inlined;
  const outcome = readManifest(document);
  const manifest = outcome.ok ? outcome.manifest : NOTHING;
  const stores = (wanted: IdentityOptions, kinds = wanted.stores): ReturnType<typeof openStores> =>
    openStores(env, enabled && wanted.persist, kinds, options.cookie);
  const identity = (wanted: IdentityOptions): Identity =>
    createIdentity(wanted.enabled ? stores(wanted) : [], wanted.keys, env.uuid);

  const user = identity(options.user);
  const emitter = createEmitter();
  const dispatcher = createDispatcher({
    env,
    writeKey,
    cdn,
    enabled,
    user,
    emitter,
    integrations: manifest.integrations,
    options: options.integrations,
    cookies: createStorage(stores(options.user, ["cookie"])),
  });
  const events = createEventFactory(env, user, options.integrations);
  const client = createClient({
    env,
    writeKey,
    cdn,
    document,
    outcome,
    user,
    emitter,
    dispatcher,
    options: adopted.stub?._loadOptions ?? {},
    group: identity(options.group),
    storage: createStorage(stores(options.user)),
    events,
  });
  return {
    parts,
    adopted,
    options,
    manifest,
    client,
    dispatcher,
    load: pluginLoader({ dispatcher, events }, client),
    enabled,
  };
}

/** Replays what must come first, loads the destinations, takes the global, then replays the rest. */
function start(assembly: Assembly): void {
  const { parts, adopted, options, client, dispatcher } = assembly;
  const calls = takeCalls(adopted.stub);
  if (options.initialPageview) calls.push(["page"]);
  const { before, after } = replayOrder(calls);
  before.forEach(client.push);
  if (!client.manifest.ok) {
    const { reason } = client.manifest;
    complain(`no destination can be loaded, ${reason}; events go to ${dispatcher.collector}`);
    client.emit("error", { code: "manifest_unusable", reason });
  }
  if (assembly.enabled) addDestinations(assembly);
  client.initialized = true;
  redirect(adopted.stub, client);
  if (adopted.takesGlobal) (parts.env.window as unknown as Record<string, unknown>)[adopted.key] = client;
  client.emit("initialize", client.settings, client.options);
  after.forEach(client.push);
}

function addDestinations({ parts, options, manifest, dispatcher, load }: Assembly): void {
  const { env, inlined, nonce, loadDeadline } = parts;
  for (const { reason, ...about } of manifest.rejected) dispatcher.reject(about, reason);
  // Two destinations of one definition share its script.
  const factories: Record<string, PluginFactory | Promise<PluginFactory>> = {};
  for (const entry of manifest.remotePlugins) {
    if (!isLoadable(options.integrations, [entry.creationName, entry.name])) continue;
    const factory = (factories[`${entry.url} ${entry.libraryName}`] ??=
      inlined.inlined?.[entry.url] ?? loadFactory(env.window, entry, nonce));
    const settings = { ...entry.settings, ...overridesOf(entry.name, options, manifest) };
    dispatcher.add(createDestination(entry, env, async () => loadPlugins(await factory, settings, load), loadDeadline));
  }
}

/** Settings that the manifest or the page gives under the destination's name win (analytics-next lib/merged-options). */
function overridesOf(name: string, { integrations }: LoadOptions, manifest: Manifest): object {
  const published = manifest.integrations[name];
  const chosen = integrations[name];
  return published ? { ...published, ...(isObject(chosen) && chosen) } : {};
}
