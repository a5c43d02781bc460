"use strict";

const summary = JSON.parse(document.getElementById("summary").textContent);
const orgWords = summary.orgs.map((org) => org || "no school");
/** The names of people and sections that the plan changes, by kind and key. */
const names = new Map(Object.values(summary.key_parts).flat().map((kind) => [kind, new Map()]));

/** Return the name that the fields of a record say. */
function nameIn({ given_name: given, family_name: family, title, name }) {
  return [given, family].filter(Boolean).join(" ") || title || name || "";
}

/** Return [name, key] of a row, each "" if it is not known. */
function identify(row) {
  const kind = summary.kinds[row.kind];
  const parts = summary.key_parts[kind];
  if (parts === undefined) return [row.name || (names.get(kind)?.get(row.key) ?? ""), row.key];
  const known = row.key.map((key, place) => names.get(parts[place])?.get(key) ?? key);
  const [name, key] = [known, row.key].map((texts) => joinParts(texts, parts));
  return [name === key ? "" : name, key];
}

/** Return e.g. "Ada Okafor / Bea Okafor (guardian)". Parts that are words have no kind. */
function joinParts(texts, kinds) {
  const joined = texts.filter((_, place) => kinds[place] !== "").join(" / ");
  const words = texts.filter((_, place) => kinds[place] === "");
  return words.length ? `${joined} (${words.join(", ")})` : joined;
}

function readChange([kind, action, org, key, before, after], fields) {
  const row = { kind, action, org, key, before, after, fields };
  const said = {};
  for (const values of [before, after]) {
    for (let at = 0; at < values.length; at += 2) said[fields[values[at]]] = values[at + 1];
  }
  row.name = nameIn(said);
  if (row.name) names.get(summary.kinds[kind])?.set(key, row.name);
  return row;
}

/** Return [word, before, after] of each field. A side that the change does not have is null. */
function valuesOf(row) {
  const found = new Map();
  [row.before, row.after].forEach((values, side) => {
    for (let at = 0; at < values.length; at += 2) {
      if (!found.has(values[at])) found.set(values[at], [null, null]);
      found.get(values[at])[side] = values[at + 1];
    }
  });
  return [...found].map(([field, [before, after]]) => [row.fields[field], before, after]);
}

function readLeftAlone([kind, reason, org, key, vendorId, detail, records, isField]) {
  return { kind, reason, org, key, vendorId, detail, records, what: Number(isField) };
}

function makeRecord(row) {
  const [name, key] = identify(row);
  return makeCell("record", name ? makeValue("name", name) : null,
    key ? makeValue("key", key) : null);
}

function makeFields(row) {
  const items = valuesOf(row).map(([word, before, after]) => {
    const item = make("li", null, make("span", { class: "field" }, word), " ");
    if (before !== null) item.append(makeSide("before", "before: ", before));
    if (before !== null && after !== null) {
      item.append(make("span", { class: "arrow", "aria-hidden": "true" }, " → "));
    }
    if (after !== null) item.append(makeSide("after", "after: ", after));
    return item;
  });
  return make("ul", { class: "fields" }, ...items);
}

function makeSide(name, spoken, value) {
  return make("span", { class: name }, make("span", { class: "hidden" }, spoken),
    value ? makeValue("", value) : make("em", null, "empty"));
}

const changes = new RecordList(document.getElementById("changes"), {
  nouns: ["change", "changes"],
  read: readChange,
  filters: [
    { name: "kind", label: "Kind", words: summary.kinds },
    { name: "action", label: "Action", words: summary.actions },
    { name: "org", label: "School", words: orgWords },
  ],
  columns: [["action", "Action"], ["kind", "Kind"], ["record", "Record"], ["org", "School"],
    ["values", "Fields, before → after"]],
  cells: (row) => [
    makeCell("action", make("span", { class: summary.removals[row.action] ? "removal" : "" },
      summary.actions[row.action])),
    makeCell("kind", summary.kinds[row.kind]),
    makeRecord(row),
    makeCell("org", makeValue("", orgWords[row.org])),
    makeCell("values", makeFields(row)),
  ],
  text: (row) => {
    const texts = [...identify(row), orgWords[row.org], summary.actions[row.action]];
    for (const [word, before, after] of valuesOf(row)) {
      if (before !== null && after !== null) texts.push(word);
      texts.push(before ?? "", after ?? "");
    }
    return texts.join("\n");
  },
});

const leftAlone = new RecordList(document.getElementById("left-alone"), {
  nouns: ["row", "rows"],
  read: readLeftAlone,
  filters: [
    { name: "kind", label: "Kind", words: summary.kinds },
    { name: "reason", label: "Reason", words: summary.reasons },
    { name: "what", label: "What", words: ["records", "fields"] },
    { name: "org", label: "School", words: orgWords },
  ],
  columns: [["reason", "Reason"], ["kind", "Kind"], ["record", "Record"], ["org", "School"],
    ["detail", "Detail"]],
  cells: (row) => [
    makeCell("reason", capitalize(summary.reasons[row.reason])),
    makeCell("kind", summary.kinds[row.kind]),
    row.key.length ? makeRecord(row) : makeCell("record", describeWithoutKey(row)),
    makeCell("org", makeValue("", orgWords[row.org])),
    makeCell("detail", makeValue("", row.detail)),
  ],
  text: (row) => [...identify(row), row.vendorId, orgWords[row.org], summary.reasons[row.reason],
    row.detail].join("\n"),
});

function describeWithoutKey(row) {
  if (row.records > 1 || !row.vendorId) return countOf(row.records, "record", "records");
  return `vendor's id ${row.vendorId}`;
}

