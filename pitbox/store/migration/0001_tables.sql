-- The projection of the log: everything here can be thrown away and made again from the segments.

CREATE TABLE sessions (
    session_id VARCHAR PRIMARY KEY,
    sim VARCHAR,
    sub_session_id BIGINT,
    title VARCHAR,
    track_id INTEGER,
    track VARCHAR,
    track_config VARCHAR,
    track_length_m DOUBLE,
    pit_speed_mps DOUBLE,
    sector_starts DOUBLE[],
    is_orphan BOOLEAN NOT NULL DEFAULT false
);
COMMENT ON TABLE sessions IS 'One visit to one server: practice, qualifying and race together.';
COMMENT ON COLUMN sessions.session_id IS 'sub-<SubSessionID>, or local-<random> when offline.';
COMMENT ON COLUMN sessions.sim IS 'The simulator.';
COMMENT ON COLUMN sessions.sub_session_id IS 'The sim''s number of the session; 0 when offline. Greater is later.';
COMMENT ON COLUMN sessions.title IS 'What the event calls itself.';
COMMENT ON COLUMN sessions.track_id IS 'The sim''s number of the track.';
COMMENT ON COLUMN sessions.track IS 'Name of the track.';
COMMENT ON COLUMN sessions.track_config IS 'Layout of the track; empty when it has one only.';
COMMENT ON COLUMN sessions.track_length_m IS 'Length of a lap in metres.';
COMMENT ON COLUMN sessions.pit_speed_mps IS 'Pit lane limit in metres per second.';
COMMENT ON COLUMN sessions.sector_starts IS 'Lap fractions at which sectors begin.';
COMMENT ON COLUMN sessions.is_orphan IS 'No log of it is on the shelf any more: archived or deleted. Its rows are kept.';

CREATE TABLE session_parts (
    session_id VARCHAR NOT NULL,
    session_num INTEGER NOT NULL,
    kind VARCHAR,
    length_s DOUBLE,
    length_laps INTEGER,
    PRIMARY KEY (session_id, session_num)
);
COMMENT ON TABLE session_parts IS 'The practice, qualifying and race of a session.';
COMMENT ON COLUMN session_parts.session_id IS 'The session.';
COMMENT ON COLUMN session_parts.session_num IS 'Counts the parts of a session from 0.';
COMMENT ON COLUMN session_parts.kind IS 'Practice, Qualify, Race, ... as the sim names it.';
COMMENT ON COLUMN session_parts.length_s IS 'Its length by the clock; null without one.';
COMMENT ON COLUMN session_parts.length_laps IS 'Its length in laps; null without one.';

CREATE TABLE runs (
    session_id VARCHAR NOT NULL,
    session_num INTEGER NOT NULL,
    run INTEGER NOT NULL,
    from_s DOUBLE NOT NULL,
    reason VARCHAR,
    PRIMARY KEY (session_id, session_num, run)
);
COMMENT ON TABLE runs IS 'Starts of a part: a restart of the same part begins the next run.';
COMMENT ON COLUMN runs.session_id IS 'The session.';
COMMENT ON COLUMN runs.session_num IS 'The part of the session.';
COMMENT ON COLUMN runs.run IS 'Counts the starts of this part from 0.';
COMMENT ON COLUMN runs.from_s IS 'Sim time at which somebody saw it first.';
COMMENT ON COLUMN runs.reason IS 'entered, restarted or resumed.';

CREATE TABLE entries (
    session_id VARCHAR NOT NULL,
    car_idx INTEGER NOT NULL,
    number VARCHAR,
    team_id BIGINT,
    team VARCHAR,
    class_id INTEGER,
    class_name VARCHAR,
    car VARCHAR,
    is_pace_car BOOLEAN,
    is_spectator BOOLEAN,
    PRIMARY KEY (session_id, car_idx)
);
COMMENT ON TABLE entries IS 'The cars of a session, as last seen.';
COMMENT ON COLUMN entries.session_id IS 'The session.';
COMMENT ON COLUMN entries.car_idx IS 'The sim''s slot of the car; it stays with the team across driver swaps.';
COMMENT ON COLUMN entries.number IS 'The number on the car; text, for 007 is not 7.';
COMMENT ON COLUMN entries.team_id IS 'The sim''s number of the team.';
COMMENT ON COLUMN entries.team IS 'Name of the team.';
COMMENT ON COLUMN entries.class_id IS 'The sim''s number of the class.';
COMMENT ON COLUMN entries.class_name IS 'Name of the class.';
COMMENT ON COLUMN entries.car IS 'Name of the car.';
COMMENT ON COLUMN entries.is_pace_car IS 'It is the pace car.';
COMMENT ON COLUMN entries.is_spectator IS 'Somebody watches from this slot.';

