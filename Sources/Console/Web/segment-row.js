// One filter: its field, operator and value, and what can be done with it.
import {combobox} from './segment-combobox.js';
import {freshID, h, icon, iconButton} from './segment-dom.js';
import {convertValue, editorOf, startingOperator} from './segment-fields.js';
import {refinementInputs, valueInput} from './segment-values.js';
import {t} from './texts.js';

/** What a row shows. It is told every new state of the row, and draws itself anew where it did not make the change. */
export class RowView {
  #row = null;
  #messages = h('div', {class: 'segment-messages', id: freshID('problems')});
  #body = h('div', {class: 'segment-row-body'});
  #join = h('span', {class: 'segment-join'});

  /**
   * @param {object} builder What it belongs to: `fields`, `segment`, and the methods `change`, `act`.
   * @param {object} row The row.
   */
  constructor(builder, row) {
    this.builder = builder;
    this.element = h('li', {class: 'segment-row', 'data-row': row.id},
      h('div', {class: 'segment-lead'}, this.#handle(row), this.#join), this.#body, this.#messages);
    this.update(row);
  }

  /** Shows the row's state. */
  update(row) {
    if (row === this.#row) return;
    this.#row = row;
    this.#draw();
  }

  get row() {
    return this.#row;
  }

  set join(text) {
    if (this.#join.textContent !== text) this.#join.textContent = text;
  }

  #handle(row) {
    return h('button', {
      type: 'button', class: 'segment-handle', 'aria-label': t('Move this filter with the arrow keys, or drag it'),
      title: t('Drag, or use the arrow keys'), 'data-key': `${row.id}-handle`, draggable: 'true',
      onkeydown: (event) => {
        const step = {ArrowUp: -1, ArrowDown: 1}[event.key];
        if (!step) return;
        event.preventDefault();
        this.builder.act('step', row.id, step);
      },
    }, icon('drag'));
  }

  // A change that this row made: what is typed into stays as it is.
  #change(members, key = null) {
    // A name that is kept with the value is that of the value.
    const whole = 'value' in members ? {display: null, ...members} : members;
    this.#row = this.builder.change(this.#row.id, whole, key);
    this.#mark();
  }

  #choose(field) {
    if (!field || (field.field === this.#row.field && field.object === this.#row.object)) return;
    const old = this.builder.fields.of(this.#row);
    const hasOperator = old?.kind === field.kind && field.operators.some(({operator}) => operator === this.#row.operator);
    const operator = hasOperator ? this.#row.operator : startingOperator(field);
    // Values of another list mean nothing here.
    const from = old?.type === field.type ? editorOf(old, this.#row.operator) : 'other';
    const value = convertValue(this.#row.value, from, editorOf(field, operator));
    this.#change({
      field: field.field, object: field.object, type: field.type, operator, value, display: null, extra: {},
    });
    this.#draw();
    this.focusValue();
  }

  #operate(operator) {
    const field = this.builder.fields.of(this.#row);
    const [from, to] = [editorOf(field, this.#row.operator), editorOf(field, operator)];
    this.#change({operator, value: convertValue(this.#row.value, from, to)});
    if (from !== to) {
      this.#draw();
      this.element.querySelector(`[data-key="${this.#row.id}-operator"]`)?.focus();
    }
  }

  /** Puts the focus where the value is missing. */
  focusValue() {
    const value = this.element.querySelector('.segment-value :is(input, select)');
    (value ?? this.element.querySelector('.segment-operator select'))?.focus();
  }

  #draw() {
    const {fields, segment} = this.builder;
    const row = this.#row;
    const field = fields.of(row);
    const name = field?.label ?? row.field;
    const settings = {
      row, field, label: t('{name}: value', {name}), segment, change: (members, key) => this.#change(members, key),
    };
    const value = row.field ? valueInput(settings) : null;
    this.#body.replaceChildren(
      h('div', {class: 'segment-field'}, combobox({
        label: t('Field'), text: name, placeholder: t('Choose a field…'), key: `${row.id}-field`,
        search: (text) => fields.search(text).map(({label, fields}) => ({
          label, items: fields.map((field) => ({
            label: field.label, hint: field.label.toLowerCase() === field.field ? '' : field.field, value: field.key,
            isChosen: field.field === row.field && field.object === row.object,
          })),
        })),
        choose: (item) => this.#choose(fields.get(item.value)),
      })),
      h('div', {class: 'segment-operator'}, row.field ? this.#operators(field, row, name) : null),
      h('div', {class: 'segment-value', 'data-editor': editorOf(field, row.operator)}, value,
        row.field ? refinementInputs(settings) : null),
      h('div', {class: 'segment-actions'}, this.#menu(row), iconButton('close', t('Remove the filter on {name}', {name: name || t('no field')}), {
        'data-key': `${row.id}-remove`, onclick: () => this.builder.act('remove', row.id),
      })));
    this.#mark();
  }

  #operators(field, row, name) {
    const offered = field ? this.builder.fields.operators(field, row.operator) : [{operator: row.operator, label: row.operator}];
    return h('select', {
      class: 'input', 'aria-label': t('{name}: comparison', {name}), 'data-key': `${row.id}-operator`,
      onchange: (event) => this.#operate(event.target.value),
    }, offered.map(({operator, label}) => h('option', {value: operator, selected: operator === row.operator}, label)));
  }

  #menu(row) {
    const item = (image, text, action, ...rest) => h('button', {
      type: 'button', class: 'item', onclick: () => {
        menu.open = false;
        this.builder.act(action, row.id, ...rest);
      },
    }, icon(image), text);
    const summary = h('summary', {
      class: 'button icon plain small', 'aria-label': t('More for this filter'), title: t('More'), 'data-key': `${row.id}-more`,
    }, icon('more'));
    const menu = h('details', {
      class: 'menu end', name: 'segment-menu',
      onkeydown: (event) => {
        if (event.key !== 'Escape' || !menu.open) return;
        event.stopPropagation();
        menu.open = false;
        summary.focus();
      },
      onfocusout: (event) => {
        if (event.relatedTarget && !menu.contains(event.relatedTarget)) menu.open = false;
      },
    }, summary, h('div', {class: 'menu-list'}, item('up', t('Move up'), 'step', -1), item('down', t('Move down'), 'step', 1),
      item('split', t('Move to a group of its own'), 'split'), item('copy', t('Duplicate'), 'duplicate')));
    return menu;
  }

  /** Shows what is wrong with the row. */
  set problems(problems) {
    const shown = problems.map(({member, message}) => h('p', {class: 'error', 'data-member': member}, h('span', {}, message)));
    const old = [...this.#messages.children].map((child) => child.textContent).join('\n');
    if (old === shown.map((child) => child.textContent).join('\n')) return;
    this.#messages.replaceChildren(...shown);
    this.#mark();
  }

  // Marks the inputs that the messages are about.
  #mark() {
    const members = new Set([...this.#messages.children].map((child) => child.dataset.member));
    const isOff = {
      '.segment-field': members.has('field') || members.has('object') || members.has('type'),
      '.segment-operator': members.has('operator'),
      '.segment-value': [...members].some((member) => !['field', 'object', 'type', 'operator'].includes(member)),
    };
    for (const [selector, isInvalid] of Object.entries(isOff)) {
      for (const input of this.#body.querySelectorAll(`${selector} :is(input, select)`)) {
        input.toggleAttribute('aria-invalid', false);
        if (isInvalid) input.setAttribute('aria-invalid', 'true');
        if (isInvalid) input.setAttribute('aria-describedby', this.#messages.id);
        else input.removeAttribute('aria-describedby');
      }
    }
    this.element.classList.toggle('invalid', members.size > 0);
  }
}
