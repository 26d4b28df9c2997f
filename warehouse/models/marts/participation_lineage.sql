-- grain: one row an indicator, year, breakdown value and source row
WITH registered AS (
    SELECT
        states.year,
        states.register_number,
        make_date(states.year, 12, 31) AS year_end,
        associations.file_sha256,
        associations.sheet,
        associations.line
    FROM marts.association_years AS states
    JOIN core.associations AS associations ON associations.register_number = states.register_number
    WHERE states.is_registered
),

listed AS (
    SELECT registered.year, registered.register_number, listings.directory,
        registered.file_sha256 AS register_file, registered.sheet AS register_sheet, registered.line AS register_line,
        listings.file_sha256, listings.sheet, listings.line
    FROM registered
    CROSS JOIN meta.edition AS edition
    JOIN core.directory_listings AS listings
        ON listings.register_number = registered.register_number
        AND listings.updated_on <= registered.year_end
        AND listings.updated_on > registered.year_end - to_months(edition.active_within_months::INTEGER)
),

breakdowns AS (
    SELECT * FROM (VALUES ('total'), ('forum'), ('directory')) AS breakdowns (breakdown)
),

forums AS (
    SELECT 'forum_meetings' AS indicator_id, meetings.year, breakdowns.breakdown,
        CASE breakdowns.breakdown WHEN 'forum' THEN meetings.forum ELSE 'total' END AS breakdown_value,
        meetings.meeting_id, meetings.file_sha256, meetings.sheet, meetings.line, 1.0 AS amount
    FROM core.meetings AS meetings
    CROSS JOIN breakdowns
    WHERE breakdowns.breakdown IN ('total', 'forum')
    UNION ALL
    SELECT 'forum_attendance', meetings.year, breakdowns.breakdown,
        CASE breakdowns.breakdown WHEN 'forum' THEN meetings.forum ELSE 'total' END,
        meetings.meeting_id, meetings.file_sha256, meetings.sheet, meetings.line, meetings.participants
    FROM core.meetings AS meetings
    CROSS JOIN breakdowns
    WHERE breakdowns.breakdown IN ('total', 'forum') AND meetings.participants IS NOT NULL
),

directories AS (
    SELECT DISTINCT listed.year, breakdowns.breakdown,
        CASE breakdowns.breakdown WHEN 'directory' THEN listed.directory ELSE 'total' END AS breakdown_value
    FROM listed
    CROSS JOIN breakdowns
    WHERE breakdowns.breakdown IN ('total', 'directory')
),

figures AS (
    SELECT indicator_id, year, breakdown, breakdown_value, 'counted' AS role, 'core.meetings' AS core_table,
        meeting_id AS core_key, 'meetings' AS source, file_sha256, sheet, line, amount
    FROM forums
    UNION ALL
    SELECT 'annual_clock_done_share', year, 'total', 'total', 'counted', 'core.annual_clock', task_id, 'annual_clock',
        file_sha256, sheet, line, 1.0
    FROM core.annual_clock
    WHERE is_done
    UNION ALL
    SELECT 'annual_clock_done_share', year, 'total', 'total', 'divisor', 'core.annual_clock', task_id, 'annual_clock',
        file_sha256, sheet, line, 1.0
    FROM core.annual_clock
    UNION ALL
    SELECT DISTINCT 'directory_coverage_share', listed.year, directories.breakdown, directories.breakdown_value,
        'counted', 'core.associations', listed.register_number, 'prh_register',
        listed.register_file, listed.register_sheet, listed.register_line, 1.0
    FROM listed
    JOIN directories
        ON directories.year = listed.year AND directories.breakdown_value IN ('total', listed.directory)
    UNION ALL
    SELECT 'directory_coverage_share', listed.year, directories.breakdown, directories.breakdown_value,
        'basis', 'core.directory_listings', listed.register_number, 'directory_listings',
        listed.file_sha256, listed.sheet, listed.line, NULL
    FROM listed
    JOIN directories
        ON directories.year = listed.year AND directories.breakdown_value IN ('total', listed.directory)
    UNION ALL
    SELECT 'directory_coverage_share', registered.year, directories.breakdown, directories.breakdown_value,
        'divisor', 'core.associations', registered.register_number, 'prh_register',
        registered.file_sha256, registered.sheet, registered.line, 1.0
    FROM registered
    JOIN directories ON directories.year = registered.year
)

SELECT indicator_id, year::VARCHAR AS period, breakdown, breakdown_value, role, core_table, core_key, source,
    file_sha256, sheet, line, amount::DOUBLE AS amount, 1 AS source_rows
FROM figures
