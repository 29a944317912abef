import { isString, type Dictionary } from "../objects";

/**
 * The value at a dotted path; a number or a boolean in its place names the whole event, as it does in tsub, and
 * nothing at all is a fault.
 */
export function valueAt(event: unknown, path: unknown): unknown {
  if (path === undefined) throw new Error("a path is missing");
  if (!isString(path)) return event;
  return path
    .split(".")
    .reduce<unknown>((at, key) => (at ? (at as Dictionary)[key] : undefined), event);
}

/** Removes what a dotted path names, where that is there and not empty; `\.` is a dot within a name. */
export function removeAt(event: Dictionary, path: string): void {
  if (!valueAt(event, path)) return;
  const keys = path.split(".");
  let last = keys.pop() ?? path;
  while (keys[keys.length - 1]?.endsWith("\\")) last = `${keys.pop()?.slice(0, -1) ?? ""}.${last}`;
  const parent = keys.length > 0 ? valueAt(event, keys.join(".")) : event;
  Reflect.deleteProperty(parent as Dictionary, last);
}
