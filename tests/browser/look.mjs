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

const widest = await page.evaluate(() => document.documentElement.scrollWidth);
const box = await page.$(".ratings, #latest");
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
  messages, requests, widest, rectangle, blue,
  violations: violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map((node) => node.html).join(" ")}`),
  passes: passes.length,
  printed_bytes: printed.length,
}));
