"use strict";

/** Counts by two words, such as kind and action. */
class Counts {
  constructor() {
    this.rows = new Map();
  }

  add(row, column, count) {
    if (!this.rows.has(row)) this.rows.set(row, new Map());
    const columns = this.rows.get(row);
    columns.set(column, (columns.get(column) ?? 0) + count);
  }

  at(row, column) {
    return this.rows.get(row)?.get(column) ?? 0;
  }
}

/**
 * Make a table of counts. A count is a button that shows the rows that are counted.
 *
 * @param title the caption.
 * @param heading what the rows are.
 * @param rows [place, text] of each row.
 * @param columns {title, at(row), choose(row)} of each column.
 */
function makeTotals(title, heading, rows, columns) {
  const head = makeHead([["", heading], ...columns.map((column) => ["number", column.title])]);
  const lines = rows.map(([row, text]) => makeRow(
    make("th", { role: "rowheader", scope: "row" }, makeValue("", text)),
    ...columns.map((column) => makeCell("number", makeCount(column, row, text))),
  ));
  if (rows.length > 1) {
    const sums = columns.map((column) => {
      const sum = rows.reduce((total, [row]) => total + column.at(row), 0);
      return makeCell("number", formatCount(sum));
    });
    const all = make("th", { role: "rowheader", scope: "row" }, "All");
    lines.push(make("tr", { role: "row", class: "sum" }, all, ...sums));
  }
  const table = make("table", { role: "table" }, make("caption", null, title), head,
    make("tbody", { role: "rowgroup" }, ...lines));
  return make("div", { class: "scroll", tabindex: "0", role: "group", "aria-label": title }, table);
}

function makeCount(column, row, text) {
  const count = column.at(row);
  if (!count) return make("span", { class: "none" }, "0");
  const label = `${text}, ${column.title}: ${formatCount(count)}. Show.`;
  return makeButton({ class: "count", "aria-label": label }, formatCount(count),
    () => column.choose(row));
}
