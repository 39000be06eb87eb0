// urql: prints each result of one query as a line of JSON. Its own Accept header names events first, then parts.
import { Client, fetchExchange, gql } from '@urql/core';

const { URL: url, TOKEN, QUERY, ACCEPT } = process.env;
const headers = { authorization: `Bearer ${TOKEN}`, ...(ACCEPT ? { accept: ACCEPT } : {}) };
const client = new Client({ url, exchanges: [fetchExchange], preferGetMethod: false, fetchOptions: { headers } });

client.query(gql(QUERY), {}).subscribe(({ data, error, extensions, hasNext }) => {
  console.log(JSON.stringify({ data, errors: error?.graphQLErrors, extensions, network: error?.networkError?.message }));
  if (!hasNext) process.exit();
});
