import { beforeEach, describe, expect, test, vi } from "vitest";
import { arrive, arriveEarly, arriveRest, buffered, fail, freshPage, globals, inserted, manifest, recorder, settled, start } from "../harness";
import type { FakePage } from "../harness";
import type { Client } from "../../src/client-api";
import type { AnalyticsEvent } from "../../src/event";

let page: FakePage;

beforeEach(() => {
  page = freshPage();
  vi.spyOn(console, "error").mockImplementation(() => undefined);
  vi.spyOn(console, "warn").mockImplementation(() => undefined);
});

type Call = { payload: { obj: AnalyticsEvent } & Record<string, () => unknown>; next: (payload: unknown) => void };

/** Codes and reasons that the page hears. */
function errors(client: Client): unknown[] {
  const heard: unknown[] = [];
  client.on("error", ({ code, name }: { code: string; name: string }) => heard.push([code, name]));
  return heard;
}

const names = (): unknown[] => page.posts.map(({ body }) => body.event ?? body.type);

describe("the query of a page's address", () => {
  const query = "/cart?ajs_uid=u1&ajs_trait_plan=pro+plus&ajs_event=Opened&ajs_prop_n=1&ajs_aid=a1";

  test("comes before the calls that were buffered, those that come while its code is fetched too", async () => {
    history.replaceState(null, "", query);
    const stub = buffered("wk_1", [["track", "Early"]]);
    start(page, manifest());
    expect(globals.analytics).toBe(stub);
    stub.push(["track", "Meanwhile"]);
    await arriveRest();
    expect(names()).toEqual(["identify", "Opened", "Early", "Meanwhile"]);
    expect(page.sent("i")[0]).toMatchObject({ userId: "u1", anonymousId: "a1", traits: { plan: "pro plus" } });
    expect(page.sent("t")[0]).toMatchObject({ properties: { n: "1" }, userId: "u1" });
    expect((globals.analytics as Client).initialized).toBe(true);
  });

  test.each([
    ["fails", () => fail("/actions/edgewise/")],
    ["hangs", () => page.pass(5_000)],
    ["hangs once its first file is there", () => arriveEarly().then(() => page.pass(5_000))],
  ])("i37 whose code %s is left out: events go on, and the page is told", async (_how, ends) => {
    history.replaceState(null, "", query);
    const heard: unknown[] = [];
    buffered("wk_1", [
      ["track", "Early"],
      ["on", "error", ({ code, name }: { code: string; name: string }) => heard.push([code, name])],
    ]);
    start(page, manifest());
    await settled();
    expect(names()).toEqual([]);
    await ends();
    await settled();
    expect(names()).toEqual(["Early"]);
    expect(heard).toEqual([["method_failure", "queryString"]]);
  });

  test("is not even fetched where the page switched it off", async () => {
    history.replaceState(null, "", query);
    buffered("wk_1", [["track", "Early"]], { _loadOptions: { useQueryString: false } });
    start(page, manifest());
    await settled();
    expect(document.querySelectorAll("script")).toHaveLength(0);
    expect(names()).toEqual(["Early"]);
  });
});

describe("source middleware", () => {
  test("sees every event first, those that were made before its code came too", async () => {
    const client = start(page, manifest({ name: "One" }));
    void client.addSourceMiddleware(({ payload, next }: Call) => {
      payload.obj.properties = { seen: [payload.type?.(), payload.event?.()] };
      next(payload);
    });
    void client.track("A");
    await settled();
    expect(page.posts).toEqual([]);
    // It waits for one file; the other is not asked for.
    await arriveEarly();
    expect(inserted().filter(({ src }) => src.includes("/actions/edgewise/"))).toHaveLength(1);
    const one = recorder("One");
    await arrive("OneDestination", () => one.plugin);
    expect(page.sent("t")[0]?.properties).toEqual({ seen: ["track", "A"] });
    expect(one.calls[0]?.event.properties).toEqual({ seen: ["track", "A"] });
  });

  test.each<[string, (call: Call) => unknown, boolean]>([
    ["does not call next", () => undefined, false],
    ["throws", () => Promise.reject(new Error("page's own")), false],
    ["hangs", () => new Promise(() => undefined), false],
    ["calls next and hangs", ({ payload, next }) => (next(payload), new Promise(() => undefined)), true],
    ["calls next with null", ({ next }) => { next(null); }, true],
  ])("that %s stops its own events and nobody else's", async (_what, run, arrives) => {
    const client = start(page, manifest());
    void client.addSourceMiddleware((call: Call) => (call.payload.obj.event === "A" ? run(call) : (call.next(call.payload), 0)));
    await arriveRest();
    const done = client.track("A");
    const other = client.track("B");
    await settled();
    await page.pass(1_000);
    expect(Boolean((await done).failedDelivery())).toBe(!arrives);
    expect((await other).failedDelivery()).toBeUndefined();
    expect(names().sort()).toEqual(arrives ? ["A", "B"] : ["B"]);
  });

  test("whose code cannot be had lets no event pass, and says so", async () => {
    const client = start(page, manifest());
    const heard = errors(client);
    void client.addSourceMiddleware(() => undefined);
    const done = client.track("A");
    await fail("/actions/edgewise/");
    expect((await done).failedDelivery()).toBeDefined();
    expect((await client.track("B")).failedDelivery()).toBeDefined();
    expect(page.posts).toEqual([]);
    expect(heard).toEqual([["method_failure", "addSourceMiddleware"]]);
  });
});

