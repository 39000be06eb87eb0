// graphql-sse: prints each payload of one operation as a line of JSON.
import { createClient } from 'graphql-sse';

const { URL: url, TOKEN, QUERY } = process.env;
const client = createClient({ url, headers: { authorization: `Bearer ${TOKEN}` }, retryAttempts: 0 });

client.subscribe({ query: QUERY }, {
  next: (payload) => console.log(JSON.stringify(payload)),
  error: (error) => { console.error(String(error)); process.exit(1); },
  complete: () => process.exit(),
});
