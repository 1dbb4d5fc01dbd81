// SPDX-License-Identifier: EUPL-1.2
// The measured conversation for any engine in JavaScript, in node or in a page: load, do the steps of an .ops file
// against the clock, serialize.

const now = () => performance.now();

function readSteps(text) {
  const steps = [];
  for (const line of text.split('\n')) {
    if (!line || line.startsWith('#')) continue;
    const parts = line.split('\t');
    if (parts[0] === 'step') steps.push({ tag: parts[1], ops: [] });
    else steps.at(-1).ops.push(parts);
  }
  return steps;
}

function perform(engine, [what, ref, type, text], handle) {
  switch (what) {
    case 'set': return engine.set(handle, type, text);
    case 'relevant': return engine.relevant(handle) ? '1' : '0';
    case 'get': return engine.get(handle);
    case 'choices': return engine.choices(handle);
    case 'label': return engine.label(handle);
    case 'add': return engine.add(handle);
    case 'lang': return engine.language(ref);
    default: throw new Error(what);
  }
}

/** An engine that answers later (Enketo, of a verdict) is waited for, inside the clock. */
async function performAll(engine, ops, handles) {
  const got = [];
  for (let i = 0; i < ops.length; i += 1) {
    const answer = perform(engine, ops[i], handles[i]);
    got.push(answer instanceof Promise ? await answer : answer);
  }
  return got;
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

async function doSteps(engine, steps, limit, started, result) {
  const times = {};
  for (const { tag, ops } of steps) {
    if ((now() - started) / 1000 > limit) break;
    const handles = ops.map(([what, ref]) => (what === 'lang' ? null : engine.find(what, ref)));
    const opened = now();
    const got = await performAll(engine, ops, handles);
    (times[tag] ??= []).push(now() - opened);
    result.steps_done += 1;
    ops.forEach((op, index) => compare(op, got[index], result));
  }
  result.tags = Object.fromEntries(Object.entries(times).map(([tag, list]) => [tag, statistics(list)]));
}

/** One repetition from nothing; fills `result` and returns the sent instance, null if it was stopped before. */
export async function run(load, xml, ops, limit, result) {
  Object.assign(result, { checks: 0, mismatches: 0, bad: [], steps_done: 0 });
  const started = now();
  const steps = readSteps(ops);
  const before = now();
  const engine = await load(xml);
  result.load_ms = now() - before;
  try {
    await doSteps(engine, steps, limit, started, result);
    result.steps_total = steps.length;
    result.aborted = result.steps_done < steps.length;
    if (result.aborted) return null;
    const opened = now();
    const sent = await engine.serialize();
    result.serialize_ms = now() - opened;
    return sent;
  } finally {
    engine.dispose();
  }
}
