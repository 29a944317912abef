/** What the edge refused, or that it cannot be reached; the text is for the person at the page. */
export class Refusal extends Error {}

async function ask(path, options) {
  let response;
  try {
    response = await fetch(path, options);
  } catch {
    throw new Refusal("The edge does not answer. Is it still running?");
  }
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Refusal(answer.error ?? `The edge answered ${response.status}.`);
  return answer;
}

export const configured = async () => (await ask("/demo/destinations")).destinations;

/** `{total, by_destination, events}`: what the sink received after event number `after`. */
export const received = (after) => ask(`/demo/events?after=${after}`);

/** Enables or disables a destination; the answer is the receipt of the change. */
export const enable = (slug, enabled) =>
  ask(`/demo/destinations/${encodeURIComponent(slug)}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ enabled }),
  });

/**
 * This browser's copy of the document that the visitor's page loads. Plain `fetch`: the browser's cache answers, or
 * asks the edge, as it does for every page. `cache: "reload"` is what a visitor without a copy does.
 */
export async function copyOf(url, cache = "default") {
  let response;
  try {
    response = await fetch(url, { cache });
    const text = await response.text();
    if (!response.ok) throw new Refusal(JSON.parse(text).error);
  } catch (thrown) {
    throw thrown instanceof Refusal ? thrown : new Refusal("The edge does not answer. Is it still running?");
  }
  const { headers } = response;
  const asOf = headers.get("Edge-As-Of") ?? "";
  return {
    etag: headers.get("ETag"),
    revision: Number(headers.get("Edge-Revision")),
    position: Number(asOf.slice(asOf.lastIndexOf(".") + 1)),
    answeredAt: Date.parse(headers.get("Date")),
  };
}
