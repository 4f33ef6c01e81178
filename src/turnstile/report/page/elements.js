// Elements made of data: text goes in as text, never as markup.
const SVG = "http://www.w3.org/2000/svg";

function fill(made, attributes, children) {
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else made.setAttribute(name, value === true ? "" : String(value));
  }
  made.append(...children.flat(Infinity).filter((one) => one !== null && one !== undefined && one !== false).map((one) => one instanceof Node ? one : legible(String(one))));
  return made;
}
// Marks that turn the direction of writing round are told by their numbers, so that nobody is misled by them.
const legible = (text) => text.replace(/[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, (mark) => "\\u" + mark.charCodeAt(0).toString(16).padStart(4, "0"));
const h = (tag, attributes, ...children) => fill(document.createElement(tag), attributes, children);
const s = (tag, attributes, ...children) => fill(document.createElementNS(SVG, tag), attributes, children);

const TONES = {
  succeeded: "good", failed: "bad", caught: "warn", "timed out": "late", aborted: "quiet", stuck: "stuck", running: "stuck", "not reached": "quiet",
  SUCCEEDED: "good", FAILED: "bad", TIMED_OUT: "late", ABORTED: "quiet", STUCK: "stuck", RUNNING: "stuck", NOT_CREATED: "bad", UNSUPPORTED: "warn",
};
const SIGNS = { succeeded: "✓", failed: "✕", caught: "↷", "timed out": "◔", aborted: "⊘", stuck: "…", running: "▸", "not reached": "○" };

const badge = (text, tone) => h("span", { class: "badge", "data-tone": tone || TONES[text] || "quiet" }, SIGNS[text] ? SIGNS[text] + " " + text : text);

function duration(seconds) {
  let rest = Math.round(Math.max(seconds, 0) * 1000) / 1000;
  const words = [];
  for (const [unit, size] of [["d", 86400], ["h", 3600], ["min", 60]]) {
    const count = Math.floor(rest / size);
    if (count) words.push(count + " " + unit);
    rest -= count * size;
  }
  rest = Math.round(rest * 1000) / 1000;
  if (rest || !words.length) words.push(rest + " s");
  return words.join(" ");
}
const after = (seconds) => "+" + duration(seconds);
const plural = (count, word) => count + " " + word + (count === 1 ? "" : "s");
const lastOf = (arn) => (arn || "").split(/[:/]/).pop();
const accountOf = (arn) => (arn || "").split(":")[4] || "";
const folded = (text) => String(text).toLowerCase();
// `spoke07/InventoryReader` for an ARN of an account that has a name, else with its number; a service as it is.
function short(one, arn) {
  const fields = (arn || "").split(":");
  if (fields[0] !== "arn" || fields.length < 6) return arn || "";
  const rest = fields.slice(5).join(":").replace(/^(role|function|stateMachine)[/:]/, "").replace(/^assumed-role\/([^/]+)\/.*$/, "$1");
  return fields[4] ? `${one.homes[fields[4]] || fields[4]}/${rest}` : `${fields[2]}:${rest}`;
}
// Words with a user's text in backticks: that text as code.
const ticked = (words) => String(words).split("`").map((part, at) => at % 2 ? h("code", null, part) : part);
const at_ = (where) => where ? h("code", { class: "place" }, place(where)) : null;
const pretty = (value) => JSON.stringify(value, null, 2);
const place = (where) => !where ? "" : where.line ? `${where.file}:${where.line}:${where.column}` : where.file;

// What events carry as JSON text is shown as JSON.
function unfolded(value) {
  if (typeof value === "string" && /^\s*[[{]/.test(value)) {
    try { return JSON.parse(value); } catch { return value; }
  }
  if (value && typeof value === "object" && !Array.isArray(value)) return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, unfolded(one)]));
  return value;
}

// A row of tabs as in the ARIA Authoring Practices: arrow keys move, only the chosen one is in the tab order.
// An entry is a key, a label (or what makes it), and what draws the pane.
function tabs(name, entries, chosen, onChoose) {
  if (!entries.length) return null;
  const pane = h("div", { role: "tabpanel", id: name + "-pane", tabindex: "0" });
  const words = (label) => typeof label === "function" ? label() : label;
  const buttons = entries.map(([key, label]) => h("button", { type: "button", role: "tab", id: `${name}-${key}`, "aria-controls": name + "-pane", onclick: () => choose(key) }, words(label)));
  const bar = h("div", { class: "tabs", role: "tablist", "aria-label": name, onkeydown: move }, buttons);
  function choose(key, focus) {
    const index = Math.max(entries.findIndex((one) => one[0] === key), 0);
    buttons.forEach((one, at) => { one.textContent = words(entries[at][1]); one.setAttribute("aria-selected", String(at === index)); one.tabIndex = at === index ? 0 : -1; });
    pane.setAttribute("aria-labelledby", buttons[index].id);
    if (onChoose) onChoose(entries[index][0]);
    pane.replaceChildren(...[entries[index][2]()].flat());
    if (focus) buttons[index].focus();
  }
  function move(event) {
    const at = buttons.indexOf(document.activeElement);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: buttons.length - 1 }[event.key];
    if (at < 0 || to === undefined) return;
    event.preventDefault();
    choose(entries[(to + buttons.length) % buttons.length][0], true);
  }
  choose(chosen);
  return { bar, pane, choose };
}

function grouped(rows, key) {
  const found = new Map();
  for (const one of rows) { const name = key(one); if (found.has(name)) found.get(name).push(one); else found.set(name, [one]); }
  return found;
}
