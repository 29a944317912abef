import type { AnalyticsEvent } from "./event";
import { copy, setPath, type Dictionary } from "./objects";

export interface LogMessage {
  readonly level: string;
  readonly message: string;
  readonly time: Date;
  readonly extras?: Dictionary;
}

const nothing = (): void => undefined;

/** One event on its way, as plugins of analytics-next receive it (its core/context). */
export class Context {
  attempts = 1;
  readonly stats = { increment: nothing, gauge: nothing, flush: nothing };
  readonly logger = this;
  private readonly messages: LogMessage[] = [];
  private failure: { reason: unknown } | undefined;

  constructor(
    public event: AnalyticsEvent,
    readonly id: string,
    private readonly now: () => number,
  ) {}

  /** A copy that its receiver may change without anybody else seeing it. */
  fork(): Context {
    return new Context(copy(this.event), this.id, this.now);
  }

  isSame(other: Context): boolean {
    return other.id === this.id;
  }

  /** Sets a dotted path of the event; an integration that is switched off stays so. */
  updateEvent(path: string, value: unknown): AnalyticsEvent {
    const [head, name = ""] = path.split(".");
    if (head !== "integrations" || this.event.integrations[name] !== false) setPath(this.event, path, value);
    return this.event;
  }

  /** Stops this event's delivery by the plugin that calls it (remote plugin contract). */
  cancel(error?: Error): never {
    throw error ?? new Error("canceled");
  }

  log(level: string, message: string, extras?: Dictionary): void {
    this.messages.push({ level, message, time: new Date(this.now()), ...(extras && { extras }) });
  }

  logs(): readonly LogMessage[] {
    return this.messages;
  }

  /** Prints what was logged. */
  flush(): void {
    console.log("[edgewise]", this.event, this.messages);
  }

  failedDelivery(): { reason: unknown } | undefined {
    return this.failure;
  }

  setFailedDelivery(failure: { reason: unknown }): void {
    this.failure = failure;
  }

  toJSON(): Dictionary {
    return { id: this.id, event: this.event, logs: this.messages };
  }
}
