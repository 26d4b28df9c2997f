-- grain: one row an active association and complete year; answers are empty where it gave none
SELECT
    states.year,
    states.register_number,
    states.purpose_group,
    states.got_grant,
    returns.volunteer_hours,
    returns.volunteer_persons::DOUBLE AS volunteer_persons,
    returns.members::DOUBLE AS members,
    returns.events::DOUBLE AS events,
    returns.joint_events::DOUBLE AS joint_events,
    returns.cooperation_grade::DOUBLE AS cooperation_grade,
    (returns.cooperation_works >= 4)::BIGINT AS agrees
FROM marts.association_years AS states
LEFT JOIN core.returns AS returns
    ON returns.register_number = states.register_number AND returns.year = states.year
WHERE states.is_active