CREATE TABLE drivers (
    session_id VARCHAR NOT NULL,
    session_num INTEGER NOT NULL,
    run INTEGER NOT NULL,
    car_idx INTEGER NOT NULL,
    from_s DOUBLE NOT NULL,
    user_id BIGINT NOT NULL,
    driver VARCHAR,
    irating INTEGER,
    PRIMARY KEY (session_id, session_num, run, car_idx, from_s)
);
COMMENT ON TABLE drivers IS 'Who sat in a car from when on; a row for each change of driver.';
COMMENT ON COLUMN drivers.session_id IS 'The session.';
COMMENT ON COLUMN drivers.session_num IS 'The part of the session.';
COMMENT ON COLUMN drivers.run IS 'The start of this part.';
COMMENT ON COLUMN drivers.car_idx IS 'The car.';
COMMENT ON COLUMN drivers.from_s IS 'Sim time from which the session text named this driver.';
COMMENT ON COLUMN drivers.user_id IS 'The sim''s number of the person.';
COMMENT ON COLUMN drivers.driver IS 'Name of the person.';
COMMENT ON COLUMN drivers.irating IS 'The person''s rating at that moment.';

CREATE TABLE laps (
    session_id VARCHAR NOT NULL,
    session_num INTEGER NOT NULL,
    run INTEGER NOT NULL,
    car_idx INTEGER NOT NULL,
    lap INTEGER NOT NULL,
    user_id BIGINT NOT NULL,
    start_s DOUBLE NOT NULL,
    end_s DOUBLE NOT NULL,
    time_s DOUBLE NOT NULL,
    is_clean BOOLEAN NOT NULL,
    is_out BOOLEAN NOT NULL,
    is_in BOOLEAN NOT NULL,
    is_caution BOOLEAN NOT NULL,
    is_tow BOOLEAN NOT NULL,
    is_broken BOOLEAN NOT NULL,
    stint INTEGER NOT NULL,
    position INTEGER,
    class_position INTEGER,
    compound INTEGER,
    fuel_used_l DOUBLE,
    fuel_left_l DOUBLE,
    PRIMARY KEY (session_id, session_num, run, car_idx, lap)
);
COMMENT ON TABLE laps IS 'Every lap of every car, from one crossing of the line to the next.';
COMMENT ON COLUMN laps.session_id IS 'The session.';
COMMENT ON COLUMN laps.session_num IS 'The part of the session.';
COMMENT ON COLUMN laps.run IS 'The start of this part.';
COMMENT ON COLUMN laps.car_idx IS 'The car.';
COMMENT ON COLUMN laps.lap IS 'Number of the lap, as the sim counts it.';
COMMENT ON COLUMN laps.user_id IS 'Who drove it.';
COMMENT ON COLUMN laps.start_s IS 'Sim time at which it began.';
COMMENT ON COLUMN laps.end_s IS 'Sim time at which it ended.';
COMMENT ON COLUMN laps.time_s IS 'end_s - start_s.';
COMMENT ON COLUMN laps.is_clean IS 'A flying lap: none of the five reasons below holds.';
COMMENT ON COLUMN laps.is_out IS 'It began in the pits.';
COMMENT ON COLUMN laps.is_in IS 'It ended in the pits.';
COMMENT ON COLUMN laps.is_caution IS 'A caution was out at some moment of it.';
COMMENT ON COLUMN laps.is_tow IS 'The car was towed.';
COMMENT ON COLUMN laps.is_broken IS 'Ticks were missing, or the car left the world in the middle.';
COMMENT ON COLUMN laps.stint IS 'The stint it belongs to.';
COMMENT ON COLUMN laps.position IS 'Place over all at its end.';
COMMENT ON COLUMN laps.class_position IS 'Place in class at its end.';
COMMENT ON COLUMN laps.compound IS 'The sim''s number of the tyre compound.';
COMMENT ON COLUMN laps.fuel_used_l IS 'Litres burnt; own car only, while its own collector speaks.';
COMMENT ON COLUMN laps.fuel_left_l IS 'Litres left at its end; own car only.';

