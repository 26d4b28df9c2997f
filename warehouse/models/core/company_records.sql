-- grain: one row a Y-tunnus in YTJ, by the newest answer
WITH newest AS (
    SELECT *
    FROM staging.ytj_companies
    QUALIFY row_number() OVER (
        PARTITION BY business_id ORDER BY last_modified DESC NULLS LAST, delivery DESC, line DESC
    ) = 1
)

SELECT
    business_id,
    name,
    company_form,
    CASE WHEN ended_on IS NOT NULL THEN 'ended' ELSE register_status END AS register_status,
    coalesce(ended_on, register_status_date) AS register_status_date,
    file_sha256,
    sheet,
    line
FROM newest
