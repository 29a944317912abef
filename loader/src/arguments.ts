import { isFunction, isObject, isString, type Dictionary } from "./objects";

/** `options` of a call: `integrations`, `context`, `timestamp`, ... */
export type Options = Dictionary;
export type Callback = (...args: unknown[]) => unknown;

export interface TrackCall {
  readonly event: string;
  readonly properties: Dictionary;
  readonly options: Options;
  readonly callback: Callback | undefined;
}

export interface PageCall {
  readonly category: string | null;
  readonly name: string | null;
  readonly properties: Dictionary;
  readonly options: Options;
  readonly callback: Callback | undefined;
}

export interface UserCall {
  /** Absent where the call named none: the known id stands. */
  readonly id: string | undefined;
  readonly traits: Dictionary;
  readonly options: Options;
  readonly callback: Callback | undefined;
}

export interface AliasCall {
  readonly to: string | undefined;
  readonly from: string | null;
  readonly options: Options;
  readonly callback: Callback | undefined;
}

type Args = readonly unknown[];

const objectOr = (value: unknown): Dictionary => (isObject(value) ? value : {});

/**
 * track(event, properties?, options?, callback?) or track({event, properties}, options?, callback?).
 * Undefined where no event is named. Rules: analytics-next's core/arguments-resolver.
 */
export function trackCall(args: Args): TrackCall | undefined {
  const [first, second, third] = args;
  const whole = isObject(first);
  const event = whole ? first.event : first;
  if (!isString(event) || event === "") return undefined;
  return {
    event,
    properties: objectOr(whole ? first.properties : second),
    options: objectOr(whole ? second : third),
    callback: args.find(isFunction),
  };
}

/** page([category], [name], properties?, options?, callback?): one string is the name, two are category and name. */
export function pageCall(args: Args): PageCall {
  const strings = args.filter(isString);
  const two = strings.length === 2;
  const found = args.filter(isObject);
  const objects = found.length > 2 ? [] : found;
  // Without properties before it, an object in the place of the options is the options.
  const onlyOptions = objects.length === 1 && !isObject(args[2]) && isObject(args[3]);
  const [properties, options] = onlyOptions ? [{}, objects[0]] : objects;
  return {
    category: two && isString(args[0]) ? args[0] : null,
    name: two ? (isString(args[1]) ? args[1] : null) : strings.length === 1 ? (strings[0] ?? null) : null,
    properties: properties ?? {},
    options: options ?? {},
    callback: args.find(isFunction),
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
    traits: objectOr(traits),
    options: objectOr(options),
    callback: args.find(isFunction),
  };
}

/** alias(to, from?, options?, callback?). */
export function aliasCall(args: Args): AliasCall {
  const [to, from = null] = args.map((value) => (typeof value === "number" ? String(value) : value)).filter(isString);
  return { to, from, options: args.find(isObject) ?? {}, callback: args.find(isFunction) };
}
