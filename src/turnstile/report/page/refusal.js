// Why a call was refused, and what to change: in a few lines above all tabs, and whole beside the list of calls.
const CHANGES = { "add-statement": "add this statement to", "change-statement": "change this in the statement of", "remove-statement": "remove this statement from" };
const REFUSALS_ABOVE = 3;

function refusals(one, open) {
  const distinct = [...new Map(one.refused.map((each) => [[each.action, each.resource, each.role || each.principal, ...each.links.map((link) => link.link)].join(" "), each])).values()];
  const above = distinct.slice(0, REFUSALS_ABOVE).map((each) => refusal(one, each, open));
  if (distinct.length > above.length) above.push(h("p", null, h("button", { type: "button", class: "link", onclick: () => open(null) }, `${plural(distinct.length - above.length, "other refusal")} in Permissions`)));
  return h("div", { class: "refusals" }, above);
}

function refusal(one, each, open) {
  const first = each.links.find((link) => link.answered) || each.links[0];
  const others = each.links.filter((link) => link !== first);
  const failed = first?.nearest?.failed[0];
  return h("section", { class: "notice bad refused", "aria-label": `refused: ${each.action}` },
    h("p", null, h("strong", null, "Refused: "), h("code", null, short(one, each.role || each.acting_for || each.principal)), " may not ", h("code", null, each.action), " on ", h("code", { title: each.resource }, short(one, each.resource)), each.state ? [" in state ", h("code", null, each.state)] : null),
    first ? h("p", null, h("strong", null, "Why: "), ticked(`${first.meaning}: ${first.sentence}${failed ? ` – ${failed.wants}, ${failed.has}` : ""}`), " ", at_((failed || first.nearest)?.excerpt), others.length ? h("span", { class: "quiet" }, ` ${others.map((link) => link.link).join(", ")} would refuse it as well`) : null) : null,
    first?.remedies[0] ? fix(first.remedies[0], true) : first?.help ? h("p", null, h("strong", null, "Fix: "), ticked(first.help)) : null,
    h("p", null, h("button", { type: "button", class: "link", onclick: () => open(each) }, "All of this call")));
}

function fix(each, brief) {
  if (!CHANGES[each.kind]) return h("p", null, h("strong", null, "Fix: "), ticked(each.text));
  const words = [h("strong", null, "Fix: "), ticked(each.new_policy ? `attach this policy to ${each.place} ` : `${CHANGES[each.kind]} ${each.place} `), at_(each.excerpt || each.declared)];
  const text = h("pre", { class: "source", tabindex: "0", "aria-label": "policy text" }, formatted(each.text));
  return brief ? h("details", null, h("summary", null, words), text) : h("div", { class: "notice good" }, words, text);
}

function why(told) {
  return [...told.links].sort((a, b) => Number(b.answered) - Number(a.answered)).map((one) => h("div", { class: "refusal" },
    h("p", null, h("strong", null, one.answered ? "Refused by " : "Also refused by "), h("code", null, one.link), ticked(`, ${one.meaning}: ${one.sentence}`)),
    one.nearest && nearest(one.nearest), one.help && h("p", { class: "notice" }, ticked(one.help)),
    one.remedies.map((each) => fix(each, false))))
    .concat(told.answer ? [h("p", { class: "quiet" }, "The service answers: ", told.answer)] : []);
}

function nearest(one) {
  const parts = one.failed.length ? one.failed : [{ excerpt: one.excerpt, wants: one.effect === "Deny" ? "this statement denies the call" : "this statement allows the call", has: "" }];
  return [h("p", null, `Nearest: statement ${one.statement} of ${one.policy}`), ...parts.map((each) => h("div", null, h("pre", { class: "source" }, `${place(each.excerpt)}\n${(each.excerpt.source || "").trim()}`), h("p", { class: "quiet" }, ticked([each.wants, each.has].filter(Boolean).join(", ")))))];
}

const formatted = (text) => { try { return pretty(JSON.parse(text)); } catch { return text; } };
