// A frontend written against the generated types: asks for the first screen, and prints what it would show.
import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { print } from 'graphql';

import { FirstScreenDocument, RefreshDocument, type FirstScreenQuery, type Section } from './generated.js';

declare const process: { env: Record<string, string | undefined> };

type Citizen = FirstScreenQuery['me'];
type Measured = Citizen['observations']['nodes'][number]['value'];

async function ask<Data, Variables>(document: TypedDocumentNode<Data, Variables>, variables: Variables): Promise<Data> {
  const answer = await fetch(process.env['URL'] ?? '', {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${process.env['TOKEN'] ?? ''}` },
    body: JSON.stringify({ query: print(document), variables }),
  });
  const { data, errors } = (await answer.json()) as { data?: Data; errors?: unknown };
  if (!data || errors) throw new Error(JSON.stringify(errors));
  return data;
}

function shown(value: Measured): string {
  if (!value) return '?';
  switch (value.__typename) {
    case 'QuantityValue': return `${value.value} ${value.unit ?? ''}`;
    case 'TextValue': return value.text;
    default: return value.__typename;
  }
}

const { me } = await ask(FirstScreenDocument, { recent: 2 });
const allergies: readonly string[] = me.allergies.nodes.map(({ substance, criticality }) => {
  const dangerous: boolean = criticality === 'high';
  return `${substance.label}${dangerous ? '!' : ''}`;
});
const sections: Section[] = ['ALLERGIES'];
const { refresh } = await ask(RefreshDocument, { sections });

console.log(JSON.stringify({
  name: me.demographics?.fullName ?? null,
  allergies,
  complete: me.allergies.completeness.complete,
  observations: me.observations.nodes.map(({ value }) => shown(value)),
  purged: refresh.purged,
}));
