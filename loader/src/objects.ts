/** A JSON-like object whose values are not known. */
export type Dictionary = Record<string, unknown>;

/** By tag and not by prototype, so that objects of another frame count. */
export function isObject(value: unknown): value is Dictionary {
  return Object.prototype.toString.call(value) === "[object Object]";
}

/** The value where it is an object, else an empty one. */
export function dictionary(value: unknown): Dictionary {
  return isObject(value) ? value : {};
}

/** A list's texts; anything else is none. */
export function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter(isString) : [];
}

export function isString(value: unknown): value is string {
  return typeof value === "string";
}

/** A string that says something. */
export function isText(value: unknown): value is string {
  return isString(value) && value !== "";
}

// A type predicate to a bare callable is what callers need; the arguments are theirs to know.
export function isFunction(value: unknown): value is (...args: unknown[]) => unknown {
  return typeof value === "function";
}

const MAX_DEPTH = 100;

/**
 * Copies plain objects and arrays all the way down; everything else (dates, functions, elements) is shared.
 * Throws where there is no end: what contains itself could not be sent either.
 */
export function copy<T>(value: T, depth = MAX_DEPTH): T {
  if (!depth) throw new Error("too deep, or contains itself");
  if (Array.isArray(value)) return value.map((item) => copy<unknown>(item, depth - 1)) as T;
  if (!isObject(value)) return value;
  const result: Dictionary = {};
  for (const key of Object.keys(value)) result[key] = copy(value[key], depth - 1);
  return result as T;
}

const UNSAFE = ["__proto__", "constructor", "prototype"];

/** Sets `target.a.b` for the path "a.b", making objects on the way; a path into a prototype is ignored. */
export function setPath(target: Dictionary, path: string, value: unknown): void {
  const keys = path.split(".");
  if (keys.some((key) => UNSAFE.includes(key))) return;
  const last = keys.pop() ?? path;
  let here = target;
  for (const key of keys) {
    const next = here[key];
    here = (typeof next === "object" && next !== null ? next : (here[key] = {})) as Dictionary;
  }
  here[last] = value;
}

/** What `run` returns, or undefined where it throws. */
export function attempt<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch {
    return undefined;
  }
}

/** The text of anything that was thrown. */
export function reasonOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
