// Apollo Client 3: prints each result of one query as a line of JSON.
import apollo from 'apollo-client-3/core/core.cjs';

const { ApolloClient, HttpLink, InMemoryCache, gql } = apollo;
const { URL: uri, TOKEN, QUERY } = process.env;
const link = new HttpLink({ uri, headers: { authorization: `Bearer ${TOKEN}` } });
const client = new ApolloClient({ cache: new InMemoryCache(), link });

client.watchQuery({ query: gql(QUERY), errorPolicy: 'all' }).subscribe({
  next: ({ data, errors }) => console.log(JSON.stringify({ data, errors })),
  complete: () => process.exit(),
});