function showAbout() {
  document.title = `Roster plan for ${summary.target}, ${summary.as_of}`;
  const facts = [["Target", summary.target], ["Account", summary.account],
    ["For the day", summary.as_of], ["Made at", summary.made_at]];
  for (const [term, text] of facts) {
    const pair = make("div", null, make("dt", null, term), make("dd", null, makeValue("", text)));
    document.getElementById("about").append(pair);
  }
}

function showGuard() {
  const texts = (stops) => summary.refusals
    .filter((refusal) => refusal.stops === stops)
    .map((refusal) => make("li", null, refusal.text));
  const verdicts = [
    ["stops", "The guard refuses this plan. Do not apply it.", texts(true)],
    ["warns", "The guard leaves out removals.", texts(false)],
  ].filter(([, , items]) => items.length);
  if (!verdicts.length) verdicts.push(["allows", "The guard allows this plan.", []]);
  for (const [name, title, items] of verdicts) {
    document.getElementById("guard").append(make("div", { class: `verdict ${name}` },
      make("p", null, make("strong", null, title)),
      items.length ? make("ul", null, ...items) : null));
  }
}

function showTotals() {
  const by = { kind: [new Counts(), new Counts()], org: [new Counts(), new Counts()] };
  for (const [kind, action, org, count] of summary.changes) {
    by.kind[0].add(kind, action, count);
    by.org[0].add(org, action, count);
  }
  for (const [kind, , org, isField, count] of summary.left_alone) {
    if (isField) continue; // the record itself may be changed
    by.kind[1].add(kind, "", count);
    by.org[1].add(org, "", count);
  }
  const makeTable = (name, title, heading, texts) => {
    const [changed, left] = by[name];
    const columns = summary.actions.map((action, place) => ({
      title: capitalize(action),
      at: (row) => changed.at(row, place),
      choose: (row) => changes.choose({ [name]: row, action: place }),
    }));
    columns.push({
      title: "Left alone",
      at: (row) => left.at(row, ""),
      choose: (row) => leftAlone.choose({ [name]: row, what: 0 }),
    });
    return makeTotals(title, heading, [...texts.entries()], columns);
  };
  const totals = document.getElementById("totals");
  if (!summary.kinds.length) totals.append(make("p", null, "There is nothing to change."));
  else totals.append(
    makeTable("kind", "By kind", "Kind", summary.kinds.map(capitalize)),
    makeTable("org", "By school", "School", orgWords),
  );
}

/** Make a table of the reasons for leaving records alone, or of those for fields. */
function makeReasons(title, ofFields) {
  const counts = new Counts();
  for (const [kind, reason, , isField, count] of summary.left_alone) {
    if (isField === ofFields) counts.add(reason, kind, count);
  }
  const columns = summary.kinds.map((word, kind) => ({
    title: capitalize(word),
    at: (reason) => counts.at(reason, kind),
    choose: (reason) => leftAlone.choose({ kind, reason, what: Number(ofFields) }),
  })).filter((column) => summary.reasons.some((_, reason) => column.at(reason)));
  const used = [...summary.reasons.map(capitalize).entries()].filter(([at]) => counts.rows.has(at));
  return used.length ? makeTotals(title, "Reason", used, columns) : null;
}

function showReasons() {
  if (!summary.reasons.length) return;
  const bound = `All are counted here. Below, of each kind and reason only the first `
    + `${formatCount(summary.listed)} records are listed.`;
  const parts = [make("p", { class: "about" }, bound), makeReasons("Records by reason", false),
    makeReasons("Fields by reason", true)];
  document.querySelector("#left-alone .about").after(...parts.filter(Boolean));
}

/** Show what is wrong in the source, with the first places of each problem. */
function showProblems() {
  const section = document.getElementById("problems");
  section.hidden = !summary.problems.length;
  for (const heading of new Set(summary.problems.map((group) => group.heading))) {
    const groups = summary.problems.filter((group) => group.heading === heading);
    const total = groups.reduce((sum, group) => sum + group.count, 0);
    section.append(make("h3", null, `${heading} (${countOf(total, "problem", "problems")})`),
      make("ul", null, ...groups.map(makeProblems)));
  }
}

function makeProblems({ file, name, count, first, more }) {
  const places = first.map((text) => make("li", null, makeValue("", text)));
  if (more) places.push(make("li", null, `and ${countOf(more, "other", "others")}`));
  return make("li", null, makeValue("", `${formatCount(count)}  ${file ? `${file}: ` : ""}${name}`),
    make("ul", null, ...places));
}

/** Let the browser paint and react. */
function pause() {
  return new Promise((resume) => { setTimeout(resume); });
}

async function loadRows() {
  const lists = { changes, "left-alone": leftAlone };
  for (const element of document.querySelectorAll("script[data-rows]")) {
    const list = lists[element.dataset.rows];
    const chunk = JSON.parse(element.textContent);
    element.remove();
    list.add(chunk.rows.map((row) => list.read(row, chunk.fields)));
    await pause();
  }
  for (const list of Object.values(lists)) {
    for (let first = 0; first < list.rows.length; first += 2000) {
      list.index(first, first + 2000);
      await pause();
    }
    list.finish();
  }
}

showAbout();
showGuard();
showProblems();
showTotals();
showReasons();
document.addEventListener("DOMContentLoaded", loadRows);
addEventListener("beforeprint", () => { changes.showForPrint(); leftAlone.showForPrint(); });
addEventListener("afterprint", () => { changes.show(); leftAlone.show(); });
