// Apollo Client 4 over graphql-ws: says when its socket is open, and prints the first payload of a subscription.
import { ApolloClient, InMemoryCache, gql } from '@apollo/client';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
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
const client = new ApolloClient({ cache: new InMemoryCache(), link: new GraphQLWsLink(socket) });

const subscription = client.subscribe({ query: gql(QUERY) }).subscribe(({ data, error }) => {
  if (error) { console.error(error); process.exit(1); }
  told({ data });
  subscription.unsubscribe();
  socket.dispose();
});
