"use strict";

/** Make an element. A child that is a string becomes text, and never HTML. */
function make(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) element.setAttribute(name, value);
  element.append(...children.filter((child) => child !== null));
  return element;
}

/** Make a button that calls `action`. */
function makeButton(attributes, text, action) {
  const button = make("button", { type: "button", ...attributes }, text);
  button.addEventListener("click", action);
  return button;
}

/** Make a row of a table. Its roles are stated, because narrow screens show it as a block. */
function makeRow(...cells) {
  return make("tr", { role: "row" }, ...cells);
}

function makeCell(name, ...children) {
  return make("td", { role: "cell", class: name }, ...children);
}

function makeHead(titles) {
  const cells = titles.map(([name, title]) =>
    make("th", { role: "columnheader", scope: "col", class: name }, title));
  return make("thead", { role: "rowgroup" }, makeRow(...cells));
}

/** Make a text that comes from data. It is shown in its own direction of writing. */
function makeValue(name, text) {
  return make("bdi", { class: name }, text);
}

function formatCount(count) {
  return count.toLocaleString("en-US");
}

/** Return "1 change", "2 changes". */
function countOf(count, singular, plural) {
  return `${formatCount(count)} ${count === 1 ? singular : plural}`;
}

function capitalize(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Return a text in the form in which texts are searched: in small letters, without accents. */
function fold(text) {
  const small = text.toLowerCase();
  return /[^\x00-\x7f]/.test(small) ? small.normalize("NFD").replace(/\p{M}/gu, "") : small;
}
