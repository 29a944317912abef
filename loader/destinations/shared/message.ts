import type { Dictionary } from "../../src/objects";

/** An event as destinations read it: what the client passes, less what they may not rely on. */
export interface AnalyticsEvent {
  readonly type: string;
  readonly messageId?: string;
  readonly userId?: string | null;
  readonly anonymousId?: string | null;
  readonly groupId?: string | null;
  readonly previousId?: string | null;
  readonly event?: string;
  readonly name?: string;
  readonly category?: string;
  readonly properties?: Dictionary;
  readonly traits?: Dictionary;
  readonly context?: Dictionary;
  readonly integrations?: Dictionary;
}

/** A property as a finite number; text such as "12.50" counts. */
export function numberOf(value: unknown): number | undefined {
  if (typeof value !== "number" && (typeof value !== "string" || value.trim() === "")) return undefined;
  const result = Number(value);
  return Number.isFinite(result) ? result : undefined;
}

/** A property as text; numbers count, since ids are often sent as such. */
export function textOf(value: unknown): string | undefined {
  if (typeof value === "number") return String(value);
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** The value at a dotted path such as "context.page.title". */
export function at(source: unknown, path: string): unknown {
  return path.split(".").reduce<unknown>((here, key) => (here as Dictionary | null | undefined)?.[key], source);
}

/** The object without these fields. */
export function without(fields: Dictionary, ...names: readonly string[]): Dictionary {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name)));
}

/** The object without the fields that are undefined. */
export function defined(fields: Dictionary): Dictionary {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
