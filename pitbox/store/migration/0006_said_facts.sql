-- When each fact was said and how it read then: the audit of decisions knows nothing that came later.

CREATE TABLE said_facts (
    session_id VARCHAR NOT NULL,
    session_num INTEGER NOT NULL,
    run INTEGER NOT NULL,
    at_s DOUBLE NOT NULL,
    until_s DOUBLE NOT NULL,
    device_id VARCHAR NOT NULL,
    epoch UBIGINT NOT NULL,
    seq UBIGINT NOT NULL,
    facts BLOB NOT NULL
);
COMMENT ON TABLE said_facts IS 'What the fold of the race said at each record, in the order in which it said it.';
COMMENT ON COLUMN said_facts.session_id IS 'The session.';
COMMENT ON COLUMN said_facts.session_num IS 'The part of the session.';
COMMENT ON COLUMN said_facts.run IS 'The start of this part.';
COMMENT ON COLUMN said_facts.at_s IS 'Sim time at which the record begins.';
COMMENT ON COLUMN said_facts.until_s IS 'Sim time at which it ends: from then on this was known.';
COMMENT ON COLUMN said_facts.device_id IS 'The device that wrote the log.';
COMMENT ON COLUMN said_facts.epoch IS 'The log.';
COMMENT ON COLUMN said_facts.seq IS 'The record.';
COMMENT ON COLUMN said_facts.facts IS 'Laps, stints, stops and the like, as they read then (MessagePack).';
