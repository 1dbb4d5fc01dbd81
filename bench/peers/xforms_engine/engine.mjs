// SPDX-License-Identifier: EUPL-1.2
// @getodk/xforms-engine (ODK Web Forms) as the two conversations of ../README.md need it; in node, dom.mjs comes first.
import { loadForm } from '@getodk/xforms-engine';
import { createRoot } from 'solid-js';

/** Answers for the files that come with a form: a mapping of names to texts. */
function attachments(files) {
  return async (url) => {
    const name = decodeURIComponent(String(url).split('/').at(-1));
    if (!(name in files)) throw new Error(`no attachment ${url}`);
    return new Response(files[name], { headers: { 'content-type': TYPES[name.split('.').at(-1)] ?? 'text/plain' } });
  };
}

const TYPES = { csv: 'text/csv', xml: 'text/xml', geojson: 'application/geo+json' };

/** A new instance, or one saved before. */
async function begin(form, saved) {
  if (!saved) return form.createInstance({});
  const data = new FormData();
  data.set('xml_submission_file', new File([saved], 'xml_submission_file', { type: 'text/xml' }));
  return form.restoreInstance({ data: [data] });
}

export class Engine {
  static async load(xml, files = {}, saved = '') {
    const made = new Engine();
    await createRoot(async (dispose) => {
      made.dispose = dispose;
      const form = await loadForm(xml, { fetchFormAttachment: attachments(files), missingResourceBehavior: 'ERROR' });
      if (form.status === 'failure') throw form.error;
      made.root = (await begin(form, saved)).root;
    });
    made.children = new Map();
    return made;
  }

  /** Instances came or went: what was found by name may be another. */
  forget() { this.children.clear(); }

  child(node, name) {
    let named = this.children.get(node);
    if (!named) {
      named = new Map(node.currentState.children.map((child) => [child.definition.qualifiedName.localName, child]));
      this.children.set(node, named);
    }
    if (!named.has(name)) throw new Error(`no child ${name}`);
    return named.get(name);
  }

  node(ref) {
    let found = this.root;
    for (const step of ref.split('/').slice(2)) {
      const [name, position] = step.split(/[[\]]/);
      found = this.child(found, name);
      if (position) found = found.currentState.children[Number(position) - 1];
    }
    return found;
  }

  find(_what, ref) { return this.node(ref); }

  relevant(node) { return node.currentState.relevant; }

  get(node) { return node.currentState.instanceValue; }

  label(node) { return node.currentState.label?.asString ?? ''; }

  add(node) { node.addInstances(); }

  set(node, type, text) {
    if (node.nodeType === 'select') {
      if (type === 'select') node.selectValues(text ? text.split(' ') : []);
      else node.selectValue(text || null);
    } else if (node.nodeType === 'trigger') node.setValue(text === 'OK');
    else if (node.nodeType === 'rank') node.setValues(text ? text.split(' ') : []);
    else node.setValue(text);
    return node.validationState.violation == null ? 'valid' : 'invalid';
  }

  choices(node) { return node.currentState.valueOptions.map((option) => [option.value, option.label.asString]); }

  language(name) { this.root.setLanguage(this.root.languages.find((one) => one.language === name)); }

  async serialize() {
    const payload = await this.root.prepareInstancePayload();
    const data = Array.isArray(payload.data) ? payload.data[0] : payload.data;
    return data.get('xml_submission_file').text();
  }
}
