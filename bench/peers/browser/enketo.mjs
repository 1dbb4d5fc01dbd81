// SPDX-License-Identifier: EUPL-1.2
// Enketo (enketo-core, with the transformation that its server does) as the measured conversation needs it.
import { Form } from 'enketo-core';
import events from 'enketo-core/src/js/event';
import { transform } from 'enketo-transformer/web';

/** `/data/item[3]/qty` as Enketo names it: the path, and which of the nodes of that path; one level of repeats. */
function place(ref) {
  const position = /\[(\d+)\]/.exec(ref)?.[1] ?? '1';
  return [ref.replace(/\[\d+\]/g, ''), Number(position) - 1];
}

export class Engine {
  static async load(xml) {
    const { form, model } = await transform({ xform: xml });
    const made = new Engine();
    made.view = document.createRange().createContextualFragment(form).querySelector('form.or');
    const languages = document.createElement('div'); // Enketo moves its list of languages there
    languages.className = 'form-language-selector hide';
    document.body.replaceChildren(languages, made.view);
    made.form = new Form(made.view, { modelStr: model });
    const faults = made.form.init();
    if (faults.length) throw new Error(faults.join('; '));
    made.watchVerdicts();
    return made;
  }

  /** Enketo validates after the change event; what it found is not in the event. */
  watchVerdicts() {
    const validate = this.form.validateInput.bind(this.form);
    this.form.validateInput = (control) => (this.verdict = validate(control));
  }

  find(what, ref) {
    const [path, index] = place(ref);
    if (what === 'get') return this.form.model.node(path, index);
    const found = what === 'add' ? this.view.querySelector(`.or-repeat-info[data-name="${path}"]`)
      : this.form.input.find(path, index) ?? this.view.querySelectorAll(`[name="${path}"], [data-name="${path}"]`)[index];
    if (!found) throw new Error(`no ${what} ${ref}`);
    return found;
  }

  async set(control, _type, text) {
    this.verdict = null;
    this.form.input.setVal(control, text, events.Change());
    const { constraintValid = true, requiredValid = true } = (await this.verdict) ?? {};
    return constraintValid !== false && requiredValid !== false ? 'valid' : 'invalid';
  }

  relevant(control) { return control.closest('.disabled') === null; }

  get(node) { return String(node.getVal() ?? ''); }

  choices(control) {
    const offered = control.closest('.question').querySelectorAll('.option-wrapper > label:not(.itemset-template)');
    return [...offered].map((one) => [one.querySelector('input').value, one.querySelector('.option-label.active')?.textContent]);
  }

  label(control) { return control.closest('.question').querySelector('.question-label.active')?.textContent ?? ''; }

  add(info) { this.form.repeats.add(info, 1); }

  language(name) {
    const list = this.form.langs.formLanguages;
    const code = /\(([^)]+)\)$/.exec(name)?.[1] ?? name;
    if (![...list.options].some((option) => option.value === code)) throw new Error(`no language ${name}`);
    list.value = code;
    list.dispatchEvent(events.Change());
  }

  serialize() { return this.form.getDataStr({ irrelevant: false }); }

  dispose() {
    this.form.resetView();
    document.body.replaceChildren();
  }
}
