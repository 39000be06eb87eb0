import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readSources, shareOf, toneOf } from './sources';

const answer = (sources: unknown) => JSON.stringify({ data: {}, extensions: { sources } });

test('an answer without sources is told apart from one that asked none', () => {
  for (const text of ['{"data":{}}', 'null', '', 'Variables are invalid JSON']) assert.equal(readSources(text), null);
  assert.deepEqual(readSources(answer([])), []);
});

test('an outcome is read, and what is not of its type is left out', () => {
  const [outcome] = readSources(answer([{ source: 'bv-mau', section: ['x'], state: 'ANSWERED', records: '3', elapsedMs: -1 }])) ?? [];
  assert.deepEqual(outcome, { name: 'bv-mau', section: '', state: 'ANSWERED', code: '', records: null, elapsedMs: null });
});

test('hostile rows neither break nor flood the page', () => {
  const rows = readSources(answer([null, 5, { name: 'x'.repeat(10_000) }, ...Array(5000).fill({})])) ?? [];
  assert.equal(rows.length, 200);
  assert.equal(rows[2]?.name.length, 200);
});

test('the slowest source fills the bar, the others their share', () => {
  const rows = readSources(answer([{ elapsedMs: 50 }, { elapsedMs: 200 }, {}])) ?? [];
  assert.deepEqual(rows.map((row) => shareOf(row, rows)), [0.25, 1, 0]);
});

test('a state that nobody knows is neutral, also when it is named like a property of objects', () => {
  assert.equal(toneOf('ANSWERED'), 'good');
  assert.equal(toneOf('constructor'), 'idle');
  assert.equal(toneOf('__proto__'), 'idle');
});
