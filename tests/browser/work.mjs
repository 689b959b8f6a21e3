// Does in a page what a person does, by what a person sees: roles and labels. Prints as JSON what was seen.
// Called as: node work.mjs CHROMIUM WIDTH SCRIPT, with SCRIPT a file of steps: a list of [what, ...].
// Where a step fails, those up to the next ["chapter", name] are left out; what was seen is said chapter by chapter.
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
context.setDefaultTimeout(60000);
const page = await context.newPage();
const messages = [];
const requests = [];
page.on("console", (message) => messages.push(`${message.type()}: ${message.text()}`));
page.on("pageerror", (error) => messages.push(String(error)));
page.on("request", (request) => requests.push(new URL(request.url()).origin));
const chapters = { "": [] };
let chapter = "";
const seen = { push: (what) => chapters[chapter].push(what) };
const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

const byRole = (role, name, number = 0) => page.getByRole(role, { name, exact: true }).nth(number);
const acts = {
  "without script": async () => {},
  go: (address) => page.goto(address),
  click: (role, name, number) => byRole(role, name, number).click(),
  fill: (label, text, number = 0) =>
    page.getByLabel(label, { exact: true }).locator("visible=true").nth(number).fill(text),
  choose: (label, option, number = 0) => page.getByLabel(label, { exact: true }).nth(number).selectOption({ label: option }),
  follow: (words) => page.getByRole("link", { name: words }).first().click(),
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
  // From the event of the key until the page shows what it does, and until the scenarios: milliseconds.
  timed: async (label, text) => {
    await page.evaluate(() => {
      let typed = 0;
      document.addEventListener("input", () => { typed = performance.now(); }, { capture: true, once: true });
      globalThis.shown = ["results-effect", "results-scenarios"].map((id) => new Promise((done) => {
        const watching = new MutationObserver(() => { watching.disconnect(); done(performance.now() - typed); });
        watching.observe(document.getElementById(id), { childList: true });
      }));
    });
    await acts.fill(label, text);
    seen.push(await page.evaluate(() => Promise.all(globalThis.shown)));
  },
  // What a key sends, or the link that it follows, gives another page: there it goes on.
  enter: async (key = "Enter") => {
    await page.evaluate(() => { globalThis.isLeft = true; });
    await page.keyboard.press(key);
    for (let waited = 0; waited < 20000; waited += 20) {
      const isHere = await page.evaluate(() => globalThis.isLeft === true).catch(() => true);
      if (!isHere) return page.waitForLoadState();
      await new Promise((go) => { setTimeout(go, 20); });
    }
    throw new Error(`${key} leads nowhere`);
  },
  // By keys alone: from one control to the next until one has that name; where the keys are is always to be seen.
  reach: async (name, backwards = false) => {
    for (let pressed = 1; pressed < 300; pressed += 1) {
      await page.keyboard.press(backwards ? "Shift+Tab" : "Tab");
      const [called, isSeen] = await page.evaluate(() => {
        const here = document.activeElement;
        const style = getComputedStyle(here);
        const box = here.getBoundingClientRect();
        const said = here.getAttribute("aria-label") || here.labels?.[0]?.innerText || here.innerText || here.tagName;
        const isMarked = style.outlineStyle !== "none" || style.boxShadow !== "none";
        return [said.replace(/\s+/g, " ").trim(), isMarked && box.width > 0 && box.bottom > 0 && box.top < innerHeight];
      });
      if (!isSeen) throw new Error(`nobody sees where the keys are: ${called}`);
      if (called === name) return;
    }
    throw new Error(`no key leads to ${name}`);
  },
  picture: (file) => page.screenshot({ path: file, fullPage: true }),
  back: () => page.goBack(),
  width: (pixels) => page.setViewportSize({ width: pixels, height: 900 }),
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

const failures = {};
for (const [what, ...given] of steps) {
  if (what === "chapter") {
    [chapter] = given;
    chapters[chapter] = [];
  }
  if (failures[chapter] || what === "chapter") continue;
  try {
    await acts[what](...given);
  } catch (error) {
    failures[chapter] = `${what} ${JSON.stringify(given)}: ${error.message}\n`
      + await page.locator("body").innerText().catch(() => "");
  }
}
await browser.close();
console.log(JSON.stringify({
  chapters, failures, seen: chapters[""], failed: failures[""] || "", messages, requests: [...new Set(requests)],
}));