describe("destination middleware", () => {
  test("changes and drops for its destination alone, in any case of its name", async () => {
    const client = start(page, manifest({ name: "One" }, { name: "Two" }));
    void client.addDestinationMiddleware("oNE", ({ payload, next }: Call) => {
      if (payload.obj.event === "Dropped") next(null);
      else next({ obj: { ...payload.obj, properties: { changed: true } } });
    });
    await arriveRest();
    const [one, two] = [recorder("One"), recorder("Two")];
    await arrive("OneDestination", () => one.plugin);
    await arrive("TwoDestination", () => two.plugin);
    await client.track("Dropped");
    await client.track("Changed", { own: 1 });
    expect(one.calls.map(({ event }) => event.properties)).toEqual([{ changed: true }]);
    expect(two.calls.map(({ event }) => event.properties)).toEqual([{}, { own: 1 }]);
    expect(page.sent("t").map(({ properties }) => properties)).toEqual([{}, { own: 1 }]);
  });

  test("i37 that hangs keeps the event from its destination and from nobody else", async () => {
    const client = start(page, manifest({ name: "One" }, { name: "Two" }));
    void client.addDestinationMiddleware("One", () => new Promise(() => undefined));
    await arriveRest();
    const [one, two] = [recorder("One"), recorder("Two")];
    await arrive("OneDestination", () => one.plugin);
    await arrive("TwoDestination", () => two.plugin);
    void client.track("A");
    await settled();
    await page.pass(1_000);
    expect([one.calls.length, two.calls.length, page.posts.length]).toEqual([0, 1, 1]);
  });
});

describe("links and forms", () => {
  test("a link is followed when its event has been delivered, and at the timeout in any case", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout"] });
    const link = document.createElement("a");
    link.setAttribute("href", "#followed");
    document.body.append(link);
    const client = start(page, manifest());
    void client.trackLink(link, (element: Element) => `To ${element.getAttribute("href") ?? ""}`, { a: 1 });
    await arriveRest();
    page.collector = () => new Promise(() => undefined);
    const click = new MouseEvent("click", { cancelable: true });
    link.dispatchEvent(click);
    expect(click.defaultPrevented).toBe(true);
    await settled();
    expect([location.hash, page.sent("t")[0]?.event]).toEqual(["#top", "To #followed"]);
    await vi.advanceTimersByTimeAsync(300);
    expect(location.hash).toBe("#followed");
    vi.useRealTimers();
  });

  test("a form with a field called submit is submitted all the same", async () => {
    const form = document.createElement("form");
    form.innerHTML = '<input name="submit">';
    document.body.append(form);
    const submit = vi.spyOn(HTMLFormElement.prototype, "submit").mockImplementation(() => undefined);
    const client = start(page, manifest());
    void client.trackForm([form], "Submitted");
    await arriveRest();
    form.dispatchEvent(new Event("submit", { cancelable: true }));
    await settled();
    expect(submit).toHaveBeenCalledOnce();
    expect(names()).toEqual(["Submitted"]);
  });

  test("what is no element is an error that the page hears, and no exception", async () => {
    const client = start(page, manifest());
    const heard = errors(client);
    const done = [client.trackLink("a", "x"), client.trackForm([1], "x"), client.trackLink(null, "x")];
    await arriveRest();
    expect(await Promise.all(done)).toEqual([client, client, client]);
    expect(heard).toEqual([
      ["method_failure", "trackLink"],
      ["method_failure", "trackForm"],
    ]);
  });
});

describe("deregister", () => {
  test("unloads a destination, which then gets nothing", async () => {
    const unload = vi.fn();
    const one = recorder("One", { unload });
    const client = start(page, manifest({ name: "One" }));
    await arrive("OneDestination", () => one.plugin);
    const done = client.deregister("One", "Nobody");
    await arriveRest();
    await done;
    await client.track("A");
    expect([unload.mock.calls.length, one.calls.length]).toEqual([1, 0]);
  });
});