CREATE TABLE stints (
    session_id VARCHAR NOT NULL,
    session_num INTEGER NOT NULL,
    run INTEGER NOT NULL,
    car_idx INTEGER NOT NULL,
    stint INTEGER NOT NULL,
    user_id BIGINT NOT NULL,
    compound INTEGER,
    start_s DOUBLE NOT NULL,
    start_lap INTEGER NOT NULL,
    laps INTEGER NOT NULL,
    end_s DOUBLE,
    end_reason VARCHAR NOT NULL,
    PRIMARY KEY (session_id, session_num, run, car_idx, stint)
);
COMMENT ON TABLE stints IS 'From leaving the pits, or the start, to the next entry.';
COMMENT ON COLUMN stints.session_id IS 'The session.';
COMMENT ON COLUMN stints.session_num IS 'The part of the session.';
COMMENT ON COLUMN stints.run IS 'The start of this part.';
COMMENT ON COLUMN stints.car_idx IS 'The car.';
COMMENT ON COLUMN stints.stint IS 'Counts the stints of a car in a run.';
COMMENT ON COLUMN stints.user_id IS 'Who drove it.';
COMMENT ON COLUMN stints.compound IS 'The sim''s number of the tyre compound.';
COMMENT ON COLUMN stints.start_s IS 'Sim time at which it began.';
COMMENT ON COLUMN stints.start_lap IS 'The lap on which it began.';
COMMENT ON COLUMN stints.laps IS 'Laps completed in it.';
COMMENT ON COLUMN stints.end_s IS 'Sim time at which it ended; null while it runs.';
COMMENT ON COLUMN stints.end_reason IS 'stop, finish or lost; empty while it runs.';

CREATE TABLE stops (
    session_id VARCHAR NOT NULL,
    session_num INTEGER NOT NULL,
    run INTEGER NOT NULL,
    car_idx INTEGER NOT NULL,
    stop INTEGER NOT NULL,
    lap INTEGER NOT NULL,
    lane_in_s DOUBLE NOT NULL,
    stall_in_s DOUBLE,
    stall_out_s DOUBLE,
    lane_out_s DOUBLE,
    user_id_in BIGINT NOT NULL,
    user_id_out BIGINT NOT NULL,
    compound_in INTEGER,
    compound_out INTEGER,
    fuel_added_l DOUBLE,
    is_tow BOOLEAN NOT NULL,
    PRIMARY KEY (session_id, session_num, run, car_idx, stop)
);
COMMENT ON TABLE stops IS 'Every visit to the pits.';
COMMENT ON COLUMN stops.session_id IS 'The session.';
COMMENT ON COLUMN stops.session_num IS 'The part of the session.';
COMMENT ON COLUMN stops.run IS 'The start of this part.';
COMMENT ON COLUMN stops.car_idx IS 'The car.';
COMMENT ON COLUMN stops.stop IS 'Counts the stops of a car in a run.';
COMMENT ON COLUMN stops.lap IS 'The lap on which it came in.';
COMMENT ON COLUMN stops.lane_in_s IS 'Sim time of entering the lane.';
COMMENT ON COLUMN stops.stall_in_s IS 'Sim time of standing in the stall; null: drove through.';
COMMENT ON COLUMN stops.stall_out_s IS 'Sim time of leaving the stall.';
COMMENT ON COLUMN stops.lane_out_s IS 'Sim time of leaving the lane; null while the car is in there.';
COMMENT ON COLUMN stops.user_id_in IS 'Who drove in.';
COMMENT ON COLUMN stops.user_id_out IS 'Who drove out; 0 while the car is in there.';
COMMENT ON COLUMN stops.compound_in IS 'Tyre compound on the way in.';
COMMENT ON COLUMN stops.compound_out IS 'Tyre compound on the way out; -1 while the car is in there.';
COMMENT ON COLUMN stops.fuel_added_l IS 'Litres taken on; own car only.';
COMMENT ON COLUMN stops.is_tow IS 'The car came by tow.';

