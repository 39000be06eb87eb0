QUERIES=ours
URLPATH=/graphql
NOTE="Citizen Graph as it ships: token, policy, durable access log, a line per request"
