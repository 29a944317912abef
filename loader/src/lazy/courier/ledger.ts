import { attempt, isObject, type Dictionary } from "../../objects";
import { keysOn, openDisk, prefixOf, write, type Entry } from "../../queue";
import { MAX_WAIT_MS } from "./verdict";

/** Which events are not collected yet: what the site's pages have written down, and what this one could not. */
export interface Ledger {
  /** An entry as it is now; undefined where there is none, or none that can be read. */
  readonly read: (key: string) => Entry | undefined;
  readonly put: (key: string, entry: Entry) => void;
  /** Notes an event that could not be written down, as sent so many times. */
  readonly note: (key: string, tries: number, payload: Dictionary) => void;
  readonly remove: (key: string) => void;
  readonly keys: () => Iterable<string>;
  /** Whether nobody but this page has it. */
  readonly isOnlyHere: (key: string) => boolean;
  /** Until when the collector wants to be left alone, and the same to be set. */
  readonly quietUntil: () => number;
  readonly keepQuiet: (until: number) => void;
}

export function createLedger(window: Window, writeKey: string, persist: boolean, now: () => number): Ledger {
  const prefix = prefixOf(writeKey);
  const disk = openDisk(window, persist);
  /** Entries that are not on the disk; newer where both have one. */
  const memory = new Map<string, Entry>();

  const read = (key: string): Entry | undefined => {
    const entry = memory.get(key) ?? attempt(() => JSON.parse(disk?.getItem(key) ?? "") as unknown);
    if (!Array.isArray(entry) || !isObject(entry[2])) return undefined;
    const [due, tries, payload] = entry as unknown as Entry;
    // Later than anything can have been put off: the clock was wrong then, or is now.
    return [due - now() > 2 * MAX_WAIT_MS ? 0 : due, tries, payload];
  };

  const put = (key: string, entry: Entry): void => {
    if (write(disk, prefix, key, entry)) memory.delete(key);
    else memory.set(key, entry);
  };

  return {
    read,
    put,
    note(key, tries, payload) {
      memory.set(key, [0, tries, payload]);
    },
    remove(key) {
      memory.delete(key);
      disk?.removeItem(key);
    },
    keys: () => new Set([...keysOn(disk, prefix), ...memory.keys()]),
    isOnlyHere: (key) => memory.has(key),
    quietUntil: () => read(prefix)?.[0] ?? 0,
    keepQuiet(until) {
      put(prefix, [until, 0, {}]);
    },
  };
}
