// SPDX-License-Identifier: EUPL-1.2
// What a page offers to peer.mjs; bundle.mjs puts an engine in the place of `the-engine`.
import { Engine } from 'the-engine';
import { run } from '../workload.mjs';

globalThis.measure = async (xml, ops, limit) => {
  const result = {};
  try {
    return { result, sent: await run(Engine.load, xml, ops, limit, result) };
  } catch (error) {
    return { result: { ...result, error: String(error?.stack ?? error) }, sent: null };
  }
};
