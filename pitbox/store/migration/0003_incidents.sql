-- What the folds have learnt to tell: sectors, service, who drove how long, tyre sets, and what went wrong.

ALTER TABLE laps ADD COLUMN is_incident BOOLEAN;
ALTER TABLE laps ADD COLUMN sectors_s DOUBLE[];
COMMENT ON COLUMN laps.is_clean IS 'A flying lap: none of the six reasons beside it holds.';
COMMENT ON COLUMN laps.is_incident IS 'The car went off, spun, crawled or hit somebody in it.';
COMMENT ON COLUMN laps.sectors_s IS 'Time in each sector; null where a boundary was not seen.';

ALTER TABLE stops ADD COLUMN service VARCHAR[];
ALTER TABLE stops ADD COLUMN service_confidence DOUBLE[];
COMMENT ON COLUMN stops.service IS 'What was done: fuel, tyres, repairs, swap, drive_through, tow.';
COMMENT ON COLUMN stops.service_confidence IS 'How sure each of these is: 1 was measured, less was concluded.';

CREATE TABLE driver_stints (
    session_id VARCHAR NOT NULL,
    session_num INTEGER NOT NULL,
    run INTEGER NOT NULL,
    car_idx INTEGER NOT NULL,
    driver_stint INTEGER NOT NULL,
    user_id BIGINT NOT NULL,
    start_s DOUBLE NOT NULL,
    start_lap INTEGER NOT NULL,
    laps INTEGER NOT NULL,
    end_s DOUBLE,
    end_reason VARCHAR NOT NULL,
    PRIMARY KEY (session_id, session_num, run, car_idx, driver_stint)
);
COMMENT ON TABLE driver_stints IS 'One person in the car, over as many stops as it takes.';
COMMENT ON COLUMN driver_stints.session_id IS 'The session.';
COMMENT ON COLUMN driver_stints.session_num IS 'The part of the session.';
COMMENT ON COLUMN driver_stints.run IS 'The start of this part.';
COMMENT ON COLUMN driver_stints.car_idx IS 'The car.';
COMMENT ON COLUMN driver_stints.driver_stint IS 'Counts the turns of drivers in a car in a run.';
COMMENT ON COLUMN driver_stints.user_id IS 'Who drove it.';
COMMENT ON COLUMN driver_stints.start_s IS 'Sim time at which it began.';
COMMENT ON COLUMN driver_stints.start_lap IS 'The lap on which it began.';
COMMENT ON COLUMN driver_stints.laps IS 'Laps completed in it.';
COMMENT ON COLUMN driver_stints.end_s IS 'Sim time at which it ended; null while it runs.';
COMMENT ON COLUMN driver_stints.end_reason IS 'swap, finish or lost; empty while it runs.';

CREATE TABLE tyre_stints (
    session_id VARCHAR NOT NULL,
    session_num INTEGER NOT NULL,
    run INTEGER NOT NULL,
    car_idx INTEGER NOT NULL,
    tyre_stint INTEGER NOT NULL,
    compound INTEGER,
    start_s DOUBLE NOT NULL,
    start_lap INTEGER NOT NULL,
    laps INTEGER NOT NULL,
    end_s DOUBLE,
    end_reason VARCHAR NOT NULL,
    confidence DOUBLE NOT NULL,
    PRIMARY KEY (session_id, session_num, run, car_idx, tyre_stint)
);
COMMENT ON TABLE tyre_stints IS 'One set of tyres on a car.';
COMMENT ON COLUMN tyre_stints.session_id IS 'The session.';
COMMENT ON COLUMN tyre_stints.session_num IS 'The part of the session.';
COMMENT ON COLUMN tyre_stints.run IS 'The start of this part.';
COMMENT ON COLUMN tyre_stints.car_idx IS 'The car.';
COMMENT ON COLUMN tyre_stints.tyre_stint IS 'Counts the sets of a car in a run.';
COMMENT ON COLUMN tyre_stints.compound IS 'The sim''s number of the tyre compound.';
COMMENT ON COLUMN tyre_stints.start_s IS 'Sim time at which it began.';
COMMENT ON COLUMN tyre_stints.start_lap IS 'The lap on which it began.';
COMMENT ON COLUMN tyre_stints.laps IS 'Laps completed in it.';
COMMENT ON COLUMN tyre_stints.end_s IS 'Sim time at which it ended; null while it runs.';
COMMENT ON COLUMN tyre_stints.end_reason IS 'change, finish or lost; empty while it runs.';
COMMENT ON COLUMN tyre_stints.confidence IS 'That it is one set still: a stop of another car halves it.';

CREATE TABLE incidents (
    session_id VARCHAR NOT NULL,
    session_num INTEGER NOT NULL,
    run INTEGER NOT NULL,
    car_idx INTEGER NOT NULL,
    incident INTEGER NOT NULL,
    kind VARCHAR NOT NULL,
    start_s DOUBLE NOT NULL,
    end_s DOUBLE,
    lap INTEGER NOT NULL,
    lap_pct DOUBLE NOT NULL,
    confidence DOUBLE NOT NULL,
    PRIMARY KEY (session_id, session_num, run, car_idx, incident)
);
COMMENT ON TABLE incidents IS 'What went wrong for a car, as it shows in the field.';
COMMENT ON COLUMN incidents.session_id IS 'The session.';
COMMENT ON COLUMN incidents.session_num IS 'The part of the session.';
COMMENT ON COLUMN incidents.run IS 'The start of this part.';
COMMENT ON COLUMN incidents.car_idx IS 'The car.';
COMMENT ON COLUMN incidents.incident IS 'Counts the incidents of a car in a run.';
COMMENT ON COLUMN incidents.kind IS 'off_track, spin, slow, contact (suspected) or tow; the gravest.';
COMMENT ON COLUMN incidents.start_s IS 'Sim time at which it began.';
COMMENT ON COLUMN incidents.end_s IS 'Sim time at which the car was back at speed, in the pits or gone; null while it lasts.';
COMMENT ON COLUMN incidents.lap IS 'The lap on which it began.';
COMMENT ON COLUMN incidents.lap_pct IS 'How far around that lap, 0 to 1.';
COMMENT ON COLUMN incidents.confidence IS 'How sure it is, 0 to 1.';
