QUERIES=ours
URLPATH=/graphql
NOTE="Citizen Graph without tokens, policy and log"
