// Every call in order: who asked what of whom, the verdict, the statement that decided, and what to change.
const CALLS_SHOWN = 500;
const CHANGES = { "add-statement": "add this statement to", "change-statement": "change this in the statement of", "remove-statement": "remove this statement from" };

function permissions(one, onState) {
  const refused = one.calls.filter((call) => !call.allowed).length;
  const only = h("select", { id: "verdict", onchange: draw }, h("option", { value: "" }, `all (${one.calls.length})`), h("option", { value: "refused" }, `refused (${refused})`), h("option", { value: "allowed" }, `allowed (${one.calls.length - refused})`));
  const search = h("input", { id: "find-call", type: "search", placeholder: "action, resource, role, state", oninput: draw });
  const calls = h("ol", { class: "calls" });
  const told = h("p", { class: "quiet", role: "status" });
  function draw() {
    const wanted = search.value.toLowerCase();
    const found = one.calls.filter((call) => (!only.value || (only.value === "allowed") === call.allowed) && (!wanted || JSON.stringify(call).toLowerCase().includes(wanted)));
    calls.replaceChildren(...found.slice(0, CALLS_SHOWN).map((call) => row(call, onState)));
    told.textContent = found.length > CALLS_SHOWN ? `The first ${CALLS_SHOWN} of ${found.length} calls; search to see others.` : plural(found.length, "call");
  }
  draw();
  return [h("div", { class: "row filters" }, h("label", { for: "verdict" }, "Verdict"), only, h("label", { for: "find-call" }, "Search"), search, told), one.permissions_judged ? null : h("p", { class: "notice warn" }, "Permissions were not judged in this run."), calls].filter(Boolean);
}

function row(call, onState) {
  const [action, resource] = call.needs[0] || [call.operation, call.resource];
  const verdict = call.allowed ? badge("✓ " + (call.judged ? "allowed" : "not judged"), call.judged ? "good" : "quiet") : badge("✕ refused: " + call.link, "bad");
  const times = call.times > 1 ? ` ×${call.times} polls until ${after(call.until)}` : call.poll ? ` poll ${call.poll}` : "";
  return h("li", { class: call.allowed ? "allowed" : "refused" }, h("details", { open: !call.allowed },
    h("summary", null, h("span", { class: "mono" }, `#${call.sequence} ${after(call.at)} `), h("strong", null, action), times, " ", verdict, h("div", { class: "quiet" }, `${lastOf(call.role) || call.principal} → ${resource}`)),
    h("dl", { class: "facts" }, facts(call).flatMap(([label, value]) => [h("dt", null, label), h("dd", null, value)])),
    call.state ? h("p", null, h("button", { type: "button", class: "link", onclick: () => onState(call.state, call.execution) }, `Show the state ${call.state}`)) : null,
    call.granted.map((one) => h("div", null, h("p", null, `Granted by ${one.layer} ${one.policy}, statement ${one.statement}, `, h("code", null, one.place)), one.source && h("pre", { class: "source" }, one.source))),
    call.why ? why(call.why) : null));
}

function facts(call) {
  return [
    ["who", call.principal], ["role", call.role], ["acts for", call.for], ["call", call.operation],
    ...call.needs.map(([action, resource]) => ["needs", `${action} on ${resource}`]), ["resource", call.resource], ["Region", call.region],
    ["state", call.state && `${call.state}, attempt ${call.attempt}`], ["note", call.assumed && "an action or ARN that was judged is assumed, not documented"],
  ].filter(([, value]) => value);
}

function why(told) {
  return [...told.links].sort((a, b) => Number(b.answered) - Number(a.answered)).map((one) => h("div", { class: "refusal" },
    h("p", null, h("strong", null, one.answered ? "Refused by " : "Also refused by "), h("code", null, one.link), `, ${one.meaning}: ${one.sentence}`),
    one.nearest && nearest(one.nearest), one.help && h("p", { class: "notice" }, one.help),
    one.remedies.map((each) => h("div", { class: "notice good" }, h("strong", null, "Fix: "), CHANGES[each.kind] ? [each.new_policy ? `attach this policy to ${each.place}` : `${CHANGES[each.kind]} ${each.place} `, each.excerpt && h("code", null, place(each.excerpt)), h("pre", { class: "source" }, formatted(each.text))] : each.text))))
    .concat(told.answer ? [h("p", { class: "quiet" }, "The service answers: ", told.answer)] : []);
}

function nearest(one) {
  const parts = one.failed.length ? one.failed : [{ excerpt: one.excerpt, wants: one.effect === "Deny" ? "this statement denies the call" : "this statement allows the call", has: "" }];
  return [h("p", null, `Nearest: statement ${one.statement} of ${one.policy}`), ...parts.map((each) => h("div", null, h("pre", { class: "source" }, `${place(each.excerpt)}\n${each.excerpt.source || ""}`), h("p", { class: "quiet" }, [each.wants, each.has].filter(Boolean).join(", "))))];
}

const formatted = (text) => { try { return pretty(JSON.parse(text)); } catch { return text; } };
