// The page: overview, addresses behind `#`, theme.
const main = document.getElementById("main");
const everyCase = report.files.flatMap((file, at) => file.cases.map((one, index) => ({ file, one, key: `${at}.${index}` })));

const addressOf = () => Object.fromEntries(new URLSearchParams(location.hash.slice(1)));
const hashOf = (address) => "#" + new URLSearchParams(Object.entries(address).filter(([, value]) => value !== undefined && value !== "" && value !== -1).map(([key, value]) => [key, String(value)]));
const replaceAddress = (address) => { try { history.replaceState(null, "", hashOf(address)); } catch { /* a page that may not change its address works without */ } };
const go = (address) => { location.hash = hashOf(address); };

function show() {
  const address = addressOf();
  const found = everyCase.find((each) => each.key === address.case) || (everyCase.length === 1 && address.case === undefined && !report.files.some((file) => file.faults.length) && !address.all ? everyCase[0] : null);
  main.replaceChildren(...(found ? caseView(found.file, found.one, { ...address, case: found.key }) : overview(address)));
  document.title = (found ? found.one.name + " – " : "") + "Turnstile report";
}

const bad = everyCase.filter((each) => !each.one.passed).length;
document.getElementById("summary").append(badge(report.passed ? "✓ passed" : "✕ not as expected", report.passed ? "good" : "bad"), ` ${plural(everyCase.length, "case")} in ${plural(report.files.length, "file")}, ${bad} not as expected, seed ${report.seed}`);
document.getElementById("home").addEventListener("click", () => go({ all: 1 }));
document.getElementById("print").addEventListener("click", () => window.print());
const theme = document.getElementById("theme");
theme.addEventListener("change", () => { if (theme.value) document.documentElement.dataset.theme = theme.value; else delete document.documentElement.dataset.theme; });
if (["light", "dark"].includes(addressOf().theme)) { theme.value = addressOf().theme; document.documentElement.dataset.theme = theme.value; }
window.addEventListener("hashchange", () => { show(); window.scrollTo(0, 0); main.focus({ preventScroll: true }); });
show();
