import { AnalyticsBrowser } from "@segment/analytics-next";
import { describe, expect, test, vi } from "vitest";
import { createIdentity, USER_KEYS, type Identity } from "../../src/identity";
import { cookieStore, openStores } from "../../src/storage";
import { freshPage, manifest } from "../harness";

/** The official client's user on the same page, with the same storage. */
async function officialUser(): Promise<Identity> {
  vi.stubGlobal("fetch", () => Promise.resolve(new Response("{}")));
  const [client] = await AnalyticsBrowser.load({ writeKey: "wk_1", cdnSettings: manifest() as never });
  return client.user() as unknown as Identity;
}

describe("an identity", () => {
  test("of the official client is taken over, and the other way round", async () => {
    const page = freshPage();
    const theirs = await officialUser();
    const anonymous = theirs.anonymousId();
    theirs.identify("u1", { plan: "pro" });
    const ours = createIdentity(
      openStores(page.env, true, ["localStorage", "cookie", "memory"], () => cookieStore(page.env, {})),
      USER_KEYS,
      page.env.uuid,
    );
    expect([ours.id(), ours.anonymousId(), ours.traits()]).toEqual(["u1", anonymous, { plan: "pro" }]);
    ours.identify("u1", { age: 3 });
    const again = await officialUser();
    expect([again.id(), again.anonymousId(), again.traits()]).toEqual(["u1", anonymous, { plan: "pro", age: 3 }]);
  });
});
