// SPDX-License-Identifier: EUPL-1.2
// The measured conversation: load, do the steps of an .ops file against the clock, serialize.
import { readFileSync, writeFileSync } from 'node:fs';
import { Engine } from './engine.mjs';

const now = () => performance.now();

function readSteps(file) {
  const steps = [];
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    if (!line || line.startsWith('#')) continue;
    const parts = line.split('\t');
    if (parts[0] === 'step') steps.push({ tag: parts[1], ops: [] });
    else steps.at(-1).ops.push(parts);
  }
  return steps;
}

function perform(engine, [what, ref, type, text], node) {
  switch (what) {
    case 'set': return engine.set(node, type, text);
    case 'relevant': return node.currentState.relevant ? '1' : '0';
    case 'get': return node.currentState.instanceValue;
    case 'choices': return engine.choices(node);
    case 'label': return node.currentState.label?.asString ?? '';
    case 'add': return node.addInstances();
    case 'lang': return engine.language(ref);
    default: throw new Error(what);
  }
}

function sameNumber(want, got) {
  const [a, b] = [Number(want), Number(got)];
  return want !== '' && got !== '' && Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(a));
}

function compare(op, got, result) {
  if (op[0] === 'add' || op[0] === 'lang') return;
  let want = op.at(-1);
  if (op[0] === 'choices') {
    want = op.slice(2, 6).join(' ');
    got = got.length ? `${got.length} ${got[0][0]} ${got.at(-1)[0]} ${got.at(-1)[1]}` : '0';
  } else if (op[0] === 'label') got = got.trim().replace(/\s+/g, ' ');
  result.checks += 1;
  if (want === got || (op[0] === 'get' && sameNumber(want, got))) return;
  result.mismatches += 1;
  if (result.bad.length < 5) result.bad.push(`${op.join(' ')} => ${got}`);
}

function statistics(times) {
  const sorted = [...times].sort((a, b) => a - b);
  const n = sorted.length;
  return { n, total_ms: sorted.reduce((a, b) => a + b, 0), p50_ms: sorted[(n - 1) >> 1], p95_ms: sorted[Math.ceil(0.95 * n) - 1] };
}

export async function run(form, ops, out, limit, result) {
  Object.assign(result, { checks: 0, mismatches: 0, bad: [], steps_done: 0 });
  const start = now();
  const xml = readFileSync(form, 'utf8');
  const steps = readSteps(ops);
  const before = now();
  const engine = await Engine.load(xml);
  result.load_ms = now() - before;
  const times = {};
  for (const { tag, ops: list } of steps) {
    if ((now() - start) / 1000 > limit) break;
    const nodes = list.map((op) => (op[0] === 'lang' ? null : engine.node(op[1])));
    const opened = now();
    const got = list.map((op, index) => perform(engine, op, nodes[index]));
    (times[tag] ??= []).push(now() - opened);
    result.steps_done += 1;
    list.forEach((op, index) => compare(op, got[index], result));
  }
  result.steps_total = steps.length;
  result.aborted = result.steps_done < steps.length;
  if (!result.aborted) {
    const opened = now();
    const text = await engine.serialize();
    result.serialize_ms = now() - opened;
    if (out) writeFileSync(out, text);
  }
  result.tags = Object.fromEntries(Object.entries(times).map(([tag, list]) => [tag, statistics(list)]));
  engine.dispose();
}
