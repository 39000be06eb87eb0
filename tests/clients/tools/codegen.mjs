// Generates types for the operations and for what of the schema they use, and documents that know the types of their answers.
import { codegen } from '@graphql-codegen/core';
import * as typedDocuments from '@graphql-codegen/typed-document-node';
import * as operations from '@graphql-codegen/typescript-operations';
import { buildSchema, parse } from 'graphql';
import { readFileSync, writeFileSync } from 'node:fs';

const { SCHEMA, OPERATIONS } = process.env;
const text = readFileSync(SCHEMA, 'utf8');
const scalars = Object.fromEntries(
  ['CitizenId', 'Date', 'DateTime', 'Decimal', 'PartialDate'].map((name) => [name, 'string']),
);
const config = { scalars, strictScalars: true, enumsAsTypes: true, useTypeImports: true };
writeFileSync('generated.ts', await codegen({
  filename: 'generated.ts',
  schema: parse(text),
  schemaAst: buildSchema(text),
  documents: [{ location: OPERATIONS, document: parse(readFileSync(OPERATIONS, 'utf8')) }],
  config,
  plugins: [{ operations: {} }, { typedDocuments: {} }],
  pluginMap: { operations, typedDocuments },
}));
