import type { AliasCall, Options, PageCall, TrackCall, UserCall } from "./arguments";
import type { Environment } from "./environment";
import type { AnalyticsEvent, EventContext, EventType, Integrations } from "./event";
import type { Identity } from "./identity";
import { copy, isObject, isString, setPath, type Dictionary } from "./objects";
import { currentPage, type PageContext } from "./page";

/** Options with these names override the event's own fields; all others are put into its context. */
const EVENT_FIELDS = ["userId", "anonymousId", "timestamp", "messageId"];

/** Makes events of calls as analytics-next does (analytics-core events/index). */
export class EventFactory {
  constructor(
    private readonly env: Environment,
    private readonly user: Identity,
    /** `integrations` of the load options: the base of every event's. */
    private readonly integrations: Integrations,
  ) {}

  track({ event, properties, options }: TrackCall, page?: PageContext): AnalyticsEvent {
    return this.make("track", { event, properties: copy(properties) }, options, page);
  }

  page(type: "page" | "screen", call: PageCall, page?: PageContext): AnalyticsEvent {
    const { category, name } = call;
    const properties = copy(call.properties);
    if (category !== null && type === "page") properties.category = category;
    return this.make(
      type,
      { properties, ...(category !== null && { category }), ...(name !== null && { name }) },
      call.options,
      page,
    );
  }

  identify({ options }: UserCall, page?: PageContext): AnalyticsEvent {
    return this.make("identify", { userId: this.user.id() ?? null, traits: this.user.traits() }, options, page);
  }

  group({ options }: UserCall, group: Identity, page?: PageContext): AnalyticsEvent {
    return this.make("group", { groupId: group.id() ?? null, traits: group.traits() }, options, page);
  }

  alias({ to, from, options }: AliasCall, page?: PageContext): AnalyticsEvent {
    return this.make("alias", { userId: to ?? null, ...(from !== null && { previousId: from }) }, options, page);
  }

  private make(type: EventType, fields: Dictionary, options: Options, page = currentPage(this.env.window)): AnalyticsEvent {
    // An anonymous id in any call's options becomes the visitor's: sites rely on it.
    if (isString(options.anonymousId) && options.anonymousId) this.user.anonymousId(options.anonymousId);
    const { integrations: overrides, context: given, ...rest } = copy(options);
    const context: EventContext = isObject(given) ? given : {};
    const event: AnalyticsEvent = {
      timestamp: new Date(this.env.now()),
      type,
      ...fields,
      context,
      integrations: { ...this.baseIntegrations(), ...(isObject(overrides) && (overrides as Integrations)) },
      messageId: `edgewise-${String(this.env.now())}-${this.env.uuid()}`,
    };
    for (const [key, value] of Object.entries(rest)) {
      if (value !== undefined) setPath(EVENT_FIELDS.includes(key) ? event : context, key, value);
    }
    const userId = this.user.id();
    const anonymousId = this.user.anonymousId();
    if (userId) event.userId = userId;
    if (anonymousId) event.anonymousId = anonymousId;
    addPage(event, page);
    return event;
  }

  /** The load options' integrations as yes or no: their objects are settings of the destination, not of an event. */
  private baseIntegrations(): Integrations {
    return Object.fromEntries(Object.entries(this.integrations).map(([name, value]) => [name, Boolean(value)]));
  }
}

/** A page call's properties win over the page's own, in the event and in its context. */
function addPage(event: AnalyticsEvent, page: PageContext): void {
  const own: Dictionary = {};
  if (event.type === "page") {
    for (const key of Object.keys(page)) {
      if (event.properties && key in event.properties) own[key] = event.properties[key];
    }
    event.properties = { ...page, ...event.properties, ...(event.name && { name: event.name }) };
  }
  event.context.page = { ...page, ...own, ...event.context.page };
}
