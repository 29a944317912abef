import { isObject, type Dictionary } from "./objects";
import { Storage, type Store } from "./storage";

/** The names under which an identity is kept: those of the official client, so that a site can switch either way. */
export interface IdentityKeys {
  readonly id: string;
  readonly traits: string;
  /** Absent for a group, which has no anonymous id. */
  readonly anonymousId?: string;
}

export const USER_KEYS: IdentityKeys = { id: "ajs_user_id", traits: "ajs_user_traits", anonymousId: "ajs_anonymous_id" };
export const GROUP_KEYS: IdentityKeys = { id: "ajs_group_id", traits: "ajs_group_properties" };

/** Who the visitor is (`user()`), or which group they belong to (`group()`): analytics-next's core/user. */
export class Identity {
  private readonly ids: Storage;
  private readonly traitStore: Storage;

  constructor(
    stores: readonly Store[],
    private readonly keys: IdentityKeys,
    private readonly uuid: () => string,
  ) {
    this.ids = new Storage(stores);
    // Traits are too big for a cookie.
    this.traitStore = new Storage(stores.filter(({ kind }) => kind !== "cookie"));
  }

  /** The known id, or sets it; null forgets it. Another person than before gets a new anonymous id. */
  readonly id = (id?: string | null): string | null => {
    if (id !== undefined) {
      const before = this.ids.sync(this.keys.id);
      this.ids.set(this.keys.id, id);
      if (id !== null && before !== null && id !== before) this.anonymousId(null);
    }
    return this.ids.sync(this.keys.id);
  };

  /** The anonymous id, made where there is none; a text sets it, null forgets it. */
  readonly anonymousId = (id?: string | null): string | null => {
    const { anonymousId: key } = this.keys;
    if (key === undefined || this.ids.stores.length === 0) return null;
    if (id === null) {
      this.ids.clear(key);
      return null;
    }
    const known = id === undefined ? this.ids.sync(key, true) : id;
    if (known) {
      if (id !== undefined) this.ids.set(key, known);
      return known;
    }
    const made = this.uuid();
    this.ids.set(key, made);
    return made;
  };

  /** The known traits, or replaces them; null empties them. */
  readonly traits = (traits?: Dictionary | null): Dictionary => {
    if (traits !== undefined) this.traitStore.set(this.keys.traits, traits ?? {});
    const known = this.traitStore.get(this.keys.traits);
    return isObject(known) ? { ...known } : {};
  };

  /** Adds traits to those of the same person, or replaces those of another. */
  readonly identify = (id: string | null | undefined, traits: Dictionary): void => {
    const current = this.id();
    const same = current === null || id === undefined || id === null || id === current;
    if (id) this.id(id);
    this.traits(same ? { ...this.traits(), ...traits } : traits);
  };

  readonly reset = (): void => {
    if (this.keys.anonymousId !== undefined) this.ids.clear(this.keys.anonymousId);
    this.ids.clear(this.keys.id);
    this.traitStore.clear(this.keys.traits);
  };

  readonly logout = this.reset;

  /** Kept for code written against the official client: values are stored as they are set. */
  readonly save = (): boolean => true;
  readonly load = (): this => this;
}
