import { useCallback, useEffect, useState } from 'react';
import { loadSession, type Session } from './session';
import { SignInPage, TroublePage } from './sign-in-page';
import { firstLanguage, keepLanguage, LanguageContext, useWords, type Language } from './words';
import { Workbench } from './workbench';

type Loaded = Session | 'loading' | 'failed';

/** The whole page: loading, nobody signed in, trouble, or the workbench. */
export function App() {
  const [session, load] = useSession();
  const [language, setLanguage] = useLanguage();
  return (
    <LanguageContext value={language}>
      <Stage session={session} onRetry={load} onLanguage={setLanguage} />
    </LanguageContext>
  );
}

function Stage(props: { session: Loaded; onRetry(): void; onLanguage(language: Language): void }) {
  const words = useWords();
  const { session } = props;
  if (session === 'loading') return <p className="cg-loading" role="status">{words.loading}</p>;
  if (session === 'failed') return <TroublePage onRetry={props.onRetry} />;
  if (session.accessToken === null) return <SignInPage signInUrl={session.signInUrl} />;
  return <Workbench session={session} onLanguage={props.onLanguage} />;
}

function useSession(): [Loaded, () => void] {
  const [session, setSession] = useState<Loaded>('loading');
  const load = useCallback(() => {
    setSession('loading');
    loadSession().then(setSession, () => setSession('failed'));
  }, []);
  useEffect(load, [load]);
  return [session, load];
}

function useLanguage(): [Language, (language: Language) => void] {
  const [language, setLanguage] = useState(firstLanguage);
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  const choose = useCallback((chosen: Language) => {
    keepLanguage(chosen);
    setLanguage(chosen);
  }, []);
  return [language, choose];
}
