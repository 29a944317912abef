import type { AnalyticsEvent } from "./message";
import type { Settings } from "./settings";

const viewed = (name: string): string => `Viewed ${name} Page`;

/**
 * The event that stands for a page call at vendors that know events only: by the settings `trackAllPages`,
 * `trackNamedPages` and `trackCategorizedPages`, the most specific name first. Undefined: not to be sent.
 */
export function pageEvent(
  { name, category, properties }: AnalyticsEvent,
  settings: Settings,
  defaults: { readonly named: boolean; readonly categorized: boolean },
): string | undefined {
  const section = category ?? (typeof properties?.category === "string" ? properties.category : undefined);
  if (name && settings.flag("trackNamedPages", defaults.named)) return viewed(section ? `${section} ${name}` : name);
  if (section && settings.flag("trackCategorizedPages", defaults.categorized)) return viewed(section);
  return settings.flag("trackAllPages", false) ? "Loaded a Page" : undefined;
}
