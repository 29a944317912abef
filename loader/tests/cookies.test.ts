import Cookies from "js-cookie";
import fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";
import { cookieDomain, readCookie, writeCookie } from "../src/cookies";
import type { Environment } from "../src/environment";
import { freshPage, type FakePage } from "./harness";

let page: FakePage;

beforeEach(() => {
  page = freshPage();
});

/** An environment whose document remembers the text of every cookie that is set. */
function recording(hostname: string, accepts: (domain: string) => boolean): { env: Environment; written: string[] } {
  const written: string[] = [];
  let jar = "";
  const document = {
    get cookie() {
      return jar;
    },
    set cookie(text: string) {
      written.push(text);
      const domain = /domain=([^;]+)/.exec(text)?.[1] ?? "";
      if (accepts(domain)) jar = text.includes("1970") ? "" : (text.split(";")[0] ?? "");
    },
  };
  return { env: { ...page.env, window: { document, location: { hostname } } as unknown as Window }, written };
}

describe("cookies", () => {
  test("are encoded so that js-cookie, which the official client uses, reads what we write and writes what we read", () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1, unit: "grapheme" }).filter((text) => !text.startsWith('"')),
        (text) => {
          writeCookie(page.env, "probe", text, {});
          expect(Cookies.get("probe")).toBe(text);
          const ours = document.cookie;
          Cookies.set("probe", text);
          expect(document.cookie).toBe(ours);
          expect(readCookie(window, "probe")).toBe(text);
        },
      ),
    );
  });

  test("live a year, on the whole site, and are sent to it only", () => {
    const { env, written } = recording("shop.example", () => true);
    writeCookie(env, "a", "b", {});
    expect(written).toEqual([
      `a=b; path=/; expires=${new Date(page.time + 365 * 86_400_000).toUTCString()}; sameSite=Lax`,
    ]);
  });

  test("take the page's options", () => {
    const { env, written } = recording("shop.example", () => true);
    writeCookie(env, "a", "b", { maxage: 1, domain: "x.example", path: "/p", secure: true, sameSite: "None" });
    expect(written[0]).toBe(
      `a=b; path=/p; expires=${new Date(page.time + 86_400_000).toUTCString()}; domain=x.example; sameSite=None; secure`,
    );
  });

  test("are put on the widest domain that the browser allows, which is not a public suffix", () => {
    const { env } = recording(
      "a.shop.co.example",
      (domain) => domain === "shop.co.example" || domain === "a.shop.co.example",
    );
    expect(cookieDomain(env)).toBe("shop.co.example");
  });

  test("have no domain on localhost and on addresses", () => {
    expect(cookieDomain(recording("localhost", () => true).env)).toBeUndefined();
    expect(cookieDomain(recording("127.0.0.1", () => true).env)).toBeUndefined();
  });
});
