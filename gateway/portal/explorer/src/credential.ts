import { useEffect, useMemo, useRef, useState } from 'react';
import type { Asking } from './asking';
import type { Session } from './session';
import type { Language } from './words';

const LONGEST_TIMER_MS = 2 ** 31 - 1;

interface Credential {
  /** The token has ended, or the gateway refused it. */
  ended: boolean;
  /** The same object for the life of the page, so that a change of language does not fetch the schema again. */
  asking: Asking;
}

/** Keeps the access token in memory until it ends. */
export function useCredential(session: Session, language: Language): Credential {
  const token = useRef(session.accessToken);
  const spoken = useRef(language);
  const [ended, setEnded] = useState(false);
  useEffect(() => {
    spoken.current = language;
  }, [language]);
  const asking = useMemo(() => {
    const onSignedOut = () => {
      token.current = null;
      setEnded(true);
    };
    return { token: () => token.current, language: () => spoken.current, onSignedOut };
  }, []);
  useEffect(() => {
    if (session.lifetimeMs === null) return undefined;
    const timer = setTimeout(asking.onSignedOut, Math.min(session.lifetimeMs, LONGEST_TIMER_MS));
    return () => clearTimeout(timer);
  }, [session.lifetimeMs, asking]);
  return { ended, asking };
}
