// urql over graphql-ws: asks by HTTP, says when its socket is open, and prints the first payload of a subscription.
import { Client, fetchExchange, gql, subscriptionExchange } from '@urql/core';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';

const { URL: url, TOKEN, QUERY } = process.env;
const told = (content) => console.log(JSON.stringify(content));
const socket = createClient({
  url: url.replace(/^http/, 'ws'),
  webSocketImpl: WebSocket,
  connectionParams: { Authorization: `Bearer ${TOKEN}` },
  retryAttempts: 0,
  on: { connected: () => told('connected') },
});
const forwardSubscription = ({ query, variables }) => ({
  subscribe: (sink) => ({ unsubscribe: socket.subscribe({ query, variables }, sink) }),
});
const client = new Client({
  url,
  preferGetMethod: false,
  exchanges: [fetchExchange, subscriptionExchange({ forwardSubscription })],
  fetchOptions: { headers: { authorization: `Bearer ${TOKEN}` } },
});

const first = await client.query(gql('{ me { id } }'), {}).toPromise();
if (first.error) throw first.error;
const { unsubscribe } = client.subscription(gql(QUERY), {}).subscribe(({ data, error }) => {
  if (error) { console.error(error); process.exit(1); }
  told({ data });
  unsubscribe();
  socket.dispose();
});
