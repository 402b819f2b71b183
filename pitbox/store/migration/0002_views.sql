-- The common questions as one-liners. Views name their columns: channels may join the tables at any time.

CREATE VIEW v_names AS
SELECT session_id, user_id, arg_max(driver, (session_num, run, from_s)) AS driver
FROM drivers
GROUP BY session_id, user_id;
COMMENT ON VIEW v_names IS 'The name of each person in a session, as last seen.';
COMMENT ON COLUMN v_names.session_id IS 'The session.';
COMMENT ON COLUMN v_names.user_id IS 'The sim''s number of the person.';
COMMENT ON COLUMN v_names.driver IS 'Name of the person.';

CREATE VIEW v_laps AS
SELECT
    l.session_id, l.session_num, p.kind AS part, l.run, l.car_idx, e.number, e.team, n.driver, e.class_name,
    e.car, l.lap, l.time_s, l.is_clean, l.is_out, l.is_in, l.is_caution, l.is_tow, l.is_broken, l.stint,
    l.position, l.class_position, l.compound, l.fuel_used_l, l.fuel_left_l, l.start_s, l.end_s, l.user_id
FROM laps AS l
LEFT JOIN entries AS e USING (session_id, car_idx)
LEFT JOIN session_parts AS p USING (session_id, session_num)
LEFT JOIN v_names AS n USING (session_id, user_id);
COMMENT ON VIEW v_laps IS 'Laps with the names of driver, team, car and class.';
COMMENT ON COLUMN v_laps.session_id IS 'The session.';
COMMENT ON COLUMN v_laps.session_num IS 'The part of the session.';
COMMENT ON COLUMN v_laps.part IS 'Practice, Qualify, Race, ...';
COMMENT ON COLUMN v_laps.run IS 'The start of this part.';
COMMENT ON COLUMN v_laps.car_idx IS 'The car.';
COMMENT ON COLUMN v_laps.number IS 'The number on the car.';
COMMENT ON COLUMN v_laps.team IS 'Name of the team.';
COMMENT ON COLUMN v_laps.driver IS 'Who drove it.';
COMMENT ON COLUMN v_laps.class_name IS 'Name of the class.';
COMMENT ON COLUMN v_laps.car IS 'Name of the car.';
COMMENT ON COLUMN v_laps.lap IS 'Number of the lap.';
COMMENT ON COLUMN v_laps.time_s IS 'Lap time.';
COMMENT ON COLUMN v_laps.is_clean IS 'A flying lap.';
COMMENT ON COLUMN v_laps.is_out IS 'It began in the pits.';
COMMENT ON COLUMN v_laps.is_in IS 'It ended in the pits.';
COMMENT ON COLUMN v_laps.is_caution IS 'A caution was out at some moment of it.';
COMMENT ON COLUMN v_laps.is_tow IS 'The car was towed.';
COMMENT ON COLUMN v_laps.is_broken IS 'Ticks were missing, or the car left the world in the middle.';
COMMENT ON COLUMN v_laps.stint IS 'The stint it belongs to.';
COMMENT ON COLUMN v_laps.position IS 'Place over all at its end.';
COMMENT ON COLUMN v_laps.class_position IS 'Place in class at its end.';
COMMENT ON COLUMN v_laps.compound IS 'The sim''s number of the tyre compound.';
COMMENT ON COLUMN v_laps.fuel_used_l IS 'Litres burnt; own car only.';
COMMENT ON COLUMN v_laps.fuel_left_l IS 'Litres left at its end; own car only.';
COMMENT ON COLUMN v_laps.start_s IS 'Sim time at which it began.';
COMMENT ON COLUMN v_laps.end_s IS 'Sim time at which it ended.';
COMMENT ON COLUMN v_laps.user_id IS 'The sim''s number of the driver.';

CREATE VIEW v_stints AS
SELECT
    s.session_id, s.session_num, s.run, s.car_idx, e.number, e.team, n.driver, e.class_name, s.stint,
    s.start_lap, s.laps, s.end_s - s.start_s AS time_s, count(l.lap) AS clean_laps,
    min(l.time_s) AS best_lap_s, median(l.time_s) AS median_lap_s, avg(l.fuel_used_l) AS fuel_per_lap_l,
    s.compound, s.start_s, s.end_s, s.end_reason, s.user_id
