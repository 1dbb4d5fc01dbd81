// SPDX-License-Identifier: EUPL-1.2
// The compared conversation: after every action the whole state of the form.
import { readFileSync } from 'node:fs';
import { Engine } from './engine.mjs';

function read(node, ref, state, selects) {
  const now = node.currentState;
  const isList = node.nodeType.startsWith('repeat-range');
  if (!now.relevant && !isList) state.irrelevant.push(ref);
  if (isList) {
    now.children.forEach((child, index) => read(child, `${ref}[${index + 1}]`, state, selects));
  } else if (now.children?.length) {
    for (const child of now.children) read(child, `${ref}/${child.definition.qualifiedName.localName}`, state, selects);
  } else {
    state.values[ref] = now.instanceValue ?? '';
    if (now.relevant && now.valueOptions && selects[ref.replace(/\[\d+\]/g, '')]) {
      state.choices[ref] = now.valueOptions.map((option) => [option.value, option.label.asString]);
    }
  }
}

function stateOf(engine, selects) {
  const state = { values: {}, irrelevant: [], choices: {} };
  read(engine.root, `/${engine.root.definition.qualifiedName.localName}`, state, selects);
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
  const { form, selects, actions } = JSON.parse(readFileSync(file, 'utf8'));
  Object.assign(result, { states: [], verdicts: [] });
  const engine = await Engine.load(form);
  try {
    result.states.push(stateOf(engine, selects));
    for (const action of actions) {
      result.verdicts.push(act(engine, action));
      result.states.push(stateOf(engine, selects));
    }
    result.xml = await engine.serialize();
  } finally {
    engine.dispose();
  }
}
