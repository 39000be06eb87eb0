import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFetcher } from './asking';

interface Seen {
  parts: { data?: unknown; errors?: { message: string }[] }[];
  signedOut: number;
  requests: [string, RequestInit][];
}

async function asked(reply: () => Response | Promise<Response>, options: { token?: string | null; headers?: Record<string, string> } = {}): Promise<Seen> {
  const seen: Seen = { parts: [], signedOut: 0, requests: [] };
  const asking = {
    token: () => (options.token === undefined ? 'secret' : options.token),
    language: () => 'en' as const,
    onSignedOut: () => void (seen.signedOut += 1),
  };
  const send = async (url: unknown, init?: RequestInit) => {
    seen.requests.push([String(url), init ?? {}]);
    return reply();
  };
  const fetcher = createFetcher(asking, send as typeof fetch);
  const answer = fetcher({ query: '{me}' }, { headers: options.headers ?? {} });
  await new Promise<void>((complete) => {
    (answer as unknown as { subscribe(o: object): void }).subscribe({ next: (part: Seen['parts'][0]) => seen.parts.push(part), complete });
  });
  return seen;
}

const graphql = (body: unknown, status = 200) =>
  new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/graphql-response+json; charset=utf-8' } });

test('the question carries the token, the language and no cookies, and follows no redirect', async () => {
  const { requests } = await asked(() => graphql({ data: {} }));
  const [url, init] = requests[0] ?? ['', {}];
  const headers = new Headers(init.headers);
  assert.equal(url, '/graphql');
  assert.equal(headers.get('Authorization'), 'Bearer secret');
  assert.equal(headers.get('Accept-Language'), 'en');
  assert.match(headers.get('Accept') ?? '', /^application\/graphql-response\+json/);
  assert.deepEqual([init.method, init.credentials, init.redirect], ['POST', 'omit', 'error']);
});

test('a header typed into the editor is sent, but never in the place of the token', async () => {
  const { requests } = await asked(() => graphql({}), { headers: { authorization: 'Bearer other', 'X-Purpose': 'TREAT' } });
  const headers = new Headers(requests[0]?.[1].headers);
  assert.deepEqual([headers.get('Authorization'), headers.get('X-Purpose')], ['Bearer secret', 'TREAT']);
});

test('401 signs out and still shows what the gateway said', async () => {
  const seen = await asked(() => graphql({ errors: [{ message: 'no' }] }, 401));
  assert.equal(seen.signedOut, 1);
  assert.equal(seen.parts[0]?.errors?.[0]?.message, 'no');
});

test('without a token nothing is sent', async () => {
  const seen = await asked(() => graphql({}), { token: null });
  assert.deepEqual([seen.requests.length, seen.signedOut, seen.parts.length], [0, 1, 1]);
});

test('a page of HTML is not shown, only its status', async () => {
  const reply = () => new Response('<script>x</script>', { status: 502, headers: { 'Content-Type': 'text/html' } });
  const { parts } = await asked(reply);
  assert.match(parts[0]?.errors?.[0]?.message ?? '', /\(HTTP 502\)$/);
});

test('a broken line gives one sentence and no stack', async () => {
  const { parts } = await asked(() => Promise.reject(new TypeError('fetch failed')));
  assert.deepEqual(Object.keys(parts[0]?.errors?.[0] ?? {}), ['message']);
});

test('a streamed answer arrives part by part', async () => {
  const parts = [{ data: { me: {} }, hasNext: true }, { extensions: { sources: [] }, hasNext: false }];
  const lines = parts.map((part) => `--cut\r\nContent-Type: application/json\r\n\r\n${JSON.stringify(part)}\r\n`);
  const reply = () => new Response(`${lines.join('')}--cut--\r\n`, { headers: { 'Content-Type': 'multipart/mixed; boundary="cut"' } });
  const seen = await asked(reply);
  assert.deepEqual(seen.parts, parts);
});

test('stopping a question closes its connection and says nothing', async () => {
  const parts: unknown[] = [];
  let signal: AbortSignal | null | undefined;
  const send = (_url: unknown, init?: RequestInit) =>
    new Promise<Response>((_resolve, reject) => {
      signal = init?.signal;
      signal?.addEventListener('abort', () => reject(signal?.reason));
    });
  const asking = { token: () => 't', language: () => 'vi' as const, onSignedOut() {} };
  const answer = createFetcher(asking, send as typeof fetch)({ query: '{me}' });
  await new Promise<void>((complete) => {
    const asked = (answer as unknown as { subscribe(o: object): { unsubscribe(): void } }).subscribe({ next: (part: unknown) => parts.push(part), complete });
    asked.unsubscribe();
  });
  assert.deepEqual([signal?.aborted, parts], [true, []]);
});