FROM stints AS s
LEFT JOIN entries AS e USING (session_id, car_idx)
LEFT JOIN v_names AS n USING (session_id, user_id)
LEFT JOIN laps AS l
    ON l.session_id = s.session_id AND l.session_num = s.session_num AND l.run = s.run
    AND l.car_idx = s.car_idx AND l.stint = s.stint AND l.is_clean
GROUP BY ALL;
COMMENT ON VIEW v_stints IS 'Stints with names and the pace of their clean laps.';
COMMENT ON COLUMN v_stints.session_id IS 'The session.';
COMMENT ON COLUMN v_stints.session_num IS 'The part of the session.';
COMMENT ON COLUMN v_stints.run IS 'The start of this part.';
COMMENT ON COLUMN v_stints.car_idx IS 'The car.';
COMMENT ON COLUMN v_stints.number IS 'The number on the car.';
COMMENT ON COLUMN v_stints.team IS 'Name of the team.';
COMMENT ON COLUMN v_stints.driver IS 'Who drove it.';
COMMENT ON COLUMN v_stints.class_name IS 'Name of the class.';
COMMENT ON COLUMN v_stints.stint IS 'Counts the stints of a car in a run.';
COMMENT ON COLUMN v_stints.start_lap IS 'The lap on which it began.';
COMMENT ON COLUMN v_stints.laps IS 'Laps completed in it.';
COMMENT ON COLUMN v_stints.time_s IS 'How long it took; null while it runs.';
COMMENT ON COLUMN v_stints.clean_laps IS 'Flying laps in it.';
COMMENT ON COLUMN v_stints.best_lap_s IS 'Best flying lap.';
COMMENT ON COLUMN v_stints.median_lap_s IS 'Median of its flying laps.';
COMMENT ON COLUMN v_stints.fuel_per_lap_l IS 'Mean litres of a flying lap; own car only.';
COMMENT ON COLUMN v_stints.compound IS 'The sim''s number of the tyre compound.';
COMMENT ON COLUMN v_stints.start_s IS 'Sim time at which it began.';
COMMENT ON COLUMN v_stints.end_s IS 'Sim time at which it ended; null while it runs.';
COMMENT ON COLUMN v_stints.end_reason IS 'stop, finish or lost; empty while it runs.';
COMMENT ON COLUMN v_stints.user_id IS 'The sim''s number of the driver.';

CREATE VIEW v_stops AS
SELECT
    s.session_id, s.session_num, s.run, s.car_idx, e.number, e.team, e.class_name, s.stop, s.lap,
    s.lane_out_s - s.lane_in_s AS lane_s, s.stall_out_s - s.stall_in_s AS stall_s, i.driver AS driver_in,
    o.driver AS driver_out, s.user_id_out <> 0 AND s.user_id_out <> s.user_id_in AS is_swap,
    s.stall_in_s IS NULL AND s.lane_out_s IS NOT NULL AS is_drive_through, s.is_tow, s.fuel_added_l, s.compound_in, s.compound_out,
    f.flag, s.lane_in_s, s.stall_in_s, s.stall_out_s, s.lane_out_s
FROM stops AS s
LEFT JOIN entries AS e USING (session_id, car_idx)
LEFT JOIN v_names AS i ON i.session_id = s.session_id AND i.user_id = s.user_id_in
LEFT JOIN v_names AS o ON o.session_id = s.session_id AND o.user_id = s.user_id_out
ASOF LEFT JOIN flag_phases AS f
    ON f.session_id = s.session_id AND f.session_num = s.session_num AND f.run = s.run
    AND f.start_s <= s.lane_in_s;