CREATE TABLE flag_phases (
    session_id VARCHAR NOT NULL,
    session_num INTEGER NOT NULL,
    run INTEGER NOT NULL,
    phase INTEGER NOT NULL,
    flag VARCHAR NOT NULL,
    start_s DOUBLE NOT NULL,
    end_s DOUBLE,
    PRIMARY KEY (session_id, session_num, run, phase)
);
COMMENT ON TABLE flag_phases IS 'Stretches of green, caution, red, white and chequered.';
COMMENT ON COLUMN flag_phases.session_id IS 'The session.';
COMMENT ON COLUMN flag_phases.session_num IS 'The part of the session.';
COMMENT ON COLUMN flag_phases.run IS 'The start of this part.';
COMMENT ON COLUMN flag_phases.phase IS 'Counts the phases of a run.';
COMMENT ON COLUMN flag_phases.flag IS 'The flag.';
COMMENT ON COLUMN flag_phases.start_s IS 'Sim time at which it came out.';
COMMENT ON COLUMN flag_phases.end_s IS 'Sim time at which it went in; null while it is out.';

CREATE TABLE logs (
    epoch UBIGINT PRIMARY KEY,
    session_id VARCHAR NOT NULL,
    device_id VARCHAR NOT NULL,
    own_car_idx INTEGER,
    tank_l DOUBLE,
    fuel_kg_per_l DOUBLE,
    is_electric BOOLEAN,
    session_num INTEGER,
    run INTEGER,
    until_s DOUBLE,
    end_reason VARCHAR,
    is_orphan BOOLEAN NOT NULL DEFAULT false
);
COMMENT ON TABLE logs IS 'Who recorded what: each start of each device''s recorder is one log.';
COMMENT ON COLUMN logs.epoch IS 'Names the log; own_car, field_state, field_changes and lost refer to it.';
COMMENT ON COLUMN logs.session_id IS 'The session.';
COMMENT ON COLUMN logs.device_id IS 'The device that wrote it: SHA-256 of its certificate.';
COMMENT ON COLUMN logs.own_car_idx IS 'The car whose channels it holds.';
COMMENT ON COLUMN logs.tank_l IS 'Usable tank of that car in litres.';
COMMENT ON COLUMN logs.fuel_kg_per_l IS 'Density of its fuel.';
COMMENT ON COLUMN logs.is_electric IS 'Its tank is a battery: litres are kWh.';
COMMENT ON COLUMN logs.session_num IS 'The part in which its last row stands.';
COMMENT ON COLUMN logs.run IS 'The run in which its last row stands.';
COMMENT ON COLUMN logs.until_s IS 'Sim time of its last row.';
COMMENT ON COLUMN logs.end_reason IS 'Why its writer closed it; null while it grows, or after a crash.';
COMMENT ON COLUMN logs.is_orphan IS 'It is not on the shelf any more: archived or deleted. Its rows are kept.';

CREATE TABLE own_car (
    epoch UBIGINT NOT NULL,
    session_num INTEGER NOT NULL,
    run INTEGER NOT NULL,
    "SessionTime" DOUBLE NOT NULL,
    "SessionTick" INTEGER NOT NULL
);
COMMENT ON TABLE own_car IS 'The recording car at full rate: a row for each tick, a column for each channel.';
COMMENT ON COLUMN own_car.epoch IS 'The log it comes from.';
COMMENT ON COLUMN own_car.session_num IS 'The part of the session.';
COMMENT ON COLUMN own_car.run IS 'The start of this part.';
COMMENT ON COLUMN own_car."SessionTime" IS 'Sim time in seconds.';
COMMENT ON COLUMN own_car."SessionTick" IS 'The sim''s count of ticks.';

