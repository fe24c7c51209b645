// The kinds of parts that the editor knows: where each may be dropped, and what is one piece.

function isTable(element, name) {
  return element.tagName === 'TABLE' && element.classList.contains(name);
}

/** Teaches the editor what may be dropped where; what is not ours stays as it was read. */
export function addTypes(editor) {
  const {Components} = editor;
  // The editor's own types put rows and bodies into order, and by that lose the comments for Outlook.
  const plain = Components.getType('default').model.prototype.initialize;
  for (const type of ['row', 'tbody', 'thead', 'tfoot', 'table']) {
    Components.addType(type, {model: {initialize(...values) { plain.apply(this, values); }}});
  }
  // Handles would write a height, which pictures must not have on narrow screens.
  Components.addType('image', {model: {defaults: {resizable: false}}});
  Components.addType('ml-section', {
    extend: 'table',
    isComponent: (element) => isTable(element, 'ml-section') && {type: 'ml-section'},
    model: {defaults: {draggable: '[data-gjs-type=wrapper]', droppable: false}},
  });
  for (const name of ['ml-block', 'ml-columns']) {
    Components.addType(name, {
      extend: 'table',
      isComponent: (element) => isTable(element, name) && {type: name},
      model: {defaults: {draggable: '.ml-cell, .ml-col, td, th', droppable: false}},
    });
  }
  // The cells within a block are part of it.
  Components.addType('ml-part', {
    extend: 'cell',
    isComponent: (element) => ['TD', 'TH'].includes(element.tagName) && element.closest?.('.ml-block') && {type: 'ml-part'},
    model: {defaults: {draggable: false, droppable: false}},
  });
  for (const [type, tag] of [['ml-text', 'DIV'], ['ml-heading', null]]) {
    Components.addType(type, {
      extend: 'text',
      isComponent: (element) => element.classList?.contains(type) && (!tag || element.tagName === tag) && {type},
      model: {defaults: {draggable: false, droppable: false}},
    });
  }
}
