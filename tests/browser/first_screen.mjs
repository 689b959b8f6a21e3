// Takes a picture of the first screen of a page. Called as: node first_screen.mjs CHROMIUM PAGE PICTURE
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const [, , executablePath, file, picture] = process.argv;
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
const page = await browser.newPage({ viewport: { width: 1024, height: 1180 }, colorScheme: "light" });
await page.goto(pathToFileURL(file).href);
await page.screenshot({ path: picture });
await browser.close();
