import type { Integrations } from "./event";

/** The collector's name in `integrations`; `All` does not speak for it. */
export const COLLECTOR = "Segment.io";

/**
 * Whether an event goes to a destination: the first of its names that `integrations` mentions decides, else
 * `All`, else yes. Names are compared as they are written (analytics-core queue/event-queue).
 */
export function isSelected(integrations: Integrations, names: readonly string[]): boolean {
  const named = names.find((name) => integrations[name] !== undefined);
  return integrations[named ?? "All"] !== false;
}

/**
 * Whether a destination's code is loaded at all, by the load options: any of its names set to false, or
 * `All: false` without naming it, keeps it off the page (analytics-next plugins/remote-loader). The same decides whether
 * there is a collector (its browser/index).
 */
export function isLoadable(options: Integrations, names: readonly string[]): boolean {
  if (names.some((name) => options[name] === false)) return false;
  return options.All !== false || names.some((name) => Boolean(options[name]));
}
