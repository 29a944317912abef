import type { Options } from "./arguments";
import { readCookie } from "./cookies";
import type { Environment } from "./environment";
import type { AnalyticsEvent, EventType, Integrations } from "./event";
import type { Identity } from "./identity";
import { attempt, copy, dictionary, isString, setPath, type Dictionary } from "./objects";
import { currentPage, type PageContext } from "./page";

/** Options with these names override the event's own fields; all others are put into its context. */
const EVENT_FIELDS = ["userId", "anonymousId", "timestamp", "messageId"];

/** Makes events of calls as analytics-next does (analytics-core events/index). */
export interface EventFactory {
  /** `fields` are the event's own; `page` is the page as it was at the call, where that is not now. */
  readonly make: (type: EventType, fields: Dictionary, options: Options, page?: PageContext) => AnalyticsEvent;
  /** An event that says nothing, for what happens outside any call. */
  readonly blank: (type: EventType) => AnalyticsEvent;
}

/** `integrations` are those of the load options: the base of every event's. */
export function createEventFactory(env: Environment, user: Identity, integrations: Integrations): EventFactory {
  const blank = (type: EventType): AnalyticsEvent => ({
    timestamp: new Date(env.now()),
    type,
    context: {},
    integrations: {},
    messageId: `edgewise-${env.now()}-${env.uuid()}`,
  });

  const make: EventFactory["make"] = (type, fields, options, page = currentPage(env.window)) => {
    // Before anything writes a cookie: the browser's answer is good until then, and asking anew takes a millisecond.
    const amp = attempt(() => readCookie(env.window, "_ga"));
    // An anonymous id in any call's options becomes the visitor's: sites rely on it.
    if (isString(options.anonymousId)) user.anonymousId(options.anonymousId);
    const { integrations: overrides, context: given, ...rest } = copy(options);
    const event: AnalyticsEvent = { ...blank(type), ...fields };
    const context = (event.context = dictionary(given) as AnalyticsEvent["context"]);
    // Objects among the load options' integrations are settings of a destination, not of an event.
    for (const name of Object.keys(integrations)) event.integrations[name] = Boolean(integrations[name]);
    Object.assign(event.integrations, dictionary(overrides));
    for (const [key, value] of Object.entries(rest)) {
      if (value !== undefined) setPath(EVENT_FIELDS.includes(key) ? event : context, key, value);
    }
    const userId = user.id();
    const anonymousId = user.anonymousId();
    if (userId) event.userId = userId;
    if (anonymousId) event.anonymousId = anonymousId;
    if (amp?.startsWith("amp")) context.amp = { id: amp };
    addPage(event, page);
    return event;
  };

  return { blank, make };
}

/** A page call's properties win over the page's own, in the event and in its context. */
function addPage(event: AnalyticsEvent, page: PageContext): void {
  const { name, context } = event;
  let shown: Dictionary = { ...page };
  if (event.type === "page") {
    const all: Dictionary = (event.properties = { ...page, ...event.properties, ...(name && { name }) });
    shown = Object.fromEntries(Object.keys(page).map((key) => [key, all[key]]));
  }
  context.page = { ...shown, ...context.page };
}
