/** Who is signed in, as GET /explorer/session says. Everything read from it is checked before it is used. */

export interface Person {
  name: string;
  /** One sentence about an invented person of the sandbox. */
  story: string | null;
}

export interface Example {
  title: string;
  query: string;
  /** JSON text, or empty. */
  variables: string;
}

export interface Session {
  person: Person | null;
  /** Null: nobody is signed in. Lives in memory only; no storage of the browser ever holds it. */
  accessToken: string | null;
  /** Milliseconds until the token ends, by the server's clock. Null: not told. */
  lifetimeMs: number | null;
  signInUrl: string;
  signOutUrl: string;
  examples: Example[];
}

/** Asks who is signed in. Throws when the gateway cannot be reached or does not answer with JSON. */
export async function loadSession(send: typeof fetch = fetch): Promise<Session> {
  const response = await send('/explorer/session', {
    headers: { Accept: 'application/json' },
    cache: 'no-store',
    credentials: 'same-origin',
    redirect: 'error',
  });
  if (!response.ok) throw new Error(`session: HTTP ${response.status}`);
  // Measured against the server's own clock: the clock of a phone may be wrong by hours.
  const now = Date.parse(response.headers.get('Date') ?? '');
  return readSession(await response.json(), Number.isNaN(now) ? Date.now() : now);
}

export function readSession(body: unknown, now: number): Session {
  const fields = record(body);
  const token = fields.signedIn === true ? text(fields.accessToken) : '';
  const ends = Date.parse(text(fields.expiresAt));
  return {
    person: readPerson(fields.person),
    accessToken: token || null,
    lifetimeMs: Number.isNaN(ends) ? null : Math.max(0, ends - now),
    signInUrl: localPath(fields.signInUrl, '/sign-in'),
    signOutUrl: localPath(fields.signOutUrl, '/sign-out'),
    examples: Array.isArray(fields.examples) ? fields.examples.map(readExample).filter((e) => e.query !== '') : [],
  };
}

function readPerson(value: unknown): Person | null {
  const { name, story } = record(value);
  return text(name) ? { name: text(name), story: text(story) || null } : null;
}

function readExample(value: unknown): Example {
  const { title, query, variables } = record(value);
  return { title: text(title) || '–', query: text(query), variables: jsonText(variables) };
}

function jsonText(value: unknown): string {
  if (typeof value === 'string') return value;
  return Object.keys(record(value)).length > 0 ? JSON.stringify(value, null, 2) : '';
}

/** A path on this host; anything a browser could read as another host or another scheme gives the fallback. */
function localPath(value: unknown, fallback: string): string {
  return /^\/(?!\/)[\x21-\x5b\x5d-\x7e]*$/.test(text(value)) ? text(value) : fallback;
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
