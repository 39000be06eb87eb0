import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadSession, readSession } from './session';

const NOW = Date.parse('2026-03-01T08:00:00Z');
const SIGNED_IN = { signedIn: true, accessToken: 'a.b.c', expiresAt: '2026-03-01T08:05:00Z', person: { name: 'Trần Thị Mẫu' } };

test('a token counts only where the gateway says that somebody is signed in', () => {
  assert.equal(readSession(SIGNED_IN, NOW).accessToken, 'a.b.c');
  assert.equal(readSession({ ...SIGNED_IN, signedIn: false }, NOW).accessToken, null);
  assert.equal(readSession({ ...SIGNED_IN, accessToken: null }, NOW).accessToken, null);
});

test('the life of the token is counted by the clock of the server', async () => {
  const headers = { Date: 'Sun, 01 Mar 2026 08:04:00 GMT' };
  const session = await loadSession(async () => Response.json(SIGNED_IN, { headers }));
  assert.equal(session.lifetimeMs, 60_000);
});

test('an address that leads to another host or scheme is replaced', () => {
  const hostile = ['javascript:alert(1)', 'https://evil.example/', '//evil.example', '/\\evil.example', '/\t/evil.example', 7, null];
  for (const signInUrl of hostile) assert.equal(readSession({ signInUrl }, NOW).signInUrl, '/sign-in');
  assert.equal(readSession({ signInUrl: '/sign-in?next=%2F' }, NOW).signInUrl, '/sign-in?next=%2F');
});

test('variables of an example may be an object, JSON text or absent', () => {
  const examples = [{ title: 'A', query: '{a}', variables: { first: 5 } }, { title: 'B', query: '{b}', variables: '{}' }, { query: '{c}' }, {}];
  const read = readSession({ examples }, NOW).examples;
  assert.deepEqual(read.map((example) => example.variables), ['{\n  "first": 5\n}', '{}', '']);
});

test('nonsense is a session of nobody', () => {
  for (const body of [null, 'x', 3, []]) assert.equal(readSession(body, NOW).accessToken, null);
});

test('a refusal of the server is an error, not a session', async () => {
  await assert.rejects(loadSession(async () => new Response('', { status: 503 })), /503/);
});
