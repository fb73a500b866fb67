//! Whether the environment asks for spans to be exported.

/// Variables that name the collector.
const ENDPOINTS: &[&str] = &[
    "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
    "OTEL_EXPORTER_OTLP_ENDPOINT",
];

/// What the environment says of the export of spans.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TelemetryWish {
    /// Whether it names the service.
    pub is_named: bool,
}

/// The wish to export spans: a collector is named, and nothing turns it off.
pub fn telemetry_wish() -> Option<TelemetryWish> {
    wish(|name| std::env::var(name).unwrap_or_default())
}

fn wish(variable: impl Fn(&str) -> String) -> Option<TelemetryWish> {
    let is_off = variable("OTEL_SDK_DISABLED").eq_ignore_ascii_case("true")
        || variable("OTEL_TRACES_EXPORTER") == "none";
    let is_wanted = ENDPOINTS.iter().any(|name| !variable(name).is_empty());
    (is_wanted && !is_off).then(|| TelemetryWish {
        is_named: !variable("OTEL_SERVICE_NAME").is_empty()
            || variable("OTEL_RESOURCE_ATTRIBUTES").contains("service.name="),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_collector_that_is_named_and_not_turned_off_is_wished_for() {
        let wished = |set: &[(&str, &str)]| {
            wish(|name| {
                let found = set.iter().find(|(set, _)| *set == name);
                found.map_or_else(String::new, |(_, value)| (*value).to_owned())
            })
        };
        let (general, traces) = (
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://c"),
            ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://c"),
        );
        let named = |is_named| Some(TelemetryWish { is_named });
        assert_eq!(wished(&[]), None);
        assert_eq!(wished(&[("OTEL_EXPORTER_OTLP_ENDPOINT", "")]), None);
        assert_eq!(wished(&[general]), named(false));
        assert_eq!(wished(&[traces]), named(false));
        assert_eq!(wished(&[general, ("OTEL_SERVICE_NAME", "ci")]), named(true));
        let attributes = ("OTEL_RESOURCE_ATTRIBUTES", "a=b,service.name=ci");
        assert_eq!(wished(&[general, attributes]), named(true));
        assert_eq!(wished(&[general, ("OTEL_SDK_DISABLED", "TRUE")]), None);
        assert_eq!(wished(&[general, ("OTEL_TRACES_EXPORTER", "none")]), None);
    }
}
