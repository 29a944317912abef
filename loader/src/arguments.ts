import { dictionary, isFunction, isObject, isString, isText, type Dictionary } from "./objects";

/** `options` of a call: `integrations`, `context`, `timestamp`, ... */
export type Options = Dictionary;
export type Callback = (...args: unknown[]) => unknown;

export interface TrackCall {
  readonly event: string;
  readonly properties: Dictionary;
  readonly options: Options;
}

export interface PageCall {
  readonly category: string | null;
  readonly name: string | null;
  readonly properties: Dictionary;
  readonly options: Options;
}

export interface UserCall {
  /** Absent where the call named none: the known id stands. */
  readonly id: string | undefined;
  readonly traits: Dictionary;
  readonly options: Options;
}

export interface AliasCall {
  readonly to: string | undefined;
  readonly from: string | null;
  readonly options: Options;
}

type Args = readonly unknown[];

/** The callback of a call, wherever it stands. */
export function callbackOf(args: Args): Callback | undefined {
  return args.find(isFunction);
}

/**
 * track(event, properties?, options?, callback?) or track({event, properties}, options?, callback?).
 * Undefined where no event is named. Rules: analytics-next's core/arguments-resolver.
 */
export function trackCall(args: Args): TrackCall | undefined {
  const [first, second, third] = args;
  const whole = isObject(first);
  const event = whole ? first.event : first;
  if (!isText(event)) return undefined;
  return {
    event,
    properties: dictionary(whole ? first.properties : second),
    options: dictionary(whole && !isFunction(second) ? second : third),
  };
}

/** page([category], [name], properties?, options?, callback?): one string is the name, two are category and name. */
export function pageCall(args: Args): PageCall {
  const [first, second, third] = args;
  const texts = args.filter(isString);
  const [only = null] = texts;
  const two = texts.length === 2;
  const found = args.filter(isObject);
  const objects = found.length > 2 ? [] : found;
  // Without properties before it, an object in the place of the options is the options.
  if (objects.length === 1 && !isObject(third) && isObject(args[3])) objects.unshift({});
  return {
    category: two && isString(first) ? first : null,
    name: two ? (isString(second) ? second : null) : texts.length === 1 ? only : null,
    properties: dictionary(objects[0]),
    options: dictionary(objects[1]),
  };
}

/** identify or group: ([id], traits?, options?, callback?); a number as id becomes text. */
export function userCall(args: Args): UserCall {
  const [first] = args;
  const named = isString(first) || typeof first === "number";
  const rest = named || first === null || first === undefined ? args.slice(1) : args;
  const end = rest.findIndex(isFunction);
  const [traits, options] = end < 0 ? rest : rest.slice(0, end);
  return {
    id: named ? String(first) : undefined,
    traits: dictionary(traits),
    options: dictionary(options),
  };
}

/** alias(to, from?, options?, callback?). */
export function aliasCall(args: Args): AliasCall {
  const [to, from = null] = args
    .map((value, position) => (position < 2 && typeof value === "number" ? String(value) : value))
    .filter(isString);
  return { to, from, options: dictionary(args.find(isObject)) };
}
