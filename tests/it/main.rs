//! Tests of the whole, through public doors.

mod plan_schema;
