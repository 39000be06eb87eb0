// graphql-sse: says when it is connected, then prints the first payload of a subscription, each as a line of JSON.
import { createClient } from 'graphql-sse';

const { URL: url, TOKEN, QUERY } = process.env;
const told = (content) => console.log(JSON.stringify(content));
const client = createClient({ url, headers: { authorization: `Bearer ${TOKEN}` }, retryAttempts: 0 });

const end = client.subscribe({ query: QUERY }, {
  next: (payload) => { told(payload); end(); process.exit(); },
  error: (error) => { console.error(String(error)); process.exit(1); },
  complete: () => process.exit(1),
}, { connected: () => told('connected') });
