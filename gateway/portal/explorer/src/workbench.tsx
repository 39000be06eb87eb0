import { DOC_EXPLORER_PLUGIN, DocExplorerContextProvider } from '@graphiql/plugin-doc-explorer';
import { GraphiQL, GraphiQLInterface, GraphiQLProvider } from 'graphiql';
import { useContext, useMemo, useState } from 'react';
import { createFetcher } from './asking';
import { useCredential } from './credential';
import type { Session } from './session';
import { SourcesStrip } from './sources-strip';
import { TopBar } from './top-bar';
import { LanguageContext, useWords, type Language } from './words';

// Nothing typed or read here outlives the page: queries and variables hold citizen numbers, answers hold records.
const NO_STORAGE = { length: 0, getItem: () => null, setItem() {}, removeItem() {}, clear() {} };
const PLUGINS = [DOC_EXPLORER_PLUGIN];

/** GraphiQL for the person who is signed in, with our bar above and the sources below the answer. */
export function Workbench(props: { session: Session; onLanguage(language: Language): void }) {
  const { session } = props;
  const words = useWords();
  const credential = useCredential(session, useContext(LanguageContext));
  const fetcher = useMemo(() => createFetcher(credential.asking), [credential.asking]);
  const [start] = useState(() => (session.examples[0] ? { defaultTabs: session.examples.slice(0, 1) } : {}));
  return (
    <GraphiQLProvider
      {...start}
      fetcher={fetcher}
      storage={NO_STORAGE}
      shouldPersistHeaders={false}
      defaultQuery={words.firstQuery}
      plugins={PLUGINS}
      referencePlugin={DOC_EXPLORER_PLUGIN}
      schemaDescription
    >
      <DocExplorerContextProvider>
        <TopBar session={session} onLanguage={props.onLanguage} />
        {credential.ended && <SessionEnded signInUrl={session.signInUrl} />}
        <GraphiQLInterface forcedTheme="system" showPersistHeadersSettings={false}>
          <GraphiQL.Logo>{''}</GraphiQL.Logo>
          <GraphiQL.Footer>
            <SourcesStrip />
          </GraphiQL.Footer>
        </GraphiQLInterface>
      </DocExplorerContextProvider>
    </GraphiQLProvider>
  );
}

function SessionEnded({ signInUrl }: { signInUrl: string }) {
  const words = useWords();
  return (
    <div className="cg-ended" role="alert">
      <span>{words.ended}</span>
      <a className="cg-button cg-button-small" href={signInUrl}>{words.signInAgain}</a>
    </div>
  );
}
