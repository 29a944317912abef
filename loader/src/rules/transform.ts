import { setPath, type Dictionary } from "../objects";
import { removeAt, valueAt } from "./paths";
import type { Rare } from "./rare";

/** Path -> names of fields there. */
type Fields = Record<string, string[]>;

interface Change {
  readonly copy?: string;
  readonly move?: string;
  readonly set?: unknown;
  readonly to_string?: boolean;
}

interface Config {
  readonly drop?: Fields;
  readonly allow?: Fields;
  readonly map?: Record<string, Change>;
  readonly sample?: { readonly percent: number; readonly path?: string };
}

export interface Transformer {
  readonly type: string;
  readonly config: Config;
}

/** Runs `change` on the object at each path, and on each object of a list there; "" is the event itself. */
function atEach(
  event: Dictionary,
  fields: Fields | undefined,
  change: (target: Dictionary, names: string[]) => void,
): void {
  for (const [path, names] of Object.entries(fields as Fields)) {
    for (const target of [path === "" ? event : valueAt(event, path)].flat()) {
      if (typeof target === "object" && target !== null) change(target as Dictionary, names);
    }
  }
}

function map(event: Dictionary, changes: Config["map"]): void {
  // Values are those of before the first change.
  const before: unknown = JSON.parse(JSON.stringify(event));
  for (const [path, change] of Object.entries(changes ?? {})) {
    const parent = path.split(".").slice(0, -1).join(".");
    if (parent && typeof valueAt(before, parent) !== "object") continue;
    const { copy, move } = change;
    const source = copy || move;
    if (source) {
      const value = valueAt(before, source);
      if (value !== undefined) setPath(event, path, value);
      if (!copy) removeAt(event, source);
    } else if ("set" in change) setPath(event, path, change.set);
    if (change.to_string) {
      const value = valueAt(event, path);
      if (typeof value !== "string" && (typeof value !== "object" || value === null))
        setPath(event, path, value === undefined ? "undefined" : JSON.stringify(value));
    }
  }
}

/** Whether an event is in the sample: by chance, or for all events with the same value at a path alike. */
function isSampled(event: Dictionary, { sample }: Config, { md5Fraction }: Rare): boolean {
  const { percent, path } = sample as NonNullable<Config["sample"]>;
  if (percent <= 0 || percent >= 1) return percent > 0;
  if (!path) return Math.random() <= percent;
  // There is no JSON of what is missing.
  const json = JSON.stringify(valueAt(event, path)) as string | undefined;
  return md5Fraction(String(json)) < percent;
}

/** Applies transformers in turn to the event itself; false where one drops it. Throws at one that is not known. */
export function transform(event: Dictionary, transformers: readonly Transformer[], rare: Rare): boolean {
  for (const { type, config } of transformers) {
    switch (type) {
      case "drop":
        return false;
      case "sample_event":
        if (!isSampled(event, config, rare)) return false;
        break;
      case "drop_properties":
        atEach(event, config.drop, (target, names) => {
          for (const name of names) Reflect.deleteProperty(target, name);
        });
        break;
      case "allow_properties":
        atEach(event, config.allow, (target, names) => {
          for (const name of Object.keys(target)) if (!names.includes(name)) Reflect.deleteProperty(target, name);
        });
        break;
      case "map_properties":
        map(event, config.map);
        break;
      // For servers only.
      case "hash_properties":
        break;
      default:
        throw new Error(`there is no transformer ${type}`);
    }
  }
  return true;
}
