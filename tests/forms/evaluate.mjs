// Computes conditions of forms by OpenRosa's XPath, as Enketo does.
// Called as: node evaluate.mjs, with a JSON list of [form as XML, [XPath …]] as input; prints a list of true and false.
import { readFileSync } from "node:fs";
import { JSDOM } from "jsdom";

const { window } = new JSDOM("");
const { document, Node, XPathEvaluator, XPathResult } = window;
Object.assign(globalThis, { window, document, Node, XPathEvaluator, XPathResult });
const { default: OpenRosaXPath } = await import("openrosa-xpath-evaluator");
const engine = OpenRosaXPath();
const parser = new window.DOMParser();

const asked = JSON.parse(readFileSync(0, "utf8"));
console.log(JSON.stringify(asked.map(([xml, paths]) => {
  const form = parser.parseFromString(xml, "text/xml");
  return paths.map((path) => engine.evaluate(path, form, null, XPathResult.BOOLEAN_TYPE, null).booleanValue);
})));
