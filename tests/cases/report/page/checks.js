// What tests of the page look for in a view: names, roles, ids, headings, contrast, what is cut off. Returns what is wrong.
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const visible = (each) => each.checkVisibility() && !each.closest("[aria-hidden=true]");
const brief = (each) => each.outerHTML.slice(0, 90);

const NAMED = "button, input, select, summary, meter, a[href], svg, [tabindex], [role=button], [role=tab], [role=listbox], [role=option], [role=tabpanel], [role=region], [role=group], [role=tablist], aside, section";
const BY_CONTENT = "button, summary, a, [role=tab], [role=option], [role=button]";
function nameOf(each) {
  const by = (each.getAttribute("aria-labelledby") || "").split(" ").map((id) => document.getElementById(id)?.textContent || "").join("");
  const label = each.id ? document.querySelector(`label[for="${CSS.escape(each.id)}"]`)?.textContent : "";
  return (each.getAttribute("aria-label") || by || label || (each.matches(BY_CONTENT) ? each.textContent : "")).trim();
}
const nameless = () => all(NAMED).filter(visible).filter((each) => each.id !== "main" && each.getAttribute("role") !== "presentation" && !nameOf(each)).map(brief);

const KNOWN = "button tab tablist tabpanel listbox option group region img presentation status".split(" ");
function roles() {
  const wrong = all("[role]").filter(visible).filter((each) => !KNOWN.includes(each.getAttribute("role"))).map(brief);
  for (const option of all("[role=option]").filter(visible)) if (!option.closest("[role=listbox]")) wrong.push("option outside of a list: " + brief(option));
  for (const tab of all("[role=tab]")) if (!document.getElementById(tab.getAttribute("aria-controls")) || !tab.closest("[role=tablist]")) wrong.push("tab without a panel: " + brief(tab));
  for (const list of all("[role=tablist]").filter(visible)) if (all("[role=tab][aria-selected=true]", list).length !== 1 || all("[role=tab][tabindex='0']", list).length !== 1) wrong.push("not one chosen tab: " + brief(list));
  for (const each of all("[aria-activedescendant]")) if (!document.getElementById(each.getAttribute("aria-activedescendant"))) wrong.push("no such descendant: " + brief(each));
  for (const each of all("[aria-expanded]")) if (!document.getElementById(each.getAttribute("aria-controls"))) wrong.push("expands nothing: " + brief(each));
  if (all("main").length !== 1 || all("header").length !== 1 || document.documentElement.lang !== "en" || !document.title) wrong.push("landmarks, language or title");
  return wrong;
}

const twice = () => { const ids = all("[id]").map((each) => each.id); return [...new Set(ids.filter((id, at) => ids.indexOf(id) !== at && id !== "arrow"))]; };
function headings() {
  const levels = all("h1, h2, h3, h4").filter(visible).map((each) => Number(each.tagName[1]));
  return levels.filter((each) => each === 1).length === 1 && levels[0] === 1 && levels.every((each, at) => at === 0 || each <= levels[at - 1] + 1) ? [] : levels;
}

const channels = (color) => (color.match(/[\d.]+/g) || []).map(Number);
function light(color) {
  const [r, g, b] = channels(color).slice(0, 3).map((part) => part / 255).map((part) => part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
function ground(each) {
  for (let at = each; at; at = at.parentElement) {
    const color = getComputedStyle(at).backgroundColor;
    if (channels(color).length && channels(color)[3] !== 0) return color;
  }
  return getComputedStyle(document.body).backgroundColor;
}
// The shape that a text of a picture stands on: the last one drawn before it that holds its middle.
function painted(text) {
  const box = text.getBoundingClientRect(), x = box.x + box.width / 2, y = box.y + box.height / 2;
  const svg = text.closest("svg");
  let color = ground(svg);
  for (const shape of all("rect, polygon, circle", svg)) {
    if (!(shape.compareDocumentPosition(text) & Node.DOCUMENT_POSITION_FOLLOWING)) continue;
    const fill = getComputedStyle(shape).fill, place = shape.getBoundingClientRect();
    if (fill !== "none" && place.x <= x && x <= place.right && place.y <= y && y <= place.bottom) color = fill;
  }
  return color;
}
const ratio = (one, other) => { const [high, low] = [light(one), light(other)].sort((a, b) => b - a); return (high + 0.05) / (low + 0.05); };
function poor() {
  const found = [];
  for (const each of all("body *:not(svg *, script, style, option, template, noscript)")) {
    if (!each.checkVisibility() || ![...each.childNodes].some((child) => child.nodeType === 3 && child.textContent.trim())) continue;
    if (ratio(getComputedStyle(each).color, ground(each)) < 4.5) found.push(each.textContent.slice(0, 40));
  }
  for (const text of all("svg text")) {
    if (!text.checkVisibility() || !text.textContent.trim()) continue;
    if (ratio(getComputedStyle(text).fill, painted(text)) < 4.5) found.push("in a picture: " + text.textContent.slice(0, 40));
  }
  return found;
}
const wide = () => document.documentElement.scrollWidth > innerWidth ? [document.documentElement.scrollWidth] : [];

all("main details").forEach((each) => { each.open = true; });
return Object.fromEntries(Object.entries({ nameless: nameless(), roles: roles(), twice: twice(), headings: headings(), poor: poor(), wide: wide() }).filter(([, found]) => found.length));