COMMENT ON VIEW v_stops IS 'Stops with names, durations and the flag under which the car came in.';
COMMENT ON COLUMN v_stops.session_id IS 'The session.';
COMMENT ON COLUMN v_stops.session_num IS 'The part of the session.';
COMMENT ON COLUMN v_stops.run IS 'The start of this part.';
COMMENT ON COLUMN v_stops.car_idx IS 'The car.';
COMMENT ON COLUMN v_stops.number IS 'The number on the car.';
COMMENT ON COLUMN v_stops.team IS 'Name of the team.';
COMMENT ON COLUMN v_stops.class_name IS 'Name of the class.';
COMMENT ON COLUMN v_stops.stop IS 'Counts the stops of a car in a run.';
COMMENT ON COLUMN v_stops.lap IS 'The lap on which it came in.';
COMMENT ON COLUMN v_stops.lane_s IS 'Time in the lane; null while the car is in there.';
COMMENT ON COLUMN v_stops.stall_s IS 'Time in the stall; null: drove through, or is in there.';
COMMENT ON COLUMN v_stops.driver_in IS 'Who drove in.';
COMMENT ON COLUMN v_stops.driver_out IS 'Who drove out.';
COMMENT ON COLUMN v_stops.is_swap IS 'Another driver left than came.';
COMMENT ON COLUMN v_stops.is_drive_through IS 'Never stood in the stall.';
COMMENT ON COLUMN v_stops.is_tow IS 'The car came by tow.';
COMMENT ON COLUMN v_stops.fuel_added_l IS 'Litres taken on; own car only.';
COMMENT ON COLUMN v_stops.compound_in IS 'Tyre compound on the way in.';
COMMENT ON COLUMN v_stops.compound_out IS 'Tyre compound on the way out.';
COMMENT ON COLUMN v_stops.flag IS 'The flag that was out when the car came in.';
COMMENT ON COLUMN v_stops.lane_in_s IS 'Sim time of entering the lane.';
COMMENT ON COLUMN v_stops.stall_in_s IS 'Sim time of standing in the stall.';
COMMENT ON COLUMN v_stops.stall_out_s IS 'Sim time of leaving the stall.';
COMMENT ON COLUMN v_stops.lane_out_s IS 'Sim time of leaving the lane.';

CREATE VIEW v_shares AS
WITH driven AS (
    SELECT
        session_id, session_num, run, car_idx, user_id, count(*) AS laps, sum(time_s) AS time_s,
        count(*) FILTER (is_clean) AS clean_laps, min(time_s) FILTER (is_clean) AS best_lap_s,
        median(time_s) FILTER (is_clean) AS median_lap_s
    FROM laps
    GROUP BY ALL
)
SELECT
    d.session_id, d.session_num, d.run, d.car_idx, e.number, e.team, n.driver, d.laps, d.clean_laps, d.time_s,
    d.laps / sum(d.laps) OVER (PARTITION BY d.session_id, d.session_num, d.run, d.car_idx) AS lap_share,
    d.best_lap_s, d.median_lap_s, d.user_id
FROM driven AS d
LEFT JOIN entries AS e USING (session_id, car_idx)
LEFT JOIN v_names AS n USING (session_id, user_id);
COMMENT ON VIEW v_shares IS 'What each driver of a car did: laps, time and share, for fair-share rules.';
COMMENT ON COLUMN v_shares.session_id IS 'The session.';
COMMENT ON COLUMN v_shares.session_num IS 'The part of the session.';
COMMENT ON COLUMN v_shares.run IS 'The start of this part.';
COMMENT ON COLUMN v_shares.car_idx IS 'The car.';
COMMENT ON COLUMN v_shares.number IS 'The number on the car.';
COMMENT ON COLUMN v_shares.team IS 'Name of the team.';
COMMENT ON COLUMN v_shares.driver IS 'Name of the person.';
COMMENT ON COLUMN v_shares.laps IS 'Laps driven.';
COMMENT ON COLUMN v_shares.clean_laps IS 'Flying laps among them.';
COMMENT ON COLUMN v_shares.time_s IS 'Time driven in these laps.';
COMMENT ON COLUMN v_shares.lap_share IS 'Share of the car''s laps, 0 to 1.';
COMMENT ON COLUMN v_shares.best_lap_s IS 'Best flying lap.';
COMMENT ON COLUMN v_shares.median_lap_s IS 'Median of the flying laps.';
COMMENT ON COLUMN v_shares.user_id IS 'The sim''s number of the person.';
