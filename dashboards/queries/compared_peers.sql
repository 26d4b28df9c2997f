-- grain: one row a municipality and one of its peers, nearest first
SELECT municipality_code, peer_code
FROM comparison.peers
ORDER BY municipality_code, place
