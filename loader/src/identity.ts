import { dictionary, type Dictionary } from "./objects";
import { createStorage, type Store } from "./storage";

/** The names under which an identity is kept: those of the official client, so that a site can switch either way. */
export interface IdentityKeys {
  readonly id: string;
  readonly traits: string;
  /** Absent for a group, which has no anonymous id. */
  readonly anonymousId?: string;
}

export const USER_KEYS: IdentityKeys = {
  id: "ajs_user_id",
  traits: "ajs_user_traits",
  anonymousId: "ajs_anonymous_id",
};
export const GROUP_KEYS: IdentityKeys = { id: "ajs_group_id", traits: "ajs_group_properties" };

/** Who the visitor is (`user()`), or which group they belong to (`group()`): analytics-next's core/user. */
export interface Identity {
  /** The known id, or sets it; null forgets it. Another person than before gets a new anonymous id. */
  readonly id: (id?: string | null) => string | null;
  /** The anonymous id, made where there is none; a text sets it, null forgets it. */
  readonly anonymousId: (id?: string | null) => string | null;
  /** The known traits, or replaces them; null empties them. */
  readonly traits: (traits?: Dictionary | null) => Dictionary;
  /** Adds traits to those of nobody or of this same id, or replaces those of another; an empty id is not kept. */
  readonly identify: (id: string | null | undefined, traits: Dictionary) => void;
  readonly reset: () => void;
  readonly logout: () => void;
}

export function createIdentity(stores: readonly Store[], keys: IdentityKeys, uuid: () => string): Identity {
  const ids = createStorage(stores);
  // Traits are too big for a cookie.
  const others = stores.filter(({ isCookie }) => !isCookie);
  const traitStore = createStorage(others);
  // Where stores disagree, a cookie's anonymous id stands: only cookies are shared by subdomains.
  const shared = createStorage(stores.filter(({ isCookie }) => isCookie).concat(others));

  const reset = (): void => {
    if (keys.anonymousId) ids.clear(keys.anonymousId);
    ids.clear(keys.id);
    traitStore.clear(keys.traits);
  };

  const identity: Identity = {
    id(id) {
      if (id !== undefined) {
        const before = ids.sync(keys.id);
        ids.set(keys.id, id);
        if (id !== null && before !== null && id !== before) identity.anonymousId(null);
      }
      return ids.sync(keys.id);
    },
    anonymousId(id) {
      const key = keys.anonymousId;
      if (!key || !stores[0]) return null;
      if (id !== undefined) {
        shared.set(key, id);
        return shared.sync(key);
      }
      const known = shared.sync(key);
      if (known) return known;
      shared.set(key, uuid());
      // Whichever store is the quickest to ask says whether it was kept: a cookie that was just written is not.
      return ids.get(key) as string | null;
    },
    traits(traits) {
      if (traits !== undefined) traitStore.set(keys.traits, traits ?? {});
      return { ...dictionary(traitStore.get(keys.traits)) };
    },
    identify(id, traits) {
      const current = identity.id();
      const same = current === null || id === current;
      if (id) identity.id(id);
      identity.traits(same ? { ...identity.traits(), ...traits } : traits);
    },
    reset,
    logout: reset,
  };
  return identity;
}
