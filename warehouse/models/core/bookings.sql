-- grain: one row a booking of premises; the newest delivery of a booking counts
WITH linked AS (
    SELECT rows.*, links.register_number
    FROM staging.premises_bookings AS rows
    JOIN core.organisation_links AS links
        ON links.source = 'premises_bookings'
        AND links.file_sha256 = rows.file_sha256 AND links.sheet = rows.sheet AND links.line = rows.line
),

stated AS (
    SELECT
        *,
        coalesce(state, 'confirmed') AS booking_state,
        coalesce(register_number, business_id, lower(booker_name), '') AS booker_key
    FROM linked
),

-- a time that was cancelled and booked again stands twice in one file: then the confirmed row tells what happened
newest AS (
    SELECT *
    FROM stated
    QUALIFY row_number() OVER (
        PARTITION BY premises, starts_at, ends_at, booker_key
        ORDER BY delivery DESC, booking_state = 'confirmed' DESC, sheet DESC, line DESC
    ) = 1
)

SELECT
    sha256(concat_ws('|', premises, starts_at::VARCHAR, ends_at::VARCHAR, booker_key)) AS booking_id,
    premises,
    register_number,
    nullif(booker_name, '***') AS booker_name, -- the mask of staging for a possible person
    business_id,
    starts_at,
    ends_at,
    year(starts_at) AS year,
    date_diff('minute', starts_at, ends_at) / 60 AS hours,
    price_eur,
    list_price_eur,
    list_price_eur - price_eur AS support_eur,
    booking_state AS state,
    file_sha256,
    sheet,
    line
FROM newest
