-- grain: one row a message
SELECT
    message_id,
    {'fi': text_fi, 'sv': text_sv, 'en': text_en} AS text
FROM meta.messages
