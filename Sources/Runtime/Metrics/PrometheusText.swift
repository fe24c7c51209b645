/// Prometheus' text exposition format, version 0.0.4.
struct PrometheusText {
  /// The `Content-Type` of the format.
  static let contentType = "text/plain; version=0.0.4; charset=utf-8"

  private(set) var text = ""

  mutating func family(_ name: String, _ kind: MetricFamily.Kind) {
    if let help = MetricHelp.texts[name] { text += "# HELP \(name) \(help)\n" }
    text += "# TYPE \(name) \(kind.rawValue)\n"
  }

  mutating func sample(_ name: String, _ labels: [(String, String)], _ value: Double) {
    text += name
    for (index, label) in labels.enumerated() {
      text += index == 0 ? "{" : ","
      text += "\(Self.name(label.0))=\"\(Self.escaped(label.1))\""
    }
    if !labels.isEmpty { text += "}" }
    text += " \(Self.number(value))\n"
  }

  /// Whole numbers without a fraction, infinities and NaN as Prometheus spells them.
  static func number(_ value: Double) -> String {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
    if value == value.rounded(), abs(value) < 9e15 { return String(Int64(value)) }
    return String(value)
  }

  /// A name of letters, digits, underscores and colons that does not begin with a digit.
  static func name(_ text: String) -> String {
    let allowed: (UInt8) -> Bool = { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: ":"):
        true
      default: false
      }
    }
    guard let first = text.utf8.first else { return "_" }
    let startsWithDigit = (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first)
    if !startsWithDigit, text.utf8.allSatisfy(allowed) { return text }
    let bytes = text.utf8.map { allowed($0) ? $0 : UInt8(ascii: "_") }
    return (startsWithDigit ? "_" : "") + String(decoding: bytes, as: UTF8.self)
  }

  private static func escaped(_ text: String) -> String {
    guard text.utf8.contains(where: { $0 == 0x22 || $0 == 0x5C || $0 == 0x0A }) else { return text }
    var out = ""
    for character in text.unicodeScalars {
      switch character {
      case "\"": out += "\\\""
      case "\\": out += "\\\\"
      case "\n": out += "\\n"
      default: out.unicodeScalars.append(character)
      }
    }
    return out
  }
}

extension MetricsRegistry {
  /// Everything, sorted by name, as Prometheus reads it.
  package func text() async -> String {
    let (series, kinds, collectors) = state.withLock { state in
      (Array(state.series.values), state.kinds, state.collectors)
    }
    var collected: [MetricFamily] = []
    for collector in collectors { collected += await collector() }

    var kind: [String: MetricFamily.Kind] = [:]
    for (label, value) in kinds { kind[PrometheusText.name(label)] = value }
    let own = Dictionary(grouping: series, by: \.name)
    // Two collectors may report one family, but its heading may stand only once.
    let others = Dictionary(grouping: collected.filter { own[$0.name] == nil }, by: \.name)
    var text = PrometheusText()
    for name in Set(own.keys).union(others.keys).sorted() {
      if let members = own[name] {
        text.family(name, kind[name] ?? .gauge)
        for member in members.sorted(by: { key($0) < key($1) }) { member.write(to: &text) }
      } else if let families = others[name], let first = families.first {
        text.family(name, first.kind)
        for sample in families.flatMap(\.samples) {
          text.sample(name, sample.labels, sample.value)
        }
      }
    }
    return text.text
  }

  private func key(_ series: any MetricSeries) -> String {
    series.labels.map { "\($0.0)=\($0.1)" }.joined(separator: ",")
  }
}

/// The help text of each metric.
enum MetricHelp {
  static let texts: [String: String] = [
    "martlet_jobs_total": "Jobs that ended an attempt, by outcome.",
    "martlet_job_seconds": "Time that an attempt of a job took.",
    "martlet_queue_depth": "Jobs of a queue by state.",
    "martlet_queue_oldest_seconds": "Age of the oldest job that is ready to run.",
    "martlet_schedule_lateness_seconds": "How late a scheduled job became ready.",
    "martlet_http_requests_total": "Requests answered.",
    "martlet_http_request_seconds": "Time from a request to the end of its answer.",
    "martlet_postgres_connections": "Connections of the pool by state.",
    "martlet_postgres_statements_total": "SQL statements sent.",
    "martlet_redis_commands_total": "Redis commands sent.",
    "martlet_contacts_imported_total": "Contacts that imports wrote.",
    "process_resident_memory_bytes": "Resident memory.",
    "process_virtual_memory_bytes": "Virtual memory.",
    "process_cpu_seconds_total": "User and system CPU time.",
    "process_start_time_seconds": "Start of the process, in seconds since 1970.",
    "process_open_fds": "Open file descriptors.",
    "process_threads": "Threads.",
  ]
}
