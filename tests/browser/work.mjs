// Does in a page what a person does, by what a person sees: roles and labels. Prints as JSON what was seen.
// Called as: node work.mjs CHROMIUM WIDTH SCRIPT, with SCRIPT a file of steps: a list of [what, ...].
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const [, , executablePath, width, script] = process.argv;
const steps = JSON.parse(readFileSync(script, "utf8"));
const quiet = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync"];
const browser = await chromium.launch({ executablePath, args: quiet });
const options = { viewport: { width: Number(width), height: 900 } };
if (steps[0][0] === "without script") options.javaScriptEnabled = false;
const context = await browser.newContext(options);
context.setDefaultTimeout(20000);
const page = await context.newPage();
const messages = [];
const requests = [];
page.on("console", (message) => messages.push(`${message.type()}: ${message.text()}`));
page.on("pageerror", (error) => messages.push(String(error)));
page.on("request", (request) => requests.push(new URL(request.url()).origin));
const seen = [];
const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

const byRole = (role, name, number = 0) => page.getByRole(role, { name, exact: true }).nth(number);
const acts = {
  "without script": async () => {},
  go: (address) => page.goto(address),
  click: (role, name, number) => byRole(role, name, number).click(),
  fill: (label, text) => page.getByLabel(label, { exact: true }).locator("visible=true").first().fill(text),
  choose: (label, option, number = 0) => page.getByLabel(label, { exact: true }).nth(number).selectOption({ label: option }),
  pick: (group, option) => byRole("group", group).getByRole("radio", { name: option, exact: true }).check(),
  away: (text) => page.getByText(text, { exact: true }).first().waitFor({ state: "hidden" }),
  loaded: () => page.waitForLoadState(),
  open: (text) => page.locator("summary", { hasText: text }).first().click(),
  tick: (label) => page.getByLabel(label, { exact: true }).locator("visible=true").first().check(),
  press: (...keys) => keys.reduce((before, key) => before.then(() => page.keyboard.press(key)), Promise.resolve()),
  type: (text) => page.keyboard.type(text),
  wait: (text) => page.getByText(text).first().waitFor(),
  gone: (text) => page.getByText(text).first().waitFor({ state: "detached" }),
  see: async () => seen.push(await page.locator("body").innerText()),
  region: async (name) => seen.push(await byRole("region", name).innerText()),
  value: async (label) => seen.push(await page.getByLabel(label, { exact: true }).first().inputValue()),
  focus: async () => seen.push(await page.evaluate(() => {
    const here = document.activeElement;
    return here.getAttribute("aria-label") || here.labels?.[0]?.innerText || here.innerText || here.tagName;
  })),
  picture: (file) => page.screenshot({ path: file, fullPage: true }),
  back: () => page.goBack(),
  // Axe is put there by the test itself, which the page's own policy lets nobody else do.
  mind: async () => {
    await page.evaluate(readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8"));
    const { violations } = await page.evaluate(
      (values) => globalThis.axe.run(document, { runOnly: { type: "tag", values } }), tags);
    const widest = await page.evaluate(() => document.documentElement.scrollWidth);
    seen.push({
      widest,
      violations: violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map((node) => node.html).join(" ")}`),
    });
  },
};

let failed = "";
for (const [what, ...given] of steps) {
  try {
    await acts[what](...given);
  } catch (error) {
    failed = `${what} ${JSON.stringify(given)}: ${error.message}\n${await page.locator("body").innerText().catch(() => "")}`;
    break;
  }
}
await browser.close();
console.log(JSON.stringify({ seen, messages, requests: [...new Set(requests)], failed }));
