import { useEditorContext } from '@graphiql/react';
import { useMemo } from 'react';
import { readSources, shareOf, slowestOf, toneOf, type SourceOutcome } from './sources';
import { stateName, useWords } from './words';

/** Below the answer: which source said what about which section, and how long each took. */
export function SourcesStrip() {
  const words = useWords();
  const { tabs, activeTabIndex } = useEditorContext({ nonNull: true });
  // Read from the answer that stands above, so that strip and answer can never speak of different questions.
  const answer = tabs[activeTabIndex]?.response ?? '';
  const outcomes = useMemo(() => readSources(answer), [answer]);
  return (
    <details className="cg-sources" open>
      <summary>
        <b>{words.sources}</b>
        <span>{outcomes ? <Summary outcomes={outcomes} /> : words.noSources}</span>
      </summary>
      {outcomes && outcomes.length > 0 && (
        <ul>
          {outcomes.map((outcome, place) => (
            <Outcome key={place} outcome={outcome} share={shareOf(outcome, outcomes)} />
          ))}
        </ul>
      )}
    </details>
  );
}

function Summary({ outcomes }: { outcomes: SourceOutcome[] }) {
  const words = useWords();
  const answered = outcomes.filter((outcome) => ['good', 'empty'].includes(toneOf(outcome.state))).length;
  const slowest = slowestOf(outcomes);
  return (
    <>
      {words.answeredOf(answered, outcomes.length)}
      {slowest > 0 && ` · ${words.slowest(duration(slowest))}`}
    </>
  );
}

function Outcome({ outcome, share }: { outcome: SourceOutcome; share: number }) {
  const words = useWords();
  const records = outcome.records ? words.records(outcome.records) : '';
  return (
    <li className={`cg-outcome cg-${toneOf(outcome.state)}`} title={outcome.code || undefined}>
      <span className="cg-chip">{stateName(words, outcome.state)}</span>
      <span className="cg-what">
        <span title={outcome.name}>{outcome.name}</span>
        <span className="cg-section">{[outcome.section, records].filter(Boolean).join(' · ')}</span>
      </span>
      <span className="cg-track" aria-hidden="true"><i style={{ width: `${(share * 100).toFixed(1)}%` }} /></span>
      <span className="cg-time">{outcome.elapsedMs === null ? '–' : duration(outcome.elapsedMs)}</span>
    </li>
  );
}

function duration(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}
