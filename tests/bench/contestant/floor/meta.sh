QUERIES=flat
URLPATH=/
NOTE="no gateway: what one process of CPython takes at least on this work, with the libraries that ours uses"
