// Drives one Firefox through steps read from the first argument, by WebDriver BiDi, and prints what each came to.
// A step is ["visit", url], ["run", expression] or ["until", expression]; a URL's page is left by the next visit.
import process from "node:process";
import puppeteer from "puppeteer-core";

const [executablePath = "", given = "[]"] = process.argv.slice(2);
/** @type {unknown} */
const parsed = JSON.parse(given);
const steps = /** @type {["visit" | "run" | "until", string][]} */ (parsed);
const browser = await puppeteer.launch({ browser: "firefox", executablePath, headless: true });
try {
  const page = await browser.newPage();
  /** @type {unknown[]} */
  const results = [];
  for (const [kind, value] of steps) {
    if (kind === "visit") results.push(Boolean(await page.goto(value, { waitUntil: "domcontentloaded" })));
    else if (kind === "run") results.push(/** @type {unknown} */ (await page.evaluate(value)) ?? null);
    else results.push(Boolean(await page.waitForFunction(value, { timeout: 40_000, polling: 50 })));
  }
  console.log(JSON.stringify(results));
} finally {
  await browser.close();
}
