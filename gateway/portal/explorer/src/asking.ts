/** How GraphiQL's questions reach POST /graphql, as the person who is signed in. */
import type { Fetcher } from '@graphiql/toolkit';
import { meros } from 'meros/browser';
import { wordsOf, type Language } from './words';

export interface Asking {
  /** The access token in memory; null once it has ended. */
  token(): string | null;
  language(): Language;
  /** The gateway does not take the token, or it has ended. */
  onSignedOut(): void;
}

type Params = Parameters<Fetcher>[0];
type Part = { errors?: { message: string }[] };
type Headers_ = Record<string, string>;

/** A fetcher whose questions can be stopped: stopping closes the connection, so the gateway stops asking sources. */
export function createFetcher(asking: Asking, send: typeof fetch = (...args) => fetch(...args)): Fetcher {
  return (params, options) => ({
    subscribe(observer: { next(part: Part): void; complete(): void }) {
      const stop = new AbortController();
      const init = requestOf(params, { ...options?.headers }, asking, stop.signal);
      void ask(init, asking, send, observer.next.bind(observer)).then(() => observer.complete());
      return { unsubscribe: () => stop.abort() };
    },
  }) as ReturnType<Fetcher>;
}

async function ask(init: RequestInit | null, asking: Asking, send: typeof fetch, next: (part: Part) => void) {
  try {
    const response = init ? await send('/graphql', init) : null;
    if (!response || response.status === 401) asking.onSignedOut();
    if (!response) next(problem(wordsOf(asking.language()).ended));
    else for await (const part of partsOf(response, asking)) next(part);
  } catch {
    // The cause (a network error, an answer cut short) is in the browser's own log; a stopped question needs no word.
    if (!init?.signal?.aborted) next(problem(wordsOf(asking.language()).unreachable));
  }
}

function requestOf(params: Params, given: Headers_, asking: Asking, signal: AbortSignal): RequestInit | null {
  const token = asking.token();
  if (token === null) return null;
  const headers = new Headers(given);
  headers.set('Accept', 'application/graphql-response+json, multipart/mixed;q=0.9');
  headers.set('Accept-Language', asking.language());
  headers.set('Authorization', `Bearer ${token}`);
  headers.set('Content-Type', 'application/json');
  // No cookies: the token alone says who asks. No redirects: it must not follow one to somewhere else.
  const body = JSON.stringify(params);
  return { method: 'POST', headers, body, signal, credentials: 'omit', cache: 'no-store', redirect: 'error' };
}

async function* partsOf(response: Response, asking: Asking): AsyncGenerator<Part> {
  const type = response.headers.get('Content-Type') ?? '';
  if (type.startsWith('multipart/mixed')) {
    const parts = await meros<Part>(response);
    if (parts instanceof Response) throw new TypeError('a stream without parts');
    for await (const part of parts) if (part.json) yield part.body;
  } else if (/^application\/(graphql-response\+)?json\b/.test(type)) {
    yield (await response.json()) as Part;
  } else {
    yield problem(`${wordsOf(asking.language()).notGraphql} (HTTP ${response.status})`);
  }
}

function problem(message: string): Part {
  return { errors: [{ message }] };
}
