//! iCalendar (RFC 5545): what happens, for calendars.

pub mod timeline;
