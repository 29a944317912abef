import type { Dictionary } from "./objects";

export const EVENT_TYPES = ["track", "page", "identify", "group", "alias", "screen"] as const;
export type EventType = (typeof EVENT_TYPES)[number];

/** `false` switches a destination off, an object or `true` on; `All` speaks for those that are not named. */
export type Integrations = Record<string, boolean | Dictionary | undefined>;

export interface EventContext extends Dictionary {
  page?: Dictionary;
  campaign?: Record<string, string>;
}

/** One message of the Segment spec, as destinations receive it and the collector stores it. */
export interface AnalyticsEvent {
  type: EventType;
  messageId: string;
  timestamp: Date | string;
  userId?: string | null;
  anonymousId?: string | null;
  groupId?: string | null;
  previousId?: string | null;
  event?: string;
  name?: string;
  category?: string;
  properties?: Dictionary;
  traits?: Dictionary;
  context: EventContext;
  integrations: Integrations;
  [key: string]: unknown;
}
