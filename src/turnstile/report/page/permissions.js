// Every call in order: who asked what of whom, and the verdict; beside it, the statement that decided and what to change.
function permissions(one, aside, wanted, onState) {
  const refused = one.calls.filter((call) => !call.allowed).length;
  const only = h("select", { id: "verdict", onchange: draw }, h("option", { value: "" }, `all (${one.calls.length})`), h("option", { value: "refused" }, `refused (${refused})`), h("option", { value: "allowed" }, `allowed (${one.calls.length - refused})`));
  const search = h("input", { id: "find-call", type: "search", placeholder: "action, resource, role, state", oninput: draw });
  const told = h("span", { class: "quiet", role: "status" });
  const place_ = h("div");
  const texts = new Map();
  const text = (call) => { let found = texts.get(call); if (found === undefined) { found = folded([call.operation, call.resource, call.principal, call.role, call.state, call.link, ...call.needs.flat()].join(" ")); texts.set(call, found); } return found; };
  const detail = (call) => { aside.setAttribute("aria-label", "chosen call"); aside.replaceChildren(...callPanel(one, call, onState)); };
  function draw() {
    const part = folded(search.value);
    const found = one.calls.filter((call) => (!only.value || (only.value === "allowed") === call.allowed) && (!part || text(call).includes(part)));
    told.textContent = plural(found.length, "row");
    const made = list("calls", "calls", found, (call) => line(one, call), detail);
    place_.replaceChildren(made.box);
    const first = wanted ? found.indexOf(wanted) : found.findIndex((call) => !call.allowed);
    if (found.length) requestAnimationFrame(() => made.choose(Math.max(first, 0)));
    else aside.replaceChildren(h("p", { class: "quiet" }, "No call fits."));
  }
  draw();
  return [
    one.permissions_judged ? null : h("p", { class: "notice warn" }, "Permissions were not judged in this run."),
    h("div", { class: "row filters" }, h("label", { for: "verdict" }, "Verdict"), only, h("label", { for: "find-call" }, "Search"), search, told),
    h("div", { class: "head calls", "aria-hidden": "true" }, ["#", "Time", "Who", "Asked for", "On", "Verdict"].map((each) => h("span", null, each))), place_,
  ].filter(Boolean);
}

const verdict = (call) => call.allowed ? badge("✓ " + (call.judged ? "allowed" : "not judged"), call.judged ? "good" : "quiet") : badge("✕ " + call.link, "bad");

function line(one, call) {
  const [action, resource] = call.needs[0] || [call.operation, call.resource];
  const times = call.times > 1 ? ` ×${call.times}` : "";
  return [String(call.sequence), after(call.at), short(one, call.role || call.principal), action + times, short(one, resource), verdict(call)].map((cell) => h("span", null, cell));
}

function callPanel(one, call, onState) {
  const [action] = call.needs[0] || [call.operation];
  return [
    h("h2", { class: "row" }, action, verdict(call)),
    call.why ? why(call.why) : null,
    h("dl", { class: "facts" }, facts(call).flatMap(([label, value]) => [h("dt", null, label), h("dd", null, value)])),
    call.state ? h("p", null, h("button", { type: "button", class: "link", onclick: () => onState(call.state, call.execution) }, `Show the state ${call.state}`)) : null,
    call.granted.map((one) => h("div", null, h("p", null, `Granted by ${one.layer} ${one.policy}, statement ${one.statement}, `, h("code", null, one.place)), one.source && h("pre", { class: "source" }, one.source.trim()))),
  ].flat(Infinity).filter(Boolean);
}

function facts(call) {
  return [
    ["call", `#${call.sequence} at ${after(call.at)}, ${call.operation}`], ["polls", call.times > 1 && `${call.times} of them until ${after(call.until)}, each with this verdict`],
    ["who", call.principal], ["role", call.role], ["acts for", call.for],
    ...call.needs.map(([action, resource]) => ["needs", `${action} on ${resource}`]), ["resource", call.resource], ["Region", call.region],
    ["state", call.state && `${call.state}, attempt ${call.attempt}`], ["note", call.assumed && "an action or ARN that was judged is assumed, not documented"],
  ].filter(([, value]) => value);
}
