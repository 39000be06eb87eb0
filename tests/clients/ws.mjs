// graphql-ws: says when it is connected, then prints the first payload of a subscription, each as a line of JSON.
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';

const { URL: url, TOKEN, QUERY } = process.env;
const told = (content) => console.log(JSON.stringify(content));
const client = createClient({
  url: url.replace(/^http/, 'ws'),
  webSocketImpl: WebSocket,
  connectionParams: { Authorization: `Bearer ${TOKEN}` },
  retryAttempts: 0,
  on: { connected: () => told('connected') },
});

const end = client.subscribe({ query: QUERY }, {
  next: (payload) => { told(payload); end(); client.dispose(); },
  error: (error) => { console.error(error); process.exit(1); },
  complete: () => {},
});
