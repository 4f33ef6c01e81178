// The page: overview, addresses behind `#`, theme.
const report = JSON.parse(document.getElementById("data").textContent);
const main = document.getElementById("main");
const everyCase = report.files.flatMap((file, at) => file.cases.map((one, index) => ({ file, one, key: `${at}.${index}` })));
let filter = { text: "", kind: "" };

const addressOf = () => Object.fromEntries(new URLSearchParams(location.hash.slice(1)));
const hashOf = (address) => "#" + new URLSearchParams(Object.entries(address).filter(([, value]) => value !== undefined && value !== "" && value !== -1).map(([key, value]) => [key, String(value)]));
const replaceAddress = (address) => { try { history.replaceState(null, "", hashOf(address)); } catch { /* a page that may not change its address works without */ } };
const go = (address) => { location.hash = hashOf(address); };

function show() {
  const address = addressOf();
  const found = everyCase.find((each) => each.key === address.case) || (everyCase.length === 1 && address.case === undefined && !report.files.some((file) => file.faults.length) && !address.all ? everyCase[0] : null);
  main.replaceChildren(...(found ? caseView(found.file, found.one, { ...address, case: found.key }) : overview()));
  document.title = (found ? found.one.name + " – " : "") + "Turnstile report";
}

function overview() {
  const search = h("input", { id: "find-case", type: "search", placeholder: "name, file, finding, action", value: filter.text, oninput: draw });
  const kinds = [["", "all"], ["unexpected", "not as expected"], ["expected", "as expected"], ["refused", "with refused calls"]];
  const kind = h("select", { id: "kind", onchange: draw }, kinds.map(([value, label]) => h("option", { value, selected: value === filter.kind }, label)));
  const body = h("tbody");
  const told = h("span", { class: "quiet", role: "status" });
  const texts = new Map(everyCase.map((each) => [each, [each.file.path, each.file.name, each.one.name, each.one.status, each.one.error, ...each.one.findings.map((one) => one.code + " " + one.message), ...each.one.refused.map((one) => one.action + " " + one.resource + " " + one.state)].join(" ").toLowerCase()]));
  function fits({ one }) {
    return { "": true, unexpected: !one.passed, expected: one.passed, refused: one.refused.length > 0 }[kind.value];
  }
  function draw() {
    filter = { text: search.value, kind: kind.value };
    const found = everyCase.filter((each) => fits(each) && texts.get(each).includes(filter.text.toLowerCase()));
    told.textContent = plural(found.length, "case");
    body.replaceChildren(...found.slice(0, 2000).map(line));
  }
  function line({ file, one, key }) {
    return h("tr", { class: "pick", onclick: () => go({ case: key }) },
      h("td", null, h("button", { type: "button", class: "link" }, one.name), h("div", { class: "quiet" }, file.path)),
      h("td", null, one.passed ? badge("✓ as expected", "good") : badge("✕ not as expected", "bad")), h("td", null, badge(one.status)),
      h("td", null, one.findings.length ? one.findings.map((each) => h("div", null, h("strong", null, each.code), " ", each.message)) : h("span", { class: "quiet" }, "none")),
      h("td", null, one.refused.length ? one.refused.map((each) => h("div", null, `${each.action} by ${each.links.length ? each.links[0].link : "the gate"}`)) : h("span", { class: "quiet" }, "none")),
      h("td", { class: "number" }, duration(one.virtual_seconds)));
  }
  draw();
  const faults = report.files.flatMap((file) => file.faults.map((fault) => h("div", { class: "notice bad" }, h("strong", null, fault.code, ": "), fault.message, " ", h("code", null, fault.where), fault.help && h("div", { class: "quiet" }, fault.help))));
  return [h("h1", null, "Cases"), ...faults,
    h("div", { class: "row filters" }, h("label", { for: "find-case" }, "Search"), search, h("label", { for: "kind" }, "Show"), kind, told),
    h("table", null, h("thead", null, h("tr", null, ["Case", "Verdict", "Status", "Findings", "Refused calls"].map((each) => h("th", { scope: "col" }, each)), h("th", { scope: "col", class: "number" }, "Virtual time"))), body)];
}

const bad = everyCase.filter((each) => !each.one.passed).length;
document.getElementById("summary").append(badge(report.passed ? "✓ passed" : "✕ not as expected", report.passed ? "good" : "bad"), ` ${plural(everyCase.length, "case")} in ${plural(report.files.length, "file")}, ${bad} not as expected, seed ${report.seed}`);
document.getElementById("home").addEventListener("click", () => go({ all: 1 }));
document.getElementById("print").addEventListener("click", () => window.print());
const theme = document.getElementById("theme");
theme.addEventListener("change", () => { if (theme.value) document.documentElement.dataset.theme = theme.value; else delete document.documentElement.dataset.theme; });
if (["light", "dark"].includes(addressOf().theme)) { theme.value = addressOf().theme; document.documentElement.dataset.theme = theme.value; }
window.addEventListener("hashchange", show);
show();
