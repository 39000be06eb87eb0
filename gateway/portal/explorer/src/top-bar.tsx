import { useContext } from 'react';
import { ExamplesMenu } from './examples-menu';
import { Mark } from './mark';
import type { Person, Session } from './session';
import { LanguageContext, LANGUAGES, useWords, type Language } from './words';

export function TopBar({ session, onLanguage }: { session: Session; onLanguage(language: Language): void }) {
  const words = useWords();
  return (
    <header className="cg-bar">
      <span className="cg-brand"><Mark />Citizen Graph</span>
      {session.examples.length > 0 && <ExamplesMenu examples={session.examples} />}
      {session.person && <WhoIsSignedIn person={session.person} />}
      <LanguageSwitch onLanguage={onLanguage} />
      <a className="cg-link" href={session.signOutUrl}>{words.signOut}</a>
    </header>
  );
}

function WhoIsSignedIn({ person }: { person: Person }) {
  const words = useWords();
  return (
    <p className="cg-person" title={person.story ?? undefined}>
      <span className="cg-hidden">{words.signedInAs} </span>
      <strong>{person.name}</strong>
      {person.story && <small>{person.story}</small>}
    </p>
  );
}

function LanguageSwitch({ onLanguage }: { onLanguage(language: Language): void }) {
  const words = useWords();
  const current = useContext(LanguageContext);
  return (
    <div className="cg-switch" role="group" aria-label={words.language}>
      {LANGUAGES.map((language) => (
        <button key={language} type="button" aria-pressed={language === current} onClick={() => onLanguage(language)}>
          {language.toUpperCase()}
        </button>
      ))}
    </div>
  );
}
