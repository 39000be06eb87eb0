// Composes the schema with another graph that refers to citizens, and prints what a router asks of ours for one query.
import { composeServices } from '@apollo/composition';
import { operationFromDocument, Supergraph } from '@apollo/federation-internals';
import { QueryPlanner } from '@apollo/query-planner';
import { readFileSync } from 'node:fs';
import { parse } from 'graphql';

const { SCHEMA } = process.env;
const benefits = `
extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])
type Query { benefits: [Benefit!]! }
type Benefit { id: ID! holder: Citizen! }
type Citizen @key(fields: "personalId") { personalId: CitizenId! benefits: [Benefit!]! }
scalar CitizenId
`;
const query = `{ benefits { id holder {
  demographics { fullName } allergies { nodes { substance { text } } completeness { complete } } benefits { id }
} } }`;

const composed = composeServices([
  { name: 'citizen-graph', url: 'http://citizen-graph.example', typeDefs: parse(readFileSync(SCHEMA, 'utf8')) },
  { name: 'benefits', url: 'http://benefits.example', typeDefs: parse(benefits) },
]);
if (composed.errors) {
  console.error(composed.errors.map(String).join('\n'));
  process.exit(1);
}
const supergraph = Supergraph.build(composed.supergraphSdl);
const plan = new QueryPlanner(supergraph).buildQueryPlan(operationFromDocument(supergraph.apiSchema(), parse(query)));

const fetches = (node) => node.kind === 'Fetch' ? [node] : node.nodes ? node.nodes.flatMap(fetches) : fetches(node.node);
const [asked] = fetches(plan.node).filter(({ serviceName }) => serviceName === 'citizen-graph');
console.log(JSON.stringify({ hints: composed.hints.map(({ message }) => message), query: asked.operation }));
