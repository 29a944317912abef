import { adopt, redirect, replayOrder, takeCalls, type Adopted, type BufferedCall } from "./adopt";
import { Client } from "./client";
import { Destination, LOAD_DEADLINE_MS, loadPlugins } from "./destination";
import { Dispatcher } from "./dispatcher";
import { Emitter } from "./emitter";
import type { Environment } from "./environment";
import { EventFactory } from "./event-factory";
import { Identity } from "./identity";
import { readManifest, type Manifest } from "./manifest";
import { isFunction, isObject } from "./objects";
import { readOptions, type IdentityOptions, type LoadOptions } from "./options";
import { isLoadable } from "./routing";
import { loadFactory } from "./script";
import { openStores, Storage } from "./storage";

/** What the edge puts in front of the client's code: one source's key, its edge and its settings document. */
export interface Inlined {
  readonly writeKey: string;
  /** Base URL of the edge, without a slash at its end. */
  readonly cdn: string;
  readonly settings: unknown;
}

export interface BootParts {
  readonly env: Environment;
  readonly inlined: Inlined;
  /** The nonce of this script's tag, passed on to the scripts that it inserts. */
  readonly nonce?: string | undefined;
  readonly loadDeadline?: number;
}

const NOTHING: Manifest = { integrations: {}, remotePlugins: [], rejected: [] };

/** The composition root of a page: adopts the snippet, makes the client and starts it. */
export function boot(parts: BootParts): void {
  const adopted = adopt(parts.env.window, parts.inlined.writeKey);
  const options = readOptions(adopted.stub?._loadOptions);
  const document = updated(parts.inlined.settings, options);
  const run = (disabled: unknown): void => { start(assemble(parts, adopted, options, document, !disabled)); };
  const verdict = askDisabled(options, document);
  // Only a page that decides later waits.
  if (verdict instanceof Promise) void verdict.then(run, () => { run(true); });
  else run(verdict);
}

function updated(document: unknown, { updateCDNSettings }: LoadOptions): unknown {
  try {
    return updateCDNSettings ? updateCDNSettings(document) : document;
  } catch (thrown) {
    console.error("[edgewise]", "updateCDNSettings failed; the settings stand as they are:", thrown);
    return document;
  }
}

/** A page that wanted to decide and could not has not agreed: disabled. */
function askDisabled({ disable }: LoadOptions, document: unknown): unknown {
  if (!isFunction(disable)) return disable;
  try {
    const verdict = disable(document);
    return isFunction((verdict as { then?: unknown } | null | undefined)?.then) ? Promise.resolve(verdict) : verdict;
  } catch (thrown) {
    console.error("[edgewise]", "the disable option failed; analytics stays off:", thrown);
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
  readonly enabled: boolean;
}

function assemble(parts: BootParts, adopted: Adopted, options: LoadOptions, document: unknown, enabled: boolean): Assembly {
  const { env, inlined } = parts;
  const { writeKey, cdn } = inlined;
  const outcome = readManifest(document);
  const manifest = outcome.ok ? outcome.manifest : NOTHING;
  const stores = (wanted: IdentityOptions, kinds = wanted.stores): ReturnType<typeof openStores> =>
    openStores(env, enabled && wanted.persist, kinds, options.cookie);
  const identity = (wanted: IdentityOptions): Identity =>
    new Identity(wanted.enabled ? stores(wanted) : [], wanted.keys, env.uuid);

  const user = identity(options.user);
  const emitter = new Emitter();
  const dispatcher = new Dispatcher({
    env, writeKey, cdn, enabled, user, emitter,
    integrations: manifest.integrations,
    options: options.integrations,
    cookies: new Storage(stores(options.user, ["cookie"])),
  });
  const client = new Client({
    env, writeKey, cdn, document, outcome, user, emitter, dispatcher,
    options: adopted.stub?._loadOptions ?? {},
    group: identity(options.group),
    storage: new Storage(stores(options.user)),
    events: new EventFactory(env, user, options.integrations),
  });
  return { parts, adopted, options, manifest, client, dispatcher, enabled };
}

/** Replays what must come first, loads the destinations, takes the global, then replays the rest. */
function start({ parts, adopted, options, manifest, client, dispatcher, enabled }: Assembly): void {
  const calls = takeCalls(adopted.stub);
  if (options.initialPageview) calls.push(["page"]);
  const { before, after } = replayOrder(calls);
  replay(client, before);
  if (!client.manifest.ok) {
    const { reason } = client.manifest;
    console.error("[edgewise]", `no destination can be loaded: ${reason}; events still go to ${dispatcher.collector}`);
    client.emit("error", { code: "manifest_unusable", reason });
  }
  if (enabled) addDestinations(parts, options, manifest, client, dispatcher);
  client.initialized = true;
  redirect(adopted.stub, client);
  if (adopted.takesGlobal) (parts.env.window as unknown as Record<string, unknown>)[adopted.key] = client;
  client.emit("initialize", client.settings, client.options);
  replay(client, after);
}

function replay(client: Client, calls: readonly BufferedCall[]): void {
  for (const call of calls) client.push(call);
}

function addDestinations(
  { env, nonce, loadDeadline = LOAD_DEADLINE_MS }: BootParts,
  options: LoadOptions,
  manifest: Manifest,
  client: Client,
  dispatcher: Dispatcher,
): void {
  for (const { name, creationName, reason } of manifest.rejected) dispatcher.reject(name, creationName, reason);
  // Two destinations of one definition share its script.
  const factories = new Map<string, ReturnType<typeof loadFactory>>();
  for (const entry of manifest.remotePlugins) {
    if (!isLoadable(options.integrations, [entry.creationName, entry.name])) continue;
    const script = `${entry.url} ${entry.libraryName}`;
    const factory = factories.get(script) ?? loadFactory(env.window, entry, nonce);
    factories.set(script, factory);
    const load = async (): ReturnType<typeof loadPlugins> =>
      loadPlugins(await factory, { ...entry.settings, ...overridesOf(entry.name, options, manifest) }, client.loadPlugin);
    dispatcher.add(new Destination(entry, env, load, loadDeadline));
  }
}

/** Settings that the manifest or the page gives under the destination's name win (analytics-next lib/merged-options). */
function overridesOf(name: string, { integrations }: LoadOptions, manifest: Manifest): object {
  const published = manifest.integrations[name];
  const chosen = integrations[name];
  return published ? { ...published, ...(isObject(chosen) && chosen) } : {};
}

