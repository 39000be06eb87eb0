import { useEditorContext } from '@graphiql/react';
import type { ChangeEvent } from 'react';
import { flushSync } from 'react-dom';
import type { Example } from './session';
import { useWords } from './words';

/** Opens an example: in this tab while it holds nothing of the reader's own, else in a new one. */
export function ExamplesMenu({ examples }: { examples: Example[] }) {
  const words = useWords();
  const { queryEditor, variableEditor, addTab } = useEditorContext({ nonNull: true });
  const open = (event: ChangeEvent<HTMLSelectElement>) => {
    const example = examples[Number(event.target.value)];
    if (!example || !queryEditor) return;
    // The editors take over a new tab's empty text when it is drawn, so it is drawn before they are filled.
    if (!isUntouched(queryEditor.getValue(), examples)) flushSync(addTab);
    queryEditor.setValue(example.query);
    variableEditor?.setValue(example.variables);
    queryEditor.focus();
  };
  return (
    <select className="cg-examples" name="example" aria-label={words.examples} value="" onChange={open}>
      <option value="" disabled>{words.chooseExample}</option>
      {examples.map((example, place) => (
        <option key={place} value={place}>{example.title}</option>
      ))}
    </select>
  );
}

function isUntouched(query: string, examples: Example[]): boolean {
  const onlyComments = query.split('\n').every((line) => /^\s*(#.*)?$/.test(line));
  return onlyComments || examples.some((example) => example.query.trim() === query.trim());
}
