// SPDX-License-Identifier: EUPL-1.2
// The compared conversation: after every action the whole state of the form.
import { readFileSync } from 'node:fs';
import { Engine } from './engine.mjs';

function read(node, ref, state, asked) {
  const now = node.currentState;
  const isList = node.nodeType.startsWith('repeat-range');
  if (!now.relevant && !isList) state.irrelevant.push(ref);
  if (isList) {
    now.children.forEach((child, index) => read(child, `${ref}[${index + 1}]`, state, asked));
  } else if (now.children?.length) {
    for (const child of now.children) read(child, `${ref}/${child.definition.qualifiedName.localName}`, state, asked);
  } else {
    state.values[ref] = now.instanceValue ?? '';
    const path = ref.replace(/\[\d+\]/g, '');
    if (now.relevant && now.valueOptions && asked.selects[path]) {
      state.choices[ref] = now.valueOptions.map((option) => [option.value, option.label.asString]);
    }
    if (now.relevant && asked.labelled[path]) state.labels[ref] = now.label?.asString ?? '';
  }
}

function stateOf(engine, asked) {
  const state = { values: {}, irrelevant: [], choices: {}, labels: {} };
  read(engine.root, `/${engine.root.definition.qualifiedName.localName}`, state, asked);
  return state;
}

function act(engine, [what, ref, type, text]) {
  if (what === 'set') {
    const node = engine.node(ref);
    const before = node.currentState.instanceValue;
    const verdict = engine.set(node, type, text);
    if (verdict === 'invalid') engine.set(node, type, before); // as an engine does that refuses it
    return verdict;
  }
  if (what === 'add') engine.add(engine.node(ref));
  else if (what === 'remove') engine.node(ref.replace(/\[\d+\]$/, '')).removeInstances(Number(/\[(\d+)\]$/.exec(ref)[1]) - 1);
  else if (what === 'lang') engine.language(ref);
  else throw new Error(what);
  engine.forget();
  return '';
}

export async function trace(file, result) {
  const asked = JSON.parse(readFileSync(file, 'utf8'));
  Object.assign(result, { states: [], verdicts: [] });
  const engine = await Engine.load(asked.form, asked.files, asked.instance);
  try {
    result.states.push(stateOf(engine, asked));
    for (const action of asked.actions) {
      result.verdicts.push(act(engine, action));
      result.states.push(stateOf(engine, asked));
    }
    result.xml = await engine.serialize();
  } finally {
    engine.dispose();
  }
}
