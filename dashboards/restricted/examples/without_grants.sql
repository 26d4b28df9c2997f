-- grain: one row an active local association that never was awarded a grant
SELECT
    associations.register_number,
    associations.name,
    max(evidence.evidence_on) AS last_seen_on,
    list(DISTINCT evidence.kind ORDER BY evidence.kind) AS seen_in
FROM core.associations AS associations
JOIN core.activity_evidence AS evidence USING (register_number)
ANTI JOIN core.grants AS grants USING (register_number)
WHERE associations.is_local
    AND associations.status = 'registered'
GROUP BY ALL
ORDER BY last_seen_on DESC, associations.name
