// The first page: all cases, searched and filtered, and coverage where it was counted.
const AT_ONCE = 500;
let filter = { text: "", kind: "" };

function overview(address) {
  const bad = report.files.flatMap((file) => file.faults.map((fault) => h("div", { class: "notice bad" }, h("strong", null, fault.code, ": "), ticked(fault.message), " ", h("code", null, fault.where), fault.help && h("div", { class: "quiet" }, ticked(fault.help)))));
  if (!report.coverage) return [h("h1", null, "Cases"), ...bad, ...cases()];
  const items = unpacked(report.coverage.items);
  const views = tabs("report", [["cases", `Cases (${everyCase.length})`, cases], ["coverage", `Coverage (${percent(items.filter((one) => one.times.some((each) => each[1])).length, items.length)})`, () => coverage(items)]], address.tab, (tab) => replaceAddress({ ...address, all: 1, tab }));
  return [h("h1", null, "Report"), ...bad, views.bar, views.pane];
}

function cases() {
  const search = h("input", { id: "find-case", type: "search", placeholder: "name, file, finding, action", value: filter.text, oninput: draw });
  const kinds = [["", "all"], ["unexpected", "not as expected"], ["expected", "as expected"], ["refused", "with refused calls"]];
  const kind = h("select", { id: "kind", onchange: draw }, kinds.map(([value, label]) => h("option", { value, selected: value === filter.kind }, label)));
  const body = h("tbody"), more = h("p");
  const told = h("span", { class: "quiet", role: "status" });
  const texts = new Map(everyCase.map((each) => [each, [each.file.path, each.file.name, each.one.name, each.one.status, each.one.error, ...each.one.findings.map((one) => one.code + " " + one.message), ...each.one.refused.map((one) => one.action + " " + one.resource + " " + one.state)].join(" ").toLowerCase()]));
  function fits({ one }) {
    return { "": true, unexpected: !one.passed, expected: one.passed, refused: one.refused.length > 0 }[kind.value];
  }
  function draw() {
    filter = { text: search.value, kind: kind.value };
    const found = everyCase.filter((each) => fits(each) && texts.get(each).includes(filter.text.toLowerCase()));
    told.textContent = plural(found.length, "case");
    body.replaceChildren();
    extend(found);
  }
  function extend(found) {
    const next = found.slice(body.childElementCount, body.childElementCount + AT_ONCE);
    body.append(...next.map(line));
    const left = found.length - body.childElementCount;
    more.replaceChildren(...(left ? [h("button", { type: "button", onclick: () => extend(found) }, `Show ${Math.min(left, AT_ONCE)} more of ${left}`)] : []));
  }
  function line({ file, one, key }) {
    return h("tr", { class: "pick", onclick: () => go({ case: key }) },
      h("td", null, h("button", { type: "button", class: "link" }, one.name), h("div", { class: "quiet" }, file.path)),
      h("td", null, one.passed ? badge("✓ as expected", "good") : badge("✕ not as expected", "bad")), h("td", null, badge(one.status)),
      h("td", null, one.findings.length ? one.findings.map((each) => h("div", null, h("strong", null, each.code), " ", each.message)) : h("span", { class: "quiet" }, "none")),
      h("td", null, one.refused.length ? counted(one.refused.map((each) => `${each.action} by ${(each.links.find((link) => link.answered) || each.links[0])?.link || "the gate"}`)).map((words) => h("div", null, words)) : h("span", { class: "quiet" }, "none")),
      h("td", { class: "number" }, duration(one.virtual_seconds)));
  }
  draw();
  return [
    h("div", { class: "row filters" }, h("label", { for: "find-case" }, "Search"), search, h("label", { for: "kind" }, "Show"), kind, told),
    h("table", null, h("thead", null, h("tr", null, ["Case", "Verdict", "Status", "Findings", "Refused calls"].map((each) => h("th", { scope: "col" }, each)), h("th", { scope: "col", class: "number" }, "Virtual time"))), body), more];
}

// How often a text is in a list, each once.
const counted = (words) => [...grouped(words, (one) => one)].map(([one, all]) => all.length > 1 ? `${one} ×${all.length}` : one);