CREATE TABLE field_state (
    epoch UBIGINT NOT NULL,
    session_num INTEGER NOT NULL,
    run INTEGER NOT NULL,
    sim_time_s DOUBLE NOT NULL,
    car_idx INTEGER NOT NULL,
    lap INTEGER,
    laps_completed INTEGER,
    lap_pct FLOAT,
    surface INTEGER,
    is_on_pit_road BOOLEAN,
    position INTEGER,
    class_position INTEGER,
    compound INTEGER,
    car_flags UINTEGER,
    session_state INTEGER,
    session_flags UINTEGER
);
COMMENT ON TABLE field_state IS 'Every car in the world, four times a second.';
COMMENT ON COLUMN field_state.epoch IS 'The log it comes from: every device that recorded has its own view.';
COMMENT ON COLUMN field_state.session_num IS 'The part of the session.';
COMMENT ON COLUMN field_state.run IS 'The start of this part.';
COMMENT ON COLUMN field_state.sim_time_s IS 'Sim time in seconds.';
COMMENT ON COLUMN field_state.car_idx IS 'The car.';
COMMENT ON COLUMN field_state.lap IS 'The lap it is on.';
COMMENT ON COLUMN field_state.laps_completed IS 'Laps it has completed.';
COMMENT ON COLUMN field_state.lap_pct IS 'How far around the lap, 0 to 1; can be slightly negative.';
COMMENT ON COLUMN field_state.surface IS '0 off track, 1 pit stall, 2 pit lane or approach, 3 on track.';
COMMENT ON COLUMN field_state.is_on_pit_road IS 'The sim''s own word; surface is the better one for other cars.';
COMMENT ON COLUMN field_state.position IS 'Place over all; the sim moves it at the line only.';
COMMENT ON COLUMN field_state.class_position IS 'Place in class; the sim moves it at the line only.';
COMMENT ON COLUMN field_state.compound IS 'The sim''s number of the tyre compound.';
COMMENT ON COLUMN field_state.car_flags IS 'Flags shown to this car, as bits.';
COMMENT ON COLUMN field_state.session_state IS '3 parade laps, 4 racing, 5 chequered, 6 cool-down.';
COMMENT ON COLUMN field_state.session_flags IS 'Flags shown to all, as bits.';

CREATE TABLE field_changes (
    epoch UBIGINT NOT NULL,
    session_num INTEGER NOT NULL,
    run INTEGER NOT NULL,
    sim_time_s DOUBLE NOT NULL,
    car_idx INTEGER NOT NULL,
    last_lap_s FLOAT,
    best_lap_s FLOAT,
    best_lap INTEGER,
    f2_time_s FLOAT,
    fast_repairs_used INTEGER,
    class_id INTEGER,
    qual_compound INTEGER
);
COMMENT ON TABLE field_changes IS 'What changes now and then about a car: a row for each change; valid until the next.';
COMMENT ON COLUMN field_changes.epoch IS 'The log it comes from.';
COMMENT ON COLUMN field_changes.session_num IS 'The part of the session.';
COMMENT ON COLUMN field_changes.run IS 'The start of this part.';
COMMENT ON COLUMN field_changes.sim_time_s IS 'Sim time of the change.';
COMMENT ON COLUMN field_changes.car_idx IS 'The car.';
COMMENT ON COLUMN field_changes.last_lap_s IS 'The sim''s own time of the last lap; -1 without one.';
COMMENT ON COLUMN field_changes.best_lap_s IS 'The sim''s own best lap; -1 without one.';
COMMENT ON COLUMN field_changes.best_lap IS 'The lap on which it was.';
COMMENT ON COLUMN field_changes.f2_time_s IS 'Behind the leader, by the sim; in practice the best lap.';
COMMENT ON COLUMN field_changes.fast_repairs_used IS 'Fast repairs used.';
COMMENT ON COLUMN field_changes.class_id IS 'The class of the car.';
COMMENT ON COLUMN field_changes.qual_compound IS 'Tyre compound of the qualifying lap.';

CREATE TABLE lost (
    epoch UBIGINT NOT NULL,
    seq UBIGINT NOT NULL,
    session_num INTEGER,
    run INTEGER,
    from_s DOUBLE,
    until_s DOUBLE,
    tick_count BIGINT,
    reason VARCHAR NOT NULL
);
COMMENT ON TABLE lost IS 'What should stand here and does not: the honest gaps of a recording.';
COMMENT ON COLUMN lost.epoch IS 'The log it comes from.';
COMMENT ON COLUMN lost.seq IS 'The record that says so, or the first one that is missing.';
COMMENT ON COLUMN lost.session_num IS 'The part of the session, as far as it is known.';
COMMENT ON COLUMN lost.run IS 'The start of this part, as far as it is known.';
COMMENT ON COLUMN lost.from_s IS 'Sim time at which the gap begins.';
COMMENT ON COLUMN lost.until_s IS 'Sim time at which it ends.';
COMMENT ON COLUMN lost.tick_count IS 'Ticks in it; null when nobody knows.';
COMMENT ON COLUMN lost.reason IS 'Why.';

