// Opens a page as a reader does and prints, as JSON, what a reader would mind.
// Called as: node look.mjs CHROMIUM PAGE WIDTH SCREENSHOT
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const [, , executablePath, file, width, screenshot] = process.argv;
const quiet = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync"];
const browser = await chromium.launch({ executablePath, args: quiet });
const page = await browser.newPage({ viewport: { width: Number(width), height: 900 } });
const messages = [];
const requests = [];
page.on("console", (message) => messages.push(`${message.type()}: ${message.text()}`));
page.on("pageerror", (error) => messages.push(String(error)));
page.on("request", (request) => { if (!/^(file|data):/.test(request.url())) requests.push(request.url()); });
await page.goto(pathToFileURL(file).href);

await page.evaluate(readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8"));
const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const { violations, passes } = await page.evaluate(
  (values) => globalThis.axe.run(document, { runOnly: { type: "tag", values } }), tags);

// What a reader of each colour scheme minds: text that is small, cut off, or hard to tell from what it stands on.
const minded = [];
for (const [scheme, forced] of [["light", "none"], ["dark", "none"], ["light", "active"]]) {
  await page.emulateMedia({ colorScheme: scheme, forcedColors: forced });
  minded.push(...await page.evaluate((name) => {
    const parts = (colour) => colour.match(/[\d.]+/g).slice(0, 3).map(Number);
    const light = (colour) => parts(colour).map((part) => part / 255)
      .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
      .reduce((sum, part, at) => sum + part * [0.2126, 0.7152, 0.0722][at], 0);
    const contrast = (one, other) => {
      const [dark, bright] = [light(one), light(other)].sort((a, b) => a - b);
      return (bright + 0.05) / (dark + 0.05);
    };
    const paper = getComputedStyle(document.documentElement).backgroundColor;
    const found = [];
    for (const drawing of document.querySelectorAll("svg")) {
      const outside = drawing.getBoundingClientRect();
      if (!outside.width) continue;
      const scale = outside.width / drawing.viewBox.baseVal.width;
      for (const words of drawing.querySelectorAll("text")) {
        const box = words.getBoundingClientRect();
        const style = getComputedStyle(words);
        const size = Number.parseFloat(style.fontSize) * scale;
        const said = `${name}: ${words.textContent}`;
        if (size < 11.99) found.push(`${said}: ${size} px`);
        if (box.left < outside.left - 1 || box.right > outside.right + 1 || box.bottom > outside.bottom + 1) {
          found.push(`${said}: cut off`);
        }
        if (contrast(style.fill, paper) < 4.5) found.push(`${said}: ${style.fill} on ${paper}`);
      }
    }
    for (const element of document.querySelectorAll("body *:not(svg *)")) {
      const style = getComputedStyle(element);
      const hasText = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
      if (!hasText || !element.getClientRects().length || style.position === "absolute") continue;
      const said = `${name}: ${element.tagName} ${element.textContent.trim().slice(0, 60)}`;
      if (Number.parseFloat(style.fontSize) < 12) found.push(`${said}: ${style.fontSize}`);
      if (style.display !== "inline" && element.scrollWidth > element.clientWidth + 1) found.push(`${said}: cut off`);
    }
    return found;
  }, `${scheme} ${forced}`));
}
// In the dark as in the light, what axe says of colours holds.
await page.emulateMedia({ colorScheme: "dark", forcedColors: "none" });
const dark = await page.evaluate(() => globalThis.axe.run(document, { runOnly: ["color-contrast"] }));
violations.push(...dark.violations);
await page.emulateMedia({ colorScheme: "light", media: "print" });
const folded = await page.evaluate(() => [...document.querySelectorAll("details")]
  .filter((each) => each.lastElementChild.getBoundingClientRect().height < 10)
  .map((each) => each.textContent.trim().slice(0, 60)));
await page.emulateMedia({ media: "screen" });

const widest = await page.evaluate(() => document.documentElement.scrollWidth);
const box = await page.$(".ratings, main table");
await box.scrollIntoViewIfNeeded();
const picture = await page.screenshot({ path: screenshot });
const rectangle = await box.boundingBox();

// Count the pixels of the box's blue in the picture that was taken, not in the page that it was taken of.
const blank = await browser.newPage();
const blue = await blank.evaluate(async (data) => {
  const image = new Image();
  image.src = `data:image/png;base64,${data}`;
  await image.decode();
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [image.width, image.height];
  const context = canvas.getContext("2d");
  context.drawImage(image, 0, 0);
  const pixels = context.getImageData(0, 0, image.width, image.height).data;
  let count = 0;
  for (let at = 0; at < pixels.length; at += 4) {
    if (pixels[at] === 0x1d && pixels[at + 1] === 0x4f && pixels[at + 2] === 0x91) count += 1;
  }
  return count;
}, picture.toString("base64"));
const printed = await page.pdf({ format: "A4" });
await browser.close();

console.log(JSON.stringify({
  messages, requests, widest, rectangle, blue, minded, folded,
  violations: violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map((node) => node.html).join(" ")}`),
  passes: passes.length,
  printed_bytes: printed.length,
}));
