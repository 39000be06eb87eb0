// Apollo Client 4: prints each result of one query as a line of JSON.
import { ApolloClient, ApolloLink, HttpLink, InMemoryCache, gql } from '@apollo/client';
import { Defer20220824Handler, GraphQL17Alpha9Handler } from '@apollo/client/incremental';

const { URL: uri, TOKEN, QUERY, FORM } = process.env;
const client = new ApolloClient({
  cache: new InMemoryCache(),
  link: ApolloLink.from([new HttpLink({ uri, headers: { authorization: `Bearer ${TOKEN}` } })]),
  incrementalHandler: FORM === 'ids' ? new GraphQL17Alpha9Handler() : new Defer20220824Handler(),
});

client.watchQuery({ query: gql(QUERY), errorPolicy: 'all', fetchPolicy: 'no-cache' }).subscribe((result) => {
  if (result.data) console.log(JSON.stringify({ data: result.data, errors: result.error?.errors }));
  if (!result.loading && result.dataState !== 'streaming') process.exit();
});