CREATE TABLE channels (
    table_name VARCHAR NOT NULL,
    channel VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    is_array BOOLEAN NOT NULL,
    column_name VARCHAR,
    unit VARCHAR,
    description VARCHAR,
    PRIMARY KEY (table_name, channel, kind, is_array)
);
COMMENT ON TABLE channels IS 'Which column holds which channel of the sim.';
COMMENT ON COLUMN channels.table_name IS 'own_car, field_state or field_changes.';
COMMENT ON COLUMN channels.channel IS 'The sim''s own name, to the letter.';
COMMENT ON COLUMN channels.kind IS 'Type in the log: b1, i1, i2, i4, u4, f4 or f8.';
COMMENT ON COLUMN channels.is_array IS 'It has several values a row; the column is a list.';
COMMENT ON COLUMN channels.column_name IS 'The column; null when the table has no room for it.';
COMMENT ON COLUMN channels.unit IS 'The sim''s own unit.';
COMMENT ON COLUMN channels.description IS 'The sim''s own words.';

CREATE TABLE projection_marks (
    session_id VARCHAR NOT NULL,
    device_id VARCHAR NOT NULL,
    epoch UBIGINT NOT NULL,
    next_seq UBIGINT NOT NULL,
    segment_count INTEGER NOT NULL,
    tail_bytes BIGINT NOT NULL,
    state BLOB NOT NULL,
    PRIMARY KEY (session_id, device_id, epoch)
);
COMMENT ON TABLE projection_marks IS 'How far each log stands in own_car, field_state, field_changes and lost.';
COMMENT ON COLUMN projection_marks.session_id IS 'The session.';
COMMENT ON COLUMN projection_marks.device_id IS 'The device that wrote the log.';
COMMENT ON COLUMN projection_marks.epoch IS 'The log.';
COMMENT ON COLUMN projection_marks.next_seq IS 'The first record that is not in here yet.';
COMMENT ON COLUMN projection_marks.segment_count IS 'Files of the log when it was last read.';
COMMENT ON COLUMN projection_marks.tail_bytes IS 'Size of the last of them: unchanged means nothing to do.';
COMMENT ON COLUMN projection_marks.state IS 'What the projector must know to go on (MessagePack).';

CREATE TABLE fold_checkpoints (
    session_id VARCHAR PRIMARY KEY,
    fold BLOB NOT NULL,
    roster BLOB NOT NULL
);
COMMENT ON TABLE fold_checkpoints IS 'The race fold of each session, as far as its laps, stints and stops stand here.';
COMMENT ON COLUMN fold_checkpoints.session_id IS 'The session.';
COMMENT ON COLUMN fold_checkpoints.fold IS 'State of the fold (MessagePack).';
COMMENT ON COLUMN fold_checkpoints.roster IS 'Who was last seen in each car (MessagePack).';

CREATE TABLE fold_marks (
    session_id VARCHAR NOT NULL,
    device_id VARCHAR NOT NULL,
    epoch UBIGINT NOT NULL,
    next_seq UBIGINT NOT NULL,
    session_num HUGEINT NOT NULL,
    run HUGEINT NOT NULL,
    sim_time_s DOUBLE NOT NULL,
    PRIMARY KEY (session_id, device_id, epoch)
);
COMMENT ON TABLE fold_marks IS 'How far each log stands in the fold of its session.';
COMMENT ON COLUMN fold_marks.session_id IS 'The session.';
COMMENT ON COLUMN fold_marks.device_id IS 'The device that wrote the log.';
COMMENT ON COLUMN fold_marks.epoch IS 'The log.';
COMMENT ON COLUMN fold_marks.next_seq IS 'The first record that is not folded yet.';
COMMENT ON COLUMN fold_marks.session_num IS 'Part of the last record folded.';
COMMENT ON COLUMN fold_marks.run IS 'Run of the last record folded.';
COMMENT ON COLUMN fold_marks.sim_time_s IS 'Place of the last record folded on the axis.';
