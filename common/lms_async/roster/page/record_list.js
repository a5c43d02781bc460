"use strict";

const ROWS_PER_PAGE = 50;
const MOST_PRINTED_ROWS = 1000;
/** Milliseconds without a key press before the rows are searched. */
const SEARCH_DELAY = 120;

/**
 * A list of rows with filters, a search and pages. The browser holds the elements of one page only.
 *
 * @param section the element of the list.
 * @param options
 *   nouns: singular and plural of what is listed.
 *   filters: {name, label, words} for each filter. A row has the place of its word in `row[name]`.
 *   columns: [class, title] of each column.
 *   cells(row): the cells of a row.
 *   text(row): everything in which the search looks.
 */
class RecordList {
  constructor(section, options) {
    Object.assign(this, options);
    this.section = section;
    this.rows = [];
    this.found = this.rows;
    this.page = 0;
    this.waiting = null;
    this.selects = new Map();
    this.body = make("tbody", { role: "rowgroup" });
    this.status = make("p", { class: "status", role: "status" }, "Loading …");
    this.chosen = make("p", { class: "print-only" });
    this.controls = this.makeControls();
    this.table = make("table", { role: "table", "aria-busy": "true" },
      make("caption", { class: "hidden" }, capitalize(this.nouns[1])), makeHead(this.columns),
      this.body);
    this.pager = this.makePager();
    section.append(this.controls, this.status, this.chosen, this.table, this.pager);
  }

  /** Add rows. The first ones are shown at once. */
  add(rows) {
    for (const row of rows) this.rows.push(row);
    if (this.rows.length === rows.length) this.show();
  }

  /** Prepare the search in the rows `first` to `last`. */
  index(first, last) {
    for (const row of this.rows.slice(first, last)) row.text = fold(this.text(row));
  }

  /** Let the reader filter and search. All rows were added and indexed. */
  finish() {
    this.controls.disabled = false;
    this.table.setAttribute("aria-busy", "false");
    this.filter();
  }

  /** Show the rows that have the chosen words, `{name: place}`, and go to the list. */
  choose(chosen) {
    this.reset(chosen);
    this.section.scrollIntoView();
    this.section.focus({ preventScroll: true });
  }

  reset(chosen) {
    this.search.value = "";
    for (const [name, select] of this.selects) select.value = chosen[name] ?? "";
    this.filter();
  }

  makeControls() {
    const search = make("input", { type: "search", autocomplete: "off", spellcheck: "false" });
    this.search = search;
    search.addEventListener("input", () => {
      clearTimeout(this.waiting);
      this.waiting = setTimeout(() => this.filter(), SEARCH_DELAY);
    });
    const labels = this.filters.map(({ name, label, words }) => {
      const options = words.map((word, place) => make("option", { value: place }, word));
      const select = make("select", null, make("option", { value: "" }, "All"), ...options);
      select.addEventListener("change", () => this.filter());
      this.selects.set(name, select);
      return make("label", null, label, select);
    });
    const clear = makeButton({}, "Clear filters", () => {
      this.reset({});
      search.focus();
    });
    const legend = make("legend", { class: "hidden" }, `Filter ${this.nouns[1]}`);
    return make("fieldset", { class: "controls", disabled: "" }, legend,
      make("label", { class: "search" }, "Search", search), ...labels, clear);
  }

  makePager() {
    const step = (text, target) => {
      const button = makeButton({}, text, () => {
        if (button.getAttribute("aria-disabled") === "true") return;
        this.page = target();
        this.show();
        this.status.scrollIntoView({ block: "nearest" });
      });
      return { button, target };
    };
    this.steps = [
      step("First", () => 0),
      step("Previous", () => Math.max(this.page - 1, 0)),
      step("Next", () => Math.min(this.page + 1, this.lastPage())),
      step("Last", () => this.lastPage()),
    ];
    this.place = make("span", { class: "place" });
    const [first, previous, next, last] = this.steps.map(({ button }) => button);
    return make("nav", { class: "pager", "aria-label": `Pages of ${this.nouns[1]}` },
      first, previous, this.place, next, last);
  }

  lastPage() {
    return Math.max(Math.ceil(this.found.length / ROWS_PER_PAGE) - 1, 0);
  }

  /** Find the rows that have all chosen words and all words of the search. */
  filter() {
    clearTimeout(this.waiting);
    this.waiting = null;
    const chosen = [...this.selects]
      .filter(([, select]) => select.value !== "")
      .map(([name, select]) => [name, Number(select.value)]);
    const words = fold(this.search.value).split(/\s+/).filter(Boolean);
    const matches = (row) => chosen.every(([name, place]) => row[name] === place)
      && words.every((word) => row.text.includes(word));
    this.found = chosen.length || words.length ? this.rows.filter(matches) : this.rows;
    this.page = 0;
    this.show();
  }

  /** Show the current page. */
  show() {
    const first = this.page * ROWS_PER_PAGE;
    this.fill(first, first + ROWS_PER_PAGE);
    const last = Math.min(first + ROWS_PER_PAGE, this.found.length);
    const all = this.found.length === this.rows.length;
    const total = countOf(this.rows.length, ...this.nouns);
    const found = all ? total : `${formatCount(this.found.length)} found, of ${total}`;
    if (this.controls.disabled) {
      this.status.textContent = "Loading …";
    } else if (this.found.length) {
      this.status.textContent = `${formatCount(first + 1)}–${formatCount(last)} of ${found}`;
    } else {
      this.status.textContent = all ? `No ${this.nouns[1]}` : `Nothing found in ${total}`;
    }
    this.table.hidden = !this.found.length;
    this.pager.hidden = this.lastPage() === 0;
    this.place.textContent =
      `Page ${formatCount(this.page + 1)} of ${formatCount(this.lastPage() + 1)}`;
    for (const { button, target } of this.steps) {
      button.setAttribute("aria-disabled", String(target() === this.page));
    }
  }

  /** Show all rows that are found, up to a bound, for printing. */
  showForPrint() {
    this.fill(0, MOST_PRINTED_ROWS);
    const filters = this.filters
      .map(({ name, label, words }) => [label, words[this.selects.get(name).value]])
      .filter(([, word]) => word !== undefined)
      .map(([label, word]) => `${label}: ${word}`);
    if (this.search.value.trim()) filters.push(`Search: ${this.search.value.trim()}`);
    const printed = Math.min(this.found.length, MOST_PRINTED_ROWS);
    const said = [...filters,
      `Printed: ${formatCount(printed)} of ${countOf(this.found.length, ...this.nouns)} found.`];
    if (printed < this.found.length) {
      said.push(`At most ${formatCount(MOST_PRINTED_ROWS)} rows are printed.`);
    }
    this.chosen.textContent = said.join(" ");
  }

  fill(first, last) {
    const rows = this.found.slice(first, last);
    this.body.replaceChildren(...rows.map((row) => makeRow(...this.cells(row))));
  }
}
