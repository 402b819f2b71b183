-- The views tell what the folds have learnt to tell.

CREATE OR REPLACE VIEW v_laps AS
SELECT
    l.session_id, l.session_num, p.kind AS part, l.run, l.car_idx, e.number, e.team, n.driver, e.class_name,
    e.car, l.lap, l.time_s, l.is_clean, l.is_out, l.is_in, l.is_caution, l.is_tow, l.is_broken, l.stint,
    l.position, l.class_position, l.compound, l.fuel_used_l, l.fuel_left_l, l.start_s, l.end_s, l.user_id,
    l.is_incident, l.sectors_s
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
COMMENT ON COLUMN v_laps.is_incident IS 'The car went off, spun, crawled or hit somebody in it.';
COMMENT ON COLUMN v_laps.sectors_s IS 'Time in each sector; null where a boundary was not seen.';

CREATE OR REPLACE VIEW v_stops AS
SELECT
    s.session_id, s.session_num, s.run, s.car_idx, e.number, e.team, e.class_name, s.stop, s.lap,
    s.lane_out_s - s.lane_in_s AS lane_s, s.stall_out_s - s.stall_in_s AS stall_s, i.driver AS driver_in,
    o.driver AS driver_out, s.user_id_out <> 0 AND s.user_id_out <> s.user_id_in AS is_swap,
    coalesce(list_contains(s.service, 'drive_through'), false) AS is_drive_through,
    s.is_tow, s.fuel_added_l, s.compound_in, s.compound_out,
    f.flag, s.lane_in_s, s.stall_in_s, s.stall_out_s, s.lane_out_s, s.service,
    s.service_confidence
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
COMMENT ON COLUMN v_stops.service IS 'What was done: fuel, tyres, repairs, swap, drive_through, tow.';
COMMENT ON COLUMN v_stops.service_confidence IS 'How sure each of these is: 1 was measured, less was concluded.';

CREATE VIEW v_driver_stints AS
SELECT
    d.session_id, d.session_num, d.run, d.car_idx, e.number, e.team, n.driver, e.class_name, d.driver_stint,
    d.start_lap, d.laps, d.end_s - d.start_s AS time_s, d.start_s, d.end_s, d.end_reason, d.user_id
FROM driver_stints AS d
LEFT JOIN entries AS e USING (session_id, car_idx)
LEFT JOIN v_names AS n USING (session_id, user_id);
COMMENT ON VIEW v_driver_stints IS 'Turns at the wheel, with names.';
COMMENT ON COLUMN v_driver_stints.session_id IS 'The session.';
COMMENT ON COLUMN v_driver_stints.session_num IS 'The part of the session.';
COMMENT ON COLUMN v_driver_stints.run IS 'The start of this part.';
COMMENT ON COLUMN v_driver_stints.car_idx IS 'The car.';
COMMENT ON COLUMN v_driver_stints.number IS 'The number on the car.';
COMMENT ON COLUMN v_driver_stints.team IS 'Name of the team.';
COMMENT ON COLUMN v_driver_stints.driver IS 'Who drove it.';
COMMENT ON COLUMN v_driver_stints.class_name IS 'Name of the class.';
COMMENT ON COLUMN v_driver_stints.driver_stint IS 'Counts the turns of drivers in a car in a run.';
COMMENT ON COLUMN v_driver_stints.start_lap IS 'The lap on which it began.';
COMMENT ON COLUMN v_driver_stints.laps IS 'Laps completed in it.';
COMMENT ON COLUMN v_driver_stints.time_s IS 'How long it took, stops included; null while it runs.';
COMMENT ON COLUMN v_driver_stints.start_s IS 'Sim time at which it began.';
COMMENT ON COLUMN v_driver_stints.end_s IS 'Sim time at which it ended; null while it runs.';
COMMENT ON COLUMN v_driver_stints.end_reason IS 'swap, finish or lost; empty while it runs.';
COMMENT ON COLUMN v_driver_stints.user_id IS 'The sim''s number of the driver.';

CREATE VIEW v_incidents AS
SELECT
    i.session_id, i.session_num, i.run, i.car_idx, e.number, e.team, e.class_name, i.incident, i.kind,
    i.lap, i.lap_pct, i.start_s, i.end_s - i.start_s AS time_s, i.confidence
FROM incidents AS i
LEFT JOIN entries AS e USING (session_id, car_idx);
COMMENT ON VIEW v_incidents IS 'What went wrong, with names.';
COMMENT ON COLUMN v_incidents.session_id IS 'The session.';
COMMENT ON COLUMN v_incidents.session_num IS 'The part of the session.';
COMMENT ON COLUMN v_incidents.run IS 'The start of this part.';
COMMENT ON COLUMN v_incidents.car_idx IS 'The car.';
COMMENT ON COLUMN v_incidents.number IS 'The number on the car.';
COMMENT ON COLUMN v_incidents.team IS 'Name of the team.';
COMMENT ON COLUMN v_incidents.class_name IS 'Name of the class.';
COMMENT ON COLUMN v_incidents.incident IS 'Counts the incidents of a car in a run.';
COMMENT ON COLUMN v_incidents.kind IS 'off_track, spin, slow, contact (suspected) or tow; the gravest.';
COMMENT ON COLUMN v_incidents.lap IS 'The lap on which it began.';
COMMENT ON COLUMN v_incidents.lap_pct IS 'How far around that lap, 0 to 1.';
COMMENT ON COLUMN v_incidents.start_s IS 'Sim time at which it began.';
COMMENT ON COLUMN v_incidents.time_s IS 'How long it lasted; null while it does.';
COMMENT ON COLUMN v_incidents.confidence IS 'How sure it is, 0 to 1.';
