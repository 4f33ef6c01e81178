one("#theme").value = theme; one("#theme").dispatchEvent(new Event("change"));
for (const hash of ["#all=1", ...["graph", "table", "events", "timeline", "permissions", "accounts"].flatMap((tab) => ["#case=0.3&tab=" + tab, "#case=1.0&tab=" + tab])]) {
  await go(hash);
  all("details").forEach((each) => { each.open = true; });
  told[hash] = { nameless: nameless(), twice: twice(), poor: poor(), heading: all("h1").length };
}
