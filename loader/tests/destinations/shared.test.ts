import { beforeEach, describe, expect, test, vi } from "vitest";
import { productsOf, quantityOf, worthOf } from "../../destinations/shared/commerce";
import { FirstView } from "../../destinations/shared/first-view";
import { flat } from "../../destinations/shared/flat";
import { claim, SecondAccountError } from "../../destinations/shared/only-one";
import { Waiting } from "../../destinations/shared/waiting";
import { freshPage } from "../harness";

beforeEach(() => {
  freshPage();
});

describe("what destinations share", () => {
  test("one account of a vendor has the page, whichever build of a bundle asks", async () => {
    claim("V", "1");
    claim("V", "1");
    claim("W", "2");
    expect(() => {
      claim("V", "2");
    }).toThrow(SecondAccountError);
    vi.resetModules();
    const other = await import("../../destinations/shared/only-one");
    expect(() => {
      other.claim("V", "2");
    }).toThrow("V knows one account per page, and this page has 1 already: remove it, or the destination for 2");
  });

  test("the first page call is the view that was counted, only if it is for that page", () => {
    const view = new FirstView();
    const call = (url: string) => ({ type: "page", context: { page: { url } } });
    expect(view.isThisOne(call(location.href))).toBe(false);
    view.start();
    expect(view.isThisOne(call(location.href.split("#")[0] ?? ""))).toBe(true);
    expect(view.isThisOne(call(location.href))).toBe(false);
    view.start();
    expect(view.isThisOne(call("https://shop.example/other"))).toBe(false);
    expect(view.isThisOne(call(location.href))).toBe(false);
  });

  test("an event's products are those it lists, else the one it is about", () => {
    expect(productsOf({ products: [{ sku: "a" }, "no"], product_id: "b" })).toEqual([{ sku: "a" }]);
    expect(productsOf({ product_id: "b", price: 1 })).toEqual([{ product_id: "b", price: 1 }]);
    expect(productsOf({ name: "b" })).toEqual([]);
    expect(quantityOf([{ quantity: "2" }, {}])).toBe(3);
    expect(quantityOf([])).toBeUndefined();
  });

  test("an event's worth is its revenue, total or value, else that of its product", () => {
    expect(worthOf({ revenue: "1", total: 2 })).toBe(1);
    expect(worthOf({ value: 3 })).toBe(3);
    expect(worthOf({ price: 2, quantity: 4 })).toBe(8);
    expect(worthOf({ name: "x" })).toBeUndefined();
  });

  test("structures become names with dots", () => {
    const given = { a: { b: { c: 1 } }, list: ["x", { y: 1 }], when: new Date(0), none: null, not: undefined, f: () => 1 };
    expect(flat(given)).toEqual({ "a.b.c": 1, list: '["x",{"y":1}]', when: "1970-01-01T00:00:00.000Z" });
  });

  test("calls wait for the vendor and are made in their order, also behind one that throws", () => {
    const made: number[] = [];
    let there = false;
    const waiting = new Waiting(() => (there ? made : undefined));
    waiting.call((list) => list.push(1));
    waiting.call(() => {
      throw new Error("at fault");
    });
    waiting.call((list) => list.push(2));
    there = true;
    expect(() => {
      waiting.flush();
    }).toThrow("at fault");
    waiting.call((list) => list.push(3));
    expect(made).toEqual([1, 2, 3]);
  });
});
