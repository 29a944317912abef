import { beforeEach, describe, expect, test, vi } from "vitest";
import { createIdentity, GROUP_KEYS, USER_KEYS, type Identity } from "../src/identity";
import { cookieStore, openStores } from "../src/storage";
import { freshPage, type FakePage } from "./harness";

let page: FakePage;

beforeEach(() => {
  page = freshPage();
});

function user(kinds: readonly string[] = ["localStorage", "cookie", "memory"], persist = true): Identity {
  return createIdentity(openStores(page.env, persist, kinds, () => cookieStore(page.env, {})), USER_KEYS, page.env.uuid);
}

describe("an identity", () => {
  test("is kept under the official client's names, in cookie and localStorage", () => {
    const one = user();
    const anonymous = one.anonymousId();
    one.identify("u 1@x", { plan: "pro" });
    expect(document.cookie.split("; ").sort()).toEqual([
      `ajs_anonymous_id=${String(anonymous)}`,
      "ajs_user_id=u%201@x",
    ]);
    expect(localStorage.getItem("ajs_anonymous_id")).toBe(JSON.stringify(anonymous));
    expect(localStorage.getItem("ajs_user_id")).toBe('"u 1@x"');
    expect(localStorage.getItem("ajs_user_traits")).toBe('{"plan":"pro"}');
  });

  test("an anonymous id that is lost in one store comes back from the other, and the cookie wins a disagreement", () => {
    document.cookie = "ajs_anonymous_id=from-cookie; path=/";
    expect(user().anonymousId()).toBe("from-cookie");
    expect(localStorage.getItem("ajs_anonymous_id")).toBe('"from-cookie"');
    localStorage.setItem("ajs_anonymous_id", '"from-storage"');
    expect(user().anonymousId()).toBe("from-cookie");
    document.cookie = "ajs_anonymous_id=; path=/; expires=Thu, 01 Jan 1970 00:00:00 GMT";
    localStorage.setItem("ajs_anonymous_id", '"only-storage"');
    expect(user().anonymousId()).toBe("only-storage");
    expect(document.cookie).toContain("ajs_anonymous_id=only-storage");
  });

  test("the same person's traits are added up, another person's start anew with a new anonymous id", () => {
    const one = user();
    const first = one.anonymousId();
    one.identify(undefined, { a: 1 });
    one.identify("u1", { b: 2 });
    expect(one.traits()).toEqual({ a: 1, b: 2 });
    expect(one.anonymousId()).toBe(first);
    one.identify("u2", { c: 3 });
    expect(one.traits()).toEqual({ c: 3 });
    expect(one.anonymousId()).not.toBe(first);
  });

  test("a reset forgets everything, and the next anonymous id is new", () => {
    const one = user();
    const first = one.anonymousId();
    one.identify("u1", { a: 1 });
    one.reset();
    expect([one.id(), one.traits()]).toEqual([null, {}]);
    expect(one.anonymousId()).not.toBe(first);
  });

  test("nobody is known where the official client wrote that it knows nobody", () => {
    localStorage.setItem("ajs_user_id", "null");
    localStorage.setItem("ajs_anonymous_id", "null");
    expect(user().id()).toBeNull();
    expect(user().anonymousId()).toMatch(/^0{8}-/);
  });

  test("what it gives out cannot be changed from outside", () => {
    const one = user();
    one.traits({ a: 1 });
    one.traits().a = 2;
    expect(one.traits()).toEqual({ a: 1 });
  });

  test("without persistence it lives as long as the page and leaves nothing behind", () => {
    const one = user(undefined, false);
    one.identify("u1", { a: 1 });
    expect([one.id(), one.traits(), one.anonymousId() === one.anonymousId()]).toEqual(["u1", { a: 1 }, true]);
    expect([localStorage.length, document.cookie]).toEqual([0, ""]);
  });

  test("without any store nobody is known", () => {
    const one = createIdentity([], USER_KEYS, page.env.uuid);
    one.identify("u1", { a: 1 });
    expect([one.id(), one.anonymousId(), one.traits()]).toEqual([null, null, {}]);
  });

  test("storage that throws counts as empty", () => {
    const broken = vi.spyOn(Storage.prototype, "setItem").mockImplementation(() => {
      throw new Error("full");
    });
    const one = user();
    one.identify("u1", { a: 1 });
    expect([one.id(), one.traits()]).toEqual(["u1", { a: 1 }]);
    broken.mockRestore();
  });

  test("a group has its own names and no anonymous id", () => {
    const group = createIdentity(openStores(page.env, true, ["localStorage"], () => cookieStore(page.env, {})), GROUP_KEYS, page.env.uuid);
    group.identify("g1", { size: 3 });
    expect([
      localStorage.getItem("ajs_group_id"),
      localStorage.getItem("ajs_group_properties"),
      group.anonymousId(),
    ]).toEqual(['"g1"', '{"size":3}', null]);
  });
});
