// What Datasette's own pages lack for those who read by ear or by keyboard (docs/pages.md): the language of the page,
// names of fields, and focus where something scrolls. On "load", when Datasette's own scripts have made their fields.
const NAMES = {
  'select[name^="_filter_column"]': "Column to filter by",
  'select[name^="_filter_op"]': "How to compare",
  'input[name^="_filter_value"]': "Value to compare with",
  'select[name="_sort"]': "Column to sort by",
  'textarea[name="sql"], .CodeMirror textarea, .cm-content': "SQL",
};

document.documentElement.lang = "en";
window.addEventListener("load", () => {
  for (const [selector, name] of Object.entries(NAMES)) {
    for (const field of document.querySelectorAll(selector)) {
      field.setAttribute("aria-label", name);
    }
  }
  for (const box of document.querySelectorAll(".table-wrapper, dl.column-descriptions, pre")) {
    box.tabIndex = 0;
  }
});
