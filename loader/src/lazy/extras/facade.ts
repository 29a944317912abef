import type { AnalyticsEvent } from "../../event";
import { copy, type Dictionary } from "../../objects";

/** Fields that have a reader, whether the event has them or not. */
const FIELDS = (
  "type event properties name category userId anonymousId groupId previousId traits context integrations " +
  "timestamp messageId channel"
).split(" ");

/** What is read under another name than it has in the event. */
const PATHS: Readonly<Record<string, string>> = {
  action: "type",
  sessionId: "anonymousId",
  options: "context",
  userAgent: "context.userAgent",
  timezone: "context.timezone",
  ip: "context.ip",
  library: "context.library",
  device: "context.device",
};

/** The event as middleware gets it: `obj` to be read and changed, and readers that give copies (@segment/facade). */
export function facade(obj: AnalyticsEvent): Dictionary {
  const raw = copy(obj);
  const proxy = (path: string): unknown =>
    copy(path.split(".").reduce<unknown>((here, key) => (here as Dictionary | null | undefined)?.[key], obj));
  const readers: Dictionary = { obj, raw, proxy, field: proxy, json: () => copy(obj), rawEvent: () => raw };
  for (const name of FIELDS) readers[name] = () => proxy(name);
  for (const [name, path] of Object.entries(PATHS)) readers[name] = () => proxy(path);
  readers.enabled = (name: string): boolean => Boolean(obj.integrations[name] ?? obj.integrations.All ?? true);
  return readers;
}
