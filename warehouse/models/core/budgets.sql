-- grain: one row a year and planning stage; the highest approval stage, then the newest publication, counts
WITH expenses AS (
    SELECT
        left(rows.reporting_period, 4)::BIGINT + figures.year_offset AS year,
        figures.planning_stage,
        rows.approval_stage,
        stages.position AS approval_rank,
        rows.published_at,
        rows.value_eur,
        rows.delivery, rows.file_sha256, rows.sheet, rows.line
    FROM staging.municipal_finance AS rows
    JOIN meta.finance_figures AS figures
        ON figures.figure_code = rows.figure_code AND figures.figure = 'operating_expenses_eur'
    JOIN meta.codes AS stages ON stages.list = 'approval_stages' AND stages.code = rows.approval_stage
    CROSS JOIN meta.edition AS edition
    WHERE rows.business_id = edition.municipality_business_id AND rows.reporting_package = 'KTAS'
),

-- a version that says that the figure is missing is still the newest version, so missing values go last, not first
in_force AS (
    SELECT *
    FROM expenses
    QUALIFY row_number() OVER (
        PARTITION BY year, planning_stage
        ORDER BY approval_rank DESC, published_at DESC NULLS LAST, delivery DESC, line DESC
    ) = 1
)

SELECT year, planning_stage, approval_stage, value_eur AS operating_expenses_eur, file_sha256, sheet, line
FROM in_force
WHERE value_eur IS NOT NULL
