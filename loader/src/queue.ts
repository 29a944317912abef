import { attempt, type Dictionary } from "./objects";

/** An event that is not collected yet: when it may be sent (milliseconds since 1970), its tries so far, its payload. */
export type Entry = readonly [due: number, tries: number, payload: Dictionary];

/**
 * The events of one write key that are not collected yet, in localStorage. All pages of the site share them: each is an
 * item of its own, so that two tabs which write at once lose nothing. Undefined where the browser refuses storage.
 */
export type Disk = globalThis.Storage | undefined;

/** What one write key may take of the site's localStorage: entries, and characters of each. */
export const MAX_ENTRIES = 100;
export const MAX_LENGTH = 20_000;

/**
 * What the keys of a source's entries begin with, each event's id behind it. With nothing behind it stands, as an entry
 * without an event, how long the collector wants to be left alone.
 */
export const prefixOf = (writeKey: string): string => `edgewise:${writeKey}:`;

export function openDisk(window: Window, persist: boolean): Disk {
  // Reading the property itself may throw.
  return persist ? attempt(() => window.localStorage) : undefined;
}

export function keysOn(disk: Disk, prefix: string): string[] {
  return Object.keys(disk ?? {}).filter((key) => key.startsWith(prefix));
}

/** True where the entry is written down now: there may be no storage, or no room in it. */
export function write(disk: Disk, prefix: string, key: string, entry: Entry): boolean | undefined {
  return attempt(() => {
    const text = JSON.stringify(entry);
    if (!disk || text.length > MAX_LENGTH) return false;
    disk.setItem(key, text);
    if (keysOn(disk, prefix).length <= MAX_ENTRIES) return true;
    disk.removeItem(key);
    return false;
  });
}
