// What tests of the page have at hand: keys, addresses, and checks of names and contrast. Put before `drive`.
const told = {};
const press = (key, on = document.activeElement) => on.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
const one = (selector) => document.querySelector(selector);
const all = (selector) => [...document.querySelectorAll(selector)];
const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));
const go = async (hash) => { location.hash = hash; await pause(50); };

function nameless() {
  const wanted = all("button, input, select, summary, a[href], [role=button], [role=tab], [role=listbox], [role=tabpanel], svg, [tabindex='0']");
  return wanted.filter((each) => each.checkVisibility()).filter((each) => {
    const by = (each.getAttribute("aria-labelledby") || "").split(" ").map((id) => document.getElementById(id)?.textContent || "").join("");
    const label = each.id && document.querySelector(`label[for="${CSS.escape(each.id)}"]`);
    const text = each.matches("input, select, svg, [role=listbox], [role=tabpanel]") ? "" : each.textContent;
    return each.id !== "main" && !(each.getAttribute("aria-label") || by || label?.textContent || text).trim();
  }).map((each) => each.outerHTML.slice(0, 90));
}
const twice = () => { const ids = all("[id]").map((each) => each.id); return ids.filter((id, at) => ids.indexOf(id) !== at && id !== "arrow"); };

const channels = (color) => (color.match(/[\d.]+/g) || []).map(Number);
function light(color) {
  const [r, g, b] = channels(color).slice(0, 3).map((part) => part / 255).map((part) => part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
function ground(each) {
  for (let at = each; at; at = at.parentElement) {
    const color = getComputedStyle(at).backgroundColor;
    if (channels(color)[3] !== 0) return color;
  }
  return "rgb(255, 255, 255)";
}
function poor() {
  const found = [];
  for (const each of all("body *:not(svg *, script, style, option, template, noscript)")) {
    if (!each.checkVisibility() || ![...each.childNodes].some((child) => child.nodeType === 3 && child.textContent.trim())) continue;
    const [high, low] = [light(getComputedStyle(each).color), light(ground(each))].sort((a, b) => b - a);
    if ((high + 0.05) / (low + 0.05) < 4.5) found.push(each.textContent.slice(0, 40));
  }
  return found;
}
(async () => {
  try { await drive(); } catch (error) { told.error = String(error.stack || error); }
  const out = document.createElement("pre");
  out.id = "told";
  out.textContent = JSON.stringify(told);
  document.body.append(out);
})();
