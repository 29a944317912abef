import { dictionary, isFunction, isString, type Dictionary } from "./objects";

export const DEFAULT_KEY = "analytics";
/**
 * Attributes of the script's tag that name the global: our snippet's and the official one's. Ours differs because
 * the official client takes the first tag on the page that has its attribute for its own.
 */
const KEY_ATTRIBUTES = ["data-edgewise-global", "data-global-segment-analytics-key"];

/** A call that the snippet buffered: `[method, ...args]`. */
export type BufferedCall = readonly [method: string, ...args: unknown[]];

/** The snippet's array: buffered calls, with the stubs and what `load` was given. */
export type Stub = unknown[] & Dictionary;

/** What this script found on the page and takes over. */
export interface Adopted {
  /** The name of the global under which the client appears. */
  readonly key: string;
  /** Empty, and nobody else's, where the page has none for this source. */
  readonly stub: Stub;
  /** False where the global holds the array of another source whose script is still to come. */
  readonly takesGlobal: boolean;
}

/** The page's script tag for a write key, if it has one. */
function scriptOf(document: Document, writeKey: unknown): Element | null {
  // What is no write key must not get into a selector.
  if (!isString(writeKey) || /[^\w-]/.test(writeKey)) return null;
  return document.querySelector(`script[src*="/analytics.js/v1/${writeKey}/"]`);
}

/**
 * Finds the snippet of this script; undefined where its source has a client on this page already. The attribute is
 * read from this script's own tag, never from the first one that has it: with two sources on a page that would be
 * the other's.
 */
export function adopt(window: Window, writeKey: string, tag?: Element): Adopted | undefined {
  const { document } = window;
  // A page may run the script in a way that leaves `document.currentScript` empty.
  const script = tag ?? scriptOf(document, writeKey);
  const key = KEY_ATTRIBUTES.map((name) => script?.getAttribute(name)).find(Boolean) ?? DEFAULT_KEY;
  const found = (window as unknown as Dictionary)[key];
  // A page that has the script twice must not have every event twice.
  if (dictionary(dictionary(found).settings).writeKey === writeKey) return undefined;
  const stub = (Array.isArray(found) ? found : []) as Stub;
  // A key that only the snippet's text names, and no script, is a key that somebody forgot to change.
  const foreign = stub._writeKey !== writeKey && scriptOf(document, stub._writeKey) !== null;
  return { key, stub: foreign ? ([] as unknown as Stub) : stub, takesGlobal: !foreign };
}

/** Takes the buffered calls out of the array; what is not a call is left out. */
export function takeCalls(stub: Stub): BufferedCall[] {
  return stub.splice(0).filter((call): call is BufferedCall => Array.isArray(call) && isString(call[0]));
}

/** References to the array that the page kept work on, for this client and not for whoever has the global now. */
export function redirect(stub: Stub, methods: Dictionary): void {
  for (const [name, stubbed] of Object.entries(stub)) {
    if (isFunction(stubbed) && isFunction(methods[name])) stub[name] = methods[name];
  }
  stub.push = methods.push as typeof stub.push;
}

/** What is replayed before the destinations are there, and what right after them, whenever it was called. */
const BEFORE = ["setAnonymousId", "on"];
const PLUGINS = ["register", "addSourceMiddleware", "addDestinationMiddleware"];

/**
 * The order in which the official client replays: `setAnonymousId`, `on`; then plugins and middleware; then the
 * rest, grouped by method in the order in which each method was first called (analytics-next core/buffer). Middleware
 * of destinations comes early too: there it races with the first event.
 */
export function replayOrder(
  calls: readonly BufferedCall[],
): readonly [before: BufferedCall[], plugins: BufferedCall[], after: BufferedCall[]] {
  const of = (names: readonly string[]): BufferedCall[] =>
    names.flatMap((name) => calls.filter(([method]) => method === name));
  const early = [...BEFORE, ...PLUGINS];
  const rest = new Set(calls.map(([method]) => method).filter((method) => !early.includes(method)));
  return [of(BEFORE), of(PLUGINS), of([...rest])];
}
