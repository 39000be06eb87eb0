/** What `extensions.sources` of an answer says: one outcome per source and section that was asked for. */

export interface SourceOutcome {
  name: string;
  section: string;
  /** A SourceState of the schema, or whatever was written there. */
  state: string;
  code: string;
  records: number | null;
  elapsedMs: number | null;
}

/** How an outcome is coloured: all is well, nothing there, think twice, failed, closed on purpose, not asked. */
export type Tone = 'good' | 'empty' | 'doubt' | 'failed' | 'closed' | 'idle';

const TONES: Record<string, Tone> = {
  ANSWERED: 'good',
  NO_RECORD: 'empty',
  STALE: 'doubt',
  TIMED_OUT: 'failed',
  UNAVAILABLE: 'failed',
  INVALID_ANSWER: 'failed',
  IDENTITY_MISMATCH: 'failed',
  REFUSED: 'closed',
  NOT_PERMITTED: 'closed',
  BLOCKED_BY_CITIZEN: 'closed',
  NOT_ASKED: 'idle',
};

/** More rows than this help nobody; a page must stay quick whatever it is sent. */
const MOST_ROWS = 200;

export function toneOf(state: string): Tone {
  return Object.hasOwn(TONES, state) ? (TONES[state] ?? 'idle') : 'idle';
}

/** The outcomes in the text of an answer. Null: it does not speak of sources, or is not JSON. */
export function readSources(answer: string): SourceOutcome[] | null {
  const sources = field(field(parse(answer), 'extensions'), 'sources');
  return Array.isArray(sources) ? sources.slice(0, MOST_ROWS).map(readOutcome) : null;
}

/** The share of the slowest source that this one took: 0 to 1. */
export function shareOf(outcome: SourceOutcome, outcomes: SourceOutcome[]): number {
  const slowest = slowestOf(outcomes);
  return slowest > 0 ? (outcome.elapsedMs ?? 0) / slowest : 0;
}

/** Milliseconds of the slowest source; 0 when none was timed. */
export function slowestOf(outcomes: SourceOutcome[]): number {
  return Math.max(0, ...outcomes.map((outcome) => outcome.elapsedMs ?? 0));
}

function readOutcome(value: unknown): SourceOutcome {
  return {
    name: text(field(value, 'name')) || text(field(value, 'source')) || '?',
    section: text(field(value, 'section')),
    state: text(field(value, 'state')) || '?',
    code: text(field(value, 'code')),
    records: amount(field(value, 'records')),
    elapsedMs: amount(field(value, 'elapsedMs')),
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // nothing was asked yet, or GraphiQL shows a sentence of its own
  }
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, 200) : '';
}

function amount(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : null;
}
